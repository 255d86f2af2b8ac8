"""Holes in sentences of the village: who fills them how well, beside the exact conditional of the grammar."""
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.lessons.masked_diffusion.village import Ids, Village
from gensq_lib.ground import runtime
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.masked_diffusion import SILENT, Canvas, Denoiser, canvas, fill, last_of
from gensq_lib.text.batching import collate
from gensq_lib.text.vocab import Vocab


def with_holes(sentences: Ids, width: int, *, seed: int) -> Canvas:
    """Of each sentence so many words in a row are hidden, at a place drawn by chance; of shorter ones all."""
    draw = runtime.generator(seed, "holes", width)
    found = []
    for ids in sentences:
        first = int(torch.randint(max(len(ids) - width, 0) + 1, (1,), generator=draw))
        found.append([None if first <= i < first + width else word for i, word in enumerate(ids)])
    return canvas(found)


def filled_sentences(seen: Canvas) -> list[list[int]]:
    """What stands on a canvas."""
    return [row[:length] for row, length in zip(seen.targets.tolist(), seen.lengths.tolist(), strict=True)]


def filled(denoiser: Denoiser, seen: Canvas, *, seed: int, steps: int = 64) -> list[list[int]]:
    """By a denoiser, one word after the other in random order; with one step all at once."""
    return filled_sentences(last_of(fill(denoiser, seen, steps=steps, generator=runtime.generator(seed, "filled"))))


@torch.no_grad()
def from_the_left(model: LanguageModel, seen: Canvas, *, seed: int) -> list[list[int]]:
    """By a language model that goes from left to right: at a hole it draws a word, and has not read what stands behind."""
    noise, state = runtime.generator(seed, "from the left"), model.start(None, len(seen))
    words, read = seen.targets.clone(), torch.full((len(seen),), Vocab.BOS)
    for place in range(words.shape[1]):
        log_probs, state = model.step(read, state)
        there = log_probs.double().index_fill(-1, torch.tensor(SILENT), -torch.inf).softmax(-1)
        drawn = torch.multinomial(there, 1, generator=noise)[:, 0]
        words[:, place] = torch.where(seen.hidden[:, place], drawn, words[:, place])
        read = words[:, place].masked_fill(place >= seen.lengths, Vocab.PAD)
    return filled_sentences(Canvas(words, seen.lengths, seen.hidden))


@torch.no_grad()
def by_trying(model: LanguageModel, seen: Canvas) -> Float[Tensor, "sentence vocab"]:
    """log p of every word for the one hole of each sentence, given all others: the model's own exact conditional.

    By Bayes p(v | the rest) is proportional to p(the sentence with v), so that a language model can fill one hole as well as it
    knows the language, if it is asked once for each word of the vocabulary.
    """
    num_words = model.decoder.embed.num_embeddings
    rows = []
    for words, place, length in zip(seen.targets, seen.hidden.long().argmax(-1).tolist(), seen.lengths.tolist(), strict=True):
        tried = words[:length].expand(num_words, -1).clone()
        tried[:, place] = torch.arange(num_words)
        rows.append(model.log_likelihood(collate(tried.tolist())).double())
    return torch.stack(rows).index_fill(-1, torch.tensor(SILENT), -torch.inf).log_softmax(-1)


def at_the_hole(log_probs: Float[Tensor, "sentence time vocab"], seen: Canvas) -> Float[Tensor, "sentence vocab"]:
    """Of sentences with one hole each."""
    return log_probs[seen.hidden]


def divergence(true: Float[Tensor, "sentence vocab"], model: Float[Tensor, "sentence vocab"]) -> Float[Tensor, "sentence"]:
    """KL(exact conditional ‖ model) at the hole, nats."""
    there = true.exp()
    return torch.where(there > 1e-12, there * (true - model), 0.0).sum(-1)


def drawn_into(seen: Canvas, log_probs: Float[Tensor, "sentence vocab"], *, seed: int) -> list[list[int]]:
    """The one hole of each sentence filled from these."""
    words = torch.multinomial(log_probs.exp(), 1, generator=runtime.generator(seed, "drawn into"))[:, 0]
    return filled_sentences(Canvas(seen.targets.masked_scatter(seen.hidden, words), seen.lengths, seen.hidden))


def shares(village: Village, seen: Canvas, ways: dict[str, Sequence[Sequence[int]]]) -> dict[str, float]:
    """How often the whole sentence is valid, by who filled it."""
    return {name: village.valid(sentences) for name, sentences in ways.items()}
