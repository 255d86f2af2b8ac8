"""The cures by name, for a lesson's parameter: "free_bits", "bag_of_words+word_dropout", ..."""
from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from gensq_lib.cures import kinds
from gensq_lib.cures.kinds import Cure
from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.maths.schedules import cyclical, linear, sigmoid

FREE_BITS = 0.45  # nats per dimension
RATE = 3.6  # nats per sentence: what FREE_BITS buys in 8 dimensions, so that prices can be compared
HIGH = 0.6  # nats per dimension, where a high rate is wanted
PLAIN = "TextVAE"  # the network of every cure that needs no other


@dataclass(frozen=True)
class Training:
    """What a cure may need to know of the training that it is for."""

    steps: int
    decoder_start: nn.Module | None = None  # a decoder whose weights the model's began with

    def share(self, part: float) -> int:
        """So many of the steps, at least 1."""
        return max(int(self.steps * part), 1)


@dataclass(frozen=True)
class CureEntry:
    """One cure of the registry."""

    make: Callable[[Training, Cure], Cure]  # from the training and the cure inside
    sets_price: bool = False  # it says what z costs, so nothing can stand inside it
    network: str = PLAIN  # the class of the model that it needs

    @property
    def changes_network(self) -> bool:
        """Whether it needs another network than the plain one."""
        return self.network != PLAIN


def _bag_of_words(training: Training, inner: Cure) -> Cure:
    return kinds.BagOfWords(linear(5.0, 1.0, steps=training.share(3 / 4)), inner)


CURES = {
    "none": CureEntry(lambda training, inner: inner),
    "batch_norm": CureEntry(lambda training, inner: inner, network="BatchNormVAE"),
    "committed_rate": CureEntry(lambda training, inner: inner, network="CommittedRateVAE"),
    "weak_decoder": CureEntry(lambda training, inner: inner, network="BlindVAE"),
    "last_state": CureEntry(lambda training, inner: inner, network="LastStateVAE"),  # no cure: what the others' pooling is worth
    "word_dropout": CureEntry(lambda training, inner: kinds.WordDropout(linear(0.5, 0.0, steps=training.share(3 / 4)), inner)),
    "aggressive": CureEntry(lambda training, inner: kinds.AggressiveEncoder(5, until=training.share(1 / 4), inner=inner)),
    "linear": CureEntry(lambda training, inner: kinds.Annealing(linear(0.0, 1.0, steps=training.share(1 / 2)), inner)),
    "sigmoid": CureEntry(lambda training, inner: kinds.Annealing(sigmoid(0.0, 1.0, steps=training.share(1 / 2)), inner)),
    "cyclical": CureEntry(lambda training, inner: kinds.Annealing(cyclical(0.0, 1.0, period=training.share(1 / 4)), inner)),
    "small_beta": CureEntry(lambda training, inner: kinds.Annealing(0.5, inner)),
    "free_bits": CureEntry(lambda training, inner: kinds.FreeBits(FREE_BITS), sets_price=True),
    "group_free_bits": CureEntry(lambda training, inner: kinds.GroupFreeBits(RATE), sets_price=True),
    "target_rate": CureEntry(lambda training, inner: kinds.TargetRate(RATE), sets_price=True),
    "mmd": CureEntry(lambda training, inner: kinds.MMD(20.0, kl_weight=0.3), sets_price=True),
    "autoencoder_first": CureEntry(lambda training, inner: kinds.AutoencoderFirst(
        training.share(1 / 4), inner, decoder_start=training.decoder_start)),
    "bag_of_words": CureEntry(_bag_of_words, network="BagOfWordsVAE"),
    "high_rate": CureEntry(lambda training, inner: _bag_of_words(training, kinds.FreeBits(HIGH)), sets_price=True,
                           network="BagOfWordsVAE"),
}


def cure(name: str, *, steps: int, decoder_start: nn.Module | None = None) -> Cure:
    """A cure by name for a training of `steps` steps; "free_bits+word_dropout" nests the second around the first.

    Taught in lesson 08.
    """
    training, made = Training(steps, decoder_start), Cure()
    for part in _parts(name):
        made = CURES[part].make(training, made)
    return made


def network(name: str) -> str:
    """The class of the model that a named cure needs."""
    return next((CURES[part].network for part in _parts(name) if CURES[part].changes_network), PLAIN)


def _parts(name: str) -> list[str]:
    """The names joined by "+", refused where they cannot stand together."""
    found = name.split("+")
    for part in found:
        if part not in CURES:
            raise GensqError(f'expected a cure out of {listed(CURES)}, or several joined by "+", got "{part}"'
                             f"{nearest(part, CURES)}")
    for part in found[1:]:
        if CURES[part].sets_price:
            raise GensqError(f'expected "{part}" first (it sets the price that others weigh), got "{name}"; reorder it')
    changing = [part for part in found if CURES[part].changes_network]
    if len(changing) > 1:
        raise GensqError(f'expected one cure at most that changes the network, got "{name}"; drop one of {listed(changing)}')
    return found
