"""Two exercises of lesson 21 on leaks: how alike two sentences are, and what must therefore stay in one part."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Counts = Float[Tensor, "sentence shingle"]


def resemblances(left: Counts, right: Float[Tensor, "other shingle"]) -> Float[Tensor, "sentence other"]:
    """Shingles that both have, as a share of those that one of them has; 0 where neither has any."""
    a, b = (left > 0).to(left), (right > 0).to(left)
    shared = a @ b.T
    either = a.sum(1)[:, None] + b.sum(1) - shared
    return shared / either.clamp(min=1)


RESEMBLANCE_SLIPS = {
    "counts": ("(left > 0).to(left), (right > 0).to(left)", "left, right"),
    "twice counted": ("+ b.sum(1) - shared", "+ b.sum(1)"),
    "of the first": ("a.sum(1)[:, None] + b.sum(1) - shared", "a.sum(1)[:, None].expand(-1, len(b))"),
    "of the second": ("a.sum(1)[:, None] + b.sum(1) - shared", "b.sum(1).expand(len(a), -1)"),
    "of the shorter": ("a.sum(1)[:, None] + b.sum(1) - shared", "torch.minimum(a.sum(1)[:, None], b.sum(1))"),
    "cosine": ("a.sum(1)[:, None] + b.sum(1) - shared", "(a.sum(1)[:, None] * b.sum(1)).sqrt()"),
    "Dice": (("a.sum(1)[:, None] + b.sum(1) - shared", "a.sum(1)[:, None] + b.sum(1)"),
             ("return shared / either", "return 2 * shared / either")),
    "number": ("return shared / either.clamp(min=1)", "return shared"),
    "empty": ("either.clamp(min=1)", "either"),
    "turned": ("return shared / either.clamp(min=1)", "return (shared / either.clamp(min=1)).T.contiguous()"),
}


def weighted(left, right):
    """The smaller counts over the larger ones; where both are empty 0 / 0, so that it is known with and without care for that."""
    shared, either = (take(left[:, None], right).sum(-1) for take in (torch.minimum, torch.maximum))
    return shared / either


def resemblance_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(21)

    def case(num: int, others: int, shingles: int) -> Inputs:
        return tuple(torch.randint(0, 3, (rows, shingles), generator=draw).float() * (
            torch.rand(rows, shingles, generator=draw) < 0.7) for rows in (num, others))
    small = (torch.tensor([[1.0, 1.0, 2.0, 0.0]]), torch.tensor([[1.0, 0.0, 1.0, 1.0]]))
    empty = (torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([[0.0, 0.0]]))
    return [small, empty, case(3, 4, 6), case(4, 5, 9)]


def together(alike: Float[Tensor, "sentence sentence"]) -> Float[Tensor, "sentence"]:
    """For each sentence the smallest number of a sentence that it hangs together with, directly or through others."""
    near = (alike + alike.T + torch.eye(len(alike)).to(alike)) > 0
    group = torch.arange(len(alike)).to(alike)
    for _ in alike:  # a chain is no longer than there are sentences
        group = torch.where(near, group, group.new_tensor(torch.inf)).min(1).values
    return group


TOGETHER_SLIPS = {
    "neighbours alone": ("for _ in alike:", "for _ in alike[:1]:"), "two steps": ("for _ in alike:", "for _ in alike[:2]:"),
    "one way": ("alike + alike.T +", "alike +"),
    "not itself": ("alike + alike.T + torch.eye(len(alike)).to(alike)", "alike + alike.T"),
    "largest": ("torch.where(near, group, group.new_tensor(torch.inf)).min(1)",
                "torch.where(near, group, group.new_tensor(-torch.inf)).max(1)"),
}


def numbered(alike):
    """0, 1, 2 ... by group."""
    return together(alike).unique(return_inverse=True)[1].to(alike)


def how_many(alike):
    group = together(alike)
    return (group[:, None] == group).to(alike).sum(1)


def one_pass(alike):
    """Each in its turn takes the smallest number around it, once."""
    near, group = (alike + alike.T + torch.eye(len(alike)).to(alike)) > 0, torch.arange(len(alike)).to(alike)
    for i in range(len(group)):
        group[i] = group[near[i]].min()
    return group


def overwritten(alike):
    """Pair by pair the later sentence takes the number of the earlier one, whatever it had; nobody else hears of it."""
    group = list(range(len(alike)))
    for i, j in (alike + alike.T).triu(1).nonzero().tolist():
        group[j] = group[i]
    return torch.tensor(group).to(alike)


def together_cases() -> list[Inputs]:
    chain = torch.zeros(4, 4)
    chain[3, 1] = chain[1, 0] = 1.0
    far = torch.zeros(9, 9)
    for i, j in ((8, 5), (5, 7), (7, 1), (1, 6), (6, 3), (2, 4)):
        far[i, j] = 1.0
    apart = torch.zeros(3, 3)
    return [(chain,), (apart,), (far,)]


RESEMBLANCE = Values(**words(__file__, "resemblances"), reference=resemblances, slips=RESEMBLANCE_SLIPS,
                     forms={"weighted": weighted}, cases=resemblance_cases, together=2)
TOGETHER = Values(**words(__file__, "together"), reference=together, slips=TOGETHER_SLIPS,
                  forms={"numbered": numbered, "how many": how_many, "one pass": one_pass, "overwritten": overwritten},
                  cases=together_cases, together=2)
