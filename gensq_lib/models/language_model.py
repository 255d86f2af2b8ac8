"""A recurrent language model: log p(x) is exact, there is nothing to infer. The yardstick of every text VAE."""
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.models.recurrent import RecurrentDecoder
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import State


class LanguageModel(nn.Module):
    """The decoder of the text VAE without z."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 128, hidden_dim: int = 192, cell: str = "lstm",
                 num_layers: int = 1, tie: bool = True, dropout: float = 0.0):
        super().__init__()
        self.decoder = RecurrentDecoder(vocab_size=vocab_size, embed_dim=embed_dim, hidden_dim=hidden_dim, cell=cell,
                                        num_layers=num_layers, tie=tie, dropout=dropout)

    def token_log_likelihood(self, batch: Batch) -> Float[Tensor, "batch time"]:
        """log p(x_t | x_<t), 0 on padding."""
        return self.decoder.token_log_likelihood(batch, self.decoder.start(None, len(batch))[-1])

    def log_likelihood(self, batch: Batch) -> Float[Tensor, "batch"]:
        """log p(x), nats per sentence, <eos> counted."""
        return self.token_log_likelihood(batch).sum(-1)

    def start(self, z: None, num: int) -> State:
        return self.decoder.start(None, num)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        return self.decoder.step(tokens, state)
