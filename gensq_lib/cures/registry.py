"""The cures by name, for a lesson's parameter: "free_bits", "bag_of_words+word_dropout", ...

Each is registered beside its class, in the module of the place where it acts.
"""
from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from gensq_lib.cures.base import Cure
from gensq_lib.ground.errors import GensqError, listed, nearest

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


CURES: dict[str, CureEntry] = {}


def register(name: str, make: Callable[[Training, Cure], Cure], *, sets_price: bool = False, network: str = PLAIN) -> None:
    """Give a cure its name."""
    CURES[name] = CureEntry(make, sets_price, network)


register("none", lambda training, inner: inner)
register("batch_norm", lambda training, inner: inner, network="BatchNormVAE")
register("committed_rate", lambda training, inner: inner, network="CommittedRateVAE")
register("weak_decoder", lambda training, inner: inner, network="BlindVAE")
register("last_state", lambda training, inner: inner, network="LastStateVAE")  # no cure: what the pooling of all others is worth


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
