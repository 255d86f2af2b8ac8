"""How much of x, and of its attributes, is in z; and where the aggregate posterior stands: q(z), the mean of q(z|x). Nats.

    E[KL(q(z|x) ‖ p(z))] = I(x; z) + KL(q(z) ‖ p(z))    (Hoffman & Johnson 2016)

So a KL may be information, or only a q(z) that stands beside the prior. q(z) is never known, only estimated from N
sentences. Estimate both terms on the right with the same q(z) and it cancels: the identity then holds for any q(z), a wrong
one too, and proves nothing. Here each term is bounded on its own.
"""
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Normal

from gensq_lib.ground.errors import expect
from gensq_lib.maths.divergences import reparameterize

REACH, POINTS = 2.0, 801  # the grid goes this far past the outermost posterior (and past the prior), with this many points


def active_units(mean: Float[Tensor, "sentence latent"], *, threshold: float = 0.01) -> int:
    """Dimensions whose posterior *mean* varies over the data by more than `threshold` (Burda et al. 2016).

    Alone it proves nothing: batch-normalised means are active in an untrained model. Taught in lesson 06.
    """
    right = mean.dim() == 2 and len(mean) > 1 and mean.isfinite().all()
    expect(right, f"expected finite means of 2 sentences or more, got others of shape {tuple(mean.shape)}; encode more of them")
    return int((mean.var(0) > threshold).sum())


def active_units_over(mean: Float[Tensor, "sentence latent"], thresholds: Sequence[float]) -> list[int]:
    """The same count at each threshold. Between two kinds of dimensions it is flat; where it falls all the way, the count
    at any one threshold is an accident of the threshold.

    Bias: the variance over N sentences is unbiased, with a relative error of about sqrt(2 / N); a count near a step is not.
    Taught in lesson 07.
    """
    variance = mean.var(0)
    return [int((variance > threshold).sum()) for threshold in thresholds]


@dataclass(frozen=True)
class Bounds:
    """A quantity of N sentences lies between `lower` and `upper` on average over draws; nats."""

    lower: float
    upper: float
    log_n: float  # the ceiling of a `lower` bound on information; `upper` has none


def mutual_information(mean: Float[Tensor, "sentence latent"], stddev: Float[Tensor, "sentence latent"], *,
                       generator: torch.Generator, chunk: int = 256) -> Bounds:
    r"""I(x; z) under q: E[log q(z|x) - log q(z)], with q(z) estimated from the same N sentences (Poole et al. 2019).

    With a sentence's own q in the average, q(z) is too large where z is, and the estimate is a lower
    bound, at most log N; without it, an upper bound. If the two are far apart, N is too small. Taught in lesson 06.
    """
    z = reparameterize(Normal(mean, stddev), generator=generator)[0]
    own = Normal(mean, stddev).log_prob(z).sum(-1)
    with_own, without_own = log_aggregate(mean, stddev, z, chunk=chunk)
    return Bounds((own - with_own).mean().item(), (own - without_own).mean().item(), math.log(len(mean)))


def attribute_information(z: Float[Tensor, "sentence latent"], labels: Sequence[str], *, folds: int = 5) -> float:
    """A lower bound on I(z; attribute), nats: H(attribute) minus the cross-entropy of a classifier on unseen sentences.

    The bound of Barber and Agakov: any classifier gives one, a better one a tighter one. This one is linear. `z` are draws from
    q(z|x), one for each sentence. Posterior means will not do: standardised, means that differ by a millionth are as
    good as large ones, though no draw shows the difference; then the result may exceed I(x; z). Not cut off at 0: a
    small negative value says that nothing was found. What comes once cannot be learnt and is left out. Taught in lesson 08.
    """
    from sklearn import linear_model, metrics, model_selection, pipeline, preprocessing  # a second

    _, index, counts = np.unique(np.asarray(labels), return_inverse=True, return_counts=True)
    if (counts > 1).sum() < 2:
        return 0.0
    kept = np.flatnonzero(counts[index] > 1)
    index = np.unique(index[kept], return_inverse=True)[1]
    share = np.bincount(index) / len(index)
    entropy = -(share * np.log(share)).sum()
    classifier = pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression(max_iter=500))
    z, folds = z[kept].double().numpy(), min(folds, counts.max())
    predicted = model_selection.cross_val_predict(classifier, z, index, cv=folds, method="predict_proba")
    return float(entropy - metrics.log_loss(index, predicted))


def aggregate_kl(mean: Float[Tensor, "sentence latent"], stddev: Float[Tensor, "sentence latent"], *,
                 generator: torch.Generator, chunk: int = 256) -> Bounds:
    r"""KL(q(z) ‖ p(z)): E[log q(z) - log p(z)] over z ~ q(z), with q(z) estimated from the same N sentences, in two ways.

    Bias: a sentence's own q in the average makes q(z) too large where z is, so that estimate is too high; without it, by
    Jensen, too low. Few sentences or narrow posteriors drive the two apart; both need more sentences, not more draws.
    Taught in lesson 07.
    """
    z = reparameterize(Normal(mean, stddev), generator=generator)[0]
    with_own, without_own = log_aggregate(mean, stddev, z, chunk=chunk)
    prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return Bounds((without_own - prior).mean().item(), (with_own - prior).mean().item(), math.log(len(mean)))


def log_aggregate(mean: Float[Tensor, "sentence latent"], stddev: Float[Tensor, "sentence latent"],
                  z: Float[Tensor, "sentence latent"], *, chunk: int = 256
                  ) -> tuple[Float[Tensor, "sentence"], Float[Tensor, "sentence"]]:
    """Two estimates of log q(z) at a draw of each sentence: with the sentence's own q in the average, and without it."""
    n, with_own, without_own = len(mean), [], []
    expect(n > 1, f"expected 2 sentences or more, got {n}; one alone says nothing of the others")
    for rows in torch.arange(n).split(chunk):
        density = Normal(mean, stddev).log_prob(z[rows, None]).sum(-1)
        with_own.append(density.logsumexp(1) - math.log(n))
        density[torch.arange(len(rows)), rows] = float("-inf")
        without_own.append(density.logsumexp(1) - math.log(n - 1))
    return torch.cat(with_own), torch.cat(without_own)


def aggregate_kl_per_dimension(mean: Float[Tensor, "sentence latent"], stddev: Float[Tensor, "sentence latent"]
                               ) -> Float[Tensor, "latent"]:
    r"""KL(q(z_j) ‖ p(z_j)) of each dimension alone, by quadrature: no draws, no noise.

    Bias: upwards, by about 1/N, because the q of N sentences is rougher than that of all. Their sum leaves out how the
    dimensions depend on each other, so it is at most KL(q(z) ‖ p(z)).
    """
    mean, stddev = mean.double(), stddev.double()
    return torch.stack([_kl_on_a_line(m, s) for m, s in zip(mean.unbind(-1), stddev.unbind(-1), strict=True)]).float()


def _kl_on_a_line(mean: Float[Tensor, "sentence"], stddev: Float[Tensor, "sentence"]) -> Float[Tensor, ""]:
    """The trapezoidal rule on a grid that holds every posterior."""
    far = (mean.abs() + 4 * stddev).max().clamp_min(4.0).item() + REACH
    points = max(POINTS, math.ceil(6 * far / stddev.min().clamp_min(0.005).item()))  # a third of the narrowest, or finer
    grid = torch.linspace(-far, far, points, dtype=torch.float64)
    log_q = torch.cat([Normal(mean, stddev).log_prob(some[:, None]).logsumexp(-1) for some in grid.split(512)])
    log_q = log_q - math.log(len(mean))
    difference = (log_q - Normal(0.0, 1.0).log_prob(grid)).where(log_q > -700, 0.0)  # 0 log 0 = 0
    return torch.trapezoid(log_q.exp() * difference, grid)
