"""Judging replies: what a model gives to the valid ones, whether it obeys its condition, and samples by themselves."""
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.diagnostics.enumeration import LogProb, all_replies, grammar_behind
from gensq_lib.maths.objectives import Score, evaluate
from gensq_lib.maths.stats import Share
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.grammar import DialogueGrammar
from gensq_lib.text.pairs import Pair, pairs_in_order
from gensq_lib.text.vocab import Sentence


def reply_measures(model: nn.Module, exchanges: Sequence[Pair], corpus: PairCorpus, *, log_prob: LogProb | None = None,
                   device: str = "cpu") -> dict[str, float]:
    """What is known of a model's replies: every exact measure where the world is known, else the NLL of people's replies."""
    if corpus.grammar is not None:
        return all_replies(exchanges, corpus, device=device).outcomes(model, log_prob=log_prob).means
    pairs = corpus.encoded(exchanges)
    found = evaluate(model, log_prob or model.log_likelihood, pairs_in_order(pairs, device=device))
    score = Score(found, torch.tensor([len(reply) + 1 for _, reply, _ in pairs]))
    return {"nll": score.nats_per_sentence, "perplexity per token": score.perplexity}


@dataclass(frozen=True)
class Obedience:
    """How a model's probability is spread when it is asked for one value of a condition: `mass[asked, said]`."""

    values: tuple[str, ...]
    mass: Float[Tensor, "asked said"]  # rows sum to the share of valid replies

    @property
    def obeyed(self) -> float:
        """Of what is valid at all, the share with the value that was asked for."""
        return (self.mass.diagonal().sum() / self.mass.sum()).item()


def obedience(model: nn.Module, exchanges: Sequence[Pair], corpus: PairCorpus, condition: str, *,
              log_prob: LogProb | None = None, device: str = "cpu") -> Obedience:
    """For each value that is asked for, the mean probability of the replies that other values would give. Taught in lesson 16."""
    values, column = corpus.conditions[condition], list(corpus.conditions).index(condition)
    pairs, cells = [], []
    for exchange in exchanges:
        asked = dict(zip(corpus.conditions, exchange.labels))
        for said, value in enumerate(values):
            replies = grammar_behind(corpus).replies(exchange.source, **{**asked, condition: value})
            pairs += corpus.encoded(Pair(exchange.source, reply, exchange.labels) for reply in replies)
            cells += [(values.index(exchange.labels[column]), said)] * len(replies)
    found = evaluate(model, log_prob or model.log_likelihood, pairs_in_order(pairs, batch_size=512, device=device))
    mass = torch.zeros(len(values), len(values), dtype=torch.float64)
    mass.index_put_(tuple(torch.tensor(cells).T), found.double().exp(), accumulate=True)
    asked_for = torch.bincount(torch.tensor([values.index(e.labels[column]) for e in exchanges]), minlength=len(values))
    return Obedience(values, mass / asked_for.clamp(min=1)[:, None])


def verdicts(replies: Sequence[Sentence], exchanges: Sequence[Pair], grammar: DialogueGrammar) -> dict[str, Share]:
    """Of sampled replies: how many are valid, and of those that somebody could give, how many obey each condition.

    Taught in lesson 16.
    """
    names = list(grammar.conditions)
    possible = [grammar.labels(reply, e.source) for reply, e in zip(replies, exchanges, strict=True)]
    valid = sum(e.labels in labels for labels, e in zip(possible, exchanges))
    some = [(labels, e.labels) for labels, e in zip(possible, exchanges) if labels]
    obeyed = {name: Share(sum(asked[i] in {label[i] for label in labels} for labels, asked in some), max(len(some), 1))
              for i, name in enumerate(names)}
    return {"valid": Share(valid, len(replies)), **obeyed}


def distinct_n(sentences: Sequence[Sentence], n: int) -> float:
    """The number of different n-grams divided by the number of words (Li et al. 2016). It falls with more sentences, so
    compare only sets of one size. Taught in lesson 16.
    """
    grams = {sentence[i : i + n] for sentence in sentences for i in range(len(sentence) - n + 1)}
    return len(grams) / max(sum(map(len, sentences)), 1)
