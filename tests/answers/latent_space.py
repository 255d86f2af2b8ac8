"""Answers to the exercises of lesson 09: right ones however written, usual mistakes, mistakes together."""
import math

import torch
from torch.nn.functional import normalize

NAMES = ("turned", "table_information", "direction")


def turn(f):
    return (NAMES[0], f)


def info(f):
    return (NAMES[1], f)


def way(f):
    return (NAMES[2], lambda codes, labels, source, target: f(codes, labels == source, labels == target))


def angle(a, b):
    return torch.acos(a @ b / a.norm() / b.norm())


def slerp(a, b, t, w):
    return (((1 - t) * w).sin() * a + (t * w).sin() * b) / w.sin()


def by_rotation(a, b, t):
    aside = b - (a @ b) / (a @ a) * a
    w = angle(a, b)
    return (t * w).cos() * a + (t * w).sin() * a.norm() * normalize(aside, dim=0)


def margins(c):
    p = c / c.sum()
    return p, p.sum(1, keepdim=True), p.sum(0, keepdim=True)


def entropy(p):
    return -(p * p.log()).sum()


def by_entropies(c):
    p, rows, columns = margins(c)
    return entropy(rows) + entropy(columns) - entropy(p)


def mutual(c, f):
    return f(*margins(c))

RIGHT = [
    turn(by_rotation), turn(lambda a, b, t: slerp(a, b, t, angle(a, b))),
    info(by_entropies), info(lambda c: mutual(c, lambda p, r, k: (p * (p.log() - r.log() - k.log())).sum())),
    way(lambda z, s, t: z[t].mean(0) - z[s].mean(0)),
    way(lambda z, s, t: (z * t[:, None]).sum(0) / t.sum() - (z * s[:, None]).sum(0) / s.sum()),
]
WRONG = [
    (*turn(lambda a, b, t: slerp(b, a, t, angle(a, b))), "from b to a"),
    (*turn(lambda a, b, t: a + t * (b - a)), "straight line"),
    (*turn(lambda a, b, t: normalize(a + t * (b - a), dim=0) * a.norm()), "stretches"),
    (*turn(lambda a, b, t: slerp(a, b, t, a @ b / (a.norm() * b.norm()))), "take acos"),
    (*turn(lambda a, b, t: slerp(a, b, t, angle(a, b).rad2deg())), "degrees"),
    (*turn(lambda a, b, t: slerp(a, b, t, angle(a, b)) * angle(a, b).sin()), "division by sin"),
    (*turn(lambda a, b, t: (t * angle(a, b)).cos() * a + (t * angle(a, b)).sin() * b), "right angles"),
    (*turn(lambda a, b, t: slerp(a, b, t, (a @ b).clamp(-1, 1).acos())), "divide by both lengths"),
    (*info(entropy_of_table := lambda c: entropy(c / c.sum())), "entropy of the whole table"),
    (*info(lambda c: mutual(c, lambda p, r, k: entropy(r))), "rows alone"),
    (*info(lambda c: mutual(c, lambda p, r, k: (p * (p / r).log()).sum())), "rows only"),
    (*info(lambda c: mutual(c, lambda p, r, k: (p * (p / (r + k)).log()).sum())), "margins are added"),
    (*info(lambda c: mutual(c, lambda p, r, k: (r * k * (p / (r * k)).log()).sum())), "independent table"),
    (*info(lambda c: mutual(c, lambda p, r, k: (p / (r * k)).log().sum())), "counts alike"),
    (*info(lambda c: mutual(c, lambda p, r, k: (p * p / (r * k)).sum())), "logarithm is missing"),
    (*info(lambda c: by_entropies(c) / c.numel()), "mean over the fields"),
    (*info(lambda c: by_entropies(c) / math.log(2)), "bits"),
    (*info(lambda c: (c * (c / (c.sum(1, keepdim=True) * c.sum(0))).log()).sum()), "divide by their sum first"),
    (*way(lambda z, s, t: z[s].mean(0) - z[t].mean(0)), "from the target to the source"),
    (*way(lambda z, s, t: (z * t[:, None]).mean(0) - (z * s[:, None]).mean(0)), "number of all sentences"),
    (*way(lambda z, s, t: z[t].mean(0) - z[~t].mean(0)), "everything that is not"),
    (*way(lambda z, s, t: z[t].mean(0) - z.mean(0)), "mean of all sentences"),
    (*way(lambda z, s, t: z[t].sum(0) - z[s].sum(0)), "larger group"),
    (*way(lambda z, s, t: z[t][0] - z[s][0]), "one sentence of each kind"),
    (*way(lambda z, s, t: z[t].mean(0)), "goes from somewhere"),
    (*way(lambda z, s, t: normalize(z[t].mean(0) - z[s].mean(0), dim=0)), "its length is made 1"),
    (*way(lambda z, s, t: z[t].median(0).values - z[s].median(0).values), "medians"),
]
COMPOSED = [
    (*turn(lambda a, b, t: b + t * (a - b)), ["straight line", "from b to a"]),
    (*turn(lambda a, b, t: -(a + t * (b - a))), ["straight line", "sign"]),
    (*turn(lambda a, b, t: slerp(b, a, t, angle(a, b)) * angle(a, b).sin()), ["division by sin", "from b to a"]),
    (*turn(lambda a, b, t: slerp(b, a, t, angle(a, b).rad2deg())), ["degrees", "from b to a"]),
    (*turn(lambda a, b, t: normalize(b + t * (a - b), dim=0) * a.norm()), ["stretches", "from b to a"]),
    (*info(lambda c: -by_entropies(c)), ["upside down"]),
    (*info(lambda c: entropy_of_table(c) / math.log(2)), ["entropy of the whole table", "bits"]),
    (*info(lambda c: by_entropies(c) / c.numel() / math.log(2)), ["mean over the fields", "bits"]),
    (*info(lambda c: mutual(c, lambda p, r, k: (p / (r * k)).log().mean())), ["counts alike", "mean over the fields"]),
    (*info(lambda c: mutual(c, lambda p, r, k: (p * (p / r).log()).sum() / math.log(2))), ["rows only", "bits"]),
    (*way(lambda z, s, t: z[s].sum(0) - z[t].sum(0)), ["larger group", "from the target"]),
    (*way(lambda z, s, t: (z * s[:, None]).mean(0) - (z * t[:, None]).mean(0)), ["number of all", "from the target"]),
    (*way(lambda z, s, t: normalize(z[t].mean(0) - z.mean(0), dim=0)), ["its length", "mean of all"]),
    (*way(lambda z, s, t: normalize(z[s].mean(0) - z[t].mean(0), dim=0)), ["its length", "from the target"]),
    (*way(lambda z, s, t: (z[t].mean(0) - z[~t].mean(0)).double()), ["not the target", "dtype"]),
]
