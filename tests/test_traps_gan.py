"""Every known trap of GANs is planted and refused; the tables are in `traps/gan_*.py`, numbered as in the list for GANs."""
from importlib import import_module
from pathlib import Path

import pytest

TRAPS = [trap for path in sorted(Path(__file__).parent.glob("traps/gan_*.py"))
         for trap in import_module(f"traps.{path.stem}").TRAPS]
ON_VECTORS = {2, 3, 4, 5, 8, 9, 12, 14, 18, 21, 24}


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: f"{trap.number}, {trap.name}")
def test_the_guard_accepts_ours(trap):
    trap.guard(trap.right)


PLANTED = [pytest.param(trap.guard, wrong, id=f"{trap.number}, {trap.name}: {name}")
           for trap in TRAPS for name, wrong in trap.wrong.items()]


@pytest.mark.parametrize("guard, wrong", PLANTED)
def test_the_guard_refuses_what_is_planted(guard, wrong):
    with pytest.raises(AssertionError):
        guard(wrong)


def test_no_trap_on_vectors_is_forgotten():
    assert {trap.number for trap in TRAPS} >= ON_VECTORS and all(trap.wrong for trap in TRAPS)
