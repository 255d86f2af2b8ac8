"""Exercises of lesson 15 about gradients: the loss of REINFORCE, and a choice that is hard forwards and soft backwards."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words
from gensq_course.lessons.text_gan.relaxed import straight_through
from gensq_course.lessons.text_gan.rewards import Mask, Words, padded


def reinforce_loss(log_probs: Words, advantages: Words, mask: Mask) -> Float[Tensor, "batch"]:
    """Minus advantage times log-probability, summed over real words (Williams 1992)."""
    return -(advantages.detach() * log_probs * mask).sum(-1)


LOSS_SLIPS = {
    "padding": (" * mask", ""), "attached": (".detach()", ""), "probability": ("* log_probs", "* log_probs.exp()"),
    "whole sentence": ("advantages.detach()", "(advantages.detach() * mask).sum(-1, keepdim=True)"),
    "no log p": (" * log_probs", ""), "added": ("advantages.detach() * log_probs", "(advantages.detach() + log_probs)"),
    "the other detached": ("advantages.detach() * log_probs", "advantages * log_probs.detach()"),
    "per word": (".sum(-1)", ""), "word mean": (".sum(-1)", ".sum(-1) / mask.sum(-1)"),
}


def loss_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(15)
    small = (torch.tensor([[-1.0, -2.0]]), torch.tensor([[3.0, 5.0]]), torch.tensor([[True, False]]))
    return [small] + [(-torch.rand(len(lengths), max(lengths), generator=draw) - 0.1, *padded(lengths, draw))
                      for lengths in ([3, 1], [2, 5, 4])]


LOSS = Exact(**words(__file__, "reinforce_loss"), reference=reinforce_loss, slips=LOSS_SLIPS, cases=loss_cases)


STRAIGHT_SLIPS = {
    "wrong axis": ("one_hot(soft.argmax(-1), soft.shape[-1])", "one_hot(soft.argmax(0), len(soft)).T"),
    "least": ("argmax", "argmin"), "times soft": ("hard + soft - soft.detach()", "hard * soft"),
    "sum": (" - soft.detach()", ""), "difference": ("hard + soft - soft.detach()", "hard - soft"),
    "hard alone": (" + soft - soft.detach()", ""), "soft": ("hard + soft - soft.detach()", "soft"),
    "turned": ("soft - soft.detach()", "soft.detach() - soft"),
}


def straight_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(19)
    return [(torch.tensor([[0.2, 0.8]]),)] + [
        (torch.randn(batch, vocab, generator=draw).softmax(-1),) for batch, vocab in ((2, 4), (5, 3))]


STRAIGHT = Exact(**words(__file__, "straight_through"), reference=straight_through,
                 slips=STRAIGHT_SLIPS, cases=straight_cases)
