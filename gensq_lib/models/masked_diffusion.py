"""Masked diffusion: words are hidden, and a network that sees the others, on both sides, says what they may be.

Hiding destroys a sentence word by word, guessing makes one, in any order and several words at once if that is wanted. A canvas is
a sentence on its way. There is neither <bos> nor <eos>: the length is drawn first, from a distribution of its own, and its
log-probability belongs to that of the sentence. Taught in lesson 23.
"""
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from gensq_lib.ground.errors import GensqError, answered, chosen, expect, whole
from gensq_lib.maths.orders import any_order_log_prob, known_places
from gensq_lib.models.parts import NEVER, Model
from gensq_lib.models.transformer import TransformerBlock
from gensq_lib.text.batching import Padded
from gensq_lib.text.vocab import Vocab

SILENT = (Vocab.PAD, Vocab.BOS, Vocab.EOS)  # never said: an end is a matter of the length


@dataclass(frozen=True)
class Canvas(Padded):
    """Sentences of which some words are hidden; no denoiser looks at `targets` of a hidden place. Taught in lesson 23."""

    targets: Int[Tensor, "batch time"]
    lengths: Int[Tensor, "batch"]  # words
    hidden: Bool[Tensor, "batch time"]

    def words(self, row: int = 0) -> list[int | None]:
        """One sentence; None where it is hidden."""
        length = int(self.lengths[row])
        pairs = zip(self.targets[row, :length].tolist(), self.hidden[row, :length].tolist(), strict=True)
        return [None if hidden else word for word, hidden in pairs]


@answered
def canvas(sentences: Sequence[Sequence[int | None]], *, device: str = "cpu") -> Canvas:
    """Integers without <bos> and <eos>, None for a hidden word. Taught in lesson 23."""
    expect(len(sentences) and all(len(ids) for ids in sentences), "expected sentences of at least one word, got none or an empty "
           "one; a length comes first in masked diffusion, give as many None")
    columns = [pad_sequence([torch.tensor(row, dtype=kind) for row in rows], batch_first=True).to(device) for kind, rows in (
        (torch.long, [[Vocab.PAD if word is None else word for word in ids] for ids in sentences]),
        (torch.bool, [[word is None for word in ids] for ids in sentences]))]
    return Canvas(columns[0], torch.tensor([len(ids) for ids in sentences], device=device), columns[1])


def blank(lengths: Sequence[int], *, device: str = "cpu") -> Canvas:
    """Nothing but hidden words. Taught in lesson 23."""
    return canvas([[None] * length for length in lengths], device=device)


@runtime_checkable
class Denoiser(Protocol):
    """What a sentence is filled by: a network, or the truth."""

    log_length: Float[Tensor, "length"]  # log p(L) of L = 1, 2, ...; nats

    def length_log_prob(self, lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch"]:
        """log p(L), nats."""

    def log_probs(self, seen: Canvas) -> Float[Tensor, "batch time vocab"]:
        """log p(x_i = v | the words that are shown), nats, for every place; of hidden places alone it means something."""


class BothWays(TransformerBlock):
    """A block whose places see each other on both sides."""

    def forward(self, x: Float[Tensor, "batch time embed"], real: Bool[Tensor, "batch one one time"]
                ) -> Float[Tensor, "batch time embed"]:
        return self.after_look(x, *self.to_query_key_value(self.norm_look(x)).chunk(3, -1), attn_mask=real)


class MaskedDenoiser(Model):
    """A Transformer that sees what is shown on both sides; a hidden word is a row of its own in the table of words.

    It is not told how much is hidden: it can count (Ou et al. 2025). A place is known by its distance from the front and from the
    end, for the length is known. The output layer is tied. `hidden_dim` is the width of the feed-forward layers, 4 `embed_dim`
    unless it is given.
    """

    def __init__(self, *, vocab_size: int, embed_dim: int = 64, hidden_dim: int | None = None, num_layers: int = 2,
                 num_heads: int = 4, max_length: int = 20, dropout: float = 0.0):
        super().__init__()
        if embed_dim % num_heads:
            raise GensqError(f"expected embed_dim to be a multiple of num_heads, got {embed_dim} and {num_heads}; "
                             f"try embed_dim={num_heads * max(1, embed_dim // num_heads)}")
        self.vocab_size, self.max_length = vocab_size, max_length
        self.embed = nn.Embedding(vocab_size + 1, embed_dim)  # the last row: hidden
        self.from_front, self.from_end = nn.Embedding(max_length, embed_dim), nn.Embedding(max_length, embed_dim)
        self.blocks = nn.ModuleList(
            BothWays(embed_dim=embed_dim, hidden_dim=hidden_dim or 4 * embed_dim, num_heads=num_heads, dropout=dropout)
            for _ in range(num_layers))
        self.norm, self.bias = nn.LayerNorm(embed_dim), nn.Parameter(torch.zeros(vocab_size))
        self.register_buffer("log_length", torch.full((max_length,), -np.log(max_length), dtype=torch.float32))
        for table in (self.embed, self.from_front, self.from_end):
            nn.init.normal_(table.weight, std=embed_dim**-0.5)

    def start_from_frequencies(self, encoded: Sequence[Sequence[int]]) -> None:
        """Count words and lengths of the training sentences, each once more than it came; training does not touch lengths."""
        longest = max(map(len, encoded))
        expect(longest <= self.max_length, f"expected sentences of at most {self.max_length} words, got one of {longest}; build "
               "the model with a larger max_length")
        lengths = 1.0 + torch.bincount(torch.tensor([len(ids) - 1 for ids in encoded]), minlength=self.max_length)
        words = 1.0 + torch.bincount(torch.tensor([i for ids in encoded for i in ids]), minlength=self.vocab_size)
        self.log_length.copy_((lengths / lengths.sum()).log())
        with torch.no_grad():
            self.bias.copy_((words / words.sum()).log())

    def features(self, seen: Canvas) -> Float[Tensor, "batch time embed"]:
        """What the output layer sees of each place."""
        num = seen.targets.shape[1]
        expect(num <= self.max_length, f"expected sentences of at most {self.max_length} words, got one of {num}; build the "
               "model with a larger max_length")
        front = torch.arange(num, device=seen.targets.device)
        end = (seen.lengths[:, None] - 1 - front).clamp(min=0)
        x = self.embed(seen.targets.masked_fill(seen.hidden, self.vocab_size)) + self.from_front(front) + self.from_end(end)
        for block in self.blocks:
            x = block(x, seen.mask[:, None, None])
        return self.norm(x)

    def log_probs_of(self, features: Float[Tensor, "*place embed"]) -> Float[Tensor, "*place vocab"]:
        """log p of every word; in fp32 under autocast, too."""
        scores = F.linear(features, self.embed.weight[:-1], self.bias)
        scores = scores if scores.dtype == torch.float64 else scores.float()
        return scores.index_fill(-1, torch.tensor(SILENT, device=scores.device), -torch.inf).log_softmax(-1)

    def log_probs(self, seen: Canvas) -> Float[Tensor, "batch time vocab"]:
        """log p(x_i = v | the words that are shown), nats."""
        return self.log_probs_of(self.features(seen))

    def length_log_prob(self, lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch"]:
        """log p(L), nats; a length beyond `max_length` has none."""
        return self.log_length[lengths - 1]

    def elbo(self, batch: Canvas, *, generator: torch.Generator | None = None) -> Float[Tensor, "batch"]:
        """An unbiased estimate of the any-order bound on log p(x), log p(L) counted; nats per sentence.

        How many places are hidden, m, is uniform from 1 to L, which m of them is, too; the hidden nats count L / m. The rows of
        a batch share one draw and stand in even distances from it, so that each batch has few and many hidden words.
        """
        seen = hide(batch, generator=generator)
        at = seen.hidden
        found = self.log_probs_of(self.features(seen)[at]).gather(-1, batch.targets[at][:, None])[:, 0]
        nats = found.new_zeros(at.shape)
        nats[at] = found
        return nats.sum(-1) * batch.lengths / at.sum(-1) + self.length_log_prob(batch.lengths)


def hide(batch: Canvas, *, generator: torch.Generator | None = None) -> Canvas:
    """m of the L words hidden, m uniform from 1 to L and stratified over the batch, the places uniform."""
    start = torch.rand(1, generator=generator, dtype=torch.float64)
    even = (start + torch.randperm(len(batch), generator=generator) / len(batch)) % 1
    num = 1 + (even.to(batch.lengths.device) * batch.lengths).long()
    chance = torch.rand(batch.targets.shape, generator=generator).to(num.device).masked_fill(~batch.mask, 2.0)
    rank = chance.argsort(-1).argsort(-1)
    return replace(batch, hidden=rank < num[:, None])


@torch.no_grad()
def any_order_table(denoiser: Denoiser, sentences: Sequence[Sequence[int]], *, rows: int = 8192
                    ) -> Float[Tensor, "sentence subset place"]:
    """log p(x_i | x_S) for every set S of known places, for `maths.orders`; of sentences of one length. Taught in lesson 23."""
    words, device = torch.tensor(sentences), str(denoiser.log_length.device)
    num, length = words.shape
    known = known_places(length)
    each = torch.cartesian_prod(torch.arange(num), torch.arange(len(known)))
    found = []
    for sentence, subset in (part.unbind(-1) for part in each.split(rows)):
        seen = Canvas(words[sentence], torch.full((len(sentence),), length), ~known[subset]).to(device)
        found.append(denoiser.log_probs(seen).gather(-1, seen.targets[..., None])[..., 0].cpu())
    return torch.cat(found).view(num, len(known), length)


def exact_log_prob(denoiser: Denoiser, encoded: Sequence[Sequence[int]], *, at_once: int = 8,
                   of: Callable[[Float[Tensor, "sentence subset place"]], Float[Tensor, "*each sentence"]] = any_order_log_prob
                   ) -> Float[Tensor, "*each sentence"]:
    """log p(x) of saying the words one by one in a random order, exactly, log p(L) counted: 2^L questions a sentence.

    Or what else `of` makes of the tables: a bound, or several numbers of each sentence. Taught in lesson 23.
    """
    lengths = torch.tensor([len(ids) for ids in encoded])
    parts = [index for length in lengths.unique() for index in (lengths == length).nonzero()[:, 0].split(at_once)]
    found = torch.cat([of(any_order_table(denoiser, [encoded[i] for i in index])) for index in parts], -1)
    of_length = denoiser.length_log_prob(lengths.to(denoiser.log_length.device)).cpu().double()
    return found[..., torch.cat(parts).argsort()] + of_length


Order = Callable[[Canvas, Float[Tensor, "batch time vocab"], torch.Generator | None], Float[Tensor, "batch time"]]


def at_random(seen: Canvas, log_probs: Tensor, generator: torch.Generator | None) -> Float[Tensor, "batch time"]:
    """The order behind the bound."""
    return torch.rand(seen.hidden.shape, generator=generator).to(log_probs.device)


def left_to_right(seen: Canvas, log_probs: Tensor, generator: torch.Generator | None) -> Float[Tensor, "batch time"]:
    """That of a language model."""
    return -torch.arange(seen.hidden.shape[1], device=log_probs.device).expand_as(seen.hidden).float()


def most_certain(seen: Canvas, log_probs: Tensor, generator: torch.Generator | None) -> Float[Tensor, "batch time"]:
    """By the probability of the likeliest word, as in Ghazvininejad et al. 2019; here no word is hidden again."""
    return log_probs.amax(-1)


ORDERS: dict[str, Order] = {"random": at_random, "left to right": left_to_right, "most certain": most_certain}


@answered
@torch.no_grad()
def fill(denoiser: Denoiser, seen: Canvas, *, order: str = "random", steps: int = 64, temperature: float = 1.0,
         generator: torch.Generator | None = None) -> Iterator[Canvas]:
    """The canvas after each of the steps, at most as many as there are words; a step shows so many words that the rest suffices.

    What appears in one step is drawn from log p(x_i | shown) place by place: words that do not know of each other. Only with as
    many steps as hidden words each is drawn after all others before it.
    """
    expect(whole(steps, 1), f"expected at least 1 step, got {steps!r}; try 8")
    score = chosen("an order", order, ORDERS)
    for left in range(min(steps, int(seen.hidden.sum(-1).max())), 0, -1):
        log_probs = denoiser.log_probs(seen)
        ranks = score(seen, log_probs, generator).masked_fill(~seen.hidden, -torch.inf).argsort(-1, descending=True).argsort(-1)
        due = -(-seen.hidden.sum(-1, keepdim=True) // left)
        seen = shown(seen, log_probs, seen.hidden & (ranks < due), temperature=temperature, generator=generator)
        yield seen


def shown(seen: Canvas, log_probs: Float[Tensor, "batch time vocab"], at: Bool[Tensor, "batch time"], *, temperature: float = 1.0,
          generator: torch.Generator | None = None) -> Canvas:
    """The canvas with words drawn at some hidden places, each by itself; at temperature 0 the likeliest."""
    there = log_probs[at]
    words = there.argmax(-1)
    if temperature and len(there):
        words = torch.multinomial((there.cpu().double() / temperature).softmax(-1), 1, generator=generator)[:, 0].to(at.device)
    return replace(seen, targets=seen.targets.masked_scatter(at, words), hidden=seen.hidden & ~at)


def last_of(frames: Iterator[Canvas]) -> Canvas:
    """The finished canvas."""
    *_, last = frames
    return last


def sampled(denoiser: Denoiser, num: int, *, generator: torch.Generator | None = None, **options: Any) -> list[list[int]]:
    """So many sentences, lengths drawn first; `options` are those of `fill`. Taught in lesson 23."""
    lengths = 1 + torch.multinomial(denoiser.log_length.cpu().double().exp(), num, replacement=True, generator=generator)
    device = str(denoiser.log_length.device)
    last = last_of(fill(denoiser, blank(lengths.tolist(), device=device), generator=generator, **options))
    return [last.words(row) for row in range(num)]


class TrueDenoiser:
    """The exact conditionals of a world whose sentences are all listed, with their log-probabilities: a perfect player.

    Where no sentence has all the words that are shown, nothing can be right any more; it then says how frequent each word is at
    that place in sentences of that length.
    """

    def __init__(self, encoded: Sequence[Sequence[int]], log_prob: Float[Tensor, "sentence"], *, vocab_size: int):
        self.vocab_size, lengths = vocab_size, torch.tensor([len(ids) for ids in encoded])
        self.of_length = {}
        for length in lengths.unique().tolist():
            index = (lengths == length).nonzero()[:, 0]
            self.of_length[length] = (torch.tensor([list(encoded[i]) for i in index]), log_prob[index].double())
        mass = torch.zeros(int(lengths.max()), dtype=torch.float64).index_add(0, lengths - 1, log_prob.double().exp())
        self.log_length = mass.clamp(min=NEVER).log()

    def length_log_prob(self, lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch"]:
        """log p(L), nats."""
        return self.log_length[lengths - 1]

    def log_probs(self, seen: Canvas) -> Float[Tensor, "batch time vocab"]:
        """log p(x_i = v | the words that are shown), nats."""
        found = torch.zeros(*seen.targets.shape, self.vocab_size, dtype=torch.float64)
        for length in seen.lengths.unique().tolist():
            rows = (seen.lengths == length).nonzero()[:, 0]
            found[rows, :length] = self._given(seen.targets[rows, :length], seen.hidden[rows, :length], length)
        return found.clamp(min=NEVER).log()

    def _given(self, words: Int[Tensor, "row place"], hidden: Bool[Tensor, "row place"], length: int
               ) -> Float[Tensor, "row place vocab"]:
        """The share of each word at each place, among the sentences that have all shown words."""
        listed, log_prob = self.of_length[length]
        fits = torch.ones(len(words), len(listed), dtype=torch.bool)
        for place in range(length):
            fits &= hidden[:, place, None] | (words[:, place, None] == listed[:, place])
        weight = fits * log_prob.exp()
        weight = torch.where(fits.any(-1, keepdim=True), weight, log_prob.exp())
        counted = weight.new_zeros(len(words), length, self.vocab_size)
        for place in range(length):
            counted[:, place].index_add_(1, listed[:, place], weight)
        return counted / weight.sum(-1)[:, None, None]
