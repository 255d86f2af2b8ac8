"""torch and the shipped models, tried in a process of their own: where an installation is broken, loading may crash."""
import functools
import json
import subprocess
import sys

from gensq_lib.ground.places import PROJECT

PATIENCE = 180  # seconds
QUESTIONS = """
import json, sys
import torch
card = torch.cuda.get_device_properties(0) if torch.cuda.is_available() else None
print(json.dumps({"torch": torch.__version__, "mps": torch.backends.mps.is_available(),
                  "cuda": card.name if card else "", "bytes": card.total_memory if card else 0}), flush=True)
sys.path.insert(0, sys.argv[1])
from gensq_lib.text import corpora
found = corpora.remotes()
print(json.dumps({"corpora": {name: [file.path for file in files] for name, files in found.items()},
                  "sha256": {file.path: file.sha256 for files in found.values() for file in files if not file.members}}),
      flush=True)
from gensq_course.shipped import every
models = every.looked_at()
print(json.dumps({"model": next(filter(None, models.values()), ""),
                  "models": f"{list(models.values()).count('')} of {len(models)}"}))
"""


@functools.cache
def probe() -> dict:
    """`torch`, `cuda`, `bytes`, `mps`, `corpora` (the files of those that are fetched), `sha256` of each of these files,
    `models` (how many of the shipped ones load) and `model` (what is wrong with the first that does not, else "").

    As far as they can be told; `failure` if not all.
    """
    command = [sys.executable, "-c", QUESTIONS, str(PROJECT)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    except OSError as error:
        return {"failure": type(error).__name__}
    except subprocess.TimeoutExpired as late:  # what it has said until then is as good
        done = subprocess.CompletedProcess(command, 1, (late.stdout or b"").decode(), f"no answer in {PATIENCE} seconds")
    found: dict = {"failure": ""}
    for line in done.stdout.splitlines():
        found |= json.loads(line)
    if done.returncode != 0:
        found["failure"] = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return found
