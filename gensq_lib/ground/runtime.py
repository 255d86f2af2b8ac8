"""What computing needs: threads, precision, random numbers that a resumed run finds again.

How threads wait is set in `gensq_lib/__init__.py`, before torch is loaded.
"""
import contextlib
import hashlib
import os

# Lets cuBLAS be deterministic; it has no effect on a CPU.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch

from gensq_lib.ground.places import threads_wanted


def use_threads(threads: int = 0) -> int:
    """Set torch's threads: as many as `threads_wanted` says."""
    torch.set_num_threads(threads_wanted(threads))
    return torch.get_num_threads()


def autocast(device: str, *, wanted: bool = True) -> contextlib.AbstractContextManager:
    """bf16 matrix products for training, only where the chip has them; elsewhere they would be emulated and slow.

    The chip is asked, not timed: on a busy machine a clock may decide otherwise, and the same seed would give other numbers.
    Parameters, sums, log-softmax and the optimiser stay in fp32. `GENSQ_PRECISION=fp32` turns it off.
    """
    native = {"cuda": torch.cuda.is_bf16_supported, "cpu": torch.cpu._is_avx512_bf16_supported}
    kind = torch.device(device).type
    wanted = wanted and os.environ.get("GENSQ_PRECISION") != "fp32" and kind in native and native[kind]()
    return torch.autocast(kind, torch.bfloat16, enabled=wanted)


def generator(*key: int | str, device: str = "cpu") -> torch.Generator:
    """A generator that depends on `key` alone: `generator(seed, "noise", i)` is the same in a resumed run."""
    digest = hashlib.sha256("/".join(str(part) for part in key).encode()).digest()
    return torch.Generator(device).manual_seed(int.from_bytes(digest[:7], "big"))
