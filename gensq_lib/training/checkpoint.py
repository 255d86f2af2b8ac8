"""Files of weights: written whole or not at all, with a digest, and read without running anything that is in them."""
import functools
import hashlib
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from gensq_lib.ground import seals
from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.ground.places import cache_folder
from gensq_lib.training import processes

LIBRARY = Path(__file__).resolve().parents[1]


def save_state(path: Path | str, state: dict[str, Any], *, name: str = "") -> None:
    """Tensors, numbers, strings, lists and dicts; atomically, in the cache under its `name`."""
    torch.save(state, file := io.BytesIO())
    seals.seal(path, file.getvalue(), name=name)


def load_state(path: Path | str) -> dict[str, Any]:
    """What `save_state` wrote."""
    expect(os.path.exists(path), f"expected a checkpoint at {path}, got no file; train first or mend the path")
    try:
        return as_state(seals.unseal(path))
    except Exception as error:  # torch raises many kinds for what is no checkpoint
        reason = error if isinstance(error, GensqError) else type(error).__name__
        raise GensqError(f"expected a checkpoint written by gensq at {path}, got a file that cannot be read ({reason}); "
                         "delete it and train again") from None


def as_state(content: bytes) -> dict[str, Any]:
    """Out of a file. `weights_only`: one from elsewhere cannot run code."""
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


class Checkpoint:
    """The place of one run's checkpoint, renewed every `every` steps. A damaged one is refused, for it may be the only one;
    in the cache (`mine`) it is named, and the run begins anew. Of several processes the first writes and reads for all.
    """

    def __init__(self, path: Path | str, *, every: int = 500, mine: bool = False):
        self.path, self.every, self.mine = Path(path), every, mine

    def due(self, done: int) -> bool:
        """Whether to write after `done` steps."""
        return done % self.every == 0

    def write(self, state: dict[str, Any]) -> None:
        """Replace what was kept."""
        if processes.rank() == 0:
            save_state(self.path, state, name=self.path.name * self.mine)

    def read(self) -> dict[str, Any] | None:
        """What was kept; None before the first write."""
        return processes.by_first(self._read)

    def _read(self) -> dict[str, Any] | None:
        if self.mine:
            return as_state(content) if (content := seals.kept(self.path)) else None
        return load_state(self.path) if self.path.exists() else None

    def describe(self) -> str:
        """For an error message."""
        return f"{self.path}, after {found['done']} steps" if (found := self.read()) else "none yet"


def cached(model: nn.Module, key: dict[str, Any], train: Callable[[Checkpoint], dict[str, list[float]]]
           ) -> dict[str, list[float]]:
    """`train(checkpoint)`, once: the same key and code load weights and history from the cache in a moment.

    `key` holds everything the run depends on that is not code; that there are several processes is added. A run that was killed
    goes on from its checkpoint.
    """
    num = processes.num_processes()
    key = key | ({"processes": num} if num > 1 else {})
    version = code_digest(type(model).__module__, train.__module__)
    name = hashlib.sha256(json.dumps([key, version], sort_keys=True).encode()).hexdigest()[:20]
    finished = cache_folder() / "runs" / f"{name}.pt"
    if content := processes.by_first(lambda: seals.kept(finished)):
        saved = as_state(content)
        model.load_state_dict(saved["model"])
        model.eval()
        return saved["history"]
    checkpoint = Checkpoint(finished.with_suffix(".part"), mine=True)
    history = train(checkpoint)
    if processes.rank() == 0:
        save_state(finished, {"model": model.state_dict(), "history": dict(history), "key": json.dumps(key)}, name=finished.name)
        checkpoint.path.unlink(missing_ok=True)
    return history


@functools.cache
def code_digest(*modules: str) -> str:
    """A hash of torch's version, of the library's code but for its pictures, and of these modules; a notebook has no file."""
    files = {path for path in LIBRARY.rglob("*.py") if path.relative_to(LIBRARY).parts[0] != "plots"}
    files |= {Path(file) for name in modules if (file := getattr(sys.modules.get(name), "__file__", None))}
    hashed = hashlib.sha256(torch.__version__.encode())
    for path in sorted(files):
        hashed.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return hashed.hexdigest()


def weights_digest(model: nn.Module) -> str:
    """A hash of all weights, for the key of a run that starts from them."""
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
