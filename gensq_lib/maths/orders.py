"""Sentences whose words are said in any order: exact likelihoods and bounds from one table.

The table of a sentence x of L words has a row for each set S of places whose words are known, and in it, for each other place i,
log p(x_i | x_S): nats. Set number S holds place i where bit i of S is 1, so that there are 2^L rows. Entries of known places are
not looked at. Many sentences of one length are asked at once. Taught in lesson 23.
"""
import math
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.distributions import Binomial

from gensq_lib.ground.errors import border, expect, whole

MOST = 20  # words: a table of a million rows
Table = Float[Tensor, "sentence subset place"]


def known_places(length: int) -> Bool[Tensor, "subset place"]:
    """Which places are known in each set. Taught in lesson 23."""
    expect(whole(length, 1) and length <= MOST, f"expected a sentence of 1 to {MOST} words, got {length!r}; its table has "
           "2 to the power of that many rows: take a shorter sentence")
    return (torch.arange(2**length)[:, None] >> torch.arange(length)) % 2 == 1


def any_order_log_prob(table: Table) -> Float[Tensor, "sentence"]:
    """log p(x) where the order is drawn, uniformly, and each word after those before it: the mean over all L! orders, exactly.

    Let g(S) be the probability that, after |S| words, those of S are known and are x's, given that S is the set:
    g(∅) = 1, g(S) = 1/|S| Σ_{i in S} g(S without i) p(x_i | x_{S without i}). Then p(x) = g(all places). What remains of L!
    orders are 2^L sets. Taught in lesson 23.
    """
    known, table = known_places(table.shape[-1]), table.double()
    reached = table.new_full(table.shape[:2], -math.inf)
    reached[:, 0] = 0.0
    for size in range(1, known.shape[1] + 1):
        sets = (known.sum(-1) == size).nonzero()[:, 0]
        last = known[sets].nonzero()[:, 1].view(-1, size)  # the place that was said last
        before = sets[:, None] - 2**last
        reached[:, sets] = (reached[:, before] + table[:, before, last]).logsumexp(-1) - math.log(size)
    return reached[:, -1]


def in_order_log_prob(table: Table, order: Sequence[int]) -> Float[Tensor, "sentence"]:
    """log p(x) where the places are said in one given order. Taught in lesson 23."""
    length = table.shape[-1]
    expect(sorted(order) == list(range(length)), f"expected each place from 0 to {length - 1} once, got {list(order)!r:.80}; "
           "give an order of all places")
    before = [sum(2**place for place in order[:i]) for i in range(length)]
    return table[:, before, list(order)].double().sum(-1)


def hidden_nats(table: Table) -> Float[Tensor, "sentence num_known"]:
    """f_k: the sum of -log p(x_i | x_S) over hidden places, as a mean over the sets S of k known places; k = 0 ... L - 1."""
    known = known_places(table.shape[-1])
    of_set = -table.double().masked_fill(known, 0.0).sum(-1)
    return torch.stack([of_set[:, known.sum(-1) == k].mean(-1) for k in range(known.shape[1])], -1)


def any_order_bound(table: Table) -> Float[Tensor, "sentence"]:
    """The mean of log p(x) over all orders, which is at most the logarithm of the mean: the ELBO of masked diffusion.

    Each hidden place is as likely the next, so a set of k known ones counts 1/(L - k) of its hidden nats. Taught in lesson 23.
    """
    nats = hidden_nats(table)
    return -(nats / torch.arange(nats.shape[-1], 0, -1)).sum(-1)


def steps_bound(table: Table, steps: int) -> Float[Tensor, "sentence"]:
    """The ELBO of diffusion in T steps: -Σ_j 1/j Σ_m f_{L-m} C(L, m) (j/T)^m (1 - j/T)^{L-m}, where m places are hidden.

    Before step j each place is hidden with probability j/T, independently of others, and the step shows each hidden one with
    probability 1/j, drawing the words that appear together independently of each other (Sahoo et al. 2024, section 3.2). With one
    step all words are independent. With ever more steps it grows to `any_order_bound`. Taught in lesson 23.
    """
    expect(whole(steps, 1), f"expected at least 1 step, got {steps!r}; try 8")
    nats, total = hidden_nats(table), 0.0
    hidden = torch.arange(nats.shape[-1], 0, -1)  # f_k has so many
    for step in range(1, steps + 1):
        of_hidden = Binomial(nats.shape[-1], torch.tensor(step / steps, dtype=torch.float64), validate_args=False)
        total = total - (nats * of_hidden.log_prob(hidden.double()).exp()).sum(-1) / step
    return total


border(globals())
