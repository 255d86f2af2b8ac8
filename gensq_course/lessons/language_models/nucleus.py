"""Exercise of lesson 05: the distribution that nucleus sampling draws from."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def nucleus(log_probs: Float[Tensor, "batch vocab"], p: float) -> Float[Tensor, "batch vocab"]:
    """Probabilities of the smallest set of likeliest words that reaches p, scaled to sum 1 (Holtzman et al. 2020)."""
    ordered, index = log_probs.exp().sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    keep = before < p
    kept = ordered.where(keep, 0.0)
    scaled = kept / kept.sum(-1, keepdim=True)
    result = torch.zeros_like(scaled).scatter(-1, index, scaled)
    return result


SLIPS = {
    "no exp": (".exp()", ""),
    "not sorted": (".sort(-1, descending=True)", ", torch.arange(log_probs.shape[1]).expand_as(log_probs)"),
    "ascending": ("descending=True", "descending=False"),
    "crossing": ("before < p", "before + ordered <= p"),
    "crossing but first": ("before < p", "(before + ordered < p) | (before == 0)"),
    "one more": ("before < p", "before - ordered.roll(1, -1) * (before > 0) < p"),
    "counted twice": ("before < p", "before - ordered < p"),
    "threshold": ("before < p", "ordered >= 1 - p"),
    "each alone": ("before < p", "ordered >= p"),
    "share of words": ("before < p", "torch.arange(ordered.shape[1]) < p * ordered.shape[1]"),
    "top-k": ("before < p", "torch.arange(ordered.shape[1]) < max(1, int(p * ordered.shape[1]))"),
    "first row": ("(keep,", "(keep[:1],"),
    "the rest": ("(keep,", "(~keep,"),
    "equal": ("ordered.where", "torch.ones_like(ordered).where"),
    "softmax": ("kept / kept.sum(-1, keepdim=True)", "kept.softmax(-1)"),
    "divided by p": ("kept.sum(-1, keepdim=True)", "p"),
    "not scaled": (" / kept.sum(-1, keepdim=True)", ""),
    "gathered": ("torch.zeros_like(scaled).scatter(-1, index, scaled)", "scaled.gather(-1, index)"),
    "order lost": ("torch.zeros_like(scaled).scatter(-1, index, scaled)", "scaled"),
    "wrong axis": (("sort(-1", "sort(0"), ("cumsum(-1", "cumsum(0"), (".sum(-1", ".sum(0"), ("scatter(-1", "scatter(0")),
    "log": ("return result", "return result.log()"),
}


def nucleus_cases() -> list[Inputs]:
    """Among them a word that is impossible, and rows that are sure and unsure."""
    draw = torch.Generator().manual_seed(6)
    small = [(torch.tensor([[0.2, 0.5, 0.3]]).log(), 0.6), (torch.tensor([[0.0, 0.01, 0.99], [0.4, 0.3, 0.3]]).log(), 0.8)]
    sizes = ((1, 6, 0.7), (4, 12, 0.6))
    return small + [(torch.randn(batch, vocab, generator=draw).log_softmax(-1), p) for batch, vocab, p in sizes]


NUCLEUS = Values(**words(__file__, "nucleus"), reference=nucleus, slips=SLIPS, cases=nucleus_cases)
