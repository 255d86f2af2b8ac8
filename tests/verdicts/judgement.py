"""Phrases of lesson 19. Its recorded tables are read where the lesson shows them."""
import re

from tests.verdicts import NUMBER, Run, Verdict, number

ABOVE, JS, VALID, FOUND = 1, 2, 3, 4  # columns of the recorded table
NETWORKS = ("LSTM", "Transformer", "VAE", "GAN")


def cells(run: Run, cell: str, name: str, table: int = 0) -> list[str]:
    """The row whose first cell begins so."""
    return next(row for row in run.tables(cell)[table][1:] if row[0].startswith(name))


def mean(run: Run, family: str, column: int, cell: str = "recorded", table: int = 0) -> float:
    """Over the seeds."""
    return number(cells(run, cell, family, table)[column])


def interval(run: Run, cell: str, name: str, column: int, table: int = 0) -> list[float]:
    """Mean, lower and upper end."""
    return [number(text) for text in NUMBER.findall(cells(run, cell, name, table)[column])]


def behind(run: Run, family: str, column: int) -> float:
    """By how much a family lies above the LSTM."""
    return mean(run, family, column) - mean(run, "LSTM", column)


def live(run: Run, who: str, column: int = 1) -> float:
    """Of the two mixtures and what they are made of."""
    return number(cells(run, "mixture-use", who)[column])


def found_here(run: Run, family: str) -> float:
    return number(cells(run, "discoveries-use", family)[1])


def gap(run: Run, question: str) -> list[float]:
    """Of a question: the difference and its interval."""
    return interval(run, "asked", question, 2)


def above(found: list[float]) -> bool:
    return found[1] > 0


def below(found: list[float]) -> bool:
    return found[2] < 0


def holds_zero(found: list[float]) -> bool:
    return found[1] < 0 < found[2]


def described(run: Run, cell: str, family: str) -> list[float]:
    """The heights of a curve, as the words of the figure have them."""
    part = [part for part in run.described(cell).split("; ") if re.search(rf"(^|: ){family} ", part)][0]
    return [number(text) for text in re.findall(r"(-?\d+\.?\d*) at", part.split(": ")[-1])]


VAE_OR_GAN = [
    Verdict("Not one mistake in all it said", lambda run: (
        run.numbers("surprise", r"valid (\S+?)%")[0] == 100 and run.numbers("surprise", r"at all: (\S+?)%")[0] < 50)),
    Verdict("pays at most log 100 = 4.61 nats for it", lambda run: (
        4.5 < live(run, "1 % grammar") < 4.615 and live(run, "1 % grammar", 2) < 0.02)),
    Verdict("The second hardly ever errs, and stays far above the truth", lambda run: (
        live(run, "99 % replay") > 2 and live(run, "99 % replay", 2) > 0.98)),
    Verdict("The replay finds nothing, random words find nothing, and the grammar itself does not reach 1", lambda run: (
        found_here(run, "replay") == 0 and found_here(run, "random words") < 0.002 and 0.3 < found_here(run, "world") < 0.9)),
    Verdict("of the Transformer by a twentieth of a nat, of the GAN by less than a tenth, of the VAE", lambda run: (
        0.04 < behind(run, "Transformer", ABOVE) < 0.06 and 0.05 < behind(run, "GAN", ABOVE) < 0.1
        and 0.14 < behind(run, "VAE", ABOVE) < 0.16)),
    Verdict("of the counts by nine tenths", lambda run: 0.85 < behind(run, "n-gram", ABOVE) < 0.95),
    Verdict("The GAN is behind the LSTM in all four columns of the first table", lambda run: (
        behind(run, "GAN", ABOVE) > 0 and behind(run, "GAN", JS) > 0 and behind(run, "GAN", VALID) < 0
        and behind(run, "GAN", FOUND) < 0)),
    Verdict("The VAE lies behind in all four columns, too", lambda run: (
        behind(run, "VAE", ABOVE) > 0 and behind(run, "VAE", JS) > 0 and behind(run, "VAE", VALID) < 0
        and behind(run, "VAE", FOUND) < 0)),
    Verdict("behind the LSTM it stays by the cautious count, too", lambda run: (
        lambda low, hidden: low > hidden > 0)(
            gap(run, "Is a VAE behind at 5,000")[1], *run.numbers("slack", r"hide (\S+) nats"))),
    Verdict("free bits, which put 4.7 nats into z", lambda run: 4.65 < number(run.tables("slack")[1][1][1]) < 4.75),
    Verdict("three seeds cannot make sure that there is any slack at all", lambda run: (
        holds_zero(interval(run, "slack", "60", 2)))),
    Verdict("in six seconds it plays 13 rounds", lambda run: run.numbers("bought", r"'rounds': (\S+)\}")[0] == 13),
    Verdict("valid sentences speak for the VAE, nats leave it open", lambda run: (
        above(gap(run, "VAE or GAN? valid")) and "open" in cells(run, "asked", "VAE or GAN? nats")[4])),
    Verdict("In these five seeds the GAN's lie farthest apart in nats among the networks", lambda run: (
        max(NETWORKS, key=lambda family: mean(run, family, 1, "costs", 1)) == "GAN" and mean(run, "GAN", 1, "costs", 1) > 0)),
    Verdict("no family discovers as much as the grammar, though *even* does", lambda run: (
        found_here(run, "even") > found_here(run, "world")
        and mean(run, "world", FOUND) > max(mean(run, family, FOUND) for family in (*NETWORKS, "n-gram", "replay")))),
    Verdict("surely lies farther from the truth in JS for n-gram, LSTM and Transformer; for the GAN that is open", lambda run: (
        all(above(interval(run, "cooler", family, 3)) for family in ("n-gram", "LSTM", "Transformer"))
        and holds_zero(interval(run, "cooler", "GAN", 3)) and all(
            above(interval(run, "cooler", family, 1)) for family in (*NETWORKS, "n-gram")))),
    Verdict("from four draws to sixteen the VAE gains nothing that these seeds can tell", lambda run: (
        lambda four, sixteen: four[1] < sixteen[0] < four[2])(*(interval(run, "control", "VAE", column) for column in (2, 3)))),
    Verdict("and take about four times its seconds", lambda run: (
        3 < mean(run, "LSTM", 2, "control", 5) / mean(run, "VAE", 1, "control", 5) < 6)),
    Verdict("With one draw the VAE obeys three orders in four; the LSTM, drawn blindly, one in fourteen", lambda run: (
        0.70 < mean(run, "VAE", 1, "control") < 0.80 and 1 / 16 < mean(run, "LSTM", 1, "control") < 1 / 12)),
    Verdict("the LSTM obeys about seven times in ten", lambda run: 0.65 < mean(run, "LSTM", 3, "control") < 0.75),
    Verdict("The replay obeys always", lambda run: mean(run, "replay", 1, "control") == 1),
    Verdict("nothing that it says is new", lambda run: all(
        mean(run, "replay", column, "control", 1) == 0 < mean(run, "world", column, "control", 1) for column in (1, 2))),
    Verdict("says more that obeys and is new (with sixteen draws both are open)", lambda run: (
        above(interval(run, "control", "LSTM, told", 2, 4)) and holds_zero(interval(run, "control", "LSTM, told", 3, 4)))),
    Verdict("sixteen draws do not yet reach one draw of the VAE", lambda run: (
        mean(run, "LSTM", 3, "control") < mean(run, "VAE", 1, "control"))),
    Verdict("the LSTM with tag words surely obeys more orders with one draw than the VAE", lambda run: (
        above(interval(run, "control", "LSTM, told", 2, 3)) and holds_zero(interval(run, "control", "LSTM, told", 3, 3)))),
    Verdict("Against its own start the game changed nothing that these seeds can tell", lambda run: all(
        holds_zero(interval(run, "bought", "GAN", column, 1)) for column in (3, 4)) and holds_zero(
            gap(run, "Does the game add to its own start? nats"))),
    Verdict("at 500 sentences its bound and the LSTM cannot be told apart; the LSTM is ahead of the bound at 5,000", lambda run: (
        holds_zero(gap(run, "Is a VAE behind at 500 ")) and all(above(gap(run, f"Is a VAE behind at {num}")) for num in (
            "5,000", "50,000")))),
    Verdict("from few to many it gains less than the LSTM", lambda run: above(gap(run, "Do VAEs need"))),
    Verdict("From 500 sentences to 5,000 more data help everybody", lambda run: all(
        below(gap(run, f"Are 500 too few for the {family}")) for family in (*NETWORKS, "n-gram"))),
    Verdict("they surely help the n-gram model, the LSTM and the GAN; of the Transformer that is open, and the bound of the VAE "
            "rises, by less than it may hide", lambda run: (
                all(below(gap(run, f"Are 5,000 too few for the {family}")) for family in ("n-gram", "LSTM", "GAN"))
                and holds_zero(gap(run, "Are 5,000 too few for the Transformer"))
                and above(gap(run, "Are 5,000 too few for the VAE"))
                and "open" in cells(run, "asked", "Are 5,000 too few for the VAE")[4])),
    Verdict("the LSTM goes through 50,000 sentences about once, the Transformer through half of them, the VAE *as a VAE* "
            "through less",
            lambda run: (lambda lstm, transformer, vae: 0.9 < lstm < 1.1 and 0.45 < transformer < 0.55 and vae < 1 / 3)(
                *(number(cells(run, "copies-in-data", who)[3]) for who in ("LSTM", "Transformer", "VAE, as a VAE")))),
    Verdict("For LSTM, VAE and GAN the medium size is surely the best of three", lambda run: all(
        above(gap(run, f"Is it too {what}? {family}")) for what in ("simple", "complex") for family in ("LSTM", "VAE", "GAN"))
        and holds_zero(gap(run, "Is it too simple? Transformer")) and below(gap(run, "Is it too simple? n-gram"))),
    Verdict("The width decides the first row: with half of it, or none, the LSTM alone is left", lambda run: (
        lambda row: number(row[1]) == 0.02 and row[2] == row[3] == "LSTM" and row[4].startswith("open")
        and "Transformer" in row[4])(run.tables("thresholds")[1][1])),
    Verdict("In these two tables no curves cross", lambda run: holds_zero(gap(run, "Is a GAN behind at 500 ")) and all(
        above(gap(run, f"Is a GAN behind at {num}")) for num in ("5,000", "50,000"))),
    Verdict("and open (.049 ahead to .078 behind)", lambda run: [round(x, 3) for x in gap(run, "Is a GAN behind at 500 ")[-2:]]
            == [-0.049, 0.078]),
    Verdict("The traditional model is behind at every size, most with 500 sentences", lambda run: (
        lambda few, some, many: below(few) and below(some) and below(many) and few[0] < min(some[0], many[0]))(
            *(gap(run, f"Deep or traditional? {num} sentences") for num in ("500", "5,000", "50,000")))),
    Verdict("five seeds cannot tell the JS of the replay (.052) from that of the VAE (.060)", lambda run: (
        lambda replay, vae: (replay, vae) == (0.052, 0.060))(*run.numbers(
            "copies-in-data", r"replay: [^\n]*; (\S+) \(.*?VAE: [^\n]*; (\S+) \("))),
    Verdict("three in ten cost every family more than three nats", lambda run: all(
        heights[-1] - heights[0] > 3 for heights in (
            described(run, "noise-curve", family) for family in ("n-gram", "LSTM", "VAE", "GAN")))),
    Verdict("In nats the VAE's bound is hurt more than the LSTM by all three kinds; only by wrong words by more than it may hide",
            lambda run: all(above(gap(run, f"Does it harm a VAE more? {kind}")) and (
                "open" in cells(run, "asked", f"Does it harm a VAE more? {kind}")[4]) == (kind != "wrong word")
                for kind in ("lost word", "wrong word", "wrong sentence"))),
    Verdict("the LSTM keeps the better likelihood, while the n-gram model says more valid sentences", lambda run: all(
        below(gap(run, f"Do the measures agree? lost word, three in ten, {label}")) for label in ("nats", "valid"))),
    Verdict("In what they discover these two cannot be told apart there", lambda run: holds_zero(
        gap(run, "Do the measures agree? lost word, three in ten, discovered"))),
    Verdict("the n-gram model finds .27 in place of .31, the LSTM half of what it found", lambda run: (
        lambda grams, lstm: (grams[-1], grams[0]) == (0.27, 0.31) and 0.4 < lstm[-1] / lstm[0] < 0.6)(
            *(described(run, "noise-found", family) for family in ("n-gram", "LSTM")))),
    Verdict("the n-gram comes nearer at both ends, with a shorter order at 500 and a longer one at 50,000, and stays behind",
            lambda run: all(number(row[3]) < number(row[2]) < number(row[1]) for row in run.tables("tuned")[0][1:]) and (
                lambda few, many: few < 5 < many)(*(number(row[2].split("order")[1]) for row in run.tables("tuned")[0][1:]))),
    Verdict("With nothing to be kept, the replay is always among the answers; a twentieth of what the grammar finds puts it out",
            lambda run: all("replay" in row[2].split(";")[0] and "replay" not in row[2].split(";", 1)[1] and number(
                row[2].split("from")[2]) == 5 for row in run.tables("thresholds")[0][1:])),
    Verdict("no family surely finds nine tenths of what the grammar finds", lambda run: all(
        row[2].endswith("from 90%: nobody") for row in run.tables("thresholds")[0][1:] if "can be found" in row[0])),
    Verdict("with four fifths to be kept only the LSTM would be left", lambda run: any(
        "from 80%: LSTM;" in row[2] for row in run.tables("thresholds")[0][1:] if "in a second" in row[0])),
    Verdict("The VAE loses most by being large, about a nat of its bound", lambda run: (
        lambda lost: max(lost, key=lost.get) == "VAE" and 0.8 < lost["VAE"] < 1.2)(
            {family: large - medium for family in NETWORKS for _, medium, large in [described(run, "size-curve", family)]})),
    Verdict("from ten labels naive Bayes is ahead, from two hundred logistic regression", lambda run: (
        above(gap(run, "Generative or discriminative? 10")) and below(gap(run, "Generative or discriminative? 200")))),
    Verdict("Five seeds leave it open (they share a median", lambda run: all(
        holds_zero(gap(run, f"In these seeds, is a GAN less stable? {label}")) for label in ("nats", "valid"))),
    Verdict("The LSTM is most often among the answers, never alone", lambda run: (
        lambda answers: max(("n-gram", *NETWORKS, "replay"), key=lambda name: sum(name in said for said in answers)) == "LSTM"
        and answers.count("LSTM") == 0)([row[1] for row in run.tables("advice")[0][1:]]) and 0 < mean(run, "LSTM", ABOVE) < 0.2),
]
