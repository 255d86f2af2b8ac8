"""Exercises of lesson 16: a decoder's state asks, the words of the prompt answer; it says a word of its own, or one of these."""
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def attended(query: Float[Tensor, "batch hidden"], memory: Float[Tensor, "batch time hidden"], mask: Bool[Tensor, "batch time"]
             ) -> Float[Tensor, "batch hidden"]:
    """The mean of the prompt's vectors, weighted by a softmax of their scaled products with the query (Luong et al. 2015)."""
    scores = torch.einsum("bh,bth->bt", query, memory) * memory.shape[-1] ** -0.5
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    return torch.einsum("bt,bth->bh", weights, memory)


def spoiled_attended(has: Has, query: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
    power = 0.0 if has("no scale") else -1.0 if has("divided by d") else -0.5
    scores = torch.einsum("bh,bth->bt", query, memory) * memory.shape[-1] ** power
    mask = ~mask if has("mask turned") else mask
    scores = -scores if has("turned") else scores
    if has("masked to 0"):
        scores = scores * mask
    elif not (has("padding") or has("masked late")):
        scores = scores.masked_fill(~mask, -1e30)
    weights = scores.softmax(0 if has("over the batch") else -1)
    if has("masked late"):
        weights = weights * mask
    if has("even"):
        weights = mask / mask.sum(-1, keepdim=True)
    if has("the likeliest"):
        weights = torch.nn.functional.one_hot(scores.argmax(-1), scores.shape[-1]).to(scores.dtype)
    if has("no softmax"):
        weights = scores.masked_fill(~mask, 0.0)
    return weights if has("weights") else torch.einsum("bt,bth->bh", weights, memory)


def attended_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(21)
    small = (torch.tensor([[1.0, 0.0]]), torch.tensor([[[2.0, 1.0], [0.0, 3.0], [5.0, 5.0]]]),
             torch.tensor([[True, True, False]]))
    return [small] + [(torch.randn(batch, hidden, generator=draw), torch.randn(batch, time, hidden, generator=draw),
                       torch.arange(time) < torch.tensor(lengths)[:, None])
                      for batch, time, hidden, lengths in ((2, 3, 4, [3, 1]), (4, 5, 3, [5, 2, 4, 3]))]


ATTENTION = Exact(**words(__file__, "attended"), reference=attended, spoiled=spoiled_attended, cases=attended_cases)


def with_copies(gate: Float[Tensor, "batch"], own: Float[Tensor, "batch vocab"], weights: Float[Tensor, "batch time"],
                prompt: Int[Tensor, "batch time"]) -> Float[Tensor, "batch vocab"]:
    """With probability `gate` a word of one's own, else the word at the place that attention points at (See et al. 2017)."""
    pointed = torch.zeros_like(own).scatter_add(1, prompt, weights)
    return gate[:, None] * own + (1 - gate[:, None]) * pointed


def spoiled_copies(has: Has, gate: Tensor, own: Tensor, weights: Tensor, prompt: Tensor) -> Tensor:
    pointed = torch.zeros_like(own)
    if has("overwritten"):
        pointed = pointed.scatter(1, prompt, weights)
    elif has("counted"):
        pointed = pointed.scatter_add(1, prompt, torch.ones_like(weights) / weights.shape[1])
    else:
        pointed = pointed.scatter_add(1, prompt, weights)
    first, second = (1 - gate, gate) if has("gate turned") else (gate, 1 - gate)
    if has("no gate"):
        first = second = torch.ones_like(gate)
    if has("multiplied"):
        return own * pointed
    if has("pointed alone"):
        first = torch.zeros_like(gate)
    if has("own alone") or has("pointed in full"):
        second = torch.full_like(gate, float(has("pointed in full")))
    return first[:, None] * own + second[:, None] * pointed


def copy_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(22)
    small = (torch.tensor([0.25]), torch.tensor([[0.5, 0.3, 0.2]]), torch.tensor([[0.6, 0.1, 0.3]]), torch.tensor([[2, 0, 2]]))
    return [small] + [(torch.rand(batch, generator=draw), torch.randn(batch, vocab, generator=draw).softmax(-1),
                       torch.randn(batch, time, generator=draw).softmax(-1),
                       torch.randint(vocab - 1, (batch, time), generator=draw))
                      for batch, vocab, time in ((2, 5, 3), (4, 6, 7))]


COPYING = Exact(**words(__file__, "with_copies"), reference=with_copies, spoiled=spoiled_copies, cases=copy_cases)
