"""Answers to the exercises of lesson 03: right ones however written, usual mistakes, mistakes together."""
import torch
from torch.distributions import Normal

NAMES = ("score_gradient", "leave_one_out", "pathwise_gradient", "discrete_gradient")


def score(f):
    return ("score_gradient", f)


def base(f):
    return ("leave_one_out", f)


def path(f):
    return ("pathwise_gradient", f)


def discrete(f):
    return ("discrete_gradient", f)


def of_choices(logits, joint, z, *, value=None, score=None, baseline=None):
    """The estimates with a part exchanged."""
    q = logits.softmax(-1)
    value = joint[z] - q.log()[z] if value is None else value
    score = torch.eye(len(q))[z].to(q) - q if score is None else score
    baseline = by_loop(value[:, None])[:, 0] if baseline is None else baseline
    return (value - baseline)[:, None] * score


def choices_by_autograd(logits, joint, z):
    rows = []
    value = joint[z] - logits.log_softmax(-1)[z]
    for k in range(len(z)):
        own = logits.clone().requires_grad_()
        others = torch.cat([value[:k], value[k + 1:]]).mean()
        rows.append(torch.autograd.grad(own.log_softmax(-1)[z[k]], own)[0] * (value[k] - others))
    return torch.stack(rows)


def by_autograd(value, z, mean, stddev):
    own = mean.expand(len(z)).clone().requires_grad_()
    return value * torch.autograd.grad(Normal(own, stddev).log_prob(z).sum(), own)[0]


def by_loop(value):
    return torch.stack([value[[j for j in range(len(value)) if j != i]].mean(0) for i in range(len(value))])


def path_by_autograd(slope, noise, log_var):
    own = log_var.expand(len(noise)).clone().requires_grad_()
    return torch.autograd.grad((slope * (own / 2).exp() * noise).sum(), own)[0]

RIGHT = [score(by_autograd), score(lambda f, z, m, s: f / s * ((z - m) / s)), base(by_loop),
         base(lambda v: v.mean(0) + (v.mean(0) - v) / (len(v) - 1)), path(path_by_autograd),
         path(lambda d, e, v: d * e * v.exp().sqrt() / 2),
         discrete(of_choices), discrete(choices_by_autograd),
         discrete(lambda t, j, z: of_choices(t, j, z, value=j[z] - t[z]))]  # the baseline takes the normaliser away
WRONG = [
    (*discrete(lambda t, j, z: of_choices(t, j, z, value=j[z])), "log q(z) is missing"),
    (*discrete(lambda t, j, z: of_choices(t, j, z, value=j[z].exp() - t.softmax(-1)[z])), "not of probabilities"),
    (*discrete(lambda t, j, z: of_choices(t, j, z, baseline=0.0)), "baseline is missing"),
    (*discrete(lambda t, j, z: of_choices(t, j, z, baseline=(j[z] - t.log_softmax(-1)[z]).mean())), "own draw"),
    (*discrete(lambda t, j, z: of_choices(t, j, z, score=torch.eye(len(t))[z].to(t))), "second part is missing"),
    (*discrete(lambda t, j, z: of_choices(t, j, z, score=torch.eye(len(t))[z].to(t) - 1 / len(t))), "taken as even"),
    (*discrete(lambda t, j, z: of_choices(t, j, z, score=torch.eye(len(t))[z].to(t) / t.softmax(-1))), "as if they were free"),
    (*discrete(lambda t, j, z: torch.eye(len(t))[z].to(t) - t.softmax(-1)), "score alone"),
    (*discrete(lambda t, j, z: of_choices(t, j, z) - torch.eye(len(t))[z].to(t) + t.softmax(-1)), "only noise"),
    (*discrete(lambda t, j, z: of_choices(t, j, z).mean(0)), "averages over the draws"),
    (*discrete(lambda t, j, z: -of_choices(t, j, z)), "sign"),
    (*score(lambda f, z, m, s: f * (z - m) / s), "divides by the standard deviation"),
    (*score(lambda f, z, m, s: f * (z - m)), "division by the variance"),
    (*score(lambda f, z, m, s: f * z / s**2), "not subtracted"),
    (*score(lambda f, z, m, s: f * (m - z) / s**2), "sign"),
    (*score(lambda f, z, m, s: f * (z - m)**2 / s**2), "distance is squared"),
    (*score(lambda f, z, m, s: f * Normal(m, s).log_prob(z)), "f times log q"),
    (*score(lambda f, z, m, s: (z - m) / s**2), "f(z) is missing"),
    (*score(lambda f, z, m, s: f + (z - m) / s**2), "product"),
    (*score(lambda f, z, m, s: (f * (z - m) / s**2).mean()), "averages over the samples"),
    (*score(lambda f, z, m, s: (f * (z - m) / s**2).sum()), "sums over the samples"),
    (*base(lambda v: v.mean(0).expand_as(v)), "contains its own draw"),
    (*base(lambda v: (v.sum(0) - v) / len(v)), "divides by k"),
    (*base(lambda v: v.sum(0) - v), "sum of the others"),
    (*base(lambda v: (v.sum(1, keepdim=True) - v) / (v.shape[1] - 1)), "batch axis (1)"),
    (*base(lambda v: v.mean(0) - v), "own value from the mean"),
    (*base(lambda v: v - by_loop(v)), "the baseline alone"),
    (*path(lambda d, e, v: d * (v / 2).exp() * e), "1/2 is missing"),
    (*path(lambda d, e, v: 0.5 * d * v.exp() * e), "is the variance"),
    (*path(lambda d, e, v: 0.5 * d * v * e), "taken for the standard deviation"),
    (*path(lambda d, e, v: 0.5 * d * e), "standard deviation is missing"),
    (*path(lambda d, e, v: 0.5 * d * (v / 2).exp()), "noise is missing"),
    (*path(lambda d, e, v: 0.5 * d * (v / 2).exp() * e**2), "noise is squared"),
    (*path(lambda d, e, v: 0.5 * (v / 2).exp() * e), "slope f'(z) is missing"),
    (*path(lambda d, e, v: (0.5 * d * (v / 2).exp() * e).mean()), "averages over the samples"),
]
COMPOSED = [
    (*score(lambda f, z, m, s: f * (m - z) / s), ["sign", "standard deviation"]),
    (*score(lambda f, z, m, s: (f * (z - m) / s).mean()), ["averages", "standard deviation"]),
    (*score(lambda f, z, m, s: (f * (m - z) / s**2).sum()), ["sign", "sums"]),
    (*score(lambda f, z, m, s: f * z / s), ["not subtracted", "standard deviation"]),
    (*score(lambda f, z, m, s: -f * z), ["not subtracted", "division", "sign"]),
    (*score(lambda f, z, m, s: (m - z) / s**2), ["missing", "sign"]),
    (*score(lambda f, z, m, s: (f * Normal(m, s).log_prob(z)).mean()), ["log q", "averages"]),
    (*score(lambda f, z, m, s: (f * (z - m) / s).double()), ["dtype", "standard deviation"]),
    (*score(lambda f, z, m, s: -(f * (z - m)**2 / s**2)), ["squared", "sign"]),
    (*base(lambda v: -(v.sum(0) - v)), ["sign", "sum of the others"]),
    (*base(lambda v: v - (v.sum(0) - v) / len(v)), []),
    (*base(lambda v: v.mean(1, keepdim=True).expand_as(v)), ["batch axis", "own draw"]),
    (*base(lambda v: -v.mean(0).expand_as(v)), ["sign", "own draw"]),
    (*base(lambda v: ((v.sum(0) - v) / len(v)).double()), ["dtype", "divides by k"]),
    (*base(lambda v: v.sum(1, keepdim=True) - v), ["batch axis", "sum of the others"]),
    (*path(lambda d, e, v: d * v.exp() * e), ["1/2", "variance"]),
    (*path(lambda d, e, v: -0.5 * d * v.exp() * e), ["sign", "variance"]),
    (*path(lambda d, e, v: d * e), ["1/2", "deviation is missing"]),
    (*path(lambda d, e, v: (d * (v / 2).exp() * e).mean()), ["1/2", "averages"]),
    (*path(lambda d, e, v: d * (v / 2).exp()), ["1/2", "noise is missing"]),
    (*path(lambda d, e, v: (d * (v / 2).exp() * e).double()), ["dtype", "1/2"]),
    (*path(lambda d, e, v: 0.5 * v.exp() * e), ["slope", "variance"]),
]
