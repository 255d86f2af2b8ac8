"""No trap of text GANs is left without a guard; the guards themselves run in test_traps_gan.py."""
from traps.gan_text import TRAPS

ON_TEXT = {1, 2, 6, 7, 8, 10, 11, 13, 14, 15, 16, 17, 19, 20, 22, 25}


def test_no_trap_on_text_is_forgotten():
    assert {trap.number for trap in TRAPS} == ON_TEXT and all(trap.wrong for trap in TRAPS)
