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
    """A column over the rows that begin with `first`; rows whose names hold numbers cannot be looked up."""
    names, *rows = run.tables(cell)[table]
    return [number(row[names.index(measure)]) for row in rows if row[0] == first]


JUDGE = "perfect judge of neighbours"
EASY = "other names"
CHANGED = ("neighbours exchanged", "words in parts", "words left out", "two names", "exchanged, in parts, left out")


def difficult(run: Run, table: int) -> list[dict[str, float]]:
    """The rows of the languages that differ in more than names: of keys (1), of dictionaries (2), of networks (3)."""
    return [recorded(run, "resists", table, name) for name in CHANGED]


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
    Verdict("*as little noise, of any word* does no better than more of it", lambda run: (
        lambda right, little: right("noise of any word") > right(little) - 0.1 and right(little) < right(
            "denoising and back-translation") - 0.1)(
                lambda by: recorded(run, "manners", 2, "sentiment", by)["right"], "as little noise, of any word")),
    Verdict("with either one run of five gets a fifth right", lambda run: all(
        0.15 < lowest < 0.25 for lowest in (recorded(run, "manners", 2, "sentiment", by)["right, range"] for by in (
            "noise of any word", "as little noise, of any word")))),
    Verdict("two thirds of the outputs are no sentence, and next to nothing is right", lambda run: (
        lambda row: 0.25 < row["a sentence"] < 0.42 and row["right"] < 0.05 and 0.4 < row["judged"] < 0.6)(
            recorded(run, "manners", 2, "sentiment", "with a copy gate"))),
    Verdict("where few words are shared", lambda run: (lambda sentiment, register: register < 0.2 < 0.5 < sentiment)(
        *run.numbers("manners", r"sentiment (\S+), register (\S+)"))),
    Verdict("nothing is right, though the classifier believes all of it", lambda run: (
        lambda row: row["right"] < 0.05 and row["judged"] > 0.95)(
            recorded(run, "manners", 2, "register", "denoising and back-translation"))),
    Verdict("the *sentiment* is kept less often than a coin would keep it", lambda run: (
        lambda row: row["sentiment"] < 0.4 and row["when"] > 0.95 and row["topic"] > 0.8)(
            recorded(run, "manners", 4, "denoising and back-translation"))),
    Verdict("nearly all of it is right, with either noise; from the pairs alone about three in five sentences are", lambda run: (
        lambda any_word, alone, styled: min(any_word, styled) > 0.9 and 0.5 < alone < 0.68)(
            *ordered(run, "manners", 2, "register", "right")[-3:])),
    Verdict("Of every key that its own tables end with it would see many times more than of the truth", lambda run: all(
        recorded(run, "tables", 1, JUDGE, start)["divergence"] > 5 * recorded(run, "tables", 1, "key", "the truth")["divergence"]
        for start in ("nothing", "frequency", "assignment"))),
    Verdict("On the easy language restarts (the likeliest of 30) and EM have more than half of them", lambda run: (
        lambda row: min(row["restarts"], row["EM"]) > 0.5)(recorded(run, "resists", 1, EASY))),
    Verdict("After *any one* of the changes EM has less than a third and restarts less than a fifth", lambda run: all(
        row["EM"] < 1 / 3 and row["restarts"] < 1 / 5 for row in difficult(run, 1))),
    Verdict("The exchange of neighbours is the worst: there both read *fewer* types than counting did", lambda run: (
        lambda rows: rows[0]["EM"] == min(row["EM"] for row in rows[:-1])
        and max(rows[0]["EM"], rows[0]["restarts"]) < rows[0]["by frequency"])(difficult(run, 1))),
    Verdict("EM keeps every word where names alone were changed, be it one or two for a word", lambda run: all(
        recorded(run, "resists", 1, name)["EM, from the truth"] > 0.99 for name in (EASY, "two names"))),
    Verdict("After the other changes it walks away and keeps a quarter to a half", lambda run: all(
        0.2 < row["EM, from the truth"] < 0.55 for name, row in zip(CHANGED, difficult(run, 1), strict=True)
        if name != "two names")),
    Verdict("Where words are left out it is above: there the search fails, too", lambda run: all(
        (row["nats ahead of EM"] > 0.3) == ("left out" in name) for name, row in zip(CHANGED, difficult(run, 1), strict=True))),
    Verdict("Word by word even the *true* dictionary says almost none of them, unless order and length stay", lambda run: all(
        (row["by the truth"] < 0.05) != (language == "two names")
        for language, row in zip(CHANGED, difficult(run, 2), strict=True))),
    Verdict("With it the network says nearly all sentences rightly, whatever was changed", lambda run: all(
        row["the truth"] > 0.9 for row in difficult(run, 3))),
    Verdict("gets somewhere on the easy language alone", lambda run: recorded(run, "resists", 3, EASY)["EM"] > 0.3
            and all(row["EM"] < 0.1 for row in difficult(run, 3))),
    Verdict("There it says more than that dictionary does word by word", lambda run: recorded(run, "resists", 3, EASY)["EM"]
            > recorded(run, "resists", 2, EASY)["by EM"] + 0.1),
    Verdict("*Alone* they are enough for some sentences", lambda run: all(
        0.05 < row["pairs alone"] < row["pairs"] - 0.05 for row in (*difficult(run, 3), recorded(run, "resists", 3, EASY)))),
    Verdict("they are enough for most, in every language", lambda run: all(
        row["pairs"] > 0.5 for row in (*difficult(run, 3), recorded(run, "resists", 3, EASY)))),
    Verdict("says three in five sentences rightly: not more than one that learns from the pairs themselves", lambda run: (
        lambda row, words: 0.5 < row["IBM 1"] < row["pairs"] + 0.01 and row["IBM 1"] > words["by IBM 1"] + 0.3)(
            recorded(run, "resists", 3, "two names"), recorded(run, "resists", 2, "two names"))),
    Verdict("hardly a sentence follows from that word by word, where order or length changed", lambda run: all(
        row["by IBM 1"] < 0.05 for name, row in zip(CHANGED, difficult(run, 2), strict=True) if name != "two names")),
    Verdict("Over five ciphers this care changed little", lambda run: all(
        abs(row["pairs alone"] - row["untended"]) < 0.15 for row in (*difficult(run, 3), recorded(run, "resists", 3, EASY)))),
    Verdict("about one in twelve has one in the English heap, and of the sentences of the Chinese heap a third", lambda run: (
        lambda row: 0.06 < row["test answers in the heap"] < 0.11 and 0.25 < row["translations in the heap"] < 0.4)(
            recorded(run, "resists", 5, "zh-en"))),
    Verdict("of the answers are English sentences, and these have hardly more to do with the source than", lambda run: (
        lambda valid, topic, sentence: valid[1] < 0.02 and abs(topic[1] - topic[7]) < 0.05 and 0.3 < sentence[1] < 0.7)(
            *(ordered(run, "resists", 4, "zh-en", name) for name in ("valid", "kind, tense, topic", "a sentence")))),
    Verdict("about half are valid, and of that dictionary's own word-by-word sentences none", lambda run: (
        lambda valid: 0.4 < valid[2] < 0.7 and valid[0] < 0.01)(ordered(run, "resists", 4, "zh-en", "valid"))),
    Verdict("A hundred pairs alone: next to none; with the heaps, about half", lambda run: (
        lambda valid: valid[5] < 0.05 and 0.4 < valid[3] < 0.7)(ordered(run, "resists", 4, "zh-en", "valid"))),
    Verdict("A thousand pairs alone are nearly enough, and the heaps take away half of the errors that are left", lambda run: (
        lambda valid: valid[6] > 0.9 and 0.3 < (1 - valid[4]) / (1 - valid[6]) < 0.7)(
            ordered(run, "resists", 4, "zh-en", "valid"))),
    Verdict("the dictionary alone says a few valid sentences, with the heaps most are valid", lambda run: (
        lambda valid: 0.05 < valid[0] < 0.3 and valid[2] > 0.7)(ordered(run, "resists", 4, "eo-en", "valid"))),
    Verdict("next to none alone and nearly half with the heaps; beside a thousand pairs nothing is seen of the heaps",
            lambda run: (lambda valid: valid[5] < 0.05 and 0.3 < valid[3] < 0.5 and abs(valid[4] - valid[6]) < 0.03)(
                ordered(run, "resists", 4, "eo-en", "valid"))),
    Verdict("Here the truth is likelier by several nats a sentence", lambda run: (
        recorded(run, "world", 0, "truth", "")["nats"] > recorded(run, "world", 0, "assignment", "1")["nats"] + 2)),
]
