"""The traps of text VAEs that were seen in public code: each one planted as a wrong function, each refused by a guard.

A row of `TRAPS` is one mistake: its number in our list, a name, a guard, the library's implementation and the mistake
as it is made in the wild (in our words). A guard takes an implementation and raises AssertionError when it is wrong;
it knows no names and no sources, only what comes out on a small input. To add a trap, add a row.
"""
from traps.batches import TRAPS as BATCHES
from traps.encoders import TRAPS as ENCODERS
from traps.instruments import TRAPS as INSTRUMENTS
from traps.labels import TRAPS as LABELS
from traps.likelihoods import TRAPS as LIKELIHOODS
from traps.training import TRAPS as TRAINING
from traps.trap import Trap

TRAPS: list[Trap] = sorted([*LIKELIHOODS, *ENCODERS, *BATCHES, *TRAINING, *INSTRUMENTS, *LABELS], key=lambda trap: trap.number)

HOW_MANY = 33  # traps in the list

LATER = {  # number -> the lesson whose modules the trap belongs to, and which will plant it
    32: "22_scaling_up",  # an adaptive softmax under autocast (the full softmax is in the table)
}
