"""Answers to the exercises of lesson 16: right ones however written, usual mistakes, mistakes together."""
import torch

from gensq_lib.diagnostics import Outcomes
from gensq_lib.maths.adversarial.policy import group_baseline

NAMES = ("attended", "with_copies", "coverage", "best_judge", "beside_others", "drawn_again")
attended, copies, covered, judge, beside, again = NAMES


def scores(q, m):
    return (m @ q[..., None]).squeeze(-1) / m.shape[-1] ** 0.5


def looked(q, m, mask, axis=-1):
    weights = scores(q, m).masked_fill(~mask, float("-inf")).softmax(axis)
    return (weights[..., None] * m).sum(1)


def pointed(own, w, prompt):
    result = torch.zeros_like(own)
    for i in range(len(own)):
        for t in range(prompt.shape[1]):
            result[i, prompt[i, t]] = result[i, prompt[i, t]] + w[i, t]
    return result


def last_wins(own, w, prompt):
    return torch.zeros_like(own).scatter(1, prompt, w)


def odds(logits):
    p = logits.sigmoid()
    return p / (1 - p)


def known(p, q):
    """Scores of replies, as the library holds them."""
    rows = torch.arange(len(p)).repeat_interleave(p.shape[1])
    return Outcomes(p.flatten().double().log(), q.flatten().double().log(), rows)

RIGHT = [
    (attended, looked),
    (copies, lambda g, own, w, x: (1 - g)[:, None] * pointed(own, w, x) + g[:, None] * own),
    (covered, lambda p, n: 1 - ((1 - p) ** n).mean(-1)),
    (covered, lambda p, n: known(p, p).coverage(n).to(p.dtype)),
    (judge, lambda p, q: (torch.maximum(p, q).sum(-1) + 1 - q.sum(-1)) / 2),
    (judge, lambda p, q: known(p, q).judge.to(p.dtype)),
    (beside, lambda r: (r - r.mean(-1, keepdim=True)) * r.shape[-1] / (r.shape[-1] - 1)),
    (beside, lambda r: r - group_baseline(r.flatten(), group=r.shape[-1]).view_as(r)),
    (again, lambda x, s: (s * x).exp() / (s * x).exp().sum(-1, keepdim=True)),
    (again, lambda x, s: odds(x) ** s / (odds(x) ** s).sum(-1, keepdim=True)),
]

WRONG = [
    (copies, lambda g, own, w, x: g[:, None] * own + pointed(own, w, x), "the copied half is added in full"),
    (judge, lambda p, q: (torch.maximum(p, q / q.sum(-1, keepdim=True)).sum(-1)) / 2, "made to add up to 1 first"),
    (attended, lambda q, m, x: looked(q, m, torch.ones_like(x)), "padding is looked at"),
    (attended, lambda q, m, x: ((scores(q, m) * x).softmax(-1)[..., None] * m).sum(1), "exp(0) is 1"),
    (attended, lambda q, m, x: looked(q * m.shape[-1] ** 0.5, m, x), "square root of the size is missing"),
    (attended, lambda q, m, x: (scores(q, m).masked_fill(~x, -1e30).softmax(0)[..., None] * m).sum(1), "over the batch"),
    (attended, lambda q, m, x: (m * x[..., None]).sum(1) / x.sum(1, keepdim=True), "weigh the same"),
    (attended, lambda q, m, x: m[torch.arange(len(m)), scores(q, m).masked_fill(~x, -1e30).argmax(1)], "argmax"),
    (attended, lambda q, m, x: ((scores(q, m) * x)[..., None] * m).sum(1), "the scores themselves"),
    (attended, lambda q, m, x: scores(q, m).masked_fill(~x, float("-inf")).softmax(-1), "returns the weights"),
    (attended, lambda q, m, x: looked(-q, m, x), "wrong sign"),
    (copies, lambda g, own, w, x: (1 - g)[:, None] * own + g[:, None] * pointed(own, w, x), "swapped"),
    (copies, lambda g, own, w, x: g[:, None] * own + (1 - g)[:, None] * last_wins(own, w, x), "stands twice"),
    (copies, lambda g, own, w, x: own + pointed(own, w, x), "adds up to 2"),
    (copies, lambda g, own, w, x: (1 - g)[:, None] * pointed(own, w, x), "words of one's own are missing"),
    (copies, lambda g, own, w, x: g[:, None] * own, "nothing is copied"),
    (copies, lambda g, own, w, x: g[:, None] * own + (1 - g)[:, None] * pointed(own, torch.full_like(w, 1 / w.shape[1]), x),
     "counts the same"),
    (copies, lambda g, own, w, x: own * pointed(own, w, x), "multiplied"),
    (covered, lambda p, n: ((1 - p) ** n).mean(-1), "does *not* occur"),
    (covered, lambda p, n: (p**n).mean(-1), "all samples are this reply"),
    (covered, lambda p, n: (n * p).mean(-1), "can exceed 1"),
    (covered, lambda p, n: p.mean(-1), "one sample only"),
    (covered, lambda p, n: 1 - (1 - p.sum(-1)) ** n, "added first"),
    (covered, lambda p, n: (p * (1 - (1 - p) ** n)).sum(-1), "weighted by their probability"),
    (covered, lambda p, n: (1 - (1 - p) ** n).sum(-1), "expected number"),
    (covered, lambda p, n: (1 - (1 - p) ** n).mean(), "batch"),
    (judge, lambda p, q: 0.5 + (p - q).abs().sum(-1) / 4, "beside the valid replies is forgotten"),
    (judge, lambda p, q: 0.5 + (((p - q) ** 2).sum(-1) + 1 - q.sum(-1)) / 4, "squared"),
    (judge, lambda p, q: 0.5 + ((p - q).abs().sum(-1) + 1 - q.sum(-1)) / 2, "half of it goes on top"),
    (judge, lambda p, q: ((p - q).abs().sum(-1) + 1 - q.sum(-1)) / 4, "the 1/2 is missing"),
    (judge, lambda p, q: 0.5 + ((p - q).clamp(min=0).sum(-1) + 1 - q.sum(-1)) / 4, "p above q are counted"),
    (judge, lambda p, q: torch.minimum(p, q).sum(-1) / 2 + 0.5, "share"),
    (beside, lambda r: r - r.mean(-1, keepdim=True), "in its own baseline"),
    (beside, lambda r: r - (r.sum(-1, keepdim=True) - r) / r.shape[-1], "divided by all replies"),
    (beside, lambda r: r - r.sum(-1, keepdim=True) / (r.shape[-1] - 1), "the sum holds the reply itself"),
    (beside, lambda r: r - (r.sum(0) - r) / (len(r) - 1), "runs over prompts"),
    (beside, lambda r: r - (r.sum() - r) / (r.numel() - 1), "over all prompts at once"),
    (beside, lambda r: (r.sum(-1, keepdim=True) - r) / (r.shape[-1] - 1), "this is the baseline"),
    (beside, lambda r: (r.sum(-1, keepdim=True) - r) / (r.shape[-1] - 1) - r, "turned"),
    (beside, lambda r: r - (r.sum(-1, keepdim=True) - r), "their mean is wanted"),
    (beside, lambda r: r + (r.sum(-1, keepdim=True) - r) / (r.shape[-1] - 1), "must be subtracted"),
    (again, lambda x, s: (s * x).sigmoid() / (s * x).sigmoid().sum(-1, keepdim=True), "odds"),
    (again, lambda x, s: (s * x).exp(), "divide them by their sum"),
    (again, lambda x, s: (s * x).softmax(0), "over prompts"),
    (again, lambda x, s: x.softmax(-1), "scale is not used"),
    (again, lambda x, s: (x / s).softmax(-1), "divides by the scale"),
    (again, lambda x, s: s * x.softmax(-1), "belongs to the logits"),
    (again, lambda x, s: (-s * x).softmax(-1), "judge refuses"),
    (again, lambda x, s: torch.nn.functional.one_hot(x.argmax(-1), x.shape[-1]).to(x.dtype), "reranking"),
    (again, lambda x, s: (s * x).log_softmax(-1), "logarithms"),
    (again, lambda x, s: x / x.sum(-1, keepdim=True), "divided by their sum"),
    (again, lambda x, s: (s * x).exp() / (s * x).exp().sum(), "share one sum"),
]

COMPOSED = [
    (attended, lambda q, m, x: looked(-q, m, torch.ones_like(x)), ["padding", "wrong sign"]),
    (attended, lambda q, m, x: looked(q * m.shape[-1] ** 0.5, m, torch.ones_like(x)), ["padding", "square root"]),
    (attended, lambda q, m, x: scores(q, m).softmax(-1), ["padding", "returns the weights"]),
    (copies, lambda g, own, w, x: own + last_wins(own, w, x), ["adds up to 2", "stands twice"]),
    (copies, lambda g, own, w, x: (1 - g)[:, None] * own + g[:, None] * last_wins(own, w, x), ["swapped", "stands twice"]),
    (covered, lambda p, n: ((1 - p) ** n).sum(-1), ["does *not* occur", "expected number"]),
    (covered, lambda p, n: (n * p).sum(-1), ["can exceed 1", "expected number"]),
    (judge, lambda p, q: (p - q).abs().sum(-1) / 4, ["forgotten", "1/2 is missing"]),
    (judge, lambda p, q: 0.5 + (p - q).abs().sum(-1) / 2, ["forgotten", "half of it"]),
    (judge, lambda p, q: ((p - q) ** 2).sum(-1) / 4 + 0.5, ["squared", "forgotten"]),
    (beside, lambda r: r.mean(-1, keepdim=True) - r, ["in its own baseline", "turned"]),
    (beside, lambda r: r - r.sum(-1, keepdim=True), ["the sum holds the reply itself", "their mean is wanted"]),
    (again, lambda x, s: (-x).softmax(-1), ["scale is not used", "judge refuses"]),
    (again, lambda x, s: x.exp(), ["scale is not used", "divide them by their sum"]),
]
