"""Phrases of lesson 22."""
from tests.verdicts import Run, Verdict, falls, number


def cell(run: Run, place: str, row: str, column: str) -> float:
    """The number of a table where a row and a column meet."""
    names, *rows = run.tables(place)[0]
    return number(next(each for each in rows if each[0] == row)[names.index(column)])


def leaning(run: Run, batches: str) -> float:
    return cell(run, "gradient-noise", batches, "distance of the mean step to the text's")


def noise(run: Run, batches: str) -> float:
    return cell(run, "gradient-noise", batches, "variance of the gradient / squared mean")


def lost_by_sorting(run: Run) -> list[list[float]]:
    """Nats more than after shuffled buckets, of the shorter half and of the longer one: of the words, and of the end."""
    shuffled, ordered = ([[number(part) for part in text.split("+")] for text in row[-2:]] for row in run.tables("sorted")[0][1:])
    return [[after - before for before, after in zip(one, other, strict=True)]
            for one, other in zip(shuffled, ordered, strict=True)]


def nats(run: Run, layer: str) -> float:
    return cell(run, "layers", layer, "held-out nats")


def too_small(run: Run) -> list[float]:
    """By so much the sampled loss is below the exact one: 64, 256 and 1,024 draws, and without the correction."""
    return [number(row[-1]) for row in run.tables("no-likelihood-table")[0][2:]]


def bf16(run: Run, what: str) -> list[float]:
    return run.row("bf16", what)


def log_p_error(run: Run, name: str) -> float:
    return cell(run, "bf16-softmax-table", name, "mean |error|, nats per token")


def iwae(run: Run, name: str) -> tuple[float, float]:
    """Mean difference to fp32, and the standard deviation of one sentence."""
    row = next(row for row in run.tables("iwae-table")[0] if row[0] == name)
    return number(row[-2]), number(row[-1])


def error_of_the_bound(run: Run) -> float:
    return number(next(row for row in run.tables("iwae-table")[0] if row[0] == "fp32")[2].split("±")[1])


def distance(run: Run, way: str, dealt: str = "by chance") -> float:
    return cell(run, "ranks-run", way, dealt)


def recorded_memory(run: Run) -> list[tuple[float, float]]:
    """Of each kind of text: megabytes more, and the share of tokens a second that is lost, of many lines beside few."""
    _, *rows = run.tables("memory-recorded")[0]
    return [(number(many[2]) - number(few[2]), 1 - number(many[3]) / number(few[3]))
            for few, many in zip(rows[::2], rows[1::2], strict=True)]


SCALING_UP = [
    Verdict("In buckets nearly nothing is wasted", lambda run: (
        0 <= cell(run, "padding", "buckets", "padding") < 6 < cell(run, "padding", "random", "padding") - 20)),
    Verdict("so a long sentence weighs many times as much as a short one", lambda run: (
        leaning(run, "by tokens") > 0.05 > 0.005 > leaning(run, "random"))),
    Verdict("Single batches by tokens are the noisiest", lambda run: noise(run, "by tokens") > max(
        noise(run, "random"), noise(run, "buckets")) > 0),
    Verdict("so the mean step is off by about a third of its length, or more", lambda run: leaning(run, "by tokens") > 0.25),
    Verdict("and all weigh alike again", lambda run: (
        0 <= leaning(run, "by tokens, over the usual number") < 0.005 < leaning(run, "by tokens"))),
    Verdict("It has unlearnt a little that a sentence may be short", lambda run: lost_by_sorting(run)[0][1] > 0.3),
    Verdict("most of the loss is in the words, of short sentences and of long ones", lambda run: all(
        words > end > 0 for words, end in lost_by_sorting(run))),
    Verdict("After the same sentences the full softmax is ahead", lambda run: (
        nats(run, "the truth") < nats(run, "full") < min(nats(run, "adaptive"), nats(run, "sampled"))
        < nats(run, "word frequencies alone"))),
    Verdict("it shrinks as K grows", lambda run: falls(too_small(run)[:3]) and too_small(run)[0] > 0),
    Verdict("Without the correction the number is off by far more", lambda run: abs(too_small(run)[3]) > 5 * abs(
        too_small(run)[0])),
    Verdict("An update smaller than half the distance to the next number is no update at all", lambda run: (
        bf16(run, "1 + 1000 updates of .001") == [2, 1])),
    Verdict("a running sum stalls", lambda run: bf16(run, "sum of 1000 times 0.1")[-1] < 50),
    Verdict("which keeps its log-probabilities in the type of the features that it gets", lambda run: (
        log_p_error(run, "adaptive, torch's own (torch.bfloat16)") > 3 * log_p_error(
            run, "adaptive, the library's (torch.float32)"))),
    Verdict("A good part of the error is there as soon as *scores* are rounded", lambda run: (
        log_p_error(run, "full, log-softmax in bf16") > log_p_error(run, "full, scores in bf16, log-softmax in fp32")
        > 0.3 * log_p_error(run, "full, log-softmax in bf16") > 0)),
    Verdict("what rounding does to the mean, and what other draws do", lambda run: abs(
        iwae(run, "bf16, the same draws")[0]) < 0.2 and iwae(run, "bf16, the same draws")[1] < iwae(
        run, "fp32, other draws")[1]),
    Verdict("rounding is a small part of that", lambda run: (
        0 < 10 * abs(iwae(run, "bf16, the same draws")[0]) < error_of_the_bound(run) or iwae(
            run, "bf16, the same draws")[0] == 0 < error_of_the_bound(run))),
    Verdict("less far off than another draw of sentences would be", lambda run: (
        0 < distance(run, "mean of means") < distance(run, "another random batch"))),
    Verdict("dealt by length it leans the same way every time", lambda run: distance(run, "mean of means", "by length") > 0.1),
    Verdict("and, but for rounding, the same step of Adam", lambda run: (
        distance(run, "R forgotten") > 0.5 > 0.1 > distance(run, "R forgotten", "Adam's first step, by chance"))),
    Verdict("memory is the same to some thirty megabytes for a hundred times the text", lambda run: all(
        -30 <= more <= 35 for more, _ in recorded_memory(run))),
    Verdict("within a tenth as many tokens for a second of a core", lambda run: all(
        abs(slower) < 0.1 for _, slower in recorded_memory(run))),
    Verdict("each seed took the largest exponent that the fit tries", lambda run: run.numbers(
        "size", r"exponent ([\d.]+) .*for (\d+) of (\d+) seeds") in ([1.0, 2.0, 2.0], [1.0, 3.0, 3.0], [1.0, 5.0, 5.0])),
    Verdict("A rank's own *mean* is right only if all parts are equal", lambda run: (
        distance(run, "sums, times R / N") < 1e-4 < 0.03 < distance(run, "mean of means"))),
]
