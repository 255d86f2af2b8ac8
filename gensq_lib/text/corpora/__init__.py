"""Corpora by name: `load("world")`, `load("tatoeba-en-zh:zh")`, `load("file:PATH")`, `load_dialogues("sgd")`.

The table of all of them is in `registry`.
"""
from .corpus import Corpus, Pair, PairCorpus
from .dialogues import DialogueCorpus
from .registry import check, found, grammar_of, kinds, load, load_dialogues, load_pairs, names, remotes

__all__ = ["Corpus", "DialogueCorpus", "Pair", "PairCorpus", "check", "found", "grammar_of", "kinds", "load", "load_dialogues",
           "load_pairs", "names", "remotes"]
