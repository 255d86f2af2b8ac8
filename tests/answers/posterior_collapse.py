"""Answers to the exercises of lesson 07: right ones however written, usual mistakes, mistakes together."""
import math

import torch

NAMES = ("true_posterior_mean", "information_lower", "gain_at_each_word", "misfits")
log = torch.special.xlogy


def mean(f):
    return (NAMES[0], f)


def info(f):
    return (NAMES[1], f)


def gain(f):
    return (NAMES[2], f)


def parts(f):
    return (NAMES[3], f)


def inverted(p, q):
    """q(z), and Bayes' inverse "batch latent"."""
    code = p @ q
    return code, (p[:, None] * q / code).nan_to_num()


def three(p, q, d, r, *, entropy=None, prior=None, decoder=None):
    """The three parts, or what is put in place of one."""
    code, inverse = inverted(p, q)
    each = (log(inverse, inverse) - log(inverse, d.T)).sum(0)
    right = (-log(p, p).sum(), (log(code, code) - log(code, r)).sum(), (code * each).sum())
    return torch.stack([new if new is not None else old for new, old in zip((entropy, prior, decoder), right, strict=True)])


def careless(p, q, d, r):
    inverse = q / q.sum(0)
    return three(p, q, d, r, decoder=(p @ q * (log(inverse, inverse) - log(inverse, d.T)).sum(0)).sum())


def by_difference(p, q, d, r):
    """The decoder's part as what is left of -ELBO."""
    first, second, _ = three(p, q, d, r)
    return torch.stack([first, second, (p[:, None] * (log(q, q) - log(q, r * d.T))).sum() - first - second])


def real(own, lengths):
    return torch.arange(own.shape[1]) < lengths[:, None]


def others(log_q):
    return log_q.masked_fill(torch.eye(len(log_q)).bool(), -math.inf)


def mean_by_loop(log_joint, grid):
    columns = [(column - column.max()).exp() for column in log_joint.T]
    return torch.stack([(w * grid).sum() / w.sum() for w in columns])


def gain_by_loop(own, stranger, lengths):
    return torch.stack([torch.stack([own[i, t] - stranger[i, t] for i in range(len(own)) if t < lengths[i]]).mean()
                        for t in range(own.shape[1])])

RIGHT = [
    mean(mean_by_loop), mean(lambda j, g: g @ j.softmax(0)), mean(lambda j, g: (g[:, None] * (j - j.logsumexp(0)).exp()).sum(0)),
    info(lambda q: q.log_softmax(1).diagonal() + math.log(len(q))),
    info(lambda q: torch.stack([q[i, i] - q[i].logsumexp(0) + math.log(len(q)) for i in range(len(q))])),
    parts(three), parts(by_difference),
    gain(gain_by_loop), gain(lambda o, s, n: torch.where(real(o, n), o - s, torch.nan).nanmean(0)),
]
WRONG = [
    (*mean(lambda j, g: (j.softmax(1) * g[:, None]).sum(0)), "over the sentences"),
    (*mean(lambda j, g: (j.exp() * g[:, None]).sum(0)), "do not add up"),
    (*mean(lambda j, g: (j.exp() / j.exp().sum(0) * g[:, None]).sum(0)), "use softmax"),
    (*mean(lambda j, g: g[j.argmax(0)]), "the mode"),
    (*mean(lambda j, g: g.mean().repeat(j.shape[1])), "every point weighs the same"),
    (*mean(lambda j, g: (j.log_softmax(0) * g[:, None]).sum(0)), "weighs with log-prob"),
    (*mean(lambda j, g: (j.softmax(0) * g[:, None]**2).sum(0)), "squared"),
    (*mean(lambda j, g: torch.nan_to_num((g[:, None] * j.exp()).sum(0) / j.exp().sum(0))), "underflow"),
    (*mean(lambda j, g: (g[:, None] * j.softmax(0)).mean(0)), "number of points"),
    (*mean(lambda j, g: (g[:, None] * (j - g[:, None]**2 / 2).softmax(0)).sum(0)), "prior is multiplied in again"),
    (*parts(careless), "needs p(x)"),
    (*parts(lambda p, q, d, r: three(p, q, d, r, prior=(log(r, r) - log(r, p @ q)).sum())), "prior's kl is turned"),
    (*parts(lambda p, q, d, r: three(p, q, d, r, prior=(p[:, None] * (log(q, q) - log(q, r))).sum())), "is the rate"),
    (*parts(lambda p, q, d, r: three(p, q, d, r, decoder=-(p[:, None] * log(q, d.T)).sum())), "is the reconstruction"),
    (*parts(lambda p, q, d, r: three(p, q, d, r, prior=-log(p @ q, r).sum())), "cross entropy"),
    (*parts(lambda p, q, d, r: three(p, q, d, r, entropy=-log(p @ q, p @ q).sum())), "entropy of z"),
    (*parts(lambda p, q, d, r: three(p, q, d, r, entropy=log(p, p).sum())), "sign of the entropy"),
    (*parts(lambda p, q, d, r: three(p, q, d, r).sum()), "one by one"),
    (*parts(lambda p, q, d, r: torch.stack([-(p * p.log()).sum(), *three(p, q, d, r)[1:]])), "nan"),
    (*info(lambda q: torch.diag(q) - torch.log(q.exp().mean(1))), "underflow"),
    (*info(lambda q: q.diagonal() - q.logsumexp(1)), "log n is missing"),
    (*info(lambda q: q.diagonal() - q.logsumexp(0) + math.log(len(q))), "axis 0"),
    (*info(lambda q: q.diagonal() - others(q).logsumexp(1) + math.log(len(q) - 1)), "upper"),
    (*info(lambda q: q.diagonal() - q.mean(1)), "mean of log q"),
    (*info(lambda q: q.logsumexp(1) - math.log(len(q)) - q.diagonal()), "sign"),
    (*info(lambda q: math.log(len(q)) - q.logsumexp(1)), "diagonal, is missing"),
    (*info(lambda q: q.diagonal()), "diagonal alone"),
    (*info(lambda q: (q.diagonal() - q.logsumexp(1) + math.log(len(q))).mean()), "averages over the sentences"),
    (*gain(lambda o, s, n: (o - s).mean(0)), "over padding"),
    (*gain(lambda o, s, n: ((o - s) * real(o, n)).mean(0)), "number of all sentences"),
    (*gain(lambda o, s, n: ((o - s) * real(o, n)).sum(0)), "not a mean"),
    (*gain(lambda o, s, n: ((o - s) * real(o, n)).sum(1)), "one number per position"),
    (*gain(lambda o, s, n: ((s - o) * real(o, n)).sum(0) / real(o, n).sum(0)), "sign"),
    (*gain(lambda o, s, n: ((o - s) * real(o, n - 1)).sum(0) / real(o, n - 1).sum(0).clamp_min(1)), "<eos>"),
    (*gain(lambda o, s, n: ((o.exp() - s.exp()) * real(o, n)).sum(0) / real(o, n).sum(0)), "probabilities"),
    (*gain(lambda o, s, n: (o * real(o, n)).sum(0) / real(o, n).sum(0)), "stranger is missing"),
]
COMPOSED = [
    (*mean(lambda j, g: -(j.softmax(1) * g[:, None]).sum(0)), ["sign", "over the sentences"]),
    (*mean(lambda j, g: (j.softmax(0) * g[:, None]).sum(0).mean()), ["averages"]),
    (*mean(lambda j, g: (j.softmax(1) * g[:, None]**2).sum(0)), ["squared", "over the sentences"]),
    (*mean(lambda j, g: (j.softmax(0) * g[:, None]**2).sum(0).double()), ["squared", "dtype"]),
    (*info(lambda q: (q.diagonal() - q.logsumexp(1)).mean()), ["log n", "averages"]),
    (*info(lambda q: q.logsumexp(1) - q.diagonal()), ["log n", "sign"]),
    (*info(lambda q: q.diagonal() - q.logsumexp(0)), ["log n", "axis 0"]),
    (*info(lambda q: (others(q).logsumexp(1) - math.log(len(q) - 1)) - q.diagonal()), ["upper", "sign"]),
    (*info(lambda q: (q.diagonal() - q.mean(1)).mean()), ["mean of log q", "averages"]),
    (*gain(lambda o, s, n: (s - o).mean(0)), ["padding", "sign"]),
    (*gain(lambda o, s, n: ((s - o) * real(o, n)).sum(0)), ["not a mean", "sign"]),
    (*gain(lambda o, s, n: ((s - o) * real(o, n)).mean(0)), ["all sentences", "sign"]),
    (*gain(lambda o, s, n: ((o - s) * real(o, n - 1)).mean(0)), ["all sentences", "<eos>"]),
]
