"""Phrases of lesson 17. One that is reworded in the lesson is reworded here, and its condition read again."""
import itertools
import re

from tests.verdicts import Run, Verdict, number


def swaps(run: Run, kind: int) -> list[float]:
    """Types over the sizes, from the truth by swaps: of disjoint sides (0) or of independent ones (1)."""
    found = re.findall(r"from the truth, by swaps ([\d., ]+)", run.described("recorded-sizes"))[kind]
    return [number(share) for share in found.strip(" .").split(", ")]


def recorded(run: Run, cell: str, table: int, *keys: str) -> dict[str, float]:
    """The row of a recorded table with these keys."""
    names, *rows = run.tables(cell)[table]
    row = next(row for row in rows if tuple(row[: len(keys)]) == keys)
    return {name: number(text) for name, text in zip(names[len(keys):], row[len(keys):], strict=True) if text.strip()}


UNPAIRED = [
    Verdict("Two numbers, far apart, from one key", lambda run: (
        lambda types, tokens: tokens > types + 0.2)(*run.numbers("by-frequency", r"types (\S+), tokens (\S+)"))),
    Verdict("and it falls in the same way", lambda run: all(
        a > b for a, b in itertools.pairwise(run.column("copying", "BLEU of copying")))),
    Verdict("In our run the key that was found is *likelier* than the truth", lambda run: (
        run.row("errors-table", "likeliest of")[-1] >= run.row("errors-table", "truth")[-1]
        and run.row("errors-table", "likeliest of")[0] < 1)),
    Verdict("With disjoint halves the swaps from the truth walk away from it however much text there is",
            lambda run: max(swaps(run, 0)) < 0.9),
    Verdict("With independent draws they nearly stay", lambda run: swaps(run, 1)[-1] > 0.95),
    Verdict("In our run the likelier of the three has the better key", lambda run: (
        lambda nats, types: nats.index(max(nats)) == types.index(max(types)))(
            run.column("em", "log p(secret sentence), nats"), run.column("em", "types right"))),
    Verdict("From a random key the perfect judge says −69 to everything within reach", lambda run: (
        run.tables("perfect")[0][1][1] == "random" and abs(number(run.tables("perfect")[0][1][3]) + 69) < 1)),
    Verdict("without the language model nothing is left", lambda run: recorded(
        run, "tables", 1, "without language model", "frequency")["types"] < 0.1),
    Verdict("it ends with *more* of the key", lambda run: recorded(run, "tables", 1, "without entropy", "frequency")["types"]
            > recorded(run, "tables", 1, "the bound", "frequency")["types"] + 0.05),
    Verdict("Nearly every word comes back", lambda run: (
        run.row("network", "round trip")[0] > 0.9 and run.row("network", "types")[0] < 0.4)),
    Verdict("Not one output is a sentence", lambda run: recorded(run, "manners", 1, "gamed")["a sentence"] == 0),
    Verdict("nothing is right, though the classifier believes all of it", lambda run: (
        lambda row: row["right"] < 0.05 and row["judged"] > 0.95)(
            recorded(run, "manners", 2, "register", "denoising and back-translation"))),
    Verdict("Without a pair it is no better than these", lambda run: recorded(
        run, "languages", 0, "denoising and back-translation")["valid"] < 0.02),
    Verdict("Here the truth is likelier by several nats a sentence", lambda run: (
        recorded(run, "world", 0, "truth", "")["nats"] > recorded(run, "world", 0, "assignment", "1")["nats"] + 2)),
]
