"""What lesson 19 trains and measures here and now, at one seed: players, what they say, their rows."""
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from gensq_course.lessons.vae_or_gan.tables import measure, seeds
from gensq_course.report.session import Here
from gensq_course.studies import families
from gensq_course.studies.families import Place
from gensq_course.studies.family_measures import measured
from gensq_course.studies.players import Player
from gensq_course.studies.rows import Row
from gensq_lib.ground import runtime
from gensq_lib.text.vocab import Sentence


def trained(family: str, place: Place, here: Here) -> Player:
    """Within the seconds of this run."""
    return families.fitted(family, place, seconds=here.seconds)


def rows(family: str, player: Player, place: Place, here: Here) -> list[Row]:
    """The measures of a player, as a recorded table has them."""
    found = [record | {"family": family} for record in measured(player, place, num=here.num_said)]
    return [{"setting": {"seed": here.seed}, "found": found, "seconds": player.seconds}]


def number(found: Sequence[Row], family: str, label: str) -> float:
    """One measure of one family of this run; NaN where it has none."""
    return next(iter(seeds(found, family, measure(label)).values()), float("nan"))


def said(player: Player, here: Here) -> list[Sentence]:
    """The same draws whenever they are asked for."""
    return player.say(here.num_said, generator=runtime.generator(here.seed, "said here"))


def shown(place: Place, player: Player, num: int = 6) -> list[str]:
    """Some of its sentences, for people to read."""
    return list(map(place.text.show, player.say(num, generator=runtime.generator(place.seed, "shown"))))


def valid(place: Place, sentences: Sequence[Sentence]) -> Bool[Tensor, "sample"]:
    """Whether the grammar can say each of them."""
    return families.exact(place, sentences).isfinite()


class Numbering:
    """A number for each sentence, the same for the same words."""

    def __init__(self) -> None:
        self.known: dict[Sentence, int] = {}

    def __call__(self, sentences: Sequence[Sentence]) -> Int[Tensor, "sample"]:
        return torch.tensor([self.known.setdefault(sentence, len(self.known)) for sentence in sentences])
