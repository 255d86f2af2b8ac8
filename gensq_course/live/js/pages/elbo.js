// Lesson 01: q from three weights, beside the posterior; ELBO and gap, stacked up to log p(x).
const ROOM_BELOW = 3;  // nats of the bar below log p(x)
live.elbo = (place, {elbo: {sentences, topics, joint}}) => {
  const show = oncePerFrame(() => {
    const row = joint[sentence.value], px = row.reduce((sum, p) => sum + p, 0), logPx = Math.log(px);
    const total = weights.reduce((sum, {value}) => sum + value, 0), q = weights.map(({value}) => value / total);
    const bound = q.reduce((sum, share, i) => sum + share * Math.log(row[i] / share), 0);
    body.replaceChildren(...topics.map((topic, i) => element("tr", {},
      named(element("th", {textContent: topic}), {scope: "row"}), barCell(q[i], "by-model", fixed(q[i])),
      barCell(row[i] / px, "by-truth", fixed(row[i] / px)))));
    const share = Math.min(Math.max(1 - (logPx - bound) / ROOM_BELOW, 0), 1);
    stack.style.setProperty("--share", `${(100 * share).toFixed(2)}%`);
    said.textContent = `ELBO ${fixed(bound)} + gap ${fixed(logPx - bound)} = log p(x) ${fixed(logPx)} nats`;
  });
  const sentence = menu("x", sentences.map((text) => `${text} ...`), show, sentences.indexOf("the child waits"));
  const weights = topics.map((topic, i) =>
    dial(`weight of ${topic}`, {min: 0.02, max: 1, step: 0.02, value: [0.5, 0.3, 0.2][i]}, show));
  const body = element("tbody"), stack = named(element("div", {className: "stack"}), {"aria-hidden": "true"});
  const said = named(element("p", {className: "said"}), {role: "status"});
  show();
  place.append(sentence.node, ...weights.map(({node}) => node),
    element("table", {className: "bars"}, element("thead", {}, headRow("z", "q(z), yours", "p(z | x), true")), body), said, stack,
    element("p", {className: "faint", textContent: "The whole bar ends at log p(x), which does not know q, and begins "
      + `${ROOM_BELOW} nats below. Blue is the ELBO, orange the gap.`}));
};
