"""Leaks, planted one by one: each makes a number from what nobody would have, or counts what nobody should.

A leak gives the honest nDCG@5 and the leaked one; the same recommender stands behind both unless it says otherwise. Equal scores
share their places in all of them, so who knows nothing gains nothing by the order of a file.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.studies.tasting import EASE, K
from gensq_lib.diagnostics import ranking
from gensq_lib.diagnostics.ranking import mean_of
from gensq_lib.maths.stats import Estimate
from gensq_lib.models.recommenders import Recommender, ease, popularity
from gensq_lib.vectors.clicks import Clicks, FoldIn

FEW, MANY_HELD_OUT = 50, 5  # users of a small test set; held-out items of a user whom a filter keeps
Each = Float[Tensor, "user"]


@dataclass(frozen=True)
class Leak:
    """nDCG@5 as it is and as it looks: means over users, and how many users each counts."""

    honest: float
    leaked: float
    users: tuple[int, int]

    @property
    def gain(self) -> float:
        """How much better it looks."""
        return self.leaked - self.honest


def _leak(honest: Float[Tensor, "_"], leaked: Float[Tensor, "_"]) -> Leak:
    before, after = mean_of(honest), mean_of(leaked)
    return Leak(before.mean, after.mean, (before.n, after.n))


def ndcg(scores: Tensor, users: FoldIn) -> Each:
    """As it should be."""
    return ranking.ndcg(scores, users.given, users.held_out, k=K)


def held_out_given(who: Recommender, data: Clicks) -> Leak:
    """The recommender is given all clicks of a user, those that it should find among them."""
    test = data.test
    return _leak(ndcg(who.scores(test.given), test), ndcg(who.scores(test.given + test.held_out), test))


def seen_kept(who: Recommender, data: Clicks) -> Leak:
    """What was given stays in the list: it takes the best places and cannot be a hit. A mistake that lowers."""
    scores, test = who.scores(data.test.given), data.test
    return _leak(ndcg(scores, test), ranking.ndcg(scores, torch.zeros_like(test.given), test.held_out, k=K))


def seen_counted(who: Recommender, data: Clicks) -> Leak:
    """What was given stays in the list and counts as a hit."""
    scores, test = who.scores(data.test.given), data.test
    return _leak(ndcg(scores, test), ranking.ndcg(scores, torch.zeros_like(test.given), test.given + test.held_out, k=K))


def busy_users(who: Recommender, data: Clicks) -> Leak:
    """Only users from whom many items are held out: whoever chooses them has looked at the answers."""
    each = ndcg(who.scores(data.test.given), data.test)
    return _leak(each, each[data.test.held_out.sum(-1) >= MANY_HELD_OUT])


def nothing_is_zero(who: Recommender, data: Clicks) -> Leak:
    """A user from whom nothing was held out gets a 0 in place of no number. Not a leak: a mistake that lowers."""
    each = ndcg(who.scores(data.test.given), data.test)
    return _leak(each, each.nan_to_num(0))


def popularity_of_test(data: Clicks) -> Leak:
    """Items are counted on the clicks of the tested users, held-out ones among them."""
    test = data.test
    return _leak(ndcg(popularity(data.train).scores(test.given), test),
                 ndcg(popularity(test.given + test.held_out).scores(test.given), test))


def tuned_on_test(data: Clicks) -> Leak:
    """EASE: the strength that is best for the few users on whom it is measured, for groups of them; honest: for everybody else.

    What is chosen on a group looks better there than it is: each group's own best strength, there and on all other users.
    """
    each = torch.stack([ndcg(ease(data.train, **setting).scores(data.test.given), data.test) for setting in EASE])
    groups = torch.arange(each.shape[1]) // min(FEW, each.shape[1] // 2)  # a file may have fewer users
    leaked, honest = [], []
    for group in groups.unique():
        inside = groups == group
        best = int(each[:, inside].nanmean(1).argmax())
        leaked.append(each[best, inside].nanmean())
        honest.append(each[best, ~inside].nanmean())
    return _leak(torch.stack(honest), torch.stack(leaked))


LEAKS: Mapping[str, Callable[[Recommender, Clicks], Leak]] = {
    "held-out items left in the input": held_out_given,
    "given items counted as hits": seen_counted,
    f"users with {MANY_HELD_OUT} held-out items or more": busy_users,
    "given items left in the list": seen_kept,
    "0 where nothing was held out": nothing_is_zero,
}
OWN: Mapping[str, tuple[str, Callable[[Clicks], Leak]]] = {  # of one recommender alone
    "popularity": ("counted on the test users", popularity_of_test), "EASE": (f"tuned on its {FEW} test users", tuned_on_test)}


def leaks(name: str, who: Recommender, data: Clicks) -> dict[str, Leak]:
    """All that concern this recommender."""
    found = {leak: of(who, data) for leak, of in LEAKS.items()}
    return found | ({OWN[name][0]: OWN[name][1](data)} if name in OWN else {})


def sampled_against_full(rivals: Mapping[str, Recommender], users: FoldIn, *, num: int, k: int = K
                         ) -> dict[str, dict[str, Float[Tensor, "user"]]]:
    """nDCG@k of one held-out item among all irrelevant items ("full"), and in expectation among `num` drawn ones ("sampled").

    The mean over each user's held-out items: users are independent, items of one user are not.
    """
    found = {}
    for name, who in rivals.items():
        at = ranking.places(who.scores(users.given), users.given, users.held_out)
        found[name] = {"full": at.of_users(at.full(k, "ndcg")), "sampled": at.of_users(at.sampled(num, k, "ndcg"))}
    return found


def drawn_less_formula(who: Recommender, users: FoldIn, *, num: int, generator: torch.Generator, k: int = K) -> Estimate:
    """The sampled metric with items really drawn, less what the formula expects, user by user."""
    at = ranking.places(who.scores(users.given), users.given, users.held_out)
    return mean_of(at.of_users(at.drawn(num, k, "ndcg", generator=generator) - at.sampled(num, k, "ndcg")))
