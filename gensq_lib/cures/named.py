"""The cures by name, for a lesson's parameter: "free_bits", "bag_of_words+word_dropout", ..."""
from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from gensq_lib.cures.base import Cure
from gensq_lib.cures.decoder import WordDropout
from gensq_lib.cures.encoder import AggressiveEncoder
from gensq_lib.cures.price import MMD, Annealing, FreeBits, GroupFreeBits, TargetRate
from gensq_lib.cures.stages import AutoencoderFirst
from gensq_lib.cures.task import BagOfWords
from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.maths.schedules import cyclical, linear, sigmoid

FREE_BITS = 0.45  # nats per dimension
HIGH = 0.6  # nats per dimension, where a high rate is wanted
RATE = 3.6  # nats per sentence: what FREE_BITS buys in 8 dimensions, so that prices can be compared


@dataclass(frozen=True)
class Run:
    """What a named cure may need to know of the run."""

    steps: int
    decoder_start: nn.Module | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the table."""

    make: Callable[[Run, Cure], Cure]  # (run, inner cure) -> cure
    sets_price: bool = False  # it says what z costs, so nothing can stand inside it
    model: str = ""  # the network that it needs, a name of models.cured_vae


def _half(run: Run) -> int:
    return max(run.steps // 2, 1)


NAMED: dict[str, Entry] = {
    "none": Entry(lambda run, inner: inner),
    "linear": Entry(lambda run, inner: Annealing(linear(0.0, 1.0, steps=_half(run)), inner)),
    "sigmoid": Entry(lambda run, inner: Annealing(sigmoid(0.0, 1.0, steps=_half(run)), inner)),
    "cyclical": Entry(lambda run, inner: Annealing(cyclical(0.0, 1.0, period=max(run.steps // 4, 1)), inner)),
    "small_beta": Entry(lambda run, inner: Annealing(0.5, inner)),
    "free_bits": Entry(lambda run, inner: FreeBits(FREE_BITS), sets_price=True),
    "high_rate": Entry(lambda run, inner: BagOfWords(linear(5.0, 1.0, steps=max(run.steps * 3 // 4, 1)), FreeBits(HIGH)),
                       sets_price=True, model="bag_of_words"),
    "group_free_bits": Entry(lambda run, inner: GroupFreeBits(RATE), sets_price=True),
    "target_rate": Entry(lambda run, inner: TargetRate(RATE), sets_price=True),
    "mmd": Entry(lambda run, inner: MMD(20.0, kl_weight=0.3), sets_price=True),
    "word_dropout": Entry(lambda run, inner: WordDropout(linear(0.5, 0.0, steps=max(run.steps * 3 // 4, 1)), inner)),
    "aggressive": Entry(lambda run, inner: AggressiveEncoder(5, until=max(run.steps // 4, 1), inner=inner)),
    "autoencoder_first": Entry(lambda run, inner: AutoencoderFirst(max(run.steps // 4, 1), inner,
                                                                   decoder_start=run.decoder_start)),
    "bag_of_words": Entry(lambda run, inner: BagOfWords(linear(5.0, 1.0, steps=max(run.steps * 3 // 4, 1)), inner),
                          model="bag_of_words"),
    "batch_norm": Entry(lambda run, inner: inner, model="batch_norm"),
    "committed_rate": Entry(lambda run, inner: inner, model="committed_rate"),
    "weak_decoder": Entry(lambda run, inner: inner, model="weak_decoder"),
    "last_state": Entry(lambda run, inner: inner, model="last_state"),  # no cure: what the pooling of all others is worth
}


def named(name: str, *, steps: int, decoder_start: nn.Module | None = None) -> Cure:
    """A cure by name for a run of `steps` steps; "free_bits+word_dropout" nests the second around the first."""
    run, cure = Run(steps, decoder_start), Cure()
    for part in parts(name):
        cure = NAMED[part].make(run, cure)
    return cure


def needs(name: str) -> str:
    """The kind of network that a named cure asks for; "" is the usual text VAE."""
    return next((NAMED[part].model for part in parts(name) if NAMED[part].model), "")


def parts(name: str) -> list[str]:
    """The names joined by "+", refused where they cannot stand together."""
    found = name.split("+")
    for part in found:
        if part not in NAMED:
            raise GensqError(f'expected a cure out of {listed(NAMED)}, or several joined by "+", got "{part}"'
                             f"{nearest(part, NAMED)}")
    for part in found[1:]:
        if NAMED[part].sets_price:
            raise GensqError(f'expected "{part}" first (it sets the price that others weigh), got "{name}"; reorder it')
    kinds = [NAMED[part].model for part in found if NAMED[part].model]
    if len(kinds) > 1:
        raise GensqError(f'expected one cure at most that changes the network, got "{name}"; drop one of {listed(kinds)}')
    return found
