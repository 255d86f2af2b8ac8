r"""How far a model is from a world whose every p is known: validity, divergences, diversity, and the best possible judge.

The world can be counted, so every number is exact. A neural model says things that its world cannot say, so KL(model ‖ world)
is infinite and never given: in its place stand the valid share and the KL of the model *given valid*. Sentences are one group
of outcomes; replies are as many groups as there are prompts. All divergences are in nats. *Taught in lessons 15 and 16.*
"""
import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import expect

LOG2 = math.log(2)
LOOKS = 8  # samples among which the valid outcomes are looked for
TITLES = {"valid": "valid", "nll": "NLL", "kl_forward": "KL(world‖model)", "kl_valid": "KL(model‖world) given valid", "js": "JS",
          "entropy": "entropy", "coverage": f"coverage by {LOOKS}", "judge": "best judge"}  # of tables, by measure


@dataclass(frozen=True)
class Outcomes:
    """Log-probabilities (nats) of everything the world can say, each outcome once, under the world and under a model.

    `group` is the place of an outcome's source (its prompt). Every measure is a number for each group; `means` averages.

    >>> Outcomes(torch.tensor([0.5, 0.5]).log(), torch.tensor([0.5, 0.1]).log(), torch.tensor([0, 0])).valid
    tensor([0.6000], dtype=torch.float64)

    Taught in lesson 15.
    """

    world: Float[Tensor, "outcome"]
    model: Float[Tensor, "outcome"]
    group: Int[Tensor, "outcome"]

    def __post_init__(self) -> None:
        fits = len(self.world) == len(self.model) == len(self.group) and not (self.group < 0).any()
        expect(fits, f"expected a group from 0 on and two log-probabilities for each outcome, got {len(self.world)}, "
                     f"{len(self.model)} and {len(self.group)} of them; take those of the same outcomes")

    def sums(self, values: Float[Tensor, "outcome"]) -> Float[Tensor, "batch"]:
        """Over the outcomes of each group."""
        return torch.zeros(int(self.group.max()) + 1, dtype=torch.float64).index_add_(0, self.group, values.double())

    def _expected_difference(self, log_q: Float[Tensor, "outcome"], log_p: Float[Tensor, "outcome"]) -> Float[Tensor, "batch"]:
        q = log_q.double().exp()
        return self.sums(torch.where(q > 0, q * (log_q.double() - log_p.double()), 0.0))  # 0 log 0 is 0: some never say some

    @property
    def valid(self) -> Float[Tensor, "batch"]:
        """The probability that the model says something valid."""
        return self.sums(self.model.double().exp())

    @property
    def invalid(self) -> Float[Tensor, "batch"]:
        """The rest; a bound in place of the model's log p may leave less than nothing."""
        return (1 - self.valid).clamp(min=0)

    @property
    def world_entropy(self) -> Float[Tensor, "batch"]:
        """No model has a lower expected NLL."""
        return self.sums(-self.world.double().exp() * self.world)

    @property
    def nll(self) -> Float[Tensor, "batch"]:
        """The expected NLL of the model, over all outcomes and not over one that was drawn."""
        return self.sums(-self.world.double().exp() * self.model)

    @property
    def kl_forward(self) -> Float[Tensor, "batch"]:
        """KL(world ‖ model): what the model forgets."""
        return self._expected_difference(self.world, self.model)

    @property
    def given_valid(self) -> Float[Tensor, "outcome"]:
        """The model's log-probabilities, given that it says something valid."""
        return self.model.double() - self.valid.log()[self.group]

    @property
    def kl_valid(self) -> Float[Tensor, "batch"]:
        """KL(model given valid ‖ world): what the model overdoes."""
        return self._expected_difference(self.given_valid, self.world)

    @property
    def entropy(self) -> Float[Tensor, "batch"]:
        """Of the model given valid, its diversity: a model that repeats itself has little."""
        return self.sums(torch.special.entr(self.given_valid.exp()))

    @property
    def js(self) -> Float[Tensor, "batch"]:
        """The Jensen-Shannon divergence, from 0 to log 2; what is said outside the world costs log 2 / 2 of its mass."""
        middle = torch.logaddexp(self.world.double(), self.model.double()) - LOG2
        inside = self._expected_difference(self.world, middle) + self._expected_difference(self.model, middle)
        return (inside + self.invalid * LOG2) / 2

    @property
    def judge(self) -> Float[Tensor, "batch"]:
        """The accuracy of the best possible judge on half real, half generated outcomes (Goodfellow et al. 2014, prop. 1)."""
        apart = self.sums((self.world.double().exp() - self.model.double().exp()).abs()) + self.invalid
        return 0.5 + apart / 4

    def coverage(self, num: int = LOOKS, *, of_world: bool = False) -> Float[Tensor, "batch"]:
        """The expected share of the valid outcomes that occur among `num` samples, of the model or of the world itself."""
        p = (self.world if of_world else self.model).double().exp().clamp(max=1)
        return self.sums(1 - (1 - p) ** num) / self.sums(torch.ones_like(p))

    @property
    def means(self) -> dict[str, float]:
        """Every measure, in the order of `TITLES`, averaged over the groups."""
        found = {name: self.coverage() if name == "coverage" else getattr(self, name) for name in TITLES}
        return {name: values.mean().item() for name, values in found.items()}
