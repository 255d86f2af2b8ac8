"""A language model: log p(x) is exact, there is nothing to infer. The yardstick of every text VAE."""
from functools import partial
from typing import Any

from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import answered, chosen, expect, whole
from gensq_lib.models.parts import TextDecoder, WordModel
from gensq_lib.models.recurrent import RecurrentDecoder
from gensq_lib.models.transformer import TransformerDecoder
from gensq_lib.text.batching import Batch

DECODERS = {"lstm": partial(RecurrentDecoder, cell="lstm"), "gru": partial(RecurrentDecoder, cell="gru"),
            "transformer": TransformerDecoder}


@answered
def text_decoder(name: str, **options: Any) -> TextDecoder:
    """A decoder by the name of its architecture; `options` are the keyword arguments of its class."""
    for size in ("vocab_size", "embed_dim", "hidden_dim", "num_layers"):
        expect(whole(options.get(size, 1), 1), f"expected {size} of at least 1, got {options.get(size)!r}; choose a larger one")
    return chosen("a decoder", name, DECODERS)(**options)


class LanguageModel(WordModel):
    """p(x), word by word: a decoder without z. `decoder` is "lstm", "gru" or "transformer", `options` are those of its class.

    >>> LanguageModel(vocab_size=900, decoder="transformer", embed_dim=128, num_layers=2, num_heads=4, max_length=40)

    Taught in lesson 05.
    """

    def __init__(self, *, vocab_size: int, decoder: str = "lstm", **options: Any):
        super().__init__()
        self.decoder = text_decoder(decoder, vocab_size=vocab_size, **options)

    def token_log_likelihood(self, batch: Batch) -> Float[Tensor, "batch time"]:
        """log p(x_t | x_<t), 0 on padding."""
        return self.decoder.token_log_likelihood(batch)
