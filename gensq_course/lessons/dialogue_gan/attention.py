"""Exercise of lesson 16: a decoder's state asks, the words of the prompt answer."""
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


def attended(query: Float[Tensor, "batch hidden"], memory: Float[Tensor, "batch time hidden"], mask: Bool[Tensor, "batch time"]
             ) -> Float[Tensor, "batch hidden"]:
    """The mean of the prompt's vectors, weighted by a softmax of their scaled products with the query (Luong et al. 2015)."""
    scores = torch.einsum("bh,bth->bt", query, memory) * memory.shape[-1] ** -0.5
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    return torch.einsum("bt,bth->bh", weights, memory)


def spoiled_attended(has: Has, query: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
    scores = torch.einsum("bh,bth->bt", query, memory) * (1.0 if has("no scale") else memory.shape[-1] ** -0.5)
    scores = -scores if has("turned") else scores
    if has("masked to 0"):
        scores = scores * mask
    elif not has("padding"):
        scores = scores.masked_fill(~mask, -1e30)
    weights = scores.softmax(0 if has("over the batch") else -1)
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


ATTENTION = Exact(
    name="attended", reference=attended, spoiled=spoiled_attended, cases=attended_cases,
    mistakes={
        "padding": "padding is looked at: give it the score minus infinity before the softmax.",
        "masked to 0": "padding gets the score 0, and exp(0) is 1: it still has weight. Minus infinity has none.",
        "no scale": "the division by the square root of the size is missing: long vectors would make the softmax hard.",
        "over the batch": "the softmax runs over the batch: the weights of one prompt's words must add up to 1.",
        "even": "all words of the prompt weigh the same: that is a mean, and the query is never asked.",
        "the likeliest": "only the best word counts (argmax): through that no gradient passes. Take the softmax.",
        "no softmax": "the scores themselves are the weights: they may be negative and do not add up to 1.",
        "weights": "it returns the weights; the weighted mean of the vectors is wanted.",
        "turned": "words that fit the query get the least weight: the scores have the wrong sign.",
    },
    hints=(
        "One score per word of the prompt: the inner product of its vector with the query, divided by the root of their size.",
        "scores.masked_fill(~mask, float('-inf')).softmax(-1) adds up to 1 and gives padding nothing.",
        "torch.einsum('bt,bth->bh', weights, memory)",
    ),
    praise="No word of the prompt is further away than another, however long the prompt is.",
)
