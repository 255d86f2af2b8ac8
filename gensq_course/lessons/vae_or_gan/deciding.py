"""Exercises of lesson 19: where a curve surely lies above another, and whom a table allows to recommend."""
from typing import Any

import torch
from jaxtyping import Bool, Float
from scipy.special import stdtrit
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words
from gensq_lib.maths.stats import LEVEL

Curve = Float[Tensor, "seed point"]
Scores = Float[Tensor, "seed family"]


def reach_of(num_seeds: int, rivals: int = 1) -> float:
    """How many standard errors an interval of 95 % reaches to each side of a mean (Student): 4.30 of 3 seeds, 2.78 of 5.

    Of several intervals that are all to hold at once each may miss one `rivals`-th as often (Bonferroni).
    """
    return stdtrit(num_seeds - 1, 1 - (1 - LEVEL) / 2 / max(rivals, 1)).item()


def signs(ours: Curve, theirs: Curve, reach: float) -> Float[Tensor, "point"]:
    """At each point 1 where ours is surely higher, -1 where surely lower, 0 where the seeds leave it open.

    Sure: the interval mean ± reach · standard error of the differences, paired by seed, holds no 0.
    """
    gap = ours - theirs
    mean, error = gap.mean(0), gap.std(0) / len(gap)**0.5
    return mean.sign() * (mean.abs() > reach * error)


ERROR = "gap.std(0) / len(gap)**0.5"
SIGN_SLIPS = {
    "not paired": (ERROR, "((ours.var(0) + theirs.var(0)) / len(gap)) ** 0.5"),
    "deviation": (ERROR, "gap.std(0)"), "of the population": (ERROR, "gap.std(0, correction=0) / len(gap)**0.5"),
    "variance": (ERROR, "gap.var(0) / len(gap)**0.5"), "n for its root": (ERROR, "gap.std(0) / len(gap)"),
    "never open": (" * (mean.abs() > reach * error)", ""), "two errors": ("reach * error", "2 * error"),
    "one error": ("reach * error", "error"), "fixed reach": ("reach * error", "2.78 * error"),
    "fixed reach of three": ("reach * error", "4.3 * error"), "turned": ("ours - theirs", "theirs - ours"),
    "open turned": ("mean.abs() > reach", "mean.abs() < reach"),
    "other axis": ("gap.mean(0), gap.std(0) / len(gap)**0.5", "gap.mean(1), gap.std(1) / gap.shape[1] ** 0.5"),
    "sum": ("gap.mean(0)", "gap.sum(0)"), "no sign": ("mean.sign()", "mean"), "first seed": ("gap.mean(0)", "gap[0]"),
    "all points": ("gap.mean(0)", "gap.mean().expand(gap.shape[1])"), "only ours": ("mean.abs() >", "mean >"),
}


def every_seed(ours: Curve, theirs: Curve, reach: float) -> Tensor:
    """The mistake: sure is where all seeds agree."""
    gap = (ours - theirs).sign()
    return torch.where((gap == gap[0]).all(0), gap[0], 0.0)


def apart(ours: Curve, theirs: Curve, reach: float) -> Tensor:
    """The mistake: sure is where the two intervals have no value in common."""
    gap = ours.mean(0) - theirs.mean(0)
    room = reach * (ours.std(0) + theirs.std(0)) / len(ours)**0.5
    return gap.sign() * (gap.abs() > room)


def sign_cases() -> list[Inputs]:
    """Seeds that move both curves together, as a corpus does; gaps of all sizes and both signs, two that `reach` decides."""
    draw = torch.Generator().manual_seed(21)

    def case(seeds: int, points: int, reach: float) -> Inputs:
        common = 3 * torch.randn(seeds, points, generator=draw)
        noise = torch.randn(2, seeds, points, generator=draw) * torch.linspace(0.1, 1.0, points)
        return common + noise[0] + torch.linspace(-2, 2.5, points), common + noise[1], reach
    # the last point is sure by the error of a mean, not by the deviation of a seed
    small = (torch.tensor([[5.0, 2.0, 3.0], [7.0, 3.0, 4.0], [9.0, 4.0, 5.0]]),
             torch.tensor([[4.0, 3.1, 2.0], [5.9, 2.0, 2.7], [8.1, 4.2, 4.3]]), 4.3)
    three = torch.tensor([[4.0], [7.0], [6.0]]), torch.tensor([[3.0], [4.0], [4.0]]), 4.3  # 3.5 errors: open
    five = torch.tensor([[2.5], [3.0], [4.0], [4.5], [3.5]]), torch.full((5, 1), 2.0), 2.78  # 4.2 errors: sure
    return [small, three, five, case(3, 12, 4.3), case(5, 40, 2.78)]


class Whole(Values):
    """The answer is one of few whole numbers, or True and False: any kind of number will do for them."""

    def form_of(self, answer: Any, truth: Tensor) -> dict[str, str]:
        real = isinstance(answer, Tensor) and not answer.is_complex()
        return super().form_of(answer.to(truth.dtype) if real else answer, truth)


SIGNS = Whole(**words(__file__, "signs"), reference=signs, slips=SIGN_SLIPS, cases=sign_cases, together=2,
               forms={"every seed": every_seed, "apart": apart})


def possible(score: Scores, need: Scores, least: float, reach: float, width: float) -> Bool[Tensor, "family"]:
    """Which families a table of seeds allows to recommend: True for each that may be the best, or as good as, or better in the
    mean than one of those.

    A family must surely keep what is needed: the lower end of the interval of its mean `need` is at least `least`. Of those that
    do, the one with the highest mean `score` leads; a family stays beside it unless it is surely behind by more than `width`,
    paired by seed. Whoever has a better mean than one that stays, stays. An interval is mean ± reach · standard error.
    """
    root, mean = len(score)**0.5, score.mean(0)
    kept = need.mean(0) - reach * need.std(0) / root >= least
    if not kept.any():
        return kept
    leader = mean.where(kept, -torch.inf).argmax()
    behind = score[:, leader, None] - score
    near = kept & (behind.mean(0) - reach * behind.std(0) / root <= width)
    return kept & (mean >= mean.where(near, torch.inf).min())


KEPT, NEAR = "need.mean(0) - reach * need.std(0) / root >= least", "behind.mean(0) - reach * behind.std(0) / root <= width"
STAYS = "kept & (mean >= mean.where(near, torch.inf).min())"
POSSIBLE_SLIPS = {
    "mean need": (KEPT, "need.mean(0) >= least"), "upper end": (KEPT, "need.mean(0) + reach * need.std(0) / root >= least"),
    "most": (KEPT, "need.mean(0) - reach * need.std(0) / root <= least"), "lucky need": (KEPT, "need.max(0).values >= least"),
    "every seed": (KEPT, "need.min(0).values >= least"), "no need": (KEPT, "torch.ones_like(need[0]).bool()"),
    "need deviation": (KEPT, "need.mean(0) - reach * need.std(0) >= least"),
    "score for need": (KEPT, "score.mean(0) - reach * score.std(0) / root >= least"),
    "leader of all": ("mean.where(kept, -torch.inf).argmax()", "mean.argmax()"),
    "lucky leader": ("mean.where(kept, -torch.inf).argmax()", "score.max(0).values.where(kept, -torch.inf).argmax()"),
    "never beside": (STAYS, "torch.arange(len(kept)) == leader"), "all beside": (STAYS, "kept"),
    "better is out": (STAYS, "near"), "need forgotten": (STAYS, "mean >= mean.where(near, torch.inf).min()"),
    "not paired": (NEAR, "behind.mean(0) - reach * (score.var(0) + score.var(0)[leader]) ** 0.5 / root <= width"),
    "deviation": (NEAR, "behind.mean(0) - reach * behind.std(0) <= width"),
    "two errors": (NEAR, "behind.mean(0) - 2 * behind.std(0) / root <= width"),
    "no width": (NEAR, "behind.mean(0) - reach * behind.std(0) / root <= 0"), "no interval": (NEAR, "behind.mean(0) <= width"),
    "near of all": ("near = kept & (", "near = ("),
    "surely turned": (STAYS, "kept & (mean < mean.where(near, torch.inf).min())"),
}


def possible_cases() -> list[Inputs]:
    """Nobody keeps the need; one family; a leader that is out; small sure leads; a noisy one below one that is surely behind."""
    draw = torch.Generator().manual_seed(22)

    def case(seeds: int, families: int, reach: float, least: float) -> Inputs:
        common = 2 * torch.randn(seeds, 1, generator=draw)
        score = common + torch.linspace(0, 1.5, families) + 0.5 * torch.randn(seeds, families, generator=draw)
        order = torch.randperm(families, generator=draw)
        need = torch.linspace(0.75, 0.99, families)[order] + 0.03 * torch.randn(seeds, families, generator=draw)
        return score, need, least, reach, 0.05
    score = torch.tensor([[1.0, 3.0, 2.9], [1.1, 3.2, 3.0], [0.9, 2.9, 3.1]])
    need = torch.tensor([[0.99, 0.97, 0.96], [0.98, 0.96, 0.98], [0.99, 0.98, 0.97]])
    clear = torch.tensor([[9.0, 3.0, 1.0], [9.1, 3.1, 0.9], [8.9, 3.0, 1.1]])
    out = torch.tensor([[0.5, 0.97, 0.96], [0.5, 0.96, 0.98], [0.5, 0.98, 0.97]])
    small = torch.tensor([[3.0, 2.99, 2.9], [3.1, 3.091, 3.0], [2.9, 2.889, 2.8]])  # .01, surely, and .1, surely
    noisy = torch.tensor([[3.0, 2.901, 2.95], [3.1, 2.999, 2.55], [2.9, 2.8, 3.05]])  # .1, surely; .15, open
    easy = torch.full((3, 3), 0.99)
    last = easy * torch.tensor([1.0, 1.0, 0.5])  # the noisy one misses the need: it lets nobody stay
    return [(score, need, 0.9, 4.3, 0.02), (score, need, 0.999, 4.3, 0.02), (clear, out, 0.9, 4.3, 0.02),
            (small, easy, 0.9, 4.3, 0.02), (noisy, easy, 0.9, 4.3, 0.02), (noisy, last, 0.9, 4.3, 0.02),
            *(case(5, families, 2.78, least) for families in (6, 9, 14) for least in (0.8, 0.85, 0.9)), case(3, 8, 4.3, 0.8)]


class YesOrNo(Whole):
    """The answer is True or False for each family; ones and zeros will do."""

    def truth(self, case: Inputs) -> Tensor:
        return self.reference(*case).float()


POSSIBLE = YesOrNo(**words(__file__, "possible"), reference=possible, slips=POSSIBLE_SLIPS, cases=possible_cases, together=2)
