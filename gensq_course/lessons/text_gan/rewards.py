"""Exercises of lesson 15: what a word earns by itself, what is earned from it on, and what the others earn there."""
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words

Words = Float[Tensor, "batch time"]
Mask = Bool[Tensor, "batch time"]


def padded(lengths: list[int], draw: torch.Generator, *, scale: float = 1.0) -> tuple[Words, Mask]:
    """Random numbers for sentences of these lengths, on padding as well."""
    shape = len(lengths), max(lengths)
    return scale * (torch.randn(shape, generator=draw) + 0.5), torch.arange(shape[1]) < torch.tensor(lengths)[:, None]


def reward_to_go(rewards: Words, mask: Mask) -> Words:
    """This word's reward and all later ones of the sentence."""
    return (rewards * mask).flip(-1).cumsum(-1).flip(-1) * mask


def spoiled_to_go(has: Has, rewards: Tensor, mask: Tensor) -> Tensor:
    axis = 0 if has("other axis") else -1
    earned = rewards if has("padding") else rewards * mask
    togo = earned.flip(axis).cumsum(axis).flip(axis)
    if has("so far"):
        togo = earned.cumsum(axis)
    if has("whole sentence"):
        togo = earned.sum(axis, keepdim=True).expand_as(earned)
    if has("own"):
        togo = earned
    if has("later only"):
        togo = togo - earned
    return togo if has("left on padding") else togo * mask


def to_go_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(16)
    small = (torch.tensor([[1.0, 2.0, 4.0]]), torch.tensor([[True, True, False]]))
    return [small] + [padded(lengths, draw) for lengths in ([3, 2], [2, 5, 4])]


TO_GO = Values(**words(__file__, "reward_to_go"), reference=reward_to_go, spoiled=spoiled_to_go, cases=to_go_cases)


def prefix_rewards(prefix_logits: Words, mask: Mask) -> Words:
    """How much each word raises the judge's logit of the beginning; before the first word it is 0."""
    before = torch.nn.functional.pad(prefix_logits, (1, 0))[:, :-1]
    return (prefix_logits - before) * mask


def spoiled_prefix(has: Has, prefix_logits: Tensor, mask: Tensor) -> Tensor:
    pad = torch.nn.functional.pad
    rewards = prefix_logits - pad(prefix_logits, (1, 0))[:, :-1]
    if has("first word free"):
        rewards = rewards * (torch.arange(rewards.shape[1]) > 0)
    if has("one early"):
        rewards = pad(prefix_logits[:, 1:], (0, 1)) - prefix_logits
    if has("the logit itself"):
        rewards = prefix_logits
    if has("from the mean"):
        rewards = prefix_logits - prefix_logits.mean(-1, keepdim=True)
    if has("only at the end"):
        rewards = prefix_logits * (mask.cumsum(-1) == mask.sum(-1, keepdim=True))
    return rewards if has("padding") else rewards * mask


def prefix_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(17)
    small = (torch.tensor([[1.0, 3.0, 2.0]]), torch.tensor([[True, True, False]]))
    return [small] + [padded(lengths, draw, scale=2.0) for lengths in ([3, 2], [2, 5, 4])]


PREFIX = Values(**words(__file__, "prefix_rewards"), reference=prefix_rewards, spoiled=spoiled_prefix, cases=prefix_cases)


def others_mean(returns: Words, mask: Mask) -> Words:
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
    return [small] + [padded(lengths, draw) for lengths in ([3, 1, 2], [2, 4, 3, 4, 1])]


BASELINE = Values(**words(__file__, "others_mean"), reference=others_mean, spoiled=spoiled_mean, cases=mean_cases)
