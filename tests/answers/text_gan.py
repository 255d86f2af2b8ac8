"""Answers to the exercises of lesson 15: right ones however written, usual mistakes, mistakes together."""
import torch
from torch.nn.functional import one_hot, pad

from gensq_lib.maths.adversarial import policy

NAMES = ("reinforce_loss", "reward_to_go", "others_mean", "straight_through", "prefix_rewards", "leashed", "preference_loss")
loss, togo, mean, straight, prefix, leash, prefers = NAMES


def by_loop(rewards, mask):
    out = torch.zeros_like(rewards)
    for i in range(len(rewards)):
        for t in range(int(mask[i].sum())):
            out[i, t] = rewards[i, t : int(mask[i].sum())].sum()
    return out


def leashed_by_loop(log_start, rewards, beta):
    out = torch.empty_like(log_start)
    for i, (row, paid) in enumerate(zip(log_start, rewards)):
        weights = torch.stack([torch.exp(p) * torch.exp(r / beta) for p, r in zip(row, paid)])
        out[i] = torch.log(weights / weights.sum())
    return out


def hard(soft):
    return one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)


def count(mask):
    return mask.sum(0)

RIGHT = [
    (loss, lambda p, a, m: -torch.where(m, a.detach() * p, 0.0).sum(1)),
    (loss, policy.reinforce_loss),
    (togo, by_loop), (togo, policy.reward_to_go),
    (mean, policy.position_baseline),
    (straight, lambda s: hard(s) + s - s.detach()),
    (prefix, lambda v, m: torch.diff(v, dim=-1, prepend=torch.zeros_like(v[:, :1])) * m), (prefix, policy.increments),
    (leash, lambda s, r, b: (s + r / b).log_softmax(-1)), (leash, lambda s, r, b: leashed_by_loop(s, r, b)),
    (leash, lambda s, r, b: (s.exp() * (r / b).exp() / (s.exp() * (r / b).exp()).sum(-1, keepdim=True)).log()),
    (prefers, lambda c, r, cs, rs, b: torch.nn.functional.softplus(-b * (c - r - cs + rs))),
    (prefers, lambda c, r, cs, rs, b: -torch.sigmoid(b * (c - cs) - b * (r - rs)).log()),
]

WRONG = [
    (mean, lambda r, m: (r * m).sum(0) / count(m).clamp(min=1) * m, "where it is the only one left nothing of it remains"),
    (mean, lambda r, m: ((r * m).sum(0) - r * m) / (count(m) - 1).clamp(min=1), "padding has a baseline"),
    (prefix, lambda v, m: torch.diff(v.sigmoid(), dim=-1, prepend=0.5 + 0 * v[:, :1]) * m, "judge's probability"),
    (prefix, lambda v, m: torch.diff(pad(v, (1, 0))[:, :-1], dim=-1, prepend=0 * v[:, :1]) * m, "for the word before it"),
    (leash, lambda s, r, b: (s + r).log_softmax(-1), "beta is missing"),
    (leash, lambda s, r, b: (s + r * b).log_softmax(-1), "multiplied"),
    (leash, lambda s, r, b: (r / b).log_softmax(-1), "the start is missing"),
    (leash, lambda s, r, b: s + r / b, "do not add up to 1"),
    (leash, lambda s, r, b: (s + r / b).log_softmax(0), "over the batch"),
    (leash, lambda s, r, b: (s + r / b).softmax(-1), "their logarithms"),
    (leash, lambda s, r, b: (s - r / b).log_softmax(-1), "comes in with a minus"),
    (leash, lambda s, r, b: ((s + r) / b).log_softmax(-1), "start is divided"),
    (leash, lambda s, r, b: s + r / b - (s + r / b).amax(-1, keepdim=True), "the greatest"),
    (prefers, lambda c, r, cs, rs, b: -torch.nn.functional.logsigmoid(b * (c - r)), "the start is missing"),
    (prefers, lambda c, r, cs, rs, b: -torch.nn.functional.logsigmoid(-b * (c - cs - r + rs)), "rewards the rejected"),
    (prefers, lambda c, r, cs, rs, b: -torch.nn.functional.logsigmoid(c - cs - r + rs), "beta is missing"),
    (prefers, lambda c, r, cs, rs, b: -b * torch.nn.functional.logsigmoid(c - cs - r + rs), "belongs inside"),
    (prefers, lambda c, r, cs, rs, b: -torch.nn.functional.logsigmoid(b * (c - cs)), "plays no part"),
    (prefers, lambda c, r, cs, rs, b: -torch.sigmoid(b * (c - cs - r + rs)), "minus its logarithm"),
    (prefers, lambda c, r, cs, rs, b: -b * (c - cs - r + rs), "grow for ever"),
    (prefers, lambda c, r, cs, rs, b: torch.nn.functional.logsigmoid(b * (c - cs - r + rs)), "downhill"),
    (prefers, lambda c, r, cs, rs, b: -torch.nn.functional.logsigmoid(b * (c - cs - r + rs)).mean(), "one for each"),
    (loss, lambda p, a, m: (a.detach() * p * m).sum(-1), "downhill"),
    (loss, lambda p, a, m: -(a.detach() * p).sum(-1), "padding is counted"),
    (loss, lambda p, a, m: -(a.detach() * p * m).sum(-1) / m.sum(-1), "mean over the words"),
    (loss, lambda p, a, m: -(a.detach() * p * m), "one number per word"),
    (loss, lambda p, a, m: -(a.detach() * p.exp() * m).sum(-1), "takes the probability"),
    (loss, lambda p, a, m: -((a * m).sum(-1, keepdim=True).detach() * p * m).sum(-1), "sum of all advantages"),
    (loss, lambda p, a, m: -(a * p * m).sum(-1), "detach them"),
    (loss, lambda p, a, m: -((a.detach() + p) * m).sum(-1), "are added"),
    (loss, lambda p, a, m: -(a * m).sum(-1), "log-probability is missing"),
    (loss, lambda p, a, m: -(a.detach() * p * m).sum(), "sums over the batch"),
    (togo, lambda r, m: (r * m).cumsum(-1) * m, "from the first word on"),
    (togo, lambda r, m: (r * m).sum(-1, keepdim=True) * m, "whole sentence"),
    (togo, lambda r, m: r * m, "only its own"),
    (togo, lambda r, m: by_loop(r, m) - r * m, "left out"),
    (togo, lambda r, m: r.flip(-1).cumsum(-1).flip(-1) * m, "on padding are counted"),
    (togo, lambda r, m: (r * m).flip(0).cumsum(0).flip(0) * m, "over the batch"),
    (mean, lambda r, m: ((r * m).sum(0) / count(m).clamp(min=1)) * (m & (count(m) > 1)), "own return is in its baseline"),
    (mean, lambda r, m: ((r * m).sum(0) - r * m) / count(m).clamp(min=1) * (m & (count(m) > 1)), "one fewer"),
    (mean, lambda r, m: (r * m - policy.position_baseline(r, m)) * (m & (count(m) > 1)), "less the baseline"),
    (mean, lambda r, m: ((r * m).sum(0) - r * m) * (m & (count(m) > 1)), "take the mean"),
    (mean, lambda r, m: (r.sum(0) - r) / (len(r) - 1) * (m & (count(m) > 1)), "that have ended"),
    (straight, lambda s: s, "returns the soft choice"),
    (straight, hard, "no gradient"),
    (straight, lambda s: hard(s) - s + s.detach(), "wrong sign"),
    (straight, lambda s: hard(s) * s, "must be 1"),
    (straight, lambda s: hard(s) + s, "are added"),
    (straight, lambda s: hard(-s) + s - s.detach(), "argmin"),
    (prefix, lambda v, m: v * m, "again and again"),
    (prefix, lambda v, m: (pad(v, (1, 0))[:, :-1] - v) * m, "would be fined"),
    (prefix, lambda v, m: (v - pad(v, (1, 0))[:, :-1]) * m * (torch.arange(v.shape[1]) > 0), "first word earns nothing"),
    (prefix, lambda v, m: v - pad(v, (1, 0))[:, :-1], "padding earns"),
    (prefix, lambda v, m: (pad(v[:, 1:], (0, 1)) - v) * m, "the word before"),
    (prefix, lambda v, m: v * (m.cumsum(-1) == m.sum(-1, keepdim=True)) * m, "at the last word"),
]

COMPOSED = [
    (loss, lambda p, a, m: (a.detach() * p).sum(-1), ["padding is counted", "downhill"]),
    (loss, lambda p, a, m: -(a.detach() * p.exp()).sum(-1), ["padding is counted", "takes the probability"]),
    (loss, lambda p, a, m: (a.detach() * p * m).sum(-1) / m.sum(-1), ["mean over the words", "downhill"]),
    (togo, lambda r, m: r.cumsum(-1) * m, ["from the first word on"]),
    (togo, lambda r, m: -r.flip(-1).cumsum(-1).flip(-1) * m, ["on padding are counted", "sign"]),
    (togo, lambda r, m: r.sum(-1, keepdim=True) * m, ["whole sentence", "on padding are counted"]),
    (mean, lambda r, m: (r.sum(0) / len(r)) * (m & (count(m) > 1)), ["own return", "that have ended"]),
    (mean, lambda r, m: -policy.position_baseline(r, m), ["sign"]),
    (prefix, lambda v, m: pad(v, (1, 0))[:, :-1] - v, ["would be fined", "padding earns"]),
    (prefix, lambda v, m: -v * m, ["again and again", "would be fined"]),
]
