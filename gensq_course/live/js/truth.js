// The grammar behind a small world: the exact probability of every next word behind any beginning, so that of every sentence.
// data: {rules: [[[p, item, ...], ...], ...], start, words, respell: {word, becomes, before}}; an item from 0 on is a word by its
// number in the vocabulary, -1 - s the symbol s. No symbol contains itself. A beginning is a set of stacks: what may still come,
// each with its probability given the beginning.
const truthOf = ({rules, start, words, respell}) => {
  const number = new Map(words.map((word, i) => [word, i])), memo = new Map(), cells = new Map();
  const [plain, other] = respell ? [number.get(respell.word), number.get(respell.becomes)] : [-1, -1];
  const triggers = new Set(respell?.before);
  const fits = (form, word) => form === 0 || (form === other) === triggers.has(word);

  const add = (map, key, p) => map.set(key, (map.get(key) ?? 0) + p);
  const kept = (key, make) => { if (!memo.has(key)) memo.set(key, make()); return memo.get(key); };
  // Each alternative, from each item on that can come first: [p, item, the place behind it, the alternative]; item null: nothing.
  const openings = (symbol) => kept(`o${symbol}`, () => rules[symbol].flatMap((body) => {
    const found = [];
    let p = body[0], at = 1;
    while (at < body.length && p > 0) {
      found.push([p, body[at], at + 1, body]);
      p *= body[at] >= 0 ? 0 : empty(-1 - body[at]);
      at += 1;
    }
    return p > 0 ? [...found, [p, null, at, body]] : found;
  }));
  const empty = (symbol) => kept(`e${symbol}`, () =>
    openings(symbol).reduce((sum, [p, item]) => sum + (item === null ? p : 0), 0));
  // Word -> the probability that the symbol begins with it.
  const firsts = (symbol) => kept(`f${symbol}`, () => {
    const found = new Map();
    for (const [p, item] of openings(symbol)) {
      if (item === null) continue;
      if (item >= 0) add(found, item, p);
      else for (const [word, q] of firsts(-1 - item)) add(found, word, p * q);
    }
    return found;
  });
  // What is left of the symbol behind its first word: [[p, items], ...].
  const behind = (symbol, word) => kept(`${symbol} ${word}`, () => {
    const found = new Map();
    for (const [p, item, at, body] of openings(symbol)) {
      if (item === null) continue;
      const rest = body.slice(at);
      if (item === word) add(found, rest.join(), p);
      if (item < 0 && firsts(-1 - item).has(word))
        for (const [q, items] of behind(-1 - item, word)) add(found, [...items, ...rest].join(), p * q);
    }
    return [...found].map(([items, p]) => [p, items ? items.split(",").map(Number) : []]);
  });

  // A stack is null or {item, rest}; equal stacks are the same object.
  const pushed = (items, rest) => items.reduceRight((below, item) => {
    const key = `${item} ${below ? below.id : ""}`;
    if (!cells.has(key)) cells.set(key, {item, rest: below, id: cells.size});
    return cells.get(key);
  }, rest);
  const followers = (stacks) => {
    const found = new Map();
    for (const [top, share] of stacks) {
      let [stack, p] = [top, share];
      for (; stack && p > 0; stack = stack.rest) {
        if (stack.item >= 0) { add(found, stack.item, p); p = 0; break; }
        for (const [word, q] of firsts(-1 - stack.item)) add(found, word, p * q);
        p *= empty(-1 - stack.item);
      }
      if (p > 0) add(found, EOS, p);
    }
    return found;
  };
  const after = (stacks, word) => {
    const found = new Map();
    let total = 0;
    for (const [top, share] of stacks) {
      for (let [stack, p] = [top, share]; stack && p > 0; stack = stack.rest) {
        if (stack.item >= 0) {
          if (stack.item === word) { add(found, stack.rest, p); total += p; }
          break;
        }
        if (firsts(-1 - stack.item).has(word))
          for (const [q, items] of behind(-1 - stack.item, word)) {
            add(found, pushed(items, stack.rest), p * q);
            total += p * q;
          }
        p *= empty(-1 - stack.item);
      }
    }
    for (const [stack, p] of found) found.set(stack, p / total);
    return found;
  };

  const begin = () => ({stacks: new Map([[pushed([-1 - start], null), 1]]), form: 0});
  // Word number -> its exact probability behind this beginning; <eos> is 2.
  const next = ({stacks, form}) => {
    const found = followers(stacks);
    for (const word of [...found.keys()]) if (!fits(form, word)) found.delete(word);
    if (found.has(plain)) {  // "a" or "an" is decided by what comes behind it
      const p = found.get(plain), beyond = followers(after(stacks, plain));
      const share = [...beyond].reduce((sum, [word, q]) => sum + (triggers.has(word) ? q : 0), 0);
      for (const [word, q] of [[plain, p * (1 - share)], [other, p * share]]) q > 1e-12 ? found.set(word, q) : found.delete(word);
    }
    const total = [...found.values()].reduce((sum, p) => sum + p, 0);
    for (const [word, p] of found) found.set(word, p / total);
    return found;
  };
  // The beginning with one more word that `next` allows.
  const advance = ({stacks}, word) => word === plain || word === other ? {stacks: after(stacks, plain), form: word}
    : {stacks: after(stacks, word), form: 0};
  // Of a whole sentence (numbers without <eos>): its log-probability, or the place of the first word that cannot stand there,
  // and what could.
  const judge = (ids) => {
    let state = begin(), logProb = 0;
    for (const [place, word] of [...ids, EOS].entries()) {
      const allowed = next(state), p = allowed.get(word) ?? 0;
      const likeliest = () => [...allowed].sort((a, b) => b[1] - a[1]).map(([each]) => each);
      if (!p) return {valid: false, logProb: -Infinity, errorAt: place, allowed: likeliest()};
      logProb += Math.log(p);
      if (word !== EOS) state = advance(state, word);
    }
    return {valid: true, logProb, errorAt: null, allowed: []};
  };
  return {begin, next, advance, judge};
};

// How alike two words are, in percent: twice their longest common subsequence over their letters (rapidfuzz's ratio).
const alike = (one, other) => {
  let before = new Uint16Array(other.length + 1);
  for (const letter of one) {
    const now = new Uint16Array(other.length + 1);
    for (let i = 0; i < other.length; i += 1)
      now[i + 1] = letter === other[i] ? before[i] + 1 : Math.max(before[i + 1], now[i]);
    before = now;
  }
  return 200 * before[other.length] / (one.length + other.length);
};
const closest = (word, words) => words.map((other) => [alike(word.slice(0, 30), other), other]).filter(([like]) => like >= 50)
  .sort((a, b) => b[0] - a[0]).slice(0, 3).map(([, other]) => other);
const listed = (words, most = 6) =>
  words.slice(0, most).map((word) => `"${word}"`).join(", ") + (words.length > most ? " and so on" : "");

// What a person typed: {ids} of a sentence of the world, a forgotten full stop added, or {refusal}, a sentence that helps.
const MOST_WORDS = 60;
const typedSentence = (model, truth, typed) => {
  const words = model.read(typed.slice(0, 100 * MOST_WORDS)), ids = model.encode(words);
  if (!words.length) return {refusal: "Type a sentence, or choose one from the list."};
  if (words.length > MOST_WORDS) return {refusal: `That is more than ${MOST_WORDS} words: type its first sentence.`};
  const strange = words.find((_, i) => ids[i] === UNK);
  if (strange) {
    const near = closest(strange, model.facts.words);
    const help = near.length ? `The nearest words are ${listed(near)}.` : "Use words of the sentences in the list.";
    return {refusal: `The model has never seen "${strange.slice(0, 30)}". ${help}`};
  }
  const found = truth.judge(ids), place = found.errorAt, allowed = found.allowed.map((id) => model.words[id]);
  if (found.valid) return {ids, logProb: found.logProb};
  const stop = found.allowed.find((id) => place === ids.length && [".", "?"].includes(model.words[id]));
  if (stop !== undefined) return typedSentence(model, truth, `${typed.trim()} ${model.words[stop]}`);
  if (place === ids.length)
    return {refusal: `The sentence ends too early for this world. It could go on with ${listed(allowed)}.`};
  const nearest = [...new Set([...closest(words[place], allowed), ...allowed])];
  return {refusal: `No sentence of this world has "${words[place]}" as word ${place + 1}. There could stand ${listed(nearest)}.`};
};
