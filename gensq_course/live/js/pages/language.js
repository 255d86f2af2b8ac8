// Lesson 05: six sentences at a time, by temperature, top-k and nucleus, each held against the grammar; and how many of 200 are
// valid.
const AT_ONCE = 6, COUNTED = 200, PER_TURN = 10;
// Wilson's interval of a share, 95 %.
const interval = (hits, num) => {
  const z = 1.96, p = hits / num, middle = (p + z * z / (2 * num)) / (1 + z * z / num);
  const half = z * Math.sqrt(p * (1 - p) / num + z * z / (4 * num * num)) / (1 + z * z / num);
  return [middle - half, middle + half];
};

live.language = (place, {language_model: base64, world}) => {
  const model = textModel(bytesOf(base64)), truth = truthOf(world);
  const sentence = (uniform) => decoded(model.decoder, sampledChoice(uniform, settings.options), {longest: model.longest}).ids;
  const list = named(element("ol", {className: "sentences"}), {"aria-live": "polite"});
  const share = named(element("p"), {role: "status"});
  let turn = 0;
  const show = oncePerFrame(() => {
    turn += 1;
    share.textContent = "";
    const uniform = uniformOf(seed.value);
    list.replaceChildren(...Array.from({length: AT_ONCE}, () => {
      const ids = sentence(uniform), {valid, logProb} = truth.judge(ids);
      return element("li", {}, model.show(ids) || "(nothing)", element("span", {className: valid ? "right" : "wrong",
        textContent: valid ? ` ✓ ${fixed(-logProb, 1)} nats` : " ✗ no sentence of the world"}));
    }));
  });
  const count = () => {
    const uniform = uniformOf(1000 + seed.value), mine = (turn += 1);
    let [num, hits] = [0, 0];
    const some = () => {
      if (mine !== turn) return;
      for (let i = 0; i < PER_TURN; i += 1, num += 1) hits += truth.judge(sentence(uniform)).valid;
      const [low, high] = interval(hits, num);
      share.textContent = `${hits} of ${num} are sentences of the world: ${percent(hits / num)} `
        + `(95 % interval ${percent(low)} to ${percent(high)}).`;
      if (num < COUNTED) setTimeout(some);
    };
    some();
  };
  const settings = knobs(show), seed = dial("draw number", {min: 0, max: 20, step: 1, value: 0}, show);
  show();
  const more = element("div", {className: "row"}, button(`Draw ${COUNTED} and count`, count));
  place.append(...settings.nodes, seed.node, list, more, share);
};
