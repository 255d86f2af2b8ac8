"""How good a ranking is: what was held out should stand high among all items that were not given.

One number for each user, so that means have errors and differences are paired. A user from whom nothing was held out has no
number: NaN, to be counted and left out, not 0. Equal scores share their places, so that no metric hangs on the order of a file.
"""
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from scipy import stats
from torch import Tensor

from gensq_lib.ground.errors import border, expect, whole
from gensq_lib.maths.stats import Estimate, estimate

Marks = Float[Tensor, "user item"]  # 1 or 0
AT_ONCE = 4_096  # held-out items whose places are looked for at once


def discounts(num: int, k: int, kind: str = "ndcg") -> Float[Tensor, "place"]:
    """What a hit at each place of a list is worth: 1 / log2(place + 1) up to place k for "ndcg", 1 for "recall", then 0.

    Taught in lesson 18.
    """
    expect(kind in ("ndcg", "recall") and whole(k, 1), f'expected "ndcg" or "recall" and k of 1 or more, got "{kind}" and {k!r}; '
           "10 is a usual k")
    places = torch.arange(1, num + 1, dtype=torch.double)
    worth = 1 / (places + 1).log2() if kind == "ndcg" else torch.ones_like(places)
    return torch.where(places <= k, worth, 0)


def worth(scores: Float[Tensor, "user item"], given: Marks, *, k: int, kind: str = "ndcg") -> Float[Tensor, "user item"]:
    """What a hit on each item would be worth: the discount of its place among the items that were not given (given ones: 0).

    Items with equal scores share the mean of their places' discounts, as if their order were drawn (McSherry & Najork 2008).
    """
    expect(scores.shape == given.shape and not scores.isnan().any(), f"expected a score of each item, got {tuple(scores.shape)} "
           f"scores, NaN among them or not, for {tuple(given.shape)} clicks; score every item of every user")
    ordered, order = scores.double().masked_fill(given > 0, -torch.inf).sort(-1, descending=True)
    new = torch.cat([torch.zeros_like(ordered[:, :1]), (ordered[:, 1:] != ordered[:, :-1]).double()], -1)
    group = new.cumsum(-1).long()
    each = discounts(scores.shape[-1], k, kind).expand_as(ordered)
    sums = torch.zeros_like(ordered).scatter_add_(-1, group, each)
    sizes = torch.zeros_like(ordered).scatter_add_(-1, group, torch.ones_like(ordered))
    shared = (sums / sizes.clamp(min=1)).gather(-1, group)
    return torch.zeros_like(ordered).scatter_(-1, order, shared).masked_fill(given > 0, 0)


def ndcg(scores: Float[Tensor, "user item"], given: Marks, held_out: Marks, *, k: int = 10) -> Float[Tensor, "user"]:
    """Discounted gain of the held-out items over that of a list that begins with all of them; NaN of none.

    Taught in lesson 18.
    """
    return _of_ideal(worth(scores, given, k=k), held_out, discounts(scores.shape[-1], k))


def recall(scores: Float[Tensor, "user item"], given: Marks, held_out: Marks, *, k: int = 10) -> Float[Tensor, "user"]:
    """Held-out items among the first k, over min(k, how many there are) (Liang et al. 2018); NaN of none. Taught in lesson 18."""
    return _of_ideal(worth(scores, given, k=k, kind="recall"), held_out, discounts(scores.shape[-1], k, "recall"))


def _of_ideal(worths: Float[Tensor, "user item"], held_out: Marks, discount: Float[Tensor, "place"]) -> Float[Tensor, "user"]:
    ideal = torch.cat([torch.zeros(1).to(discount), discount.cumsum(0)])[held_out.sum(-1).long()]
    return (worths * held_out).sum(-1) / ideal  # 0 / 0 is NaN: nothing was held out


def mean_of(values: Float[Tensor, "user"]) -> Estimate:
    """Over the users who have a number; `n` says how many these are. Taught in lesson 18."""
    return estimate(values[~values.isnan()])


@dataclass(frozen=True)
class Places:
    """Of each held-out item: its user, how many of the user's irrelevant items score above it, equal to it, and in all."""

    users: Int[Tensor, "hit"]
    above: Int[Tensor, "hit"]
    equal: Int[Tensor, "hit"]
    irrelevant: Int[Tensor, "hit"]

    def of_users(self, values: Float[Tensor, "hit"]) -> Float[Tensor, "user"]:
        """The mean of a metric over each user's held-out items, for users who have some.

        Items of one user hang together, so an error is to be taken over users: over items it would be too small.
        """
        _, user, hits = self.users.unique(return_inverse=True, return_counts=True)
        return torch.zeros(len(hits)).to(values).index_add(0, user, values) / hits

    def full(self, k: int, kind: str = "recall") -> Float[Tensor, "hit"]:
        """The metric of one held-out item among all irrelevant ones."""
        return self._over_ties(discounts(int((self.irrelevant + 1).max()), k, kind), torch.ones_like(self.above).bool())

    def _over_ties(self, worth: Float[Tensor, "place"], some: Bool[Tensor, "hit"]) -> Float[Tensor, "_"]:
        """Of some held-out items: the mean worth of the places (0: nothing above) that they share with their equals."""
        total = torch.cat([torch.zeros(1).double(), worth.cumsum(0)])
        above, equal = self.above[some], self.equal[some]
        return (total[above + equal + 1] - total[above]) / (equal + 1)

    def sampled(self, num: int, k: int, kind: str = "recall") -> Float[Tensor, "hit"]:
        """What the metric is in expectation where only `num` irrelevant items are drawn, with replacement, to rank against.

        The place is then 1 + Binomial(num, share above): a formula, no draw (Krichene & Rendle 2020).
        """
        expect(whole(num, 1), f"expected one drawn item or more, got {num!r}; 99 is what was usual")
        worth, found = discounts(num + 1, k, kind), torch.zeros(len(self.above)).double()
        for irrelevant in self.irrelevant.unique():
            share = torch.arange(irrelevant + 1) / irrelevant.double()
            chances = torch.as_tensor(stats.binom.pmf(torch.arange(num + 1), num, share[:, None]))
            some = self.irrelevant == irrelevant
            found[some] = self._over_ties(chances @ worth, some)
        return found

    def drawn(self, num: int, k: int, kind: str = "recall", *, generator: torch.Generator) -> Float[Tensor, "hit"]:
        """The same with the items really drawn, once."""
        tied = (torch.rand(len(self.equal), generator=generator) * (self.equal + 1)).long()  # equals that stand above, by chance
        share = (self.above + tied) / self.irrelevant
        found = (torch.rand(len(share), num, generator=generator) < share[:, None]).sum(-1)
        return discounts(num + 1, k, kind)[found]


def places(scores: Float[Tensor, "user item"], given: Marks, held_out: Marks) -> Places:
    """Where each held-out item stands among the items that were neither given nor held out. Taught in lesson 18."""
    irrelevant: Bool[Tensor, "user item"] = (given + held_out) == 0
    hits, counts = held_out.nonzero(), []
    for users, items in (part.unbind(-1) for part in hits.split(AT_ONCE)):  # a row of all items for each hit
        own, others, open_ = scores[users, items][:, None], scores[users], irrelevant[users]
        counts.append(torch.stack([((others > own) & open_).sum(-1), ((others == own) & open_).sum(-1), open_.sum(-1)]))
    return Places(hits[:, 0], *torch.cat(counts, -1))


border(globals())
