"""From a trained decoder to sentences: sampling, greedy and beam search, all batched.

Nothing here knows a model. Everything works over the two methods of `Decoder`, so that a GRU, an LSTM or a
Transformer, with or without a latent variable, is decoded, searched and chatted with by the same lines.
"""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_lib.ground.errors import border, expect, whole
from gensq_lib.text.batching import Batch
from gensq_lib.text.vocab import Sentence, Vocab

State = tuple[Tensor, ...]  # at least one tensor, each with the batch axis first


@runtime_checkable
class Decoder(Protocol):
    """p(next token | tokens so far, z), one step at a time."""

    def start(self, z: Float[Tensor, "batch latent"] | None, num: int) -> State:
        """The state before the first token, for `num` sentences."""

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """Read one token per sentence; log-probabilities (nats) of the next one, and the new state."""


@dataclass(frozen=True)
class Decoded:
    """Sentences in the order in which they were asked for."""

    tokens: Int[Tensor, "batch time"]  # x_1 ... <eos>, then padding
    log_prob: Float[Tensor, "batch"]  # nats per sentence, <eos> counted, under the model itself: no temperature, no truncation

    @property
    def lengths(self) -> Int[Tensor, "batch"]:
        """Tokens of each sentence, <eos> counted, padding not."""
        return (self.tokens != Vocab.PAD).sum(1)

    @property
    def finished(self) -> Bool[Tensor, "batch"]:
        """False: cut at max_length, and log_prob is that of the beginning."""
        return (self.tokens == Vocab.EOS).any(1)

    def sentences(self, vocab: Vocab) -> list[Sentence]:
        """As words, without <eos> and padding."""
        return [vocab.decode(row) for row in self.tokens.tolist()]

    def batch(self) -> Batch:
        """Ready to be judged or scored; a sentence that was cut keeps all its words and has no <eos>."""
        inputs = torch.nn.functional.pad(self.tokens, (1, 0), value=Vocab.BOS)[:, :-1]
        return Batch(inputs.masked_fill(inputs == Vocab.EOS, Vocab.PAD), self.tokens, self.lengths)


def top_k_logits(logits: Float[Tensor, "batch vocab"], k: int) -> Float[Tensor, "batch vocab"]:
    """Keep the k largest of each row, the rest becomes minus infinity (Fan et al. 2018). 0 keeps all."""
    expect(k >= 0, f"expected k of 0 or more, got {k}; 0 keeps every token")
    if k == 0 or k >= logits.shape[-1]:
        return logits
    kept = logits.topk(k, dim=-1)
    return torch.full_like(logits, -torch.inf).scatter(-1, kept.indices, kept.values)


def nucleus_logits(logits: Float[Tensor, "batch vocab"], p: float) -> Float[Tensor, "batch vocab"]:
    """Keep the smallest set of likeliest tokens whose probability reaches p (Holtzman et al. 2020).

    The token that crosses p stays, so that at least one always does.
    """
    if p >= 1:
        return logits
    expect(p > 0, f"expected p above 0 and at most 1, got {p}; 1 keeps every token")
    ordered, index = logits.sort(dim=-1, descending=True)
    probability = ordered.softmax(-1)
    before = probability.cumsum(-1) - probability
    outside = before >= p
    outside[:, 0] = False
    return torch.empty_like(logits).scatter(-1, index, ordered.masked_fill(outside, -torch.inf))


@torch.no_grad()
def sample(decoder: Decoder, *, num: int, z: Float[Tensor, "batch latent"] | None = None, max_length: int,
           temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0, avoid: tuple[int, ...] = (),
           generator: torch.Generator) -> Decoded:
    """Draw sentences. The temperature comes first, then top-k, then the nucleus.

    >>> sample(model, num=5, max_length=20, top_p=0.9, generator=runtime.generator(0, "lesson")).sentences(vocab)
    >>> sample(vae, num=len(z), z=z, max_length=20, generator=noise)  # one sentence from each row of z

    `avoid` names tokens that are never said, such as `Vocab.UNK`; <pad> and <bos> never are.

    Sentence i sees only row i of the random numbers, so it does not change with the number of its batch mates.
    Taught in lesson 00.
    """
    _check(num=num, z=z, max_length=max_length)
    _check_sampling(temperature=temperature, top_k=top_k, top_p=top_p)
    uniform = torch.rand(num, max_length, generator=generator, device=generator.device)

    def choose(log_probs: Float[Tensor, "batch vocab"], rows: Int[Tensor, "batch"], time: int) -> Int[Tensor, "batch"]:
        kept = nucleus_logits(top_k_logits(log_probs / temperature, top_k), top_p).log_softmax(-1)
        return _inverse_cdf(kept, uniform[:, time].to(rows.device)[rows])

    return _decode(decoder, choose, num=num, z=z, max_length=max_length, avoid=avoid)


@torch.no_grad()
def greedy(decoder: Decoder, *, num: int, z: Float[Tensor, "batch latent"] | None = None,
           max_length: int, avoid: tuple[int, ...] = ()) -> Decoded:
    """The likeliest token at every step: fast and fixed, not always the likeliest sentence. Taught in lesson 05."""
    _check(num=num, z=z, max_length=max_length)
    return _decode(decoder, lambda log_probs, rows, time: log_probs.argmax(-1), num=num, z=z, max_length=max_length, avoid=avoid)


def _decode(decoder: Decoder, choose: Callable[[Tensor, Tensor, int], Tensor], *, num: int,
            z: Float[Tensor, "batch latent"] | None, max_length: int, avoid: tuple[int, ...]) -> Decoded:
    """One token per sentence and step, `choose(log_probs, rows, time)`; a sentence that has its <eos> leaves the computation."""
    state = decoder.start(z, num)
    rows = torch.arange(num, device=state[0].device)
    previous = torch.full_like(rows, Vocab.BOS)
    tokens = torch.full((num, max_length), Vocab.PAD, device=rows.device)
    log_prob = torch.zeros(num, device=rows.device)
    for time in range(max_length):
        log_probs, state = decoder.step(previous, state)
        chosen = choose(speakable(log_probs, avoid), rows, time)
        tokens[rows, time] = chosen
        log_prob[rows] += _pick(log_probs, chosen).to(log_prob.dtype)
        going = chosen != Vocab.EOS
        rows, previous, state = rows[going], chosen[going], _select(state, going)
        if not len(rows):
            break
    return _trimmed(tokens, log_prob)


@torch.no_grad()
def beam(decoder: Decoder, *, num: int, z: Float[Tensor, "batch latent"] | None = None, width: int,
         max_length: int, avoid: tuple[int, ...] = ()) -> Decoded:
    """Search for the likeliest sentence, `width` beginnings at a time; width 1 is greedy.

    A finished sentence keeps its place among the beginnings; the search of a sentence ends when no beginning can overtake it.
    Taught in lesson 05.
    """
    return _searched(decoder, num=num, z=z, width=width, kept=1, max_length=max_length, avoid=avoid)


@torch.no_grad()
def n_best(decoder: Decoder, *, num: int, z: Float[Tensor, "batch latent"] | None = None, width: int,
           max_length: int, avoid: tuple[int, ...] = ()) -> Decoded:
    """All that a beam search of this width ends with, `width` sentences in a row for each asked for, the likeliest first.

    It is a list to choose from, and no sample: it knows nothing of how much probability lies elsewhere. Taught in lesson 11.
    """
    return _searched(decoder, num=num, z=z, width=width, kept=width, max_length=max_length, avoid=avoid)


def _searched(decoder: Decoder, *, num: int, z: Float[Tensor, "batch latent"] | None, width: int, kept: int, max_length: int,
              avoid: tuple[int, ...]) -> Decoded:
    """The `kept` best of each beam."""
    _check(num=num, z=z, max_length=max_length)
    expect(whole(width, 1), f"expected a beam of width 1 or more, got {width}; width=5 is a usual choice")
    state = tuple(part.repeat_interleave(width, dim=0) for part in decoder.start(z, num))
    rows = torch.arange(num, device=state[0].device)
    beams = Beams.start(rows, width=width)
    best = torch.full((num, kept, max_length), Vocab.PAD, device=rows.device)
    best_log_prob = torch.zeros(num, kept, device=rows.device)
    for time in range(max_length):
        log_probs, state = decoder.step(beams.tokens[:, :, -1].flatten(), state)
        beams, origin = beams.extended(speakable(log_probs, avoid).unflatten(0, (-1, width)))
        done = beams.decided(kept) | (time + 1 == max_length)
        tokens, log_prob = beams.select(done).best(kept)
        best[rows[done], :, : time + 1] = tokens
        best_log_prob[rows[done]] = log_prob.to(best_log_prob.dtype)
        rows, beams, state = rows[~done], beams.select(~done), _select(state, origin[~done].flatten())
        if not len(rows):
            break
    return _trimmed(best.flatten(0, 1), best_log_prob.flatten())


@dataclass(frozen=True)
class Beams:
    """The `width` best beginnings of each sentence (axis "sample"); a finished one is carried along unchanged."""

    tokens: Int[Tensor, "batch sample time"]  # <bos> x_1 ... x_t, padded behind <eos>
    log_prob: Float[Tensor, "batch sample"]  # they are ranked by it

    @classmethod
    def start(cls, rows: Int[Tensor, "batch"], *, width: int) -> "Beams":
        """One empty beginning per sentence; its copies are impossible, so that no sentence is found twice."""
        log_prob = torch.zeros(len(rows), width, device=rows.device)
        log_prob[:, 1:] = -torch.inf
        return cls(rows.new_full((len(rows), width, 1), Vocab.BOS), log_prob)

    @property
    def finished(self) -> Bool[Tensor, "batch sample"]:
        """True behind <eos>."""
        return (self.tokens == Vocab.EOS).any(-1)

    def extended(self, log_probs: Float[Tensor, "batch sample vocab"]) -> tuple["Beams", Int[Tensor, "batch sample"]]:
        """The best beginnings that are one token longer, and the row of the state that each of them grew from."""
        num, width, vocab_size = log_probs.shape
        itself = torch.full_like(log_probs[0, 0], -torch.inf)
        itself[Vocab.PAD] = 0  # the only way to go on from a finished sentence
        total = self.log_prob[..., None] + torch.where(self.finished[..., None], itself, log_probs)
        log_prob, chosen = total.flatten(1).topk(width, dim=-1)
        parent, token = chosen // vocab_size, chosen % vocab_size
        tokens = torch.cat([self.tokens.take_along_dim(parent[..., None], dim=1), token[..., None]], dim=-1)
        return Beams(tokens, log_prob), parent + width * torch.arange(num, device=parent.device)[:, None]

    def decided(self, num: int = 1) -> Bool[Tensor, "batch"]:
        """True where no beginning can overtake any of the `num` best finished sentences: each further token costs."""
        finished = self.log_prob.masked_fill(~self.finished, -torch.inf).topk(num, dim=1).values[:, -1]
        hope = self.log_prob.masked_fill(self.finished, -torch.inf).amax(1)
        return (finished >= hope) & finished.isfinite()

    def best(self, num: int = 1) -> tuple[Int[Tensor, "batch sample time"], Float[Tensor, "batch sample"]]:
        """The `num` best finished sentences, behind them the best beginnings where fewer are finished; without <bos>."""
        order = self.log_prob.sort(dim=1, descending=True, stable=True).indices
        finished = (self.finished & self.log_prob.isfinite()).gather(1, order)
        order = order.gather(1, finished.int().sort(dim=1, descending=True, stable=True).indices)[:, :num]
        return self.tokens.take_along_dim(order[..., None], dim=1)[..., 1:], self.log_prob.gather(1, order)

    def select(self, rows: Bool[Tensor, "batch"]) -> "Beams":
        """Those of some sentences."""
        return Beams(self.tokens[rows], self.log_prob[rows])


def speakable(log_probs: Float[Tensor, "batch vocab"], avoid: tuple[int, ...] = ()) -> Float[Tensor, "batch vocab"]:
    """What may be said: not <pad>, not <bos>, nothing to avoid. What is left need not add up to 1."""
    expect(not log_probs.isnan().any(), "expected log-probabilities from the decoder, got NaN; train again at a lower rate")
    banned = torch.tensor([Vocab.PAD, Vocab.BOS, *avoid], device=log_probs.device)
    return log_probs.index_fill(-1, banned, -torch.inf)


def _inverse_cdf(log_probs: Float[Tensor, "batch vocab"],
                 uniform: Float[Tensor, "batch"]) -> Int[Tensor, "batch"]:
    """One token per row from one uniform number per row, not from one per word of the vocabulary (which is slow)."""
    precise = torch.float32 if log_probs.device.type == "mps" else torch.float64
    cumulative = log_probs.to(precise).exp().cumsum(-1)
    below_one = uniform.to(precise).clamp(max=1 - 2**-23)[:, None]
    return torch.searchsorted(cumulative, below_one * cumulative[:, -1:], right=True).squeeze(-1)


def _pick(log_probs: Float[Tensor, "batch vocab"], tokens: Int[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    return log_probs.gather(-1, tokens[:, None]).squeeze(-1)


def _select(state: State, rows: Tensor) -> State:
    return tuple(part[rows] for part in state)


def _trimmed(tokens: Int[Tensor, "batch time"], log_prob: Float[Tensor, "batch"]) -> Decoded:
    return Decoded(tokens[:, : int((tokens != Vocab.PAD).sum(1).max())], log_prob)


def _check(*, num: int, z: Tensor | None, max_length: int) -> None:
    right = whole(num, 1) and whole(max_length, 1)
    expect(right, f"expected num and max_length of 1 or more, got num={num!r} and max_length={max_length!r}; give whole numbers")
    expect(z is None or len(z) == num, f"expected one z per sentence, got {z is None or len(z)} for num={num}; pass num=len(z)")


def _check_sampling(*, temperature: float, top_k: int, top_p: float) -> None:
    expect(temperature != 0, "expected a temperature above 0, got 0; for the likeliest token at every step call greedy()")
    expect(0 < temperature < float("inf"), f"expected a temperature above 0, got {temperature}; 1 samples from the model itself")
    expect(whole(top_k), f"expected top_k of 0 or more, got {top_k}; 0 keeps every token")
    expect(0 < top_p <= 1, f"expected top_p above 0 and at most 1, got {top_p}; 1 keeps every token")

border(globals())
