// Lesson 16: someone at the door answers. The rules of gensq_course/talk/chat.py and shipped/voices.py, without a kernel.
const MOST_BUBBLES = 60;
live.doorstep = (place, {doorstep}) => {
  const {menus, says, examples} = doorstep, guard = guardOf(doorstep.guard), prompts = truthOf(doorstep.prompts);
  const words = doorstep.prompts.words, number = new Map(words.map((word, i) => [word, i]));
  const judge = replyJudge(bytesOf(doorstep.judge));
  const models = {}, voiceOf = (name) => (models[name] ??= replyModel(bytesOf(doorstep.voices[name])));
  const uniform = uniformOf(Date.now());
  let turns = [];  // of the conversation, what was refused left out

  const idsOf = (text) => guard.wordsOf(text).filter((word) => number.has(word)).map((word) => number.get(word));
  const joinedTurns = (texts) => texts.map(idsOf).filter((ids) => ids.length)
    .flatMap((ids, i) => (i ? [number.get(TURN), ...ids] : ids));
  // The longest end of the conversation that people go on from, else what was said alone.
  const promptOf = (said) => {
    const typed = said.split(TURN), before = typed.length > 1 ? [] : turns.slice(-(says.turns - 1));
    const all = Array.from({length: before.length + 1}, (_, i) => joinedTurns([...before.slice(i), ...typed]));
    return all.slice(0, -1).find((ids) => prompts.judge(ids).valid) ?? all[all.length - 1];
  };
  const answer = (said, labels, voice, temperature) => {
    const read = guard.mended(said.slice(0, LONGEST_SAID)), unknown = guard.unknown(guard.wordsOf(read)), ids = promptOf(read);
    const {decoder, prior} = voiceOf(voice).answering(ids, labels);
    const drawn = Array.from({length: says.tries}, () => decoded(decoder, sampledChoice(uniform, {temperature}),
      {z: prior ? drawnZ(prior, uniform) : null, longest: says.longest}).ids).filter((reply) => reply.length);
    const different = [...new Map(drawn.map((reply) => [reply.join(), reply])).values()], [reply = [], ...others] = different;
    const show = (some) => written(some.map((id) => words[id]));
    const pieces = reply.map((_, i) => show(reply.slice(0, i + 1)).slice(show(reply.slice(0, i)).length));
    return {text: show(reply), pieces, scores: judge(ids, labels, reply), others: others.slice(0, 2).map(show), unknown};
  };

  const signed = (score) => `${score < 0 ? "−" : "+"}${Math.abs(score).toFixed(2)}`;
  const shaded = (word, score) => {
    if (Math.abs(score) < says.unsure) return word;
    const made = element("span", {className: score < 0 ? "doubted" : "believed", title: signed(score), textContent: word});
    made.style.setProperty("--weight", `${Math.round(100 * Math.min(Math.abs(score) / says.sure, 1))}%`);
    return made;
  };
  const paragraph = (by, kind, ...inside) => named(element("p", {className: kind},
    element("span", {className: "said-by", textContent: `${by}: `}), ...inside), {dir: "auto"});
  const bubble = ({pieces, scores, others, unknown}) => {
    const judged = pieces.map((word, i) => `${word.trim()} ${signed(scores[i])}`).join(" · ");
    const more = element("details", {}, element("summary", {textContent: "other replies"}),
      element("ul", {}, ...others.map((text) => element("li", {textContent: text}))),
      element("p", {textContent: `Judge: ${judged}`}));
    const said = paragraph("model", "", ...pieces.map((word, i) => shaded(word, scores[i])));
    const note = unknown.length ? [paragraph("note", "bubble note", `I do not know: ${unknown.join(", ")}`)] : [];
    return element("div", {className: "turn"}, element("div", {className: "bubble"}, said, more), ...note);
  };

  let count = 0;
  const add = (...added) => {
    const bubbles = added.map(([who, node]) => ({id: `${count += 1}`, who, node}));
    state.set("bubbles", [...state.get("bubbles"), ...bubbles].slice(-MOST_BUBBLES));
  };
  const hear = ({said, anew}) => {
    if (anew) { turns = []; state.set("bubbles", []); return; }
    const you = ["you", paragraph("you", "bubble", said.length > LONGEST_SAID ? `${said.slice(0, LONGEST_SAID)} …` : said)];
    const refusal = guard.refusal(said);
    if (refusal) add(you, ["note", paragraph("model", "bubble note", refusal)]);
    else {
      const found = answer(said, menusShown.map(({value}) => value), voices[voice.value], temperature.value);
      turns = [...turns, said.slice(0, LONGEST_SAID), found.text].slice(-6);
      add(you, ["model", bubble(found)]);
    }
    state.tell({understood: true});
  };
  const state = store({bubbles: [], examples, legend: "Shading by a judge: blue, like a person; orange, dotted: it doubts.",
    placeholder: "say something, then Enter", longest: LONGEST_SAID}, hear);
  const menusShown = Object.entries(menus).map(([name, values]) => menu(name, values, () => {}));
  const voices = Object.keys(doorstep.voices), voice = menu("voice", voices, () => {});
  const scale = {min: 0.2, max: 1.5, step: 0.1, value: doorstep.temperature, shown: (t) => fixed(t, 1)};
  const temperature = dial("temperature", scale, () => {});
  const el = element("div");
  place.append(element("div", {className: "row"}, ...menusShown.map(({node}) => node), voice.node), temperature.node, el);
  conversation.render({model: state, el});
  hear({said: examples[0]});
};
