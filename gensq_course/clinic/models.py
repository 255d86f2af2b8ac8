"""The patients' networks: blind text VAEs, most of them with something broken inside."""
from collections.abc import Iterator

from torch import nn
from torch.distributions import Normal

from gensq_lib.models.text_vae import BlindVAE
from gensq_lib.models.recurrent import RecurrentEncoder
from gensq_lib.text.batching import Batch


class PaddingReader(RecurrentEncoder):
    """Broken: padding takes part in the maximum over the words."""

    def _pooled(self, hidden, lengths):
        return hidden.amax(1)


class FirstWordReader(RecurrentEncoder):
    """Broken: each reader's state is taken at position 0, where the one that reads forwards has seen a single word."""

    def __init__(self, **sizes):
        super().__init__(bidirectional=False, **sizes)

    def _pooled(self, hidden, lengths):
        return hidden[:, 0]


class OtherReaderVAE(BlindVAE):
    """A blind VAE with a broken encoder."""

    Reader: type[RecurrentEncoder]

    def __init__(self, *, hidden_dim: int, decoder: str, **sizes):
        super().__init__(hidden_dim=hidden_dim, decoder=decoder, **sizes)
        self.encoder = self.Reader(embed=self.encoder.embed, hidden_dim=hidden_dim, cell=decoder)


class PaddingVAE(OtherReaderVAE):
    Reader = PaddingReader


class FirstWordVAE(OtherReaderVAE):
    Reader = FirstWordReader


class MixedPairsVAE(BlindVAE):
    """Broken: the posteriors come back in another order than the sentences went in."""

    def posterior(self, batch: Batch) -> Normal:
        q = super().posterior(batch)
        return Normal(q.mean.roll(1, 0), q.stddev.roll(1, 0), validate_args=False)


class SharedEmbeddingVAE(BlindVAE):
    """Broken: encoder-only steps move the embedding, which is the decoder's, too."""

    def __init__(self, **sizes):
        super().__init__(share_embedding=True, **sizes)

    def encoder_parameters(self) -> Iterator[nn.Parameter]:
        for part in (self.encoder, self.to_mean, self.to_log_var):
            yield from part.parameters()


class BatchNormBlindVAE(BlindVAE):
    """Batch-normalised means (Zhu et al. 2020): every unit is active before anything is learnt."""

    def __init__(self, *, latent_dim: int, gamma: float = 0.6, **sizes):
        super().__init__(latent_dim=latent_dim, **sizes)
        self.normalise = nn.BatchNorm1d(latent_dim, momentum=None)  # no momentum: the mean of all batches so far
        nn.init.constant_(self.normalise.weight, gamma)
        self.normalise.weight.requires_grad_(False)

    def posterior(self, batch: Batch) -> Normal:
        q = super().posterior(batch)
        return Normal(self.normalise(q.mean), q.stddev, validate_args=False)
