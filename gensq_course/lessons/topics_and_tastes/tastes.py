"""Exercises of lesson 18 on tastes: EASE in closed form, nDCG with ties and short lists, a place among drawn items."""
import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Number, Items = Float[Tensor, ""], Float[Tensor, "item"]


def ease_weights(clicks: Float[Tensor, "user item"], strength: Number) -> Float[Tensor, "item item"]:
    """The weights of EASE: P = (X^T X + lambda I)^-1, B_ij = -P_ij / P_jj, a diagonal of 0 (Steck 2019)."""
    gram = clicks.T @ clicks
    inverse = torch.linalg.inv(gram + strength * torch.eye(len(gram), dtype=clicks.dtype))
    weights = -inverse / inverse.diagonal()
    return weights * (1 - torch.eye(len(gram), dtype=clicks.dtype))


WEIGHTS, NO_DIAGONAL = "-inverse / inverse.diagonal()", "weights * (1 - torch.eye(len(gram), dtype=clicks.dtype))"
PENALTY = "strength * torch.eye(len(gram), dtype=clicks.dtype)"
EASE_SLIPS = {
    "diagonal kept": (NO_DIAGONAL, "weights"),
    "diagonal of one": (NO_DIAGONAL, "weights + 2 * torch.eye(len(gram), dtype=clicks.dtype)"),
    "rows": (WEIGHTS, "-inverse / inverse.diagonal()[:, None]"), "turned": (WEIGHTS, "inverse / inverse.diagonal()"),
    "not divided": (WEIGHTS, "-inverse"), "no inverse": (WEIGHTS, "-gram / gram.diagonal()"),
    "no strength": (" + " + PENALTY, ""), "strength everywhere": (PENALTY, "strength"),
    "strength squared": (PENALTY, "strength**2 * torch.eye(len(gram), dtype=clicks.dtype)"),
    "per user": ("clicks.T @ clicks", "clicks.T @ clicks / len(clicks)"),
    "strength subtracted": ("gram + strength", "gram - strength"),
    "ridge": (WEIGHTS, "inverse @ gram"), "likeness": (WEIGHTS, "gram / gram.diagonal()"),
    "square root": (WEIGHTS, "-inverse / (inverse.diagonal()[:, None] * inverse.diagonal()).sqrt()"),
    "centred": ("clicks.T @ clicks", "(clicks - clicks.mean(0)).T @ (clicks - clicks.mean(0))"),
}


def ease_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(51)
    small = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    return [(small, torch.tensor(1.0)), *(((torch.rand(num, items, generator=draw) < 0.4).float(), torch.tensor(strength))
                                          for num, items, strength in ((9, 4, 2.0), (30, 6, 0.5)))]


EASE = Values(**words(__file__, "ease_weights"), reference=ease_weights, slips=EASE_SLIPS, cases=ease_cases, together=2)


def ndcg_at(scores: Items, given: Bool[Tensor, "item"], held_out: Bool[Tensor, "item"], k: int) -> Number:
    """nDCG@k of one user; items of equal score share the mean of their discounts; NaN where nothing was held out."""
    scores, hits = scores[~given], held_out[~given]
    order = scores.argsort(descending=True)
    scores, hits = scores[order], hits[order].to(scores)
    discount = 1 / torch.arange(2, len(scores) + 2).to(scores).log2()
    discount[k:] = 0
    gain = sum(hits[scores == score].sum() * discount[scores == score].mean() for score in scores.unique())
    return gain / discount[: int(hits.sum())].sum()


GAIN, IDEAL = "hits[scores == score].sum() * discount[scores == score].mean()", "discount[: int(hits.sum())].sum()"
NDCG_SLIPS = {
    "given kept": ("scores, hits = scores[~given], held_out[~given]", "scores, hits = scores, held_out"),
    "given counted": ("scores, hits = scores[~given], held_out[~given]", "scores, hits = scores, held_out | given"),
    "worst first": ("descending=True", "descending=False"), "not divided": (" / " + IDEAL, ""),
    "ideal of k": (IDEAL, "discount.sum()"), "number of hits": (IDEAL, "hits.sum()"),
    "zero": (IDEAL, "discount[: max(int(hits.sum()), 1)].sum()"), "no cut": ("discount[k:] = 0", "pass"),
    "cut late": ("discount[k:] = 0", "discount[k + 1 :] = 0"), "cut early": ("discount[k:] = 0", "discount[k - 1 :] = 0"),
    "from one": ("torch.arange(2, len(scores) + 2)", "torch.arange(1, len(scores) + 1)"),
    "reciprocal": ("1 / torch.arange(2, len(scores) + 2).to(scores).log2()", "1 / torch.arange(1, len(scores) + 1).to(scores)"),
    "recall": ("1 / torch.arange(2, len(scores) + 2).to(scores).log2()", "torch.ones_like(scores)"),
    "file order": (("descending=True", "descending=True, stable=True"), (
        f"sum({GAIN} for score in scores.unique())", "(hits * discount).sum()")),
    "best of ties": ("discount[scores == score].mean()", "discount[scores == score].amax()"),
    "last of ties": ("discount[scores == score].mean()", "discount[scores == score].amin()"),
}


def ndcg_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(52)

    def marks(*places: int, num: int) -> Tensor:
        return torch.tensor([i in places for i in range(num)])

    cases = [(torch.tensor([3.0, 2.0, 1.0, 0.0]), marks(0, num=4), marks(2, num=4), 3),
             (torch.tensor([1.0, 1.0, 1.0]), marks(num=3), marks(1, num=3), 2),
             (torch.tensor([2.0, 1.0, 1.0]), marks(num=3), marks(num=3), 2),
             (torch.tensor([0.0, 2.0, 2.0, 1.0]), marks(num=4), marks(0, 2, num=4), 10)]
    for num, k in ((9, 3), (12, 5)):
        part = torch.rand(num, generator=draw)
        cases.append((torch.randint(5, (num,), generator=draw).float(), part < 0.2, part > 0.6, k))
    return cases


NDCG = Values(**words(__file__, "ndcg_at"), reference=ndcg_at, slips=NDCG_SLIPS, cases=ndcg_cases, together=2)


def sampled_recall(share: Items, num: int, k: int) -> Items:
    """P(at most k - 1 of `num` drawn items are above), where a share of all is: what recall@k among drawn items expects."""
    found = torch.zeros_like(share)
    for above in range(min(k, num + 1)):
        found = found + math.comb(num, above) * share**above * (1 - share) ** (num - above)
    return found


TERM = "math.comb(num, above) * share**above * (1 - share) ** (num - above)"
SAMPLED_SLIPS = {
    "no ways": ("math.comb(num, above) * ", ""), "one more": ("min(k, num + 1)", "min(k + 1, num + 1)"),
    "one less": ("min(k, num + 1)", "min(k - 1, num + 1)"), "last alone": ("found + " + TERM, TERM),
    "turned": ("share**above * (1 - share) ** (num - above)", "(1 - share)**above * share ** (num - above)"),
    "no rest": (" * (1 - share) ** (num - above)", ""), "none": ("range(min(k, num + 1))", "range(1)"),
    "without none": ("range(min(k, num + 1))", "range(1, min(k, num + 1))"),
    "rest too long": ("(num - above)", "num"), "fewer ways": ("math.comb(num, above)", "math.comb(num - 1, above)"),
    "permutations": ("math.comb(num, above)", "math.perm(num, above)"),
}


def sampled_cases() -> list[Inputs]:
    return [(torch.tensor([0.0, 0.5, 1.0]), 2, 1), (torch.tensor([0.1, 0.3, 0.9]), 1, 2),
            (torch.tensor([0.05, 0.2, 0.6, 0.95]), 6, 3)]


SAMPLED = Values(**words(__file__, "sampled_recall"), reference=sampled_recall, slips=SAMPLED_SLIPS, cases=sampled_cases,
                 forms={"missed": lambda share, num, k: 1 - sampled_recall(share, num, k),
                         "not all of k": lambda share, num, k: 1 - share**k}, together=2)
