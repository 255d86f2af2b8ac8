"""Two exercises of lesson 23: an unbiased estimate of the any-order bound, and the exact likelihood by sets of places."""
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words


def bound_estimate(log_probs: Float[Tensor, "batch time"], hidden: Bool[Tensor, "batch time"], lengths: Int[Tensor, "batch"]
                   ) -> Float[Tensor, "batch"]:
    """L / m times the sum of log p over the m hidden places; nats per sentence."""
    nats = log_probs.masked_fill(~hidden, 0.0).sum(-1)
    return nats * lengths / hidden.sum(-1)


NATS, WEIGHED = "log_probs.masked_fill(~hidden, 0.0).sum(-1)", "nats * lengths / hidden.sum(-1)"
ESTIMATE_SLIPS = {
    "no weight": (WEIGHED, "nats"),
    "mean of hidden": (WEIGHED, "nats / hidden.sum(-1)"),
    "mean of length": (WEIGHED, "nats / lengths"),
    "turned over": (WEIGHED, "nats * hidden.sum(-1) / lengths"),
    "width": (WEIGHED, "nats * log_probs.shape[1] / hidden.sum(-1)"),
    "one weight": (WEIGHED, "nats * lengths.sum() / hidden.sum()"),
    "share shown": (WEIGHED, "nats * lengths / (lengths - hidden.sum(-1) + 1)"),
    "all places": (NATS, "log_probs.sum(-1)"),
    "real places": (NATS, "log_probs.masked_fill(torch.arange(log_probs.shape[1]).to(lengths) >= lengths[:, None], 0.0).sum(-1)"),
    "shown places": (NATS, "log_probs.masked_fill(hidden, 0.0).sum(-1)"),
    "mean of row": (NATS, "log_probs.masked_fill(~hidden, 0.0).mean(-1)"),
}


def estimate_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(23)

    def case(lengths: list[int], hidden: list[int]) -> Inputs:
        width = max(lengths) + 1
        log_probs = -4 * torch.rand(len(lengths), width, generator=draw)
        padding = torch.arange(width) >= torch.tensor(lengths)[:, None]
        at = torch.rand(len(lengths), width, generator=draw).masked_fill(padding, 2.0)
        return log_probs, at.argsort(-1).argsort(-1) < torch.tensor(hidden)[:, None], torch.tensor(lengths)
    small = (torch.tensor([[-1.0, -2.0, -3.0]]), torch.tensor([[True, False, True]]), torch.tensor([3]))
    return [small, case([4, 2], [1, 2]), case([3, 7, 5, 6], [2, 3, 4, 1])]


def random_order_log_prob(table: Float[Tensor, "sentence subset place"]) -> Float[Tensor, "sentence"]:
    """log of the mean over all orders; set number S holds place i where bit i of S is 1."""
    length = table.shape[-1]
    reached = [torch.ones_like(table[:, 0, 0])]
    for subset in range(1, 2**length):
        inside = [i for i in range(length) if subset >> i & 1]
        ways = [reached[subset - 2**i] * table[:, subset - 2**i, i].exp() for i in inside]
        reached.append(sum(ways) / len(inside))
    return reached[-1].log()


ASKED = "table[:, subset - 2**i, i].exp()"
RECURSION_SLIPS = {
    "sum of orders": ("sum(ways) / len(inside)", "sum(ways)"),
    "by all places": ("sum(ways) / len(inside)", "sum(ways) / length"),
    "sees itself": (ASKED, "table[:, subset, i].exp()"),
    "sees nothing": (ASKED, "table[:, 0, i].exp()"),
    "no logarithm": ("reached[-1].log()", "reached[-1]"),
    "log of log": (ASKED, "table[:, subset - 2**i, i]"),
    "forgets the way": ("reached[subset - 2**i] * table", "table"),
    "likeliest way": ("sum(ways) / len(inside)", "torch.stack(ways).amax(0)"),
}


def mean_of_logs(table):
    """The bound: the mean over orders of log p."""
    length = table.shape[-1]
    reached = [torch.zeros_like(table[:, 0, 0])]
    for subset in range(1, 2**length):
        inside = [i for i in range(length) if subset >> i & 1]
        reached.append(sum(reached[subset - 2**i] + table[:, subset - 2**i, i] for i in inside) / len(inside))
    return reached[-1]


def left_to_right(table):
    """One order of all."""
    return sum(table[:, 2**i - 1, i] for i in range(table.shape[-1]))


def right_to_left(table):
    """Another one."""
    return sum(table[:, 2**table.shape[-1] - 2 ** (i + 1), i] for i in range(table.shape[-1]))


def recursion_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(24)

    def case(num: int, length: int) -> Inputs:
        table = torch.rand(num, 2**length, length, generator=draw).log()
        return (table,)
    small = torch.tensor([[[0.5, 0.25], [1.0, 0.5], [0.2, 1.0], [1.0, 1.0]]]).log()
    return [(small,), case(2, 3), case(3, 4)]


ESTIMATE = Exact(**words(__file__, "bound_estimate"), reference=bound_estimate, slips=ESTIMATE_SLIPS, cases=estimate_cases,
                 together=2)
RECURSION = Exact(**words(__file__, "random_order_log_prob"), reference=random_order_log_prob, slips=RECURSION_SLIPS,
                  forms={"mean of logs": mean_of_logs, "left to right": left_to_right, "right to left": right_to_left},
                  cases=recursion_cases, together=2)
