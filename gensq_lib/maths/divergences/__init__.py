"""How far apart are two distributions? All answers in nats.

    kl(q, p)                                  # closed form, chosen by type; the last axis lists independent factors
    stats.estimate(kl_monte_carlo(q, p, num_samples=1000))    # a mean with its standard error
    mmd(x, y)                                 # from samples alone

Each function keeps the axes it can (per latent dimension, per example); the caller sums or averages, so that the unit
of a number is visible where it is used. A diagonal Gaussian or a Bernoulli has one factor for each dimension, a full
covariance or a categorical has one in all. A new pair of families is one decorated function in `closed_forms`.
"""
from gensq_lib.maths.divergences.closed_forms import JS, KL, RENYI, js, kl, renyi
from gensq_lib.maths.divergences.dispatch import Rules
from gensq_lib.maths.divergences.drawing import draw, normal_like, reparameterize
from gensq_lib.maths.divergences.estimators import js_monte_carlo, k1, k3, k3_has_variance, kl_monte_carlo
from gensq_lib.maths.divergences.outcomes import log_prob
from gensq_lib.maths.divergences.samples import median_bandwidth, mmd

__all__ = ["JS", "KL", "RENYI", "Rules", "draw", "js", "js_monte_carlo", "k1", "k3", "k3_has_variance",
           "kl", "kl_monte_carlo", "log_prob", "median_bandwidth", "mmd", "normal_like", "renyi", "reparameterize"]
