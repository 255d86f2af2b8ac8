"""Every known trap is planted and refused; the tables are in `traps/`, those of GANs numbered by themselves."""
import pytest
from traps import HOW_MANY, LATER, TRAPS
from traps.gan_dialogue import TRAPS as GAN_DIALOGUE
from traps.gan_text import TRAPS as GAN_TEXT
from traps.gan_vectors import TRAPS as GAN_VECTORS
from traps.understanding import TRAPS as UNDERSTANDING

ON_VECTORS = {2, 3, 4, 5, 8, 9, 12, 14, 18, 21, 24}
ON_TEXT = {1, 2, 6, 7, 8, 10, 11, 13, 14, 15, 16, 17, 19, 20, 22, 25}
EVERY = [(f"{table}{trap.number}, {trap.name}", trap) for table, traps in
         {"": TRAPS, "GAN ": GAN_VECTORS, "text GAN ": GAN_TEXT, "dialogue ": GAN_DIALOGUE,
          "lesson 10, ": UNDERSTANDING}.items() for trap in traps]


@pytest.mark.parametrize("trap", [pytest.param(trap, id=name) for name, trap in EVERY])
def test_the_guard_accepts_ours(trap):
    trap.guard(trap.right)


PLANTED = [pytest.param(trap.guard, wrong, id=f"{name}: {how}") for name, trap in EVERY for how, wrong in trap.wrong.items()]


@pytest.mark.parametrize("guard, wrong", PLANTED)
def test_the_guard_refuses_what_is_planted(guard, wrong):
    with pytest.raises(AssertionError):
        guard(wrong)


def test_no_trap_is_forgotten():
    planted = {trap.number for trap in TRAPS}
    assert planted | set(LATER) == set(range(1, HOW_MANY + 1))
    assert planted & set(LATER) == {32}  # the full softmax is here, the adaptive one comes later
    assert all(trap.wrong for trap in TRAPS)


def test_no_trap_of_gans_is_forgotten():
    assert {trap.number for trap in [*GAN_VECTORS, *GAN_TEXT]} >= ON_VECTORS and all(trap.wrong for trap in GAN_VECTORS)
    assert {trap.number for trap in GAN_TEXT} == ON_TEXT and all(trap.wrong for trap in GAN_TEXT)
    everything = {trap.number for trap in [*GAN_VECTORS, *GAN_TEXT, *GAN_DIALOGUE]}
    assert everything == set(range(1, 26))
