"""A ring of Gaussians in the plane: the smallest world with modes to lose, and with a known density.

All modes have the same weight and the same round shape, so a generator that forgets one has no excuse.
"""
import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import expect, whole

@dataclass(frozen=True)
class Ring:
    """`num_modes` Gaussians of standard deviation `stddev`, evenly on a circle. Taught in lesson 14."""

    num_modes: int = 8
    radius: float = 2.0
    stddev: float = 0.1

    def __post_init__(self) -> None:
        expect(whole(self.num_modes, 1) and self.stddev > 0, "expected at least one mode and a standard deviation above 0, got "
                                                             f"{self.num_modes!r} and {self.stddev!r}; try Ring()")

    @property
    def centres(self) -> Float[Tensor, "mode 2"]:
        """The means of the modes, the first one on the x-axis."""
        angles = torch.arange(self.num_modes) * (2 * math.pi / self.num_modes)
        return self.radius * torch.stack([angles.cos(), angles.sin()], 1)

    @property
    def gap(self) -> float:
        """Distance between neighbouring centres."""
        return 2 * self.radius * math.sin(math.pi / self.num_modes)

    def sample(self, num: int, *, generator: torch.Generator) -> Float[Tensor, "batch 2"]:
        """`num` independent points: a mode with equal chances, then its Gaussian."""
        expect(whole(num), f"expected a whole number of points, got {num!r}; take 0 or more")
        modes = torch.randint(self.num_modes, (num,), generator=generator)
        return self.centres[modes] + self.stddev * torch.randn(num, 2, generator=generator)

    def log_prob(self, x: Float[Tensor, "*batch 2"]) -> Float[Tensor, "*batch"]:
        """log density, nats."""
        expect(x.shape[-1] == 2, f"expected points of the plane, got an axis of {x.shape[-1]}; take the last axis as (x, y)")
        squares = (x[..., None, :] - self.centres.to(x)).square().sum(-1)
        log_weight = -math.log(self.num_modes) - math.log(2 * math.pi * self.stddev**2)
        return (log_weight - squares / (2 * self.stddev**2)).logsumexp(-1)
