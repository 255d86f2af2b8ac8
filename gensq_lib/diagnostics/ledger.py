"""Where did the nats go? One additive account from the truth to the number a VAE is trained on.

    exact NLL + invalid mass + wrong weights = NLL     the model gap
    NLL + approximate family + amortisation = -ELBO    the inference gap
    -ELBO = distortion + rate

`measure` finds the numbers, `nats_ledger` makes the account.
"""
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib.diagnostics.posteriors import Batches
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import expect
from gensq_lib.maths.objectives import Score, elbo_terms, evaluate, evaluating, iwae, log_mean_exp, log_weights
from gensq_lib.maths.stats import Estimate, Share, estimate


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
        return elbo_terms(model, batch, q=q, num_samples=elbo_samples, generator=noise).elbo

    columns = evaluate(model, terms, batches())
    if bound is None:
        bound = evaluate(model, lambda b: iwae(model, b, num_samples=num_samples, generator=noise), batches())
    return Measured(columns[:, 0], columns[:, 1:], bound, evaluate(model, refined, batches()),
                    evaluate(model, _tokens, batches()))


def _tokens(batch: Any) -> Int[Tensor, "batch"]:
    """Of each sentence; 1 where an example is a vector."""
    return torch.ones(len(batch), dtype=torch.long) if isinstance(batch, Tensor) else batch.lengths


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
            loss = -elbo_terms(model, batch, q=q, num_samples=num_samples, generator=generator).elbo.sum()
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


@dataclass(frozen=True)
class Item:
    """One bar: a `total` stands on the ground, a `step` on the bar before it. Nats per sentence."""

    label: str
    nats: Estimate
    kind: str  # "total" or "step"


@dataclass(frozen=True)
class Ledger:
    """The bars of the waterfall, left to right, and the two parts of the last one."""

    items: tuple[Item, ...]
    rate: float  # KL(q(z|x) ‖ p(z))
    distortion: float  # -E_q[log p(x|z)]

    def __getitem__(self, label: str) -> Item:
        return next(item for item in self.items if item.label == label)


def nats_ledger(measured: Measured, reference: Float[Tensor, "sentence"], *, valid: Share | None = None,
                reference_label: str = "exact NLL") -> Ledger:
    """The account of `measured` against `reference`, log p(x) of the *same* sentences.

    With `valid`, the share of samples inside the grammar, the model gap splits in two: -log(valid share)
    is what the mass outside costs every sentence, the rest is KL(world ‖ model given valid).
    Without a known truth the reference is a language model's log p(x) and the gap stays whole. Taught in lesson 06.
    """
    same = len(measured.iwae)
    expect(len(reference) == same, f"expected log p of the same {same} sentences, got {len(reference)}; score those measured")
    gap = reference.double() - measured.iwae.double()
    items = [_item(reference_label, -reference, "total"), *_model_gap(gap, valid),
             _item("NLL (IWAE)", -measured.iwae, "total"),
             _item("approximate family", measured.iwae.double() - measured.refined_elbo.double(), "step"),
             _item("amortisation", measured.refined_elbo.double() - measured.elbo.double(), "step"),
             _item("-ELBO", -measured.elbo, "total")]
    return Ledger(tuple(items), measured.kl.sum(-1).mean().item(), -measured.reconstruction.mean().item())


def _model_gap(gap: Float[Tensor, "sentence"], valid: Share | None) -> list[Item]:
    """What the model pays on top of the reference, split where validity is known."""
    if valid is None or valid.count == 0:
        return [_item("model gap", gap, "step")]
    error = math.sqrt((1 - valid.mean) / (valid.mean * valid.n))  # delta method
    outside = Estimate(-math.log(valid.mean), error, valid.n)
    return [Item("invalid mass", outside, "step"), Item("wrong weights", estimate(gap) - outside, "step")]


def _item(label: str, values: Float[Tensor, "sentence"], kind: str) -> Item:
    return Item(label, estimate(values), kind)
