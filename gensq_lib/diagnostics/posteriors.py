"""What the encoder says of a set of sentences, and what is lost because it says it so."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib.ground import runtime
from gensq_lib.maths.divergences import kl, reparameterize
from gensq_lib.maths.objectives import ElboTerms, Score, elbo_terms, evaluate, evaluating, iwae, log_mean_exp, log_weights

Batches = Iterable[tuple[Any, Any]]  # what `batching.in_order` and `pairs_in_order` yield: positions in the set, batch


@dataclass(frozen=True)
class Posteriors:
    """q(z | x) of every sentence of a set, in the order of the set."""

    mean: Float[Tensor, "sentence latent"]
    stddev: Float[Tensor, "sentence latent"]
    kl: Float[Tensor, "sentence latent"]  # nats

    def sample(self, *, generator: torch.Generator) -> Float[Tensor, "sentence latent"]:
        """One z per sentence."""
        return reparameterize(Normal(self.mean, self.stddev), generator=generator)[0]


def encode(model: nn.Module, batches: Batches) -> Posteriors:
    """The parameters of every q(z | x) and its KL to the prior.

    The KL is in closed form: no bias. But it says what z costs, and free bits buy any cost; whether z is used it does not say.
    Taught in lesson 06.
    """
    def stacked(batch: Any) -> Float[Tensor, "batch three latent"]:
        q = model.posterior(batch)
        return torch.stack([q.mean, q.stddev, kl(q, model.prior(batch))], 1)

    return Posteriors(*evaluate(model, stacked, batches).unbind(1))


@dataclass(frozen=True)
class Measured:
    """Everything the ledger needs, per sentence, on one set of sentences; nats."""

    reconstruction: Float[Tensor, "sentence"]
    kl: Float[Tensor, "sentence latent"]
    iwae: Float[Tensor, "sentence"]  # the tightest bound on log p(x) that we can afford
    refined_elbo: Float[Tensor, "sentence"]  # ELBO of a Gaussian fitted to each sentence on its own
    tokens: Int[Tensor, "sentence"]

    @property
    def elbo(self) -> Float[Tensor, "sentence"]:
        """Reconstruction less the whole KL: a bound on log p(x)."""
        return self.reconstruction - self.kl.sum(-1)

    @property
    def score(self) -> Score:
        """The importance-weighted bound with its units."""
        return Score(self.iwae, self.tokens)


def measure(model: nn.Module, batches: Callable[[], Batches], *, num_samples: int, elbo_samples: int = 10,
            refine_steps: int = 30, refine_samples: int = 4, bound: Tensor | None = None, seed: int = 0) -> Measured:
    """ELBO, importance-weighted bound and refined ELBO of the same sentences.

    `batches` is called once per quantity, so that each sees every sentence. A `bound` that is there already is kept.
    Taught in lesson 06.
    """
    noise = runtime.generator(seed, "measure")

    def terms(batch: Any) -> Float[Tensor, "batch columns"]:
        found = elbo_terms(model, batch, num_samples=elbo_samples, generator=noise)
        return torch.cat([found.reconstruction[:, None], found.kl], 1)

    def refined(batch: Any) -> Float[Tensor, "batch"]:
        q = refine(model, batch, steps=refine_steps, num_samples=refine_samples, generator=noise)
        return elbo_of(model, batch, q, num_samples=elbo_samples, generator=noise).elbo

    columns = evaluate(model, terms, batches())
    if bound is None:
        bound = evaluate(model, lambda b: iwae(model, b, num_samples=num_samples, generator=noise), batches())
    return Measured(columns[:, 0], columns[:, 1:], bound, evaluate(model, refined, batches()),
                    evaluate(model, _tokens, batches()))


def _tokens(batch: Any) -> Int[Tensor, "batch"]:
    """Of each sentence; 1 where an example is a vector."""
    return torch.ones(len(batch), dtype=torch.long) if isinstance(batch, Tensor) else batch.lengths


def elbo_of(model: nn.Module, batch: Any, q: Normal, *, num_samples: int, generator: torch.Generator) -> ElboTerms:
    """The ELBO terms of any q, not the encoder's."""
    z = reparameterize(q, num_samples=num_samples, generator=generator)
    return ElboTerms(model.log_likelihood(batch, z).mean(0), kl(q, model.prior(batch)), z)


def refine(model: nn.Module, batch: Any, *, steps: int, generator: torch.Generator, num_samples: int = 4,
           learning_rate: float = 0.05) -> Normal:
    """The best Gaussian for each sentence, by gradient ascent on its ELBO from the encoder's answer.

    What it gains over the encoder is the amortisation gap (Cremer et al. 2018).
    """
    q = model.posterior(batch)
    mean, log_stddev = (x.detach().clone().requires_grad_() for x in (q.mean, q.stddev.log()))
    optimizer = torch.optim.Adam([mean, log_stddev], lr=learning_rate)
    with torch.enable_grad():
        for i in range(steps):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * (1 - i / steps)
            q = Normal(mean, log_stddev.exp(), validate_args=False)
            loss = -elbo_of(model, batch, q, num_samples=num_samples, generator=generator).elbo.sum()
            mean.grad, log_stddev.grad = torch.autograd.grad(loss, [mean, log_stddev])
            optimizer.step()
    return Normal(mean.detach(), log_stddev.detach().exp(), validate_args=False)


def bound_gap(model: nn.Module, batch: Any, *, num_samples: int, generator: torch.Generator) -> Float[Tensor, "batch"]:
    """The importance-weighted bound minus the ELBO, from the same draws: never negative (Burda et al. 2016).

    Bias: too small on average. It tends to KL(q(z|x) ‖ p(z|x)), what the encoder loses, only as `num_samples` grows.
    Taught in lesson 07.
    """
    with evaluating(model):
        weights = log_weights(model, batch, num_samples=num_samples, generator=generator)
    return log_mean_exp(weights) - weights.mean(0)
