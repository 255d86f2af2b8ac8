"""Sentences of a grammar in two of its languages: most sources have several right translations, all of them known.

A source belongs to one part by its own hash, so that no test source is met in training, however often it is drawn.
"""
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice

from gensq_lib.ground.runtime import generator
from gensq_lib.text import grammar
from gensq_lib.text.grammar import Derivation, Grammar
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Vocab

from .corpus import PairCorpus
from .splits import part_of
from .world import LICENCE, ORIGIN

NUM_TRAIN, NUM_HELD_OUT = 20_000, 1_000
AT_ONCE = 1_000  # derivations that are drawn before the next are needed
Languages = tuple[str, str]  # of source and target
Keep = Callable[[Derivation], bool]


def crossing(languages: Languages, *, seed: int = 0, num_train: int = 0) -> PairCorpus:
    """The translation world from one of its languages into another. Held-out pairs do not depend on the seed."""
    g = grammar.shipped("crossing")
    vocabs = [Vocab(g.terminals(code), closed=True) for code in languages]
    show, read = ([partial(does, language=code) for code in languages] for does in (g.show, g.read))
    train = drawn_pairs(g, languages, "train", num_train or NUM_TRAIN, seed=seed)
    return PairCorpus(f"crossing:{'-'.join(languages)}", train, *map(list, held_out_pairs(languages)), *vocabs, *show, *read,
                      grammar=g, languages=languages, origin=ORIGIN, licence=LICENCE)


def drawn_pairs(g: Grammar, languages: Languages, part: str, num: int, *, seed: int = 0, keep: Keep = bool) -> list[Pair]:
    """`num` pairs whose sources belong to this part, drawn together: p(source, target). Another seed draws others.

    `keep` may refuse derivations: all but those of some topics, say. Taught in lesson 11.
    """
    pairs = (Pair(*map(derivation.words, languages)) for derivation in _drawn(g, part, seed) if keep(derivation))
    return list(islice((pair for pair in pairs if part_of(pair.source) == part), num))


def _drawn(g: Grammar, part: str, seed: int) -> Iterator[Derivation]:
    noise = generator(seed, "translations", part)
    while True:
        yield from g.sample(AT_ONCE, generator=noise)


@cache
def held_out_pairs(languages: Languages) -> tuple[tuple[Pair, ...], ...]:
    """The pairs of validation and of test, the same for every seed."""
    g = grammar.shipped("crossing")
    return tuple(tuple(drawn_pairs(g, languages, part, NUM_HELD_OUT)) for part in ("valid", "test"))
