"""Exercise of lesson 08: how well z alone names the words of a sentence, in any order."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words
from gensq_course.lessons.text_vae.nats import likelihood_case, real


def bag_log_likelihood(log_probs: Float[Tensor, "batch vocab"], targets: Int[Tensor, "batch time"],
                       lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    """The sum of log p(word | z) over the real tokens of each sentence, nats (Zhao et al. 2017)."""
    return log_probs.gather(1, targets).where(real(targets, lengths), 0.0).sum(-1)


def spoiled_bag(has: Has, log_probs: Tensor, targets: Tensor, lengths: Tensor) -> Tensor:
    mask = real(targets, lengths + int(has("one too many")) - int(has("no eos")))
    if has("padding"):
        mask = torch.ones_like(mask)
    if has("guessed mask"):
        mask = targets != 0
    picked = log_probs.gather(1, targets)
    if has("best word"):
        picked = log_probs.max(-1, keepdim=True).values.expand_as(picked)
    if has("probabilities"):
        picked = picked.exp()
    if has("once"):
        mask = mask & first_time(targets)
    if has("per token"):
        return picked * mask
    kept = picked * mask if has("product") else picked.where(mask, 0.0)
    total = kept.sum(0 if has("wrong sum") else -1)
    if has("orders"):
        total = total + torch.lgamma(lengths + 1.0)
    return total / mask.sum(-1).clamp(min=1) if has("token mean") else total


def first_time(targets: Tensor) -> Tensor:
    """True where a token stands for the first time in its sentence."""
    return torch.stack([torch.tensor([t not in row[:i] for i, t in enumerate(row)]) for row in targets.tolist()])


def bag_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(10)
    cases = [likelihood_case(lengths, draw, vocab=vocab) for lengths, vocab in (([1], 3), ([3], 6), ([9, 4, 7], 8))]
    rare = torch.tensor([[0.1, 0.5, 0.4], [0.2, 0.3, 0.5]]).log()
    edges = (rare, torch.tensor([[1, 2, 0], [1, 0, 2]]), torch.tensor([2, 3]))  # the padding word is a real token in the second
    never = (torch.tensor([[0.0, 0.75, 0.25], [0.0, 0.5, 0.5]]).log(), torch.tensor([[1, 2, 2], [2, 0, 0]]), torch.tensor([3, 1]))
    plain = [(log_probs[:, 0], targets, lengths) for log_probs, targets, lengths in cases]
    return [*plain[:2], edges, never, *plain[2:]]


FORMS = {
    "every row": lambda log_probs, targets, lengths: log_probs[:, targets].sum(-1),
    "every row masked": lambda log_probs, targets, lengths: log_probs[:, targets].where(real(targets, lengths), 0.0).sum(-1),
}

BAG = Exact(**words(__file__, "bag_log_likelihood"), reference=bag_log_likelihood, spoiled=spoiled_bag, cases=bag_cases,
            forms=FORMS)
