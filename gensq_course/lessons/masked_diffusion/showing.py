"""What lesson 23 shows: sentences with holes, how one is filled step by step, and what places know of each other."""
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import expect
from gensq_lib.models.masked_diffusion import Canvas, Denoiser, TrueDenoiser, canvas, fill
from gensq_lib.text.vocab import Vocab

HOLE = "_"


def written(words: Sequence[int | None], vocab: Vocab) -> str:
    """A sentence with its holes."""
    return " ".join(HOLE if word is None else vocab.words[word] for word in words)


def read(text: str, vocab: Vocab, *, longest: int) -> Canvas:
    """What somebody typed: words of the world, and _ for each hidden one."""
    words = text.lower().split()
    expect(0 < len(words) <= longest, f"expected 1 to {longest} words with a space between them, {HOLE} for a hidden one, got "
           f"{len(words)}; type for example: the cook will _ the _ .")
    return canvas([[None if word == HOLE else vocab.encode((word,))[0] for word in words]])


def story(denoiser: Denoiser, seen: Canvas, vocab: Vocab, *, order: str, steps: int, seed: int) -> list[str]:
    """The first sentence of a canvas before, and after each step."""
    frames = fill(denoiser, seen, order=order, steps=steps, generator=runtime.generator(seed, "story"))
    return [written(frame.words(), vocab) for frame in (seen, *frames)]


def guessed_right(denoiser: Denoiser, seen: Canvas) -> float:
    """The share of hidden words whose likeliest guess is right."""
    return (denoiser.log_probs(seen).argmax(-1) == seen.targets)[seen.hidden].double().mean().item()


def pairs(truth: TrueDenoiser, length: int) -> dict[tuple[int, int], Float[Tensor, "first second"]]:
    """The joint distribution of the words at any two places, in sentences of one length."""
    listed, log_prob = truth.of_length[length]
    weight = log_prob.softmax(0)
    found = {}
    for i in range(length):
        for j in range(length):
            joint = torch.zeros(truth.vocab_size**2, dtype=torch.float64)
            joint.index_add_(0, listed[:, i] * truth.vocab_size + listed[:, j], weight)
            found[i, j] = joint.view(truth.vocab_size, -1)
    return found
