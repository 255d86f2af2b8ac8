// Lesson 09: slide between two sentences, turn an attribute or a dimension, pick a place on the map.
const between = {
  straight: (a, b, t) => a.map((value, i) => value + t * (b[i] - value)),
  round: (a, b, t) => {  // constant speed on the circle, the length from |a| to |b| (Shoemake 1985)
    const length = (v) => Math.hypot(...v), unit = (v) => v.map((value) => value / (length(v) || 1));
    const [from, to] = [unit(a), unit(b)], cosine = from.reduce((sum, value, i) => sum + value * to[i], 0);
    const aside = to.map((value, i) => value - cosine * from[i]), sine = length(aside);
    if (sine < 1e-6) return between.straight(a, b, t);
    const angle = t * Math.atan2(sine, cosine), radius = length(a) + t * (length(b) - length(a));
    return from.map((value, i) => radius * (Math.cos(angle) * value + Math.sin(angle) * aside[i] / sine));
  },
};

live.space = (place, {latent_space: base64, world, space}) => {
  const model = textModel(bytesOf(base64)), truth = truthOf(world);
  const judged = (ids) => {
    const found = truth.judge(ids);
    const words = ids.map((id) => model.words[id]), wrong = words[found.errorAt] ?? "its end";
    return [model.show(ids), found.valid ? `a sentence of the world, ${fixed(-found.logProb, 1)} nats`
      : `no sentence of the world: "${wrong}" cannot stand there`];
  };
  const told = new Map();  // of each sentence, once: neighbouring places of a slider mostly say the same
  const said = (z) => {
    const {ids} = decoded(model.decoder, greedyChoice(), {z, longest: space.longest}), name = ids.join();
    if (!told.has(name)) told.set(name, judged(ids));
    return told.get(name);
  };
  const codes = new Map();
  const codeOf = (ids) => {
    const name = ids.join();
    if (!codes.has(name)) codes.set(name, model.posterior(ids).mean);
    return codes.get(name);
  };
  const sentence = (name, first, changed) => {
    const help = named(element("p", {className: "help"}), {role: "alert"});
    const typed = field(name, first, space.examples, () => { read(); changed(); });
    let code = null;
    const read = () => {
      const found = typedSentence(model, truth, typed.value);
      help.textContent = found.refusal ? `${found.refusal} Until then the last one that was understood is kept.` : "";
      named(typed.input, {"aria-invalid": String(Boolean(found.refusal))});
      if (found.ids) code = codeOf(found.ids);
    };
    read();
    return {node: element("div", {}, typed.node, help), get code() { return code; }};
  };

  const walk = () => {
    const ways = Object.keys(between), found = cards(...ways);
    const show = oncePerFrame(() => found.show(...ways.map((way) => said(between[way](first.code, second.code, at.value)))));
    const first = sentence("from", space.examples[0], show), second = sentence("to", space.examples[1], show);
    const at = dial("on the way", {min: 0, max: 1, step: 0.02, value: 0.5, shown: percent}, show);
    show();
    return part("From one sentence to another", first.node, second.node, at.node, found.node);
  };
  const turn = () => {
    const show = oncePerFrame(() => {
      const {vector} = space.changes[change.value];
      found.show(said(start.code), said(start.code.map((value, i) => value + strength.value * vector[i])));
    });
    const start = sentence("sentence", space.examples[space.gloomy], show), found = cards("decoded as it is", "changed");
    const change = menu("change", space.changes.map(({name}) => name), show);
    const strength = dial("strength", {min: -1, max: 3, step: 0.1, value: 2, shown: (s) => fixed(s, 1)}, show);
    show();
    return part("Turn what it is about", start.node, change.node, strength.node, found.node);
  };
  const dimensions = () => {
    const show = oncePerFrame(() => {
      const z = start.slice();
      dials.forEach((each, i) => { z[space.dimensions[i].place] = each.value; });
      found.show(said(z));
    });
    const {ids} = typedSentence(model, truth, space.examples[0]), start = codeOf(ids);
    const dials = space.dimensions.map(({place: j, knows}) => dial(`dimension ${j} (${knows})`,
      {min: -3, max: 3, step: 0.1, value: start[j], shown: (value) => fixed(value, 1)}, show));
    const found = cards(space.examples[0]);
    show();
    return part("Turn single dimensions", ...dials.map(({node}) => node), found.node);
  };
  const map = () => {
    const {points, groups, titles, centre, axes} = space.map, found = cards("decoded at this place"), el = element("div");
    const state = store({points, groups, titles, look: atlas.look, place: points[0].slice(0, 2),
      says: `A map of ${points.length} sentences: the plane on which their codes vary most, shaped and coloured by topic.`});
    const show = oncePerFrame(() => {
      const [x, y] = state.get("place");
      found.show(said(Float32Array.from(centre, (value, i) => value + x * axes[0][i] + y * axes[1][i])));
    });
    state.on("change:place", show);
    atlas.render({model: state, el});
    show();
    return part("A map to pick from", el, found.node);
  };
  place.append(walk(), turn(), dimensions(), map());
};
