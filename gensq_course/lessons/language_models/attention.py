"""Exercise of lesson 05: causal attention, what a Transformer does between words."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words


def attend(query: Float[Tensor, "batch time key"], key: Float[Tensor, "batch time key"], value: Float[Tensor, "batch time out"]
           ) -> Float[Tensor, "batch time out"]:
    """At each position a mean of the values there and before, weighed by query · key (Vaswani et al. 2017)."""
    scores = query @ key.mT / query.shape[-1] ** 0.5
    ahead = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
    weights = scores.masked_fill(ahead, -torch.inf).softmax(-1)
    return weights @ value


SLIPS = {
    "exchanged": ("query @ key.mT", "key @ query.mT"),
    "no scale": (" / query.shape[-1] ** 0.5", ""),
    "whole dim": (" ** 0.5", ""),
    "root of time": ("query.shape[-1]", "query.shape[-2]"),
    "not itself": ("triu(1)", "triu(0)"),
    "one ahead": ("triu(1)", "triu(2)"),
    "mask turned": ("ahead = ", "ahead = ~"),
    "only ahead": ("(ahead", "(ahead.mT"),
    "no mask": (".masked_fill(ahead, -torch.inf)", ""),
    "mask after": ((".masked_fill(ahead, -torch.inf)", ""), ("return weights", "return weights.masked_fill(ahead, 0.0)")),
    "zeros": ("-torch.inf", "0.0"),
    "no softmax": ("-torch.inf).softmax(-1)", "0.0)"),
    "wrong axis": ("softmax(-1)", "softmax(-2)"),
    "batch axis": ("softmax(-1)", "softmax(0)"),
    "weights only": (" @ value", ""),
}


def attention_cases() -> list[Inputs]:
    """One with scores whose exp overflows."""
    draw = torch.Generator().manual_seed(8)
    small = (torch.tensor([[[1.0], [2.0]]]), torch.tensor([[[1.0], [0.0]]]), torch.tensor([[[1.0], [3.0]]]))
    large = (torch.tensor([[[200.0], [100.0]]]), torch.tensor([[[2.0], [1.0]]]), torch.tensor([[[1.0, 5.0], [3.0, -2.0]]]))
    return [small, large] + [tuple(torch.randn(batch, time, size, generator=draw) for size in (dim, dim, out))
                             for batch, time, dim, out in ((1, 3, 2, 3), (2, 5, 4, 3))]


ATTEND = Exact(**words(__file__, "attend"), reference=attend, slips=SLIPS, cases=attention_cases, together=2)
