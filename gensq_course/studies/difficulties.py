"""What breaks translation without pairs? The village in foreign languages that differ from it in one way at a time.

Each is a cipher of changed sentences: beside other names for all words it has another order, words in two parts, words left
out, or two names for a word, which also makes every word rarer. All methods have the same sentences and the same steps. Steps,
noise and the share of them that a dictionary makes were tried on seed 100, which no table has.
"""
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from statistics import fmean

from gensq_course.studies.deciphering import EM_ROUNDS, Bench, by_frequency, em_counts, log_closeness
from gensq_course.studies.rewriting import PAIRS_ALONE, Dictionary, network, rewritten_by, train_rewriter
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.ground.runtime import generator
from gensq_lib.text.ciphers import Right, Unpaired, draw_cipher, unpaired
from gensq_lib.text.corpora.splits import number_of
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training.deciphering import Key

SEEDS, NUM, NUM_TEST, STEPS, PAIRS = range(5), 4_000, 100, 1_200, 100  # sentences of each side; steps of a network
SECOND, UNSEEN = "·2", ("the", "is", "are")  # marks a second part or name; words that one language leaves out
Change = Callable[[Sentence], Sentence]


def in_parts(sentence: Sentence) -> Sentence:
    """Half of all words, by their spelling, are two words in the other language."""
    return tuple(chain.from_iterable((word, word + SECOND) if number_of("parts", word) % 2 else (word,) for word in sentence))


def exchanged(sentence: Sentence) -> Sentence:
    """The second word, the first, the fourth, the third, and so on."""
    return tuple(chain.from_iterable(sentence[i:i + 2][::-1] for i in range(0, len(sentence), 2)))


def left_out(sentence: Sentence) -> Sentence:
    """Without the little words; what they say can be told from the others."""
    return tuple(word for word in sentence if word not in UNSEEN)


def two_names(sentence: Sentence) -> Sentence:
    """Each word by one of two names, which by a hash of place and sentence."""
    return tuple(word + SECOND * (number_of("name", i, *sentence) % 2) for i, word in enumerate(sentence))


CHANGES: dict[str, Change] = {
    "other names": tuple, "neighbours exchanged": exchanged, "words in parts": in_parts, "words left out": left_out,
    "two names": two_names, "exchanged, in parts, left out": lambda sentence: in_parts(exchanged(left_out(sentence)))}
EASIEST = next(iter(CHANGES))  # a network from nothing fails on it already; on the others it is not tried


def origin(word: str) -> str:
    """The plain word of a changed one."""
    return word.removesuffix(SECOND)


@dataclass(frozen=True)
class Foreign(Unpaired):
    """Two sides where the secret sentence is a cipher of a changed plain one. The plain vocabulary is filled up with words that
    nobody says, so that keys are square."""

    change: Change = field(default=tuple, repr=False)

    @cached_property
    def plain_vocab(self) -> Vocab:
        words = self.text.vocab.words[len(Vocab.SPECIALS):]
        return Vocab([*words, *(f"(unsaid {i})" for i in range(len(self.cipher.key) - len(words)))], closed=True)

    def pairs(self, sentences: Sequence[Sentence]) -> list[Pair]:
        return [Pair(self.cipher.encipher(self.change(sentence)), sentence) for sentence in sentences]

    @cached_property
    def dictionary(self) -> dict[str, str]:
        """The plain word of each secret one, the truth; several may have one."""
        return {secret: origin(word) for secret, word in self.cipher.back.items()}

    def right(self, found: Mapping[str, str]) -> Right:
        good = {word for word in self.said if found.get(word) == self.dictionary[word]}
        return Right(len(good) / len(self.said), sum(self.said[word] for word in good) / self.said.total())


def foreign(difficulty: str, *, seed: int, num: int = NUM) -> Bench:
    """The sides of one foreign language; the sentences of each are drawn as those of a cipher are."""
    change = CHANGES[difficulty]
    sides = unpaired("village", num_plain=num, num_secret=num, seed=seed)
    below = [sides.cipher.decipher(sentence) for sentence in sides.secret]
    words = set(sides.cipher.key) | {word for sentence in below for word in change(sentence)} | {
        word + SECOND for word in sides.cipher.key if change is two_names}
    cipher = draw_cipher(words, generator=generator(seed, "foreign", difficulty))
    secret = [cipher.encipher(change(sentence)) for sentence in below]
    return Bench(Foreign(sides.text, cipher, sides.plain, secret, change), seed)


# Keys: word for word

def keys(bench: Bench) -> dict[str, dict[str, str]]:
    """The plain word of each secret one, by those who see no pair."""
    named = {"frequency match": by_frequency(bench), "likeliest restart": bench.few_restarts,
             "EM, shaped by frequency": by_em_freely(bench)}
    return {name: bench.sides.as_key(key) for name, key in named.items()}


def by_em_freely(bench: Bench, rounds: int = EM_ROUNDS) -> Key:
    """The plain word that each secret one most often was, one for several where it must be."""
    counts, _ = em_counts(bench, "shaped", closeness=log_closeness(bench).exp(), rounds=rounds)
    return counts.argmax(0)


def word_by_word(sentences: Sequence[Sentence], key: Mapping[str, str]) -> list[Sentence]:
    """In the order of the source."""
    return [tuple(key[word] for word in sentence) for sentence in sentences]


# Networks

def one_vocabulary(bench: Bench) -> Vocab:
    """For both languages: no word is in two of them."""
    return Vocab([*sorted(bench.sides.cipher.back), *bench.sides.text.vocab.words[len(Vocab.SPECIALS):]], closed=True)


def translated(bench: Bench, vocab: Vocab, sources: Sequence[Sentence], *, steps: int,
               dictionary: Mapping[str, str] | None = None, pairs: Sequence[Pair] = (), **recipe: float) -> list[Sentence]:
    """By a network that denoises and translates back, or by what `recipe` leaves of that."""
    sides = [[vocab.encode(words) for words in side] for side in (bench.sides.secret, bench.sides.plain)]
    model = network(vocab, seed=bench.seed)
    train_rewriter(model, sides, steps=steps, seed=bench.seed,
                   pairs=[(vocab.encode(pair.source), vocab.encode(pair.target)) for pair in pairs],
                   dictionaries=both_ways(dictionary, vocab) if dictionary else (), **recipe)
    return rewritten_by(model, sources, [0] * len(sources), vocab)


def both_ways(dictionary: Mapping[str, str], vocab: Vocab) -> list[Dictionary]:
    """Integers for integers: of each secret word its plain one, of each plain word all secret ones that have it."""
    there: dict[int, list[int]] = {}
    back: dict[int, list[int]] = {}
    for secret, plain in dictionary.items():
        if plain in vocab:
            a, b = vocab.encode((secret, plain))
            there.setdefault(a, []).append(b)
            back.setdefault(b, []).append(a)
    return [there, back]


# The table

def marked(said: Sequence[Sentence], wanted: Sequence[Sentence]) -> dict[str, float]:
    """Sentences that are the right one, and how far bags of words agree (F1, without the little words of most sentences)."""
    return {"right": fmean(tuple(a) == b for a, b in zip(said, wanted, strict=True)),
            "words": fmean(agreement(content(a), content(b)) for a, b in zip(said, wanted, strict=True))}


def content(sentence: Sentence) -> Counter[str]:
    """Its words, without order and little words."""
    return Counter(word for word in sentence if word not in (*UNSEEN, "."))


def agreement(said: Counter[str], wanted: Counter[str]) -> float:
    """F1: 2 |both| / (|said| + |wanted|)."""
    return 2 * (said & wanted).total() / max(said.total() + wanted.total(), 1)


def unread(bench: Bench, pairs: Sequence[Pair], num: int = NUM_TEST) -> list[Pair]:
    """Pairs for marking: neither side of one stands in a heap or in `pairs`."""
    read = {*bench.sides.plain, *bench.sides.secret, *(pair.target for pair in pairs)}
    drawn = bench.sides.pairs(bench.sides.text.grammar.sentences(8 * num, generator=bench.noise("unread")))
    return [pair for pair in dict.fromkeys(drawn) if not read & {pair.source, pair.target}][:num]


def one_to_one(sides: Foreign) -> float:
    """The share of types that the best key can have right that gives no plain word twice: some have several secret ones."""
    return len({sides.dictionary[word] for word in sides.said}) / len(sides.said)


def broken(*, difficulty: str, seed: int, steps: int = STEPS) -> list[Record]:
    """Every method on one language: types of a key that are right, sentences and words that are."""
    bench = foreign(difficulty, seed=seed)
    sides, vocab = bench.sides, one_vocabulary(bench)
    pairs = sides.pairs(sides.text.grammar.sentences(PAIRS, generator=bench.noise("pairs")))
    test = unread(bench, pairs)
    sources, wanted = [pair.source for pair in test], [pair.target for pair in test]
    found = keys(bench)
    rows = records(marked(sides.plain[:len(test)], wanted), by="any sentence") + records(
        {"types": one_to_one(sides)}, by="one to one at best")
    for name, key in (found | {"true dictionary": sides.dictionary}).items():
        marks = sides.right(key)
        rows += records(marked(word_by_word(sources, key), wanted) | {"types": marks.types, "tokens": marks.tokens}, by=name)
    ways = {"EM": {"dictionary": found["EM, shaped by frequency"]}, "true dictionary": {"dictionary": sides.dictionary},
            "pairs": {"pairs": pairs}, "pairs alone": {"pairs": pairs, **PAIRS_ALONE}}
    ways |= {"nothing": {}} if difficulty == EASIEST else {}
    for name, way in ways.items():
        rows += records(marked(translated(bench, vocab, sources, steps=steps, **way), wanted), by="network", start=name)
    return rows


STUDY = Study("unpaired_difficulties", "Which difficulty between two languages breaks which method of translating without pairs?",
              [{"difficulty": difficulty, "seed": seed} for difficulty in CHANGES for seed in SEEDS], broken)
