// A model of your own, opened from your disk: `gensq export` wrote it, and it stays on this machine.
const LARGEST = 64e6, MOST_TYPED = 200;  // bytes of a file, words of a sentence

live.mine = (place) => {
  const chosen = element("input", {type: "file", accept: ".safetensors"}), inside = element("div");
  const help = named(element("p", {className: "help"}), {role: "alert"});
  const open = async (file) => {
    help.textContent = "";
    try {
      const megabytes = Math.round(file.size / 1e6);
      if (file.size > LARGEST) refuse(`expected a file of at most ${LARGEST / 1e6} MB, got ${megabytes}; use gensq`);
      const bytes = new Uint8Array(await file.arrayBuffer());
      await checkExport(bytes);
      inside.replaceChildren(...opened(textModel(bytes)));
    } catch (error) {
      inside.replaceChildren();
      help.textContent = `This file cannot be opened: ${error.message}.`;
    }
  };
  chosen.addEventListener("change", () => { if (chosen.files[0]) open(chosen.files[0]); });
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
  });
  place.append(labelled("field", "the file of a model (choose it, or drop it here)", chosen), help, inside);
};

const opened = (model) => {
  const parts = [aboutModel(model), scored(model), drawnSentences(model)];
  return model.posterior ? [...parts, wayBetween(model)] : parts;
};

// What its card says.
const aboutModel = ({facts: {card = {}}, words, posterior}) => {
  const measures = Array.isArray(card.measures) ? card.measures : [];
  const rows = measures.filter((each) => each && typeof each.value === "number").map(({name, value, unit = "", on = ""}) =>
    element("tr", {}, element("td", {textContent: `${name}`}), element("td", {textContent: `${fixed(value, 2)} ${unit}`}),
      element("td", {textContent: `${on}`})));
  const table = element("table", {}, element("caption", {textContent: "What was measured"}),
    element("thead", {}, headRow("measure", "value", "on")), element("tbody", {}, ...rows));
  const kind = posterior ? "A text VAE" : "A language model";
  return part("Your model", element("p", {textContent: `${kind} with a vocabulary of ${words.length} words.`}),
    ...(rows.length ? [element("div", {className: "scroll"}, table)] : []));
};

// A typed sentence word by word; of a VAE with the mean of q(z | x) as z.
const scored = (model) => {
  const body = element("tbody"), account = named(element("p", {className: "faint"}), {role: "status"});
  const show = () => {
    const words = model.read(typed.value).slice(0, MOST_TYPED), ids = model.encode(words);
    const each = wordByWord(model.decoder, ids, model.posterior ? model.posterior(ids).mean : null);
    body.replaceChildren(...[...words, "(end of the sentence)"].map((word, i) => element("tr", {},
      element("td", {textContent: ids[i] === UNK ? `${word} (unknown)` : word}), barCell(Math.exp(each[i]), "by-model"),
      element("td", {textContent: fixed(-each[i])}))));
    const sum = -each.reduce((total, logProb) => total + logProb, 0);
    const given = model.posterior ? ", given the mean of q(z | x)" : "";
    account.textContent = `${fixed(sum)} nats${given}; ${fixed(sum / each.length)} a token.`;
  };
  const first = decoded(model.decoder, greedyChoice(), {z: zeroOf(model), longest: model.longest});
  const typed = field("a sentence", model.show(first.ids), [], oncePerFrame(() => show()));
  const table = element("table", {className: "bars"}, element("caption", {textContent: "Word by word"}),
    element("thead", {}, headRow("word", "probability", "nats")), body);
  show();
  return part("How probable is a sentence?", typed.node, account, element("div", {className: "scroll"}, table));
};
const zeroOf = (model) => (model.posterior ? model.posterior([]).mean.map(() => 0) : null);

// Sentences from the prior and from the softmax.
const drawnSentences = (model) => {
  const uniform = uniformOf(1), list = named(element("ul"), {"aria-live": "polite"});
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const temperature = dial("temperature", {min: 0.3, max: 2, step: 0.1, value: 1, shown: (t) => fixed(t, 1)}, () => {});
  const draw = () => list.replaceChildren(...Array.from({length: 6}, () => {
    const z = zeroOf(model)?.map(normal) ?? null;
    const {ids} = decoded(model.decoder, sampledChoice(uniform, {temperature: temperature.value}), {z, longest: model.longest});
    return element("li", {textContent: model.show(ids)});
  }));
  draw();
  const again = element("div", {className: "row"}, button("Draw six sentences", draw));
  return part("What does it write?", temperature.node, again, list);
};

// Of a VAE: the sentences between two typed ones.
const wayBetween = (model) => {
  const greedyAt = (z) => model.show(decoded(model.decoder, greedyChoice(), {z, longest: model.longest}).ids);
  const codeOf = (typed) => model.posterior(model.encode(model.read(typed.value).slice(0, MOST_TYPED))).mean;
  const ways = Object.keys(between), found = cards(...ways);
  const show = oncePerFrame(() => {
    const a = codeOf(first), b = codeOf(second);
    found.show(...ways.map((way) => [greedyAt(between[way](a, b, at.value))]));
  });
  const start = zeroOf(model).map((_, i) => (i ? 0 : 2));
  const first = field("from", greedyAt(start), [], show), second = field("to", greedyAt(start.map((x) => -x)), [], show);
  const at = dial("on the way", {min: 0, max: 1, step: 0.02, value: 0.5, shown: percent}, show);
  show();
  return part("From one sentence to another", first.node, second.node, at.node, found.node);
};
