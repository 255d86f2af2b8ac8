"""Exercise of lesson 16: say a word of one's own, or point at one of the prompt."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


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
    if has("own alone"):
        second = torch.zeros_like(gate)
    return first[:, None] * own + second[:, None] * pointed


def copy_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(22)
    small = (torch.tensor([0.25]), torch.tensor([[0.5, 0.3, 0.2]]), torch.tensor([[0.6, 0.1, 0.3]]), torch.tensor([[2, 0, 2]]))
    return [small] + [(torch.rand(batch, generator=draw), torch.randn(batch, vocab, generator=draw).softmax(-1),
                       torch.randn(batch, time, generator=draw).softmax(-1),
                       torch.randint(vocab - 1, (batch, time), generator=draw))
                      for batch, vocab, time in ((2, 5, 3), (4, 6, 7))]


COPYING = Exact(
    name="with_copies", reference=with_copies, spoiled=spoiled_copies, cases=copy_cases,
    mistakes={
        "gate turned": "the gate is the probability of a word of one's own, and 1 - gate that of pointing; they are swapped.",
        "overwritten": "a word that stands twice in the prompt keeps only one of its weights: add them up (scatter_add).",
        "no gate": "both halves are added in full: the result adds up to 2. Weigh them by gate and 1 - gate.",
        "pointed alone": "the words of one's own are missing.",
        "own alone": "nothing is copied: the pointed half is missing.",
        "counted": "every place of the prompt counts the same: use the attention weights.",
        "multiplied": "the two halves are multiplied: a word that is not in the prompt could never be said. Mix them.",
    },
    hints=(
        "First move the weights from places to words: a row of zeros, one entry for each word of the vocabulary.",
        "torch.zeros_like(own).scatter_add(1, prompt, weights) adds the weight of each place to the word that stands there.",
        "gate[:, None] * own + (1 - gate[:, None]) * pointed",
    ),
    praise="A name that was never trained as an answer can be said, because it can be pointed at.",
)
