// Lesson 05: one word after the other. What the model would say next, what the settings leave of it, and what the grammar says.
const SHOWN = 12;  // rows
const knobs = (changed) => {
  const temperature = dial("temperature", {min: 0.3, max: 2, step: 0.1, value: 1, shown: (t) => fixed(t, 1)}, changed);
  const most = (k) => (k ? `the ${k} likeliest` : "all words"), nucleus = (p) => (p < 1 ? percent(p) : "all of it");
  const topK = dial("top-k", {min: 0, max: 100, step: 1, value: 0, shown: most}, changed);
  const topP = dial("nucleus", {min: 0.1, max: 1, step: 0.05, value: 1, shown: nucleus}, changed);
  return {nodes: [temperature.node, topK.node, topP.node],
    get options() { return {temperature: temperature.value, topK: topK.value, topP: topP.value}; }};
};

live.sampler = (place, {language_model: base64, world}) => {
  const model = textModel(bytesOf(base64)), truth = truthOf(world), uniform = uniformOf(1);
  // Where we stand: the words so far, the model's state and its log-probability, the truth's, null where it has ended.
  const first = () => {
    const [logProbs, state] = model.decoder.step(BOS, model.decoder.start(null));
    return {ids: [], logProbs, state, nats: 0, known: truth.begin(), exact: 0, ended: false};
  };
  const after = (now, word) => {
    const p = now.known ? truth.next(now.known).get(word) ?? 0 : 0;
    const common = {ids: [...now.ids, word], nats: now.nats - now.logProbs[word], exact: now.exact - Math.log(p)};
    if (word === EOS) return {...now, ...common, ended: true};
    const [logProbs, state] = model.decoder.step(word, now.state);
    return {...common, logProbs, state, known: p ? truth.advance(now.known, word) : null, ended: false};
  };
  const way = [first()], now = () => way[way.length - 1];
  const go = (word) => { way.push(after(now(), word)); show(); };
  const draw = () => { if (!now().ended) go(drawnFrom(choices(now().logProbs, settings.options), uniform())); };

  const text = named(element("p", {className: "said line-so-far"}), {role: "status"});
  const account = element("p", {className: "faint"}), body = element("tbody"), settings = knobs(() => show());
  const table = element("table", {className: "bars"},
    element("caption", {textContent: `The ${SHOWN} likeliest next words; press one to say it`}),
    element("thead", {}, headRow("next word", "model", "with your settings", "truth")), body);
  const nameOf = (word) => (word === EOS ? "(end of the sentence)" : model.words[word]);
  const show = () => {
    const {ids, logProbs, known, ended, nats, exact} = now(), spoken = ids.filter((word) => word !== EOS);
    text.textContent = `${model.show(spoken)}${ended ? "" : " …"}`.trim();
    const allowed = known && !ended ? truth.next(known) : new Map();
    const kept = new Map(ended ? [] : choices(logProbs, settings.options));
    const ranked = ended ? [] : choices(logProbs, {}).slice(0, SHOWN).map(([word]) => word);
    const wasted = ended ? 0 : logProbs.reduce((sum, logProb, word) => sum + (allowed.has(word) ? 0 : Math.exp(logProb)), 0);
    const sum = exact < Infinity ? `${fixed(exact)} nats in truth` : "impossible in truth: no sentence of the world begins so";
    account.textContent = (ids.length ? `So far ${fixed(nats)} nats by the model, ${sum}. ` : "")
      + (ended || !known ? "" : `In truth ${allowed.size} words can stand here; the model gives ${percent(wasted)} to others.`);
    const focused = body.contains(document.activeElement);
    body.replaceChildren(...ranked.map((word) => element("tr", {}, element("td", {}, button(nameOf(word), () => go(word))),
      barCell(Math.exp(logProbs[word]), "by-model"), barCell(kept.get(word) ?? 0, "by-settings"),
      barCell(allowed.get(word) ?? 0, "by-truth"))));
    if (focused) (body.querySelector("button") ?? controls.lastChild).focus();
    [drawOne, finish].forEach((each) => { each.disabled = ended; });
    back.disabled = way.length === 1;
  };
  const drawOne = button("Draw a word", draw), back = button("Take one back", () => { way.pop(); show(); });
  const finish = button("Finish the sentence", () => { for (let i = 0; i < model.longest && !now().ended; i += 1) draw(); });
  const controls = element("div", {className: "row"}, drawOne, finish, back, button("Anew", () => { way.length = 1; show(); }));
  show();
  place.append(text, account, controls, ...settings.nodes, element("div", {className: "scroll"}, table));
};
