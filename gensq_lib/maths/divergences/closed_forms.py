"""Divergences with a closed form, chosen by the types of two distributions: KL, Renyi. Nats."""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Bernoulli, Categorical, Dirichlet, Distribution, MultivariateNormal, Normal

from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.maths.divergences.distributions import log_outcomes

Form = Callable[..., Tensor]


class Rules:
    """The closed forms of one divergence, one for each pair of families."""

    def __init__(self, advice: str):
        self.advice, self.forms = advice, dict[tuple[type, type], Form]()

    def rule(self, q_type: type, p_type: type) -> Callable[[Form], Form]:
        """Register a closed form: a new pair of families is one decorated function."""
        def register(function: Form) -> Form:
            self.forms[q_type, p_type] = function
            return function
        return register

    def find(self, q: Distribution, p: Distribution) -> Form:
        """The first form whose two types fit q and p; a pair without one is refused."""
        for (q_type, p_type), function in self.forms.items():
            if isinstance(q, q_type) and isinstance(p, p_type):
                return function
        known = ", ".join(f"{a.__name__}‖{b.__name__}" for a, b in self.forms)
        raise GensqError(f"expected a pair of closed form ({known}), got {type(q).__name__}‖{type(p).__name__}; {self.advice}")


KL = Rules("average log q(z) - log p(z) over draws from q, or add a rule to divergences")
RENYI = Rules("add a rule to divergences")


def kl(q: Distribution, p: Distribution) -> Float[Tensor, "*batch factor"]:
    """KL(q ‖ p) in closed form. The last axis lists the independent factors (one per latent dimension). Taught in lesson 01."""
    return KL.find(q, p)(q, p)


def renyi(q: Distribution, p: Distribution, *, order: float) -> Float[Tensor, "*batch factor"]:
    r"""$D_\alpha(q \| p) = \frac{1}{\alpha - 1} \log \int q^\alpha p^{1-\alpha}$ for order $\alpha > 0$; order 1 is the KL.

    Taught in lesson 02.
    """
    expect(0 < order < torch.inf, f"expected an order above 0, got {order}; write 1 for the KL, 2 for the second moment of q / p")
    return kl(q, p) if order == 1 else RENYI.find(q, p)(q, p, order)


@KL.rule(Dirichlet, Dirichlet)
def kl_dirichlet(q: Dirichlet, p: Dirichlet) -> Float[Tensor, "*batch one"]:
    """KL between Dirichlet distributions, one number in all: shares that sum to 1 depend on each other."""
    return torch.distributions.kl_divergence(q, p)[..., None]


@KL.rule(Normal, Normal)
def kl_gaussian(q: Normal, p: Normal) -> Float[Tensor, "*batch latent"]:
    r"""KL between diagonal Gaussians, one number per dimension (Kingma & Welling 2014, appendix B).

    $\log\frac{\sigma_p}{\sigma_q} + \frac{\sigma_q^2 + (\mu_q-\mu_p)^2}{2\sigma_p^2} - \frac12$
    """
    ratio = q.stddev / p.stddev
    shift = (q.mean - p.mean) / p.stddev
    return 0.5 * (ratio**2 + shift**2 - 1) - ratio.log()


@KL.rule(MultivariateNormal, MultivariateNormal)
@KL.rule(MultivariateNormal, Normal)
@KL.rule(Normal, MultivariateNormal)
def kl_full_covariance(q: Normal | MultivariateNormal, p: Normal | MultivariateNormal) -> Float[Tensor, "*batch 1"]:
    r"""$\frac12 (\mathrm{tr}\,\Sigma_p^{-1}\Sigma_q + \|L_p^{-1}(\mu_q-\mu_p)\|^2 - d) + \log|L_p| - \log|L_q|$; one factor."""
    left, right = triangle(p), triangle(q)
    spread = torch.linalg.solve_triangular(left, right, upper=False)  # L_p^-1 L_q: its squares add up to the trace
    shift = torch.linalg.solve_triangular(left, (q.mean - p.mean)[..., None], upper=False)
    logs = spread.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    half = 0.5 * (spread.square().sum((-2, -1)) + shift.square().sum((-2, -1)) - q.mean.shape[-1])
    return (half - logs)[..., None]


def triangle(d: Normal | MultivariateNormal) -> Float[Tensor, "*batch latent latent"]:
    """The lower triangle L with covariance L L^T."""
    return d.scale_tril if isinstance(d, MultivariateNormal) else torch.diag_embed(d.stddev)


@RENYI.rule(Normal, Normal)
def renyi_gaussian(q: Normal, p: Normal, order: float) -> Float[Tensor, "*batch latent"]:
    r"""Per dimension, with $s = \alpha + (1-\alpha)\sigma_q^2/\sigma_p^2$; infinite where the integral is ($s \le 0$).

    $\frac{\alpha(\mu_q-\mu_p)^2}{2 s \sigma_p^2} + \frac{\log s}{2(1-\alpha)} - \log\frac{\sigma_q}{\sigma_p}$
    """
    ratio = q.stddev / p.stddev
    shift = (q.mean - p.mean) / p.stddev
    s = order + (1 - order) * ratio**2
    finite = s > 0
    s = s.where(finite, 1.0)
    return (order * shift**2 / (2 * s) + s.log() / (2 * (1 - order)) - ratio.log()).where(finite, torch.inf)


def of_outcomes(rules: Rules) -> Callable[[Form], Form]:
    """Register a form over finitely many outcomes: of a Categorical one factor in all, of a Bernoulli one for each coin."""
    def register(form: Form) -> Form:
        rules.rule(Bernoulli, Bernoulli)(lambda q, p, *order: form(log_outcomes(q), log_outcomes(p), *order))
        rules.rule(Categorical, Categorical)(lambda q, p, *order: form(log_outcomes(q), log_outcomes(p), *order)[..., None])
        return form
    return register


@of_outcomes(KL)
def kl_of_outcomes(log_q: Float[Tensor, "*batch outcome"], log_p: Float[Tensor, "*batch outcome"]
                   ) -> Float[Tensor, "*batch"]:
    r"""$\sum_k q_k \log (q_k / p_k)$ with $0 \log 0 = 0$; infinite where p excludes what q allows."""
    difference = (log_q - log_p).masked_fill(log_q == -torch.inf, 0.0)  # before the product: 0 times NaN is NaN
    terms = log_q.exp() * difference
    return terms.sum(-1)


@of_outcomes(RENYI)
def renyi_of_outcomes(log_q: Float[Tensor, "*batch outcome"], log_p: Float[Tensor, "*batch outcome"], order: float
                      ) -> Float[Tensor, "*batch"]:
    """log of the sum of q^order p^(1 - order), over order - 1; what q excludes adds nothing."""
    impossible = log_q == -torch.inf
    difference = (log_q - log_p).masked_fill(impossible, 0.0)
    return (log_q + (order - 1) * difference).masked_fill(impossible, -torch.inf).logsumexp(-1) / (order - 1)
