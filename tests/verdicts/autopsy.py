"""Phrases of lesson 20. Recorded tables are read where the lesson shows them."""
from tests.verdicts import NUMBER, Run, Verdict, number

WRONG, REPAIRED = 2, 3  # columns
BETTER, EQUAL = "A GAN writes better text than likelihood does", "... at least at equal steps"
WORSE = "A VAE always models text worse"
ABOVE, SCORED, MORE, VALID, KL, MORE_KL = range(1, 7)  # of the table of mistakes put back


def cells(run: Run, cell: str, name: str) -> list[str]:
    """The row whose first cell begins so."""
    return next(row for table in run.tables(cell) for row in table[1:] if row[0].startswith(name))


def experiment(run: Run, kind: str, name: str, column: int = WRONG) -> float:
    return number(cells(run, kind, name)[column])


def interval(run: Run, name: str) -> list[float]:
    """Mean, lower and upper end of a claim that was tested."""
    return [number(text) for text in NUMBER.findall(cells(run, "claims", name)[2])]


def gain(run: Run, name: str, column: int = 2) -> list[float]:
    """The recorded gain of a way over the start, with its interval."""
    return [number(text) for text in NUMBER.findall(cells(run, "recorded", name)[column])]


def over_control(run: Run, name: str) -> list[float]:
    """The same, over as many steps of likelihood."""
    return gain(run, name, column=3)


def many_draws(run: Run, name: str) -> list[str]:
    """Of the second table below the mistakes: program, bounds from few and from many draws, what many take off."""
    return next(row for row in run.tables("broken")[1] if row[0].startswith(name))


def put_back(run: Run, name: str, column: int) -> float:
    return number(cells(run, "broken", name)[column])


def added(run: Run, name: str, column: int) -> list[float]:
    """What a mistake adds, with its interval."""
    return [number(text) for text in NUMBER.findall(cells(run, "broken", name)[column])]


def above(run: Run) -> list[float]:
    """Above the truth, after 500, 2,000, 10,000 and 20,000 sentences."""
    return run.numbers("more-data", "above the truth: " + r" \S+ ".join([r"(\S+) nats at"] * 4))


def played(run: Run) -> dict[str, list[float]]:
    """Of rounds with a mistake: how near to the real mean and how far from it the last hundred are."""
    return {row[0]: [number(text) for text in row[1:]] for row in run.tables("round-use")[0][1:]}


def right(run: Run, name: str) -> float:
    """How often a judge of lesson 20's game is right, of the first table below it."""
    return number(next(row for row in run.tables("gan")[0] if row[0] == name)[1])


AUTOPSY = [
    Verdict("It is right about as often as a coin", lambda run: abs(right(run, "the learned judge") - 0.5) < 0.04),
    Verdict("that is some 56 times in a hundred", lambda run: 0.545 < right(run, "the best possible judge") < 0.585),
    Verdict("comes as near to the truth, and more of its sentences are valid: for p(x) this z was not needed", lambda run: (
        run.row("vae", "without z", 1)[0] < run.row("vae", "as it is", 1)[0] + 0.05
        and 0 < [number(text) for text in NUMBER.findall(cells(run, "vae", "without z")[-1])][1])),
    Verdict("*Without free bits* most of the KL is given up", lambda run: (
        number(cells(run, "vae", "without free bits")[2]) < 0.5 * number(cells(run, "vae", "as it is")[2]))),
    Verdict("It is far better than the truth, which on average nothing can be, and what it writes is rubbish", lambda run: (
        lambda exact, reported, valid: reported < exact - 5 and valid < 5)(*run.numbers(
            "surprise", r"exact (\S+), reported (\S+) nats.*?: (\S+?)%"))),
    Verdict("the inverse of the encoder is twice as bad as the right decoder", lambda run: (
        1.8 < experiment(run, "mathematics", "the decoder is the inverse") / experiment(
            run, "mathematics", "the decoder is the inverse", REPAIRED) < 2.2)),
    Verdict("one makes the KL count ten times too much, for a z of sixteen numbers the other sixteen", lambda run: (
        experiment(run, "losses", "nats per word beside") == 10 and abs(experiment(
            run, "losses", "KL averaged") - 1 / 16) < 1e-3)),
    Verdict("`reconstruction_as_nll` goes *below the truth*, as the unshifted decoder does", lambda run: all(
        experiment(run, kind, name) > 0 for kind, name in (
            ("data", "the decoder reads"), ("evaluation", "reconstruction called")))),
    Verdict("the game has fewer valid sentences, a little less cost in nats, and no difference in distance", lambda run: (
        interval(run, f"{BETTER}: valid")[2] < 0 and -0.05 < interval(run, f"{BETTER}: nll")[2] < 0
        and interval(run, f"{BETTER}: js")[1] < 0 < interval(run, f"{BETTER}: js")[2])),
    Verdict("ahead by less than a hundredth in nats and in distance, and behind by less than a thousandth", lambda run: all(
        -0.01 < interval(run, f"{EQUAL}: {measure}")[0] and interval(run, f"{EQUAL}: {measure}")[2] < 0
        for measure in ("nll", "js")) and -0.001 < interval(run, f"{EQUAL}: valid")[0] < 0),
    Verdict("real, over eight seeds", lambda run: number(cells(run, "claims", f"{EQUAL}: js")[3]) == 8),
    Verdict("Half of β costs about three quarters of a nat of the bound", lambda run: (
        0.6 < interval(run, "The weight of the KL")[0] < 0.9 and interval(run, "The weight of the KL")[1] > 0)),
    Verdict("With 3,000 sentences (three seeds) the bounds of both VAEs are behind their language model", lambda run: all(
        interval(run, name)[1] > 0.1 and number(cells(run, "claims", name)[3]) == 3
        for name in (f"{WORSE}: 3,000, λ = .67", f"{WORSE}: 3,000, λ = .5"))),
    Verdict("the one whose z is made to hold less by half as much", lambda run: 0.35 < interval(
        run, f"{WORSE}: 3,000, λ = .5")[0] / interval(run, f"{WORSE}: 3,000, λ = .67")[0] < 0.65),
    Verdict("the same noise twice, the old judge, the generator first and the saturating loss arrive as your round does",
            lambda run: all(played(run)[name][1] < 0.3 for name in ("same noise", "old judge", "generator first", "saturating"))),
    Verdict("Of the last four two end farther from the real mean than they began, one stays where it began", lambda run: (
        lambda found: min(found["outputs"][0], found["swapped"][0]) > 3
        and 2 < found["both move"][0] < found["both move"][1] < 2.5
        and 0.5 < found["sigmoid twice"][0] < found["sigmoid twice"][1] < 1.5)(played(run))),
    Verdict("with 10,000 three seeds cannot tell", lambda run: (
        interval(run, f"{WORSE}: 10,000")[1] < 0 < interval(run, f"{WORSE}: 10,000")[2])),
    Verdict("It helps at first, and then it does not", lambda run: (
        lambda few, more, many, all_: few - more > 0.3 and abs(many - all_) < 0.1)(*above(run))),
    Verdict("stays seven nats above the truth with all 20,000", lambda run: 6.5 < above(run)[3] < 8.0),
    Verdict("over five seeds their difference cannot be told from 0", lambda run: (
        (lambda mean, low, high: abs(mean) < 0.006 and low < 0 < high)(*over_control(run, "after the game")))),
    Verdict("a judge that is never wrong gains more than as many steps of likelihood do", lambda run: (
        over_control(run, "after a game with a perfect judge, longer")[1] > 0
        and gain(run, "after a game with a perfect judge, longer")[1] > 0)),
    Verdict("a bound below the truth, which is impossible, and no valid sentence", lambda run: (
        put_back(run, "the decoder reads", ABOVE) < -5 and put_back(run, "the decoder reads", VALID) < 0.01)),
    Verdict("nothing valid is learnt", lambda run: (
        put_back(run, "cross_entropy of", ABOVE) > 10 and put_back(run, "cross_entropy of", VALID) < 0.01)),
    Verdict("z is nearly free and carries eight nats, and the bound is worse by more than a nat", lambda run: (
        7 < put_back(run, "KL averaged", KL) < 9.5 and added(run, "KL averaged", MORE)[1] > 1
        and put_back(run, "without free bits", KL) < 1)),
    Verdict("1,000 take more than half a nat off (second table); the rest stays", lambda run: (
        [number(text) for text in NUMBER.findall(many_draws(run, "KL averaged")[3])][1] > 0.5
        and [number(text) for text in NUMBER.findall(many_draws(run, "the first less")[2])][1] > 0.5)),
    Verdict("What is *drawn* is not worse. The loss does not say so", lambda run: (
        put_back(run, "KL averaged", VALID) > put_back(run, "without free bits", VALID) - 0.03)),
    Verdict("Scored rightly the same weights stand some hundred nats *above* it", lambda run: (
        60 < put_back(run, "the decoder reads", SCORED) < 160)),
    Verdict("Scored rightly its weights are worse than a guess", lambda run: (
        put_back(run, "cross_entropy of", SCORED) > 45)),
    Verdict("Bound and valid sentences are nearly those of the program as it is", lambda run: (
        abs(added(run, "training decodes noise", MORE)[0]) < 0.1
        and abs(put_back(run, "training decodes noise", VALID) - put_back(run, "as it is", VALID)) < 0.1)),
    Verdict("five seeds at 300 steps show it in the KL alone, by a fifth of a nat in every seed", lambda run: (
        lambda more, bound: 0.15 < more[0] < 0.25 and more[1] > 0.1 and bound[1] < 0 < bound[2])(
            added(run, "z = ", MORE_KL), added(run, "z = ", MORE))),
    Verdict("so a KL of about 2 is what we asked for, no finding", lambda run: (
        1.8 < run.numbers("vae", r"KL (\S+) nats")[0] < 2.8)),
]
