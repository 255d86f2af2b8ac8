"""Answers to the exercises of lesson 11: right ones however written, usual mistakes, mistakes together."""
import math

import torch

from gensq_lib.maths.objectives import log_mean_exp
from gensq_lib.text.consensus import expected_utility as by_library
from gensq_lib.text.consensus import pieces

NAMES = ("prior_score", "expected_utility", "channel_scores", "won")
prior, utility, channel, won = NAMES


def bags(sentences):
    return [pieces(tuple(str(word) for word in row if word)) for row in sentences.tolist()]


def against_all(weights, sentences, score, mean=lambda table, w: table @ w):
    own = bags(sentences)
    table = torch.tensor([[float(score(a, b)) for b in own] for a in own], dtype=weights.dtype)
    return mean(table, weights)


def f1(a, b):
    return 2 * (a & b).total() / (a.total() + b.total())


def with_vocabulary(weights, sentences):
    """By counts in tensors, without a loop over pairs of sentences."""
    own = bags(sentences)
    known = list({piece for bag in own for piece in bag})
    counts = torch.tensor([[bag[piece] for piece in known] for bag in own]).to(weights)
    shared = torch.minimum(counts[:, None], counts[None]).sum(-1)
    return (2 * shared / (counts.sum(-1)[:, None] + counts.sum(-1))) @ weights


def gains(ours, theirs, picks):
    return ours[picks].mean(-1) - theirs[picks].mean(-1)


RIGHT = [
    (prior, lambda ll, lp, lq: log_mean_exp(ll + lp - lq)),
    (prior, lambda ll, lp, lq: (ll.exp() * (lp - lq).exp()).mean(0).log()),
    (utility, with_vocabulary),
    (utility, lambda w, s: against_all(w, s, f1)),
    (utility, lambda w, s: by_library(w.tolist(), [tuple(str(x) for x in row if x) for row in s.tolist()]).to(w.dtype)),
    (channel, lambda d, c, lm, t, s, w: w / s * c + w / s * lm + d / t),
    (won, lambda a, b, picks: ((a - b)[picks].sum(-1).sign() + 1).mean() / 2),
]

WRONG = [
    (prior, lambda ll, lp, lq: log_mean_exp(ll), "weights are missing"),
    (prior, lambda ll, lp, lq: log_mean_exp(ll - lp + lq), "turned around"),
    (prior, lambda ll, lp, lq: log_mean_exp(ll + lp), "not subtracted"),
    (prior, lambda ll, lp, lq: log_mean_exp(ll - lq), "log_prior is missing"),
    (prior, lambda ll, lp, lq: (ll + lp - lq).mean(0), "the ELBO"),
    (prior, lambda ll, lp, lq: (ll + lp - lq).logsumexp(0), "added and not averaged"),
    (prior, lambda ll, lp, lq: (ll + lp - lq).amax(0), "only the best draw"),
    (prior, lambda ll, lp, lq: (ll + lp - lq).exp().mean(0), "this is p itself"),
    (prior, lambda ll, lp, lq: log_mean_exp(ll * (lp - lq).exp()), "weights multiply log p"),
    (prior, lambda ll, lp, lq: log_mean_exp((ll + lp - lq).T), "averages over sentences"),
    (prior, lambda ll, lp, lq: (ll + lp - lq).logsumexp(0) - math.log(ll.shape[1]), "number of sentences"),
    (prior, lambda ll, lp, lq: -log_mean_exp(ll + lp - lq), "sign"),
    (prior, lambda ll, lp, lq: log_mean_exp(ll + lp - lq).mean(), "batch"),
    (prior, lambda ll, lp, lq: log_mean_exp(ll + lp - lq) / math.log(2), "bits"),
    (utility, lambda w, s: against_all(w, s, lambda a, b: f1(type(a)({k: v for k, v in a.items() if isinstance(k, str)}),
                                                            type(b)({k: v for k, v in b.items() if isinstance(k, str)}))),
     "pairs of neighbours are not counted"),
    (utility, lambda w, s: against_all(w, s, lambda a, b: (a & b).total() / a.total()), "precision"),
    (utility, lambda w, s: against_all(w, s, lambda a, b: (a & b).total() / b.total()), "recall"),
    (utility, lambda w, s: against_all(w, s, lambda a, b: f1(a, b) / 2), "factor 2 is missing"),
    (utility, lambda w, s: against_all(w, s, lambda a, b: (a & b).total()), "long sentences win"),
    (utility, lambda w, s: against_all(w, s, lambda a, b: a == b), "the mode"),
    (utility, lambda w, s: against_all(w, s, lambda a, b: (a & b).total() / (a | b).total()), "union"),
    (utility, lambda w, s: against_all(w, s, lambda a, b: f1(type(a)(set(a)), type(b)(set(b)))), "counted once"),
    (utility, lambda w, s: against_all(w, s, f1, lambda table, w: table.mean(1)), "weights are not used"),
    (utility, lambda w, s: against_all(w, s, f1, lambda table, w: table.sum(1)), "added up without weights"),
    (utility, lambda w, s: against_all(w, s, f1, lambda table, w: table @ w - w), "left out"),
    (utility, lambda w, s: against_all(w, s, f1, lambda table, w: w.sum() - table @ w), "this is the risk"),
    (utility, lambda w, s: against_all(w, s, f1, lambda table, w: table.amax(1)), "most similar"),
    (utility, lambda w, s: w.clone(), "these are the weights"),
    (utility, lambda w, s: against_all(w, s, f1, lambda table, w: table.mean(1) * w), "its own weight"),
    (utility, lambda w, s: against_all(w, s, f1, lambda table, w: -(table @ w)), "sign"),
    (channel, lambda d, c, lm, t, s, w: d + w * (c + lm), "nothing is divided"),
    (channel, lambda d, c, lm, t, s, w: d + w * (c + lm) / s, "not divided by the length of the translation"),
    (channel, lambda d, c, lm, t, s, w: d / t + w * (c + lm), "not divided by the length of the source"),
    (channel, lambda d, c, lm, t, s, w: d / s + w * (c + lm) / t, "swapped"),
    (channel, lambda d, c, lm, t, s, w: (d + w * (c + lm)) / t, "long ones are favoured"),
    (channel, lambda d, c, lm, t, s, w: (d + w * (c + lm)) / s, "of words of the translation"),
    (channel, lambda d, c, lm, t, s, w: d / t + w * c / s, "log p(y) is missing"),
    (channel, lambda d, c, lm, t, s, w: d / t + w * lm / s, "nothing looks back"),
    (channel, lambda d, c, lm, t, s, w: w * (c + lm) / s, "made the list"),
    (channel, lambda d, c, lm, t, s, w: d / t + (w * c + lm) / s, "weight is on the channel alone"),
    (channel, lambda d, c, lm, t, s, w: d / t + (c + lm) / s, "weight is not used"),
    (channel, lambda d, c, lm, t, s, w: w * d / t + (c + lm) / s, "on the direct model"),
    (channel, lambda d, c, lm, t, s, w: d / t + w * (c - lm) / s, "subtracted: that is another"),
    (channel, lambda d, c, lm, t, s, w: d / t - w * (c + lm) / s, "explain the source"),
    (channel, lambda d, c, lm, t, s, w: (1 - w) * d / t + w * (c + lm) / s, "1 - weight"),
    (channel, lambda d, c, lm, t, s, w: -d / t - w * (c + lm) / s, "sign"),
    (won, lambda a, b, picks: (gains(a, b, picks) > 0).to(a).mean(), "counts as lost"),
    (won, lambda a, b, picks: (gains(a, b, picks) >= 0).to(a).mean(), "counts as won"),
    (won, lambda a, b, picks: ((b - a)[picks].sum(-1).sign() + 1).mean() / 2, "other system won"),
    (won, lambda a, b, picks: (a - b)[picks].sum(-1).mean(), "mean gain"),
    (won, lambda a, b, picks: ((a - b).sign() + 1).mean() / 2, "share of sentences"),
    (won, lambda a, b, picks: ((a - b)[picks].sign() + 1).mean() / 2, "counts by itself"),
    (won, lambda a, b, picks: ((a - b)[picks].sum(0).sign() + 1).mean() / 2, "over resamples"),
    (won, lambda a, b, picks: ((a[picks] - b[picks.flip(0)]).sum(-1).sign() + 1).mean() / 2, "different sentences"),
    (won, lambda a, b, picks: ((a - b)[picks].sum(-1).sign() + 1).sum() / 2, "number of resamples"),
    (won, lambda a, b, picks: ((a - b).sum().sign() + 1) / 2, "one draw"),
]

COMPOSED = [
    (prior, lambda ll, lp, lq: ll.mean(0), ["weights are missing", "the ELBO"]),
    (prior, lambda ll, lp, lq: ll.logsumexp(0), ["weights are missing", "added and not averaged"]),
    (prior, lambda ll, lp, lq: ll.exp().mean(0), ["weights are missing", "this is p itself"]),
    (prior, lambda ll, lp, lq: (ll + lp).mean(0), ["not subtracted", "the ELBO"]),
    (utility, lambda w, s: against_all(w, s, lambda a, b: (a & b).total() / a.total(), lambda table, w: table.mean(1)),
     ["precision", "weights are not used"]),
    (utility, lambda w, s: against_all(w, s, lambda a, b: (a & b).total(), lambda table, w: table.sum(1)),
     ["long sentences win", "added up without weights"]),
    (channel, lambda d, c, lm, t, s, w: d + w * c, ["nothing is divided", "log p(y) is missing"]),
    (channel, lambda d, c, lm, t, s, w: d + c + lm, ["nothing is divided", "weight is not used"]),
    (channel, lambda d, c, lm, t, s, w: d / t + w * c, ["not divided by the length of the source", "log p(y) is missing"]),
    (won, lambda a, b, picks: ((b - a)[picks].sum(-1) > 0).to(a).mean(), ["other system won", "counts as lost"]),
    (won, lambda a, b, picks: ((a - b)[picks].sum(-1) > 0).to(a).sum(), ["number of resamples", "counts as lost"]),
]
