"""Where did the nats go? One additive account from the truth to the number a VAE is trained on.

    exact NLL + invalid mass + wrong weights = NLL     the model gap
    NLL + approximate family + amortisation = -ELBO    the inference gap
    -ELBO = distortion + rate
"""
import math
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from gensq_lib.diagnostics.posteriors import Measured
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.stats import Estimate, Share, estimate


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
    if len(reference) != len(measured.iwae):
        raise GensqError(f"expected log p of the same {len(measured.iwae)} sentences, got {len(reference)}; "
                         "score the sentences that were measured")
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
