// Text of people to tokens and back, as docs/export.md says and gensq_lib/text/corpora/text.py does it: words, numbers, signs,
// and single characters of scripts without spaces. `spelling` (what counts as such a script, which signs are plain, where no
// space stands) is written by live/pages.py from that module.
const HAN = `[${spelling.han}]`, MARK = "[\\p{Mn}\\p{Mc}]", JOINER = "\\u200c\\u200d", ALNUM = "[\\p{L}\\p{N}_]";
const LETTER = `(?:(?!${HAN})[\\p{L}\\p{N}_\\p{Mn}\\p{Mc}${JOINER}])`, WORD = `(?!${HAN})${ALNUM}${LETTER}*`;
const SIGN = `[^\\p{L}\\p{N}_\\s\\p{Mn}\\p{Mc}${JOINER}]${MARK}*`;
const TOKEN = new RegExp(`\\p{Nd}+(?:[.,:]\\p{Nd}+)+(?!${LETTER})|(?:[\\p{L}\\p{Nl}\\p{No}]\\.){2,}`
  + `|${WORD}(?:['-]${WORD})*|${HAN}${MARK}*|${SIGN}(?:\\u200d${SIGN})*`, "gu");
const CLITIC = /^(.+)('(?:s|m|re|ve|ll|d))$/isu, NO_SPACE = new RegExp(`[${spelling.wide}]`, "u");
const [CLOSES, OPENS, ENDS] = [spelling.close, spelling.open, spelling.stops].map((marks) => new Set(marks));
const hasAlnum = (token) => /[\p{L}\p{N}]/u.test(token);

const cleaned = (text, plain) => [...text].map((c) => {
  if (c === " " || c === "\u200c" || c === "\u200d" || !/[\p{C}\p{Z}]/u.test(c)) return plain[c] ?? c;
  return /[\s\u0085\u001c-\u001f]/.test(c) ? " " : "";
}).join("").normalize("NFC");
const withoutClitics = (token) => {
  const found = CLITIC.exec(token);
  return found ? [...withoutClitics(found[1]), found[2]] : [token];
};
const tokensOf = (text, language) => (language === "zh"
  ? (cleaned(text, spelling.plainChinese).match(TOKEN) ?? []).map((token) => spelling.points[token] ?? token)
  : (cleaned(text, spelling.plain).match(TOKEN) ?? []).flatMap(withoutClitics));

// Where sentences begin: the place of the first word of each, and of the signs before it.
const beginnings = (tokens) => {
  const places = [];
  let begins = true;
  tokens.forEach((token, i) => {
    if (begins) { places.push(i); begins = !hasAlnum(token); }
    if (ENDS.has(token)) begins = true;
  });
  return places;
};
const isCapitalised = (word) => {
  const first = [...word][0] ?? "", upper = word === word.toUpperCase() && word !== word.toLowerCase();
  return /^\p{Uppercase}/u.test(first) && (first === word || !upper);
};
// The words of a text; a capital at the beginning is taken back, case is forgiven where a word is not known as typed.
const wordsReader = (words, {language = "", usual = {}}) => {
  const seen = new Set(words), spelt = new Map(Object.entries(usual));
  return (text) => {
    const said = tokensOf(text, language);
    const small = (word) => spelt.get(word.toLowerCase()) ?? word.toLowerCase();
    for (const i of beginnings(said)) if (isCapitalised(said[i])) said[i] = small(said[i]);
    return said.map((word) => {
      const lower = word.toLowerCase();
      return seen.has(word) ? word : spelt.get(lower) ?? (seen.has(lower) ? lower : word);
    });
  };
};
// Tokens as a person writes them: capitals where sentences begin, spaces where one expects them.
const shownWords = (tokens) => {
  const said = [...tokens];
  for (const i of beginnings(said)) { const [first = "", ...rest] = said[i]; said[i] = first.toUpperCase() + rest.join(""); }
  let text = "", before = "", quoted = false;
  for (const token of said) {
    const quote = token === '"', last = [...text].at(-1) ?? "";
    const glued = !text || CLOSES.has(token) || token.startsWith("'") || (quote && quoted) || OPENS.has(before)
      || NO_SPACE.test([...token][0] ?? "") || NO_SPACE.test(last);
    text += glued ? token : ` ${token}`;
    quoted = quote ? !quoted : quoted;
    before = quote && quoted ? "(" : token;  // an opening quotation mark holds on to its word
  }
  return text;
};
const charactersOf = (text) => (text.normalize("NFC").split(/[\s\u0085\u001c-\u001f]+/).filter(Boolean).join(spelling.space)
  .replace(/\p{C}/gu, "").match(/[^\p{Mn}\p{Mc}][\p{Mn}\p{Mc}]*/gu) ?? []);

READERS.words = (words, reading) => [wordsReader(words, reading), shownWords];
READERS.characters = () => [charactersOf, (tokens) => tokens.join("")];
