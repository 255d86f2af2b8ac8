"""Posterior collapse, and what people do about it: one class per cure.

A VAE with a strong decoder can ignore z: KL(q ‖ p) -> 0. A cure acts in one of five places, and each place is one
method of `Cure`. To add one: subclass `Cure` in the module of its place, override one method, cite the paper, add a row to
`NAMED` and one to the tests. Cures nest: `Annealing(beta, FreeBits(0.5))`. (A cure that changes the network itself
is a subclass of the model, in `models/cured_vae.py`.)
"""
from gensq_lib.cures.base import Cure
from gensq_lib.cures.decoder import WordDropout, drop_words
from gensq_lib.cures.encoder import AggressiveEncoder
from gensq_lib.cures.named import FREE_BITS, NAMED, named, needs
from gensq_lib.cures.price import MMD, Annealing, FreeBits, GroupFreeBits, TargetRate
from gensq_lib.cures.stages import AutoencoderFirst
from gensq_lib.cures.task import BagOfWords

__all__ = ["FREE_BITS", "MMD", "NAMED", "AggressiveEncoder", "Annealing", "AutoencoderFirst", "BagOfWords", "Cure",
           "FreeBits", "GroupFreeBits", "TargetRate", "WordDropout", "drop_words", "named", "needs"]
