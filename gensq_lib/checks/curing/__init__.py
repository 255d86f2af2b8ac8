"""The exercises of lesson 08: the price with free bits, batch-normalised means, a bag of words, and a verdict on cures."""
from gensq_lib.checks.curing.bag import BAG
from gensq_lib.checks.curing.batch_norm import NORMALISED
from gensq_lib.checks.curing.free_bits import FREE_BITS
from gensq_lib.checks.curing.verdict import VERDICT
from gensq_lib.checks.registry import register

register(FREE_BITS, NORMALISED, BAG, VERDICT)
