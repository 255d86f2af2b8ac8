"""A row of the table, and the small world in which the guards look at an implementation."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch, collate

SIZES = dict(vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3)
ENCODED = [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7], [10, 11, 12, 13]]  # five sentences, five lengths


@dataclass(frozen=True)
class Trap:
    """`guard(right)` passes, `guard(w)` raises AssertionError for every w of `wrong`."""

    number: int
    name: str
    guard: Callable[[Any], None]
    right: Any
    wrong: dict[str, Any]


def noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def tiny_vae(**options: Any) -> TextVAE:
    """The same weights at every call."""
    torch.manual_seed(0)
    return TextVAE(**(SIZES | options)).eval()


def a_batch() -> Batch:
    return collate(ENCODED)


def close(a: torch.Tensor, b: torch.Tensor, atol: float = 1e-5) -> None:
    torch.testing.assert_close(a, b, atol=atol, rtol=1e-4)
