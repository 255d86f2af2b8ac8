"""The long exercise of lesson 21: a two-sample test by exchanging labels."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def permutation_p(kernel: Float[Tensor, "sentence sentence"], num: int, orders: Int[Tensor, "draw sentence"]
                  ) -> Float[Tensor, ""]:
    """How often an order, the given one among them, parts the sentences at least as sharply as the given one."""
    def apart(order: Int[Tensor, "sentence"]) -> Float[Tensor, ""]:
        first, others = order[:num], order[num:]
        inside = kernel[first][:, first].mean() + kernel[others][:, others].mean()
        return inside - 2 * kernel[first][:, others].mean()

    given = apart(torch.arange(len(kernel)))
    as_sharp = sum(apart(order) >= given - 1e-6 for order in orders)
    return (1 + as_sharp) / torch.tensor(1 + len(orders)).to(kernel)


PERMUTATION_SLIPS = {
    "given one left out": ("return (1 + as_sharp) / torch.tensor(1 + len(orders)).to(kernel)",
                           "return as_sharp / torch.tensor(len(orders)).to(kernel)"),
    "one too few below": ("torch.tensor(1 + len(orders))", "torch.tensor(len(orders))"),
    "itself left out": (("kernel[first][:, first].mean() + kernel[others][:, others].mean()",
                         "sum((k.sum() - k.diagonal().sum()) / max(len(k) * (len(k) - 1), 1) "
                         "for k in (kernel[first][:, first], kernel[others][:, others]))"),),
    "counted above only": ("(1 + as_sharp)", "(0 + as_sharp)"),
    "number": ("return (1 + as_sharp) / torch.tensor(1 + len(orders)).to(kernel)",
               "return (1 + as_sharp) / torch.tensor(1.0).to(kernel)"),
    "less sharp": ("apart(order) >= given - 1e-6", "apart(order) <= given + 1e-6"),
    "strictly": ("apart(order) >= given - 1e-6", "apart(order) > given + 1e-6"),
    "between once": ("- 2 * kernel", "- kernel"),
    "between alone": ("return inside - 2 *", "return 0 * inside - 2 *"),
    "inside alone": ("return inside - 2 *", "return inside - 0 *"),
    "sums": (("kernel[first][:, first].mean() + kernel[others][:, others].mean()",
              "kernel[first][:, first].sum() + kernel[others][:, others].sum()"),
             ("kernel[first][:, others].mean()", "kernel[first][:, others].sum()")),
    "rows alone": (("kernel[first][:, first].mean() + kernel[others][:, others].mean()",
                    "kernel[first][:, :num].mean() + kernel[others][:, num:].mean()"),
                   ("kernel[first][:, others].mean()", "kernel[first][:, num:].mean()")),
    "one heap": ("kernel[first][:, first].mean() + kernel[others][:, others].mean()", "2 * kernel[first][:, first].mean()"),
    "halves": ("first, others = order[:num], order[num:]",
               "first, others = order[:len(order) // 2], order[len(order) // 2:]"),
}


def permutation_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(22)

    def case(num: int, others: int, draws: int, shift: float) -> Inputs:
        rows = torch.randn(num + others, 3, generator=draw)
        rows[:num, 0] += shift
        orders = torch.stack([torch.randperm(num + others, generator=draw) for _ in range(draws)])
        return (-torch.cdist(rows, rows)).exp(), num, orders
    small = (torch.tensor([[1.0, 0.8, 0.1], [0.8, 1.0, 0.2], [0.1, 0.2, 1.0]]), 2,
             torch.tensor([[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1]]))
    return [small, case(4, 7, 60, 0.6), case(5, 9, 150, 0.4), case(9, 4, 200, 0.3)]


PERMUTATION = Values(**words(__file__, "permutation_p"), reference=permutation_p, slips=PERMUTATION_SLIPS,
                     cases=permutation_cases, together=2)
