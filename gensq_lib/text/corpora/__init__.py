"""Corpora by name: `load("world")`, `load("tatoeba-en-zh:zh")`, `load("file:PATH")`, `load_dialogues("sgd")`,
`load_labelled("goemotions")`, `load_documents("scitldr")`, `load_sounds("spoken")`.

The table of all of them is in `registry`.
"""
from .corpus import Corpus, LabelledCorpus, PairCorpus
from .registry import (
    check, found, grammar_of, kinds, load, load_dialogues, load_documents, load_labelled, load_pairs, load_sounds, load_summaries,
    names, remotes)
