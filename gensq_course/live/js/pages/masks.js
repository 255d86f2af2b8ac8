// Lesson 23: a sentence comes out of the masks. Places are pressed to hide a word or to say one; steps draw the others.
const LIKELIEST = 8, AT_A_GLANCE = 4, HOLE = "_", OWN = "the place that I press";

live.masks = (place, {masks: base64, village}) => {
  const network = maskedDenoiser(bytesOf(base64)), truth = trueDenoiser(village), judge = truthOf(village);
  const uniform = uniformOf(1), number = new Map(network.words.map((word, i) => [word, i])), {lengths} = truth;
  const who = {"the network": network, "the truth": truth};
  let ids = [], chosen = 0, left = 0, kept = [];  // kept: places that a person has filled
  const names = Object.keys(who), orders = [...Object.keys(ORDERS), OWN];

  const typedIn = field("sentence, _ for a hidden word", "_ _ _ _ _ _ _ _ .", ["_ _ _ _ _ _ _ _ .", "the _ _ _ her _ _ _ .",
    "_ cook _ _ the _ ."], () => read());
  const asked = menu("who says", names, () => show()), order = menu("order", orders, () => show());
  const steps = dial("steps", {min: 1, max: lengths[lengths.length - 1], step: 1, value: 4,
    shown: (n) => (n === 1 ? "all at once" : `${n}`)}, () => { left = steps.value; show(); });
  const length = dial("number of words", {min: 0, max: lengths.length - 1, step: 1, value: lengths.indexOf(9),
    shown: (i) => `${lengths[i]}`}, () => {
    typedIn.input.value = Array(lengths[length.value]).fill(HOLE).join(" ");
    read();
  });
  const line = named(element("p", {className: "row"}), {role: "group", "aria-label": "the places of the sentence"});
  const said = named(element("p", {className: "said"}), {role: "status"}), note = element("p", {className: "faint"});
  const glance = element("p", {className: "faint"}), POINT = "Point at a hidden place, or reach it by Tab: what may it be?";
  const body = element("tbody"), caption = element("caption");
  const table = element("table", {className: "bars"}, caption,
    element("thead", {}, headRow("word", "network", "truth")), body);

  const hiddenPlaces = () => ids.filter((id) => id === HIDDEN).length;
  const written = (id) => (id === HIDDEN ? HOLE : network.words[id]);
  const own = () => orders[order.value] === OWN;
  const begin = (fresh) => {
    length.value = lengths.indexOf(fresh.length);
    [ids, kept, chosen, left] = [fresh, fresh.map((id) => id !== HIDDEN), Math.max(fresh.indexOf(HIDDEN), 0), steps.value];
    show();
  };
  const read = () => {
    const words = typedIn.value.toLowerCase().split(/\s+/).filter(Boolean);
    const strange = words.find((word) => word !== HOLE && !number.has(word));
    const range = `${lengths[0]} to ${lengths[lengths.length - 1]} words`;
    const near = strange === undefined ? [] : closest(strange, network.words.slice(SPECIALS.length));
    if (!lengths.includes(words.length)) note.textContent = `Expected ${range} as all sentences here, got ${words.length}.`;
    else if (strange !== undefined) note.textContent = `Nobody says "${strange.slice(0, 30)}" here. `
      + (near.length ? `The nearest words are ${listed(near)}.` : `Use words of the village, and ${HOLE}.`);
    else begin(words.map((word) => (word === HOLE ? HIDDEN : number.get(word))));
  };
  const step = () => {
    const logProbs = who[names[asked.value]].logProbs(ids);
    if (!logProbs) return false;
    const places = own() ? [chosen] : due(ids, logProbs, left, orders[order.value], uniform);
    ids = afterStep(ids, logProbs, places, (row) => drawnFrom(choices(row), uniform()));
    left = Math.max(left - 1, 1);
    if (ids[chosen] !== HIDDEN && ids.includes(HIDDEN)) chosen = ids.indexOf(HIDDEN);
    return true;
  };
  const oneStep = button("One step", () => { step(); show(); });
  const toTheEnd = button("To the end", () => { while (hiddenPlaces() && step()); show(); });
  const again = button("Hide again", () => begin(ids.map((id, i) => (kept[i] ? id : HIDDEN))));
  const press = (i) => {
    chosen = i;
    if (ids[i] !== HIDDEN) { ids = ids.with(i, HIDDEN); kept[i] = false; } else if (own()) step();
    show();
  };
  const say = (id) => {
    ids = ids.with(chosen, id);
    kept[chosen] = true;
    chosen = ids.includes(HIDDEN) ? ids.indexOf(HIDDEN) : chosen;
    show();
  };
  const account = (byTruth) => {
    if (hiddenPlaces()) return byTruth ? "" : "Nobody says anything like that here: the words shown do not go together.";
    const {valid, logProb} = judge.judge(ids);
    return valid ? `A sentence of the village: log p = ${fixed(logProb)} nats.` : "Nobody says that here.";
  };
  const show = () => {
    const byNetwork = network.logProbs(ids), byTruth = truth.logProbs(ids), inTable = body.contains(document.activeElement);
    const at = [...line.children].indexOf(document.activeElement);
    const byAsked = who[names[asked.value]] === network ? byNetwork : byTruth;
    glance.textContent = hiddenPlaces() ? POINT : "";
    line.replaceChildren(...ids.map((id, i) => {
      const likely = id === HIDDEN && byAsked ? choices(byAsked[i]).slice(0, AT_A_GLANCE)
        .map(([word, p]) => `${network.words[word]} ${percent(p)}`).join(", ") : "";
      const name = `place ${i + 1}: ${id === HIDDEN ? "hidden" : written(id)}${likely && `; ${likely}`}`;
      const made = named(button(written(id), () => press(i)), {"aria-label": name, "aria-pressed": String(i === chosen)});
      if (likely) ["pointerenter", "focus"].forEach((event) => made.addEventListener(event, () => {
        glance.textContent = `Place ${i + 1}: ${likely} ...`;
      }));
      return made;
    }));
    if (at >= 0) line.children[Math.min(at, ids.length - 1)].focus();
    said.textContent = `${ids.map(written).join(" ")} ${account(byTruth)}`;
    note.textContent = hiddenPlaces() ? `${hiddenPlaces()} hidden; `
      + (own() ? "press the places in your order." : `${left} step${left === 1 ? "" : "s"} left.`) : "";
    const hidden = ids[chosen] === HIDDEN;
    caption.textContent = hidden ? `The likeliest words of place ${chosen + 1}; press one to say it`
      : `Place ${chosen + 1} is shown; press it above to hide it`;
    body.replaceChildren(...(hidden ? choices(byNetwork[chosen]).slice(0, LIKELIEST) : []).map(([word, p]) => element("tr", {},
      element("td", {}, button(network.words[word], () => say(word))), barCell(p, "by-model"),
      barCell(byTruth ? Math.exp(byTruth[chosen][word]) : 0, "by-truth"))));
    if (inTable) (body.querySelector("button") ?? again).focus();
    [oneStep, toTheEnd].forEach((each) => { each.disabled = !hiddenPlaces(); });
  };
  read();
  place.append(typedIn.node, length.node, line, glance, said, note, element("div", {className: "row"}, oneStep, toTheEnd, again),
    asked.node, order.node, steps.node, element("div", {className: "scroll"}, table));
};
