"""How far apart are two distributions? All answers in nats.

    kl(q, p)                                  # closed form, chosen by type; the last axis lists independent factors
    stats.estimate(log_prob(q, z) - log_prob(p, z))    # of draws z from q: a mean with its standard error (lesson 02)
    mmd(x, y)                                 # from samples alone

Each function keeps the axes it can (per latent dimension, per example); the caller sums or averages, so that the unit
of a number is visible where it is used. A diagonal Gaussian or a Bernoulli has one factor for each dimension, a full
covariance or a categorical has one in all. A new pair of families is one decorated function in `closed_forms`.
"""
from gensq_lib.ground.errors import border
from gensq_lib.maths.divergences.closed_forms import KL, RENYI, Rules, kl, renyi
from gensq_lib.maths.divergences.distributions import log_prob, normal_like, reparameterize
from gensq_lib.maths.divergences.samples import median_bandwidth, mmd

border(globals())
