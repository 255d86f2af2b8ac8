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


def ordered(run: Run, cell: str, table: int, first: str, measure: str) -> list[float]:
    """A column over the rows that begin with `first`; names of rows that hold numbers cannot be looked up by a test of numbers."""
    names, *rows = run.tables(cell)[table]
    return [number(row[names.index(measure)]) for row in rows if row[0] == first]


JUDGE = "perfect judge of neighbours"
MILD = ("neighbours exchanged", "words in parts", "words left out")  # languages that differ in one way and can be learned
HARD = ("two names", "exchanged, in parts, left out")


def difficult(run: Run, table: int, *languages: str) -> list[dict[str, float]]:
    """The rows of some foreign languages: of keys (1) or of those who say sentences (2)."""
    return [recorded(run, "resists", table, name) for name in languages]


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
    Verdict("*Without back-translation* the sentiment is turned as well as with it", lambda run: (
        lambda way: abs(way("without back-translation") - way("denoising and back-translation")) < 0.05
        and way("noise of any word") < way("denoising and back-translation") - 0.1)(
            lambda by: recorded(run, "manners", 2, "sentiment", by)["right"])),
    Verdict("with 100 pairs most of it is right", lambda run: ordered(run, "manners", 2, "register", "right")[-2] > 0.8),
    Verdict("nothing is right, though the classifier believes all of it", lambda run: (
        lambda row: row["right"] < 0.05 and row["judged"] > 0.95)(
            recorded(run, "manners", 2, "register", "denoising and back-translation"))),
    Verdict("Of every key that its own tables end with it would see many times more than of the truth", lambda run: all(
        recorded(run, "tables", 1, JUDGE, start)["divergence"] > 5 * recorded(run, "tables", 1, "key", "the truth")["divergence"]
        for start in ("nothing", "frequency", "assignment"))),
    Verdict("On the easy language the keys have more than half of them", lambda run: (
        lambda row: min(row["restarts"], row["EM"]) > 0.5)(recorded(run, "resists", 1, "other names"))),
    Verdict("After *any one* of the changes EM has less than a third, and restarts less than a seventh", lambda run: all(
        row["EM"] < 1 / 3 and row["restarts"] < 1 / 7 for row in difficult(run, 1, *MILD, *HARD))),
    Verdict("says most sentences rightly where neighbours are exchanged", lambda run: all(
        row["network from the truth"] > 0.6 for row in difficult(run, 2, *MILD))),
    Verdict("word by word the dictionary says almost none of them", lambda run: all(
        row["word by word by the truth"] < 0.05 for row in difficult(run, 2, *MILD))),
    Verdict("even the true dictionary leaves most sentences wrong", lambda run: all(
        row["network from the truth"] < 0.4 for row in difficult(run, 2, *HARD))),
    Verdict("much better on the two hard ones", lambda run: all(
        row["network, 100 pairs"] > row["network from the truth"] + 0.3 for row in difficult(run, 2, *HARD))),
    Verdict("and still few sentences are valid", lambda run: 0.02 < recorded(
        run, "resists", 3, "zh-en", "and a dictionary")["valid"] < 0.2),
    Verdict("Thirty pairs do about as much as that dictionary, and more pairs more", lambda run: (
        lambda dictionary, *pairs: abs(pairs[0] - dictionary) < 0.05 and sorted(set(pairs)) == list(pairs))(
            *ordered(run, "resists", 3, "zh-en", "valid")[1:6])),
    Verdict("There next to no sentence is valid, with or without the dictionary, though more words are right than by chance",
            lambda run: all(
                (row := recorded(run, "resists", 3, "eo-en", by))["valid"] < 0.02
                and row["BLEU, all references"] > 3 * recorded(run, "resists", 3, "eo-en", "any sentence")["BLEU, all references"]
                for by in ("denoising and back-translation", "and a dictionary"))),
    Verdict("Here the truth is likelier by several nats a sentence", lambda run: (
        recorded(run, "world", 0, "truth", "")["nats"] > recorded(run, "world", 0, "assignment", "1")["nats"] + 2)),
]
