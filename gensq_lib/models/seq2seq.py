"""Sequence to sequence: an encoder reads the prompt, a decoder writes the reply (Sutskever et al. 2014).

With attention the decoder looks back at every word of the prompt (Bahdanau et al. 2015, in the form of Luong et al. 2015);
with copying it may also say one of these words as it stands (See et al. 2017). Labels (a mood) enter every step.
"""
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.outputs import output_layer
from gensq_lib.models.parts import NEVER, TextDecoder, attention, beside_each, masked_log_likelihood
from gensq_lib.models.recurrent import RecurrentEncoder, make_rnn
from gensq_lib.text.decoding import State
from gensq_lib.text.pairs import PairBatch, Prompts
from gensq_lib.text.vocab import Vocab


@dataclass(frozen=True)
class ReadPrompt:
    """A prompt, read: one vector for each of its words, one for the whole, one for the labels."""

    memory: Float[Tensor, "batch time hidden"]
    summary: Float[Tensor, "batch hidden"]
    labels: Float[Tensor, "batch embed"]

    @property
    def known(self) -> Float[Tensor, "batch hidden"]:
        """The whole and its labels: all that is known of a reply before its first word."""
        return torch.cat([self.summary, self.labels], -1)


class PromptEncoder(RecurrentEncoder):
    """Reads prompts in both directions; the whole is each unit's maximum over the words."""

    def __init__(self, *, embed: nn.Embedding, hidden_dim: int, label_sizes: Sequence[int] = (), label_dim: int = 8):
        super().__init__(embed=embed, hidden_dim=hidden_dim, cell="gru")
        self.embed_labels = nn.ModuleList(nn.Embedding(size, label_dim) for size in label_sizes)
        self.labels_dim = label_dim * len(self.embed_labels)

    def forward(self, prompts: Prompts) -> ReadPrompt:
        """Each word and the whole of each prompt, and its labels, as vectors."""
        if prompts.labels.shape[1] != len(self.embed_labels):
            raise GensqError(f"expected {len(self.embed_labels)} labels for each prompt, got {prompts.labels.shape[1]}; "
                             "make the model with the label_sizes of the corpus")
        memory = self.read(prompts.tokens, prompts.lengths)
        summary = self._pooled(memory, prompts.lengths)
        labels = [embed(column) for embed, column in zip(self.embed_labels, prompts.labels.unbind(1), strict=True)]
        return ReadPrompt(memory, summary, torch.cat([summary[:, :0], *labels], -1))


class Seq2Seq(TextDecoder):
    """p(reply | prompt, labels); with `latent_dim` p(reply | prompt, labels, z).

    Without attention all that the decoder knows of the prompt is its start. `copy` needs attention, and one vocabulary on both
    sides; `source_vocab_size` says that the source has its own, as in translation (0: it is the same). Taught in lesson 16.
    """

    def __init__(self, *, vocab_size: int, source_vocab_size: int = 0, label_sizes: Sequence[int] = (), embed_dim: int = 64,
                 hidden_dim: int = 128, latent_dim: int = 0, attention: bool = True, copy: bool = True, dropout: float = 0.0):
        super().__init__()
        if copy and source_vocab_size:
            raise GensqError("expected one vocabulary on both sides to copy words, got another one for the source, of "
                             f"{source_vocab_size} words; set copy=False, or leave source_vocab_size out if they share theirs")
        if copy and not attention:
            raise GensqError("expected attention beside copying, got copying alone; set attention=True or copy=False")
        self.attention, self.copy, self.latent_dim = attention, copy, latent_dim
        self.embed = embedding(vocab_size, embed_dim)
        source = embedding(source_vocab_size, embed_dim) if source_vocab_size else self.embed
        self.encoder = PromptEncoder(embed=source, hidden_dim=hidden_dim, label_sizes=label_sizes)
        beside = self.encoder.labels_dim + latent_dim  # enters every step
        self.rnn = make_rnn("gru", embed_dim + beside, hidden_dim, 1)
        self.to_start = nn.Linear(hidden_dim + beside, hidden_dim)
        self.to_query = nn.Linear(hidden_dim, hidden_dim, bias=False) if attention else None
        width = 2 * hidden_dim if attention else hidden_dim
        self.to_embed = nn.Linear(width, embed_dim)
        self.to_vocab = output_layer("full", self.embed, tie=True)
        self.to_gate = nn.Linear(width, 1) if copy else None
        self.dropout = nn.Dropout(dropout)

    def token_log_likelihood(self, batch: PairBatch, z: Float[Tensor, "batch latent"] | None = None
                             ) -> Float[Tensor, "batch time"]:
        """log p(x_t | x_<t, prompt, labels), 0 on padding."""
        features, weights, _ = self._read(batch.inputs, self.start(batch.prompts, z))
        generated = masked_log_likelihood(features, batch, self.log_prob_of)
        if not self.copy:
            return generated
        same = batch.targets[:, :, None] == batch.prompts.tokens[:, None]
        return self._mixed(features, generated, (weights * same).sum(-1)).masked_fill(~batch.mask, 0.0)

    def start(self, prompts: Prompts, z: Float[Tensor, "batch latent"] | None = None) -> State:
        """The state before the first word: hidden, what stands beside every word, and (with attention) the prompt."""
        read = self.encoder(prompts)
        beside = read.labels if z is None else torch.cat([read.labels, z], -1)
        hidden = self.to_start(torch.cat([read.summary, beside], -1)).tanh()
        return (hidden, beside, read.memory, prompts.tokens, prompts.mask) if self.attention else (hidden, beside)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        features, weights, after = self._read(tokens[:, None], state)
        log_probs = self.logits(features[:, 0]).log_softmax(-1)
        if self.copy:
            prompt = state[3]
            pointed = torch.zeros_like(log_probs).scatter_add(1, prompt, weights[:, 0].to(log_probs.dtype))
            log_probs = self._mixed(features, log_probs, pointed)
        return log_probs, after

    def looks(self, batch: PairBatch) -> Float[Tensor, "batch time _"]:
        """The weight of each word of the prompt before each word of the reply; a model with attention, and without z."""
        return self._read(batch.inputs, self.start(batch.prompts))[1]

    def copies(self, batch: PairBatch) -> Float[Tensor, "batch time"]:
        """The probability, 1 - g, that each word of the reply is copied; a model with copying, and without z."""
        return self.to_gate(self._read(batch.inputs, self.start(batch.prompts))[0]).neg().sigmoid().squeeze(-1)

    def answering(self, prompts: Prompts) -> "Answering":
        """The decoder of replies to these prompts."""
        return Answering(self, prompts)

    def _read(self, tokens, state):
        """What the output layer sees at each position, the weight of each word of the prompt there, and the state at the end."""
        hidden, beside, *prompt = state
        hidden = self.rnn(beside_each(self.dropout(self.embed(tokens)), beside), hidden[None].contiguous())[0]
        return *self._attended(hidden, prompt), (hidden[:, -1], beside, *prompt)

    def _attended(self, hidden, prompt):
        """What the output layer sees ("batch time embed"), and the weight of each word of the prompt."""
        if not self.attention:
            return hidden, None
        memory, _, mask = prompt
        seen, weights = attention(self.to_query(hidden), memory, mask)
        return torch.cat([hidden, seen], -1), weights

    def shown(self, features: Float[Tensor, "*batch _"]) -> Float[Tensor, "*batch embed"]:
        """As many numbers as a word's vector has."""
        return self.dropout(self.to_embed(features).tanh())

    def _mixed(self, features, generated, pointed):
        """log(g p_generated + (1 - g) p_pointed), one gate g for each place in the reply."""
        gate = self.to_gate(features).float().squeeze(-1)
        return torch.logaddexp(F.logsigmoid(gate) + generated, F.logsigmoid(-gate) + pointed.clamp(min=NEVER).log())


@dataclass(frozen=True)
class Answering:
    """A `Decoder` of replies to given prompts; z, where the model has one, comes with `start`."""

    model: nn.Module
    prompts: Prompts

    def start(self, z: Float[Tensor, "batch latent"] | None, num: int) -> State:
        """The state before the first word of each reply; `num` must be the number of prompts."""
        if num != len(self.prompts):
            raise GensqError(f"expected num={len(self.prompts)}, one reply for each prompt, got {num}; "
                             "repeat the prompts to have several replies to each")
        return self.model.start(self.prompts, z)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """log p(next word | state, tokens), nats, and the state after `tokens`."""
        return self.model.step(tokens, state)


def embedding(vocab_size: int, embed_dim: int) -> nn.Embedding:
    """Words as vectors, so small that, tied to the output layer, they give logits of about 1."""
    made = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
    nn.init.normal_(made.weight, std=embed_dim**-0.5)
    return made
