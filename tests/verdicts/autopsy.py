"""Phrases of lesson 20. Recorded tables are read where the lesson shows them."""
import re

from tests.verdicts import NUMBER, Run, Verdict, number

TABLES = ("mathematics", "shapes", "losses", "data", "evaluation", "references")
WRONG, REPAIRED = 2, 3  # columns
ABOVE, VALID, KL = 1, 2, 3  # of the table of mistakes put back


def cells(run: Run, cell: str, name: str) -> list[str]:
    """The row whose first cell begins so."""
    return next(row for table in run.tables(cell) for row in table[1:] if row[0].startswith(name))


def experiment(run: Run, kind: str, name: str, column: int = WRONG) -> float:
    return number(cells(run, kind, name)[column])


def interval(run: Run, name: str) -> list[float]:
    """Mean, lower and upper end of a claim that was tested."""
    return [number(text) for text in NUMBER.findall(cells(run, "claims", name)[2])]


def gain(run: Run, name: str) -> list[float]:
    """The recorded gain of a way over the start, with its interval."""
    return [number(text) for text in NUMBER.findall(cells(run, "recorded", name)[2])]


def put_back(run: Run, name: str, column: int) -> float:
    return number(cells(run, "broken", name)[column])


def at(run: Run) -> dict[int, float]:
    """Above the truth, by the number of sentences read."""
    return {int(number(size)): number(nats) for nats, size in re.findall(
        r"([\d.]+) nats at ([\d,]+)", run.said("more-data"))}


AUTOPSY = [
    Verdict("It is far better than the truth, which nothing can be, and what it writes is rubbish", lambda run: (
        lambda exact, reported, valid: reported < exact - 5 and valid < 5)(*run.numbers(
            "surprise", r"exact (\S+), reported (\S+) nats.*?: (\S+?)%"))),
    Verdict("the inverse of the encoder is twice as bad as the right decoder", lambda run: (
        1.8 < experiment(run, "mathematics", "the decoder is the inverse") / experiment(
            run, "mathematics", "the decoder is the inverse", REPAIRED) < 2.2)),
    Verdict("one makes the KL count ten times too much, the other sixteen times too little", lambda run: (
        experiment(run, "losses", "nats per word beside") == 10 and abs(experiment(
            run, "losses", "KL averaged") - 1 / 16) < 1e-3)),
    Verdict("Two of them go *below the truth*, as the unshifted decoder does", lambda run: all(
        experiment(run, kind, name) > 0 for kind, name in (
            ("data", "the decoder reads"), ("evaluation", "rare words"), ("evaluation", "reconstruction called")))),
    Verdict("the game has clearly fewer valid sentences", lambda run: interval(run, "A GAN writes better")[2] < -0.01),
    Verdict("it is a little nearer to the truth, in all eight seeds taken together", lambda run: (
        -0.005 < interval(run, "... at least")[0] < 0 and interval(run, "... at least")[2] < 0
        and number(cells(run, "claims", "... at least")[3]) == 8)),
    Verdict("costs about three quarters of a nat of the bound", lambda run: (
        0.6 < interval(run, "The weight of the KL")[0] < 0.9 and interval(run, "The weight of the KL")[1] > 0)),
    Verdict("the interval holds 0: the VAE is not to be told from its language model", lambda run: (
        lambda mean, low, high: low < 0 < high)(*interval(run, "A VAE always"))),
    Verdict("It helps at first, and then it does not", lambda run: (
        lambda found: found[500] - found[2000] > 0.3 and abs(found[10000] - found[20000]) < 0.1)(at(run))),
    Verdict("stays seven nats above the truth", lambda run: 6.5 < at(run)[20000] < 8.0),
    Verdict("**The game gains nothing that can be seen**, and neither do as many more steps of likelihood", lambda run: all(
        abs(gain(run, name)[0]) < 0.01 for name in ("after the game", "as many steps"))),
    Verdict("a bound below the truth, which is impossible, and no valid sentence", lambda run: (
        put_back(run, "the decoder reads", ABOVE) < -5 and put_back(run, "the decoder reads", VALID) < 0.01)),
    Verdict("the loss cannot fall, and everything is bad", lambda run: (
        put_back(run, "cross_entropy of", ABOVE) > 10 and put_back(run, "cross_entropy of", VALID) < 0.01)),
    Verdict("it stores four times as much, and the bound is clearly worse", lambda run: (
        3.5 < put_back(run, "KL averaged", KL) / put_back(run, "as it is", KL) < 5
        and put_back(run, "KL averaged", ABOVE) > put_back(run, "as it is", ABOVE) + 1)),
    Verdict("the bound is nearly that of the program as it is, and so is the share of valid sentences", lambda run: all(
        abs(put_back(run, name, column) - put_back(run, "as it is", column)) < 0.1
        for name in ("training decodes noise", "z = ") for column in (ABOVE, VALID))),
    Verdict("What gives the first away is the KL", lambda run: (
        put_back(run, "training decodes noise", KL) < 0.3 < 1 < put_back(run, "as it is", KL))),
]
