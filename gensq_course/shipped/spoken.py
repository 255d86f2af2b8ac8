"""The built-in set of spoken digits, made with the speech synthesiser espeak-ng, once, and committed.

Only whoever makes the set anew needs espeak-ng (1.51; GPL-3: the licence of the program, not of the sounds that it makes).
`gensq checkpoint spoken` does it. Eight voices are an accent and a variant each; each says each digit ten times, every time at
another speed and pitch, drawn from the seed. Noise is not in the file: the loader's `windowed` adds it at a stated level.
"""
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import torch
from scipy.signal import resample_poly
from torch import Tensor

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import DATA, atomic_write
from gensq_lib.sounds import RATE, WORDS, companded

FILE = DATA / "spoken.npz"
VOICES = ("en-us+m1", "en-us+f2", "en-gb+m3", "en-gb-x-rp+f4", "en-gb-scotland+m7", "en-029+f1", "en-gb-x-gbclan+m5",
          "en-us-nyc+f3")  # accent + variant
TAKES, SEED = 10, 0
SPEEDS, PITCHES = (125, 190), (35, 65)  # words a minute; espeak's scale from 0 to 99
SYNTHESISED = 22_050  # samples a second
QUIET, MARGIN = 0.02, 80  # share of the peak that counts as silence; samples of it that are kept (10 ms)


def write_spoken(path: Path = FILE) -> None:
    """Make the set and write the file."""
    if shutil.which("espeak-ng") is None:
        raise GensqError("expected the program espeak-ng, got none; install it, or keep the file in data/")
    draw, rows, codes = random.Random(SEED), [], []
    for voice in range(len(VOICES)):
        for digit in range(10):
            for take in range(TAKES):
                wave = said(WORDS[digit], VOICES[voice], speed=draw.randint(*SPEEDS), pitch=draw.randint(*PITCHES))
                rows.append((digit, voice, take, len(wave)))
                codes.append(companded(wave))
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, codes=torch.cat(codes).numpy(), rows=np.array(rows, dtype=np.int16), voices=np.array(VOICES))


def said(word: str, voice: str, *, speed: int, pitch: int) -> Tensor:
    """The samples of one word at 8,000 a second, without silence at its ends, the loudest at .9."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", word]
    sound = subprocess.run(command, check=True, capture_output=True).stdout
    samples = np.frombuffer(sound[44:44 + (len(sound) - 44) // 2 * 2], dtype="<i2")  # 44 bytes of header
    wave = torch.from_numpy(resample_poly(samples.astype(np.float64), RATE, SYNTHESISED))
    loud = (wave.abs() > QUIET * wave.abs().max()).nonzero().flatten()
    kept = wave[max(int(loud[0]) - MARGIN, 0):int(loud[-1]) + MARGIN]
    return (0.9 * kept / kept.abs().max()).float()
