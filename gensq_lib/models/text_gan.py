"""Judges of sentences, and what lets a language model be the generator beside them.

A discriminator gives one logit per sentence: log-odds that a person wrote it. The generator is a `LanguageModel`.
"""
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gensq_lib.models.recurrent import RecurrentEncoder, make_rnn
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import Decoded, Decoder, sample
from gensq_lib.text.vocab import Vocab


class RecurrentDiscriminator(nn.Module):
    """Reads the sentence in both directions and judges it once."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 64, hidden_dim: int = 64, dropout: float = 0.1):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.encoder = RecurrentEncoder(embed=self.embed, hidden_dim=hidden_dim, cell="gru")
        self.to_logit = nn.Sequential(nn.Dropout(dropout), nn.Linear(hidden_dim, 1))

    def logits(self, batch: Batch) -> Float[Tensor, "batch"]:
        return self.to_logit(self.encoder(batch.targets, batch.lengths)).squeeze(-1)


class ConvolutionalDiscriminator(nn.Module):
    """Looks for phrases of a few words, and keeps how well each was found anywhere (Kim 2014)."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 64, hidden_dim: int = 64, widths: tuple[int, ...] = (2, 3, 4),
                 dropout: float = 0.1):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.phrases = nn.ModuleList(nn.Conv1d(embed_dim, hidden_dim, width, padding=width - 1) for width in widths)
        self.to_logit = nn.Sequential(nn.Dropout(dropout), nn.Linear(hidden_dim * len(widths), 1))

    def logits(self, batch: Batch) -> Float[Tensor, "batch"]:
        embedded = (self.embed(batch.targets) * batch.mask[..., None]).transpose(1, 2)
        found = [self._best(phrase(embedded), batch.lengths, phrase.kernel_size[0]) for phrase in self.phrases]
        return self.to_logit(torch.cat(found, -1)).squeeze(-1)

    def _best(self, found: Float[Tensor, "batch hidden time"], lengths: Int[Tensor, "batch"], width: int
              ) -> Float[Tensor, "batch hidden"]:
        """The maximum over the windows that touch a word: what a batch mate's length adds is padding."""
        touching = torch.arange(found.shape[-1], device=lengths.device) < (lengths + width - 1)[:, None]
        return F.relu(found).masked_fill(~touching[:, None], 0.0).amax(-1)


class PrefixDiscriminator(nn.Module):
    """One logit after each word: log-odds that this beginning is a person's. It reads forwards only, so that a word is
    judged by what stands before it. Trained on beginnings, its logit tends to log p(beginning) / p_G(beginning).
    """

    def __init__(self, *, vocab_size: int, embed_dim: int = 64, hidden_dim: int = 64, dropout: float = 0.1):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.rnn = make_rnn("gru", embed_dim, hidden_dim, 1)
        self.to_logit = nn.Linear(hidden_dim, 1)
        self.dropout = nn.Dropout(dropout)

    def prefix_logits(self, batch: Batch) -> Float[Tensor, "batch time"]:
        """0 on padding."""
        hidden, _ = self.rnn(self.dropout(self.embed(batch.targets)))
        return self.to_logit(self.dropout(hidden)).squeeze(-1).masked_fill(~batch.mask, 0.0)

    def logits(self, batch: Batch) -> Float[Tensor, "batch"]:
        """Of the whole sentence: the logit after its last word."""
        return self.prefix_logits(batch).gather(1, batch.lengths[:, None] - 1).squeeze(1)


DISCRIMINATORS = {"rnn": RecurrentDiscriminator, "cnn": ConvolutionalDiscriminator, "prefix": PrefixDiscriminator}


def as_batch(decoded: Decoded) -> Batch:
    """Sampled sentences as a batch; one that was cut keeps all its words and has no <eos>."""
    inputs = F.pad(decoded.tokens, (1, 0), value=Vocab.BOS)[:, :-1]
    return Batch(inputs.masked_fill(inputs == Vocab.EOS, Vocab.PAD), decoded.tokens, decoded.lengths)


def draw_batch(generator: Decoder, *, num: int, max_length: int, temperature: float = 1.0, noise: torch.Generator) -> Batch:
    """Sentences of the generator, ready to be judged or scored."""
    return as_batch(sample(generator, num=num, max_length=max_length, temperature=temperature, generator=noise))


@torch.no_grad()
def completed(generator: Decoder, batch: Batch, length: int, *, max_length: int, noise: torch.Generator) -> Batch:
    """The first `length` words of each sentence, and then the generator's own; a finished sentence stays as it is."""
    state, tokens = generator.start(None, len(batch)), batch.targets.new_full((len(batch), max_length), Vocab.PAD)
    tokens[:, :length] = batch.targets[:, :length]
    previous, going = batch.inputs[:, 0], torch.ones(len(batch), dtype=torch.bool, device=tokens.device)
    for time in range(max_length):
        log_probs, state = generator.step(previous, state)
        if time >= length:
            drawn = torch.multinomial(speakable(log_probs).exp(), 1, generator=noise).squeeze(1)
            tokens[:, time] = drawn.masked_fill(~going, Vocab.PAD)
        previous = tokens[:, time]
        going = going & (previous != Vocab.EOS) & (previous != Vocab.PAD)
    lengths = (tokens != Vocab.PAD).sum(1)
    return as_batch(Decoded(tokens, lengths, *[torch.zeros(len(batch))] * 2, ~going))


@torch.no_grad()
def log_likelihood_at(generator: Decoder, batch: Batch, *, temperatures: Sequence[float]) -> Float[Tensor, "sample batch"]:
    """log p(x) of the distributions that are sampled from at these temperatures, nats per sentence."""
    state, total = generator.start(None, len(batch)), torch.zeros(len(temperatures), len(batch), device=batch.lengths.device)
    for tokens, targets, real in zip(batch.inputs.T, batch.targets.T, batch.mask.T, strict=True):
        log_probs, state = generator.step(tokens, state)
        said = speakable(log_probs)
        for row, temperature in zip(total, temperatures, strict=True):
            chosen = (said / temperature).log_softmax(-1).gather(1, targets[:, None]).squeeze(1)
            row += chosen.masked_fill(~real, 0.0)
    return total


def speakable(log_probs: Float[Tensor, "batch vocab"]) -> Float[Tensor, "batch vocab"]:
    """Without <pad> and <bos>, which are never said; the rest adds up to 1."""
    silent = torch.tensor([Vocab.PAD, Vocab.BOS], device=log_probs.device)
    return log_probs.index_fill(-1, silent, -torch.inf).log_softmax(-1)


def ended(batch: Batch) -> Bool[Tensor, "batch"]:
    """Does the sentence have its <eos>?"""
    return (batch.targets == Vocab.EOS).any(-1)
