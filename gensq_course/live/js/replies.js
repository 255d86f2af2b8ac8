// The voices of the chat (gensq_lib/models/seq2seq.py, conditional_vae.py, judges.py): a prompt is read in both directions by
// GRUs, a GRU writes the reply, looks back at every word of the prompt, and may copy one. The judge gives each word its due.
const NEVER = 1e-30;  // stands for probability 0

// One step of torch.nn.GRU with one layer: gates in the order reset, update, new.
const gru = (of) => {
  const [inputs, bias, states, more] = ["weight_ih_l0", "bias_ih_l0", "weight_hh_l0", "bias_hh_l0"].map((name) => of(name));
  const size = states.shape[1];
  return {size, step: (x, h) => {
    const now = affine(inputs, x, bias), before = affine(states, h, more);
    return h.map((old, i) => {
      const [reset, update] = [0, size].map((at) => sigmoid(now[at + i] + before[at + i]));
      return (1 - update) * Math.tanh(now[2 * size + i] + reset * before[2 * size + i]) + update * old;
    });
  }};
};
// What each query sees of a memory, and the weight of each of its words (Luong et al. 2015, scaled).
const attended = (query, memory) => {
  const scores = memory.map((seen) => seen.reduce((sum, value, i) => sum + value * query[i], 0) / Math.sqrt(query.length));
  const weights = Array.from(logSoftmax(scores), Math.exp), seen = new Float32Array(query.length);
  memory.forEach((word, place) => word.forEach((value, i) => { seen[i] += weights[place] * value; }));
  return [seen, weights];
};
// Each word of the prompt, the whole (each unit's maximum), and the labels, as vectors.
const promptEncoder = (weights, prefix, embed) => {
  const [forwards, backwards] = ["forwards.", "backwards."].map((name) => gru(layer(weights, `${prefix}${name}`)));
  const labelled = layer(weights, `${prefix}embed_labels.`);
  const states = (cell, ids) => {
    let h = new Float32Array(cell.size);
    return ids.map((id) => (h = cell.step(rowOf(embed, id), h)));
  };
  return (ids, labels) => {
    const one = states(forwards, ids), other = states(backwards, [...ids].reverse()).reverse();
    const memory = one.map((h, place) => joined(h, other[place]));
    const summary = memory.reduce((most, word) => most.map((value, i) => Math.max(value, word[i])));
    return {memory, summary, labels: joined(...labels.map((label, i) => rowOf(labelled(`${i}.weight`), label)))};
  };
};

// p(reply | prompt, labels), of a conditional VAE given z, too. answering(ids, labels) is a decoder as in runtime.js.
const replyModel = (bytes) => {
  const {facts: {config}, weights} = container(bytes), vae = config.class === "ConditionalVAE", inside = vae ? "decoder." : "";
  if (!vae && config.class !== "Seq2Seq") refuse(`expected a voice of the chat, got a ${config.class}; use gensq`);
  const of = layer(weights, inside), embed = of("embed.weight"), cell = gru(layer(weights, `${inside}rnn.`));
  const encode = promptEncoder(weights, `${inside}encoder.`, embed), prior = layer(weights, "to_prior.");
  const decoderOf = ({memory, summary, labels}, ids) => ({
    start: (z) => {
      const beside = z ? joined(labels, z) : labels;
      return {h: tanhOf(affine(of("to_start.weight"), joined(summary, beside), of("to_start.bias"))), beside};
    },
    step: (token, {h, beside}) => {
      const after = cell.step(joined(rowOf(embed, token), beside), h);
      const [seen, looks] = attended(affine(of("to_query.weight"), after), memory), features = joined(after, seen);
      const shown = tanhOf(affine(of("to_embed.weight"), features, of("to_embed.bias")));
      const [gate] = affine(of("to_gate.weight"), features, of("to_gate.bias")), says = sigmoid(gate);
      const pointed = new Map();
      ids.forEach((id, place) => pointed.set(id, (pointed.get(id) ?? 0) + looks[place]));
      const mixed = logSoftmax(affine(embed, shown, of("to_vocab.bias")))
        .map((logProb, word) => Math.log(says * Math.exp(logProb) + (1 - says) * Math.max(pointed.get(word) ?? 0, NEVER)));
      return [mixed, {h: after, beside}];
    },
  });
  const priorOf = ({summary, labels}) => {
    const hidden = tanhOf(affine(prior("0.weight"), joined(summary, labels), prior("0.bias")));
    const both = affine(prior("2.weight"), hidden, prior("2.bias")), half = both.length / 2;
    return {mean: both.slice(0, half), stddev: both.slice(half).map((s) => Math.exp(4 * Math.tanh(s / 8)))};
  };
  return {answering: (ids, labels) => {
    const read = encode(ids, labels);
    return {decoder: decoderOf(read, ids), prior: vae ? priorOf(read) : null};
  }};
};
// A draw of z: two normal numbers from two uniform ones (Box and Muller 1958).
const normal = (uniform) => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const drawnZ = ({mean, stddev}, uniform) => mean.map((value, i) => value + stddev[i] * normal(uniform));

// What each word of a reply adds to the judge's log-odds that a person says this.
const replyJudge = (bytes) => {
  const {weights} = container(bytes), of = layer(weights, ""), embed = of("embed.weight"), cell = gru(layer(weights, "rnn."));
  const encode = promptEncoder(weights, "encoder.", embed);
  return (prompt, labels, reply) => {
    const read = encode(prompt, labels);
    let h = tanhOf(affine(of("to_start.weight"), joined(read.summary, read.labels), of("to_start.bias"))), before = 0;
    return [...reply, EOS].map((word) => {
      h = cell.step(joined(rowOf(embed, word), [prompt.includes(word) ? 1 : 0]), h);
      const [seen] = attended(affine(of("to_query.weight"), h), read.memory);
      const [logit] = affine(of("to_logit.weight"), joined(h, seen), of("to_logit.bias")), gain = logit - before;
      before = logit;
      return gain;
    });
  };
};
