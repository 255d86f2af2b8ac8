"""Answers to the longer exercise of lesson 06; those to the four short ones stand in test_checks.py."""
import math

import torch

NAMES = ("worth_of_z",)


def worth(f):
    return ("worth_of_z", f)


def parts(log_p):
    return log_p.diagonal(), log_p, len(log_p)


def stacked(first, second, third, *, log_p, axis=1):
    return torch.stack([first, second, third.to(log_p.dtype)], axis)


def answer(log_p, strangers=None, anyone=None, first=None, axis=1):
    """The right answer with some of its parts replaced; each part is a function of (own, log_p, N)."""
    own, _, num = parts(log_p)
    strangers = (strangers or (lambda own, p, n: (p.sum(1) - own) / (n - 1)))(own, log_p, num)
    anyone = (anyone or (lambda own, p, n: p.logsumexp(1) - math.log(n)))(own, log_p, num)
    first = (first or (lambda own, p, n: own >= p.max(1).values))(own, log_p, num)
    return stacked(own - strangers, own - anyone, first, log_p=log_p, axis=axis)


def row_by_row(log_p):
    found = []
    for i, row in enumerate(log_p):
        others = torch.cat([row[:i], row[i + 1:]])
        top = row.max()
        anyone = top + (row - top).exp().mean().log()
        found.append(torch.stack([row[i] - others.mean(), row[i] - anyone, (row[i] == top).to(row.dtype)]))
    return torch.stack(found)


def by_mask(log_p):
    mask = ~torch.eye(len(log_p), dtype=torch.bool)
    own = torch.diagonal(log_p)
    others = log_p[mask].view(len(log_p), -1)
    rank = log_p.argmax(1) == torch.arange(len(log_p))
    return torch.stack((own - others.mean(-1), -(log_p - own[:, None]).logsumexp(-1) + math.log(len(log_p)), rank.to(log_p)), -1)


def without_own(p):
    return p.masked_fill(torch.eye(len(p), dtype=torch.bool), float("-inf"))


MISTAKES = {  # of one part: what must be said
    "leave the diagonal out": dict(strangers=lambda own, p, n: p.mean(1)),
    "divided by n": dict(strangers=lambda own, p, n: (p.sum(1) - own) / n),
    "left out of the average": dict(anyone=lambda own, p, n: without_own(p).logsumexp(1) - math.log(n - 1)),
    "mean of the logarithms": dict(anyone=lambda own, p, n: p.mean(1)),
    "log n is missing": dict(anyone=lambda own, p, n: p.logsumexp(1)),
    "use logsumexp": dict(anyone=lambda own, p, n: p.exp().mean(1).log()),
    "best z of all": dict(anyone=lambda own, p, n: p.max(1).values),
    "one stranger": dict(strangers=lambda own, p, n: p.roll(1, 1).diagonal()),
    "log n has the wrong sign": dict(anyone=lambda own, p, n: p.logsumexp(1) + math.log(n)),
    "down the columns": dict(anyone=lambda own, p, n: p.logsumexp(0) - math.log(n)),
    "left out of the sum": dict(anyone=lambda own, p, n: without_own(p).logsumexp(1) - math.log(n)),
    "number of the best": dict(first=lambda own, p, n: p.argmax(1)),
    "is a share": dict(first=lambda own, p, n: (own[:, None] >= p).to(p).mean(1)),
    "use >=": dict(first=lambda own, p, n: own > p.max(1).values),
}


def wrong(*keys, axis=1):
    """An answer with these mistakes, each in a part of its own."""
    given = {part: function for key in keys for part, function in MISTAKES[key].items()}
    return worth(lambda log_p: answer(log_p, axis=axis, **given))


RIGHT = [worth(row_by_row), worth(by_mask)]
WRONG = [
    *((*wrong(key), key) for key in MISTAKES),
    (*worth(lambda log_p: answer(log_p.T)), "through the columns"),
    (*worth(lambda log_p: answer(log_p, axis=0)), "one row per reading"),
    (*worth(lambda log_p: answer(log_p) * torch.tensor([-1.0, -1.0, 1.0])), "turned round"),
    (*worth(lambda log_p: answer(log_p) * torch.tensor([-1.0, 1.0, 1.0])), "first difference is turned round"),
    (*worth(lambda log_p: answer(log_p)[:, [1, 0, 2]]), "columns are exchanged"),
    (*worth(lambda log_p: answer(log_p.exp(), anyone=lambda own, p, n: p.mean(1))), "differences of probabilities"),
    (*worth(lambda log_p: answer(log_p).mean(0)), "averages over the batch"),
    (*worth(lambda log_p: answer(log_p).tolist()), "list instead of a tensor"),
]
COMPOSED = [
    (*wrong("leave the diagonal out", "left out of the average"), ["diagonal", "left out of the average"]),
    (*wrong("leave the diagonal out", "log n is missing"), ["diagonal", "log n is missing"]),
    (*wrong("divided by n", "mean of the logarithms"), ["divided by n", "mean of the logarithms"]),
    (*wrong("divided by n", "use >="), ["divided by n", "use >="]),
    (*wrong("leave the diagonal out", "best z of all"), ["diagonal", "best z of all"]),
    (*wrong("log n is missing", "use >="), ["log n is missing", "use >="]),
    (*wrong("mean of the logarithms", "is a share"), ["mean of the logarithms", "is a share"]),
    (*wrong("left out of the average", axis=0), ["left out of the average", "one row per reading"]),
    (*wrong("leave the diagonal out", axis=0), ["diagonal", "one row per reading"]),
    (*worth(lambda p: answer(p, **MISTAKES["log n is missing"]).double()), ["dtype", "log n is missing"]),
    (*worth(lambda p: answer(p, **MISTAKES["divided by n"]) * torch.tensor([-1.0, -1.0, 1.0])), ["divided by n", "turned round"]),
    (*worth(lambda p: answer(p, **MISTAKES["leave the diagonal out"]).mean(0)), ["diagonal", "averages over the batch"]),
]
