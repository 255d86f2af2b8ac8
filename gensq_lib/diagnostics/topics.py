"""How good are topics? Held against the truth where it is known, and by coherence, the usual measure, where it is not."""
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import border, expect, whole

SAME = 0.5  # two topics that share so much of their probability are called the same one
FOUND = 0.7  # a true topic is called found by one that shares so much with it; all words of a world together share less

Topics = Float[Tensor, "topic word"]


def shared_probability(ours: Topics, theirs: Float[Tensor, "other word"]) -> Float[Tensor, "topic other"]:
    """The probability that two distributions over words share, sum over words of the smaller one: 1 less total variation."""
    return torch.stack([torch.minimum(topic, theirs).sum(-1) for topic in ours])


@dataclass(frozen=True)
class Matched:
    """Which topic stands for which true one, and how much of it is right. Taught in lesson 18."""

    ours: Int[Tensor, "true"]  # the topic that is matched with each true one
    shared: Float[Tensor, "true"]  # probability that both have in common

    @property
    def mean(self) -> float:
        """Over the true topics."""
        return self.shared.mean().item()

    @property
    def found(self) -> int:
        """True topics of which more than `FOUND` is there, each in a topic of its own."""
        return int((self.shared > FOUND).sum())


def matched(ours: Topics, truth: Float[Tensor, "true word"]) -> Matched:
    """One to one, so that the sum of what is shared is largest (the assignment problem); one topic twice counts once.

    Taught in lesson 18.
    """
    right = len(ours) >= len(truth) and ours.shape[1] == truth.shape[1]
    expect(right, f"expected as many topics as there are true ones, over the same words, got {tuple(ours.shape)} and "
                  f"{tuple(truth.shape)}; give at least {len(truth)} topics")
    from scipy.optimize import linear_sum_assignment

    shared = shared_probability(truth, ours)
    rows, columns = linear_sum_assignment(shared.numpy(), maximize=True)
    columns = torch.as_tensor(columns)
    return Matched(columns, shared[torch.as_tensor(rows), columns])


def leading_right(ours: Float[Tensor, "document topic"], truth: Float[Tensor, "document true"]) -> float:
    """Share of documents whose largest topic is the right one, once each topic has the name that makes most of theta agree.

    It looks at theta alone: whatever a model's topics look like as lists of words. Taught in lesson 18.
    """
    from scipy.optimize import linear_sum_assignment

    together = ours.T.double() @ truth.double()
    rows, columns = linear_sum_assignment(together.numpy(), maximize=True)
    name = torch.full((ours.shape[1],), -1)
    name[torch.as_tensor(rows)] = torch.as_tensor(columns)
    return (name[ours.argmax(-1)] == truth.argmax(-1)).double().mean().item()


def num_distinct(topics: Topics) -> int:
    """How many topics are not the same as an earlier one: 1 where all components have collapsed. Taught in lesson 18."""
    shared, kept = shared_probability(topics, topics), [0]
    for k in range(1, len(topics)):
        if shared[k, kept].max() <= SAME:
            kept.append(k)
    return len(kept)


def top_words(topics: Topics, num: int = 10) -> Int[Tensor, "topic top"]:
    """The `num` likeliest words of each topic, the likeliest first: exactly so many. Taught in lesson 18."""
    right = whole(num, 1) and num <= topics.shape[-1]
    expect(right, f"expected 1 to {topics.shape[-1]} words, got {num!r}; 10 are usual")
    return topics.topk(num, dim=-1).indices


def own_words_first(topics: Topics) -> Topics:
    r"""The same topics, words weighed anew for lists alone: $\phi_{kw}\,\log(\phi_{kw} / \bar\phi_w)$, where it is above 0.

    $\bar\phi_w$ is the mean over topics: a word that all topics have gets nothing. Each row sums to 1. Taught in lesson 18.
    """
    weights = (topics * (topics / topics.mean(0).clamp(min=1e-30)).clamp(min=1e-30).log()).clamp(min=0)
    totals = weights.sum(-1, keepdim=True)
    return torch.where(totals > 1e-6, weights / totals.clamp(min=1e-30), topics)  # equal topics have no words of their own


def pair_npmi(counts: Float[Tensor, "document word"], words: Int[Tensor, "top"]) -> Float[Tensor, "top top"]:
    r"""$\log\frac{p(i,j)}{p(i)p(j)} \big/ {-\log p(i,j)}$, of how often words stand in one document: -1 never together, 1 always.

    Words that are in no document of `counts` are together with none. Taught in lesson 18.
    """
    there = (counts[:, words] > 0).double()
    single, both = there.mean(0), there.T @ there / len(there)
    npmi = (both / (single[:, None] * single)).log() / -both.log()
    return torch.where(both > 0, torch.where(both < 1, npmi, 1.0), -1.0).float()


def coherence(topics: Topics, counts: Float[Tensor, "document word"], *, num: int = 10) -> Float[Tensor, "topic"]:
    """Mean NPMI over the pairs of each topic's `num` likeliest words, in these documents. Taught in lesson 18."""
    above = torch.ones(num, num).triu(1).bool()
    return torch.stack([pair_npmi(counts, words)[above].mean() for words in top_words(topics, num)])


def coherence_v(topics: Topics, counts: Float[Tensor, "document word"], *, num: int = 10) -> Float[Tensor, "topic"]:
    """C_V (Röder et al. 2015) with whole documents as windows: each word's NPMIs with all, beside their sum, by the cosine.

    The original slides a window of 110 words, which short documents have not. Taught in lesson 18.
    """
    vectors = [pair_npmi(counts, words) for words in top_words(topics, num)]
    return torch.stack([torch.cosine_similarity(each, each.sum(0, keepdim=True), dim=-1).mean() for each in vectors])


def scrambled(topics: Topics, *, generator: torch.Generator) -> Topics:
    """Scrambled topics: each keeps its probabilities and gives them to other words, drawn anew for each."""
    return torch.stack([topic[torch.randperm(len(topic), generator=generator)] for topic in topics])


def halves(counts: Float[Tensor, "document word"], *, generator: torch.Generator
           ) -> tuple[Float[Tensor, "document word"], Float[Tensor, "document word"]]:
    """The words of each document in two halves, by chance: one to infer theta from, one to be judged by. Taught in lesson 18."""
    sides = torch.zeros(2, *counts.shape)
    for document, row in enumerate(counts.long()):
        words = row.nonzero()[:, 0].repeat_interleave(row[row > 0])
        order = words[torch.randperm(len(words), generator=generator)]
        for side, some in zip(sides, (order[: len(order) // 2], order[len(order) // 2:]), strict=True):
            side[document] = torch.bincount(some, minlength=counts.shape[1])
    return sides[0], sides[1]


@dataclass(frozen=True)
class Perplexities:
    """exp of nats per word, averaged in two ways that are easily confused. Taught in lesson 18."""

    corpus: float  # all nats by all words
    per_document: float  # the mean over documents of nats per word: short documents count as much as long ones


def perplexities(log_prob: Float[Tensor, "document"], counts: Float[Tensor, "document word"]) -> Perplexities:
    """Of the same log p(x), nats per document. Taught in lesson 18."""
    words = counts.sum(-1)
    expect(len(words) and (words > 0).all() and log_prob.shape == words.shape,
           f"expected log p of each document, and documents with words, got {tuple(log_prob.shape)} for {tuple(counts.shape)}; "
           "leave empty documents out")
    return Perplexities((-log_prob.double().sum() / words.sum()).exp().item(), (-(log_prob.double() / words).mean()).exp().item())


def normalised(log_probs: Float[Tensor, "*any word"]) -> Sequence[float]:
    """Refuse log-probabilities whose probabilities do not sum to 1: with 1e-6 added to each word a perplexity flatters."""
    totals = log_probs.double().exp().sum(-1).flatten()
    wrong = (totals - 1).abs().max().item()
    expect(wrong < 1e-4, f"expected probabilities that sum to 1, got a sum that is off by {wrong:.1e}; divide by the sum")
    return totals.tolist()


border(globals())
