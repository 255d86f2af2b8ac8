"""Corpora of a grammar: the built-in world and a reader's own. The probability of every sentence is known.

Training sentences are drawn fresh from a seed and never de-duplicated: that would move the truth. Validation and test
sentences of the built-in world are committed beside its grammar; `gensq held-out` draws them anew after an edit.
"""
import hashlib
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from gensq_lib.ground import seals
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import cache_folder
from gensq_lib.ground.runtime import generator
from gensq_lib.text import grammar
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

from .corpus import Corpus, PairCorpus

NUM_TRAIN = 200_000
NUM_HELD_OUT = 2_000
HELD_OUT = ("valid", "test")
FACTS = "world.sha256"  # of the grammar, of the committed sentences, and of what a seed must give
TRAIN = f"the {NUM_TRAIN:,} English training sentences of seed 0, one a line"
LICENCE = "CC BY 4.0"
ORIGIN = "the built-in grammar"
REMAKE = "run: gensq held-out"


def world(*, language: str, seed: int, num_train: int) -> Corpus:
    """The built-in world in one language."""
    g = grammar.load()
    side = ("source", "target")[g.languages.index(g.language(language))]
    valid, test = ([getattr(pair, side) for pair in part] for part in committed(g))
    train = _train(g, language, seed=seed, num=num_train)
    return _corpus(g, train, valid, test, name=f"world:{language}" if side == "target" else "world", language=language,
                   origin=ORIGIN, licence=LICENCE)


def world_pairs(*, seed: int = 0, num_train: int = 0) -> PairCorpus:
    """Both languages of each derivation: one to one, since nothing is open in either."""
    g = grammar.load()
    train = list(map(Pair, *(_train(g, code, seed=seed, num=num_train) for code in g.languages)))
    vocabs = [Vocab(g.terminals(code), closed=True) for code in g.languages]
    show, read = ([partial(does, language=code) for code in g.languages] for does in (g.show, g.read))
    return PairCorpus("world", train, *committed(g), *vocabs, *show, *read, grammar=g, languages=g.languages,
                      origin=ORIGIN, licence=LICENCE)


def village(*, seed: int, num_train: int) -> Corpus:
    """The small world beside the large one: so few sentences that a model's probability of all of them can be added up."""
    return _drawn_corpus(grammar.shipped("village"), "en", seed=seed, num_train=num_train, name="village", origin=ORIGIN,
                         licence=LICENCE)


def own_world(path: Path, *, name: str, seed: int, num_train: int, language: str = "") -> Corpus:
    """A grammar file of the reader's, in one of its languages ("": the first)."""
    g = grammar.load(path)
    return _drawn_corpus(g, g.language(language), seed=seed, num_train=num_train, name=name,
                         origin=f"the grammar {path.name}", licence="as its owner says")


def committed(g: Grammar) -> tuple[list[Pair], list[Pair]]:
    """The validation and test pairs in `data/`, refused when the grammar is not the one that they were drawn from.

    Taught in lesson 09.
    """
    folder = g.path.parent
    if not (folder / FACTS).is_file():
        raise GensqError(f"expected {folder / FACTS}, got nothing there; {REMAKE}")
    for line in (folder / FACTS).read_text().splitlines():
        expected, name = line.split(maxsplit=1)
        if name != TRAIN and file_digest(folder / name) != expected:
            raise GensqError(f"expected {folder / name} as it was when the held-out sentences were drawn, got another; "
                             f"bring your own world as grammar:PATH, or, to change the built-in one, {REMAKE}")
    return tuple(_read_pairs(folder / f"world.{part}.tsv") for part in HELD_OUT)


def _train(g: Grammar, language: str, *, seed: int, num: int) -> list[Sentence]:
    """Fresh sentences of this seed; kept on disk, because reading them is faster than drawing them."""
    num = num or NUM_TRAIN
    place = cache_folder() / "worlds" / f"{_fingerprint(g)}-{language}-{seed}-{num}.txt"
    if (kept := seals.kept(place)) is None:
        kept = _as_text(g.sentences(num, generator=generator(seed, "train"), language=language)).encode()
        seals.seal(place, kept, name=place.name)
    return [_words(line) for line in kept.decode().splitlines()]


def drawn_part(g: Grammar, language: str, part: str) -> list[Sentence]:
    """The sentences of "valid" or "test", the same for every seed."""
    return g.sentences(NUM_HELD_OUT, generator=generator(part), language=language)


def _drawn_corpus(g: Grammar, language: str, *, seed: int, num_train: int, **facts) -> Corpus:
    """Held-out sentences do not depend on the seed."""
    valid, test = (drawn_part(g, language, part) for part in HELD_OUT)
    return _corpus(g, _train(g, language, seed=seed, num=num_train), valid, test, language=language, **facts)


def _corpus(g: Grammar, train: list[Sentence], valid: list[Sentence], test: list[Sentence], *, language: str,
            **facts) -> Corpus:
    """The vocabulary is all words of the grammar: an <unk> would let a model pass the truth."""
    return Corpus(
        language=language, train=train, valid=valid, test=test, vocab=Vocab(g.terminals(language), closed=True),
        show=partial(g.show, language=language), read=partial(g.read, language=language), grammar=g, **facts)


def _as_text(sentences: Iterable[Sentence]) -> str:
    return "".join(" ".join(sentence) + "\n" for sentence in sentences)


def _words(line: str) -> Sentence:
    """Each word is kept in memory once, however often it comes."""
    return tuple(map(sys.intern, line.split(" ")))


def _read_pairs(path: Path) -> list[Pair]:
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [Pair(*map(_words, row)) for row in rows]


def _fingerprint(g: Grammar) -> str:
    """Another grammar or another version of the sampler keeps its sentences elsewhere."""
    code = sorted(Path(grammar.__file__).parent.glob("*.py"))
    return hashlib.sha256("".join(map(file_digest, [Path(g.path), *code])).encode()).hexdigest()[:16]


def file_digest(path: Path) -> str:
    """Of the text, whatever line ends a checkout gave it; of nothing when the file is not there."""
    data = path.read_bytes() if path.is_file() else b""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()
