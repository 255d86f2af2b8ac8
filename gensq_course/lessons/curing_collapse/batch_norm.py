"""Exercise of lesson 08: posterior means that must vary."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


def normalised_means(mean: Float[Tensor, "batch latent"], gamma: float) -> Float[Tensor, "batch latent"]:
    """Over the batch each dimension gets mean 0 and standard deviation gamma (Zhu et al. 2020)."""
    return gamma * (mean - mean.mean(0)) / mean.std(0, correction=0)


def spoiled_means(has: Has, mean: Tensor, gamma: float) -> Tensor:
    axis = 1 if has("per sentence") else 0
    centre = 0.0 if has("not centred") else mean.mean(axis, keepdim=True)
    if has("over all"):
        return gamma * (mean - mean.mean()) / mean.std(correction=0)
    spread = mean.std(axis, keepdim=True, correction=1 if has("n - 1") else 0)
    if has("variance"):
        spread = spread.square()
    if has("spread first"):
        spread = (mean.square().mean(axis, keepdim=True)).sqrt()
    scale = gamma**0.5 if has("root of gamma") else 1.0 if has("no gamma") else gamma**2 if has("gamma squared") else gamma
    result = (mean - centre) * scale if has("no division") else (mean - centre) / spread * scale
    return result + gamma if has("shifted") else result


def means_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(9)
    return [(torch.tensor([[1.0], [5.0]]), 0.5)] + [
        (3 + 2 * torch.randn(batch, latent, generator=draw) * torch.arange(1.0, latent + 1), 0.6)
        for batch, latent in ((4, 3), (7, 5))]


NORMALISED = Exact(
    name="normalised_means", reference=normalised_means, spoiled=spoiled_means, cases=means_cases,
    mistakes={
        "per sentence": "it normalises each sentence over its dimensions; normalise each dimension over the batch (axis 0).",
        "over all": "one mean and one spread for all dimensions: a dimension could still collapse. Each needs its own.",
        "not centred": "the mean over the batch is not taken off.",
        "n - 1": "it divides by n - 1; batch normalisation uses the spread of the batch itself (correction=0).",
        "variance": "it divides by the variance; divide by the standard deviation.",
        "spread first": "the spread is taken around 0; take it around the mean of the batch.",
        "no gamma": "gamma is missing: the standard deviation would be 1.",
        "gamma squared": "gamma is squared: gamma is the standard deviation that comes out, not its root.",
        "root of gamma": "it takes the root of gamma: gamma is the standard deviation, not the variance.",
        "no division": "it is not divided by the spread: what comes in small stays small, and may collapse.",
        "shifted": "gamma is added as well; it only scales.",
    },
    hints=(
        "Which axis holds the sentences?",
        "Take off mean.mean(0), divide by mean.std(0, correction=0).",
        "Multiply by gamma: that is the standard deviation which every dimension then has.",
    ),
    praise="Now the average of mean² is gamma² in every dimension, so the KL is at least gamma²/2 in each: before any learning.",
)
