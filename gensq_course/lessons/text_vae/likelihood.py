"""Exercise of lesson 06: log p of a sentence from the log-probabilities of all words at all positions."""
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words
from gensq_lib.text.vocab import Vocab


def sentence_log_likelihood(
    log_probs: Float[Tensor, "batch time vocab"], targets: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"]
) -> Float[Tensor, "batch"]:
    """log p of each sentence: the log-probabilities of its own tokens, <eos> too, padding not. Nats per sentence."""
    of_targets = log_probs.gather(-1, targets[..., None]).squeeze(-1)
    return of_targets.where(real(targets, lengths), 0.0).sum(-1)


def real(targets: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"]) -> Bool[Tensor, "batch time"]:
    """Where tokens are part of a sentence, not padding."""
    return torch.arange(targets.shape[1], device=targets.device) < lengths[:, None]


def spoiled_likelihood(has: Has, log_probs: Tensor, targets: Tensor, lengths: Tensor) -> Tensor:
    mask = real(targets, lengths - 1 if has("no eos") else lengths)
    if has("longer"):
        mask = real(targets, lengths + 1)
    if has("padding"):
        mask = torch.ones_like(mask)
    if has("shifted left"):
        log_probs, targets, mask = log_probs[:, :-1], targets[:, 1:], mask[:, 1:]
    if has("shifted right"):
        log_probs, targets, mask = log_probs[:, 1:], targets[:, :-1], mask[:, :-1]
    picked = log_probs.gather(1 if has("wrong axis") else -1, targets[..., None]).squeeze(-1)
    if has("best word"):
        picked = log_probs.max(-1).values
    picked = (picked.exp() if has("probabilities") else picked) * mask
    if has("per token"):
        return picked
    if has("mean over time"):
        return picked.mean(-1)
    total = picked.sum(0 if has("wrong sum") else -1)
    return total / mask.sum(-1) if has("token mean") else total


def likelihood_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(7)
    small = [likelihood_case([1], draw, vocab=3), likelihood_case([2], draw, vocab=5)]
    return small + [likelihood_case(lengths, draw, vocab=8) for lengths in ([4, 2], [9, 4, 7])]


def likelihood_case(lengths: list[int], draw: torch.Generator, *, vocab: int) -> Inputs:
    """Random log-probabilities; targets are words, then <eos>, then padding."""
    size, time = torch.tensor(lengths), max(*lengths, vocab) + 1
    words = torch.randint(min(4, vocab - 1), vocab, (len(lengths), time), generator=draw)
    words[torch.arange(len(lengths)), size - 1] = Vocab.EOS
    targets = words.where(real(words, size), Vocab.PAD)
    return torch.randn(*targets.shape, vocab, generator=draw).log_softmax(-1), targets, size


LIKELIHOOD = Exact(
    **words(__file__, "sentence_log_likelihood"), reference=sentence_log_likelihood, spoiled=spoiled_likelihood,
    cases=likelihood_cases, free=lambda logits, targets, lengths: (logits.log_softmax(-1), targets, lengths))
