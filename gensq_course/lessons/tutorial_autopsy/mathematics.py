"""Experiments on the formulas of a tutorial, in worlds so small that everything can be summed."""
import torch
from torch.distributions import Normal, kl_divergence

from gensq_course.lessons.tutorial_autopsy.experiments import Found

JOINT = torch.tensor([[0.20, 0.05], [0.05, 0.30], [0.10, 0.30]], dtype=torch.float64)  # p(x, z): three sentences, two codes


def log_lost() -> Found:
    """How far the two sides of the formula for log p(x) are apart, nats, in the world of three sentences."""
    marginal = JOINT.sum(1)  # the integral: a sum over z
    left = JOINT.log().logsumexp(1)
    return Found((left - marginal).abs().max().item(), (left - marginal.log()).abs().max().item())


def bound_as_identity(q: tuple[float, float] = (0.5, 0.5)) -> Found:
    """log p(x) less the right side, nats, the largest of three sentences; the repaired identity adds KL(q ‖ posterior)."""
    guess, log_p = torch.tensor(q, dtype=torch.float64), JOINT.sum(1).log()
    bound = (guess * (JOINT.log() - guess.log())).sum(1)
    gap = (guess * (guess.log() - (JOINT / JOINT.sum(1, keepdim=True)).log())).sum(1)
    return Found((log_p - bound).max().item(), (log_p - bound - gap).abs().max().item())


def any_beta(beta: float = 0.25) -> Found:
    """The most by which the objective exceeds log p(x), nats, over all q; with the weight `beta` and with 1."""
    q = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)[:, None]
    q = torch.stack([q, 1 - q], -1)  # candidates, sentence, code
    prior = JOINT.sum(0)
    told = (q * (JOINT / prior).log()).sum(-1)
    price = (q * (q.log() - prior.log())).sum(-1)
    def over(weight):
        return ((told - weight * price - JOINT.sum(1).log()).max().item())
    return Found(over(beta), over(1.0))


def kl_either_way(x: float = 1.0) -> Found:
    """Distance of the objective from log p(x), nats, at the true posterior, where the ELBO must touch it.

    z ~ N(0, 1) and x | z ~ N(z, 1), so that the posterior is N(x/2, 1/2), and x ~ N(0, 2).
    """
    prior, posterior = Normal(0.0, 1.0), Normal(x / 2, 0.5**0.5)
    told = Normal(0.0, 1.0).log_prob(torch.tensor(x / 2)) - posterior.variance / 2  # E log N(x; z, 1)
    log_p = Normal(0.0, 2**0.5).log_prob(torch.tensor(x))
    return Found(*((told - kl - log_p).abs().item() for kl in (
        kl_divergence(prior, posterior), kl_divergence(posterior, prior))))


def inverse(num: int = 20_000) -> Found:
    """Mean squared error of x from a z of the encoder, in the same world; the noise of x alone has 1.

    The encoder's mean is x/2. Its inverse is 2z; the decoder of this world is z.
    """
    noise = torch.Generator().manual_seed(0)
    true_z = torch.randn(num, generator=noise)
    x = true_z + torch.randn(num, generator=noise)
    z = x / 2 + 0.5**0.5 * torch.randn(num, generator=noise)
    return Found((2 * z - x).square().mean().item(), (z - x).square().mean().item())


def judge_is_density(steps: int = 300) -> Found:
    """Largest distance of a judge that was trained to its optimum from what it is said to be: p(x), or p / (p + q)."""
    p, q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.3, 0.5])
    logits = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.Adam([logits], lr=0.05)
    for _ in range(steps):
        optimizer.zero_grad()
        (p * torch.nn.functional.softplus(-logits) + q * torch.nn.functional.softplus(logits)).sum().backward()
        optimizer.step()
    judged = logits.detach().sigmoid()
    return Found((judged - p).abs().max().item(), (judged - p / (p + q)).abs().max().item())


def variance_as_width(log_var: float = -2.0, num: int = 50_000) -> Found:
    """Width of what is drawn, as a multiple of σ = exp(log_var / 2)."""
    noise = torch.randn(num, generator=torch.Generator().manual_seed(0))
    given = torch.tensor(log_var)
    return Found(*((width * noise).std().item() / (given / 2).exp().item() for width in (given.exp(), (given / 2).exp())))
