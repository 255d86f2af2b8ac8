"""Small worlds where everything is known, for tests of objectives and diagnostics."""
import math

import torch
from torch import nn
from torch.distributions import Normal


class LinearGaussian(nn.Module):
    """z ~ N(0, I), x | z ~ N(W z, s^2): marginal and posterior are known. A batch is a (batch, features) tensor.

    `shift` and `scale` spoil the encoder; with 0 and 1 it is the exact posterior (W has orthogonal columns).
    """

    def __init__(self, *, noise: float = 0.5, shift: float = 0.0, scale: float = 1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 0.0]], dtype=torch.float64))
        self.noise, self.shift, self.scale = noise, shift, scale

    def prior(self, condition=None):
        return Normal(torch.zeros(1, 2, dtype=torch.float64), torch.ones(1, 2, dtype=torch.float64))

    def posterior(self, batch):
        q = self.exact_posterior(batch)
        return Normal(q.mean + self.shift, q.stddev * self.scale)

    def exact_posterior(self, batch):
        precision = 1 + self.weight.square().sum(0) / self.noise**2
        return Normal(batch @ self.weight / self.noise**2 / precision, precision.rsqrt().expand(len(batch), -1))

    def log_likelihood(self, batch, z):
        return Normal(z @ self.weight.T, self.noise).log_prob(batch).sum(-1)

    def log_marginal(self, batch):
        covariance = self.weight @ self.weight.T + self.noise**2 * torch.eye(3, dtype=torch.float64)
        return torch.distributions.MultivariateNormal(torch.zeros(3, dtype=torch.float64), covariance).log_prob(batch)

    def draw(self, num, generator):
        z = torch.randn(num, 2, generator=generator, dtype=torch.float64)
        return (z @ self.weight.T + self.noise * torch.randn(num, 3, generator=generator, dtype=torch.float64)).detach()

    def mutual_information(self):
        """I(x; z) in nats: the two dimensions are independent."""
        return 0.5 * math.fsum(math.log(1 + s / self.noise**2) for s in self.weight.square().sum(0).tolist())


class KnowsFirstWord(nn.Module):
    """z is the first word (plus a little noise); the decoder reads it there and nowhere else, or not at all."""

    def __init__(self, *, listens: bool = True):
        super().__init__()
        self.listens = listens

    def posterior(self, batch):
        return Normal(batch.targets[:, :1].float(), torch.full((len(batch), 1), 1e-3))

    def prior(self, condition=None):
        return Normal(torch.zeros(1, 1), torch.ones(1, 1))

    def token_log_likelihood(self, batch, z):
        log_p = torch.full((z.shape[0], *batch.targets.shape), -1.0) * batch.mask
        if self.listens:
            log_p[:, :, 0] = -(z[..., 0] - batch.targets[:, 0]).abs()
        return log_p

    def log_likelihood(self, batch, z):
        return self.token_log_likelihood(batch, z).sum(-1)
