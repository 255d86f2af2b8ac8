"""Exercise of lesson 05: the distribution that nucleus sampling draws from."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def nucleus(log_probs: Float[Tensor, "batch vocab"], p: float) -> Float[Tensor, "batch vocab"]:
    """Probabilities of the smallest set of likeliest words that reaches p, scaled to sum 1 (Holtzman et al. 2020)."""
    ordered, index = log_probs.exp().sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    kept = ordered.where(before < p, 0.0)
    return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))


def spoiled_nucleus(has: Has, log_probs: Tensor, p: float) -> Tensor:
    axis = 0 if has("wrong axis") else -1
    ordered, index = log_probs.exp().sort(axis, descending=not has("ascending"))
    before = ordered.cumsum(axis) - ordered
    keep = before < p
    if has("crossing"):
        keep = before + ordered <= p
    if has("one more"):
        keep = before - ordered.roll(1, axis) * (before > 0) < p
    if has("threshold"):
        keep = ordered >= 1 - p
    if has("share of words"):
        keep = (torch.arange(ordered.shape[-1]) < p * ordered.shape[-1]).expand_as(ordered)
    kept = ordered.where(~keep if has("the rest") else keep, 0.0)
    kept = (kept > 0).to(kept.dtype) if has("equal") else kept
    kept = kept if has("not scaled") else kept / kept.sum(axis, keepdim=True)
    result = kept if has("order lost") else torch.zeros_like(kept).scatter(axis, index, kept)
    return result.log() if has("log") else result


def nucleus_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(6)
    small = (torch.tensor([[0.2, 0.5, 0.3]]).log(), 0.6)
    sizes = ((1, 6, 0.7), (4, 12, 0.6))
    return [small] + [(torch.randn(batch, vocab, generator=draw).log_softmax(-1), p) for batch, vocab, p in sizes]


NUCLEUS = Exact(
    **words(__file__, "nucleus"), reference=nucleus, spoiled=spoiled_nucleus, cases=nucleus_cases,
    free=lambda logits, p: (logits.log_softmax(-1), p))
