"""Answers to the exercises of lesson 18 on tastes: right ones however written, usual mistakes, mistakes together."""
import math
from functools import partial

import torch
from scipy import stats

NAMES = ("ease_weights", "ndcg_at", "sampled_recall")
ease, ndcg, sampled = NAMES


def no_diagonal(weights):
    return weights.clone().fill_diagonal_(0)


def inverse(x, strength, gram=lambda x: x.T @ x, penalty=lambda s, n: s * torch.eye(n)):
    counts = gram(x)
    return torch.inverse(counts + penalty(strength, len(counts)).to(x))


def by_columns(x, strength):
    """Column by column, by regression on all other items: what the closed form says."""
    counts = x.T @ x + strength * torch.eye(x.shape[1]).to(x)
    columns = []
    for j in range(len(counts)):
        others = [i for i in range(len(counts)) if i != j]
        column = torch.zeros(len(counts)).to(x)
        column[others] = torch.linalg.solve(counts[others][:, others], counts[others, j])
        columns.append(column)
    return torch.stack(columns, 1)


def weights(x, strength, divide=lambda p: -p / p.diagonal(), end=no_diagonal, **options):
    return end(divide(inverse(x, strength, **options)))


def gained(scores, given, held_out, k, *, tie="mean", low=2, log=math.log2, reverse=True, cut=0):
    """Gain and number of hits, in plain Python."""
    open_ = sorted(((s, h) for s, g, h in zip(scores.tolist(), given.tolist(), held_out.tolist()) if not g),
                   key=lambda both: both[0], reverse=reverse)
    worth = [1 / log(r + low) if r < k + cut else 0.0 for r in range(len(open_))]
    how = {"mean": lambda some: sum(some) / len(some), "max": max, "min": min}[tie] if tie != "order" else None
    gain = 0.0
    for r, (score, hit) in enumerate(open_):
        places = [worth[i] for i, (other, _) in enumerate(open_) if other == score]
        gain += hit * (worth[r] if how is None else how(places))
    return gain, sum(hit for _, hit in open_), worth


def ratio(scores, given, held_out, k, ideal=lambda worth, hits, k: sum(worth[:hits]), **options):
    gain, hits, worth = gained(scores, given, held_out, k, **options)
    below = ideal(worth, hits, k)
    return torch.tensor(gain / below if below else math.nan, dtype=scores.dtype)


def none(given):
    return torch.zeros_like(given)


def terms(share, num, js, ways=math.comb, rest=lambda num, j: num - j):
    total = torch.zeros_like(share)
    for j in js:
        total = total + ways(num, j) * share**j * (1 - share) ** rest(num, j)
    return total


def usual(num, k):
    return range(min(k, num + 1))


RIGHT = [
    (ease, by_columns), (ease, weights),
    (ndcg, ratio),
    (sampled, lambda s, n, k: torch.as_tensor(stats.binom.cdf(k - 1, n, s.double())).to(s)),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k))),
]

WRONG = [
    (ease, partial(weights, end=lambda w: w), "diagonal is still there"),
    (ease, lambda x, s: weights(x, s) + torch.eye(x.shape[1]).to(x), "diagonal is 1"),
    (ease, partial(weights, divide=lambda p: -p / p.diagonal()[:, None]), "rows are divided"),
    (ease, lambda x, s: -weights(x, s), "sign"),
    (ease, partial(weights, divide=lambda p: p / p.diagonal()), "sign is turned"),
    (ease, partial(weights, divide=lambda p: -p), "nothing is divided"),
    (ease, lambda x, s: no_diagonal(-(x.T @ x) / (x.T @ x).diagonal()), "counts stand where"),
    (ease, partial(weights, penalty=lambda s, n: 0 * torch.eye(n)), "strength is not used"),
    (ease, partial(weights, penalty=lambda s, n: s * torch.ones(n, n)), "added to every count"),
    (ease, partial(weights, penalty=lambda s, n: s**2 * torch.eye(n)), "squared"),
    (ease, partial(weights, gram=lambda x: x.T @ x / len(x)), "divided by the number of users"),
    (ease, partial(weights, penalty=lambda s, n: -s * torch.eye(n)), "subtracted"),
    (ease, lambda x, s: no_diagonal(torch.linalg.solve(x.T @ x + s * torch.eye(x.shape[1]).to(x), x.T @ x)), "ridge"),
    (ease, lambda x, s: no_diagonal(x.T @ x / x.sum(0)), "neighbours of items"),
    (ease, partial(weights, divide=lambda p: -p / (p.diagonal()[:, None] * p.diagonal()).sqrt()), "partial correlation"),
    (ease, lambda x, s: weights(x - x.mean(0), s), "centred"),
    (ndcg, lambda s, g, h, k: ratio(s, none(g), h, k), "still in the list"),
    (ndcg, lambda s, g, h, k: ratio(s, none(g), h | g, k), "count as hits"),
    (ndcg, partial(ratio, reverse=False), "lowest score"),
    (ndcg, partial(ratio, ideal=lambda *_: 1.0), "this is dcg"),
    (ndcg, partial(ratio, ideal=lambda worth, hits, k: sum(worth)), "filled with k hits"),
    (ndcg, partial(ratio, ideal=lambda worth, hits, k: hits), "number of held-out items"),
    (ndcg, lambda s, g, h, k: ratio(s, g, h, k).nan_to_num(0), "0 / 0 is to stay"),
    (ndcg, partial(ratio, cut=10**6), "nothing is cut"),
    (ndcg, partial(ratio, cut=1), "k + 1 still counts"),
    (ndcg, partial(ratio, cut=-1), "no longer counts"),
    (ndcg, partial(ratio, low=1, log=float), "1 / r"),
    (ndcg, partial(ratio, log=lambda r: 1.0), "recall@k"),
    (ndcg, partial(ratio, tie="order"), "order in which the items come"),
    (ndcg, partial(ratio, tie="max"), "best place"),
    (ndcg, partial(ratio, tie="min"), "last place"),
    (ndcg, lambda s, g, h, k: -ratio(s, g, h, k), "sign"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k), ways=lambda *_: 1), "in how many ways"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k + 1)), "still counted"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k - 1)), "not counted"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k)[-1:]), "last term"),
    (sampled, lambda s, n, k: terms(1 - s, n, usual(n, k)), "not above"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k), rest=lambda n, j: 0), "have a probability, too"),
    (sampled, lambda s, n, k: (1 - s) ** n, "recall@1"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k)[1:]), "start with 0"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k), rest=lambda n, j: n), "num - j are not"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k), ways=lambda n, j: math.comb(n - 1, j)), "all num drawn"),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k), ways=math.perm), "comb in place of perm"),
    (sampled, lambda s, n, k: 1 - terms(s, n, usual(n, k)), "stands below place k"),
]

COMPOSED = [
    (ease, partial(weights, end=lambda w: w, penalty=lambda s, n: 0 * torch.eye(n)), ["diagonal is still", "not used"]),
    (ease, partial(weights, divide=lambda p: -p, penalty=lambda s, n: 0 * torch.eye(n)), ["nothing is divided", "not used"]),
    (ease, partial(weights, divide=lambda p: -p / p.diagonal()[:, None], end=lambda w: w), ["rows are divided", "still there"]),
    (ease, partial(weights, divide=lambda p: -p, end=lambda w: w), ["nothing is divided", "still there"]),
    (ease, partial(weights, divide=lambda p: -p, gram=lambda x: x.T @ x / len(x)), ["nothing is divided", "number of users"]),
    (ndcg, partial(ratio, tie="max", cut=1), ["best place", "k + 1"]),
    (ndcg, partial(ratio, low=1, log=float, cut=-1), ["1 / r", "no longer counts"]),
    (ndcg, lambda s, g, h, k: ratio(s, none(g), h, k, tie="min"), ["still in the list", "last place"]),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k + 1), ways=math.perm), ["still counted", "comb in place of perm"]),
    (sampled, lambda s, n, k: terms(s, n, usual(n, k)[1:], ways=lambda *_: 1), ["start with 0", "in how many ways"]),
]
