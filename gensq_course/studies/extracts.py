"""Extracts: so many words of a document, in its order, by a score for each word.

A word is what has a letter or a digit; points and commas cost nothing, as in ROUGE.
"""
import math
from collections import Counter
from collections.abc import Callable, Sequence

import torch
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from gensq_course.studies.answering import Bench
from gensq_lib.models.ngram import NGram
from gensq_lib.text.batching import collate
from gensq_lib.text.grammar import TURN
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence

TAGGED = 1_000  # training pairs that a tagger learns from
Scores = Callable[[Pair], Sequence[float]]  # of each word of a source


def is_word(token: str) -> bool:
    """Whether it has a letter or a digit."""
    return any(map(str.isalnum, token))


def words_in(sentence: Sequence[str]) -> Sentence:
    """What counts: no points, no commas."""
    return tuple(filter(is_word, sentence))


def lengths_of(pairs: Sequence[Pair]) -> list[int]:
    """Words of each reference."""
    return [len(words_in(pair.target)) for pair in pairs]


def best_words(scores: Sequence[float], source: Sentence, length: int) -> Sentence:
    """The words with the highest scores; of equal ones the first."""
    places = [i for i, token in enumerate(source) if is_word(token)]
    chosen = sorted(sorted(places, key=lambda i: -scores[i])[:length])
    return tuple(source[i] for i in chosen)


def extracts(score: Scores, pairs: Sequence[Pair], lengths: Sequence[int]) -> list[Sentence]:
    """Of each source as many words as asked for."""
    return [best_words(score(pair), pair.source, length) for pair, length in zip(pairs, lengths, strict=True)]


def early(pair: Pair) -> list[float]:
    """Scores of a lead: the earlier the better."""
    return [-float(i) for i in range(len(pair.source))]


def by_chance(generator: torch.Generator) -> Scores:
    """Scores of a random extract."""
    return lambda pair: torch.rand(len(pair.source), generator=generator).tolist()


def surprise(bench: Bench) -> Scores:
    """-log p of each word given those before it, nats, by counts over the training sources: no summary is looked at."""
    vocab = bench.text.source_vocab
    model = NGram(order=3, vocab_size=len(vocab)).fit([vocab.encode(pair.source) for pair in bench.text.train])
    return lambda pair: (-model.token_log_likelihood(collate([vocab.encode(pair.source)]))[0]).tolist()


def headline_words(bench: Bench) -> Scores:
    """How much likelier a word is in a summary than in a source, by counts, nats; a word that comes again counts once.

    Which summary belongs to which source is not used.
    """
    sources, targets = ([set(getattr(pair, side)) for pair in bench.text.train] for side in ("source", "target"))
    read, said = (Counter(word for some in sides for word in some) for sides in (sources, targets))

    def score(pair: Pair) -> list[float]:
        again = [token in pair.source[:i] for i, token in enumerate(pair.source)]
        return [-100.0 if seen else math.log((said[token] + 0.5) / (read[token] + 0.5))
                for token, seen in zip(pair.source, again, strict=True)]
    return score


def tagger(bench: Bench, *, num: int = TAGGED) -> Scores:
    """The probability that a word stands in the summary: logistic regression on the word, its neighbours and its place."""
    pairs = bench.text.train[:num]
    rows = [row for pair in pairs for row in traits(pair)]
    kept = [token in pair.target for pair in pairs for token in pair.source]
    if len(set(kept)) < 2:  # no summary repeats a word of its source, or all repeat all
        return early
    made = DictVectorizer()
    model = LogisticRegression(C=1.0, max_iter=200).fit(made.fit_transform(rows), kept)
    return lambda pair: model.decision_function(made.transform(traits(pair))).tolist()


def traits(pair: Pair) -> list[dict[str, str | int]]:
    """What a tagger sees of each word of a source; the label (how long the summary is to be) beside the word."""
    around = ("", *pair.source, "")
    sentence, found = 0, []
    for i, token in enumerate(pair.source):
        found.append({"word": token, "before": around[i], "after": around[i + 2], "sentence": str(min(sentence, 8)),
                      "asked": f"{' '.join(pair.labels)} {token}"})
        sentence += token in (".", TURN)
    return found


def oracle(pair: Pair) -> list[float]:
    """Scores of who has seen the reference: its words first, as often as it has them. No extract of its length shares more."""
    wanted, scores = Counter(pair.target), []
    for token in pair.source:
        scores.append(float(wanted[token] > 0))
        wanted[token] -= 1
    return scores
