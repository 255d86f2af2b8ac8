"""Exercises of lesson 18 on documents: a Dirichlet as a Gaussian, log p with theta summed out, two perplexities, coherence."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Number = Float[Tensor, ""]
Counts = Float[Tensor, "document word"]


def laplace(alpha: Float[Tensor, "topic"]) -> Float[Tensor, "two topic"]:
    """Row 0: mu_k = log alpha_k - mean log alpha; row 1: 1/alpha_k (1 - 2/K) + 1/K^2 sum 1/alpha_i."""
    k = len(alpha)
    mean = alpha.log() - alpha.log().mean()
    variance = (1 - 2 / k) / alpha + (1 / alpha).sum() / k**2
    return torch.stack([mean, variance])


MEAN, VARIANCE = "alpha.log() - alpha.log().mean()", "(1 - 2 / k) / alpha + (1 / alpha).sum() / k**2"
LAPLACE_SLIPS = {
    "not centred": (MEAN, "alpha.log()"), "log of the mean": (MEAN, "alpha.log() - alpha.mean().log()"),
    "log of the sum": (MEAN, "alpha.log() - alpha.sum().log()"), "mean of alpha": (MEAN, "alpha - alpha.mean()"),
    "shares": (MEAN, "alpha / alpha.sum()"), "sum of logs": (MEAN, "alpha.log() - alpha.log().sum()"),
    "no second term": (VARIANCE, "(1 - 2 / k) / alpha"), "no first factor": ("(1 - 2 / k) / alpha", "1 / alpha"),
    "one over K": ("(1 - 2 / k)", "(1 - 1 / k)"), "K not squared": ("/ k**2", "/ k"),
    "mean for sum": ("(1 / alpha).sum()", "(1 / alpha).mean()"), "its own alpha": ("(1 / alpha).sum() / k**2", "1 / alpha / k"),
    "not over alpha": ("(1 - 2 / k) / alpha", "(1 - 2 / k) * alpha"),
    "sum not inverse": ("(1 / alpha).sum()", "alpha.sum()"), "inverse of the sum": ("(1 / alpha).sum()", "1 / alpha.sum()"),
    "deviation": ("torch.stack([mean, variance])", "torch.stack([mean, variance.sqrt()])"),
    "logarithm of the variance": ("torch.stack([mean, variance])", "torch.stack([mean, variance.log()])"),
    "rows turned": ("[mean, variance]", "[variance, mean]"),
}


def laplace_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(61)
    return [(torch.tensor([1.0, 1.0, 1.0, 1.0]),), (torch.tensor([0.1, 0.1, 0.1]),),
            *((2 * torch.rand(num, generator=draw) + 0.05,) for num in (4, 7))]


LAPLACE = Values(**words(__file__, "laplace"), reference=laplace, slips=LAPLACE_SLIPS, cases=laplace_cases, together=2)


def log_evidence(shares: Float[Tensor, "point topic"], weights: Float[Tensor, "point"], topics: Float[Tensor, "topic word"],
                 counts: Counts) -> Float[Tensor, "document"]:
    """log sum over points of weight * prod over words of (sum over topics of share * p(word | topic))^count, nats."""
    log_words = (shares @ topics).log()
    log_likelihood = log_words @ counts.T
    return (log_likelihood + weights.log()[:, None]).logsumexp(0)


WORDS, SUMMED = "(shares @ topics).log()", "(log_likelihood + weights.log()[:, None]).logsumexp(0)"
EVIDENCE_SLIPS = {
    "one mean theta": ((WORDS, "(weights @ shares @ topics).log()[None]"), (SUMMED, "log_likelihood[0]")),
    "underflow": (SUMMED, "(log_likelihood.exp() * weights[:, None]).sum(0).log()"),
    "no weights": (SUMMED, "log_likelihood.logsumexp(0)"),
    "mean over points": (SUMMED, "(log_likelihood + weights.log()[:, None]).logsumexp(0) - "
                                 "torch.tensor(float(len(weights))).log()"),
    "weights not in logarithms": ("weights.log()[:, None]", "weights[:, None]"),
    "mean of logarithms": (SUMMED, "(log_likelihood * weights[:, None]).sum(0)"),
    "best point": (SUMMED, "log_likelihood.amax(0)"),
    "best weighed point": (".logsumexp(0)", ".amax(0)"),
    "likeliest topic": (WORDS, "(shares[:, :, None] * topics).amax(1).log()"),
    "mixture of logarithms": (WORDS, "shares @ topics.log()"),
    "one topic for all words": ("log_words = (shares @ topics).log()\n    log_likelihood = log_words @ counts.T",
                                "log_likelihood = ((topics.log() @ counts.T)[None] + shares.log()[:, :, None]).logsumexp(1)"),
    "words once": ("@ counts.T", "@ (counts > 0).to(counts).T"),
    "shares of words": ("@ counts.T", "@ (counts / counts.sum(-1, keepdim=True)).T"),
    "no logarithm": (WORDS, "shares @ topics"),
    "per word": (SUMMED, SUMMED + " / counts.sum(-1)"),
    "over documents": (".logsumexp(0)", ".logsumexp(1)"),
    "number of orders": (SUMMED, SUMMED + " + (counts.sum(-1) + 1).lgamma() - (counts + 1).lgamma().sum(-1)"),
}


def evidence_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(62)

    def case(points: int, num_topics: int, num_words: int, documents: int, most: int) -> Inputs:
        shares = torch.rand(points, num_topics, generator=draw) + 0.05
        weights, found = torch.rand(points, generator=draw) + 0.1, torch.rand(num_topics, num_words, generator=draw) + 0.02
        counts = torch.randint(0, most, (documents, num_words), generator=draw).float()
        counts[:, 0] += 1
        return (shares / shares.sum(-1, keepdim=True), weights / weights.sum(), found / found.sum(-1, keepdim=True), counts)
    small = (torch.tensor([[0.25, 0.75], [0.75, 0.25]]), torch.tensor([0.5, 0.5]), torch.tensor([[0.5, 0.5], [0.1, 0.9]]),
             torch.tensor([[1.0, 0.0]]))
    return [small, case(5, 2, 6, 3, 40), case(4, 3, 5, 4, 3), case(6, 2, 4, 5, 4)]


EVIDENCE = Values(**words(__file__, "log_evidence"), reference=log_evidence, slips=EVIDENCE_SLIPS, cases=evidence_cases,
                  together=2)


def two_perplexities(log_prob: Float[Tensor, "document"], counts: Counts) -> Float[Tensor, "two"]:
    """exp of all nats by all words, and exp of the mean over documents of their nats per word."""
    length = counts.sum(-1)
    corpus = (-log_prob.sum() / length.sum()).exp()
    per_document = (-(log_prob / length).mean()).exp()
    return torch.stack([corpus, per_document])


EACH = "(-(log_prob / length).mean()).exp()"
PERPLEXITY_SLIPS = {
    "mean of perplexities": (EACH, "(-log_prob / length).exp().mean()"), "both over the corpus": (EACH, "corpus"),
    "turned": ("[corpus, per_document]", "[per_document, corpus]"), "nats": (("(-log_prob.sum() / length.sum()).exp()",
               "-log_prob.sum() / length.sum()"), (EACH, "-(log_prob / length).mean()")),
    "no minus": (("(-log_prob.sum()", "(log_prob.sum()"), ("(-(log_prob", "((log_prob")),
    "different words": ("counts.sum(-1)", "(counts > 0).to(counts).sum(-1)"),
    "per document, not per word": (EACH, "(-log_prob.mean()).exp()"),
    "number of documents": ("log_prob.sum() / length.sum()", "log_prob.sum() / len(length)"),
    "vocabulary in the second": (EACH, "(-(log_prob / counts.shape[1]).mean()).exp()"),
    "size of the vocabulary": ("counts.sum(-1)", "torch.full_like(log_prob, counts.shape[1])"),
    "mean length": (EACH, "(-log_prob.mean() / length.mean()).exp()"),
    "base two": (("(-log_prob.sum() / length.sum()).exp()", "2 ** (-log_prob.sum() / length.sum())"),
                 (EACH, "2 ** (-(log_prob / length).mean())")),
    "end counted": ("counts.sum(-1)", "counts.sum(-1) + 1"),
    "weighed by length": (EACH, "(-(log_prob * length).sum() / length.square().sum()).exp()"),
    "median": ("(log_prob / length).mean()", "(log_prob / length).median()"),
}


def perplexity_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(63)

    def case(documents: int, num_words: int) -> Inputs:
        counts = torch.randint(0, 4, (documents, num_words), generator=draw).float()
        counts[:, 0] += torch.arange(1, documents + 1)
        return -counts.sum(-1) * (0.5 + torch.rand(documents, generator=draw)), counts
    small = (torch.tensor([-1.0, -6.0]), torch.tensor([[1.0, 0.0], [2.0, 2.0]]))
    return [small, case(4, 3), case(7, 5)]


PERPLEXITY = Values(**words(__file__, "two_perplexities"), reference=two_perplexities, slips=PERPLEXITY_SLIPS,
                    cases=perplexity_cases, together=2)


def mean_npmi(counts: Counts, top: Int[Tensor, "top"]) -> Number:
    """Mean over the pairs of `top` of log(p(i,j) / (p(i) p(j))) / -log p(i,j); -1 where they never meet, 1 where always."""
    there = (counts[:, top] > 0).to(counts)
    found = []
    for i in range(len(top)):
        for j in range(i):
            first, second = there[:, i].mean(), there[:, j].mean()
            both = (there[:, i] * there[:, j]).mean()
            if both == 0:
                found.append(-torch.ones_like(both))
            elif both == 1:
                found.append(torch.ones_like(both))
            else:
                found.append((both / (first * second)).log() / -both.log())
    return torch.stack(found).mean()


NPMI = "(both / (first * second)).log() / -both.log()"
COHERENCE_SLIPS = {
    "not normalised": (NPMI, "(both / (first * second)).log()"), "sign of the norm": ("/ -both.log()", "/ both.log()"),
    "joint alone": (NPMI, "both"), "conditional": (NPMI, "(both / second).log()"),
    "normalised by one word": ("/ -both.log()", "/ -first.log()"),
    "normalised by both words": ("/ -both.log()", "/ -(first * second).log()"),
    "never is nothing": ("found.append(-torch.ones_like(both))", "found.append(torch.zeros_like(both))"),
    "never is left out": ("found.append(-torch.ones_like(both))", "pass"),
    "not a number": ("both == 0", "both < 0"), "each word with itself": ("for j in range(i):", "for j in range(i + 1):"),
    "all ordered pairs": ("for j in range(i):", "for j in range(len(top)):"),
    "neighbours": ("for j in range(i):", "for j in range(max(i - 1, 0), i):"),
    "with the first": ("for j in range(i):", "for j in range(min(i, 1)):"),
    "one word too few": ("for i in range(len(top)):", "for i in range(len(top) - 1):"),
    "counts": ("(counts[:, top] > 0).to(counts)", "counts[:, top]"), "sum": ("stack(found).mean()", "stack(found).sum()"),
    "wrong words": ("counts[:, top]", "counts[:, : len(top)]"), "median": ("stack(found).mean()", "stack(found).median()"),
    "always is infinite": ("both == 1", "both > 1"),
}


def coherence_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(64)
    small = (torch.tensor([[2.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 3.0]]), torch.tensor([0, 1]))
    never = (torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.0, 3.0, 1.0]]), torch.tensor([0, 1, 2]))
    always = (torch.tensor([[1.0, 2.0], [1.0, 1.0]]), torch.tensor([1, 0]))
    rare = torch.randint(0, 3, (12, 6), generator=draw).float()
    rare[:, 4] = torch.tensor([1.0] + 11 * [0.0])
    rare[0, 2] = 0
    return [small, always, never, (torch.randint(0, 3, (30, 8), generator=draw).float(), torch.tensor([5, 2, 7, 0])),
            (rare, torch.tensor([3, 4, 2, 5]))]


COHERENCE = Values(**words(__file__, "mean_npmi"), reference=mean_npmi, slips=COHERENCE_SLIPS, cases=coherence_cases, together=2)
