"""Exercise of lesson 15: the others' mean return at the same position."""
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values


def others_mean(returns: Float[Tensor, "batch time"], mask: Bool[Tensor, "batch time"]) -> Float[Tensor, "batch time"]:
    """The mean return at this position of the other sentences that still have a word there; 0 where there is none."""
    returns, count = returns * mask, mask.sum(0)
    return (returns.sum(0) - returns) / (count - 1).clamp(min=1) * (mask & (count > 1))


def spoiled_mean(has: Has, returns: Tensor, mask: Tensor) -> Tensor:
    axis = 1 if has("over time") else 0
    real = torch.ones_like(mask) if has("padding") else mask
    values, count = returns * real, real.sum(axis, keepdim=True)
    total = values.sum(axis, keepdim=True)
    if has("one for all"):
        total, count = values.sum(), real.sum()
    others = total.expand_as(values) if has("itself") else total - values
    by = count if has("itself") or has("divided by all") else count - 1
    result = others if has("sum") else others / by.clamp(min=1)
    result = values - result if has("centred") else result
    return result * (mask & (mask.sum(0) > 1))


def mean_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(18)
    small = (torch.tensor([[1.0, 4.0], [3.0, 0.0]]), torch.tensor([[True, True], [True, False]]))
    return [small] + [(torch.randn(batch, time, generator=draw) + 0.5, torch.arange(time) < torch.tensor(lengths)[:, None])
                      for batch, time, lengths in ((3, 3, [3, 1, 2]), (5, 4, [2, 4, 3, 4, 1]))]


BASELINE = Values(
    name="others_mean", reference=others_mean, spoiled=spoiled_mean, cases=mean_cases,
    mistakes={
        "itself": "each sentence's own return is in its baseline: that shortens the gradient. Leave it out.",
        "divided by all": "it divides by the number of all sentences at this position; the others are one fewer.",
        "padding": "sentences that have ended are counted as if they had earned something: count the mask.",
        "over time": "it averages over the words of one sentence (axis 1); compare sentences at the same position (axis 0).",
        "one for all": "one number for all positions: late words have little left to earn, each position needs its own.",
        "sum": "it is the sum of the others; take the mean.",
        "centred": "it returns the return less the baseline; return the baseline.",
        "batch mean": "one number per position: each sentence has a baseline of its own, without itself.",
        "batch sum": "one number per position: each sentence has a baseline of its own, without itself.",
    },
    hints=(
        "For returns 1, 3, 8 at one position the baselines are 5.5, 4.5, 2.",
        "Sum over the batch (masked), subtract the own return, divide by the number of others.",
        "(returns.sum(0) - returns) / (count - 1).clamp(min=1), count = mask.sum(0); 0 on padding and for the last speaker.",
    ),
    praise="The others know nothing of this sentence's word, so the average of the gradient stays what it was.",
)
