"""Exercises of lesson 17 on learning by gradients: the bound for an unseen side, and what an encoder wants of a judge."""
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gensq_course.checks.exercises import Exact, Inputs, Values, words

Number = Float[Tensor, ""]
Places, Words, Each = Float[Tensor, "time word"], Float[Tensor, "word word"], Float[Tensor, "word"]


def unseen_bound(log_q: Places, log_back: Places, log_first: Each, log_next: Words, log_end: Each) -> Number:
    """A bound on log p(x), nats: back-translation, language model and entropy, place by place (He et al. 2020)."""
    q = log_q.exp()
    back = (q * log_back).sum()
    inside = (q[:-1] @ log_next * q[1:]).sum()
    model = q[0] @ log_first + inside + q[-1] @ log_end
    entropy = -(q * log_q).sum()
    return back + model + entropy


INSIDE, MODEL, ALL = "(q[:-1] @ log_next * q[1:]).sum()", "q[0] @ log_first + inside + q[-1] @ log_end", "back + model + entropy"
UNSEEN_SLIPS = {
    "no entropy": (ALL, "back + model"), "no language model": (ALL, "back + entropy"),
    "no back-translation": (ALL, "model + entropy"),
    "entropy turned": ("-(q * log_q).sum()", "(q * log_q).sum()"), "cheap KL": (ALL, "back + 0.03 * (model + entropy)"),
    "KL turned": (ALL, "back - model - entropy"), "loss": (ALL, "-(back + model + entropy)"),
    "no beginning": ("q[0] @ log_first + ", ""), "no end": (" + q[-1] @ log_end", ""),
    "no neighbours": (INSIDE, "torch.zeros(())"),
    "beginning at every place": ("q[0] @ log_first", "(q @ log_first).sum()"),
    "end at every place": ("q[-1] @ log_end", "(q @ log_end).sum()"),
    "back to front": ("q[:-1] @ log_next", "q[:-1] @ log_next.T"), "same place": (INSIDE, "(q @ log_next * q).sum()"),
    "likeliest words": ("q = log_q.exp()", "q = F.one_hot(log_q.argmax(-1), log_q.shape[-1]).to(log_q)"),
    "logarithm as weight": ("q = log_q.exp()", "q = log_q"), "no weights": ("(q * log_back).sum()", "log_back.sum()"),
    "log of the mean": ("(q * log_back).sum()", "(q * log_back.exp()).sum(-1).log().sum()"),
    "mean over places": ("(q * log_back).sum()", "(q * log_back).sum(-1).mean()"),
    "per word": (ALL, "(back + model + entropy) / len(q)"), "probabilities": ("log_next * q[1:]", "log_next.exp() * q[1:]"),
}


def unseen_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(171)

    def logs(*shape: int) -> Tensor:
        return (1.3 * torch.randn(*shape, generator=draw)).log_softmax(-1)

    def case(time: int, num: int) -> Inputs:
        together = logs(num + 1, num + 1)  # the last row is the beginning, the last column the end
        back = -4 * torch.rand(time, num, generator=draw)
        return logs(time, num), back, together[-1, :-1], together[:-1, :-1], together[:-1, -1]

    return [case(2, 2), case(1, 3), case(5, 4)]


UNSEEN = Values(**words(__file__, "unseen_bound"), reference=unseen_bound, slips=UNSEEN_SLIPS, cases=unseen_cases, together=2)


def encoder_loss(secret: Float[Tensor, "secret"], plain: Float[Tensor, "plain"], weight: Number) -> Number:
    """What an encoder minimises against a judge of languages: `weight` times the judge's loss with the labels exchanged.

    The logits are the judge's log-odds for "plain", of vectors of secret and of plain words.
    """
    taken = F.binary_cross_entropy_with_logits(secret, torch.ones_like(secret))
    other = F.binary_cross_entropy_with_logits(plain, torch.zeros_like(plain))
    return weight * (taken + other) / 2


LOSS, TAKEN = "weight * (taken + other) / 2", "F.binary_cross_entropy_with_logits(secret, torch.ones_like(secret))"
OTHER = "F.binary_cross_entropy_with_logits(plain, torch.zeros_like(plain))"
ENCODER_SLIPS = {
    "judge's loss": ((TAKEN, TAKEN.replace("ones", "zeros")), (OTHER, OTHER.replace("zeros", "ones"))),
    "sign turned": (LOSS, "-" + LOSS), "secret alone": (LOSS, "weight * taken / 2"), "plain alone": (LOSS, "weight * other / 2"),
    "all called plain": (OTHER, OTHER.replace("zeros", "ones")), "all called secret": (TAKEN, TAKEN.replace("ones", "zeros")),
    "sum of both": (LOSS, "weight * (taken + other)"), "no weight": (LOSS, "(taken + other) / 2"),
    "sigmoid twice": ((TAKEN, TAKEN.replace("(secret,", "(secret.sigmoid(),")),
                      (OTHER, OTHER.replace("(plain,", "(plain.sigmoid(),"))),
    "all words at once": (LOSS, "weight * (taken * len(secret) + other * len(plain)) / (len(secret) + len(plain))"),
    "sum over words": (LOSS, "weight * (taken * len(secret) + other * len(plain)) / 2"),
    "saturating": ((LOSS, "-" + LOSS), (TAKEN, TAKEN.replace("ones", "zeros")), (OTHER, OTHER.replace("zeros", "ones"))),
    "logits alone": (LOSS, "weight * (plain.mean() - secret.mean()) / 2"),
}


def encoder_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(172)

    def case(first: int, second: int, weight: float) -> Inputs:
        return torch.randn(first, generator=draw) - 1, torch.randn(second, generator=draw) + 1, torch.tensor(weight)

    return [(torch.tensor([-2.0]), torch.tensor([1.0]), torch.tensor(0.5)), case(3, 5, 1.5), case(6, 2, 0.3),
            (torch.tensor([-60.0, 60.0]), torch.tensor([80.0]), torch.tensor(1.0))]


ENCODER = Exact(**words(__file__, "encoder_loss"), reference=encoder_loss, slips=ENCODER_SLIPS, cases=encoder_cases, together=2)
