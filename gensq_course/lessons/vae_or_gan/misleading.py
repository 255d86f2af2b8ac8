"""Exercise of lesson 19: sentences that are true of the recorded table, word for word, and mislead. In what way does each?"""
from itertools import permutations

from gensq_course import widgets
from gensq_course.checks.choices import Choice
from gensq_course.checks.exercises import words
from gensq_course.lessons.vae_or_gan.searching import trials
from gensq_course.lessons.vae_or_gan.tables import PLAIN, lead, measure, of, rows
from gensq_course.lessons.tutorial_autopsy.pictures import by_seed
from gensq_course.studies.families import TRAINED
from gensq_course.studies.family_tables import TRIALS, in_words
from gensq_course.studies.players import NUM_IMPORTANCE
from gensq_lib.maths.stats import estimate

ANSWERS = {"A": "a lucky seed", "B": "a bound beside an exact number", "C": "one rival is not tuned", "D": "another temperature",
           "E": "a copy has no likelihood"}
VALID = "valid"


def mean(found: dict[int, float]) -> float:
    return estimate(list(found.values())).mean


def lucky() -> str:
    """The largest reversal."""
    return max(reversals())[1]


def reversals() -> list[tuple[float, str]]:
    """Wherever the best seed of one and the worst of another turn a sure order: by how much, and the sentence."""
    turned = []
    for label in ("valid", "discovered", "different and valid", "copies"):
        found, up = {family: of(family, label) for family in TRAINED}, 1 if measure(label).up else -1
        for ours, theirs in permutations(TRAINED, 2):
            ahead = lead(found[theirs], found[ours])
            best = up * max(up * value for value in found[ours].values())
            worst = up * min(up * value for value in found[theirs].values())
            sure = min(up * end for end in ahead.interval) > 0
            if sure and up * (best - worst) > 0:
                turned.append((abs(best - worst), f"In the column {label!r} a run of our {ours} reaches {best:.3f}, "
                               f"a run of the {theirs} {worst:.3f}: ours is better."))
    return turned


def bounded() -> str:
    """The bound of the VAE against the exact likelihood of the LSTM."""
    needed = {family: mean(by_seed(rows(), family=family, measure="nll", **PLAIN)) for family in ("VAE", "LSTM")}
    return (f"With {NUM_IMPORTANCE} importance samples the VAE needs {needed['VAE']:.2f} nats per sentence, the LSTM "
            f"{needed['LSTM']:.2f}: as a model of text it is {needed['VAE'] - needed['LSTM']:.2f} nats worse.")


def untuned() -> str:
    """The best trial of one family beside the worst of another, as where only one's own model was tuned."""
    reached = {family: trials(family, "gap") for family in ("LSTM", "Transformer")}
    worst = max(reached["Transformer"])
    setting = in_words(TRIALS["Transformer"][reached["Transformer"].index(worst)])
    return (f"Our LSTM stays {min(reached['LSTM']):.2f} nats above the truth; we also ran a Transformer ({setting}): "
            f"{worst:.2f}.")


def colder() -> str:
    """One family drawn at .8, the other at 1."""
    cold = mean(by_seed(rows(), family="n-gram", measure="valid", temperature=0.8, draws=None))
    warm = mean(of("n-gram", VALID))
    return f"Our way of drawing lifts the valid share of the n-gram model from {warm:.3f} to {cold:.3f} without further training."


def copied() -> str:
    """Replay."""
    best = mean(of("replay", VALID))
    return f"Our generator says {best:.3f} valid sentences, more than any network of the table, and its code is one line."


SAID = {"A": lucky, "B": bounded, "C": untuned, "D": colder, "E": copied}


def table() -> widgets.Table:
    """The sentences, with numbers of the recorded tables."""
    return widgets.table([[letter, said()] for letter, said in SAID.items()], ["", "true, and misleading"])


def evidence(letter: str, option: str) -> str:
    """The sentence again, beside the option that does not fit."""
    return f"The sentence: {SAID[letter]()}"


MISLED = Choice(**words(__file__, "misled"), reference=lambda: dict(ANSWERS), answers=ANSWERS, evidence=evidence)
