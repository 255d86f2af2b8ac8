"""log p(x) of a bag with z integrated out, exactly: for so few dimensions that a grid over all of z can be afforded.

Given z the words of a document are so many independent draws, so log p(x | z) of all documents and all points of a grid is one
matrix product. What a bound leaves out can then be seen, for networks and for LDA alike.
"""
import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import GensqError, border, expect
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.bags import OF_TOPICS, BagVAE
from gensq_lib.models.topics import DirichletTopics

POINTS, REACH = 120, 7.0  # of a grid along one dimension of a Gaussian, and its standard deviations to either side
MOST_TOPICS, MOST_DIMS = 3, 2

Grid = tuple[Float[Tensor, "point latent"], Float[Tensor, "point"]]  # places, and the logarithm of the weight of each


def exact_log_likelihood(model: BagVAE | DirichletTopics, counts: Float[Tensor, "document item"], *, chunk: int = 2_000
                         ) -> Float[Tensor, "document"]:
    """log p(x) of each document, nats: the sum over a grid of weight * p(x | point).

    Of a mixture of topics it has no error: p(x | theta) is a polynomial, and the rule is exact for it. Of the others the error is
    far below a thousandth of a nat (a test doubles the points). Taught in lesson 18.
    """
    longest = int(counts.sum(-1).max())
    points, log_weights = dirichlet_grid(model.alpha, longest) if isinstance(model, DirichletTopics) else gaussian_grid(model)
    with evaluating(model):
        parts = [log_weights[i:i + chunk, None] + model.log_probs(points[i:i + chunk]).double() @ counts.double().T
                 for i in range(0, len(points), chunk)]
    return torch.cat(parts).logsumexp(0).float()


def dirichlet_grid(alpha: Float[Tensor, "topic"], degree: int) -> Grid:
    """Points and weights with which every polynomial of this degree in theta has its exact mean under Dirichlet(alpha).

    A stick is broken: theta_1 ~ Beta(alpha_1, alpha_2 + alpha_3), and of what is left theta_2 takes Beta(alpha_2, alpha_3). For a
    Beta variable (degree + 1) / 2 points of Gauss and Jacobi's rule are enough. Taught in lesson 18.
    """
    expect(2 <= len(alpha) <= MOST_TOPICS, f"expected 2 or {MOST_TOPICS} topics, got {len(alpha)}; for more, "
                                           "take a bound (objectives.iwae)")
    num = degree // 2 + 1
    first, *rest = alpha.tolist()
    u, weight = _beta_rule(first, sum(rest), num)
    if len(rest) == 1:
        return torch.stack([u, 1 - u], -1).float(), weight.log()
    v, second = _beta_rule(*rest, num)
    left = (1 - u)[:, None]
    points = torch.stack([u[:, None].expand(-1, num), left * v, left * (1 - v)], -1).flatten(0, 1)
    return points.float(), (weight[:, None] * second).flatten().log()


def _beta_rule(a: float, b: float, num: int) -> tuple[Float[Tensor, "point"], Float[Tensor, "point"]]:
    """Gauss and Jacobi's points for Beta(a, b), moved from -1..1 to 0..1; weights sum to 1."""
    from scipy.special import roots_jacobi

    points, weights = roots_jacobi(num, b - 1, a - 1)
    return torch.as_tensor((points + 1) / 2), torch.as_tensor(weights / weights.sum())


def gaussian_grid(model: BagVAE, *, points: int = POINTS) -> Grid:
    """Equally spaced points over p(z). Of shares of topics, softmax(z), only differences of z matter: one dimension fewer."""
    dims = model.latent_dim - (model.kind in OF_TOPICS)
    if dims > MOST_DIMS:
        raise GensqError(f"expected {MOST_DIMS} dimensions of z or {MOST_TOPICS} topics at most, got {model.latent_dim}; a grid "
                         "over more is too large: take a bound (objectives.iwae)")
    line = torch.linspace(-REACH, REACH, points).double()
    standard = torch.cartesian_prod(*[line] * dims).view(-1, dims)
    log_weights = -standard.square().sum(-1) / 2 + dims * (math.log(2 * REACH / (points - 1)) - math.log(2 * math.pi) / 2)
    directions = torch.as_tensor(np.linalg.qr(np.eye(model.latent_dim) - 1 / model.latent_dim)[0][:, :dims]
                                 if model.kind in OF_TOPICS else np.eye(dims))
    z = model.prior_mean + (standard @ directions.T) * model.prior_stddev
    return z.float(), log_weights


border(globals())
