"""What lesson 19's table lacked: the GAN's start without its game, an LSTM that is told by tag words, and orders whose answers
are new.
"""
from gensq_course.studies.families import BUDGET, CHOSEN, TRAINED, Place, bought, fitted, start
from gensq_course.studies.family_measures import controlled, cooled, measured
from gensq_course.studies.family_tables import SEEDS, TUNED_ON
from gensq_course.studies.family_told import TAGS, told
from gensq_course.studies.players import Player, Words
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study

NO_GAME, TOLD = "LSTM, no game", "LSTM, told"
ORDERED = (*TRAINED, "replay", "world")  # who is given orders


def game_parts(seconds: float = BUDGET) -> dict[str, int]:
    """Steps of the three parts of a GAN's training: by likelihood, of its judge alone, rounds of the game."""
    size, begun = CHOSEN["GAN"]["size"], CHOSEN["GAN"]["begun"]
    left = (1 - begun) * seconds
    return {"likelihood_steps": bought("lstm", size, begun * seconds), "judge_steps": bought("judge", size, left / 4),
            "rounds": bought("game", size, 3 * left / 4)}


def no_game(place: Place, seconds: float = BUDGET) -> Player:
    """What the GAN starts its game with, as it is."""
    first = start(place, CHOSEN["GAN"]["size"], CHOSEN["GAN"]["begun"] * seconds)
    return Words(first.seconds, first.steps, first.model.eval(), place.vocab)


def more(*, seed: int) -> list[Record]:
    """Of the two new players everything that the table has (a told one is not cooled), and the parts of the GAN's training."""
    place = Place(seed)
    start_alone, tagged = no_game(place), told(place)
    found = {NO_GAME: measured(start_alone, place) + cooled(start_alone, place) + controlled(start_alone, place),
             TOLD: measured(tagged, place) + controlled(tagged, place), "GAN": records(game_parts())}
    return [{"family": family, **record} for family, mine in found.items() for record in mine]


def orders(*, seed: int) -> list[Record]:
    """How the players of the first table take orders, and how much of what they say then is different and new."""
    place = Place(seed)
    return [{"family": family, **record} for family in ORDERED for record in controlled(fitted(family, place), place)]


def ways_to_tag(*, seed: int, way: str) -> list[Record]:
    """How a told LSTM takes orders."""
    return controlled(told(Place(seed), way=way), Place(seed))


MORE = Study("families_more", "What does the GAN's game add, and what does a latent variable add to tag words?",
             [{"seed": seed} for seed in SEEDS], more)
ORDERS = Study("families_orders", "How many of the sentences that were ordered are different, and new?",
               [{"seed": seed} for seed in SEEDS], orders)
WAYS_TO_TAG = Study("families_told", "Should sentences without a label carry no tag or a guessed one?",
                    [{"seed": TUNED_ON, "way": way} for way in TAGS], ways_to_tag)
