"""Samples in files: 16-bit WAV by Python's own `wave`, and the 8-bit code of the telephone for the built-in set.

No library for audio is needed: the clips are short, mono and uncompressed, and torch has the Fourier transforms.
"""
import io
import wave

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from gensq_lib.ground.errors import GensqError
from gensq_lib.sounds.clips import RATE

FULL, MU = 32_767, 255.0


def from_wav(content: bytes, *, name: str = "the file") -> Float[Tensor, "time"]:
    """Samples of a mono 16-bit WAV file of 8,000 samples a second, between -1 and 1."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            kind = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            samples = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise GensqError(f"expected a WAV file in {name}, got: {error}; replace it") from None
    if kind != (1, 2, RATE):
        raise GensqError(f"expected {name} with 1 channel of 16 bits at {RATE} samples a second, got {kind[0]} of "
                         f"{8 * kind[1]} bits at {kind[2]}; convert it")
    return torch.frombuffer(bytearray(samples), dtype=torch.int16).float() / FULL


def as_wav(samples: Float[Tensor, "time"]) -> bytes:
    """A WAV file of the samples; what is louder than full scale is cut off. Taught in lesson 13."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((samples.clamp(-1, 1) * FULL).round().to(torch.int16).numpy().tobytes())
    return content.getvalue()


def companded(samples: Float[Tensor, "time"]) -> UInt8[Tensor, "time"]:
    """8 bits a sample, finer where it is quiet (the mu-law of ITU-T G.711, as a formula): half the bytes of 16 bits."""
    squeezed = samples.sign() * (1 + MU * samples.abs().clamp(max=1)).log() / torch.tensor(1 + MU).log()
    return ((squeezed + 1) / 2 * MU).round().to(torch.uint8)


def expanded(codes: UInt8[Tensor, "time"]) -> Float[Tensor, "time"]:
    """The samples that 8-bit codes stand for."""
    squeezed = 2 * codes.float() / MU - 1
    return squeezed.sign() * ((1 + MU) ** squeezed.abs() - 1) / MU
