"""From a wave to a picture: power in 32 bands of the mel scale, in decibels, 48 times in 0.768 seconds.

A picture is "band frame". Bands are in equal steps of the mel scale, which follows how large a step sounds: narrow below, wide
above. The steps have a name each, because most mistakes are made between them: magnitude, power, bands, decibels.
"""
import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import answered, expect
from gensq_lib.sounds.clips import RATE

NUM_FFT, HOP = 512, 128  # samples of a frame (64 ms), and from one frame to the next (16 ms)
BANDS, FRAMES = 32, 48
FLOOR = 1e-5  # added to the power of a band, so that silence has a logarithm: -50 dB


def hertz_to_mel(hertz: float) -> float:
    """The mel scale of O'Shaughnessy (1987): nearly linear below 700 Hz, logarithmic above."""
    return 2595.0 * math.log10(1.0 + hertz / 700.0)


@answered
def filterbank(*, num_bands: int = BANDS, num_fft: int = NUM_FFT, rate: int = RATE) -> Float[Tensor, "band bin"]:
    """The weight of each frequency bin in each band: triangles, each of which rises from the centre of its left neighbour to
    its own and falls to that of its right one. Centres are in equal steps of mel from 0 Hz to half the rate.

    Taught in lesson 13.
    """
    expect(num_bands > 0 and num_fft > 1, "expected num_bands of 1 or more and num_fft of 2 or more, "
           f"got {num_bands} and {num_fft}; 32 and 512 are usual")
    mels = torch.linspace(0.0, hertz_to_mel(rate / 2), num_bands + 2, dtype=torch.float64)
    edges = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)  # Hz
    bins = torch.arange(num_fft // 2 + 1, dtype=torch.float64) * rate / num_fft
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return torch.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)).clamp(min=0).float()


def power_spectrum(waves: Float[Tensor, "clip time"]) -> Float[Tensor, "clip bin frame"]:
    """Squared magnitudes of the short-time Fourier transform with a Hann window, one frame for each `HOP` samples."""
    spectrum = torch.stft(waves, NUM_FFT, HOP, window=torch.hann_window(NUM_FFT), center=True, return_complex=True)
    return spectrum.abs().square()[..., :waves.shape[-1] // HOP]


def bands_of(waves: Float[Tensor, "clip time"]) -> Float[Tensor, "clip band frame"]:
    """Power in each band. Taught in lesson 13."""
    return filterbank() @ power_spectrum(waves)


def decibels(power: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """10 log10 of a *power*; of a magnitude it would be 20. Taught in lesson 13."""
    return 10.0 * (power + FLOOR).log10()


def pictures(waves: Float[Tensor, "clip time"]) -> Float[Tensor, "clip band frame"]:
    """Log-mel pictures, dB. Taught in lesson 13."""
    return decibels(bands_of(waves))


@answered
def log_spectral_distance(a: Float[Tensor, "*clip band frame"], b: Float[Tensor, "*clip band frame"]) -> Float[Tensor, "*clip"]:
    """The root mean square difference over the bands, in the mean over frames; of pictures in dB, so it is in dB.

    Taught in lesson 13.
    """
    return (a - b).square().mean(-2).sqrt().mean(-1)


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of each band, of *training* pictures only. Taught in lesson 13."""

    mean: Float[Tensor, "band 1"]
    stddev: Float[Tensor, "band 1"]

    @classmethod
    def of(cls, train: Float[Tensor, "clip band frame"]) -> "Scale":
        """Over all clips and frames."""
        flat = train.transpose(0, 1).flatten(1)
        return cls(flat.mean(1, keepdim=True), flat.std(1, keepdim=True))

    def apply(self, pictures: Float[Tensor, "*clip band frame"]) -> Float[Tensor, "*clip band frame"]:
        """Decibels to what a network reads."""
        return (pictures - self.mean) / self.stddev

    def undo(self, scaled: Float[Tensor, "*clip band frame"]) -> Float[Tensor, "*clip band frame"]:
        """Back to decibels."""
        return scaled * self.stddev + self.mean
