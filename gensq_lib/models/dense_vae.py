"""VAEs for vectors, such as small pictures: dense layers on both sides of a Gaussian z, and the linear special case.

A batch is a tensor of rows. `DenseVAE` is the model of Kingma & Welling (2014); `LinearVAE` is probabilistic PCA
(Tipping & Bishop 1999) with an encoder, so its log p(x) and its true posterior are known in closed form.
"""
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import MultivariateNormal, Normal

from gensq_lib.ground.errors import GensqError, expect, whole
from gensq_lib.models.parts import LatentModel, gaussian

LIKELIHOODS = ("gaussian", "bernoulli")
NOISES = ("pixel", "shared", "fixed")


class DenseVAE(LatentModel):
    """x -> q(z | x) -> z -> p(x | z), one hidden layer on each side.

    `noise` is the standard deviation of a Gaussian p(x | z): one learned per pixel, one learned for all, or fixed at 1
    (then the log-likelihood is half the squared error, up to a constant). Taught in lesson 03.
    """

    def __init__(self, *, data_dim: int, latent_dim: int = 8, hidden_dim: int = 128, likelihood: str = "gaussian",
                 noise: str = "pixel"):
        super().__init__()
        if likelihood not in LIKELIHOODS or noise not in NOISES:
            raise GensqError(f"expected a likelihood out of {LIKELIHOODS} and a noise out of {NOISES}, "
                             f'got "{likelihood}" and "{noise}"; choose from these')
        expect(whole(latent_dim, 1), f"expected latent_dim of at least 1, got {latent_dim!r}; choose a larger one")
        self.latent_dim, self.likelihood = latent_dim, likelihood
        self.encoder = nn.Sequential(nn.Linear(data_dim, hidden_dim), nn.SiLU())
        self.to_mean, self.to_log_var = nn.Linear(hidden_dim, latent_dim), nn.Linear(hidden_dim, latent_dim)
        self.decoder = nn.Sequential(nn.Linear(latent_dim, hidden_dim), nn.SiLU(), nn.Linear(hidden_dim, data_dim))
        first = torch.full((data_dim if noise == "pixel" else 1,), 0.0 if noise == "fixed" else -1.5)
        self.log_noise = nn.Parameter(first, requires_grad=likelihood == "gaussian" and noise != "fixed")

    def posterior(self, batch: Float[Tensor, "batch pixel"]) -> Normal:
        """q(z | x), a diagonal Gaussian."""
        hidden = self.encoder(2 * batch - 1)  # pixels lie in [0, 1): centred, the first layer learns faster
        return gaussian(self.to_mean(hidden), self.to_log_var(hidden))

    def decode(self, z: Float[Tensor, "*any latent"]) -> Float[Tensor, "*any pixel"]:
        """The mean of p(x | z): the picture to look at."""
        output = self.decoder(z)
        return output.sigmoid() if self.likelihood == "bernoulli" else output

    def log_likelihood(self, batch: Float[Tensor, "batch pixel"], z: Float[Tensor, "sample batch latent"]
                       ) -> Float[Tensor, "sample batch"]:
        """log p(x | z), nats per image. For "gaussian" a log-density; "bernoulli" is one only on pixels 0 and 1."""
        output = self.decoder(z).float()
        if self.likelihood == "gaussian":
            return Normal(output, self.log_noise.exp(), validate_args=False).log_prob(batch).sum(-1)
        return -nn.functional.binary_cross_entropy_with_logits(output, batch.expand_as(output), reduction="none").sum(-1)


class LinearVAE(LatentModel):
    """x = W z + b + noise, z ~ N(0, I), noise ~ N(0, sigma^2 I); q(z | x) = N(V (x - b), C).

    C is one matrix for all x, as in the true posterior: "full", or "diagonal" (enough where the columns of W are
    orthogonal, Lucas et al. 2019). Taught in lesson 03.
    """

    encoder_parts = ("to_mean", "log_scale", "below")

    def __init__(self, *, data_dim: int, latent_dim: int, covariance: str = "full"):
        super().__init__()
        if covariance not in ("full", "diagonal"):
            raise GensqError(f'expected a covariance "full" or "diagonal", got "{covariance}"; choose one of these')
        self.latent_dim, self.covariance = latent_dim, covariance
        self.weight = nn.Parameter(0.1 * torch.randn(data_dim, latent_dim))
        self.bias = nn.Parameter(torch.zeros(data_dim))
        self.log_noise = nn.Parameter(torch.tensor(-1.5))
        self.to_mean = nn.Linear(data_dim, latent_dim, bias=False)
        self.log_scale = nn.Parameter(torch.zeros(latent_dim))
        self.below = nn.Parameter(torch.zeros(latent_dim, latent_dim), requires_grad=covariance == "full")

    def posterior(self, batch: Float[Tensor, "batch pixel"]) -> MultivariateNormal | Normal:
        """q(z | x), of the same covariance for every x."""
        mean = self.to_mean(batch - self.bias)
        if self.covariance == "diagonal":
            return Normal(mean, self.log_scale.exp().expand_as(mean), validate_args=False)
        factor = self.below.tril(-1) + self.log_scale.exp().diag()  # Cholesky factor: C = L L^T
        return MultivariateNormal(mean, scale_tril=factor.expand(len(mean), -1, -1), validate_args=False)

    def prior(self, condition: Any = None) -> MultivariateNormal | Normal:
        """p(z) = N(0, I), of the same type as the posterior: `divergences.kl` then has a closed form."""
        prior = super().prior(condition)
        if self.covariance == "diagonal":
            return prior
        return MultivariateNormal(prior.mean, torch.eye(self.latent_dim).to(self.weight), validate_args=False)

    def decode(self, z: Float[Tensor, "*any latent"]) -> Float[Tensor, "*any pixel"]:
        """W z + b, the mean of p(x | z)."""
        return z @ self.weight.T + self.bias

    def log_likelihood(self, batch: Float[Tensor, "batch pixel"], z: Float[Tensor, "sample batch latent"]
                       ) -> Float[Tensor, "sample batch"]:
        """log p(x | z), a log-density, nats per image."""
        return Normal(self.decode(z), self.log_noise.exp(), validate_args=False).log_prob(batch).sum(-1)

    def log_marginal(self, batch: Float[Tensor, "batch pixel"]) -> Float[Tensor, "batch"]:
        r"""log p(x), exactly: $x \sim N(b,\, W W^\top + \sigma^2 I)$."""
        noise = (2 * self.log_noise).exp() * torch.eye(len(self.bias)).to(self.weight)
        return MultivariateNormal(self.bias, self.weight @ self.weight.T + noise).log_prob(batch)

    def true_posterior(self, batch: Float[Tensor, "batch pixel"]) -> MultivariateNormal:
        r"""p(z | x), exactly: with $M = W^\top W + \sigma^2 I$, it is $N(M^{-1} W^\top (x - b),\, \sigma^2 M^{-1})$."""
        variance = (2 * self.log_noise).exp()
        inverse = (self.weight.T @ self.weight + variance * torch.eye(self.latent_dim).to(self.weight)).inverse()
        return MultivariateNormal((batch - self.bias) @ self.weight @ inverse, variance * inverse)
