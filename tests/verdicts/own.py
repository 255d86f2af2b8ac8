"""Phrases of lesson 21."""
from tests.verdicts import Run, Verdict, number

SWAPPED, AGAIN = "two words swapped", "five sentences again and again"


def powers(run: Run, fault: str, test: str) -> list[float]:
    """At 10, 20, 40 and 100 % of faulty sentences."""
    return next([number(cell) for cell in row[2:]] for row in run.tables("power")[0][1:] if row[:2] == [fault, test])


def strange(run: Run, name: str) -> float:
    """By the mean of the jury."""
    return run.row("envelope", name)[0]


def valid(run: Run, name: str) -> float:
    row = next(row for row in run.tables("envelope")[0][1:] if row[0] == name)
    return number(row[3])


def pays(run: Run) -> list[float]:
    """Split by line: nats of lines whose near copy was read, and of the same ones without it."""
    row = next(row for row in run.tables("split")[0][1:] if row[0] == "by line")
    return [number(row[2]), number(row[3])]


def per_token(run: Run, name: str) -> float:
    return next(number(row[3]) for row in run.tables("units")[0][1:] if row[0] == name)


YOUR_OWN_TEXT = [
    Verdict("with their near copies in training they pay much less", lambda run: pays(run)[0] < pays(run)[1] - 3),
    Verdict("characters seem to win by a wide margin", lambda run: (
        per_token(run, "words") > 2 * per_token(run, "characters") > 0)),
    Verdict("Counts of words and pairs hardly notice a swap", lambda run: max(
        powers(run, SWAPPED, test)[2] for test in ("kernel", "classifier")) < 0.5),
    Verdict("the jury hears it", lambda run: powers(run, SWAPPED, "jury")[2] >= 0.8),
    Verdict("Repetition is the other way round", lambda run: powers(run, AGAIN, "kernel")[1] >= 0.8 > powers(
        run, AGAIN, "jury")[1]),
    Verdict("*Training sentences again* are as good as real", lambda run: abs(
        strange(run, "training sentences again") - strange(run, "real, held out")) < 0.06),
    Verdict("a *cooler* model is less strange than it would be at temperature 1", lambda run: strange(
        run, "LM, T = 0.6") < strange(run, "LM")),
    Verdict("Nearly all sentences of a model may be invalid in the world while few of them are strange", lambda run: (
        valid(run, "LM") < 0.2 and 0 <= strange(run, "LM") < 0.3)),
    Verdict("nobody should believe the floor of a fitted curve", lambda run: (lambda truth, floor: abs(truth - floor) > 2)(
        *run.numbers("verdict-truth", r"cost (\S+) nats under.*own floor is ([\d.]+)\."))),
]
