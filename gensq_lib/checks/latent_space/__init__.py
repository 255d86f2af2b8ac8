"""The exercises of lesson 09: a turn between two codes, what a table of counts tells, a direction from labels."""
from gensq_lib.checks.latent_space.direction import DIRECTION
from gensq_lib.checks.latent_space.information import INFORMATION
from gensq_lib.checks.latent_space.turn import TURN
from gensq_lib.checks.registry import register

register(TURN, INFORMATION, DIRECTION)
