"""Exercises of lesson 11 on scores: of a translation under a model with a z, and of two systems on one test set."""
import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Draws = Float[Tensor, "sample batch"]


def prior_score(log_likelihood: Draws, log_prior: Draws, log_posterior: Draws) -> Float[Tensor, "batch"]:
    """log p(y | x) from draws of q(z | x, y), each weighed by how much likelier the prior is to draw it."""
    weighed = log_likelihood + log_prior - log_posterior
    return weighed.logsumexp(0) - math.log(len(weighed))


PRIOR_SLIPS = {
    "seen the answer": (" + log_prior - log_posterior", ""),
    "weights turned": ("+ log_prior - log_posterior", "- log_prior + log_posterior"),
    "no posterior": (" - log_posterior", ""), "no prior": (" + log_prior", ""),
    "bound": ("weighed.logsumexp(0) - math.log(len(weighed))", "weighed.mean(0)"),
    "sum": (" - math.log(len(weighed))", ""),
    "best draw": ("weighed.logsumexp(0) - math.log(len(weighed))", "weighed.amax(0)"),
    "over the batch": (("logsumexp(0)", "logsumexp(1)"), ("len(weighed)", "weighed.shape[1]")),
    "probability": ("weighed.logsumexp(0) - math.log(len(weighed))", "weighed.exp().mean(0)"),
    "product": ("log_likelihood + log_prior - log_posterior", "log_likelihood * (log_prior - log_posterior).exp()"),
    "log of the number of sentences": ("len(weighed)", "weighed.shape[1]"),
}


def prior_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(31)
    return [(torch.tensor([[-1.0], [-2.0]]), torch.tensor([[-0.5], [-1.5]]), torch.tensor([[-1.0], [-0.7]])),
            *(tuple(scale * torch.randn(*shape, generator=draw) - 1 for scale in (1.0, 0.5, 0.7)) for shape in ((3, 2), (5, 4)))]


PRIOR = Values(**words(__file__, "prior_score"), reference=prior_score, slips=PRIOR_SLIPS, cases=prior_cases)


def won(ours: Float[Tensor, "batch"], theirs: Float[Tensor, "batch"], picks: Int[Tensor, "sample batch"]) -> Float[Tensor, ""]:
    """The share of the resampled test sets on which our system is better; a tie counts half."""
    gain = (ours - theirs)[picks].sum(-1)
    return ((gain > 0) + 0.5 * (gain == 0)).to(ours).mean()


WON_SLIPS = {
    "ties lost": (" + 0.5 * (gain == 0)", ""), "ties won": ("(gain > 0) + 0.5 * (gain == 0)", "gain >= 0"),
    "turned": ("ours - theirs", "theirs - ours"),
    "mean gain": ("((gain > 0) + 0.5 * (gain == 0)).to(ours).mean()", "gain.mean()"),
    "sentences": ("(ours - theirs)[picks].sum(-1)", "ours - theirs"),
    "drawn sentences": ("[picks].sum(-1)", "[picks]"),
    "over resamples": ("sum(-1)", "sum(0)"),
    "not paired": ("(ours - theirs)[picks].sum(-1)", "(ours[picks] - theirs[picks.flip(0)]).sum(-1)"),
    "count": (".to(ours).mean()", ".to(ours).sum()"),
    "test set itself": ("(ours - theirs)[picks].sum(-1)", "(ours - theirs).sum(-1)"),
}


def won_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(32)
    small = (torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]), torch.tensor([[0, 0], [0, 1], [1, 1], [0, 0]]))
    cases = [small]
    for num, samples in ((5, 6), (7, 40)):
        ours, theirs = (torch.randint(0, 4, (num,), generator=draw) / 4 for _ in range(2))
        cases.append((ours + 0.25 * (torch.arange(num) == 0), theirs, torch.randint(num, (samples, num), generator=draw)))
    return cases


WON = Values(**words(__file__, "won"), reference=won, slips=WON_SLIPS, cases=won_cases)
