"""The text VAE of Bowman et al. (2016): an encoder, a Gaussian z, a decoder."""
from collections.abc import Iterable, Sequence
from typing import Any

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import text_decoder
from gensq_lib.models.parts import LatentModel, for_each_sample, gaussian
from gensq_lib.models.recurrent import RecurrentEncoder
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab


class TextVAE(LatentModel):
    """x -> q(z | x) -> z -> p(x | z).

    `decoder` is "lstm", "gru" or "transformer", `options` are further ones of its class, such as `num_heads`. The encoder is
    recurrent in any case. `pool` and `bidirectional` are its own.

    >>> vae = TextVAE(vocab_size=900, latent_dim=16)
    >>> z = vae.posterior(batch).rsample((5,))  # "sample batch latent": 5 samples for each sentence
    >>> vae.log_likelihood(batch, z)  # "sample batch", nats per sentence

    Taught in lesson 06.
    """

    def __init__(self, *, vocab_size: int, embed_dim: int = 128, hidden_dim: int = 192, latent_dim: int = 8,
                 decoder: str = "lstm", num_layers: int = 1, dropout: float = 0.0, bidirectional: bool = True,
                 pool: str = "max", share_embedding: bool = False, **options: Any):
        super().__init__()
        if latent_dim < 1:
            raise GensqError(f"expected latent_dim >= 1, got {latent_dim}; without z use a LanguageModel")
        self.latent_dim, self.share_embedding = latent_dim, share_embedding
        self.decoder = text_decoder(decoder, vocab_size=vocab_size, embed_dim=embed_dim, hidden_dim=hidden_dim,
                                    latent_dim=latent_dim, num_layers=num_layers, dropout=dropout, **options)
        embed = self.decoder.embed if share_embedding else nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.encoder = RecurrentEncoder(embed=embed, hidden_dim=hidden_dim, cell="gru" if decoder == "gru" else "lstm",
                                        num_layers=num_layers, bidirectional=bidirectional, pool=pool)
        self.to_mean = nn.Linear(hidden_dim, latent_dim)
        self.to_log_var = nn.Linear(hidden_dim, latent_dim)

    def posterior(self, batch: Batch) -> Normal:
        """q(z | x); the encoder reads the true words (`targets`), whatever the decoder is shown."""
        summary = self.encoder(batch.targets, batch.lengths)
        return gaussian(self.to_mean(summary), self.to_log_var(summary))

    def token_log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]
                             ) -> Float[Tensor, "sample batch time"]:
        """log p(x_t | x_<t, z), 0 on padding."""
        return for_each_sample(self.decoder.token_log_likelihood, batch, z)

    def log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "sample batch"]:
        """log p(x | z), nats per sentence, <eos> counted."""
        return self.token_log_likelihood(batch, z).sum(-1)

    def start(self, z: Float[Tensor, "batch latent"], num: int) -> State:
        """The decoder's state before the first word, which carries z: a `TextVAE` is a `Decoder`, too."""
        return self.decoder.start(z, num)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """log p(next word | state, tokens), nats, and the state after `tokens`."""
        return self.decoder.step(tokens, state)

    def count_words(self, encoded: Iterable[Sequence[int]]) -> None:
        """Start from the frequencies of the words of a corpus."""
        self.decoder.start_from_frequencies(encoded)
