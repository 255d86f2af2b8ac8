"""Text VAEs whose network is itself a cure for posterior collapse, each a few lines away from the plain one.

The registry of cures names them; `registry.cured_vae` makes the one that a cure needs. Taught in lesson 08.
"""
import math
from collections.abc import Iterable, Sequence
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.parts import BagOfWordsHead
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch


class BagOfWordsVAE(TextVAE):
    """z alone can name the words of the sentence, for the cure `BagOfWords` (Zhao et al. 2017)."""

    def __init__(self, **sizes: Any):
        super().__init__(**sizes)
        self.to_words = BagOfWordsHead(self.latent_dim, self.decoder.to_vocab.out_features)

    def count_words(self, encoded: Iterable[Sequence[int]]) -> None:
        """Start decoder and task from the frequencies of words."""
        super().count_words(encoded)
        self.to_words.start_from_frequencies(self.decoder.to_vocab.bias.detach())

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
        """q(z | x), its means normalised over the batch; in evaluation by the running statistics of training."""
        q = super().posterior(batch)
        return Normal(self.normalise(q.mean), q.stddev, validate_args=False)


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
