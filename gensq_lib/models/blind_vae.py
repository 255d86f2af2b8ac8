"""A text VAE whose decoder sees no word: a world in which z must help."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab


class BlindVAE(TextVAE):
    """Every word that the decoder would read is hidden, in training and ever after: what it knows, it knows from z.

    Taught in lesson 07.
    """

    def token_log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]
                             ) -> Float[Tensor, "sample batch time"]:
        return super().token_log_likelihood(batch.with_inputs(hidden(batch.inputs)), z)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        return super().step(hidden(tokens), state)


def hidden(tokens: Int[Tensor, "*batch"]) -> Int[Tensor, "*batch"]:
    """<unk> for every word; <bos> and padding stay."""
    return torch.where((tokens == Vocab.BOS) | (tokens == Vocab.PAD), tokens, Vocab.UNK)
