"""Recordings of one digit each, all at 8,000 samples a second: what was said, by whom, and which take it is.

Whoever compares digits must not give them away by how the file was cut: `windowed` puts every clip into the middle of a window
of one length and lays background noise over the whole of it, so that nobody can count zeros at its ends.
"""
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_lib.ground.errors import expect

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")  # what is said
RATE = 8_000  # samples a second
WINDOW = 6_144  # samples, 0.768 s: 48 frames of 128
LOUDNESS, NOISE = 0.1, 20.0  # root mean square of every clip (full scale is 1); decibels of the noise below it


@dataclass(frozen=True)
class Clips:
    """Recordings in one order: waves of different lengths, and three whole numbers for each. Taught in lesson 13."""

    name: str
    waves: Sequence[Float[Tensor, "_"]] = field(repr=False)  # full scale is 1
    digits: Int[Tensor, "clip"] = field(repr=False)  # what was said, 0 to 9
    speakers: Int[Tensor, "clip"] = field(repr=False)  # by whom: a place in `voices`
    takes: Int[Tensor, "clip"] = field(repr=False)  # the how manieth time, from 0
    voices: tuple[str, ...]
    held_out: int = field(repr=False)  # takes below this number are for testing
    origin: str
    licence: str

    def __len__(self) -> int:
        return len(self.waves)

    def where(self, kept: Bool[Tensor, "clip"]) -> "Clips":
        """Those for which `kept` is true."""
        waves = [wave for wave, keep in zip(self.waves, kept.tolist(), strict=True) if keep]
        return replace(self, waves=waves, digits=self.digits[kept], speakers=self.speakers[kept], takes=self.takes[kept])

    def parts(self, new: int) -> dict[str, "Clips"]:
        """One speaker left out, number `new`: "train"; "known", other takes of the same speakers; "new", all of the new one.

        What most reports call a test is "known": split by clip, every voice is on both sides.
        """
        expect(0 <= new < len(self.voices), f"expected a speaker from 0 to {len(self.voices) - 1}, got {new}; {self.voices}")
        strange, tested = self.speakers == new, self.takes < self.held_out
        return {"train": self.where(~strange & ~tested), "known": self.where(~strange & tested), "new": self.where(strange)}

    def __str__(self) -> str:
        seconds = sum(map(len, self.waves)) / RATE
        return (f"{self.name}: {len(self):,} recordings of ten digits, {len(self.voices)} voices ({', '.join(self.voices)}), "
                f"{seconds / 60:.1f} minutes; {self.origin}, {self.licence}")


def in_turn(waves: Sequence[Float[Tensor, "_"]], *, pause: float = 0.25) -> Float[Tensor, "time"]:
    """One wave after another with `pause` seconds of silence between. Taught in lesson 13."""
    silence = torch.zeros(round(pause * RATE))
    return torch.cat([part for wave in waves for part in (wave, silence)][:-1])


def loudened(wave: Float[Tensor, "time"]) -> Float[Tensor, "time"]:
    """With a root mean square of `LOUDNESS`: how near somebody was to the microphone says nothing about the digit."""
    return wave * LOUDNESS / wave.square().mean().sqrt().clamp(min=1e-6)


def windowed(waves: Sequence[Float[Tensor, "_"]], *, generator: torch.Generator | None, noise: float = NOISE
             ) -> Float[Tensor, "clip time"]:
    """Equally loud, in the middle of windows of `WINDOW` samples (longer ones lose both ends), white noise over all of it.

    The noise lies `noise` decibels below the clip; without a generator there is none, and zeros stand at the ends.
    Taught in lesson 13.
    """
    found = torch.zeros(len(waves), WINDOW)
    for row, wave in zip(found, waves, strict=True):
        spare = WINDOW - len(wave)
        kept = loudened(wave)[max(-spare // 2, 0):][:WINDOW]
        first = max(spare // 2, 0)
        row[first:first + len(kept)] = kept
    if generator is not None:
        found += LOUDNESS * 10 ** (-noise / 20) * torch.randn(found.shape, generator=generator)
    return found
