"""How a lesson runs: budget, device, seed, threads. Decided once, in its first cell."""
import contextlib
import ctypes
import os
import random
import sys
from dataclasses import dataclass

import numpy as np
import torch

from gensq_course.report.environment import BUDGETS, DEVICES, one_of
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.runtime import use_threads


@dataclass(frozen=True)
class Runtime:
    """What `setup` decided."""

    budget: str
    device: str
    seed: int
    threads: int

    def choose(self, *, smoke, standard, full):
        """The value for this budget: `runtime.choose(smoke=30, standard=4000, full=20000)`."""
        return {"smoke": smoke, "standard": standard, "full": full}[self.budget]

    def __str__(self) -> str:
        return (f"budget {self.budget}, device {self.device}, seed {self.seed}, threads {self.threads}, "
                f"Python {sys.version.split()[0]}, torch {torch.__version__}")


def setup(*, budget: str = "", device: str = "", seed: int = 0, threads: int = 0) -> Runtime:
    """Resolve the parameters of a lesson, seed everything, print one line.

    An empty budget or device means: as `GENSQ_BUDGET` or `GENSQ_DEVICE` say, else "standard" and "auto".
    """
    budget = one_of("budget", budget or os.environ.get("GENSQ_BUDGET") or "standard", BUDGETS)
    device = wanted_device(device)
    if not (type(seed) is int and 0 <= seed < 2**31):
        raise GensqError(f"expected a seed from 0 to {2**31 - 1}, got {seed!r}; choose a whole number such as 0")
    runtime = Runtime(budget, device, seed, use_threads(threads))
    keep_freed_memory()
    seed_everything(seed)
    print(runtime)
    return runtime


def wanted_device(name: str) -> str:
    """The one that is named; else that of `GENSQ_DEVICE`, else "auto", resolved."""
    return resolve_device(name or os.environ.get("GENSQ_DEVICE") or "auto")


def resolve_device(name: str) -> str:
    """"auto" is cuda where there is one, else cpu; mps (Apple) only on request, its packed LSTMs are unreliable."""
    one_of("device", name, DEVICES)
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise GensqError('expected a CUDA device, got none on this machine; choose device "auto" or "cpu"')
    if name == "mps" and not torch.backends.mps.is_available():
        raise GensqError('expected an Apple GPU, got none on this machine; choose device "auto" or "cpu"')
    return name


def keep_freed_memory() -> None:
    """Let glibc keep what one training step frees for the next: asking the kernel anew cost a fifth of the time.

    Only on Linux with glibc; elsewhere nothing happens. The numbers name glibc's parameters (malloc.h).
    """
    trim_threshold, top_pad, mmap_threshold = -1, -2, -3
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        mallopt(mmap_threshold, 2**30)
        mallopt(trim_threshold, 2**31 - 1)
        mallopt(top_pad, 2**26)


def seed_everything(seed: int) -> None:
    """Seed the global generators, for the few places that have no `generator` keyword (initial weights)."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
