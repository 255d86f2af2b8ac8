"""The transfer of lesson 17: a register or a sentiment is changed, what is said stays, and all three are counted exactly.

`manners.grammar` writes each meaning in two registers and with two sentiments; all of a meaning but its style can be read off
its words. So of any output it is known whether it is a sentence, in which style, and whether it says what the source says.
"""
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import exp
from statistics import fmean

import numpy as np
import torch

from gensq_lib.diagnostics.usual import needed
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import chosen
from gensq_lib.text import grammar
from gensq_lib.text.corpora.splits import number_of
from gensq_lib.text.vocab import Sentence, Vocab

Content = tuple[str, ...]  # the attributes of a sentence, without those of its style
REGISTERS, SENTIMENTS = ("plain", "formal"), ("good", "bad")
TESTED = 5  # one meaning of so many is kept for tests
System = Callable[[Sentence, int], Sentence]  # a sentence, and the style it has: 0 or 1


@dataclass(frozen=True)
class Style:
    """What a sentence of the world is like: a side of the pair, and what it says."""

    side: int
    content: Content


@cache
def world(name: str) -> dict[Sentence, tuple[Style, float]]:
    """Every sentence of both sides, its style and its probability among the sentences of its side.

    Sentiments are those of plain sentences; of registers the sentiment is part of what is said.
    """
    g, found = grammar.shipped("manners"), {}
    chosen("a style", name, {"register": 0, "sentiment": 0})
    for derivation in g.derivations():
        sentiment, *rest = derivation.attributes.values()
        if name == "register":
            styles = [(side, derivation.words(language), (sentiment, *rest)) for side, language in enumerate(REGISTERS)]
        else:
            styles = [(SENTIMENTS.index(sentiment), derivation.words("plain"), tuple(rest))]
        for side, words, content in styles:
            found[words] = Style(side, content), exp(derivation.log_prob)
    return found


@dataclass(frozen=True)
class Sides:
    """Sentences of two styles, none of which says what one of the other side says, and test sentences of both.

    A meaning belongs to one side, or to the test, by its hash: the two sides are unpaired in earnest.
    """

    name: str  # "register" or "sentiment"
    sides: tuple[list[Sentence], list[Sentence]] = field(repr=False)
    test: list[Sentence] = field(repr=False)

    @cached_property
    def vocab(self) -> Vocab:
        """One for both: words of one side are hardly ever words of the other, but most are shared."""
        return Vocab(sorted({word for words in world(self.name) for word in words}), closed=True)

    def style(self, words: Sentence) -> Style | None:
        """None of what is no sentence."""
        found = world(self.name).get(tuple(words))
        return found and found[0]

    def side_of(self, words: Sentence) -> int:
        """Of a sentence of the world."""
        return world(self.name)[words][0].side

    def right(self, source: Sentence) -> dict[Sentence, float]:
        """All sentences of the other style that say the same, with their probabilities (they sum to 1)."""
        style = self.style(source)
        return rewritten(self.name)[Style(1 - style.side, style.content)]


@cache
def rewritten(name: str) -> dict[Style, dict[Sentence, float]]:
    """The sentences of each style and content."""
    groups: dict[Style, dict[Sentence, float]] = {}
    for words, (style, share) in world(name).items():
        groups.setdefault(style, {})[words] = share
    return {style: {words: share / sum(group.values()) for words, share in group.items()} for style, group in groups.items()}


def part(content: Content) -> int:
    """2: test; else the side that this meaning is read on. What a guest thinks of, all or the taste, does not count: else the
    sentence that is most alike on the other side would always be about something else."""
    number = number_of("manners", *content[:-3], *content[-2:])
    return 2 if number % TESTED == 0 else number // TESTED % 2


def sides(name: str, *, seed: int, num: int = 2_000, num_test: int = 100) -> Sides:
    """Draws with replacement, as the grammar's probabilities say; half of the test sentences are of each style."""
    noise, everything = np.random.default_rng(runtime.generator(seed, "manners", name).initial_seed()), world(name)
    read: list[list[Sentence]] = []
    for side in range(2):
        for kind, size in ((side, num), (2, num_test // 2)):
            pool = [words for words, (style, _) in everything.items() if style.side == side and part(style.content) == kind]
            weights = np.array([everything[words][1] for words in pool])
            read.append([pool[i] for i in noise.choice(len(pool), size, p=weights / weights.sum())])
    return Sides(name, (read[0], read[2]), read[1] + read[3])


def measured(said: Sequence[Sentence], data: Sides, judge: Callable[[Sentence], int]) -> dict[str, float]:
    """Shares that are a sentence, in the style that was asked for, with the content kept, and all at once ("right").

    `judged` is the usual stand-in for style, a classifier; `BLEU` is against all right answers, `BLEU with source` the usual
    stand-in for content.
    """
    needed(said)
    styles = [data.style(words) for words in said]
    asked = [data.style(source) for source in data.test]
    moved = [style is not None and style.side != source.side for style, source in zip(styles, asked, strict=True)]
    kept = [style is not None and style.content == source.content for style, source in zip(styles, asked, strict=True)]
    judged = [judge(words) != source.side for words, source in zip(said, asked, strict=True)]
    return {"a sentence": fmean(style is not None for style in styles), "style": fmean(moved), "content": fmean(kept),
            "right": fmean(a and b for a, b in zip(moved, kept, strict=True)), "judged": fmean(judged),
            "BLEU": corpus_bleu(said, [list(data.right(source)) for source in data.test]),
            "BLEU with source": corpus_bleu(said, [[source] for source in data.test])}


def corpus_bleu(said: Sequence[Sentence], references: Sequence[Sequence[Sentence]]) -> float:
    """0 to 100, of words as they stand (sacrebleu, Post 2018)."""
    from sacrebleu.metrics import BLEU

    most = max(map(len, references))
    streams = [[" ".join(some[i]) if i < len(some) else None for some in references] for i in range(most)]
    return BLEU(tokenize="none", references=streams).corpus_score([" ".join(words) for words in said], None).score


def style_judge(data: Sides) -> Callable[[Sentence], int]:
    """What papers measure style with: a classifier of words, here logistic regression. It never asks for a sentence."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    pipe = make_pipeline(CountVectorizer(analyzer=list, binary=True), LogisticRegression(max_iter=1_000))
    pipe.fit([*data.sides[0], *data.sides[1]], [0] * len(data.sides[0]) + [1] * len(data.sides[1]))
    return cache(lambda words: int(pipe.predict([words])[0]))


def log_odds(data: Sides) -> dict[str, float]:
    """Of each word: log p(word | side 1) - log p(word | side 0), one added to each count."""
    counts = [np.bincount([i for words in side for i in data.vocab.encode(words)], minlength=len(data.vocab)) + 1.0
              for side in data.sides]
    odds = np.log(counts[1] / counts[1].sum()) - np.log(counts[0] / counts[0].sum())
    return dict(zip(data.vocab.words, odds.tolist(), strict=True))


def kept(said: Sequence[Sentence], data: Sides) -> dict[str, float]:
    """Share of each attribute that is said as in the source; 0 of what is no sentence."""
    names = list(grammar.shipped("manners").attributes)
    names = names if data.name == "register" else names[1:]
    pairs = [(data.style(words), data.style(source)) for words, source in zip(said, data.test, strict=True)]
    return {f"keeps {name}": fmean(found is not None and found.content[i] == wanted.content[i] for found, wanted in pairs)
            for i, name in enumerate(names)}


def some_pairs(data: Sides, num: int, *, seed: int) -> list[tuple[list[int], list[int]]]:
    """So many pairs, which an unpaired method never sees: a sentence of side 0 and a right answer, in integers."""
    draws = torch.rand(num, generator=runtime.generator(seed, "pairs")).tolist()
    encode = data.vocab.encode
    return [(encode(words), encode(drawn_answer(data.right(words), at))) for words, at in zip(data.sides[0], draws)]


STYLE_WORD, MOST_ADDED = 1.5, 8  # log-odds, nats: e^1.5 times as likely on one side


def style_words(data: Sides) -> frozenset[int]:
    """Integers of the words that are much likelier on one side."""
    return frozenset(data.vocab.encode(tuple(word for word, odds in log_odds(data).items() if abs(odds) > STYLE_WORD)))


def delete_and_replace(data: Sides) -> System:
    """Words of the style go; what is left finds the most similar sentence of the other side, whose style words come in their
    place (delete, retrieve, replace). Runs of style words are exchanged in their order."""
    odds = log_odds(data)

    def runs(words: Sentence) -> list[tuple[bool, Sentence]]:
        """Style words and others, run by run."""
        found: list[tuple[bool, list[str]]] = []
        for word in words:
            styled = abs(odds[word]) > STYLE_WORD
            if not found or found[-1][0] != styled:
                found.append((styled, []))
            found[-1][1].append(word)
        return [(styled, tuple(run)) for styled, run in found]

    def bare(words: Sentence) -> frozenset[str]:
        return frozenset(word for word in words if abs(odds[word]) <= STYLE_WORD)

    known = [[(words, bare(words)) for words in dict.fromkeys(side)] for side in data.sides]

    def say(source: Sentence, side: int) -> Sentence:
        mine = bare(source)
        model, _ = max(known[1 - side], key=lambda other: len(mine & other[1]) / max(len(mine | other[1]), 1))
        theirs = iter([run for styled, run in runs(model) if styled])
        return tuple(word for styled, run in runs(source) for word in (next(theirs, ()) if styled else run))

    return say


def gamed(data: Sides, judge: Callable[[Sentence], int]) -> System:
    """Copies the source and says the strongest word of the other style until the judge of style believes it: judge and BLEU
    with the source are content (Tikhonov et al. 2019 show how far such numbers can be pushed)."""
    odds = log_odds(data)
    strongest = [sorted(odds, key=odds.get)[:MOST_ADDED], sorted(odds, key=odds.get)[: -MOST_ADDED - 1 : -1]]

    def say(source: Sentence, side: int) -> Sentence:
        tried = [(*source, *strongest[1 - side][:num]) for num in range(1, MOST_ADDED + 1)]
        return next((words for words in tried if judge(words) != side), tried[-1])

    return say


def without_networks(data: Sides, judge: Callable[[Sentence], int], *, seed: int) -> dict[str, list[Sentence]]:
    """Copy, delete and replace, a system that games the usual measures, and the perfect player, who draws a right answer."""
    noise = torch.rand(len(data.test), generator=runtime.generator(seed, "perfect player")).tolist()
    systems: dict[str, System] = {"copy": lambda source, side: source, "delete and replace": delete_and_replace(data),
                                  "gamed": gamed(data, judge)}
    said = {name: [system(words, data.side_of(words)) for words in data.test] for name, system in systems.items()}
    return said | {"perfect player": [drawn_answer(data.right(words), at) for words, at in zip(data.test, noise, strict=True)]}


def drawn_answer(shares: dict[Sentence, float], at: float) -> Sentence:
    """By their probabilities."""
    return list(shares)[int(np.searchsorted(np.cumsum(list(shares.values())), at).clip(max=len(shares) - 1))]
