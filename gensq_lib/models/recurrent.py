"""The recurrent halves of a text model: a decoder p(x | z) and an encoder that reads a sentence.

Both run on dense (batch, time) tensors. That is safe and fast: a decoder is causal, so what
stands behind the last word cannot reach back, and the encoder takes each sentence's own words.
"""
from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gensq_lib.ground.errors import GensqError
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


def make_rnn(cell: str, input_dim: int, hidden_dim: int, num_layers: int) -> nn.Module:
    """A batch-first LSTM or GRU."""
    if cell not in CELLS:
        raise GensqError(f'expected cell "lstm" or "gru", got "{cell}"; choose one of them')
    return CELLS[cell](input_dim, hidden_dim, num_layers=num_layers, batch_first=True)


class RecurrentDecoder(nn.Module):
    """p(x | z), word by word (Bowman et al. 2016); with `latent_dim=0` it is a language model.

    z can enter the initial state, every step, or both. With `tie` the output layer is the
    transposed embedding (Press & Wolf 2017).
    """

    def __init__(self, *, vocab_size: int, embed_dim: int, hidden_dim: int, latent_dim: int = 0,
                 cell: str = "lstm", num_layers: int = 1, z_to_state: bool = True, z_to_steps: bool = True,
                 tie: bool = True, dropout: float = 0.0):
        super().__init__()
        if latent_dim and not (z_to_state or z_to_steps):
            raise GensqError("expected z to enter the state or the steps, got neither; "
                             "set z_to_state or z_to_steps, or use a LanguageModel")
        self.z_to_steps = bool(latent_dim) and z_to_steps
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.rnn = make_rnn(cell, embed_dim + latent_dim * self.z_to_steps, hidden_dim, num_layers)
        num_states = num_layers * (2 if cell == "lstm" else 1)
        self.to_state = nn.Linear(latent_dim, num_states * hidden_dim) if latent_dim and z_to_state else None
        self.to_embed = nn.Linear(hidden_dim, embed_dim)
        self.to_vocab = nn.Linear(embed_dim, vocab_size)
        self.dropout = nn.Dropout(dropout)
        if tie:
            self.to_vocab.weight = self.embed.weight
        nn.init.normal_(self.embed.weight, std=embed_dim**-0.5)

    def reset_parameters(self) -> None:
        """New random weights, drawn as at the beginning."""
        for part in self.children():
            if part is not self.embed and hasattr(part, "reset_parameters"):
                part.reset_parameters()
        nn.init.normal_(self.embed.weight, std=self.embed.embedding_dim**-0.5)

    def start_from_frequencies(self, encoded: Iterable[Sequence[int]]) -> None:
        """Set the output bias to the log frequency of each word, which training would spend its first steps to find."""
        counts = torch.ones(self.to_vocab.out_features)
        counts += torch.bincount(torch.tensor([i for ids in encoded for i in (*ids, Vocab.EOS)]), minlength=len(counts))
        with torch.no_grad():
            self.to_vocab.bias.copy_((counts / counts.sum()).log())

    def start_from(self, other: "RecurrentDecoder") -> None:
        """Copy a decoder of the same sizes without z. Whatever reads z starts at 0, so that at first this one *is* the other:
        z, still noise, cannot spoil what the decoder knows, and has to earn its weights.
        """
        copy_leading(self, other)
        if self.to_state is not None:
            with torch.no_grad():
                self.to_state.weight.zero_()
                self.to_state.bias.zero_()

    def token_log_likelihood(self, batch: Batch, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch time"]:
        """log p(x_t | x_<t, z) of the real tokens, 0 on padding. Only real tokens meet the output layer."""
        hidden, _ = self.rnn(self._inputs(batch.inputs, z), self._rnn_state(self.start(z, len(batch))))
        mask = batch.mask
        logits = self.logits(hidden[mask])
        result = logits.new_zeros(mask.shape)
        result[mask] = -F.cross_entropy(logits, batch.targets[mask], reduction="none")
        return result

    def start(self, z: Float[Tensor, "batch latent"] | None, num: int) -> State:
        """The state before the first word: (h, c, z) or (h, z); h and c are "batch layers hidden"."""
        device = self.embed.weight.device
        z = torch.zeros(num, 0, device=device) if z is None else z
        count = 2 if isinstance(self.rnn, nn.LSTM) else 1
        shape = (num, count, self.rnn.num_layers, self.rnn.hidden_size)
        states = torch.zeros(shape, device=device) if self.to_state is None else self.to_state(z).tanh().view(shape)
        return (*states.unbind(1), z)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """log p(next word | state, tokens) and the state after `tokens`."""
        z = state[-1]
        hidden, after = self.rnn(self._inputs(tokens[:, None], z), self._rnn_state(state))
        after = after if isinstance(after, tuple) else (after,)
        return self.logits(hidden[:, 0]).log_softmax(-1), (*(s.transpose(0, 1) for s in after), z)

    def logits(self, hidden: Float[Tensor, "*batch hidden"]) -> Float[Tensor, "*batch vocab"]:
        """In fp32 under autocast, too: probabilities from a log-softmax in bf16 do not add up to one."""
        return self.to_vocab(self.dropout(self.to_embed(hidden))).float()

    def _inputs(self, tokens, z):
        """Embeddings, with z beside each of them when it enters the steps."""
        embedded = self.dropout(self.embed(tokens))
        if not self.z_to_steps:
            return embedded
        return torch.cat([embedded, z[:, None].expand(-1, tokens.shape[1], -1)], -1)

    def _rnn_state(self, state: State):
        """torch wants (layers, batch, hidden)."""
        states = tuple(s.transpose(0, 1).contiguous() for s in state[:-1])
        return states if len(states) == 2 else states[0]


class RecurrentEncoder(nn.Module):
    """A sentence as one vector of `hidden_dim` numbers, half from reading forwards, half from reading backwards.

    The two readers are independent stacks (as in Peters et al. 2018). `pool="max"` keeps each unit's maximum over the
    words, `"last"` each reader's final state.
    """

    def __init__(self, *, embed: nn.Embedding, hidden_dim: int, cell: str = "lstm", num_layers: int = 1,
                 bidirectional: bool = True, pool: str = "max"):
        super().__init__()
        if pool not in ("max", "last"):
            raise GensqError(f'expected pool "max" or "last", got "{pool}"; choose one of them')
        if bidirectional and hidden_dim % 2:
            raise GensqError(f"expected an even hidden_dim for two reading directions, got {hidden_dim}; add 1")
        self.embed, self.pool = embed, pool
        width = hidden_dim // 2 if bidirectional else hidden_dim
        self.forwards = make_rnn(cell, embed.embedding_dim, width, num_layers)
        self.backwards = make_rnn(cell, embed.embedding_dim, width, num_layers) if bidirectional else None

    def forward(self, tokens: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"]
                ) -> Float[Tensor, "batch hidden"]:
        embedded = self.embed(tokens)
        read = [self._pooled(self.forwards(embedded)[0], lengths)]
        if self.backwards is not None:
            read.append(self._pooled(self.backwards(reverse_words(embedded, lengths))[0], lengths))
        return torch.cat(read, -1)

    def _pooled(self, hidden, lengths):
        """Padding never takes part: it is below every maximum, and behind every last word."""
        if self.pool == "last":
            return hidden[torch.arange(len(lengths), device=hidden.device), lengths - 1]
        padding = torch.arange(hidden.shape[1], device=hidden.device) >= lengths[:, None]
        return hidden.masked_fill(padding[..., None], float("-inf")).amax(1)


def copy_leading(mine: nn.Module, other: nn.Module) -> None:
    """Copy the parameters of `other`, each into the first columns of its namesake, which may be wider; the rest becomes 0."""
    parameters = dict(mine.named_parameters())
    with torch.no_grad():
        for name, parameter in other.named_parameters():
            parameters[name].zero_()[..., : parameter.shape[-1]].copy_(parameter)


def reverse_words(x: Float[Tensor, "batch time embed"], lengths: Int[Tensor, "batch"]
                  ) -> Float[Tensor, "batch time embed"]:
    """Each sentence backwards, its padding left at the end."""
    positions = torch.arange(x.shape[1], device=x.device)
    source = lengths[:, None] - 1 - positions
    source = torch.where(source >= 0, source, positions)
    return x.gather(1, source[..., None].expand_as(x))
