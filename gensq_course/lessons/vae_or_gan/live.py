"""What lesson 19 trains and measures here and now, at one seed: players, what they say, their rows."""
import time
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from gensq_course import widgets
from gensq_course.lessons.vae_or_gan.curves import at
from gensq_course.lessons.vae_or_gan.tables import measure, seeds
from gensq_course.lessons.vae_or_gan.tables import shown as shown_by_seeds
from gensq_course.report.session import Here
from gensq_course.studies import families
from gensq_course.studies.families import BATCH_SIZE, BUDGET, CHOSEN, NUM_TRAIN, Place, bought
from gensq_course.studies.family_more import game_parts
from gensq_course.studies.family_measures import COOL, controlled, measured
from gensq_course.studies.family_tables import TRIALS
from gensq_course.studies.players import Player, Replay
from gensq_course.studies.rows import Row, value
from gensq_lib.maths.stats import estimate
from gensq_lib.ground import runtime
from gensq_lib.text.vocab import Sentence


def trained(family: str, place: Place, here: Here) -> tuple[Player, float]:
    """Within the seconds of this run; and the seconds of one processor that its training took here."""
    began = time.process_time()
    player = families.fitted(family, place, seconds=here.seconds)
    return player, time.process_time() - began


def vae_parts(seconds: float = BUDGET) -> dict[str, int]:
    """Steps of the two parts of a VAE's training: by likelihood, for its decoder; as a VAE."""
    size, begun = CHOSEN["VAE"]["size"], CHOSEN["VAE"]["begun"]
    return {"likelihood_steps": bought("lstm", size, begun * seconds), "vae_steps": bought("vae", size, (1 - begun) * seconds)}


def readings(nums: Sequence[int] = (500, NUM_TRAIN, 50_000)) -> widgets.Table:
    """How many times each network reads all training sentences within the seconds of the recorded tables, by its steps."""
    parts = {"VAE, as a language model": vae_parts()["likelihood_steps"], "VAE, as a VAE": vae_parts()["vae_steps"],
             "GAN, before its game": game_parts()["likelihood_steps"]}
    steps = {family: [estimate(list(at("data", num, family, "steps").values())).mean for num in nums]
             for family in ("LSTM", "Transformer")} | {part: [num] * len(nums) for part, num in parts.items()}
    said = [[who, *(f"{done * BATCH_SIZE / num:,.1f}" for done, num in zip(each, nums, strict=True))]
            for who, each in steps.items()]
    return widgets.table(said, ["who", *(f"{num:,} sentences" for num in nums)],
                         "How many times all training sentences are read, within equal seconds")


def orders_tuned(nums: Sequence[int], seed: int) -> widgets.Table:
    """Of the one family that is tuned in a moment, n-gram models: the order that was searched at 5,000, and the best on
    validation sentences of each number of training sentences, both on test sentences; beside it the LSTM as recorded at this
    seed, or where it was not, at all seeds that were.
    """
    said = []
    for num in nums:
        place = Place(seed, num)
        parts = [(part, families.exact(place, part)) for part in (place.text.valid, place.text.test)]
        above = {}
        for size in (trial["size"] for trial in TRIALS["n-gram"]):
            player = families.fitted("n-gram", place, size=size)
            above[size] = [(log_p - player.log_q(part)).mean().item() for part, log_p in parts]
        best, usual = min(above, key=above.get), f"order {families.ORDERS[CHOSEN['n-gram']['size']]}"
        recorded = at("data", num, "LSTM", "nats above the truth")
        every = f"{shown_by_seeds(recorded, 2)}, seeds {', '.join(map(str, recorded))}"
        lstm = f"{recorded[seed]:.2f}" if seed in recorded else every
        said.append([f"{num:,}", f"{above[usual][1]:.2f}", f"{above[best][1]:.2f} ({best})", lstm])
    return widgets.table(said, ["sentences", f"n-gram, {usual}", "n-gram, its order tuned here", "LSTM, as recorded"],
                         f"Nats above the truth, seed {seed}: one run, so no interval")


def obeys(player: Player, place: Place) -> float:
    """Share of orders that it meets with one draw."""
    return value(controlled(player, place), measure="obeyed", draws=1)


def cooler(player: Player, place: Place, here: Here) -> float:
    """How much larger its valid share is at the cooler temperature."""
    shares = [valid(place, player.say(here.num_said, temperature=temperature, generator=runtime.generator(here.seed, "cooler")))
              .double().mean().item() for temperature in (COOL, 1.0)]
    return shares[0] - shares[1]


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


def even(place: Place) -> Replay:
    """Says each sentence that the grammar has as often as any other: always valid, and flatter than the truth."""
    return Replay(sentences=[derivation.words() for derivation in place.text.grammar.derivations()])


class Numbering:
    """A number for each sentence, the same for the same words."""

    def __init__(self) -> None:
        self.known: dict[Sentence, int] = {}

    def __call__(self, sentences: Sequence[Sentence]) -> Int[Tensor, "sample"]:
        return torch.tensor([self.known.setdefault(sentence, len(self.known)) for sentence in sentences])
