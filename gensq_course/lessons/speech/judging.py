"""Exercises of lesson 13 on judging: how likely a picture is, which digit it is, which sentence of a list to choose."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Pictures = Float[Tensor, "batch band frame"]


def clip_log_likelihood(pictures: Pictures, mean: Pictures, log_stddev: Float[Tensor, "band 1"]) -> Float[Tensor, "batch"]:
    """log N(pictures; mean, exp(log_stddev)^2) of each clip, nats: all its numbers are one observation."""
    apart = (pictures - mean) / log_stddev.exp()
    terms = -0.5 * apart.square() - log_stddev - 0.5 * math.log(2 * math.pi)
    return terms.sum((-2, -1))


LIKELIHOOD_SLIPS = {
    "mean over frames": ("terms.sum((-2, -1))", "terms.sum(-2).mean(-1)"),
    "mean over bands": ("terms.sum((-2, -1))", "terms.sum(-1).mean(-1)"),
    "mean of all": ("terms.sum((-2, -1))", "terms.mean((-2, -1))"),
    "frames left": ("terms.sum((-2, -1))", "terms.sum(-2)"),
    "bands left": ("terms.sum((-2, -1))", "terms.sum(-1)"),
    "over the batch": ("terms.sum((-2, -1))", "terms.sum(0)"),
    "one number": ("terms.sum((-2, -1))", "terms.sum()"),
    "no normaliser": (" - log_stddev - 0.5", " - 0.5"),
    "normaliser added": ("- log_stddev - 0.5", "+ log_stddev - 0.5"),
    "no 2 pi": (" - 0.5 * math.log(2 * math.pi)", ""),
    "2 pi whole": ("- 0.5 * math.log", "- math.log"),
    "no half": ("-0.5 * apart", "-apart"),
    "no square": ("apart.square()", "apart.abs()"),
    "log variance": ("log_stddev.exp()", "(0.5 * log_stddev).exp()"),
    "no exp": ("log_stddev.exp()", "log_stddev"),
    "noise ignored": ("(pictures - mean) / log_stddev.exp()", "(pictures - mean)"),
    "squared error": (" - log_stddev - 0.5 * math.log(2 * math.pi)", " + 0 * log_stddev"),
}


def likelihood_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(42)
    cases = [(torch.tensor([[[1.0, 0.0], [0.0, 2.0]]]), torch.zeros(1, 2, 2), torch.tensor([[0.5], [-0.7]]))]
    for batch, band, frame in ((3, 2, 4), (2, 5, 3)):
        cases.append((*torch.randn(2, batch, band, frame, generator=draw), 0.5 * torch.randn(band, 1, generator=draw)))
    return cases


LIKELIHOOD = Values(**words(__file__, "clip_log_likelihood"), reference=clip_log_likelihood, slips=LIKELIHOOD_SLIPS,
                    cases=likelihood_cases)


def digit_posterior(log_weights: Float[Tensor, "sample batch class"], log_prior: Float[Tensor, "class"]
                    ) -> Float[Tensor, "batch class"]:
    """log p(y | x) by Bayes' rule, with the importance-weighted bound of each digit in place of log p(x | y)."""
    bounds = log_weights.logsumexp(0) - math.log(len(log_weights))
    joint = bounds + log_prior
    return joint - joint.logsumexp(-1, keepdim=True)


POSTERIOR_SLIPS = {
    "mean of logarithms": ("log_weights.logsumexp(0) - math.log(len(log_weights))", "log_weights.mean(0)"),
    "best draw": ("log_weights.logsumexp(0) - math.log(len(log_weights))", "log_weights.amax(0)"),
    "sum of logarithms": ("log_weights.logsumexp(0) - math.log(len(log_weights))", "log_weights.sum(0)"),
    "first draw": ("log_weights.logsumexp(0) - math.log(len(log_weights))", "log_weights[0]"),
    "each draw by itself": ("log_weights.logsumexp(0) - math.log(len(log_weights))",
                            "log_weights.log_softmax(-1).logsumexp(0) - math.log(len(log_weights))"),
    "no prior": ("bounds + log_prior", "bounds + 0 * log_prior"),
    "prior subtracted": ("bounds + log_prior", "bounds - log_prior"),
    "prior as probability": ("bounds + log_prior", "bounds + log_prior.exp()"),
    "not normalised": ("joint - joint.logsumexp(-1, keepdim=True)", "joint"),
    "over clips": ("joint.logsumexp(-1, keepdim=True)", "joint.logsumexp(0, keepdim=True)"),
    "by the best digit": ("joint.logsumexp(-1, keepdim=True)", "joint.amax(-1, keepdim=True)"),
    "probabilities": ("joint - joint.logsumexp(-1, keepdim=True)", "joint.softmax(-1)"),
    "answer": ("joint - joint.logsumexp(-1, keepdim=True)", "joint.argmax(-1)"),
    "prior behind": ("joint - joint.logsumexp(-1, keepdim=True)", "bounds.log_softmax(-1) + log_prior"),
}


def posterior_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(43)
    cases = [(torch.tensor([[[-3.0, -2.0]], [[-1.0, -2.0]]]), torch.tensor([0.25, 0.75]).log())]
    for sample, batch, num in ((4, 3, 5), (6, 2, 3)):
        cases.append((-90 + 2 * torch.randn(sample, batch, num, generator=draw),
                      torch.randn(num, generator=draw).log_softmax(0)))
    return cases


POSTERIOR = Values(**words(__file__, "digit_posterior"), reference=digit_posterior, slips=POSTERIOR_SLIPS, cases=posterior_cases,
                   together=2)

Scores = Float[Tensor, "sample"]


def expected_errors(channel: Scores, language: Scores, differ: Float[Tensor, "sample sample"]) -> Scores:
    """Of choosing each sentence of a list: word errors in the mean over what was said, p(said | heard) over the list."""
    share = (channel + language).softmax(0)
    return differ @ share


ERRORS_SLIPS = {
    "no language": ("(channel + language)", "channel"), "no channel": ("(channel + language)", "language"),
    "product of logarithms": ("(channel + language)", "-(channel * language)"),
    "language subtracted": ("channel + language", "channel - language"),
    "not normalised": ("(channel + language).softmax(0)", "(channel + language).exp()"),
    "logarithms as weights": ("(channel + language).softmax(0)", "(channel + language)"),
    "upside down": ("(channel + language).softmax(0)", "(-channel - language).softmax(0)"),
    "all alike": ("differ @ share", "differ.mean(1)"), "sum of all": ("differ @ share", "differ.sum(1)"),
    "own share": ("differ @ share", "differ.sum(1) * share"), "share": ("differ @ share", "share"),
    "surely wrong": ("differ @ share", "1 - share"),
    "to the likeliest": ("differ @ share", "differ[:, share.argmax()]"),
    "any error": ("differ @ share", "(differ > 0).to(share) @ share"),
    "of the list": ("differ @ share", "(differ @ share).min()"),
    "which": ("differ @ share", "(differ @ share).argmin()"),
}


def errors_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(44)
    cases = [(torch.tensor([0.5, 0.3, 0.2]).log(), torch.tensor([0.2, 0.3, 0.5]).log(),
              torch.tensor([[0.0, 2.0, 3.0], [2.0, 0.0, 1.0], [3.0, 1.0, 0.0]]))]
    for num in (4, 6):
        said = torch.randint(0, 3, (num, 5), generator=draw)
        cases.append((*(-3 * torch.rand(2, num, generator=draw) - 0.2), (said[:, None] != said).sum(-1).float()))
    return cases


ERRORS = Values(**words(__file__, "expected_errors"), reference=expected_errors, slips=ERRORS_SLIPS, cases=errors_cases,
                together=2)
