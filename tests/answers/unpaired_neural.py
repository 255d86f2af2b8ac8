"""Answers to the exercises of lesson 17 on learning by gradients: right however written, usual mistakes, mistakes together."""
import torch
from torch.nn import functional

NAMES = ("unseen_bound", "encoder_loss")
unseen, encoder = NAMES


def terms(log_q, log_back, log_first, log_next, log_end, q=None, neighbours=None, first=None, end=None):
    """Back-translation, language model, entropy; parts of it as somebody else would have them."""
    q = log_q.exp() if q is None else q
    inside = torch.einsum("ty,yz,tz->", q[:-1], log_next if neighbours is None else neighbours, q[1:])
    model = ((q[0] * log_first).sum() if first is None else first) + inside + ((q[-1] * log_end).sum() if end is None else end)
    return (q * log_back).sum(), model, -(q * log_q).sum()


def by_loop(log_q, log_back, log_first, log_next, log_end):
    """One place after the other."""
    q, total = log_q.exp(), torch.zeros((), dtype=log_q.dtype)
    for t, row in enumerate(q):
        for y, chance in enumerate(row):
            total = total + chance * (log_back[t, y] - log_q[t, y])
            total = total + chance * (log_first[y] if t == 0 else 0) + chance * (log_end[y] if t == len(q) - 1 else 0)
            if t:
                total = total + sum(q[t - 1, x] * chance * log_next[x, y] for x in range(len(row)))
    return total


def by_divergence(log_q, log_back, log_first, log_next, log_end):
    """As reconstruction minus KL."""
    back, model, entropy = terms(log_q, log_back, log_first, log_next, log_end)
    return back - (-entropy - model)


def parts(*inputs, **others):
    return terms(*inputs, **others)


def bce(logits, label):
    return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(label)))


RIGHT = [
    (unseen, by_loop), (unseen, by_divergence),
    (unseen, lambda *inputs: sum(parts(*inputs))),
    (encoder, lambda s, p, w: w * (functional.softplus(-s).mean() + functional.softplus(p).mean()) / 2),
    (encoder, lambda s, p, w: -w / 2 * (functional.logsigmoid(s).mean() + functional.logsigmoid(-p).mean())),
]

WRONG = [
    (unseen, lambda *x: parts(*x)[0] + parts(*x)[1], "entropy is missing"),
    (unseen, lambda *x: parts(*x)[0] + parts(*x)[2], "language model is missing"),
    (unseen, lambda *x: parts(*x)[1] + parts(*x)[2], "way back is missing"),
    (unseen, lambda *x: parts(*x)[0] + parts(*x)[1] - parts(*x)[2], "entropy has the wrong sign"),
    (unseen, lambda *x: parts(*x)[0] + 0.03 * (parts(*x)[1] + parts(*x)[2]), "weighed by .03"),
    (unseen, lambda *x: parts(*x)[0] - parts(*x)[1] - parts(*x)[2], "both are added"),
    (unseen, lambda *x: -sum(parts(*x)), "minus the bound"),
    (unseen, lambda *x: sum(parts(*x, first=0.0)), "does not look at the beginning"),
    (unseen, lambda *x: sum(parts(*x, end=0.0)), "does not look at the end"),
    (unseen, lambda *x: sum(parts(*x, neighbours=0 * x[3])), "words between them"),
    (unseen, lambda *x: sum(parts(*x, first=(x[0].exp() * x[2]).sum())), "taken for the beginning"),
    (unseen, lambda *x: sum(parts(*x, end=(x[0].exp() * x[4]).sum())), "taken for the end"),
    (unseen, lambda *x: sum(parts(*x, neighbours=x[3].T)), "wrong way round"),
    (unseen, lambda *x: sum(parts(*x, neighbours=x[3].exp())), "averaged as it is"),
    (unseen, lambda *x: sum(parts(*x, q=x[0])), "weights are log_q.exp()"),
    (unseen, lambda *x: sum(parts(*x, q=functional.one_hot(x[0].argmax(-1), x[0].shape[-1]).to(x[0]))),
     "only the likeliest word"),
    (unseen, lambda *x: x[1].sum() + parts(*x)[1] + parts(*x)[2], "weigh it by q"),
    (unseen, lambda *x: (x[0].exp() * x[1].exp()).sum(-1).log().sum() + parts(*x)[1] + parts(*x)[2], "Jensen"),
    (unseen, lambda *x: parts(*x)[0] / len(x[0]) + parts(*x)[1] + parts(*x)[2], "averaged over the places"),
    (unseen, lambda *x: sum(parts(*x)) / len(x[0]), "divided by the number of words"),
    (encoder, lambda s, p, w: w * (bce(s, 0) + bce(p, 1)) / 2, "what the judge minimises"),
    (encoder, lambda s, p, w: -w * (bce(s, 1) + bce(p, 0)) / 2, "sign is turned"),
    (encoder, lambda s, p, w: w * bce(s, 1) / 2, "plain words count as much"),
    (encoder, lambda s, p, w: w * bce(p, 0) / 2, "secret words count as much"),
    (encoder, lambda s, p, w: w * (bce(s, 1) + bce(p, 1)) / 2, "get the label 1"),
    (encoder, lambda s, p, w: w * (bce(s, 0) + bce(p, 0)) / 2, "get the label 0"),
    (encoder, lambda s, p, w: w * (bce(s, 1) + bce(p, 0)), "take the mean of the two"),
    (encoder, lambda s, p, w: (bce(s, 1) + bce(p, 0)) / 2, "weight is not used"),
    (encoder, lambda s, p, w: w * (bce(s.sigmoid(), 1) + bce(p.sigmoid(), 0)) / 2, "sigmoid before"),
    (encoder, lambda s, p, w: w * functional.binary_cross_entropy_with_logits(
        torch.cat([s, p]), torch.cat([torch.ones_like(s), torch.zeros_like(p)])), "over all words"),
    (encoder, lambda s, p, w: w * (len(s) * bce(s, 1) + len(p) * bce(p, 0)) / 2, "take their mean"),
    (encoder, lambda s, p, w: w * (p.mean() - s.mean()) / 2, "logits themselves"),
    (encoder, lambda s, p, w: -w * (bce(s, 0) + bce(p, 1)) / 2, "minus the judge's loss: the direction is right"),
]
