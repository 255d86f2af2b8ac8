"""Answers to the exercises of lesson 09: right ones however written, usual mistakes, mistakes together."""
import math

import torch
from torch.nn.functional import normalize

NAMES = ("turned", "table_information", "direction", "repaired")


def turn(f):
    return (NAMES[0], f)


def info(f):
    return (NAMES[1], f)


def way(f):
    return (NAMES[2], lambda codes, labels, source, target: f(codes, labels == source, labels == target))


def mended(f):
    """From the vector, the means of the labels and the codes."""
    return (NAMES[3], lambda vector, codes, labels: f(
        vector, torch.stack([codes[labels == value].mean(0) for value in labels.unique()]), codes))


def cleared(vector, apart):
    """Without its part along the rows."""
    return vector - apart.T @ (torch.linalg.pinv(apart.T, rtol=1e-5) @ vector)


def one_by_one(vector, apart, part=lambda v, d: (v @ d) / (d @ d) * d):
    for d in apart:
        vector = vector - part(vector, d)
    return vector


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
    mended(lambda v, m, z: cleared(v, m[1:] - m[0])), mended(lambda v, m, z: cleared(v, m - m.mean(0))),
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
    (*turn(lambda a, b, t: slerp(a, b, t, (a @ b / (a @ a)).abs().acos())), "absolute value"),
    (*turn(lambda a, b, t: slerp(normalize(a, dim=0), normalize(b, dim=0), t, angle(a, b))), "lost the length"),
    (*turn(lambda a, b, t: slerp(a, b, t, (a @ b / (a @ a) ** 2).acos())), "squared lengths"),
    (*turn(lambda a, b, t: slerp(a, b, t, angle(a, b)) * angle(a, b).sin() / angle(a, b)), "by its sine"),
    (*turn(lambda a, b, t: slerp(a, b, t, angle(a, b)).norm()), "the vector itself is asked for"),
    (*turn(lambda a, b, t: (1 - t) ** 0.5 * a + t**0.5 * b), "roots"),
    (*turn(lambda a, b, t: math.cos(t * math.pi / 2) * a + math.sin(t * math.pi / 2) * b), "for a right one"),
    (*turn(lambda a, b, t: (((1 - t) * angle(a, b)).cos() * a + (t * angle(a, b)).cos() * b) / angle(a, b).cos()),
     "cosines stand"),
    (*info(lambda c: mutual(c, lambda p, r, k: (p * (p / (r * k)).log()).abs().sum())), "absolute values"),
    (*info(lambda c: mutual(c, lambda p, r, k: (p * (p / (r * k)).log()).sum(1))), "for each row"),
    (*info(lambda c: mutual(c, lambda p, r, k: c.sum() * ((p - r * k) ** 2 / (r * k)).sum())), "pearson"),
    (*info(lambda c: mutual(c, lambda p, r, k: by_entropies(c) / entropy(k))), "a share between 0 and 1"),
    (*info(lambda c: mutual(c, lambda p, r, k: (p * ((p + 0.01) / (r * k)).log()).sum())), "inside the logarithm"),
    (*info(lambda c: mutual(c / c.sum(1, keepdim=True) * c.sum(), lambda p, r, k: (p * (p / (r * k)).log()).sum() * len(c)
                            + len(c) * math.log(1 / len(c)))), "conditional shares"),
    (*way(lambda z, s, t: (z[t].mean(0) + z[s].mean(0)) / 2), "the middle"),
    (*way(lambda z, s, t: z[t].mean() - z[s].mean()), "one number is left"),
    ("direction", lambda codes, labels, source, target: codes[target] - codes[source], "one single sentence"),
    ("direction", lambda codes, labels, source, target: codes[labels == 1].mean(0) - codes[labels == 0].mean(0), "are not used"),
    (*mended(lambda v, m, z: v), "nothing is taken off"),
    (*mended(lambda v, m, z: one_by_one(v, m[1:] - m[0])), "brings back"),
    (*mended(lambda v, m, z: v - sum((v @ d) / (d @ d) * d for d in m[1:] - m[0])), "taken off twice"),
    (*mended(lambda v, m, z: v - cleared(v, m[1:] - m[0])), "the one that shall go"),
    (*mended(lambda v, m, z: cleared(v, m)), "no difference. subtract"),
    (*mended(lambda v, m, z: cleared(v, (m[1:] - m[0])[:1])), "first two values"),
    (*mended(lambda v, m, z: cleared(v, torch.linalg.svd(m - m.mean(0))[2][:1])), "differ most"),
    (*mended(lambda v, m, z: cleared(v, z - z.mean(0))), "single sentences differ"),
    (*mended(lambda v, m, z: 2 * cleared(v, m[1:] - m[0]) - v), "mirrored"),
    (*mended(lambda v, m, z: normalize(cleared(v, m[1:] - m[0]), dim=0) * v.norm()), "stretched"),
    (*mended(lambda v, m, z: normalize(cleared(v, m[1:] - m[0]), dim=0)), "length is made 1"),
    (*mended(lambda v, m, z: torch.stack([cleared(code, m[1:] - m[0]) for code in z])), "off the codes"),
    (*mended(lambda v, m, z: v - (q := torch.linalg.qr((m[1:] - m[0]).T).Q) @ (q.T @ v)), "makes up an axis"),
    (*mended(lambda v, m, z: 0 * v), "more is gone"),
    (*mended(lambda v, m, z: cleared(v, m[1:2] - m[-1:])), "some of what was to go"),
    ("repaired", lambda vector, codes, labels: cleared(vector, torch.stack([codes[labels == x][0] for x in labels.unique()])
                                                       .diff(dim=0)), "one sentence for each value"),
    ("repaired", lambda vector, codes, labels: cleared(vector, torch.stack([codes[labels == x].sum(0) for x in labels.unique()])
                                                       .diff(dim=0)), "for its size alone"),
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
    (*way(lambda z, s, t: (z[t].mean(0) - z[~t].mean(0)).double()), ["not the target"]),
]
