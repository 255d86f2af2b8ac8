// Whether a small world of dialogues talks about what was typed (gensq_course/talk/guard.py): a logistic regression over words
// and pairs of words, and how much of the sentence was never said. It was learnt in Python; here it is only computed.
const TURN = "//", SPELT = 4, FEW = 2, LONGEST_SAID = 300;
const TYPED = /\/\/|[\p{L}\p{N}_]+(?:'[\p{L}\p{N}_]+)*|[^\p{L}\p{N}_\s]/gu;
const WORDS = /[\p{L}\p{N}_]+(?:'[\p{L}\p{N}_]+)*/gu;

// The words of what a person wrote: capitals, spaces and curly quotes are forgiven (DialogueGrammar.read).
const dialogueReader = (words) => {
  const lower = new Set(words.map((word) => word.toLowerCase())), read = grammarReader(words);
  return (text) => read(text.replaceAll("\u2019", "'").split(/\s+/).filter(Boolean)
    .flatMap((chunk) => (lower.has(chunk.toLowerCase()) ? [chunk] : chunk.match(TYPED) ?? [])).join(" "));
};
const guardOf = ({known, heard, terms, weights, bias, threshold, least, short, refusals, rare, novel}) => {
  const read = dialogueReader(known), vocabulary = new Set(known), counts = heard.map((pieces) => new Map(pieces));
  const whole = new Set(short), index = new Map(terms.map(([term, worth, idf]) => [term, [worth, idf]]));
  const said = (text) => text.toLowerCase().match(WORDS) ?? [];
  const pairs = (words) => words.slice(1).map((word, i) => `${words[i]} ${word}`);
  const letters = (text) => {  // runs of four, spaces counted
    const padded = ` ${said(text).join(" ")} `;
    return Array.from({length: Math.max(padded.length - 3, 1)}, (_, i) => padded.slice(i, i + 4));
  };
  const cuts = [(text) => said(text), (text) => pairs(["", ...said(text), ""]), letters];
  // Shares of words, pairs of words and runs of letters that nobody ever said.
  const never = (text) => cuts.map((cut, i) => {
    const pieces = [...new Set(cut(text))];
    return pieces.length ? pieces.filter((piece) => !counts[i].get(piece)).length / pieces.length : 1;
  });
  const logOdds = (text) => {
    const words = said(text).map((word) => ((counts[0].get(word) ?? 0) >= rare ? word : novel)), row = new Map();
    for (const term of words.length ? [...words, ...pairs(words)] : [novel])
      if (index.has(term)) row.set(term, (row.get(term) ?? 0) + 1);
    let length = 0, sum = 0;
    for (const [term, count] of row) {
      const [worth, idf] = index.get(term), value = (1 + Math.log(count)) * idf;
      length += value * value;
      sum += value * worth;
    }
    return (length ? sum / Math.sqrt(length) : 0) + never(text).reduce((total, share, i) => total + share * weights[i], bias);
  };
  const wordsOf = (text) => read(text.replaceAll(TURN, " ").replaceAll("\n", " ")).filter((word) => word !== TURN);
  // An unknown word is taken for a known one that is nearly it.
  const mended = (text) => [...new Set(wordsOf(text))].filter((word) => !vocabulary.has(word)).reduce((found, word) => {
    if (word.length < SPELT || !/^\p{L}+$/u.test(word)) return found;
    let best = null, most = -1;
    for (const other of known) {
      const like = alike(word, other);
      if (like >= least && like > most) [best, most] = [other, like];
    }
    const alone = new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, "giu");
    return best ? found.replace(alone, best) : found;
  }, text);
  const knows = (text) => {
    const better = mended(text), words = wordsOf(better).filter((word) => word.match(WORDS));
    const unknown = words.filter((word) => !vocabulary.has(word)).length;
    const heardWhole = words.length > FEW || whole.has(said(better).join(" "));
    return words.length > 0 && 2 * unknown <= words.length && heardWhole && logOdds(better) >= threshold;
  };
  // What it can talk about, if not about this; nothing where it can.
  const refusal = (text) => {
    const cut = text.slice(0, LONGEST_SAID), last = cut.split(TURN).filter((turn) => turn.trim()).pop() ?? "";
    return knows(last) ? "" : refusals[cut.length % refusals.length];
  };
  return {refusal, mended, wordsOf, logOdds: (text) => logOdds(mended(text)),
    unknown: (words) => [...new Set(words)].filter((word) => !vocabulary.has(word))};
};
