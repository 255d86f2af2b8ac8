"""Corpora by name: `load("world")`, `load("tatoeba-en-zh:zh")`, `load("file:PATH")`, `load("grammar:PATH")`.

A new corpus is one entry in `NAMES` (or in `PREFIXES`, when it takes a path).
"""
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gensq_lib.ground.errors import GensqError, nearest

from . import dialogues, real, world
from .corpus import Corpus, Pair, PairCorpus

__all__ = ["Corpus", "Pair", "PairCorpus", "check", "dialogues", "load", "load_pairs", "names"]


@dataclass(frozen=True)
class Entry:
    """One line for readers, and the functions that load it; some corpora come in pairs."""

    line: str
    load: Callable[..., Corpus]
    load_pairs: Callable[[], PairCorpus] | None = None


NAMES = {
    "world": Entry("the built-in world in English; the probability of every sentence is known",
                   partial(world.world, language="en"), world.world_pairs),
    "world:zh": Entry("the built-in world in Chinese, by characters", partial(world.world, language="zh")),
    "village": Entry("a small world of 17,280 English sentences, so few that they can all be counted", world.village),
    "tatoeba-en-zh": Entry("27,661 short English sentences of tatoeba.org (fetched, 4 MB, CC BY 2.0 FR)",
                           partial(real.tatoeba, side=0), real.tatoeba_pairs),
    "tatoeba-en-zh:zh": Entry("their Chinese translations, by characters", partial(real.tatoeba, side=1)),
    "he2019-synthetic": Entry("10,000 sequences of numbers from the authors of the aggressive encoder (fetched, .4 MB, MIT)",
                              real.he2019),
}
PREFIXES = {
    "file": Entry("a text of your own, one sentence a line", real.file),
    "grammar": Entry("a world of your own: a grammar file; :zh behind the path chooses a language", world.own),
}


def names() -> dict[str, str]:
    """Every name, and what it stands for in one line; paths are written as PATH."""
    paths = {f"{prefix}:PATH": entry.line for prefix, entry in PREFIXES.items()}
    return {name: entry.line for name, entry in NAMES.items()} | paths


def load(name: str, *, seed: int = 0, num_train: int = 0) -> Corpus:
    """The corpus of this name. `seed` draws training sentences (real text: chooses `num_train` of them); 0 is all.

    Taught in lesson 00.
    """
    check(name)
    if name in NAMES:
        return NAMES[name].load(seed=seed, num_train=num_train)
    prefix, _, path = name.partition(":")
    return PREFIXES[prefix].load(path, seed=seed, num_train=num_train)


def load_pairs(name: str) -> PairCorpus:
    """Sentences with their translations. Taught in lesson 09."""
    with_pairs = {known: entry.load_pairs for known, entry in NAMES.items() if entry.load_pairs}
    if name not in with_pairs:
        raise GensqError(f'expected pairs out of {", ".join(with_pairs)}, got "{name}"'
                         f"{nearest(name, with_pairs) or '; choose one of these'}")
    return with_pairs[name]()


def check(name: str) -> None:
    """Refuse a name that `load` does not know, without loading anything."""
    prefix, _, path = name.partition(":")
    if name not in NAMES and not (prefix in PREFIXES and path):
        raise GensqError(f'expected a corpus out of {", ".join(names())}, got "{name}"'
                         f"{nearest(name, names()) or '; choose one of these'}")
