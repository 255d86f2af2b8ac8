"""Phrases of lesson 22."""
from tests.verdicts import Run, Verdict, falls, number


def cell(run: Run, place: str, row: str, column: str) -> float:
    """The number of a table where a row and a column meet."""
    names, *rows = run.tables(place)[0]
    return number(next(each for each in rows if each[0] == row)[names.index(column)])


def noise(run: Run, batches: str) -> float:
    return run.row("gradient-noise", batches)[0]


def nats(run: Run, layer: str) -> float:
    return cell(run, "layers", layer, "held-out nats")


def too_small(run: Run) -> list[float]:
    """By so much the sampled loss is below the exact one: 64, 256 and 1,024 draws, and without the correction."""
    return [number(row[-1]) for row in run.tables("no-likelihood-table")[0][2:]]


def bf16(run: Run, what: str) -> list[float]:
    return run.row("bf16", what)


def log_p_error(run: Run, begins: str) -> float:
    return number(next(row for row in run.tables("bf16-softmax-table")[0] if row[0].startswith(begins))[-1])


def iwae(run: Run, name: str) -> tuple[float, float]:
    """Mean difference to fp32, and the standard deviation of one sentence."""
    row = next(row for row in run.tables("iwae-table")[0] if row[0] == name)
    return number(row[-2]), number(row[-1])


def distance(run: Run, way: str) -> float:
    return run.row("ranks-run", way)[0]


SCALING_UP = [
    Verdict("In buckets nearly nothing is wasted", lambda run: (
        0 <= cell(run, "padding", "buckets", "padding") < 6 < cell(run, "padding", "random", "padding") - 20)),
    Verdict("so single steps are noisier", lambda run: noise(run, "buckets") > 1.2 * noise(run, "random") > 0),
    Verdict("has unlearnt that a sentence may be short", lambda run: (
        cell(run, "sorted", "sorted, never shuffled", "held-out nats per sentence")
        > cell(run, "sorted", "shuffled buckets", "held-out nats per sentence") + 0.5)),
    Verdict("After the same sentences the full softmax is ahead", lambda run: (
        nats(run, "the truth") < nats(run, "full") < nats(run, "adaptive") < nats(run, "word frequencies alone"))),
    Verdict("it shrinks as K grows", lambda run: falls(too_small(run)[:3]) and too_small(run)[0] > 0),
    Verdict("Without the correction the number is off by far more", lambda run: abs(too_small(run)[3]) > 5 * abs(
        too_small(run)[0])),
    Verdict("An update smaller than half the distance to the next number is no update at all", lambda run: (
        bf16(run, "1 + 1000 updates of .001") == [2, 1])),
    Verdict("a running sum stalls", lambda run: bf16(run, "sum of 1000 times 0.1")[-1] < 50),
    Verdict("which keeps its log-probabilities in the type of the features that it gets", lambda run: (
        log_p_error(run, "adaptive, torch's own (torch.bfloat16)") > 3 * log_p_error(
            run, "adaptive, the library's (torch.float32)"))),
    Verdict("what rounding does to the mean, and what other draws do", lambda run: abs(
        iwae(run, "bf16, the same draws")[0]) < 0.2 and iwae(run, "bf16, the same draws")[1] < iwae(
        run, "fp32, other draws")[1]),
    Verdict("A rank's own *mean* is right only if all parts are equal", lambda run: (
        distance(run, "sums, times R / N") < 1e-4 < 0.03 < distance(run, "mean of means"))),
]
