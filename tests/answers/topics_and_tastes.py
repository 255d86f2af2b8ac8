"""Answers to the exercises of lesson 18: right ones however written, usual mistakes, mistakes together."""
import math

import torch

NAMES = ("laplace", "log_evidence", "two_perplexities", "mean_npmi")
dirichlet, evidence, both, coherence = NAMES


def gaussian(alpha, mean=None, variance=None):
    """With one of the two rows in another way."""
    k = alpha.shape[0]
    mean = torch.log(alpha / alpha.log().mean().exp()) if mean is None else mean(alpha)
    variance = 1 / alpha - 2 / (k * alpha) + alpha.reciprocal().mean() / k if variance is None else variance(alpha, k)
    return torch.stack((mean.expand_as(alpha), variance.expand_as(alpha)))


def mixed(shares, topics):
    return torch.einsum("pt,tw->pw", shares, topics)


def by_points(shares, weights, topics, counts, join=lambda parts: torch.stack(parts).logsumexp(0), words=mixed):
    """One point after the other; `join` brings them together."""
    found = [w.log() + (counts * words(s[None], topics).log()).sum(-1) for s, w in zip(shares, weights, strict=True)]
    return join(found)


def by_words(shares, weights, topics, counts):
    """Each word as often as it stands there."""
    rows = []
    for document in counts.long():
        words = torch.arange(len(document)).repeat_interleave(document)
        rows.append((mixed(shares, topics)[:, words].log().sum(-1) + weights.log()).logsumexp(0))
    return torch.stack(rows)


def likelihood(shares, topics, counts):
    return mixed(shares, topics).log() @ counts.T


def pair(first, second):
    return torch.stack([first, second])


def nats(log_prob, length):
    return -log_prob.sum() / length.sum(), -(log_prob / length).mean()


def by_two(change):
    """Two perplexities from a change of (log_prob, length)."""
    def answer(log_prob, counts):
        return change(log_prob, counts.sum(-1))
    return answer


def npmi_of(joint, first, second):
    if joint == 0:
        return -1.0
    return 1.0 if joint == 1 else math.log(joint / (first * second)) / -math.log(joint)


def pairs(counts, top, score=npmi_of, chosen=lambda n: [(i, j) for i in range(n) for j in range(i + 1, n)], join=None,
          present=lambda counts: (counts > 0).double()):
    there = present(counts[:, top])
    found = [score((there[:, i] * there[:, j]).mean().item(), there[:, i].mean().item(), there[:, j].mean().item())
             for i, j in chosen(len(top))]
    found = [value for value in found if value is not None]
    value = sum(found) / max(len(found), 1) if join is None else join(found)
    return torch.tensor(value, dtype=counts.dtype)


def vectorised(counts, top):
    there = (counts[:, top] > 0).double()
    p, joint = there.mean(0), there.T @ there / len(there)
    value = torch.where(joint == 1, 1.0, (joint / torch.outer(p, p)).log() / -joint.log())
    value = torch.where(joint > 0, value, -1.0)
    return value[torch.ones(len(top), len(top)).triu(1).bool()].mean().to(counts.dtype)


def but(never=-1.0, always=1.0, middle=lambda joint, a, b: math.log(joint / (a * b)) / -math.log(joint)):
    return lambda joint, a, b: never if joint == 0 else always if joint == 1 else middle(joint, a, b)


RIGHT = [
    (dirichlet, gaussian),
    (evidence, by_points), (evidence, by_words),
    (evidence, lambda s, w, t, c: torch.log_softmax(w.log(), 0).add(likelihood(s, t, c).T).logsumexp(1)),
    (both, lambda p, c: torch.exp(pair(*nats(p, c.sum(1))))),
    (both, lambda p, c: pair(math.e ** -(p.sum() / c.sum()), math.e ** -(p / c.sum(-1)).mean())),
    (coherence, pairs), (coherence, vectorised),
]

WRONG = [
    (dirichlet, lambda a: gaussian(a, mean=lambda a: a.log()), "not subtracted"),
    (dirichlet, lambda a: gaussian(a, mean=lambda a: (a / a.mean()).log()), "logarithm of the mean is subtracted"),
    (dirichlet, lambda a: gaussian(a, mean=lambda a: (a / a.sum()).log()), "logarithm of the sum is subtracted"),
    (dirichlet, lambda a: gaussian(a, mean=lambda a: a - a.mean()), "without a logarithm"),
    (dirichlet, lambda a: gaussian(a, mean=lambda a: a / a.sum()), "mean shares"),
    (dirichlet, lambda a: gaussian(a, variance=lambda a, k: (1 - 2 / k) / a), "second term"),
    (dirichlet, lambda a: gaussian(a, variance=lambda a, k: 1 / a + (1 / a).sum() / k**2), "of the first term is missing"),
    (dirichlet, lambda a: gaussian(a, variance=lambda a, k: (1 - 1 / k) / a + (1 / a).sum() / k**2), "the factor is 1 - 1/k"),
    (dirichlet, lambda a: gaussian(a, variance=lambda a, k: (1 - 2 / k) / a + (1 / a).mean()), "divided by k; by k"),
    (dirichlet, lambda a: gaussian(a, variance=lambda a, k: (1 - 2 / k) / a + (1 / a).mean() / k**2), "take the sum"),
    (dirichlet, lambda a: gaussian(a, variance=lambda a, k: (1 - 2 / k) * a + (1 / a).sum() / k**2), "so divide"),
    (dirichlet, lambda a: gaussian(a, variance=lambda a, k: (1 - 2 / k) / a + a.sum() / k**2), "1/alpha is"),
    (dirichlet, lambda a: gaussian(a, variance=lambda a, k: (1 - 2 / k) / a + 1 / a.sum() / k**2), "1 over the sum"),
    (dirichlet, lambda a: pair(gaussian(a)[0], gaussian(a)[1] ** 0.5), "standard deviation"),
    (dirichlet, lambda a: pair(gaussian(a)[0], gaussian(a)[1].log()), "logarithm of the variance"),
    (dirichlet, lambda a: gaussian(a).flip(0), "changed places"),
    (dirichlet, lambda a: gaussian(a).T, "axes"),
    (evidence, lambda s, w, t, c: (w[:, None] * likelihood(s, t, c).exp()).sum(0).log(), "minus infinity"),
    (evidence, lambda s, w, t, c: likelihood(s, t, c).logsumexp(0), "weights of the points are not used"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, c) - math.log(len(w)), "number of points"),
    (evidence, lambda s, w, t, c: (likelihood(s, t, c) + w[:, None]).logsumexp(0), "add its logarithm"),
    (evidence, lambda s, w, t, c: w @ likelihood(s, t, c), "jensen"),
    (evidence, lambda s, w, t, c: likelihood(s, t, c).max(0).values, "only the best theta"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, c, join=lambda parts: torch.stack(parts).amax(0)), "largest term"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, c, words=lambda s, t: (s.T * t).amax(0)[None]), "likeliest topic"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, c, words=lambda s, t: (s @ t.log()).exp()), "logarithms of the topics"),
    (evidence, lambda s, w, t, c: (t.log() @ c.T + (s * w[:, None]).log()[..., None]).flatten(0, 1).logsumexp(0), "whole"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, (c > 0).to(c)), "counts once"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, c / c.sum(-1, keepdim=True)), "divided by the length"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, c) / c.sum(-1), "nats per word"),
    (evidence, lambda s, w, t, c: -by_points(s, w, t, c), "sign"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, c) / math.log(2), "bits"),
    (evidence, lambda s, w, t, c: by_points(s, w, t, c) + (c.sum(1) + 1).lgamma() - (c + 1).lgamma().sum(1), "number of orders"),
    (both, by_two(lambda p, n: pair(nats(p, n)[0].exp(), (-p / n).exp().mean())), "perplexities are averaged"),
    (both, by_two(lambda p, n: pair(nats(p, n)[0], nats(p, n)[0]).exp()), "whole corpus"),
    (both, by_two(lambda p, n: pair(*nats(p, n)).exp().flip(0)), "changed places"),
    (both, by_two(lambda p, n: pair(*nats(p, n))), "nats per word"),
    (both, by_two(lambda p, n: (-pair(*nats(p, n))).exp()), "minus is missing"),
    (both, lambda p, c: pair(*nats(p, (c > 0).sum(-1))).exp(), "counts once in its length"),
    (both, by_two(lambda p, n: pair(nats(p, n)[0], -p.mean()).exp()), "divide by its length"),
    (both, by_two(lambda p, n: pair(-p.mean(), nats(p, n)[1]).exp()), "number of documents"),
    (both, lambda p, c: pair(*nats(p, torch.full_like(p, c.shape[1]))).exp(), "size of the vocabulary"),
    (both, by_two(lambda p, n: 2 ** pair(*nats(p, n))), "2 to the power"),
    (both, by_two(lambda p, n: pair(*nats(p, n + 1)).exp()), "end of sentence"),
    (both, by_two(lambda p, n: pair(nats(p, n)[0], -(p * n).sum() / (n**2).sum()).exp()), "long documents count for more"),
    (both, by_two(lambda p, n: pair(nats(p, n)[0], -(p / n).median()).exp()), "median"),
    (coherence, lambda c, t: pairs(c, t, but(middle=lambda j, a, b: math.log(j / (a * b)))), "this is pmi"),
    (coherence, lambda c, t: pairs(c, t, but(middle=lambda j, a, b: math.log(j / (a * b)) / math.log(j))), "wrong sign"),
    (coherence, lambda c, t: pairs(c, t, but(middle=lambda j, a, b: j)), "by chance frequent"),
    (coherence, lambda c, t: pairs(c, t, but(never=0.0)), "they count as -1"),
    (coherence, lambda c, t: pairs(c, t, but(never=None)), "left out"),
    (coherence, lambda c, t: pairs(c, t, chosen=lambda n: [(i, j) for i in range(n) for j in range(i + 1)]), "with itself"),
    (coherence, lambda c, t: pairs(c, t, chosen=lambda n: [(i, j) for i in range(n) for j in range(n)]), "comes twice"),
    (coherence, lambda c, t: pairs(c, t, chosen=lambda n: list(zip(range(n - 1), range(1, n), strict=True))), "neighbours"),
    (coherence, lambda c, t: pairs(c, t, chosen=lambda n: [(0, j) for j in range(1, n)]), "first word"),
    (coherence, lambda c, t: pairs(c, t, present=lambda counts: counts.double()), "as if they were 0 or 1"),
    (coherence, lambda c, t: pairs(c, t, join=sum), "sum over pairs"),
    (coherence, lambda c, t: pairs(c, torch.arange(len(t))), "first columns"),
    (coherence, lambda c, t: pairs(c, t, but(never=math.nan)), "0, and gives no number"),
    (coherence, lambda c, t: pairs(c, t, but(always=math.nan)), "0 / 0"),
    (coherence, lambda c, t: pairs(c, t, but(middle=lambda j, a, b: math.log(j / (a * b)) / -math.log(a * b))), "-log p(i) p(j)"),
    (coherence, lambda c, t: -pairs(c, t), "sign"),
]

COMPOSED = [
    (dirichlet, lambda a: pair(a.log(), gaussian(a)[1].sqrt()), ["not subtracted", "standard deviation"]),
    (dirichlet, lambda a: gaussian(a, lambda a: a.log(), lambda a, k: (1 - 2 / k) / a), ["not subtracted", "second term"]),
    (dirichlet, lambda a: -gaussian(a, variance=lambda a, k: (1 - 2 / k) / a), ["second term", "sign"]),
    (evidence, lambda s, w, t, c: likelihood(s, t, c).logsumexp(0) / c.sum(-1), ["points are not used", "nats per word"]),
    (evidence, lambda s, w, t, c: -likelihood(s, t, c).logsumexp(0), ["points are not used", "sign"]),
    (evidence, lambda s, w, t, c: by_points(s, w, t, (c > 0).to(c)) / math.log(2), ["counts once", "bits"]),
    (evidence, lambda s, w, t, c: by_points(s, w, t, (c > 0).to(c)) - math.log(len(w)), ["counts once", "number of points"]),
    (both, by_two(lambda p, n: pair(*nats(p, n + 1)).exp().flip(0)), ["end of sentence", "changed places"]),
    (both, by_two(lambda p, n: pair(*nats(p, n)).flip(0)), ["changed places", "nats per word"]),
    (both, lambda p, c: pair(*nats(p, (c > 0).sum(-1))), ["counts once in its length", "nats per word"]),
    (coherence, lambda c, t: pairs(c, t, but(never=0.0), join=sum), ["sum over pairs", "count as -1"]),
    (coherence, lambda c, t: pairs(c, t, but(middle=lambda j, a, b: math.log(j / (a * b))), join=sum), ["sum", "this is pmi"]),
    (coherence, lambda c, t: -pairs(c, t, but(never=0.0)), ["count as -1", "sign"]),
]
