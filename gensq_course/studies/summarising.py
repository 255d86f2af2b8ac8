"""What lesson 12 and its studies work on: reports at a seed, everybody who summarises them, and how it is measured.

Extracts (`extracts`) are given the length of the reference; networks end where they want to, or where they are told to.
"""
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import torch
from jaxtyping import Int
from torch import Tensor, nn

from gensq_course.studies import translating
from gensq_course.studies.answering import Bench
from gensq_course.studies.extracts import (
    by_chance, early, extracts, headline_words, is_word, lengths_of, oracle, surprise, tagger, words_in)
from gensq_lib.diagnostics.facts import Facts, headline_facts
from gensq_lib.diagnostics.summaries import Rouge
from gensq_lib.maths.objectives import evaluating
from gensq_lib.text import corpora
from gensq_lib.text.corpora import PairCorpus, dialogues
from gensq_lib.text.corpora.summaries import sentences
from gensq_lib.text.corpora.text import is_chinese
from gensq_lib.text.decoding import n_best
from gensq_lib.text.grammar import DialogueGrammar
from gensq_lib.text.lengths import OfLength
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

CORPUS, NUM_TRAIN, NUM_TEST, HIDDEN, DROPOUT = "reports", 4_000, 200, 64, 0.1
MLE_STEPS, VAE_STEPS, CURE = 800, 60, translating.CURE
WIDTH, POINTS = 4, 6  # of beams; points and commas for which there is room where the number of words is given


def prepared(seed: int, *, name: str = CORPUS, num_train: int = NUM_TRAIN, num_test: int = NUM_TEST, hidden_dim: int = HIDDEN
             ) -> Bench:
    """Documents at a seed; of the newspaper with fresh test reports, of people with one pair for each document."""
    text = corpora.load_summaries(name, seed=seed, num_train=num_train)
    test = ({pair.source: pair for pair in reversed(text.test)}.values() if text.grammar is None
            else dialogues.fresh(text.grammar, "test", num_test, seed=1_000 + seed))
    return Bench(text, list(test)[:num_test], seed, hidden_dim=hidden_dim, dropout=DROPOUT)


# What is no extract

def most_frequent(pairs: Sequence[Pair], lengths: Sequence[int], text: PairCorpus) -> list[Sentence]:
    """Of the training summaries of the same length the most frequent one, whatever the document says."""
    counts: dict[int, Counter] = {}
    for pair in text.train:
        counts.setdefault(len(words_in(pair.target)), Counter())[pair.target] += 1
    nearest = [min(counts, key=lambda known: abs(known - length)) for length in lengths]
    return [counts[length].most_common(1)[0][0] for length in nearest]


def perfect(pairs: Sequence[Pair], text: PairCorpus, *, generator: torch.Generator, told_length: bool = False
            ) -> list[Sentence]:
    """Another headline of the same report, drawn from all that are right under its label, or from those among them that have
    as many words as the reference: a hint."""
    draws, said = torch.rand(len(pairs), generator=generator).tolist(), []
    for pair, at in zip(pairs, draws, strict=True):
        shares = {headline: p for headline, p in text.targets(pair).items()
                  if not told_length or len(words_in(headline)) == len(words_in(pair.target))}
        said.append(translating.drawn(shares, at * sum(shares.values())))
    return said


def near_miss(pair: Pair, g: DialogueGrammar, *, generator: torch.Generator) -> Sentence:
    """The reference with one fact exchanged for another of its kind: never faithful, and one word or two from it."""
    stated = min(g.stated(pair.target), key=lambda each: len(each.against(g.understood(pair.source))))
    said = f" {' '.join(g.speller.unspell(pair.target)[0])} "
    places = list(stated.words.items())
    for i in torch.randperm(len(places), generator=generator).tolist():
        (name, column), cell = places[i]
        cells = [row.cells[column] for table in g.source.tables if table.name == name for row in table.rows]
        for j in torch.randperm(len(cells), generator=generator).tolist():
            changed = g.speller.spell(said.replace(f" {cell} ", f" {cells[j]} ", 1).split())
            if g.changed(changed, pair.source):
                return changed
    return pair.target


def of_length(model: nn.Module, pairs: Sequence[Pair], lengths: Sequence[int], bench: Bench) -> list[Sentence]:
    """The likeliest summary of a model with exactly so many words."""
    return [some[0] for some in lists_of_length(model, pairs, lengths, bench)]


def lists_of_length(model: nn.Module, pairs: Sequence[Pair], lengths: Sequence[int], bench: Bench) -> list[list[Sentence]]:
    """All that a beam ends with that must write so many words, the likeliest first."""
    prompts = translating.prompts_of(pairs, bench.text)
    with evaluating(model):
        z = model.prior(prompts).mean if hasattr(model, "prior") else None
        ending = OfLength(model.answering(prompts), torch.tensor(lengths), counted(bench.text.target_vocab))
        found = n_best(ending, num=len(pairs), z=z, width=WIDTH, max_length=max(lengths) + POINTS)
    return translating.spelled(found.sentences(bench.text.target_vocab), WIDTH)


def counted(vocab: Vocab) -> Int[Tensor, "vocab"]:
    """1 for each word of a vocabulary, 0 for points, commas and what is no word."""
    special = len(Vocab.SPECIALS)
    return torch.tensor([0] * special + [int(is_word(word)) for word in vocab.words[special:]])


def without_models(bench: Bench, *, generator: torch.Generator) -> dict[str, list[Sentence]]:
    """Everybody who needs no network, at the lengths of the references."""
    test, text, lengths = bench.test, bench.text, lengths_of(bench.test)
    said = {"random words": extracts(by_chance(generator), test, lengths), "lead words": extracts(early, test, lengths),
            "surprising words": extracts(surprise(bench), test, lengths),
            "headline words": extracts(headline_words(bench), test, lengths), "tagger": extracts(tagger(bench), test, lengths),
            "oracle extract": extracts(oracle, test, lengths), "most frequent": most_frequent(test, lengths, text)}
    if text.titles:
        said["the title"] = [text.titles[pair.source] for pair in test]
    if text.grammar is None:
        return said | {"first sentence": [sentences(pair.source)[0] for pair in test],
                       "first sentence with We": [own_sentence(pair) for pair in test],
                       "best sentence (oracle)": [best_sentence(pair, text) for pair in test]}
    said |= {"a near miss": [near_miss(pair, text.grammar, generator=generator) for pair in test],
             "perfect writer": perfect(test, text, generator=generator),
             "perfect writer, as long as the reference": perfect(test, text, generator=generator, told_length=True)}
    own = [replace(pair, target=headline) for pair, headline in zip(test, said["perfect writer"], strict=True)]
    return said | {"a near miss of the perfect writer": [near_miss(pair, text.grammar, generator=generator) for pair in own]}


def own_sentence(pair: Pair) -> Sentence:
    """The first sentence in which authors say what they do; the first one where none begins so."""
    own = sentences(pair.source)
    return next((s for s in own if " ".join(s).lower().startswith(("we ", "this ", "in this paper", "in this work"))), own[0])


def best_sentence(pair: Pair, text: PairCorpus) -> Sentence:
    """Of the document's own the one with the highest ROUGE-1 against the references."""
    own = sentences(pair.source)
    scores = rouge_of(text).each(list(map(text.show_target, own)), references([pair], text) * len(own))["ROUGE-1"]
    return own[scores.index(max(scores))]


# How it is measured

def rouge_of(text: PairCorpus) -> Rouge:
    """By words, or, where summaries are Chinese, by characters: of Chinese the usual tokens leave nothing."""
    written = "".join(text.show_target(pair.target) for pair in text.train[:100])
    return Rouge("zh" if is_chinese(written) else "")


def references(pairs: Sequence[Pair], text: PairCorpus) -> list[list[str]]:
    """What people wrote of each document; of a report of the newspaper the one headline that was drawn."""
    if text.grammar is not None:
        return [[text.show_target(pair.target)] for pair in pairs]
    written: dict[Sentence, list[str]] = {}
    for pair in text.test:
        written.setdefault(pair.source, []).append(text.show_target(pair.target))
    return [written[pair.source] for pair in pairs]


def facts(said: Sequence[Sentence], pairs: Sequence[Pair], text: PairCorpus) -> list[Facts]:
    """Of each summary, by the grammar."""
    return [headline_facts(summary, pair.source, text.grammar) for summary, pair in zip(said, pairs, strict=True)]


def by_facts(found: Sequence[Facts]) -> dict[str, float]:
    """Shares: headlines that change nothing, headlines at all, summaries with a wrong fact; and right facts in a summary."""
    return {"faithful": fmean(each.faithful for each in found), "headline": fmean(each.headline for each in found),
            "wrong fact": fmean(bool(each.wrong) for each in found), "right facts": fmean(len(each.right) for each in found)}


def measured(said: Sequence[Sentence], pairs: Sequence[Pair], text: PairCorpus) -> dict[str, float]:
    """Facts (where they are known), ROUGE against what people wrote, and words."""
    shown = list(map(text.show_target, said))
    counted = by_facts(facts(said, pairs, text)) if text.grammar else {}
    return counted | rouge_of(text).means(shown, references(pairs, text)) | {"words": fmean(map(len, map(words_in, said)))}


def floor(said: Sequence[Sentence], pairs: Sequence[Pair], text: PairCorpus, *, generator: torch.Generator) -> dict[str, float]:
    """ROUGE of random extracts that have, one by one, as many words as these summaries (Sun et al. 2019)."""
    random = extracts(by_chance(generator), pairs, [len(words_in(summary)) for summary in said])
    return rouge_of(text).means(list(map(text.show_target, random)), references(pairs, text))


@dataclass(frozen=True)
class Trial:
    """Two systems on the same reports, the first less the second, for each report: ROUGE, faithful (0 or 1), wrong (0 or 1)."""

    rouge: list[float]
    faithful: list[float]
    wrong: list[float]  # a wrong fact is in it


def trial(ours: Sequence[Sentence], theirs: Sequence[Sentence], pairs: Sequence[Pair], text: PairCorpus, *, by: str = "ROUGE-1"
          ) -> Trial:
    """Differences, report by report; where no fact is known, of ROUGE alone."""
    rouge, written = rouge_of(text), references(pairs, text)
    score = [rouge.each(list(map(text.show_target, said)), written)[by] for said in (ours, theirs)]
    found = [facts(said, pairs, text) if text.grammar else [] for said in (ours, theirs)]
    return Trial([a - b for a, b in zip(*score, strict=True)],
                 [float(a.faithful) - b.faithful for a, b in zip(*found, strict=True)],
                 [float(bool(a.wrong)) - bool(b.wrong) for a, b in zip(*found, strict=True)])


def under(label: str, pairs: Sequence[Pair]) -> list[Pair]:
    """The same reports, another length asked for."""
    return [replace(pair, labels=(label,)) for pair in pairs]


def repeats(said: Sequence[Sentence]) -> float:
    """The share of summaries that say a word of three letters or more twice."""
    return fmean(any(num > 1 for word, num in Counter(summary).items() if len(word) > 2) for summary in said)


def table(systems: Mapping[str, Sequence[Sentence]], bench: Bench) -> dict[str, dict[str, float]]:
    """Everything of everybody."""
    return {name: measured(said, bench.test, bench.text) for name, said in systems.items()}
