"""Text VAEs whose network is itself a cure for posterior collapse, each a few lines away from the plain one."""
import math
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib import cures
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.blind_vae import BlindVAE
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch


class BagOfWordsVAE(TextVAE):
    """z alone can name the words of the sentence, for the cure `BagOfWords` (Zhao et al. 2017)."""

    def __init__(self, *, vocab_size: int, latent_dim: int = 8, **sizes: Any):
        super().__init__(vocab_size=vocab_size, latent_dim=latent_dim, **sizes)
        self.to_words = nn.Linear(latent_dim, vocab_size)
        self.register_buffer("worth", torch.ones(vocab_size))

    def count_words(self, encoded: Iterable[Sequence[int]]) -> None:
        """Start the task from the frequencies, too, so that z need not learn them.

        Frequent words count less, by sqrt(0.001 / frequency) and at most 1: "the" says nothing about a sentence.
        """
        super().count_words(encoded)
        log_frequency = self.decoder.to_vocab.bias.detach()
        self.worth.copy_((1e-3 / log_frequency.exp()).sqrt().clamp(max=1.0))
        with torch.no_grad():
            self.to_words.bias.copy_(log_frequency)

    def bag_log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "batch"]:
        """The weighted sum over the words of log p(word | z), order ignored; a task, not a likelihood of the sentence."""
        log_probs = self.to_words(z.mean(0)).float().log_softmax(-1)
        each = log_probs.gather(-1, batch.targets) * self.worth[batch.targets]
        return (each * batch.mask).sum(-1)


class BatchNormVAE(TextVAE):
    """The posterior means are batch-normalised to the standard deviation `gamma`, so they must vary (Zhu et al. 2020).

    Over the data E[KL] >= latent_dim * gamma² / 2, and every unit is "active" before anything is learnt.
    """

    def __init__(self, *, vocab_size: int, latent_dim: int = 8, gamma: float = 0.6, **sizes: Any):
        super().__init__(vocab_size=vocab_size, latent_dim=latent_dim, **sizes)
        self.normalise = nn.BatchNorm1d(latent_dim)
        nn.init.constant_(self.normalise.weight, gamma)
        self.normalise.weight.requires_grad_(False)

    def posterior(self, batch: Batch) -> Normal:
        q = super().posterior(batch)
        return Normal(self.normalise(q.mean), q.stddev, validate_args=False)


class CommittedRateVAE(TextVAE):
    """No posterior is wider than `widest`, so the prior cannot be imitated (after the delta-VAE of Razavi et al. 2019).

    Each dimension costs at least (widest² - log widest² - 1) / 2 nats. The rate is committed, the information is not:
    a narrow posterior that stands at the same place for every sentence pays for nothing.
    """

    def __init__(self, *, vocab_size: int, latent_dim: int = 8, widest: float = 0.45, **sizes: Any):
        super().__init__(vocab_size=vocab_size, latent_dim=latent_dim, **sizes)
        if not 0 < widest < 1:
            raise GensqError(f"expected the widest posterior between 0 and 1, got {widest}; try 0.45")
        self.widest = widest

    @property
    def committed_rate(self) -> float:
        """Nats per sentence that z costs at least."""
        return self.latent_dim * (self.widest**2 - 2 * math.log(self.widest) - 1) / 2

    def posterior(self, batch: Batch) -> Normal:
        q = super().posterior(batch)
        return Normal(q.mean, self.widest * q.stddev / (1 + q.stddev), validate_args=False)


class LastStateVAE(TextVAE):
    """The encoder keeps its last state instead of a maximum over the words: no cure, but what the others' pooling is worth."""

    def __init__(self, *, vocab_size: int, latent_dim: int = 8, **sizes: Any):
        super().__init__(vocab_size=vocab_size, latent_dim=latent_dim, pool="last", **sizes)


KINDS = {"": TextVAE, "bag_of_words": BagOfWordsVAE, "batch_norm": BatchNormVAE, "committed_rate": CommittedRateVAE,
         "weak_decoder": BlindVAE, "last_state": LastStateVAE}


def cured_vae(cure: str, **sizes: Any) -> TextVAE:
    """The text VAE that a named cure asks for."""
    return KINDS[cures.needs(cure)](**sizes)
