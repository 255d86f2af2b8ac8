"""Answers to the exercises of lessons 01 and 02: right ones however written, usual mistakes, mistakes together."""
import math

import torch
from torch.distributions import Categorical, Normal, kl_divergence

from gensq_course.lessons.kl import museum

NUMBERS = ("log_marginal", "log_posterior", "elbo_per_sentence", "kl_between", "mean_and_error", "kl_categorical",
           "nats_per_token", "em_step", "mean_field",
           "balanced_draws")
PRECISIONS = (torch.float32, torch.float64)  # the lessons set float64; a reader may not
NAMES = (*NUMBERS, "wrong_line", "name_the_bugs")


def exercise(name):
    return lambda f: (name, f)


(marginal, posterior, bound, between, errors, words, tokens, rounds, field, balanced, line,
 bugs) = (exercise(name) for name in NAMES)


def masked(q, p):
    return (q.exp() * torch.where(q == -torch.inf, 0.0, q - p)).sum(-1)


def terms(q, p, lik):
    return torch.where(q == -torch.inf, torch.zeros_like(lik), lik + p - q)


def em_loops(joint, data):
    new = torch.zeros_like(joint)
    q = [[joint[w, d] / joint[w, d].sum() for d in range(joint.shape[1])] for w in range(joint.shape[0])]
    for z in range(joint.shape[2]):
        votes = torch.stack([torch.stack([data[w, d] * q[w][d][z] for d in range(joint.shape[1])]) for w in range(len(joint))])
        new[:, :, z] = votes.sum(1)[:, None] * votes.sum(0) / votes.sum()
    return new


def em(joint, data, *, q=None, over=None, weights=None):
    """A round of EM with a part exchanged."""
    q = joint / joint.sum(-1, keepdim=True) if q is None else q
    votes = data[..., None] * q if weights is None else weights * q
    who, does = votes.sum(1), votes.sum(0)
    over = votes.sum((0, 1)) if over is None else over
    return votes.sum((0, 1)) * (who / over)[:, None] * (does / over)


def schur(c):
    """The variance of each dimension when the others are known, one by one."""
    rows = []
    for one in c:
        kept = [[j for j in range(len(one)) if j != i] for i in range(len(one))]
        rows.append(torch.stack([one[i, i] - one[i, k] @ torch.linalg.solve(one[k][:, k], one[k, i]) if k else one[i, i]
                                 for i, k in enumerate(kept)]))
    return torch.stack(rows)


def mixed(q, p, *, parts=2):
    m = torch.logaddexp(q, p) - math.log(parts)
    return (q - m).exp(), (p - m).exp()


def gauss(a, s, b, t):
    return (t / s).log() + (s**2 + (a - b)**2) / (2 * t**2) - 0.5


def rows(d, e):
    return torch.stack([d.mean(0), e])

RIGHT = [
    marginal(lambda p, lik: torch.logsumexp(p[None] + lik, dim=1)),
    marginal(lambda p, lik: lik.max(-1).values + ((lik - lik.max(-1, keepdim=True).values).exp() @ p.exp()).log()),
    posterior(lambda p, lik: p + lik - torch.logsumexp(p + lik, -1, keepdim=True)),
    posterior(lambda p, lik: Categorical(logits=p + lik).logits),
    bound(lambda q, p, lik: torch.where(q > -torch.inf, q.exp() * (lik + p - q), 0.0).nansum(-1)),
    bound(lambda q, p, lik: (q.exp() * lik).sum(-1) - masked(q, p)),
    between(gauss), between(lambda a, s, b, t: kl_divergence(Normal(a, s), Normal(b, t))),
    errors(lambda q, p: rows(q - p, (q - p).var(0).sqrt() / len(q) ** 0.5)),
    words(lambda q, p: torch.where(q == -torch.inf, 0.0, q.exp() * (q - p).masked_fill(q == -torch.inf, 0.0)).sum(1)),
    words(lambda q, p: torch.nn.functional.kl_div(p, q, log_target=True, reduction="none")
          .masked_fill(q == -torch.inf, 0.0).sum(-1)),
    tokens(lambda kl, n: kl.sum(-1).sum() / n.sum()), tokens(lambda kl, n: kl.sum(-1).mean() / n.to(kl.dtype).mean()),
    rounds(em), rounds(em_loops), rounds(lambda j, d: em(j.double(), d).to(j.dtype)),
    field(schur), field(lambda c: 1 / torch.linalg.inv(c).diagonal(dim1=1, dim2=2)),
    field(lambda c: 1 / torch.einsum("bii->bi", torch.linalg.solve(c, torch.eye(c.shape[-1], dtype=c.dtype).expand_as(c)))),
    balanced(lambda q, p: 2 * (torch.sigmoid(q - p) * (q - p) + torch.sigmoid(p - q) - torch.sigmoid(q - p))),
    balanced(lambda q, p: mixed(q, p)[0] * (q - p) + mixed(q, p)[1] - mixed(q, p)[0]),
    line(lambda: 5), line(lambda: "5"), bugs(lambda: dict(museum.ANSWERS)),
]
WRONG = [
    (*marginal(lambda p, lik: (p.exp() * lik).sum(-1)), "by jensen"),
    (*marginal(lambda p, lik: lik.logsumexp(-1)), "prior is missing"),
    (*marginal(lambda p, lik: (p + lik).sum(-1)), "adds up logarithms"),
    (*marginal(lambda p, lik: (p + lik).exp().sum(-1).log()), "logsumexp"),
    (*marginal(lambda p, lik: (p + lik).logsumexp(0)), "batch axis (0)"),
    (*marginal(lambda p, lik: (p + lik).max(-1).values), "best z only"),
    (*marginal(lambda p, lik: (p + lik).logsumexp(-1) - math.log(lik.shape[-1])), "divides by the number"),
    (*marginal(lambda p, lik: -(p + lik).logsumexp(-1)), "sign is turned"),
    (*marginal(lambda p, lik: (p + lik).logsumexp(-1).exp()), "logarithm is missing"),
    (*posterior(lambda p, lik: p + lik), "log p(x, z)"),
    (*posterior(lambda p, lik: lik.log_softmax(-1)), "prior is missing"),
    (*posterior(lambda p, lik: (p + lik).log_softmax(0)), "over the batch"),
    (*posterior(lambda p, lik: (p + lik).softmax(-1)), "return their logarithms"),
    (*posterior(lambda p, lik: ((p + lik).exp() / (p + lik).exp().sum(-1, keepdim=True)).log()), "0 / 0"),
    (*posterior(lambda p, lik: p + lik - (p + lik).sum(-1, keepdim=True)), "sum of the logarithms"),
    (*bound(lambda q, p, lik: (q.exp() * (lik + p)).sum(-1)), "log q is missing"),
    (*bound(lambda q, p, lik: (q.exp() * torch.where(q == -torch.inf, 0.0, lik - q)).sum(-1)), "prior is missing"),
    (*bound(lambda q, p, lik: (q.exp() * lik).sum(-1) + masked(q, p)), "it is a price"),
    (*bound(lambda q, p, lik: -masked(q, p)), "log p(x|z) is missing"),
    (*bound(lambda q, p, lik: (p + lik).logsumexp(-1)), "log p(x) itself"),
    (*bound(lambda q, p, lik: (q.exp() * (lik + p - q)).sum(-1)), "0 log 0"),
    (*bound(lambda q, p, lik: terms(q, p, lik).sum(-1)), "weights are missing"),
    (*bound(lambda q, p, lik: (p.exp() * terms(q, p, lik)).sum(-1)), "under the prior"),
    (*bound(lambda q, p, lik: (q.exp() * terms(q, p, lik)).mean(-1)), "divides by the number"),
    (*bound(lambda q, p, lik: q.exp() * terms(q, p, lik)), "one number per z"),
    (*bound(lambda q, p, lik: (q.exp() * terms(q, p, lik)).sum(0)), "batch axis (0)"),
    (*between(lambda a, s, b, t: gauss(b, t, a, s)), "exchanged"),
    (*between(lambda a, s, b, t: (s / t)**2 + ((a - b) / t)**2 - 1 - (s / t).log()), "1/2 is missing"),
    (*between(lambda a, s, b, t: gauss(a, s, b, t).sum(-1)), "sums over the dimensions"),
    (*between(lambda a, s, b, t: gauss(a, s, b, t).mean(-1)), "hidden beta"),
    (*between(lambda a, s, b, t: gauss(a, s.sqrt(), b, t.sqrt())), "taken for variances"),
    (*between(lambda a, s, b, t: gauss(a, s, b, t) + 0.5), "- 1 is missing"),
    (*between(lambda a, s, b, t: gauss(a, s, b, t) + 2 * (s / t).log()), "upside down"),
    (*between(lambda a, s, b, t: gauss(a, s, b, t) + (s / t).log()), "is missing"),
    (*between(lambda a, s, b, t: (t / s).log() + (s**2 / t**2 + (a - b) / t - 1) / 2), "means must be squared"),
    (*errors(lambda q, p: rows(q - p, (q - p).std(0))), "sqrt(n) times more precise"),
    (*errors(lambda q, p: rows(q - p, (q - p).std(0) / len(q))), "divided by n"),
    (*errors(lambda q, p: rows(q - p, (q - p).var(0) / len(q) ** 0.5)), "uses the variance"),
    (*errors(lambda q, p: rows(p - q, (q - p).std(0) / len(q) ** 0.5)), "upside down"),
    (*errors(lambda q, p: (q - p).mean(0)), "estimate alone"),
    (*errors(lambda q, p: rows(q - p, (q - p).std(0, correction=0) / len(q) ** 0.5)), "divides by n;"),
    (*words(lambda q, p: (q.exp() * (q - p)).sum(-1)), "0 log 0"),
    (*words(lambda q, p: masked(p, q)), "exchanged"),
    (*words(lambda q, p: (q.exp() * (q.clamp(min=-1e4) - p.clamp(min=-1e4))).sum(-1)), "hides it"),
    (*words(lambda q, p: (q.exp() * (q - p).nan_to_num(0.0, posinf=1e4)).sum(-1)), "hides it"),
    (*words(lambda q, p: (p.exp() * torch.where(q == -torch.inf, 0.0, q - p)).nansum(-1)), "weighted with p"),
    (*words(lambda q, p: (q.exp() * torch.where(q == -torch.inf, 0.0, q - p)).mean(-1)), "mean over the words"),
    (*words(lambda q, p: q.exp() * torch.where(q == -torch.inf, 0.0, q - p)), "one number per word"),
    (*words(lambda q, p: (q.exp() * torch.where(q == -torch.inf, 0.0, -p)).sum(-1)), "cross-entropy"),
    (*tokens(lambda kl, n: (kl.sum(-1) / n).mean()), "short sentence"),
    (*tokens(lambda kl, n: kl.mean(-1).sum() / n.sum()), "add up"),
    (*tokens(lambda kl, n: kl.sum(-1).mean()), "mean per sentence"),
    (*tokens(lambda kl, n: kl.sum() / (len(n) * n.max())), "padding is no token"),
    (*tokens(lambda kl, n: kl.sum()), "sum over all sentences"),
    (*tokens(lambda kl, n: kl.sum(-1) / n), "one number per sentence"),
    (*rounds(lambda j, d: em(j, d, q=j)), "e step is missing"),
    (*rounds(lambda j, d: em(j, d, q=j.sum((0, 1)).expand_as(j))), "q is the prior"),
    (*rounds(lambda j, d: em(j, d, q=j / j.sum((0, 1)))), "normalised over the sentences"),
    (*rounds(lambda j, d: em(j, d, q=(j / j.sum((0, 1))) / (j / j.sum((0, 1))).sum(-1, keepdim=True))), "leaves out the prior"),
    (*rounds(lambda j, d: em(j, d, weights=1)), "data are not used"),
    (*rounds(lambda j, d: j / j.sum(-1, keepdim=True)), "the m step is missing"),
    (*rounds(lambda j, d: d[..., None] * j / j.sum(-1, keepdim=True)), "learnt by heart"),
    (*rounds(lambda j, d: em(j, d, over=1)), "are counts"),
    (*rounds(lambda j, d: em(j, d) / em(j, d).sum((0, 1)) * j.sum((0, 1))), "still the old one"),
    (*rounds(lambda j, d: em(j, d) / em(j, d).sum((0, 1)) / j.shape[-1]), "taken as even"),
    (*rounds(lambda j, d: em(j, d) / em(j, d).sum((0, 1))), "not p(x, z)"),
    (*field(lambda c: c.diagonal(dim1=1, dim2=2)), "variances of p itself"),
    (*field(lambda c: c.inverse().diagonal(dim1=1, dim2=2)), "turn each entry over"),
    (*field(lambda c: 1 / c.diagonal(dim1=1, dim2=2)), "invert the whole matrix first"),
    (*field(lambda c: (1 / c).diagonal(dim1=1, dim2=2)), "invert the whole matrix first"),
    (*field(torch.linalg.eigvalsh), "eigenvalues"),
    (*field(lambda c: 1 - c.roll(-1, -1).diagonal(dim1=1, dim2=2) ** 2), "1 - r squared"),
    (*field(lambda c: (1 / c.inverse().diagonal(dim1=1, dim2=2)).sqrt()), "standard deviations"),
    (*field(lambda c: torch.diag_embed(1 / c.inverse().diagonal(dim1=1, dim2=2))), "matrices"),
    (*balanced(lambda q, p: q - p + (p - q).exp() - 1), "weights are missing"),
    (*balanced(lambda q, p: mixed(q, p)[0] * (q - p)), "some draws are negative"),
    (*balanced(lambda q, p: mixed(q, p)[0] * (q - p) + mixed(q, p)[1] - 1), "weigh the 1"),
    (*balanced(lambda q, p: mixed(q, p, parts=1)[0] * (q - p - 1) + mixed(q, p, parts=1)[1]), "half is missing"),
    (*balanced(lambda q, p: (q - p) + mixed(q, p)[1] - mixed(q, p)[0]), "logarithm is not weighted"),
    (*balanced(lambda q, p: mixed(q, p)[0] * (q - p) - mixed(q, p)[1] + mixed(q, p)[0]), "wrong sign"),
    (*balanced(lambda q, p: mixed(p, q)[0] * (p - q) + mixed(p, q)[1] - mixed(p, q)[0]), "exchanged"),
    (*balanced(lambda q, p: (mixed(q, p)[0] * (q - p) + mixed(q, p)[1] - mixed(q, p)[0]).mean(0)), "averages over the draws"),
    *((*line(lambda i=i: i), f"line {i}") for i in (1, 2, 3, 4, 6, 7)),
    (*line(lambda: 8), '"8" is no option'), (*line(lambda: {"a": 5}), "expected one option"),
    (*bugs(lambda: museum.ANSWERS | {"A": "half"}), "a: without the factor 1/2"),
    (*bugs(lambda: museum.ANSWERS | {"D": "sign"}), "d: a turned sign"),
    (*bugs(lambda: museum.ANSWERS | {"C": "sigma"}), "c: log_var taken for sigma"),
    (*bugs(lambda: museum.ANSWERS | {"E": "typo"}), '"typo" is no option'),
    (*bugs(lambda: {k: v for k, v in museum.ANSWERS.items() if k != "F"}), "f: no answer yet"),
    (*bugs(lambda: "half"), "expected a dict"),
]
COMPOSED = [
    (*marginal(lambda p, lik: lik.exp().sum(-1).log()), ["prior is missing", "logsumexp"]),
    (*marginal(lambda p, lik: -lik.logsumexp(-1)), ["prior is missing", "sign"]),
    (*marginal(lambda p, lik: (p + lik).logsumexp(-1).mean()), ["averages over the batch"]),
    (*marginal(lambda p, lik: -(p + lik).exp().sum(-1).log()), ["logsumexp", "sign"]),
    (*marginal(lambda p, lik: lik.sum(-1)), ["prior is missing", "adds up logarithms"]),
    (*marginal(lambda p, lik: lik.logsumexp(-1) - math.log(lik.shape[-1])), ["prior is missing", "divides by the number"]),
    (*marginal(lambda p, lik: lik.max(-1).values), ["prior is missing", "best z"]),
    (*marginal(lambda p, lik: lik.logsumexp(0)), ["prior is missing", "batch axis"]),
    (*marginal(lambda p, lik: -(p + lik).logsumexp(-1).half()), ["dtype", "sign"]),
    (*marginal(lambda p, lik: (p + lik).logsumexp(-1) / math.log(2)), ["bits"]),
    (*marginal(lambda p, lik: -(p.exp() * lik).sum(-1)), ["jensen", "sign"]),
    (*posterior(lambda p, lik: lik.softmax(-1)), ["prior is missing", "return their logarithms"]),
    (*posterior(lambda p, lik: -lik.log_softmax(0)), ["over the batch", "sign"]),
    (*posterior(lambda p, lik: (p + lik).softmax(0)), ["over the batch", "return their logarithms"]),
    (*posterior(lambda p, lik: -(p + lik).log_softmax(-1)), ["sign"]),
    (*posterior(lambda p, lik: (p + lik).softmax(-1).half()), ["dtype", "return their logarithms"]),
    (*posterior(lambda p, lik: lik - lik.sum(-1, keepdim=True)), ["prior is missing", "sum of the logarithms"]),
    (*posterior(lambda p, lik: (lik.exp() / lik.exp().sum(-1, keepdim=True)).log()), ["prior is missing", "0 / 0"]),
    (*bound(lambda q, p, lik: -(q.exp() * (lik + p)).sum(-1)), ["log q is missing", "sign"]),
    (*bound(lambda q, p, lik: (q.exp() * lik).sum(-1)), ["log q is missing", "prior is missing"]),
    (*bound(lambda q, p, lik: -(q.exp() * (lik + p - q)).sum(-1)), ["0 log 0", "sign"]),
    (*bound(lambda q, p, lik: (q.exp() * (lik + p)).mean(-1)), ["log q is missing", "divides by the number"]),
    (*bound(lambda q, p, lik: (q.exp() * terms(q, p, lik)).sum(-1).mean()), ["averages over the batch"]),
    (*bound(lambda q, p, lik: -(q.exp() * terms(q, p, lik)).sum(0)), ["batch axis", "sign"]),
    (*bound(lambda q, p, lik: (q.exp() * (lik - q)).sum(-1)), ["prior is missing", "0 log 0"]),
    (*bound(lambda q, p, lik: (lik + p).sum(-1)), ["log q is missing", "weights are missing"]),
    (*bound(lambda q, p, lik: masked(q, p)), ["log p(x|z) is missing", "sign"]),
    (*bound(lambda q, p, lik: (q.exp() * terms(q, p, lik)).sum(-1).half() / math.log(2)), ["dtype", "bits"]),
    (*between(lambda a, s, b, t: -gauss(b, t, a, s)), ["exchanged", "sign"]),
    (*between(lambda a, s, b, t: gauss(a, s, b, t).mean(-1) + 0.5), ["hidden beta", "- 1 is missing"]),
    (*between(lambda a, s, b, t: -gauss(a, s, b, t).sum(-1)), ["sign", "sums over the dimensions"]),
    (*between(lambda a, s, b, t: gauss(b, t, a, s).mean(-1)), ["exchanged", "hidden beta"]),
    (*between(lambda a, s, b, t: (s / t)**2 + ((a - b) / t)**2 - (s / t).log()), ["1/2", "- 1"]),
    (*between(lambda a, s, b, t: gauss(a, s.sqrt(), b, t.sqrt()).sum(-1)), ["variances", "sums over the dimensions"]),
    (*between(lambda a, s, b, t: gauss(a, s.sqrt(), b, t.sqrt()) + 0.5), ["variances", "- 1"]),
    (*between(lambda a, s, b, t: gauss(b, t, a, s).half()), ["dtype", "exchanged"]),
    (*between(lambda a, s, b, t: -gauss(a, s, b, t).mean(0)), ["averages over the batch", "sign"]),
    (*errors(lambda q, p: rows(p - q, (q - p).std(0))), ["upside down", "sqrt(n) times"]),
    (*errors(lambda q, p: rows(q - p, (q - p).var(0) / len(q))), ["uses the variance", "divided by n"]),
    (*errors(lambda q, p: rows((q - p).exp(), (q - p).exp().std(0))), ["averages q / p", "sqrt(n) times"]),
    (*errors(lambda q, p: (p - q).mean(0)), ["upside down", "estimate alone"]),
    (*errors(lambda q, p: rows(q - p, (q - p).std(0, correction=0))), ["divides by n;", "sqrt(n) times"]),
    (*errors(lambda q, p: rows(q - p, (q - p).std(0)).half()), ["dtype", "sqrt(n) times"]),
    (*errors(lambda q, p: rows(q - p, (q - p).std(0) / len(q)).flip(0)), ["exchanged", "divided by n"]),
    (*words(lambda q, p: (p.exp() * (p - q)).sum(-1)), ["exchanged", "0 log 0"]),
    (*words(lambda q, p: -(q.exp() * (q - p)).sum(-1)), ["0 log 0", "sign"]),
    (*words(lambda q, p: (q.exp() * (q - p)).mean(-1)), ["0 log 0", "mean over the words"]),
    (*words(lambda q, p: (q.exp() * (q - p)).sum(0)), ["0 log 0", "batch axis"]),
    (*words(lambda q, p: masked(p, q) / math.log(2)), ["exchanged", "bits"]),
    (*words(lambda q, p: masked(q, p).mean() * -1), ["averages over the batch", "sign"]),
    (*words(lambda q, p: (q - p).abs().sum(-1)), ["weights are missing", "absolute"]),
    (*tokens(lambda kl, n: (kl.mean(-1) / n).mean()), ["short sentence", "add up"]),
    (*tokens(lambda kl, n: kl.mean()), ["add up", "mean per sentence"]),
    (*tokens(lambda kl, n: -kl.sum() / n.sum() / len(n)), ["sign", "number of sentences, too"]),
    (*tokens(lambda kl, n: (kl.sum(-1) / n.max()).mean() / math.log(2)), ["padding", "bits"]),
    (*tokens(lambda kl, n: (kl.sum() / (n + 1).sum()).half()), ["dtype", "one token too many"]),
    # mistakes that nobody listed: they need not be named, only answered
    (*marginal(lambda p, lik: (p + lik).logsumexp(-1) + 1), ["one too many"]),
    (*between(lambda a, s, b, t: gauss(a, s, b, t).sqrt()), ["root"]),
    (*words(lambda q, p: (q.exp() * torch.where(q == -torch.inf, 0.0, q - p) ** 2).sum(-1)), ["square"]),
]
