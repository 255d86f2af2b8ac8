"""What a latent-variable model maximises: lower bounds on log p(x), in nats per sentence.

Nothing here looks inside a batch or a network: a model is anything with `posterior(batch)`,
`prior(batch)` and `log_likelihood(batch, z)`. `elbo` is unweighted and a number to maximise;
what an optimiser sees (a weighted KL, free bits) is a `loss` and never called ELBO or KL.
"""
import contextlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn
from torch.distributions import Distribution

from gensq_lib.ground.errors import border, expect, whole
from gensq_lib.maths.divergences import kl, log_prob, reparameterize
from gensq_lib.maths.stats import Estimate, estimate

ROWS = 256  # sentences times samples whose likelihood is computed together; of the usual models they stay in a core's cache


@runtime_checkable
class Likelihood(Protocol):
    """A model whose log p(x) is known exactly: a language model."""

    def log_likelihood(self, batch: Any) -> Float[Tensor, "batch"]:
        """log p(x) of each sentence, nats."""


@runtime_checkable
class LatentVariableModel(Protocol):
    """p(z) p(x | z) with an approximate posterior q(z | x)."""

    def posterior(self, batch: Any) -> Distribution:
        """q(z | x) of each sentence, "batch latent"."""

    def prior(self, condition: Any) -> Distribution:
        """p(z), or p(z | condition); asks for no target, so a batch to be answered will do."""

    def log_likelihood(self, batch: Any, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "sample batch"]:
        """log p(x | z) of each sentence under each z, nats."""


@dataclass(frozen=True)
class ElboTerms:
    """The two halves of the ELBO, before anyone weighs or averages them; nats per sentence. Taught in lesson 08."""

    reconstruction: Float[Tensor, "batch"]  # E_q[log p(x | z)]
    kl: Float[Tensor, "batch factor"]  # KL(q(z_j | x) ‖ p(z_j)); one factor in all for a full covariance
    z: Float[Tensor, "sample batch latent"]  # the draws behind `reconstruction`

    @property
    def elbo(self) -> Float[Tensor, "batch"]:
        """E_q[log p(x | z)] - KL, at most log p(x) in expectation."""
        return self.reconstruction - self.kl.sum(-1)


def elbo_terms(model: LatentVariableModel, batch: Any, *, q: Distribution | None = None, num_samples: int = 1,
               generator: torch.Generator | None = None) -> ElboTerms:
    """Reconstruction by sampling z ~ q, KL in closed form (Kingma & Welling 2014, eq. 10); `q` is the encoder's unless given.

    Taught in lesson 04.
    """
    q, p = q or model.posterior(batch), model.prior(batch)
    z = reparameterize(q, num_samples=num_samples, generator=generator)
    return ElboTerms(model.log_likelihood(batch, z).mean(0), kl(q, p), z)


def label_summed_out(bounds: Float[Tensor, "batch class"], log_q: Float[Tensor, "batch class"]) -> Float[Tensor, "batch"]:
    r"""$\sum_y q(y|x)\,(L(x, y) - \log q(y|x))$: a bound on log p(x) from bounds L on log p(x, y) (Kingma et al. 2014, eq. 7).

    A sum, no draw: every label counts with its weight. Where q is 0, 0 log 0 = 0. Taught in lesson 10.
    """
    weighed = log_q.exp() * (bounds - log_q)
    return weighed.masked_fill(log_q == -torch.inf, 0.0).sum(-1)


def log_weights(model: LatentVariableModel, batch: Any, *, num_samples: int, chunk: int = 10,
                generator: torch.Generator | None = None) -> Float[Tensor, "sample batch"]:
    r"""$\log w_k = \log p(x, z_k) - \log q(z_k | x)$ for $z_k \sim q$: all that importance sampling needs.

    Samples are drawn `chunk` at a time, so that memory does not grow with their number. Where no gradient is asked for, the
    likelihood of some `ROWS` of them is computed at once: the same numbers, and what a core works on stays in its cache.
    Taught in lesson 06.
    """
    right = whole(num_samples, 1) and whole(chunk, 1)
    expect(right, f"expected num_samples and chunk of 1 or more, got {num_samples} and {chunk}; 10 is a usual chunk")
    q, p = model.posterior(batch), model.prior(batch)

    def some(size: int) -> Float[Tensor, "sample batch"]:
        z = reparameterize(q, num_samples=size, generator=generator)
        together = size if torch.is_grad_enabled() else max(1, ROWS // z.shape[1])
        likelihood = torch.cat([model.log_likelihood(batch, part) for part in z.split(together)])
        return likelihood + log_prob(p, z).sum(-1) - log_prob(q, z).sum(-1)

    return torch.cat([some(min(chunk, num_samples - done)) for done in range(0, num_samples, chunk)])


def log_mean_exp(values: Float[Tensor, "sample batch"]) -> Float[Tensor, "batch"]:
    r"""$\log \frac1K \sum_k e^{v_k}$ without overflow."""
    return values.logsumexp(0) - math.log(values.shape[0])


def iwae(model: LatentVariableModel, batch: Any, *, num_samples: int, chunk: int = 10,
         generator: torch.Generator | None = None) -> Float[Tensor, "batch"]:
    r"""$\log \frac1K \sum_k w_k$: a lower bound on log p(x), tighter as K grows (Burda et al. 2016). Taught in lesson 04."""
    return log_mean_exp(log_weights(model, batch, num_samples=num_samples, chunk=chunk, generator=generator))


@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """No autograd, no dropout; afterwards the model is in the mode it came in. Taught in lesson 00."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(was_training)


def evaluate(model: nn.Module, function: Callable[[Any], Tensor],
             batches: Iterable[tuple[Any, Any]]) -> Shaped[Tensor, "sentence *rest"]:
    """`function(batch)` for every batch of `in_order`, put back into the order of the corpus. Taught in lesson 00."""
    with evaluating(model):
        found = [(torch.as_tensor(index), function(batch).cpu()) for index, batch in batches]
    order = torch.cat([index for index, _ in found])
    return torch.cat([value for _, value in found])[order.argsort()]


@dataclass(frozen=True)
class Score:
    """log p(x), or a bound on it, of each sentence of a set: three units that belong together. Taught in lesson 05."""

    log_prob: Float[Tensor, "sentence"]  # nats
    tokens: Int[Tensor, "sentence"]  # <eos> counted, padding not

    @property
    def nll(self) -> Estimate:
        """Mean negative log-likelihood over the sentences of the set, nats per sentence."""
        return estimate(-self.log_prob)

    @property
    def nats_per_sentence(self) -> float:
        """`nll` without its error."""
        return self.nll.mean

    @property
    def tokens_per_sentence(self) -> float:
        """Mean length, <eos> counted."""
        return self.tokens.double().mean().item()

    @property
    def perplexity(self) -> float:
        """Per token, <eos> counted; only comparable between models with the same tokens."""
        return math.exp(-self.log_prob.double().sum().item() / self.tokens.sum().item())

    def excess(self, other: "Score") -> Estimate:
        """Mean difference in nats per sentence to `other` *on the same sentences*, with the error of the difference."""
        return estimate(other.log_prob.double() - self.log_prob.double())

border(globals())
