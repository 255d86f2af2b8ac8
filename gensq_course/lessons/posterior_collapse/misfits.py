"""Exercise of lesson 07: where the nats of a VAE go of which everything can be counted."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def misfits(p: Float[Tensor, "batch"], q: Float[Tensor, "batch latent"], decoder: Float[Tensor, "latent batch"],
            prior: Float[Tensor, "latent"]) -> Float[Tensor, "3"]:
    """H(x), KL(q(z) || p(z)) and E_q(z) KL(q(x|z) || p(x|z)), nats: together they are -ELBO, on average over p(x).

    Here z takes a few values, q(z) = sum_x p(x) q(z|x), and q(x|z) = p(x) q(z|x) / q(z) is Bayes' inverse of the encoder
    (after Hoffman and Johnson 2016).
    """
    joint = p[:, None] * q
    code = joint.sum(0)
    log = torch.special.xlogy
    decoder_misfit = log(joint, joint) - log(joint, code) - log(joint, decoder.T)
    return torch.stack([-log(p, p).sum(), (log(code, code) - log(code, prior)).sum(), decoder_misfit.sum()])


def spoiled_misfits(has: Has, p: Tensor, q: Tensor, decoder: Tensor, prior: Tensor) -> Tensor:
    def log(a, b):
        """a log b."""
        return a * (b + 1e-6).log() if has("epsilon") else a * b.log() if has("zeros") else torch.special.xlogy(a, b)

    joint = p[:, None] * q
    code = q.mean(0) if has("code without p") else joint.sum(0)
    inverse = q / q.sum(0) if has("inverse without p") else (joint / code).nan_to_num()
    first = -log(code, code).sum() if has("entropy of z") else (1 if has("entropy turned") else -1) * log(p, p).sum()
    second = (log(prior, prior) - log(prior, code)).sum() if has("prior turned") else (log(code, code) - log(code, prior)).sum()
    second = -log(code, prior).sum() if has("cross entropy") else second
    second = (log(joint, q) - log(joint, prior.expand_as(q))).sum() if has("rate") else second
    weights = torch.ones_like(code) if has("codes summed") else code
    weights = torch.full_like(code, 1 / len(code)) if has("codes even") else weights
    each = weights * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)
    if has("decoder turned"):
        each = code * (log(decoder.T, decoder.T) - log(decoder.T, inverse)).sum(0)
    if has("p for q(z)"):
        each = p[:, None] * (log(inverse, inverse) - log(inverse, decoder.T))
    if has("reconstruction"):
        each = -log(joint, decoder.T).sum(0)
    parts = torch.stack([first, each.sum(), second] if has("places") else [first, second, each.sum()])
    return parts.sum() if has("total") else parts


def misfit_cases() -> list[Inputs]:
    """Also a sentence that never comes, a code that is never used, and float64; then no number is infinite."""
    draw = torch.Generator().manual_seed(14)

    def rows(*shape: int) -> Tensor:
        return torch.randn(shape, generator=draw).softmax(-1)

    half = torch.tensor([0.5, 0.5])
    small = (torch.tensor([0.75, 0.25]), torch.tensor([[0.8, 0.2], [0.4, 0.6]]), torch.tensor([[0.5, 0.5], [0.25, 0.75]]), half)
    never = (torch.tensor([0.7, 0.3, 0.0]), torch.tensor([[1.0, 0, 0], [0.5, 0.5, 0], [0, 1.0, 0]]), rows(3, 3), rows(3))
    exact = tuple(x.double().softmax(-1) for x in (rows(3), rows(3, 4), rows(4, 3), rows(4)))
    return [small, never, exact, (rows(5), rows(5, 3), rows(3, 5), rows(3))]


MISFITS = Values(**words(__file__, "misfits"), reference=misfits, spoiled=spoiled_misfits, cases=misfit_cases, together=2)
