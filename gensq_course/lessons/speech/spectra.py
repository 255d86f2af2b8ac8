"""Exercises of lesson 13 on spectra: triangles on the mel scale, and how far apart two spectra are."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def mel_filterbank(bins: Float[Tensor, "bin"], num_bands: int) -> Float[Tensor, "band bin"]:
    """Triangles between neighbours that are equally far apart on the mel scale, from 0 Hz to the last bin; each reaches 1."""
    top = 2595 * math.log10(1 + bins[-1].item() / 700)
    mels = torch.linspace(0, top, num_bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    filters = torch.zeros(num_bands, len(bins), dtype=bins.dtype)
    for band in range(num_bands):
        left, centre, right = edges[band:band + 3]
        rising = (bins - left) / (centre - left)
        falling = (right - bins) / (right - centre)
        filters[band] = torch.minimum(rising, falling).clamp(min=0)
    return filters


BANK_SLIPS = {
    "equal steps of hertz": ("700 * (10 ** (mels / 2595) - 1)", "torch.linspace(0, bins[-1].item(), num_bands + 2)"),
    "in mel": ("edges = 700 * (10 ** (mels / 2595) - 1)", "edges = mels"),
    "natural logarithm": ("math.log10(1 +", "math.log(1 +"),
    "up to the rate": ("1 + bins[-1].item() / 700", "1 + 2 * bins[-1].item() / 700"),
    "no minus one": ("(mels / 2595) - 1)", "(mels / 2595))"),
    "negative": (".clamp(min=0)", ""),
    "maximum": ("torch.minimum", "torch.maximum"),
    "product": ("torch.minimum(rising, falling).clamp(min=0)", "(rising.clamp(min=0) * falling.clamp(min=0))"),
    "boxes": ("torch.minimum(rising, falling).clamp(min=0)", "(torch.minimum(rising, falling) > 1e-4).float()"),
    "rising only": ("torch.minimum(rising, falling).clamp(min=0)", "rising.clamp(0, 1) * (bins <= centre)"),
    "side by side": (("num_bands + 2)", "2 * num_bands + 1)"), ("edges[band:band + 3]", "edges[2 * band:2 * band + 3]")),
    "area one": (".clamp(min=0)", ".clamp(min=0) * 2 / (right - left)"),
    "sum one": ("return filters", "return filters / filters.sum(1, keepdim=True)"),
    "transposed": ("return filters", "return filters.T"),
}


def bank_cases() -> list[Inputs]:
    return [(torch.linspace(0, top, num), bands) for top, num, bands in (
        (4_000.0, 9, 3), (2_000.0, 6, 2), (8_000.0, 33, 5), (4_000.0, 21, 4))]


BANK = Values(**words(__file__, "mel_filterbank"), reference=mel_filterbank, slips=BANK_SLIPS, cases=bank_cases)

Powers = Float[Tensor, "clip band frame"]


def log_spectral_distance(ours: Powers, theirs: Powers, floor: float) -> Float[Tensor, "clip"]:
    """dB: the root mean square over bands of the difference of 10 log10(power + floor), in the mean over frames."""
    apart = 10 * (torch.log10(ours + floor) - (theirs + floor).log10())
    return apart.square().mean(1).sqrt().mean(-1)


DISTANCE_SLIPS = {
    "magnitude": ("apart = 10 *", "apart = 20 *"),
    "bel": ("apart = 10 * (", "apart = ("),
    "nats": (("torch.log10(ours", "torch.log(ours"), ("theirs + floor).log10()", "theirs + floor).log()")),
    "no logarithm": (("torch.log10(ours + floor)", "(ours + floor)"), ("(theirs + floor).log10()", "(theirs + floor)")),
    "no floor": (("ours + floor", "ours"), ("theirs + floor", "theirs")),
    "clamped": (("ours + floor", "ours.clamp(min=floor)"), ("(theirs + floor)", "theirs.clamp(min=floor)")),
    "one floor": ("ours + floor", "ours + 1e-12"),
    "floor behind": (("torch.log10(ours + floor)", "torch.log10(ours + 1e-12)"), ("(theirs + floor).log10()", "theirs.log10()")),
    "one root": (".mean(1).sqrt().mean(-1)", ".mean((1, 2)).sqrt()"),
    "no root": (".mean(1).sqrt()", ".mean(1)"),
    "absolute": ("apart.square().mean(1).sqrt().mean(-1)", "apart.abs().mean((1, 2))"),
    "frames first": (".mean(1).sqrt().mean(-1)", ".mean(-1).sqrt().mean(-1)"),
    "sum over bands": (".mean(1).sqrt()", ".sum(1).sqrt()"),
    "sum over frames": (".sqrt().mean(-1)", ".sqrt().sum(-1)"),
    "over clips": ("return apart.square().mean(1).sqrt().mean(-1)", "return apart.square().mean(1).sqrt().mean(-1).mean()"),
    "signed": ("apart.square().mean(1).sqrt().mean(-1)", "apart.mean((1, 2))"),
}


def distance_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(41)

    def case(clips: int, bands: int, frames: int, floor: float) -> Inputs:
        ours, theirs = (torch.rand(clips, bands, frames, generator=draw).square() * 4 for _ in range(2))
        return ours, theirs * (torch.rand(theirs.shape, generator=draw) > 0.1), floor  # silence now and then
    return [(torch.tensor([[[1.0, 4.0], [0.5, 0.0]]]), torch.tensor([[[0.1, 0.5], [0.0, 0.25]]]), 0.01), case(3, 4, 5, 1e-3),
            case(2, 6, 3, 0.05)]


DISTANCE = Values(**words(__file__, "log_spectral_distance"), reference=log_spectral_distance, slips=DISTANCE_SLIPS,
                  cases=distance_cases, together=2)
