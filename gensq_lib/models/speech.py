"""Networks for log-mel pictures of spoken digits: a VAE that is told the digit, and a classifier that is asked for it.

Both read pictures of `BANDS` x `FRAMES` numbers, scaled to mean 0 and variance 1 in each band. The VAE models p(x | y): a
Gaussian for each number of the picture, whose mean is made of z and the digit y. With Bayes' rule it recognises, too.
"""
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import MultivariateNormal, Normal

from gensq_lib.ground.errors import expect, whole
from gensq_lib.maths.objectives import iwae
from gensq_lib.models.parts import LatentModel, Model, gaussian
from gensq_lib.sounds import BANDS, FRAMES

NUM_DIGITS = 10
SMALLEST = 1e-3  # added to the variances of a fitted prior: few clips may lie in a plane
QUARTER = (BANDS // 4, FRAMES // 4)  # of a picture that was halved twice


@dataclass(frozen=True)
class Spoken:
    """A batch: scaled pictures, and which digit each is, or is said to be. Taught in lesson 13."""

    pictures: Float[Tensor, "batch band frame"]
    digits: Int[Tensor, "batch"]

    def __len__(self) -> int:
        return len(self.digits)

    def select(self, index: Int[Tensor, "_"]) -> "Spoken":
        """Some of them."""
        return Spoken(self.pictures[index], self.digits[index])


def seeing(channels: int) -> nn.Sequential:
    """A picture halved twice by convolutions, as one row of numbers."""
    return nn.Sequential(nn.Unflatten(1, (1, BANDS)), nn.Conv2d(1, channels, 4, stride=2, padding=1), nn.SiLU(),
                         nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1), nn.SiLU(), nn.Flatten())


def num_seen(channels: int) -> int:
    """The length of that row."""
    return 2 * channels * QUARTER[0] * QUARTER[1]


class SpeechVAE(LatentModel):
    """q(z | x, y), p(z | y), p(x | z, y) = N(mean(z, y), sigma^2) with one learned sigma for each band.

    Sigma is the same for all digits: were it learned for each digit, the digit with the widest one would win what is unlike all.
    Taught in lesson 13.

    >>> vae = SpeechVAE(latent_dim=8)
    >>> bounds = vae.digit_bounds(pictures, num_samples=10, generator=noise)  # "batch class"
    """

    def __init__(self, *, latent_dim: int = 8, channels: int = 12, hidden_dim: int = 96):
        super().__init__()
        expect(whole(latent_dim, 1), f"expected latent_dim of at least 1, got {latent_dim!r}; choose a larger one")
        self.latent_dim = latent_dim
        self.encoder = nn.ModuleDict({"see": seeing(channels), "think": nn.Sequential(
            nn.Linear(num_seen(channels) + NUM_DIGITS, hidden_dim), nn.SiLU())})
        self.to_mean, self.to_log_var = nn.Linear(hidden_dim, latent_dim), nn.Linear(hidden_dim, latent_dim)
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + NUM_DIGITS, hidden_dim), nn.SiLU(), nn.Linear(hidden_dim, num_seen(channels)), nn.SiLU(),
            nn.Unflatten(1, (2 * channels, *QUARTER)),
            nn.ConvTranspose2d(2 * channels, channels, 4, stride=2, padding=1), nn.SiLU(),
            nn.ConvTranspose2d(channels, 1, 4, stride=2, padding=1), nn.Flatten(1, 2))
        self.log_noise = nn.Parameter(torch.full((BANDS, 1), -0.5))
        self.register_buffer("prior_mean", torch.zeros(NUM_DIGITS, latent_dim))
        self.register_buffer("prior_triangle", torch.eye(latent_dim).repeat(NUM_DIGITS, 1, 1))

    def prior(self, condition: Spoken) -> MultivariateNormal:
        """p(z | y): N(0, I) for every digit until `fit_prior` was called."""
        return MultivariateNormal(self.prior_mean[condition.digits], scale_tril=self.prior_triangle[condition.digits],
                                  validate_args=False)

    def fit_prior(self, train: Spoken, *, generator: torch.Generator) -> None:
        """p(z | y) as a Gaussian with a full covariance: that of draws of z for the training clips of each digit.

        No weight of the network moves. Training leaves holes where N(0, I) expects clips and the encoder puts none; a prior
        that is fitted afterwards knows them (Ghosh et al. 2020). Bounds stay bounds, because this prior is used in them, too.
        """
        with torch.no_grad():
            q = self.posterior(train)
            z = q.mean + q.stddev * torch.randn(q.mean.shape, generator=generator)
            for digit in train.digits.unique().tolist():
                own = z[train.digits == digit]
                if len(own) < 2:  # one clip has no spread: N(0, I) stays
                    continue
                spread = torch.cov(own.T).reshape(self.latent_dim, -1) + SMALLEST * torch.eye(self.latent_dim)
                self.prior_mean[digit], self.prior_triangle[digit] = own.mean(0), torch.linalg.cholesky(spread)

    def posterior(self, batch: Spoken) -> Normal:
        """q(z | x, y), a diagonal Gaussian."""
        hidden = self.encoder["think"](torch.cat([self.encoder["see"](batch.pictures), one_hot(batch.digits)], -1))
        return gaussian(self.to_mean(hidden), self.to_log_var(hidden))

    def decode(self, z: Float[Tensor, "*any latent"], digit: Float[Tensor, "*#any class"]) -> Float[Tensor, "*any band frame"]:
        """The mean of p(x | z, y): the picture to look at. `digit` has a weight for each; between two digits it may be shared."""
        row = torch.cat([z, digit.expand(*z.shape[:-1], NUM_DIGITS)], -1)
        return self.decoder(row.flatten(0, -2)).unflatten(0, z.shape[:-1])

    def log_likelihood(self, batch: Spoken, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "sample batch"]:
        """log p(x | z, y), a log-density of scaled pictures, nats per clip: the *sum* over bands and frames."""
        mean = self.decode(z, one_hot(batch.digits))
        return Normal(mean, self.log_noise.exp(), validate_args=False).log_prob(batch.pictures).sum((-2, -1))

    def drawn(self, digits: Int[Tensor, "batch"], *, generator: torch.Generator) -> Float[Tensor, "batch band frame"]:
        """A new picture of each digit: z from p(z | y), then the mean of p(x | z, y)."""
        prior = self.prior(Spoken(torch.empty(len(digits), BANDS, FRAMES), digits))
        noise = torch.randn(prior.mean.shape, generator=generator)
        return self.decode(prior.mean + (prior.scale_tril @ noise[..., None]).squeeze(-1), one_hot(digits))

    def digit_bounds(self, pictures: Float[Tensor, "batch band frame"], *, num_samples: int,
                     generator: torch.Generator | None = None) -> Float[Tensor, "batch class"]:
        """Lower bounds on log p(x | y) for every digit y, importance-weighted; nats per clip."""
        return torch.stack([iwae(self, Spoken(pictures, torch.full((len(pictures),), digit)), num_samples=num_samples,
                                 generator=generator) for digit in range(NUM_DIGITS)], -1)


class SpeechClassifier(Model):
    """A convolutional network that is asked p(y | x) directly. Taught in lesson 13."""

    def __init__(self, *, channels: int = 12, hidden_dim: int = 64, dropout: float = 0.3):
        super().__init__()
        self.body = nn.Sequential(seeing(channels), nn.Dropout(dropout), nn.Linear(num_seen(channels), hidden_dim), nn.SiLU(),
                                  nn.Dropout(dropout), nn.Linear(hidden_dim, NUM_DIGITS))

    def forward(self, pictures: Float[Tensor, "batch band frame"]) -> Float[Tensor, "batch class"]:
        """log p(y | x), nats."""
        return self.body(pictures).log_softmax(-1)

    def log_likelihood(self, batch: Spoken) -> Float[Tensor, "batch"]:
        """log p(y | x) of the digit that each is, nats."""
        return self(batch.pictures).gather(1, batch.digits[:, None]).squeeze(1)


def one_hot(digits: Int[Tensor, "*any"]) -> Float[Tensor, "*any class"]:
    """A weight of 1 for the digit, 0 for the others. Taught in lesson 13."""
    return nn.functional.one_hot(digits, NUM_DIGITS).float()


def between_digits(first: int, second: int, shares: Sequence[float]) -> Float[Tensor, "step class"]:
    """What the decoder is told on the way from one digit to another, for shares of the second from 0 to 1.

    Taught in lesson 13.
    """
    share = torch.tensor(shares)[:, None]
    return (1 - share) * one_hot(torch.tensor(first)) + share * one_hot(torch.tensor(second))
