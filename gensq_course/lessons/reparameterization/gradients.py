"""The gradient of an expectation whose distribution moves: d/dphi E_q[f(z)], where q depends on phi and z is drawn from q.

Each estimator is a `surrogate`: one number per sample, whose own value means nothing and whose gradient in phi is the
estimate of that sample. (Of the reparameterisation estimator it is f(z) itself, with z from `divergences.reparameterize`.)
Train on its mean, or look at the samples one by one with `per_sample`.
"""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import GensqError

def score_function(log_prob: Float[Tensor, "sample *batch"], value: Float[Tensor, "sample *batch"],
                   baseline: Float[Tensor, "*any"] | float = 0.0) -> Float[Tensor, "sample *batch"]:
    r"""Surrogate of the score-function estimator, $(f(z) - b)\,\nabla \log q(z)$ (Williams 1992, REINFORCE).

    `log_prob` is log q of draws that carry no gradient themselves. Unbiased when b does not depend on its own draw.
    Asks nothing of f, not even that it is continuous; z may be discrete.
    """
    return (value - baseline).detach() * log_prob


def leave_one_out(value: Float[Tensor, "sample *batch"]) -> Float[Tensor, "sample *batch"]:
    """Baseline of each draw: the mean of f over the *other* draws. Leaves the estimator unbiased."""
    num_samples = value.shape[0]
    if num_samples < 2:
        raise GensqError("expected at least 2 samples to leave one out, got 1; draw more or use a constant baseline")
    return (value.sum(0) - value) / (num_samples - 1)


def including_itself(value: Float[Tensor, "sample *batch"]) -> Float[Tensor, "sample *batch"]:
    """The mean over all draws as a baseline. Biased: with K draws the gradient is too short by the factor (K - 1) / K."""
    return value.mean(0, keepdim=True).expand_as(value)


def per_sample(surrogate: Callable[..., Tensor], *parameters: Float[Tensor, "*shape"], num_samples: int) -> list[Tensor]:
    """The estimate of every single sample, for each parameter: (num_samples, *shape of the parameter).

    Each sample gets parameters of its own, with a new first axis; `surrogate(*parameters)` has one number per sample.
    Their mean, with its error, is `stats.estimate`.
    """
    own = [p.detach().expand(num_samples, *p.shape).clone().requires_grad_() for p in parameters]
    return list(torch.autograd.grad(surrogate(*own).sum(), own))
