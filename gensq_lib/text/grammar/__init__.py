"""The probabilistic grammar: a world of text whose every probability is known. `load()` gives the built-in one.

`load(path)` reads a grammar file of the reader's own; the format is explained at the top of `data/world.grammar`.
"""
import gc
from functools import cache
from pathlib import Path

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import DATA

from .building import Builder
from .checking import START, Checked, checked_grammar
from .dialogue import TURN, DialogueGrammar
from .grammar import Derivation, Grammar, Parse, Sentence
from .reader import read

READS = ("*.grammar",)


def load(path: str | Path | None = None) -> Grammar:
    """The grammar in the file at `path`, or the built-in world (made once). Taught in lesson 01."""
    return shipped("world") if path is None else _unambiguous(_made(Path(path)))


def load_dialogue(path: str | Path | None = None) -> DialogueGrammar:
    """The dialogues in the file at `path`, or the built-in ones (made once)."""
    if path is None:
        return shipped("dialogue")
    made = DialogueGrammar(Path(path).expanduser())
    _unambiguous(made.prompts)
    return made


@cache
def shipped(name: str) -> Grammar | DialogueGrammar:
    """What comes with the course: "world", "village", "crossing"; of prompts and replies "dialogue", "doorstep", "reports"."""
    path = DATA / f"{name}.grammar"
    return DialogueGrammar(path) if name in ("dialogue", "doorstep", "reports") else _made(path)


def _made(path: Path) -> Grammar:
    """Building makes many small objects and no garbage: without the collector it takes half the time."""
    source = read(path)
    collecting = gc.isenabled()
    gc.disable()
    try:
        return Grammar(source, Builder(source).grammar())
    finally:
        if collecting:
            gc.enable()


def _unambiguous(g: Grammar) -> Grammar:
    """A reader's grammar is searched for sentences with two derivations: their log-probability would be another."""
    found = g.ambiguous()
    if found is not None:
        derivation, code = found
        raise GensqError(f'{g.path}: expected one derivation for each sentence, got several in "{code}" for '
                         f'"{g.show(derivation.words(code), code)}"; change the words or rules that overlap')
    return g
