"""Exercises of lesson 19: the likelihood of a mixture, and what a generator finds that it has not read."""
import math
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

LogProbs = Float[Tensor, "sentence"]
Ids = Int[Tensor, "sample"]


def mixture_log_p(log_p: LogProbs, log_q: LogProbs, share: float) -> LogProbs:
    """log(share · p + (1 - share) · q) of each sentence, nats; a log-probability may be -inf."""
    first, second = log_p + math.log(share), log_q + math.log(1 - share)
    return torch.logaddexp(first, second)


FIRST, SECOND = "log_p + math.log(share)", "log_q + math.log(1 - share)"
WHOLE = "torch.logaddexp(first, second)"
MIXTURE_SLIPS = {
    "mean of logs": (WHOLE, "share * log_p + (1 - share) * log_q"),
    "swapped": ((FIRST, "log_p + math.log(1 - share)"), (SECOND, "log_q + math.log(share)")),
    "no shares": ((FIRST, "log_p"), (SECOND, "log_q")),
    "shares as they are": ((FIRST, "log_p + share"), (SECOND, "log_q + 1 - share")),
    "shares inside": ((FIRST, "share * log_p"), (SECOND, "(1 - share) * log_q")),
    "probabilities": (WHOLE, f"{WHOLE}.exp()"),
    "product": (WHOLE, "first + second"),
    "larger": ("logaddexp", "maximum"),
    "underflow": (WHOLE, "(share * log_p.exp() + (1 - share) * log_q.exp()).log()"),
    "twice the share": (SECOND, "log_q + math.log(share)"),
    "first alone": (WHOLE, "first"), "second alone": (WHOLE, "second"),
}


def mixture_cases() -> list[Inputs]:
    """A sentence that the first never says; one that both find as good as impossible; ordinary ones."""
    draw = torch.Generator().manual_seed(19)
    random = [tuple(-30 * torch.rand(num, generator=draw) for _ in range(2)) for num in (3, 6)]
    never, rare = torch.tensor([-torch.inf, -4.0]), torch.tensor([-900.0, -2.0, -1000.0])
    return [(torch.tensor([-2.0]), torch.tensor([-3.0]), 0.25), (never, torch.tensor([-5.0, -torch.inf]), 0.9),
            (rare, torch.tensor([-901.0, -3.0, -950.0]), 0.5), (*random[0], 0.99), (*random[1], 0.3)]


MIXTURE = Values(**words(__file__, "mixture_log_p"), reference=mixture_log_p, slips=MIXTURE_SLIPS, cases=mixture_cases,
                 together=2)


class Counted(Values):
    """A plain number will do."""

    def form_of(self, answer: Any, truth: Tensor) -> dict[str, str]:
        return {} if isinstance(answer, int | float) else super().form_of(answer, truth)


def discoveries(said: Ids, valid: Bool[Tensor, "sample"], read: Int[Tensor, "train"]) -> Float[Tensor, ""]:
    """Different sentences that are valid and were not read, for each draw. Sentences are numbers."""
    known = set(read.tolist())
    found = [sentence for sentence, right in zip(said.tolist(), valid.tolist(), strict=True) if right and sentence not in known]
    return torch.tensor(len(set(found)) / len(said))


GOOD = "right and sentence not in known"
DISCOVERY_SLIPS = {
    "copies count": (GOOD, "right"), "invalid count": (GOOD, "sentence not in known"), "distinct": (GOOD, "True"),
    "said twice": ("len(set(found))", "len(found)"),
    "copies alone": (GOOD, "right and sentence in known"), "invalid alone": (GOOD, "not right and sentence not in known"),
    "of the distinct": ("/ len(said)", "/ len(set(said.tolist()))"), "of the read": ("/ len(said)", "/ len(read)"),
    "of the different read": ("/ len(said)", "/ len(known)"),
    "of the valid": ("/ len(said)", "/ valid.sum().item()"), "count": (" / len(said)", ""),
    "of the new": ("/ len(said)", "/ max(1, sum(each not in known for each in said.tolist()))"),
}


def discovery_cases() -> list[Inputs]:
    """The smallest with everything; sentences said three times; a replay; a draw of many."""
    draw = torch.Generator().manual_seed(20)

    def case(num: int, world: int, reads: int) -> Inputs:
        said, read = (torch.randint(world, (size,), generator=draw) for size in (num, reads))
        return said, torch.rand(world, generator=draw)[said] < 0.7, read
    small = torch.tensor([4, 4, 7, 2, 9]), torch.tensor([True, True, False, True, True]), torch.tensor([2, 3])
    return [small, (torch.tensor([5, 5, 5, 1]), torch.tensor([True] * 4), torch.tensor([1, 1, 8])),
            (torch.tensor([3, 6, 3]), torch.tensor([True] * 3), torch.tensor([6, 3, 0, 2])), case(40, 25, 12), case(60, 90, 30)]


class Discoveries(Counted):
    """Rounded as shares are, whatever the ids are."""

    def truth(self, case: Inputs) -> Tensor:
        return self.reference(*case)


DISCOVERIES = Discoveries(**words(__file__, "discoveries"), reference=discoveries, slips=DISCOVERY_SLIPS, cases=discovery_cases,
                          together=2)
