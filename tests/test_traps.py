"""Every known trap of text VAEs is planted and refused; the table itself is in `traps/`."""
import pytest
from traps import HOW_MANY, LATER, TRAPS


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: f"{trap.number}, {trap.name}")
def test_the_guard_accepts_ours(trap):
    trap.guard(trap.right)


PLANTED = [pytest.param(trap.guard, wrong, id=f"{trap.number}, {trap.name}: {name}")
           for trap in TRAPS for name, wrong in trap.wrong.items()]


@pytest.mark.parametrize("guard, wrong", PLANTED)
def test_the_guard_refuses_what_is_planted(guard, wrong):
    with pytest.raises(AssertionError):
        guard(wrong)


def test_no_trap_is_forgotten():
    planted = {trap.number for trap in TRAPS}
    assert planted | set(LATER) == set(range(1, HOW_MANY + 1))
    assert planted & set(LATER) == {32}  # the full softmax is here, the adaptive one comes later
    assert all(trap.wrong for trap in TRAPS)
