"""Exercise of lesson 08: posterior means that must vary."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def normalised_means(mean: Float[Tensor, "batch latent"], gamma: float) -> Float[Tensor, "batch latent"]:
    """Over the batch each dimension gets mean 0 and standard deviation gamma (Zhu et al. 2020)."""
    return gamma * (mean - mean.mean(0)) / mean.std(0, correction=0)


def by_n_less_1(mean: Float[Tensor, "batch latent"], gamma: float) -> Float[Tensor, "batch latent"]:
    """The same by the estimate of the population's spread: as good for a floor under the rate, but for 1/n of it."""
    return gamma * (mean - mean.mean(0)) / mean.std(0)


def spoiled_means(has: Has, mean: Tensor, gamma: float) -> Tensor:
    axis = 1 if has("per sentence") else 0
    centre = 0.0 if has("not centred") else mean.mean(axis, keepdim=True)
    if has("over all"):
        return gamma * (mean - mean.mean()) / mean.std(correction=0)
    if has("brackets"):
        return mean - mean.mean(0) / mean.std(0, correction=0) * gamma
    if has("median"):
        centre = mean.median(axis, keepdim=True).values
    spread = mean.std(axis, keepdim=True, correction=1 if has("n - 1") else 0)
    if has("variance"):
        spread = spread.square()
    if has("spread first"):
        spread = (mean.square().mean(axis, keepdim=True)).sqrt()
    if has("length"):
        spread = (mean - centre).norm(dim=axis, keepdim=True)
    if has("epsilon"):
        spread = spread + 0.1
    if has("divided by gamma"):
        gamma = 1 / gamma
    scale = gamma**0.5 if has("root of gamma") else 1.0 if has("no gamma") else gamma**2 if has("gamma squared") else gamma
    result = (mean - centre) * scale if has("no division") else (mean - centre) / spread * scale
    return result + gamma if has("shifted") else result


def means_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(9)
    return [(torch.tensor([[1.0], [5.0]]), 0.5)] + [
        (3 + 4 * torch.randn(batch, latent, generator=draw) * torch.arange(1.0, latent + 1), 0.6)
        for batch, latent in ((4, 3), (7, 5))]


NORMALISED = Exact(**words(__file__, "normalised_means"), reference=normalised_means, also=by_n_less_1,
                   spoiled=spoiled_means, cases=means_cases)
