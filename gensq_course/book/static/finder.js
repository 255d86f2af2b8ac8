// Finds sections by words: beginnings and small slips count, all words must be there, titles weigh most. `new Finder(sections)`
// takes {id, page, title, text}; `search(asked)` gives those found, best first, each with the `terms` of it that matched.
class Finder {
  static WEIGHTS = {title: 4, page: 2, text: 1};

  constructor(sections) {
    this.sections = sections;
    this.index = new Map();  // word -> Map from the number of a section to how much the word weighs there
    sections.forEach((section, number) => {
      for (const [field, weight] of Object.entries(Finder.WEIGHTS))
        for (const word of Finder.words(section[field])) {
          if (!this.index.has(word)) this.index.set(word, new Map());
          const places = this.index.get(word);
          places.set(number, (places.get(number) ?? 0) + weight);
        }
    });
  }

  // Letters and digits, without accents and case; each Chinese character is a word.
  static words(text) {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/\p{sc=Han}|(?:(?!\p{sc=Han})[\p{L}\p{N}])+/gu) ?? [];
  }

  // Whether one letter more, less or other, or two exchanged, makes one word of the other.
  static nearly(one, other) {
    const [a, b] = one.length <= other.length ? [one, other] : [other, one];
    if (b.length - a.length > 1) return false;
    let i = 0;
    while (i < a.length && a[i] === b[i]) i++;
    if (a.length < b.length) return a.slice(i) === b.slice(i + 1);
    return a.slice(i + 1) === b.slice(i + 1) || (a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2));
  }

  // The words of the index that are meant by an asked one, and how surely.
  meant(asked) {
    const found = [];
    for (const word of this.index.keys()) {
      if (word === asked) found.push([word, 1]);
      else if (asked.length > 1 && word.startsWith(asked)) found.push([word, .6]);
      else if (asked.length > 4 && Finder.nearly(asked, word)) found.push([word, .3]);
    }
    return found;
  }

  // For each section what the asked word is worth there: rare words tell more, and saying one twice is not twice as good.
  worth(asked) {
    const scores = new Map();
    for (const [word, sure] of this.meant(asked)) {
      const places = this.index.get(word), rare = Math.log(1 + this.sections.length / places.size);
      for (const [number, weight] of places) {
        const score = scores.get(number) ?? {score: 0, terms: []};
        score.score += sure * rare * weight / (weight + 2);
        score.terms.push(word);
        scores.set(number, score);
      }
    }
    return scores;
  }

  search(asked) {
    const [first, ...others] = Finder.words(asked).map((word) => this.worth(word));
    return [...first ?? []].filter(([number]) => others.every((scores) => scores.has(number))).map(([number, found]) => {
      const all = [found, ...others.map((scores) => scores.get(number))];
      return {...this.sections[number], score: all.reduce((sum, each) => sum + each.score, 0), terms: all.flatMap((each) => each.terms)};
    }).sort((a, b) => b.score - a.score);
  }
}
