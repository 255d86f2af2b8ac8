"""Exercises of lesson 15: what a word earns by itself, what is earned from it on, and what the others earn there."""
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Words = Float[Tensor, "batch time"]
Mask = Bool[Tensor, "batch time"]


def padded(lengths: list[int], draw: torch.Generator, *, scale: float = 1.0) -> tuple[Words, Mask]:
    """Random numbers for sentences of these lengths, on padding as well."""
    shape = len(lengths), max(lengths)
    return scale * (torch.randn(shape, generator=draw) + 0.5), torch.arange(shape[1]) < torch.tensor(lengths)[:, None]


def reward_to_go(rewards: Words, mask: Mask) -> Words:
    """This word's reward and all later ones of the sentence."""
    return (rewards * mask).flip(-1).cumsum(-1).flip(-1) * mask


TO_GO_SLIPS = {
    "so far": (".flip(-1).cumsum(-1).flip(-1)", ".cumsum(-1)"), "own": (".flip(-1).cumsum(-1).flip(-1)", ""),
    "whole sentence": (".flip(-1).cumsum(-1).flip(-1)", ".sum(-1, keepdim=True).expand_as(rewards)"),
    "other axis": (".flip(-1).cumsum(-1).flip(-1)", ".flip(0).cumsum(0).flip(0)"),
    "later only": (".flip(-1) * mask", ".flip(-1) * mask - rewards * mask"),
    "padding": ("(rewards * mask)", "rewards"),
    "left on padding": (("(rewards * mask)", "rewards"), (".flip(-1) * mask", ".flip(-1)")),
}


def to_go_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(16)
    small = (torch.tensor([[1.0, 2.0, 4.0]]), torch.tensor([[True, True, False]]))
    return [small] + [padded(lengths, draw) for lengths in ([3, 2], [2, 5, 4])]


TO_GO = Values(**words(__file__, "reward_to_go"), reference=reward_to_go, slips=TO_GO_SLIPS, cases=to_go_cases)


def prefix_rewards(prefix_logits: Words, mask: Mask) -> Words:
    """How much each word raises the judge's logit of the beginning; before the first word it is 0."""
    before = torch.nn.functional.pad(prefix_logits, (1, 0))[:, :-1]
    return (prefix_logits - before) * mask


PREFIX_SLIPS = {
    "first word free": ("(prefix_logits - before)", "(prefix_logits - before) * (torch.arange(mask.shape[1]) > 0)"),
    "one early": ("(prefix_logits - before)", "(torch.nn.functional.pad(prefix_logits[:, 1:], (0, 1)) - prefix_logits)"),
    "one late": ("(prefix_logits - before)", "(before - torch.nn.functional.pad(before, (1, 0))[:, :-1])"),
    "of probabilities": (("(prefix_logits - before)", "(prefix_logits.sigmoid() - before.sigmoid())")),
    "the logit itself": ("(prefix_logits - before)", "prefix_logits"),
    "from the mean": ("(prefix_logits - before)", "(prefix_logits - prefix_logits.mean(-1, keepdim=True))"),
    "round the corner": ("torch.nn.functional.pad(prefix_logits, (1, 0))[:, :-1]", "prefix_logits.roll(1, -1)"),
    "only at the end": ("(prefix_logits - before)", "prefix_logits * (mask.cumsum(-1) == mask.sum(-1, keepdim=True))"),
    "padding": (" * mask", ""),
}


def prefix_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(17)
    small = (torch.tensor([[1.0, 3.0, 2.0]]), torch.tensor([[True, True, False]]))
    return [small] + [padded(lengths, draw, scale=2.0) for lengths in ([3, 2], [2, 5, 4])]


PREFIX = Values(**words(__file__, "prefix_rewards"), reference=prefix_rewards, slips=PREFIX_SLIPS, cases=prefix_cases)


def others_mean(returns: Words, mask: Mask) -> Words:
    """The mean return at this position of the other sentences that still have a word there; 0 where there is none."""
    returns, count = returns * mask, mask.sum(0)
    return (returns.sum(0) - returns) / (count - 1).clamp(min=1) * (mask & (count > 1))


MEAN_SLIPS = {
    "itself": (("(returns.sum(0) - returns)", "returns.sum(0)"), ("(count - 1)", "count")),
    "itself, alone too": (("(returns.sum(0) - returns)", "returns.sum(0)"), ("(count - 1)", "count"),
                          ("(mask & (count > 1))", "mask")),
    "left on padding": (" * (mask & (count > 1))", ""),
    "divided by all": ("(count - 1)", "count"), "sum": (" / (count - 1).clamp(min=1)", ""),
    "padding": (("returns * mask, mask.sum(0)", "returns, torch.tensor(len(mask))"), ("count > 1", "mask.sum(0) > 1")),
    "over time": (("mask.sum(0)", "mask.sum(1, keepdim=True)"), ("returns.sum(0)", "returns.sum(1, keepdim=True)"),
                  ("count > 1", "mask.sum(0) > 1")),
    "one for all": (("mask.sum(0)", "mask.sum()"), ("returns.sum(0)", "returns.sum()"), ("count > 1", "mask.sum(0) > 1")),
    "ended counted": (("mask.sum(0)", "torch.tensor(len(mask))"), ("count > 1", "mask.sum(0) > 1")),
    "centred": (("(returns.sum(0)", "(returns - (returns.sum(0)"), ("clamp(min=1)", "clamp(min=1))")),
}


def mean_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(18)
    small = (torch.tensor([[1.0, 4.0], [3.0, 0.0]]), torch.tensor([[True, True], [True, False]]))
    return [small] + [padded(lengths, draw) for lengths in ([3, 1, 2], [2, 4, 3, 4, 1])]


BASELINE = Values(**words(__file__, "others_mean"), reference=others_mean, slips=MEAN_SLIPS, cases=mean_cases)
