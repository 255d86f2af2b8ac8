"""Spoken digits: the built-in set of synthetic voices, and recordings of six people by name. Nothing here looks at a sound."""
import io
import re
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import DATA
from gensq_lib.ground.textfiles import bytes_of
from gensq_lib.sounds import Clips, expanded, from_wav

from .files import LARGEST, fetched, remotes_in

FSDD = remotes_in("fsdd")
BUILT_IN = DATA / "spoken.npz"
MEMBER = re.compile(r"recordings/(\d)_([a-z]+)_(\d+)\.wav$")


def synthetic() -> Clips:
    """800 digits of eight synthetic voices; takes 0 and 1 of ten are for testing."""
    try:
        with np.load(io.BytesIO(bytes_of(BUILT_IN, kind="the built-in sounds", largest=LARGEST)), allow_pickle=False) as file:
            rows, codes, voices = torch.from_numpy(file["rows"]).long(), torch.from_numpy(file["codes"]), file["voices"].tolist()
        waves = expanded(codes).split(rows[:, 3].tolist())
    except (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise GensqError(f"expected the built-in sounds in {BUILT_IN}, got: {str(error)[:60]}; fetch the file again") from None
    return Clips("spoken", waves, *rows[:, :3].unbind(1), voices=tuple(voices), held_out=2,
                 origin="made for this course with espeak-ng", licence="CC BY 4.0")


def fsdd() -> Clips:
    """The Free Spoken Digit Dataset: 3,000 recordings of six people; takes 0 to 4 of fifty are its official test set."""
    found = sorted(_members(fetched(FSDD[0])))
    voices = sorted({speaker for _, speaker, _, _ in found})
    digits, speakers, takes = zip(*[(digit, voices.index(speaker), take) for digit, speaker, take, _ in found], strict=True)
    return Clips("fsdd", [from_wav(content) for *_, content in found], torch.tensor(digits), torch.tensor(speakers),
                 torch.tensor(takes), voices=tuple(voices), held_out=5, origin="github.com/Jakobovski/free-spoken-digit-dataset",
                 licence=FSDD[0].licence)


def _members(path: Path) -> list[tuple[int, str, int, bytes]]:
    """Digit, speaker, take and content of each recording in the archive, whoever packed it."""
    with zipfile.ZipFile(path) as archive:
        named = [(MEMBER.search(name), name) for name in archive.namelist()]
        return [(int(found[1]), found[2], int(found[3]), archive.read(name)) for found, name in named if found]
