"""The recurrent halves of a text model: a decoder p(x | z) and an encoder that reads a sentence.

Both run on dense (batch, time) tensors. That is safe and fast: a decoder is causal, so what
stands behind the last word cannot reach back, and the encoder takes each sentence's own words.
"""
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.ground.errors import GensqError, chosen
from gensq_lib.models.outputs import output_layer
from gensq_lib.models.parts import TextDecoder, beside_each
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


def make_rnn(cell: str, input_dim: int, hidden_dim: int, num_layers: int) -> nn.Module:
    """A batch-first LSTM or GRU."""
    return chosen("a cell", cell, CELLS)(input_dim, hidden_dim, num_layers=num_layers, batch_first=True)


class RecurrentDecoder(TextDecoder):
    """p(x | z), word by word (Bowman et al. 2016); with `latent_dim=0` it is a language model.

    z enters the initial state and every step. With `tie` the output layer is the transposed embedding (Press & Wolf 2017);
    `output` is "full", "adaptive" or "sampled" (`models.outputs`).
    Taught in lessons 05 and 06.
    """

    def __init__(self, *, vocab_size: int, embed_dim: int = 128, hidden_dim: int = 192, latent_dim: int = 0,
                 cell: str = "lstm", num_layers: int = 1, tie: bool = True, output: str = "full", dropout: float = 0.0):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.rnn = make_rnn(cell, embed_dim + latent_dim, hidden_dim, num_layers)
        num_states = num_layers * (2 if cell == "lstm" else 1)
        self.to_state = nn.Linear(latent_dim, num_states * hidden_dim) if latent_dim else None
        self.to_embed = nn.Linear(hidden_dim, embed_dim)
        self.to_vocab = output_layer(output, self.embed, tie=tie)
        self.dropout = nn.Dropout(dropout)
        self.start_embeddings()

    def start(self, z: Float[Tensor, "batch latent"] | None, num: int) -> State:
        """The state before the first word: (h, c, z) or (h, z); h and c are "batch layers hidden"."""
        z = self.latent(z, num)
        count = 2 if isinstance(self.rnn, nn.LSTM) else 1
        shape = (num, count, self.rnn.num_layers, self.rnn.hidden_size)
        states = z.new_zeros(shape) if self.to_state is None else self.to_state(z).tanh().view(shape)
        return (*states.unbind(1), z)

    def read(self, tokens: Int[Tensor, "batch time"], state: State) -> tuple[Float[Tensor, "batch time hidden"], State]:
        """The hidden state at each position, and the state after the last."""
        *states, z = state
        states = tuple(s.transpose(0, 1).contiguous() for s in states)  # torch wants (layers, batch, hidden)
        embedded = beside_each(self.dropout(self.embed(tokens)), z)
        hidden, after = self.rnn(embedded, states if len(states) == 2 else states[0])
        after = after if isinstance(after, tuple) else (after,)
        return hidden, (*(s.transpose(0, 1) for s in after), z)

    def shown(self, hidden: Float[Tensor, "*batch hidden"]) -> Float[Tensor, "*batch embed"]:
        """As many numbers as a word's vector has."""
        return self.dropout(self.to_embed(hidden))


class RecurrentEncoder(nn.Module):
    """A sentence as one vector of `hidden_dim` numbers, half from reading forwards, half from reading backwards.

    The two readers are independent stacks (as in Peters et al. 2018). `pool="max"` keeps each unit's maximum over the
    words, `"last"` each reader's final state. `dropout` is of the words' vectors: a small text's codes are soon learnt by heart.
    """

    def __init__(self, *, embed: nn.Embedding, hidden_dim: int, cell: str = "lstm", num_layers: int = 1,
                 bidirectional: bool = True, pool: str = "max", dropout: float = 0.0):
        super().__init__()
        if pool not in ("max", "last"):
            raise GensqError(f'expected pool "max" or "last", got "{pool}"; choose one of them')
        if bidirectional and hidden_dim % 2:
            raise GensqError(f"expected an even hidden_dim for two reading directions, got {hidden_dim}; add 1")
        self.embed, self.pool, self.dropout = embed, pool, nn.Dropout(dropout)
        width = hidden_dim // 2 if bidirectional else hidden_dim
        self.forwards = make_rnn(cell, embed.embedding_dim, width, num_layers)
        self.backwards = make_rnn(cell, embed.embedding_dim, width, num_layers) if bidirectional else None

    def forward(self, tokens: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"]
                ) -> Float[Tensor, "batch hidden"]:
        """Each sentence as one vector."""
        return self._pooled(self.read(tokens, lengths), lengths)

    def read(self, tokens: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch time hidden"]:
        """What both readers know when they have come to each word."""
        embedded = self.dropout(self.embed(tokens))
        hidden = [self.forwards(embedded)[0]]
        if self.backwards is not None:
            hidden.append(reverse_words(self.backwards(reverse_words(embedded, lengths))[0], lengths))
        return torch.cat(hidden, -1)

    def _pooled(self, hidden, lengths):
        """Padding never takes part: it is below every maximum, and behind every last word."""
        if self.pool == "last":
            width, rows = self.forwards.hidden_size, torch.arange(len(lengths), device=hidden.device)
            return torch.cat([hidden[rows, lengths - 1, :width], hidden[:, 0, width:]], -1)  # the last word read backwards
        padding = torch.arange(hidden.shape[1], device=hidden.device) >= lengths[:, None]
        return hidden.masked_fill(padding[..., None], float("-inf")).amax(1)


def reverse_words(x: Float[Tensor, "batch time embed"], lengths: Int[Tensor, "batch"]
                  ) -> Float[Tensor, "batch time embed"]:
    """Each sentence backwards, its padding left at the end."""
    positions = torch.arange(x.shape[1], device=x.device)
    source = lengths[:, None] - 1 - positions
    source = torch.where(source >= 0, source, positions)
    return x.gather(1, source[..., None].expand_as(x))
