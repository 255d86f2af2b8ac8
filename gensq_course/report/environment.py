"""What the environment's variables may say, checked before anything runs.

Needs no torch, which takes seconds to load: a command that starts a kernel or a server does not wait for it twice.
"""
import os

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.ground.places import cache_folder, data_folder, threads_wanted

BUDGETS = ("smoke", "standard", "full")
DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("bf16", "fp32")  # of training on a chip that has bf16; fp32 turns it off
ANYWHERE = ("auto", "cpu")  # devices that every machine has


def check_environment() -> None:
    """Refuse what the variables say and no run could use, before a kernel starts."""
    for name, allowed in {"GENSQ_BUDGET": BUDGETS, "GENSQ_PRECISION": PRECISIONS}.items():
        one_of(name, os.environ.get(name) or allowed[0], allowed)
    if (device := os.environ.get("GENSQ_DEVICE") or ANYWHERE[0]) not in ANYWHERE:
        from gensq_course.report.budget import resolve_device  # only torch knows the others

        resolve_device(device)
    threads_wanted()
    data_folder()
    cache_folder()


def one_of(what: str, value: str, allowed: tuple[str, ...]) -> str:
    """`value`, or an error that lists what is allowed."""
    if value not in allowed:
        raise GensqError(f'expected a {what} out of {listed(allowed)}, got "{value}"{nearest(str(value), allowed)}')
    return value
