"""Exercise of lesson 05: the distribution that nucleus sampling draws from."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def nucleus(log_probs: Float[Tensor, "batch vocab"], p: float) -> Float[Tensor, "batch vocab"]:
    """Probabilities of the smallest set of likeliest words that reaches p, scaled to sum 1 (Holtzman et al. 2020)."""
    ordered, index = log_probs.exp().sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    kept = ordered.where(before < p, 0.0)
    return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))


def spoiled_nucleus(has: Has, log_probs: Tensor, p: float) -> Tensor:
    axis, probs = 0 if has("wrong axis") else -1, log_probs if has("no exp") else log_probs.exp()
    ordered, index = probs.sort(axis, descending=not has("ascending"))
    if has("not sorted"):
        ordered, index = probs, torch.arange(probs.shape[-1]).expand_as(probs)
    keep = kept_words(has, ordered, p, axis)
    kept = ordered.where(~keep if has("the rest") else keep, 0.0)
    kept = (kept > 0).to(kept.dtype) if has("equal") else kept
    if has("softmax"):
        kept = kept.softmax(axis)
    elif not has("not scaled"):
        kept = kept / (p if has("divided by p") else kept.sum(axis, keepdim=True))
    if has("gathered"):
        return kept.gather(axis, index)
    result = kept if has("order lost") else torch.zeros_like(kept).scatter(axis, index, kept)
    return result.log() if has("log") else result


def kept_words(has: Has, ordered: Tensor, p: float, axis: int) -> Tensor:
    before, size = ordered.cumsum(axis) - ordered, ordered.shape[-1]
    keep = before < p
    if has("crossing"):
        keep = before + ordered <= p
    if has("crossing but first"):
        keep = (before + ordered < p) | (before == 0)
    if has("one more"):
        keep = before - ordered.roll(1, axis) * (before > 0) < p
    if has("counted twice"):
        keep = before - ordered < p
    if has("threshold"):
        keep = ordered >= 1 - p
    if has("each alone"):
        keep = ordered >= p
    if has("share of words"):
        keep = (torch.arange(size) < p * size).expand_as(ordered)
    if has("top-k"):
        keep = (torch.arange(size) < max(1, int(p * size))).expand_as(ordered)
    return keep[:1].expand_as(keep) if has("first row") else keep


def nucleus_cases() -> list[Inputs]:
    """Among them a word that is impossible, and rows that are sure and unsure."""
    draw = torch.Generator().manual_seed(6)
    small = [(torch.tensor([[0.2, 0.5, 0.3]]).log(), 0.6), (torch.tensor([[0.0, 0.01, 0.99], [0.4, 0.3, 0.3]]).log(), 0.8)]
    sizes = ((1, 6, 0.7), (4, 12, 0.6))
    return small + [(torch.randn(batch, vocab, generator=draw).log_softmax(-1), p) for batch, vocab, p in sizes]


NUCLEUS = Values(**words(__file__, "nucleus"), reference=nucleus, spoiled=spoiled_nucleus, cases=nucleus_cases)
