"""Exercise of lesson 05: causal attention, what a Transformer does between words."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def attend(query: Float[Tensor, "batch time key"], key: Float[Tensor, "batch time key"], value: Float[Tensor, "batch time out"]
           ) -> Float[Tensor, "batch time out"]:
    """At each position a mean of the values there and before, weighed by query · key (Vaswani et al. 2017)."""
    scores = query @ key.mT / query.shape[-1] ** 0.5
    ahead = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
    return scores.masked_fill(ahead, -torch.inf).softmax(-1) @ value


def spoiled_attention(has: Has, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    dim, time = query.shape[-1], query.shape[-2]
    scores = (key @ query.mT if has("exchanged") else query @ key.mT) / scale(has, dim, time)
    ahead = torch.ones(time, time, dtype=torch.bool).triu(0 if has("not itself") else 2 if has("one ahead") else 1)
    ahead = ahead.mT if has("only ahead") else ~ahead if has("mask turned") else ahead
    ahead = torch.zeros_like(ahead) if has("no mask") else ahead
    axis = -2 if has("wrong axis") else 0 if has("batch axis") else -1
    if has("mask after"):
        weights = scores.softmax(axis).masked_fill(ahead, 0.0)
    elif has("no softmax"):
        weights = scores.masked_fill(ahead, 0.0)
    else:
        weights = scores.masked_fill(ahead, 0.0 if has("zeros") else -torch.inf).softmax(axis)
    return weights if has("weights only") else weights @ value


def scale(has: Has, dim: int, time: int) -> float:
    return 1.0 if has("no scale") else dim if has("whole dim") else time**0.5 if has("root of time") else dim**0.5


def attention_cases() -> list[Inputs]:
    """One with scores whose exp overflows."""
    draw = torch.Generator().manual_seed(8)
    small = (torch.tensor([[[1.0], [2.0]]]), torch.tensor([[[1.0], [0.0]]]), torch.tensor([[[1.0], [3.0]]]))
    large = (torch.tensor([[[200.0], [100.0]]]), torch.tensor([[[2.0], [1.0]]]), torch.tensor([[[1.0, 5.0], [3.0, -2.0]]]))
    return [small, large] + [tuple(torch.randn(batch, time, size, generator=draw) for size in (dim, dim, out))
                             for batch, time, dim, out in ((1, 3, 2, 3), (2, 5, 4, 3))]


ATTEND = Exact(**words(__file__, "attend"), reference=attend, spoiled=spoiled_attention, cases=attention_cases, together=2)
