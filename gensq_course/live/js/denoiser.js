// The masked denoiser of lesson 23, after gensq_lib/models/masked_diffusion.py: a Transformer that sees on both sides; the exact
// conditionals of a world whose sentences are all listed; and who is shown next. Log-probabilities in nats.
const HIDDEN = null, SILENT = [PAD, BOS, EOS];

// erf to seven digits (Numerical Recipes' Chebyshev fit of its complement); GELU as torch has it, not its approximation by tanh.
const ERFC = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277];
const erf = (x) => {
  const t = 1 / (1 + 0.5 * Math.abs(x)), sum = ERFC.reduceRight((found, each) => each + t * found, 0);
  return Math.sign(x) * (1 - t * Math.exp(-x * x + sum));
};
const gelu = (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
const normalised = (x, of) => {
  const weight = of("weight").values, bias = of("bias").values;
  const mean = x.reduce((sum, each) => sum + each, 0) / x.length;
  const scale = 1 / Math.sqrt(x.reduce((sum, each) => sum + (each - mean) ** 2, 0) / x.length + 1e-5);
  return x.map((each, i) => (each - mean) * scale * weight[i] + bias[i]);
};
const plus = (x, y) => x.map((each, i) => each + y[i]);

// One block: rows in, rows out. Each row looks at all rows, each head by itself.
const block = (weights, prefix, heads) => {
  const of = (name) => layer(weights, `${prefix}${name}.`);
  const apply = (name, x) => affine(of(name)("weight"), x, of(name)("bias"));
  return (rows) => {
    const size = rows[0].length, wide = size / heads, scale = 1 / Math.sqrt(wide);
    const all = rows.map((row) => apply("to_query_key_value", normalised(row, of("norm_look"))));
    return rows.map((row, i) => {
      const seen = new Float32Array(size);
      for (let first = 0; first < size; first += wide) {
        const scores = all.map((other) => {
          let sum = 0;
          for (let j = first; j < first + wide; j += 1) sum += all[i][j] * other[size + j];
          return sum * scale;
        });
        const total = logSumExp(scores);
        all.forEach((other, k) => {
          const share = Math.exp(scores[k] - total);
          for (let j = first; j < first + wide; j += 1) seen[j] += share * other[2 * size + j];
        });
      }
      const looked = plus(row, apply("out", seen));
      return plus(looked, apply("think.2", apply("think.0", normalised(looked, of("norm_think"))).map(gelu)));
    });
  };
};

// {words, longest, logProbs(ids)}: of each place of a sentence, HIDDEN for a hidden word, log p of every word.
const maskedDenoiser = (bytes) => {
  const {facts, weights} = container(bytes), {config} = facts;
  if (config.class !== "MaskedDenoiser") refuse(`expected a masked denoiser, got a ${config.class}; write its file again`);
  const of = layer(weights, ""), embed = of("embed.weight"), hidden = embed.shape[0] - 1, bias = of("bias").values;
  const front = of("from_front.weight"), end = of("from_end.weight"), num = SPECIALS.length + (facts.words ?? []).length;
  if (num !== hidden) refuse(`expected numbers for ${num} words, got them for ${hidden}; write the file again`);
  const blocks = Array.from({length: config.num_layers ?? 2}, (_, i) => block(weights, `blocks.${i}.`, config.num_heads ?? 4));
  const words = {shape: [hidden, embed.shape[1]], values: embed.values.subarray(0, hidden * embed.shape[1])};
  const logProbs = (ids) => {
    const rows = ids.map((id, i) => plus(plus(rowOf(embed, id === HIDDEN ? hidden : id), rowOf(front, i)),
      rowOf(end, ids.length - 1 - i)));
    return blocks.reduce((x, each) => each(x), rows).map((row) => {
      const scores = affine(words, normalised(row, layer(weights, "norm.")), {values: bias});
      SILENT.forEach((word) => { scores[word] = -Infinity; });
      return logSoftmax(scores);
    });
  };
  return {words: [...SPECIALS, ...facts.words], longest: config.max_length ?? 20, logProbs};
};

// Every sentence of a small grammar (the data of truth.js): [[p, ids], ...]. No symbol contains itself.
const sentencesOf = ({rules, start}) => {
  const memo = new Map();
  const ofSymbol = (symbol) => {
    const found = memo.get(symbol) ?? rules[symbol].flatMap(([p, ...body]) => ofBody(body).map(([q, ids]) => [p * q, ids]));
    memo.set(symbol, found);
    return found;
  };
  const ofBody = (body) => body.reduce((found, item) => {
    const next = item >= 0 ? [[1, [item]]] : ofSymbol(-1 - item);
    return found.flatMap(([p, ids]) => next.map(([q, more]) => [p * q, [...ids, ...more]]));
  }, [[1, []]]);
  return ofSymbol(start);
};
// The perfect denoiser: the same logProbs(ids). Where no sentence has what is shown: null, for nothing can be right any more.
const trueDenoiser = (data) => {
  const listed = new Map();
  for (const [p, ids] of sentencesOf(data)) {
    if (!listed.has(ids.length)) listed.set(ids.length, []);
    listed.get(ids.length).push([p, ids]);
  }
  return {lengths: [...listed.keys()].sort((a, b) => a - b), logProbs: (seen) => {
    const found = seen.map(() => new Float64Array(data.words.length));
    let total = 0;
    for (const [p, ids] of listed.get(seen.length) ?? []) {
      if (seen.some((id, i) => id !== HIDDEN && id !== ids[i])) continue;
      total += p;
      ids.forEach((id, i) => { found[i][id] += p; });
    }
    return total ? found.map((row) => row.map((p) => Math.log(p / total))) : null;
  }};
};

// The places that the next of `left` steps shows: as many as let the rest suffice, by their score.
const ORDERS = {
  "at random": (ids, logProbs, uniform) => ids.map(uniform),
  "left to right": (ids) => ids.map((_, i) => -i),
  "most certain first": (ids, logProbs) => logProbs.map((row) => Math.max(...row)),
};
const due = (ids, logProbs, left, order, uniform) => {
  const score = ORDERS[order](ids, logProbs, uniform), open = ids.flatMap((id, i) => (id === HIDDEN ? [i] : []));
  return open.sort((a, b) => score[b] - score[a] || a - b).slice(0, Math.ceil(open.length / Math.max(left, 1)));
};
// The sentence after a step: the words of these places, each drawn by itself; `pick` chooses one of log-probabilities.
const afterStep = (ids, logProbs, places, pick) =>
  ids.map((id, i) => (places.includes(i) ? pick(logProbs[i]) : id));
