"""The text VAE of Bowman et al. (2016), an encoder, a Gaussian z, a decoder; and those that are a few lines away from it."""
import math
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn import functional as F

from gensq_lib import cures
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import text_decoder
from gensq_lib.models.parts import BagOfWordsHead, LatentModel, WordModel, for_each_sample, gaussian
from gensq_lib.models.recurrent import RecurrentEncoder
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab


class TextVAE(LatentModel, WordModel):
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
                                        num_layers=num_layers, bidirectional=bidirectional, pool=pool, dropout=dropout)
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

    def count_words(self, encoded: Iterable[Sequence[int]]) -> None:
        """Start from the frequencies of the words of a corpus."""
        self.decoder.start_from_frequencies(encoded)


# Networks that are a cure for posterior collapse themselves; the registry of cures names them. Taught in lesson 08.

class BagOfWordsVAE(TextVAE):
    """z alone can name the words of the sentence, for the cure `BagOfWords` (Zhao et al. 2017)."""

    def __init__(self, *, vocab_size: int, **sizes: Any):
        super().__init__(vocab_size=vocab_size, **sizes)
        self.to_words = BagOfWordsHead(self.latent_dim, vocab_size)

    def count_words(self, encoded: Iterable[Sequence[int]]) -> None:
        """Start decoder and task from the frequencies of words."""
        self.to_words.start_from_frequencies(self.decoder.start_from_frequencies(encoded))

    def bag_log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "batch"]:
        """How well z names the words of the sentence, order ignored."""
        return self.to_words.log_likelihood(z.mean(0), batch)


class BatchNormVAE(TextVAE):
    """The posterior means are batch-normalised to the standard deviation `gamma`, so they must vary (Zhu et al. 2020).

    Over the data E[KL] >= latent_dim * gamma² / 2, and every unit is "active" before anything is learnt. Taught in lesson 08.
    """

    def __init__(self, *, gamma: float = 0.6, **sizes: Any):
        super().__init__(**sizes)
        self.normalise = nn.BatchNorm1d(self.latent_dim)
        nn.init.constant_(self.normalise.weight, gamma)
        self.normalise.weight.requires_grad_(False)

    def posterior(self, batch: Batch) -> Normal:
        """q(z | x), its means normalised over the batch; in evaluation by the running statistics of training, and so where a
        batch of one sentence has no spread of its own.
        """
        q = super().posterior(batch)
        layer = self.normalise
        mean = layer(q.mean) if len(batch) > 1 or not layer.training else F.batch_norm(
            q.mean, layer.running_mean, layer.running_var, layer.weight, layer.bias, training=False, eps=layer.eps)
        return Normal(mean, q.stddev, validate_args=False)


class CommittedRateVAE(TextVAE):
    """No posterior is wider than `widest`, so the prior cannot be imitated (after the delta-VAE of Razavi et al. 2019).

    Each dimension costs at least (widest² - log widest² - 1) / 2 nats. The rate is committed, the information is not:
    a narrow posterior that stands at the same place for every sentence pays for nothing.
    """

    def __init__(self, *, widest: float = 0.45, **sizes: Any):
        super().__init__(**sizes)
        if not 0 < widest < 1:
            raise GensqError(f"expected the widest posterior between 0 and 1, got {widest}; try 0.45")
        self.widest = widest

    @property
    def committed_rate(self) -> float:
        """Nats per sentence that z costs at least."""
        return self.latent_dim * (self.widest**2 - 2 * math.log(self.widest) - 1) / 2

    def posterior(self, batch: Batch) -> Normal:
        """q(z | x), its standard deviations squeezed below `widest`."""
        q = super().posterior(batch)
        return Normal(q.mean, self.widest * q.stddev / (1 + q.stddev), validate_args=False)


class LastStateVAE(TextVAE):
    """The encoder keeps its last state instead of a maximum over the words: no cure, but what the others' pooling is worth."""

    def __init__(self, **sizes: Any):
        super().__init__(pool="last", **sizes)


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


VAES = {kind.__name__: kind for kind in (TextVAE, BagOfWordsVAE, BatchNormVAE, CommittedRateVAE, LastStateVAE, BlindVAE)}


def cured_vae(cure: str, **sizes: Any) -> TextVAE:
    """The text VAE that a cure needs, by the name of the cure: `cured_vae("free_bits+bag_of_words", vocab_size=900)`.

    Taught in lesson 06.
    """
    return VAES[cures.network(cure)](**sizes)
