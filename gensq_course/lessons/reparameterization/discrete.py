"""Exercise of lesson 03: the gradient of an ELBO whose z is discrete, by the score function with a leave-one-out baseline."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words
from gensq_course.lessons.reparameterization.gradients import leave_one_out


def discrete_gradient(
    logits: Float[Tensor, "latent"], log_joint: Float[Tensor, "latent"], z: Int[Tensor, "sample"]
) -> Float[Tensor, "sample latent"]:
    """Estimates of d ELBO / d logits, one per draw z ~ q = softmax(logits): (f - baseline) times the score (Williams 1992)."""
    log_q = logits.log_softmax(-1)
    value = log_joint[z] - log_q[z]
    score = torch.nn.functional.one_hot(z, len(logits)) - log_q.exp()
    return (value - leave_one_out(value))[:, None] * score


def spoiled_gradient(has: Has, logits: Tensor, log_joint: Tensor, z: Tensor) -> Tensor:
    log_q, num = logits.log_softmax(-1), len(z)
    value = log_joint[z] - (0 if has("no entropy") else log_q[z])
    if has("probabilities"):
        value = log_joint[z].exp() - log_q[z].exp()
    if has("everywhere"):
        value = (log_q.exp() * (log_joint - log_q)).sum().expand(num)
    own, others = value.mean(), (value.sum() - value) / (num if has("divided by K") else num - 1)
    baseline = 0 if has("no baseline") else own if has("own draw") else others
    chosen = torch.nn.functional.one_hot(z, len(logits)).to(logits)
    score = chosen if has("one-hot alone") else chosen - 1 / len(logits) if has("even") else chosen - log_q.exp()
    if has("ascent of q alone"):
        score = chosen / log_q.exp()
    weight = 1.0 if has("no value") else value - baseline
    result = (weight if isinstance(weight, float) else weight[:, None]) * score
    result = result - score if has("q differentiated") else result
    return result.mean(0) if has("mean of draws") else result


def gradient_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(6)
    small = (torch.tensor([0.0, 1.0]), torch.tensor([-1.0, -3.0]), torch.tensor([0, 1]))
    return [small] + [(torch.randn(latent, generator=draw), torch.randn(latent, generator=draw) - 3,
                       torch.randint(latent, (num,), generator=draw)) for latent, num in ((3, 4), (5, 7))]


DISCRETE = Values(**words(__file__, "discrete_gradient"), reference=discrete_gradient, spoiled=spoiled_gradient,
                  cases=gradient_cases, together=2)
