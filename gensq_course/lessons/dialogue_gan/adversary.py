"""Exercises of lesson 16 on the adversary: what a reply earned beside others to the same prompt, and which to draw again."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words

Replies = Float[Tensor, "prompt reply"]


def beside_others(rewards: Replies) -> Replies:
    """What each reply earned, less the mean of the other replies to the same prompt."""
    num = rewards.shape[-1]
    return rewards - (rewards.sum(-1, keepdim=True) - rewards) / (num - 1)


BESIDE_SLIPS = {
    "itself": (("(rewards.sum(-1, keepdim=True) - rewards)", "rewards.sum(-1, keepdim=True)"), ("(num - 1)", "num")),
    "divided by all": ("(num - 1)", "num"),
    "itself in the sum": ("(rewards.sum(-1, keepdim=True) - rewards)", "rewards.sum(-1, keepdim=True)"),
    "over prompts": (("shape[-1]", "shape[0]"), ("sum(-1, keepdim=True)", "sum(0)")),
    "over everything": (("rewards.shape[-1]", "rewards.numel()"), ("sum(-1, keepdim=True)", "sum()")),
    "baseline alone": ("return rewards - (rewards.sum", "return (rewards.sum"),
    "turned": ("return rewards - (rewards.sum(-1, keepdim=True) - rewards) / (num - 1)",
               "return (rewards.sum(-1, keepdim=True) - rewards) / (num - 1) - rewards"),
    "sum": (" / (num - 1)", ""), "added": ("return rewards - (rewards.sum", "return rewards + (rewards.sum"),
}


def beside_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(27)
    return [(torch.tensor([[1.0, 3.0], [10.0, 12.0]]),),
            *((torch.randn(*shape, generator=draw) + 2.0,) for shape in ((2, 3), (4, 5)))]


BESIDE = Exact(**words(__file__, "beside_others"), reference=beside_others, slips=BESIDE_SLIPS, cases=beside_cases)


def drawn_again(logits: Replies, scale: float) -> Replies:
    """Weights of the replies to each prompt, in proportion to the odds that a judge gives, to the power `scale`."""
    return (scale * logits).softmax(-1)


AGAIN_SLIPS = {
    "probability": ("(scale * logits).softmax(-1)",
                    "(scale * logits).sigmoid() / (scale * logits).sigmoid().sum(-1, keepdim=True)"),
    "probability to the power": ("(scale * logits).softmax(-1)",
                                 "logits.sigmoid()**scale / (logits.sigmoid()**scale).sum(-1, keepdim=True)"),
    "place of the best": ("(scale * logits).softmax(-1)", "logits.argmax(-1)"),
    "not normalised": (".softmax(-1)", ".exp()"), "over prompts": ("softmax(-1)", "softmax(0)"),
    "no scale": ("scale * logits", "logits"), "divided": ("scale * logits", "logits / scale"),
    "scale outside": ("(scale * logits).softmax(-1)", "scale * logits.softmax(-1)"),
    "turned": ("scale * logits", "-scale * logits"), "logarithms": ("softmax", "log_softmax"),
    "the best": ("(scale * logits).softmax(-1)", "(logits == logits.amax(-1, keepdim=True)).to(logits.dtype)"),
    "the logits": ("(scale * logits).softmax(-1)", "(scale * logits) / (scale * logits).sum(-1, keepdim=True)"),
    "over everything": ("(scale * logits).softmax(-1)", "(scale * logits).flatten().softmax(-1).view_as(logits)"),
}


def again_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(28)
    return [(torch.tensor([[0.0, 1.0], [2.0, -1.0]]), 1.0),
            *((2 * torch.randn(*shape, generator=draw), scale) for shape, scale in (((2, 3), 0.5), ((3, 4), 2.0)))]


AGAIN = Exact(**words(__file__, "drawn_again"), reference=drawn_again, slips=AGAIN_SLIPS, cases=again_cases)
