"""A jury in place of the truth: several models that have read another part of the text say what they find strange."""
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import expect
from gensq_lib.maths.objectives import evaluate
from gensq_lib.maths.stats import Share
from gensq_lib.models.parts import WordModel
from gensq_lib.text.batching import in_order

STRANGE = 0.05  # the share of real sentences that count as strange: chance


@dataclass(frozen=True)
class Jury:
    """Models that judge, and how much each is surprised by real sentences that neither they nor the judged have read.

    Taught in lesson 21.
    """

    members: tuple[WordModel, ...]
    real: Float[Tensor, "member sentence"]  # nats per token

    @classmethod
    def sworn(cls, members: Sequence[WordModel], real: Sequence[Sequence[int]]) -> "Jury":
        """With held-out sentences (integers) as the measure of what is usual."""
        expect(len(members) > 0, "expected at least one model to judge, got none; train one on another part of the text")
        return cls(tuple(members), surprise(members, real))

    def strange(self, said: Sequence[Sequence[int]]) -> list[Share]:
        """For each member, how many of these surprise it more than 95 % of the real ones do; chance is 5 %."""
        bounds = self.real.quantile(1 - STRANGE, dim=1, keepdim=True)
        return [Share(int(each.sum()), len(said)) for each in surprise(self.members, said) > bounds]

    def verdict(self, said: Sequence[Sequence[int]]) -> float:
        """The mean of the members."""
        return fmean(share.mean for share in self.strange(said))


def surprise(members: Sequence[WordModel], said: Sequence[Sequence[int]]) -> Float[Tensor, "member sentence"]:
    """-log p(x) of each sentence under each model, nats per token (<eos> counted): longer ones are not stranger."""
    tokens = torch.tensor([len(ids) + 1 for ids in said])
    return torch.stack([-log_p(model, said) / tokens for model in members]).double()


def log_p(model: WordModel, said: Sequence[Sequence[int]]) -> Float[Tensor, "sentence"]:
    """Nats of each sentence, exactly, wherever the model is (counts have no device). Taught in lesson 21."""
    device = next((parameter.device.type for parameter in model.parameters()), "cpu")
    return evaluate(model, model.log_likelihood, in_order(said, device=device))


def rank_agreement(left: Sequence[float], right: Sequence[float]) -> float:
    """Of all pairs that differ on both sides, those in the same order less those in the other (Kendall's tau-b without ties): 1
    for one order, 0 for none, -1 for the opposite; NaN where no pair can be told apart. Taught in lesson 21.
    """
    expect(len(left) == len(right), f"expected as many values on either side, got {len(left)} and {len(right)}; judge the same")
    signs = [(a - b) * (c - d) for (a, c), (b, d) in combinations(zip(left, right, strict=True), 2)]
    told = [1 if sign > 0 else -1 for sign in signs if sign]
    return fmean(told) if told else float("nan")
