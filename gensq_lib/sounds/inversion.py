"""From a log-mel picture back to a sound: undo the logarithm, guess the bins behind each band, guess the phases.

Two things are lost for good: which bin inside a band had the power, and the phase of every bin. What a true picture sounds like
after this (copy-synthesis) is the best that any generated picture can hope for.
"""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import expect
from gensq_lib.sounds.clips import loudened
from gensq_lib.sounds.features import FLOOR, HOP, NUM_FFT, filterbank

ROUNDS, MOMENTUM = 60, 0.99


def magnitudes(picture: Float[Tensor, "band frame"], *, rounds: int = 50) -> Float[Tensor, "bin frame"]:
    """Magnitudes (not powers) whose powers have these bands (dB): non-negative least squares by multiplicative updates.

    Lee & Seung (2001) with the filters held fixed. Taught in lesson 13.
    """
    filters = filterbank()
    power = (10.0 ** (picture / 10.0) - FLOOR).clamp(min=0)
    found, wanted, seen = filters.T @ power + 1e-9, filters.T @ power, filters.T @ filters
    for _ in range(rounds):
        found = found * wanted / (seen @ found + 1e-12)
    return found.sqrt()


def griffin_lim(magnitude: Float[Tensor, "bin frame"], *, generator: torch.Generator, rounds: int = ROUNDS
                ) -> Float[Tensor, "time"]:
    """A wave whose spectrum has nearly these magnitudes, from random phases (Griffin & Lim 1984, with the momentum of
    Perraudin et al. 2013): again and again back to a wave and forth to its spectrum, of which the phases alone are kept.

    Expects *magnitudes* of the short-time Fourier transform; powers, decibels or mel bands are refused or sound wrong.
    Taught in lesson 13.
    """
    bins = NUM_FFT // 2 + 1
    expect(len(magnitude) == bins, f"expected magnitudes of {bins} frequency bins, got {len(magnitude)} rows; bands of a log-mel "
           "picture go through magnitudes(picture) first")
    expect(bool((magnitude >= 0).all()), "expected magnitudes of 0 or more, got negative values; decibels go through "
           "magnitudes(picture) first")
    window = torch.hann_window(NUM_FFT)
    padded = torch.cat([magnitude, magnitude[:, -1:]], 1)  # the frame behind the last one, which `power_spectrum` left out
    phases = torch.exp(2j * torch.pi * torch.rand(padded.shape, generator=generator))
    before = torch.zeros_like(phases)
    for _ in range(rounds):
        wave = torch.istft(padded * phases, NUM_FFT, HOP, window=window)
        rebuilt = torch.stft(wave, NUM_FFT, HOP, window=window, return_complex=True)
        ahead = rebuilt - MOMENTUM / (1 + MOMENTUM) * before
        phases, before = ahead / ahead.abs().clamp(min=1e-12), rebuilt
    return torch.istft(padded * phases, NUM_FFT, HOP, window=window)


def sound_of(picture: Float[Tensor, "band frame"], *, generator: torch.Generator) -> Float[Tensor, "time"]:
    """A wave for a log-mel picture (dB), as loud as all others. Taught in lesson 13."""
    return loudened(griffin_lim(magnitudes(picture), generator=generator))
