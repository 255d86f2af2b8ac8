"""What a judge thinks of a sentence that is not finished."""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.maths.adversarial.policy import rollout_values
from gensq_lib.text.scoring import completed
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import Decoder


def value_of_beginnings(model: Decoder, batch: Batch, score: Callable[[Batch], Float[Tensor, "batch"]], *, max_length: int,
                        noise: torch.Generator, num_rollouts: int = 1) -> Float[Tensor, "sample batch time"]:
    """The judge's `score` of each beginning, finished by the model again and again (Yu et al. 2017). *Taught in lesson 15.*"""
    def complete(tokens: Tensor, length: int) -> Batch:
        return completed(model, batch, length, max_length=max_length, generator=noise)

    with torch.no_grad():
        return rollout_values(batch.targets, batch.mask, complete=complete, score=score, num_rollouts=num_rollouts)
