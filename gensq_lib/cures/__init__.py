"""Posterior collapse, and what people do about it: one class per cure.

A VAE with a strong decoder can ignore z: KL(q ‖ p) -> 0. A cure acts in one of five places, and each place is one
method of `Cure`. To add one: subclass `Cure` in the module of its place, override one method, cite the paper, `register` its
name beside it, and add a row to the tests. Cures nest: `Annealing(beta, FreeBits(0.5))`. (A cure that changes the network
itself is a subclass of the model, in `models/cured_vae.py`; its entry names the class.)
"""
from gensq_lib.cures.base import Cure
from gensq_lib.cures.decoder import WordDropout, drop_words
from gensq_lib.cures.encoder import AggressiveEncoder
from gensq_lib.cures.price import FREE_BITS, MMD, Annealing, FreeBits, GroupFreeBits, TargetRate
from gensq_lib.cures.registry import CURES, CureEntry, cure, network, register
from gensq_lib.cures.stages import AutoencoderFirst
from gensq_lib.cures.task import BagOfWords

__all__ = ["CURES", "FREE_BITS", "MMD", "AggressiveEncoder", "Annealing", "AutoencoderFirst", "BagOfWords", "Cure",
           "CureEntry", "FreeBits", "GroupFreeBits", "TargetRate", "WordDropout", "cure", "drop_words", "network", "register"]
