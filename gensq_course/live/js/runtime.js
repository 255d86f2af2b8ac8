// Reads an exported model and computes with it, as docs/export.md says: the container, the words, an LSTM, q(z | x).
// Vectors and matrices are Float32Array, a matrix row by row; sums are in double precision. Probabilities are in nats.
const PAD = 0, BOS = 1, EOS = 2, UNK = 3, SPECIALS = ["<pad>", "<bos>", "<eos>", "<unk>"];

const refuse = (sentence) => { throw new RangeError(sentence); };

// --- the container

const bytesOf = (base64) => {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
};

// float16: a sign, five bits of exponent, ten of fraction (IEEE 754).
const half = (bits) => {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
};
let halves = null;
const KINDS = {
  F32: [4, (view, at) => view.getFloat32(at, true)],
  F16: [2, (view, at) => (halves ??= Float32Array.from({length: 65536}, (_, bits) => half(bits)))[view.getUint16(at, true)]],
};

const tensor = (bytes, {dtype, shape, data_offsets: [first, behind]}, start) => {
  if (!Object.hasOwn(KINDS, dtype)) refuse(`expected numbers as F32 or F16, got ${dtype}; export the model again`);
  const [size, read] = KINDS[dtype];
  const num = shape.reduce((product, axis) => product * axis, 1);
  if (behind - first !== num * size || start + behind > bytes.length)
    refuse("expected as many numbers as the header says, got a file that is cut or damaged; export it again");
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + first, num * size), values = new Float32Array(num);
  for (let i = 0; i < num; i += 1) values[i] = read(view, i * size);
  return {shape, values};
};

// {facts, weights: {name: {shape, values}}} of a file of safetensors. Counters (I64) are left out: nothing here uses one.
const container = (bytes) => {
  const damaged = "expected a model exported by gensq, got another file; write it with `gensq export`";
  if (bytes.length < 8) refuse(damaged);
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (8 + size > bytes.length) refuse(damaged);
  const {__metadata__: {facts = ""} = {}, ...tensors} = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
  if (!facts) refuse(damaged);
  const weights = Object.create(null);
  for (const [name, of] of Object.entries(tensors)) if (of.dtype !== "I64") weights[name] = tensor(bytes, of, 8 + size);
  return {facts: JSON.parse(facts), weights};
};

// --- vectors

// weight x + bias: one number for each row of the weight.
const affine = (weight, x, bias) => {
  const [rows, columns] = weight.shape, w = weight.values, out = new Float32Array(rows);
  for (let row = 0, at = 0; row < rows; row += 1, at += columns) {
    let a = 0, b = 0, i = 0;  // two sums at once are twice as fast
    for (; i + 1 < columns; i += 2) { a += w[at + i] * x[i]; b += w[at + i + 1] * x[i + 1]; }
    if (i < columns) a += w[at + i] * x[i];
    out[row] = a + b + (bias ? bias.values[row] : 0);
  }
  return out;
};
const joined = (...parts) => {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => { out.set(part, at); return at + part.length; }, 0);
  return out;
};
const rowOf = ({shape: [, columns], values}, row) => values.subarray(row * columns, (row + 1) * columns);
const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const tanhOf = (x) => x.map(Math.tanh);
const logSumExp = (x) => {
  let most = -Infinity, sum = 0;
  for (const each of x) if (each > most) most = each;
  if (most === -Infinity) return most;
  for (const each of x) sum += Math.exp(each - most);
  return most + Math.log(sum);
};
const logSoftmax = (x) => { const total = logSumExp(x); return x.map((each) => each - total); };
const argmax = (x) => x.reduce((best, each, i) => (each > x[best] ? i : best), 0);

// The weights of one layer of torch: named("decoder.rnn.")("weight_ih_l0").
const layer = (weights, prefix) => (name, needed = true) => weights[prefix + name]
  ?? (needed ? refuse(`expected the weights ${prefix}${name}, got none; export the model again`) : null);

// One step of torch.nn.LSTM with one layer: gates in the order input, forget, cell, output.
const lstm = (of) => {
  const [inputs, bias, states, more] = ["weight_ih_l0", "bias_ih_l0", "weight_hh_l0", "bias_hh_l0"].map((name) => of(name));
  const size = states.shape[1], zero = () => ({h: new Float32Array(size), c: new Float32Array(size)});
  const step = (x, {h, c}) => {
    const gates = affine(inputs, x, bias), before = affine(states, h, more), after = zero();
    for (let i = 0; i < size; i += 1) {
      const gate = (place) => gates[place * size + i] + before[place * size + i];
      after.c[i] = sigmoid(gate(1)) * c[i] + sigmoid(gate(0)) * Math.tanh(gate(2));
      after.h[i] = sigmoid(gate(3)) * Math.tanh(after.c[i]);
    }
    return after;
  };
  return {size, step, zero};
};

// --- from text to numbers

const CLOSING = [...".,?!;:"], STOPS = [".", "?", "!", "//"];
const FULL_WIDTH = Object.fromEntries([...".,?!;:"].map((mark, i) => [mark, "。，？！；："[i]]));
const smaller = (x, y) => (x < y ? -1 : x > y ? 1 : 0);

// The words of a text, as `gensq_lib/text/grammar/writing.py` reads them: case is mended where a word is known.
const grammarReader = (words) => {
  const exact = new Set(words), lower = new Map([...words].sort(smaller).reverse().map((word) => [word.toLowerCase(), word]));
  const known = (token, first) => {
    const small = lower.get(token.toLowerCase()) ?? token.toLowerCase();
    return first || !exact.has(token) ? small : token;
  };
  return (text) => text.replace(/([.,?!;:]+)(?=\s|$)/g, (_, marks) => ` ${[...marks].join(" ")}`)
    .split(/\s+/).filter(Boolean).map((token, place) => known(token, place === 0));
};
// Words as people write them: punctuation attached, a capital first and behind each full stop.
const written = (words) => {
  let text = "", begins = true;
  for (const word of words) {
    const closes = CLOSING.includes(word);
    text += (closes || !text ? "" : " ") + (begins ? word.slice(0, 1).toUpperCase() + word.slice(1) : word);
    begins = STOPS.includes(word) || (begins && closes);
  }
  return text;
};
const READERS = {  // way of reading -> [text to words, words to text]; those of people's text are in reading.js
  grammar: (words) => [grammarReader(words), written],
  spaces: () => [(text) => text.split(/\s+/).filter(Boolean), (words) => words.join(" ")],
  "grammar by characters": (words) => [(read) => [...read].filter((c) => c.trim())
    .map((c) => (words.includes(c) ? c : FULL_WIDTH[c] ?? c)), (read) => read.join("")],
};

// --- decoding: a decoder has start(z) -> state and step(token, state) -> [log p of every next word, state]

// What may be said, after temperature, top-k and nucleus, in this order: [[word, probability], ...], the likeliest first.
const choices = (logProbs, {temperature = 1, topK = 0, topP = 1, avoid = [UNK]} = {}) => {
  let kept = [];
  logProbs.forEach((logProb, word) => {
    if (word !== PAD && word !== BOS && !avoid.includes(word)) kept.push([word, logProb / temperature]);
  });
  kept.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (topK) kept = kept.slice(0, topK);
  const total = logSumExp(kept.map(([, logProb]) => logProb));
  kept = kept.map(([word, logProb]) => [word, Math.exp(logProb - total)]);
  let before = 0, end = 0;
  while (end < kept.length && (end === 0 || before < topP)) { before += kept[end][1]; end += 1; }
  return topP >= 1 ? kept : kept.slice(0, end).map(([word, p]) => [word, p / before]);
};
// Numbers in [0, 1), the same for the same seed (mulberry32).
const uniformOf = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};
const drawnFrom = (among, uniform) => {
  let left = uniform;
  for (const [word, p] of among) { left -= p; if (left < 0) return word; }
  return among[among.length - 1][0];
};
const greedyChoice = (avoid = [UNK]) => (logProbs) => {
  const speakable = logProbs.slice();
  for (const word of [PAD, BOS, ...avoid]) speakable[word] = -Infinity;
  return argmax(speakable);
};
const sampledChoice = (uniform, options) => (logProbs) => drawnFrom(choices(logProbs, options), uniform());

// One sentence: {ids, logProb, finished}; `choose` picks a word from the log-probabilities. <eos> is counted, not kept.
const decoded = (decoder, choose, {z = null, longest = 30} = {}) => {
  const ids = [];
  let state = decoder.start(z), before = BOS, logProb = 0;
  while (ids.length < longest) {
    const [logProbs, after] = decoder.step(before, state), word = choose(logProbs);
    logProb += logProbs[word];
    if (word === EOS) return {ids, logProb, finished: true};
    ids.push(word);
    [before, state] = [word, after];
  }
  return {ids, logProb, finished: false};
};
// log p of each word of a sentence, <eos> the last.
const wordByWord = (decoder, ids, z = null) => {
  let state = decoder.start(z), before = BOS;
  return [...ids, EOS].map((word) => {
    const [logProbs, after] = decoder.step(before, state);
    [before, state] = [word, after];
    return logProbs[word];
  });
};

// --- the models

const recurrentDecoder = (weights) => {
  const of = layer(weights, "decoder."), cell = lstm(layer(weights, "decoder.rnn.")), embed = of("embed.weight");
  const output = of("to_vocab.weight", false) ?? embed, noZ = new Float32Array(0);
  const toState = of("to_state.weight", false);
  return {
    start: (z) => {
      if (!toState) return {...cell.zero(), z: noZ};
      const both = tanhOf(affine(toState, z, of("to_state.bias")));
      return {h: both.slice(0, cell.size), c: both.slice(cell.size), z};
    },
    step: (token, {h, c, z}) => {
      const after = cell.step(joined(rowOf(embed, token), z), {h, c});
      const shown = affine(of("to_embed.weight"), after.h, of("to_embed.bias"));
      return [logSoftmax(affine(output, shown, of("to_vocab.bias"))), {...after, z}];
    },
  };
};

// q(z | x): {mean, stddev}.
const posteriorOf = (weights) => {
  const embed = weights["encoder.embed.weight"] ?? weights["decoder.embed.weight"];
  const readers = ["encoder.forwards.", "encoder.backwards."].map((name) => lstm(layer(weights, name)));
  const heads = ["to_mean.", "to_log_var."].map((name) => layer(weights, name));
  return (ids) => {
    const tokens = [...ids, EOS];
    const best = readers.map((cell, i) => {
      const most = new Float32Array(cell.size).fill(-Infinity);
      let state = cell.zero();
      for (const token of i ? [...tokens].reverse() : tokens) {
        state = cell.step(rowOf(embed, token), state);
        state.h.forEach((value, unit) => { if (value > most[unit]) most[unit] = value; });
      }
      return most;
    });
    const summary = joined(...best), [mean, logVar] = heads.map((of) => affine(of("weight"), summary, of("bias")));
    return {mean, stddev: logVar.map((s) => Math.exp(4 * Math.tanh(s / 8)))};
  };
};

// A language model or a text VAE out of the bytes of its file. What this page cannot compute is refused in a sentence.
const textModel = (bytes) => {
  const {facts, weights} = container(bytes), {config, reading} = facts, {way} = reading;
  const vae = ["TextVAE", "BagOfWordsVAE"].includes(config.class);
  if (!vae && config.class !== "LanguageModel")
    refuse(`expected a language model or a text VAE, got a ${config.class}; use gensq`);
  if ((config.decoder ?? "lstm") !== "lstm" || (config.num_layers ?? 1) > 1)
    refuse("expected an LSTM with one layer, got another network; this page computes no other, `gensq` does");
  if (!READERS[way]) refuse(`expected a text that is read as ${Object.keys(READERS).join(", ")}, got "${way}"; use gensq`);
  const words = [...SPECIALS, ...facts.words], number = new Map(words.map((word, i) => [word, i]));
  const [read, show] = READERS[way](facts.words, reading);
  return {
    facts, words, read, longest: facts.longest,
    decoder: recurrentDecoder(weights), posterior: vae ? posteriorOf(weights) : null,
    encode: (sentence) => sentence.map((word) => number.get(word) ?? UNK),
    show: (ids) => show(ids.map((id) => words[id])),
  };
};
