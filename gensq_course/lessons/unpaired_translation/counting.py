"""The long exercise of lesson 17: which plain word each secret one was, counted over all readings of a sentence."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Plain = Float[Tensor, "plain"]
Emission = Float[Tensor, "plain secret"]


def expected_counts(start: Plain, transition: Float[Tensor, "plain plain"], end: Plain, emission: Emission,
                    seen: Int[Tensor, "time"]) -> Emission:
    """How often each plain word was each secret one in a sentence, on average over the posterior of all plain sentences."""
    ahead = [start * emission[:, seen[0]]]
    for word in seen[1:]:
        ahead.append((ahead[-1] @ transition) * emission[:, word])
    behind = [end]
    for word in seen[1:].flip(0):
        behind.insert(0, transition @ (emission[:, word] * behind[0]))
    total = ahead[-1] @ end
    counts = torch.zeros_like(emission)
    for a, b, word in zip(ahead, behind, seen, strict=True):
        counts[:, word] += a * b / total
    return counts


SHARE = "a * b / total"
COUNT_SLIPS = {
    "forward alone": (SHARE, "a / a.sum()"), "backward alone": (SHARE, "b / b.sum()"), "not divided": (SHARE, "a * b"),
    "no end": (("behind = [end]", "behind = [torch.ones_like(end)]"), ("ahead[-1] @ end", "ahead[-1].sum()")),
    "no start": ("start * emission[:, seen[0]]", "emission[:, seen[0]] + 0"),
    "forward turned": ("ahead[-1] @ transition", "transition @ ahead[-1]"),
    "backward turned": ("transition @ (emission[:, word] * behind[0])", "(emission[:, word] * behind[0]) @ transition"),
    "backward blind": ("transition @ (emission[:, word] * behind[0])", "transition @ behind[0]"),
    "emission twice": (SHARE, "a * b * emission[:, word] / total"), "last one counts": ("+= a * b / total", "= a * b / total"),
    "emissions": ("return counts", "return counts / counts.sum(-1, keepdim=True)"),
    "each alone": (SHARE, "emission[:, word] / emission[:, word].sum()"), "by e": ("return counts", "return counts / emission"),
    "likeliest alone": (SHARE, "(a * b == (a * b).amax()).to(a)"), "wrong word": ("seen[1:].flip(0)", "seen[:-1].flip(0)"),
    "backward in order": ("seen[1:].flip(0)", "seen[1:]"), "the other axis": ("return counts", "return counts.T.contiguous()"),
    "not reversed": ("behind.insert(0, transition @ (emission[:, word] * behind[0]))",
                     "behind.append(transition @ (emission[:, word] * behind[-1]))"),
}


def count_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(64)

    def case(num: int, time: int) -> Inputs:
        rows = (1.5 * torch.randn(2 * num + 1, num + 1, generator=draw)).softmax(-1)
        emission = (1.5 * torch.randn(num, num, generator=draw)).softmax(-1)
        seen = torch.randint(num, (time,), generator=draw)
        seen[-1] = seen[0]
        return rows[0, :-1].contiguous(), rows[1: num + 1, :-1].contiguous(), rows[1: num + 1, -1].contiguous(), emission, seen
    small = (torch.tensor([0.75, 0.25]), torch.tensor([[0.0, 0.5], [0.25, 0.25]]), torch.tensor([0.5, 0.5]),
             torch.tensor([[0.5, 0.5], [0.25, 0.75]]), torch.tensor([0, 1]))
    return [small, case(3, 4), case(4, 5)]


COUNTS = Values(**words(__file__, "expected_counts"), reference=expected_counts, slips=COUNT_SLIPS, cases=count_cases,
                together=2)
