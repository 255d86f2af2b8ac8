// Lesson 01: q from three weights, beside the posterior; ELBO and gap, stacked up to log p(x).
live.elbo = (place, {elbo: {sentences, topics, joint}}) => {
  const show = oncePerFrame(() => {
    const row = joint[sentence.value], px = row.reduce((sum, p) => sum + p, 0), total = weights.reduce((sum, {value}) => sum + value, 0);
    const q = weights.map(({value}) => value / total), logPx = Math.log(px);
    const bound = q.reduce((sum, share, i) => sum + share * Math.log(row[i] / share), 0);
    body.replaceChildren(...topics.map((topic, i) => element("tr", {}, named(element("th", {textContent: topic}), {scope: "row"}),
      ...[[q[i], "by-model"], [row[i] / px, "by-truth"]].map(([share, kind]) => {
        const cell = element("td", {className: `bar ${kind}`, textContent: fixed(share)});
        cell.style.setProperty("--share", `${(100 * share).toFixed(2)}%`);
        return cell;
      }))));
    const part = (value) => `${(100 * Math.min(Math.max((value - (logPx - 3)) / 3, 0), 1)).toFixed(2)}%`;
    stack.style.setProperty("--share", part(bound));
    said.textContent = `ELBO ${fixed(bound)} + gap ${fixed(logPx - bound)} = log p(x) ${fixed(logPx)} nats`;
  });
  const start = sentences.indexOf("the child waits");
  const sentence = menu("x", sentences.map((text) => `${text} ...`), show);
  sentence.node.querySelector("select").value = start;
  const weights = topics.map((topic, i) => dial(`weight of ${topic}`, {min: 0.02, max: 1, step: 0.02, value: [0.5, 0.3, 0.2][i]}, show));
  const body = element("tbody"), head = ["z", "q(z), yours", "p(z | x), true"].map((name) => named(element("th", {textContent: name}), {scope: "col"}));
  const stack = named(element("div", {className: "stack"}), {"aria-hidden": "true"}), said = named(element("p", {className: "said"}), {role: "status"});
  show();
  place.append(sentence.node, ...weights.map(({node}) => node),
    element("table", {className: "bars"}, element("thead", {}, element("tr", {}, ...head)), body), said, stack,
    element("p", {className: "faint", textContent: "The whole bar ends at log p(x), which does not know q, and begins 3 nats below. Blue is the ELBO, orange the gap."}));
};
