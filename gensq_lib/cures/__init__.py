"""Posterior collapse, and what people do about it: one class per cure.

A VAE with a strong decoder can ignore z: KL(q ‖ p) -> 0. A cure acts in one of five places, and each place is one
method of `Cure`. To add one: subclass `Cure` in `kinds`, override one method, cite the paper, give it a name in the table of
`registry`, and add a row to the tests. Cures nest: `Annealing(beta, FreeBits(0.5))`. (A cure that changes the network
itself is a subclass of the model, in `models/text_vae.py`; its entry names the class.)
"""
from gensq_lib.cures.kinds import (
    MMD,
    AggressiveEncoder,
    Annealing,
    AutoencoderFirst,
    BagOfWords,
    Cure,
    FreeBits,
    GroupFreeBits,
    TargetRate,
    WordDropout,
    drop_words,
)
from gensq_lib.cures.registry import CURES, CureEntry, cure, network
