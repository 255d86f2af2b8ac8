"""Judges of words: networks that tell what people wrote from what a model made.

A judge is the discriminator of Goodfellow et al. (2014): its logit is the log-odds that a person wrote this, large for "real".
Judges of sentences read a `Batch`, judges of replies a `PairBatch`. Judges of vectors stand beside their players in `gan`.
"""
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gensq_lib.models.parts import Model, attention
from gensq_lib.models.recurrent import RecurrentEncoder, make_rnn
from gensq_lib.models.seq2seq import PromptEncoder
from gensq_lib.text.batching import Batch
from gensq_lib.text.pairs import PairBatch
from gensq_lib.text.vocab import Vocab


class Judge(Model):
    """Gives each example one logit. *Taught in lesson 15.*"""

    def logits(self, batch: Batch | PairBatch) -> Float[Tensor, "batch"]:
        """The log-odds that a person wrote it, of each example."""
        raise NotImplementedError

    def judgements(self, batch: Batch | PairBatch) -> Float[Tensor, "judgement"]:
        """Every logit that is trained, sentence by sentence: here one of each, of a `CausalJudge` one after each word."""
        return self.logits(batch)


class CausalJudge(Judge):
    """One logit after each word: it reads forwards only, so that a word is judged by what stands before it.

    Trained on beginnings, its logit tends to log p(beginning) / p_model(beginning).
    """

    def prefix_logits(self, batch: Batch | PairBatch) -> Float[Tensor, "batch time"]:
        """After each word, <eos> included; 0 on padding."""
        raise NotImplementedError

    def logits(self, batch: Batch | PairBatch) -> Float[Tensor, "batch"]:
        """Of the whole: the logit after its last word."""
        return self.prefix_logits(batch).gather(1, batch.lengths[:, None] - 1).squeeze(1)

    def judgements(self, batch: Batch | PairBatch) -> Float[Tensor, "judgement"]:
        return self.prefix_logits(batch)[batch.mask]


class RecurrentJudge(Judge):
    """Reads the sentence in both directions and judges it once."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 64, hidden_dim: int = 64, dropout: float = 0.1):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.encoder = RecurrentEncoder(embed=self.embed, hidden_dim=hidden_dim, cell="gru")
        self.to_logit = nn.Sequential(nn.Dropout(dropout), nn.Linear(hidden_dim, 1))

    def logits(self, batch: Batch) -> Float[Tensor, "batch"]:
        return self.to_logit(self.encoder(batch.targets, batch.lengths)).squeeze(-1)


class ConvolutionalJudge(Judge):
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


class PrefixJudge(CausalJudge):
    """Of sentences: the beginning is all that it knows. Taught in lesson 15."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 64, hidden_dim: int = 64, dropout: float = 0.1):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.rnn = make_rnn("gru", embed_dim, hidden_dim, 1)
        self.to_logit = nn.Linear(hidden_dim, 1)
        self.dropout = nn.Dropout(dropout)

    def prefix_logits(self, batch: Batch) -> Float[Tensor, "batch time"]:
        hidden, _ = self.rnn(self.dropout(self.embed(batch.targets)))
        return self.to_logit(self.dropout(hidden)).squeeze(-1).masked_fill(~batch.mask, 0.0)


class ReplyJudge(CausalJudge):
    """Of replies, given the prompt and the labels (Li et al. 2017 judge the whole reply; here every beginning).

    It is told which words of the reply stand in the prompt: whether a name was copied right is hard to see for a network that
    must first learn to compare. `source_vocab_size` says that prompts have words of their own (a source and its translation):
    then no word can stand in both. *Taught in lesson 16.*
    """

    def __init__(self, *, vocab_size: int, source_vocab_size: int = 0, label_sizes: Sequence[int] = (), embed_dim: int = 32,
                 hidden_dim: int = 64, dropout: float = 0.2):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.sees_copies = not source_vocab_size
        source = nn.Embedding(source_vocab_size, embed_dim, padding_idx=Vocab.PAD) if source_vocab_size else self.embed
        self.encoder = PromptEncoder(embed=source, hidden_dim=hidden_dim, label_sizes=label_sizes)
        self.to_start = nn.Linear(hidden_dim + self.encoder.labels_dim, hidden_dim)
        self.rnn = make_rnn("gru", embed_dim + 1, hidden_dim, 1)
        self.to_query = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.to_logit = nn.Linear(2 * hidden_dim, 1)
        self.dropout = nn.Dropout(dropout)

    def prefix_logits(self, batch: PairBatch) -> Float[Tensor, "batch time"]:
        read = self.encoder(batch.prompts)
        copied = (batch.in_prompt & self.sees_copies).float()[..., None]
        inputs = torch.cat([self.dropout(self.embed(batch.targets)), copied], -1)
        hidden = self.rnn(inputs, self.to_start(read.known).tanh()[None])[0]
        seen, _ = attention(self.to_query(hidden), read.memory, batch.prompts.mask)
        return self.to_logit(self.dropout(torch.cat([hidden, seen], -1))).squeeze(-1).masked_fill(~batch.mask, 0.0)


JUDGES = {"rnn": RecurrentJudge, "cnn": ConvolutionalJudge, "prefix": PrefixJudge}  # of sentences
