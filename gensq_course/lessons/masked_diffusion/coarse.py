"""The trap of low precision: words drawn by Gumbel noise from random numbers with few bits."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.models.masked_diffusion import Canvas, Denoiser, blank

BITS = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def gumbel_draw(log_probs: Float[Tensor, "row vocab"], bits: torch.dtype, *, generator: torch.Generator) -> Tensor:
    """One word a row: the largest of log p + Gumbel noise. As exact as the noise -log(-log u), with u in these bits, is."""
    u = torch.rand(log_probs.shape, generator=generator, dtype=bits).double()
    return (log_probs.double() - (-u.clamp(min=1e-30).log()).log()).argmax(-1)


def shares(log_probs: Float[Tensor, "vocab"], bits: torch.dtype, *, num: int, generator: torch.Generator
           ) -> Float[Tensor, "vocab"]:
    """How often each word comes in so many draws."""
    drawn = gumbel_draw(log_probs.expand(num, -1), bits, generator=generator)
    return torch.bincount(drawn, minlength=len(log_probs)) / num


def entropy(share: Float[Tensor, "vocab"]) -> float:
    """Nats."""
    return -torch.xlogy(share, share).sum().item()


@torch.no_grad()
def said_coarsely(denoiser: Denoiser, lengths: list[int], bits: torch.dtype, *, generator: torch.Generator) -> list[list[int]]:
    """Sentences word by word in random order, each word by `gumbel_draw`."""
    seen = blank(lengths)
    while seen.hidden.any():
        rows = seen.hidden.any(-1).nonzero()[:, 0]
        chance = torch.rand(seen.hidden.shape, generator=generator).masked_fill(~seen.hidden, -1.0)
        place = chance.argmax(-1)[rows]
        words = gumbel_draw(denoiser.log_probs(seen)[rows, place], bits, generator=generator)
        targets, hidden = seen.targets.clone(), seen.hidden.clone()
        targets[rows, place], hidden[rows, place] = words, False
        seen = Canvas(targets, seen.lengths, hidden)
    return [row[:length] for row, length in zip(seen.targets.tolist(), lengths, strict=True)]
