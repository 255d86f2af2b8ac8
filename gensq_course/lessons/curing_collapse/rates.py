"""Exercises of lesson 08: two cures that set a rate: what each dimension costs with free bits, posterior means that must vary."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words


def price_with_free_bits(kl: Float[Tensor, "batch latent"], floor: float) -> Float[Tensor, "latent"]:
    """max(floor, mean KL over the batch) of each dimension, nats (Kingma et al. 2016, appendix C.8)."""
    mean = kl.mean(0)
    price = mean.clamp(min=floor)
    return price


PRICE_SLIPS = {
    "shared floor": ("min=floor", "min=floor / kl.shape[-1]"),
    "other axis": ("kl.mean(0)", "kl.mean(1)"),
    "hard mask": (("kl.mean(0)", "(kl * (kl > floor)).mean(0)"), ("mean.clamp(min=floor)", "mean")),
    "per sentence": (("kl.mean(0)", "kl"), ("return price", "return price.mean(0)")),
    "sum over sentences": ("kl.mean(0)", "kl.sum(0)"),
    "excess": ("mean.clamp(min=floor)", "(mean - floor).clamp(min=0)"),
    "smaller": ("clamp(min=", "clamp(max="),
    "mask of the mean": ("mean.clamp(min=floor)", "mean * (mean > floor)"),
    "total": ("mean.clamp", "mean.sum()[None].clamp"),
    "no floor": (".clamp(min=floor)", ""),
    "summed": ("return price", "return price.sum()"),
}


def price_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(8)
    small = [(torch.tensor([[0.25], [1.25]]), 0.5), (torch.tensor([[0.5, 0.0], [0.5, 0.0]]), 0.5),
             (torch.tensor([[0.1, 2.0], [0.2, 1.0]]), 0.5)]
    return small + [(torch.rand(batch, latent, generator=draw) * torch.rand(latent, generator=draw) * 2, 0.4)
                    for batch, latent in ((4, 3), (6, 5))]


PRICE_FORMS = {
    "one mean": lambda kl, floor: kl.mean().clamp(min=floor).expand(kl.shape[1]),
    "no mean": lambda kl, floor: kl.clamp(min=floor),
    "added": lambda kl, floor: kl.mean(0) + floor,
    "largest": lambda kl, floor: kl.amax(0).clamp(min=floor),
    "largest, no floor": lambda kl, floor: kl.amax(0),
    "median": lambda kl, floor: kl.median(0).values.clamp(min=floor),
}

FREE_BITS = Exact(**words(__file__, "price_with_free_bits"), reference=price_with_free_bits, slips=PRICE_SLIPS,
                  cases=price_cases, forms=PRICE_FORMS)


def normalised_means(mean: Float[Tensor, "batch latent"], gamma: float) -> Float[Tensor, "batch latent"]:
    """Over the batch each dimension gets mean 0 and standard deviation gamma (Zhu et al. 2020)."""
    centre, spread = mean.mean(0), mean.std(0, correction=0)
    return gamma * (mean - centre) / spread


def by_n_less_1(mean: Float[Tensor, "batch latent"], gamma: float) -> Float[Tensor, "batch latent"]:
    """The same by the estimate of the population's spread: as good for a floor under the rate, but for 1/n of it."""
    return gamma * (mean - mean.mean(0)) / mean.std(0)


MEANS_SLIPS = {
    "per sentence": (("mean.mean(0)", "mean.mean(1, keepdim=True)"), ("std(0,", "std(1, keepdim=True,")),
    "not centred": ("(mean - centre)", "mean"),
    "over all": (("mean.mean(0)", "mean.mean()"), ("std(0, ", "std(")),
    "brackets": ("gamma * (mean - centre) / spread", "mean - centre / spread * gamma"),
    "median": ("mean.mean(0)", "mean.median(0).values"),
    "n - 1": ("correction=0", "correction=1"),
    "variance": ("std(", "var("),
    "spread first": ("mean.std(0, correction=0)", "mean.square().mean(0).sqrt()"),
    "length": ("mean.std(0, correction=0)", "(mean - mean.mean(0)).norm(dim=0)"),
    "epsilon": ("/ spread", "/ (spread + 0.1)"),
    "divided by gamma": ("gamma *", "1 / gamma *"),
    "root of gamma": ("gamma *", "gamma**0.5 *"),
    "no gamma": ("gamma * ", ""),
    "gamma squared": ("gamma *", "gamma**2 *"),
    "no division": (" / spread", ""),
    "shifted": ("return ", "return gamma + "),
}


def means_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(9)
    return [(torch.tensor([[1.0], [5.0]]), 0.5)] + [
        (3 + 4 * torch.randn(batch, latent, generator=draw) * torch.arange(1.0, latent + 1), 0.6)
        for batch, latent in ((4, 3), (7, 5))]


NORMALISED = Exact(**words(__file__, "normalised_means"), reference=normalised_means, also=by_n_less_1,
                   slips=MEANS_SLIPS, cases=means_cases)
