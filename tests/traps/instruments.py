"""Traps 5, 20, 21, 29, 30, 31: instruments that flatter, decoding and paths."""
import math

import torch
from torch.distributions import Normal
from toys import KnowsFirstWord

from gensq_course.lessons.kl.estimators import k1, k3, k3_has_variance, kl_monte_carlo
from gensq_lib.diagnostics import Bounds, active_units, aggregate_kl, encode, mutual_information, z_controls
from gensq_lib.diagnostics.interpolation import spherical
from gensq_lib.maths.divergences import kl
from gensq_lib.maths.stats import estimate
from gensq_lib.text.batching import in_order
from gensq_lib.text.decoding import top_k_logits
from traps.trap import Trap, close, noise

# 5: mutual information of a batch


def brackets_the_truth(information):
    """Where N is large enough the two estimates meet at the truth; where it is not, they lie on both sides of it."""
    for spread, stddev, n in ((1.0, 0.5, 600), (100.0, 0.01, 64)):
        mean = spread * torch.randn(n, 2, generator=noise(1))
        truth = 2 * math.log(math.hypot(spread, stddev) / stddev)
        found = information(mean, torch.full_like(mean, stddev))
        assert found.lower - 0.15 <= truth <= found.upper + 0.15
        assert found.lower <= found.log_n + 1e-3 and math.isclose(found.log_n, math.log(n), rel_tol=1e-6)
        assert n == 64 or found.upper - found.lower < 0.1


def estimates(mean, stddev):
    return mutual_information(mean, stddev, generator=noise())


def one_estimate(mean, stddev):
    """KL of the posteriors minus KL of their mixture in the batch: one number, at most log N, printed as the truth."""
    found = estimates(mean, stddev)
    return Bounds(found.lower, found.lower, found.log_n)


def mean_over_batches(mean, stddev):
    """Batches of 32: the ceiling is log 32, and log N of the whole set hides it."""
    found = [estimates(m, s) for m, s in zip(mean.split(32), stddev.split(32), strict=True)]
    lower, upper = (sum(getattr(f, side) for f in found) / len(found) for side in ("lower", "upper"))
    return Bounds(lower, upper, math.log(len(mean)))


def without_its_own(mean, stddev):
    """The sentence itself left out on both sides: no lower bound."""
    found = estimates(mean, stddev)
    return Bounds(found.upper, found.upper, found.log_n)


def rate(mean, stddev):
    """KL to the prior called information."""
    nats = kl(Normal(mean, stddev), Normal(torch.zeros(1, 2), torch.ones(1, 2))).sum(-1).mean().item()
    return Bounds(nats, nats, math.log(len(mean)))


# 20: top-k along the wrong axis


def keeps_k_words_of_each_sentence(truncated):
    logits = torch.randn(3, 5, generator=noise())
    for k in (1, 2, 4):
        kept = truncated(logits, k)
        best = logits.topk(k, dim=-1)
        assert kept.isfinite().sum(-1).tolist() == [k] * 3
        close(kept.gather(-1, best.indices), best.values)


def along_the_batch(logits, k):
    """The k largest of each column: a word is kept where other sentences want it less."""
    threshold = logits.topk(min(k, len(logits)), dim=0).values[-1:]
    return logits.masked_fill(logits < threshold, -torch.inf)


def of_the_whole_batch(logits, k):
    """One threshold for all: a sure sentence takes the words of an unsure one."""
    threshold = logits.flatten().topk(k * len(logits)).values[-1]
    return logits.masked_fill(logits < threshold, -torch.inf)


# 21: paths between prior samples


def keeps_the_norm(between):
    """At constant speed, from |a| to |b|: what a path that is called spherical promises."""
    a, b = torch.randn(2, 64, 32, generator=noise())
    points = torch.stack([between(a, b, t) for t in (0.0, 0.25, 0.5, 0.75, 1.0)])
    norms = torch.lerp(a.norm(dim=-1), b.norm(dim=-1), torch.linspace(0, 1, 5)[:, None])
    close(points.norm(dim=-1), norms, atol=1e-3)
    directions = torch.nn.functional.normalize(points, dim=-1)
    steps = directions.diff(dim=0).norm(dim=-1)
    close(steps, steps[:1].expand(4, -1), atol=1e-3)


def unit_length(a, b, t):
    """Every point on the unit sphere, where no sample of the prior is."""
    return torch.nn.functional.normalize(spherical(a, b, t), dim=-1)


def pushed_out(a, b, t):
    """The straight line, stretched to the norms: fast in the middle, slow at both ends."""
    length = torch.lerp(a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True), t)
    return length * torch.nn.functional.normalize(torch.lerp(a, b, t), dim=-1)


def angle_of_long_vectors(a, b, t):
    """arccos of a dot product of vectors that were not normalised."""
    omega = (a * b).sum(-1, keepdim=True).clamp(-0.99, 0.99).arccos()
    return (((1 - t) * omega).sin() * a + (t * omega).sin() * b) / omega.sin()


# 29: a cure judged by active units


def sees_whether_z_is_used(verdict):
    """The same encoder puts the first word into z; one decoder listens, the other does not."""
    assert verdict(KnowsFirstWord()) and not verdict(KnowsFirstWord(listens=False))


def some_batches():
    return in_order([[4 + i % 3, *range(4, 4 + i % 4)] for i in range(30)], batch_size=7)


def costs_something_to_shuffle(model):
    return z_controls(model, some_batches, generator=noise()).shuffled_cost > 0.01


# 30: an identity with the same estimate on both sides


def holds_each_term_against_a_count(terms):
    """Eight equally likely sentences, a z of one number: information and KL(q(z) ‖ p(z)) follow from one integral each."""
    means, grid = torch.linspace(-2.5, 2.0, 8).double(), torch.linspace(-9, 9, 10_001, dtype=torch.float64)
    each = Normal(means, 0.4).log_prob(grid[:, None])
    whole = each.logsumexp(-1) - math.log(8)
    information = torch.trapezoid((each.exp() * (each - whole[:, None])).mean(-1), grid).item()
    aggregate = torch.trapezoid(whole.exp() * (whole - Normal(0.0, 1.0).log_prob(grid)), grid).item()
    x = torch.randint(8, (1000,), generator=noise(4))
    found = terms(means[x, None].float(), torch.full((1000, 1), 0.4))
    assert abs(found[0] - information) < 0.1 and abs(found[1] - aggregate) < 0.1


def bounded_terms(mean, stddev):
    """The middle of each pair of bounds."""
    information, aggregate = estimates(mean, stddev), aggregate_kl(mean, stddev, generator=noise(7))
    return (information.lower + information.upper) / 2, (aggregate.lower + aggregate.upper) / 2


def mixture(mean, stddev, z):
    """log of the mean density of the posteriors at z."""
    return Normal(mean, stddev).log_prob(z[:, None]).sum(-1).logsumexp(1) - math.log(len(mean))


def terms_with(log_qz):
    """Both terms from one estimate of log q(z): they add up to the KL, whatever the estimate is."""
    def terms(mean, stddev):
        z = mean + stddev * torch.randn(mean.shape, generator=noise(5))
        shared, own = log_qz(mean, stddev, z), Normal(mean, stddev).log_prob(z).sum(-1)
        found = (own - shared).mean().item(), (shared - Normal(0.0, 1.0).log_prob(z).sum(-1)).mean().item()
        assert abs(sum(found) - (own - Normal(0.0, 1.0).log_prob(z).sum(-1)).mean().item()) < 1e-4
        return found

    return terms


# 31: k3 where its variance is infinite


def its_error_can_be_believed(estimator):
    """Narrow posteriors, as a VAE has them: few estimates lie more than four of their standard errors off."""
    q, p = (Normal(torch.zeros(200).double(), scale) for scale in (0.3, 1.0))
    found = estimate(estimator(kl_monte_carlo(q, p, num_samples=1_000, generator=noise()), q, p))
    assert (found.errors_from(kl(q, p)).abs() > 4).double().mean() < 0.02


def k3_where_it_may(log_ratio, q, p):
    return torch.where(k3_has_variance(q, p), k3(log_ratio), k1(log_ratio))


TRAPS = [
    Trap(5, "mutual information of a batch", brackets_the_truth, estimates, {
        "one estimate": one_estimate,
        "mean over batches": mean_over_batches,
        "without its own, on both sides": without_its_own,
        "KL called information": rate,
    }),
    Trap(20, "top-k along the wrong axis", keeps_k_words_of_each_sentence, top_k_logits, {
        "along the batch": along_the_batch,
        "of the whole batch": of_the_whole_batch,
    }),
    Trap(21, "the path between prior samples", keeps_the_norm, spherical, {
        "a straight line": torch.lerp,
        "a straight line, pushed out": pushed_out,
        "unit length": unit_length,
        "angle of long vectors": angle_of_long_vectors,
    }),
    Trap(29, "active units taken for a cure", sees_whether_z_is_used, costs_something_to_shuffle, {
        "active units": lambda model: active_units(encode(model, some_batches()).mean) > 0,
        "KL": lambda model: encode(model, some_batches()).kl.sum(-1).mean() > 0.1,
    }),
    Trap(30, "one estimate of q(z) on both sides", holds_each_term_against_a_count, bounded_terms, {
        "a moved q(z)": terms_with(lambda m, s, z: mixture(m + 2, s, z)),
        "of a batch of 8": terms_with(lambda m, s, z: mixture(m[:8], s[:8], z)),
        "no log N": terms_with(lambda m, s, z: mixture(m, s, z) + math.log(len(m))),
        "one Gaussian": terms_with(lambda m, s, z: Normal(m.mean(0), (m.var(0) + s[0]**2).sqrt() / 2).log_prob(z).sum(-1)),
    }),
    Trap(31, "k3 where q is narrow", its_error_can_be_believed, k3_where_it_may, {
        "everywhere": lambda log_ratio, q, p: k3(log_ratio),
        "its absolute value": lambda log_ratio, q, p: log_ratio.abs(),
    }),
]
