"""Phrases of lesson 13. Recorded tables are read where the lesson shows them, single voices in their rows."""
from collections.abc import Sequence

from gensq_course import studies
from tests.verdicts import NUMBER, Run, Verdict, number

NETWORK, NAIVE = "convolutional network", "a Gaussian for each digit"
FITTED, FITTED_10, NORMAL = "bounds, 1 draw, prior fitted", "bounds, 10 draws, prior fitted", "bounds, 1 draw, prior N(0, I)"
AVERAGED = "logistic regression on the mean over time"
SYNTHETIC, PEOPLE = 0, 1  # the two tables of leaving out, and their columns:
KNOWN, NEW, LESS = 1, 2, 3  # known voices, new ones, and new ones less the network
NEAREST = "the nearest training picture"
OTHER, MEAN = "another voice, the same digit", "the mean of all of the digit"
COPY, WRONG_DIGIT = "the recording itself, played from its picture", "the same voice, another digit"
MODELS = ("n-gram", "VAE bound", "language model")  # from many word errors to few
EXACT, BY_WORDS = "exact p(x)", "exact p(x), fewest expected errors"
HELPED = "exact p(x), where it is silent the language model"


def cells(run: Run, cell: str, name: str, table: int = 0) -> list[str]:
    """The row of exactly this name, its name first."""
    return next(row for row in run.tables(cell)[table] if row[0] == name)


def interval(run: Run, name: str, who: int, column: int = NEW) -> list[float]:
    """Mean, lower and upper end in a table of leaving out."""
    return [float(text) for text in NUMBER.findall(cells(run, "leave-out-table", name, who)[column])]


def less(run: Run, name: str, who: int) -> list[float]:
    return interval(run, name, who, LESS)


def parted(found: Sequence[float]) -> bool:
    """Whether an interval has 0 outside."""
    return not found[1] <= 0 <= found[2]


def shown(run: Run, name: str, column: int, cell: str = "views-recorded") -> float:
    """Recorded: distance, share named right and share named by both apart: 1, 2, 3 of synthetic voices, 4, 5, 6 of people."""
    return number(cells(run, cell, name)[column])


def all_shown(run: Run, column: int) -> dict[str, float]:
    return {row[0]: number(row[column]) for row in run.tables("views-recorded")[0][1:]}


def likely(run: Run, name: str) -> float:
    return number(cells(run, "strange-code", name)[1])


def chosen(run: Run, name: str, column: int) -> float:
    """Recorded: word errors and whole sentences on all lists, 1 and 2; where what was said is on the list, 3 and 4."""
    return number(cells(run, "choose-recorded", name)[column])


def by_draws(run: Run, part: str, column: str) -> list[float]:
    """From few draws to many; empty places are left out."""
    names, *rows = run.tables("draws")[0]
    return [number(row[names.index(column)]) for row in rows if row[0] == part and NUMBER.search(row[names.index(column)])]


def half_of_the_kl(run: Run) -> bool:
    """What z costs under the fitted prior is the reconstruction less the bound, on the same clips; before, the KL."""
    colleague, bound = (number(row[3]) for row in run.tables("broken")[0][1:3])
    return 0.35 < (colleague - bound) / run.row("train", "known")[1] < 0.65


def new_voice(study: str, **where: str) -> dict[int, float]:
    """Recorded: the share of the new voice's digits named right, for each speaker who was left out."""
    found = studies.by(studies.read(study)["rows"], "left_out", measure="new", **where)
    return {speaker: value.mean for speaker, value in found.items()}


def behind_in_each(run: Run) -> bool:
    ours, network = (new_voice("speech_people", who=who, **prior) for who, prior in (
        ("bounds, 1 draws", {"prior": "fitted"}), (NETWORK, {})))
    return parted(less(run, FITTED, PEOPLE)) and less(run, FITTED, PEOPLE)[2] < 0 and all(
        ours[speaker] < network[speaker] for speaker in ours)


def scottish_is_hardest(run: Run) -> bool:
    """The fifth voice, for the network and for most others; eight times nothing went wrong on known voices."""
    names = (NETWORK, AVERAGED, NAIVE, "logistic regression on all numbers")
    everybody = [new_voice("speech_voices", who=name) for name in names]
    return interval(run, NETWORK, SYNTHETIC, KNOWN)[0] == 1 and all(min(found, key=found.get) == 4 for found in everybody)


def alone_it_loses(run: Run) -> bool:
    """Fewest word errors for the models, most whole sentences for the exact p(x)."""
    return all(chosen(run, EXACT, 1) > chosen(run, name, 1) and chosen(run, EXACT, 2) > chosen(run, name, 2)
               for name in ("language model", "VAE bound"))


SPEECH = [
    Verdict("An exact zero is not: it is a mark of the scissors", lambda run: run.numbers("zeros", r"'known': '(\S+?)%")[0] > 15),
    Verdict("gets half of every distance", lambda run: (lambda powers, magnitudes: (
        abs(powers - 6.02) < 0.01 and abs(powers - 2 * magnitudes) < 0.02))(*run.numbers(
            "distance-toy", r"amplitude: (\S+) dB; .*: (\S+) dB"))),
    Verdict("Only the distance shows it", lambda run: (lambda right, squared: 0 < 3 * right < squared)(
        *run.numbers("refused", r"magnitudes: (\S+) dB.*squared: (\S+) dB"))),
    Verdict("The ELBO of the new voice lies far below that of the known ones", lambda run: (
        run.row("train", "known")[2] - run.row("train", "new")[2] > 30)),
    Verdict("Rebuilt clips are named right, and drawn ones often are not", lambda run: (
        run.row("drawn", "test clips, rebuilt")[0] >= 0.95 and run.row("drawn", "drawn from N(0, I)")[0] < 0.8)),
    Verdict("of the KL of some thirty nats per clip about half is the price of that", half_of_the_kl),
    Verdict("raise the bound of the **wrong** digits much more than that of the right one", lambda run: all(
        by_draws(run, part, "raised, wrong ones")[-1] > by_draws(run, part, "raised, right digit")[-1] + 5
        for part in ("known", "new"))),
    Verdict("next to 1.00 everywhere", lambda run: all(
        min(by_draws(run, part, "how sure")) > 0.95 for part in ("known", "new"))),
    Verdict("hardly less when it is wrong (the last column)", lambda run: min(
        [*by_draws(run, "new", "how sure when wrong"), *by_draws(run, "known", "how sure")]) > 0.85),
    Verdict("The naive Gaussian is last there, and on a new synthetic voice it is no worse than the network", lambda run: (
        interval(run, NAIVE, SYNTHETIC, KNOWN)[0] == min(
            float(NUMBER.search(row[KNOWN]).group()) for row in run.tables("leave-out-table")[SYNTHETIC][1:])
        and not parted(less(run, NAIVE, SYNTHETIC)))),
    Verdict("*Where time is averaged away*, much is lost on a new voice", lambda run: all(
        less(run, AVERAGED, who)[2] < 0 for who in (SYNTHETIC, PEOPLE))),
    Verdict("fall far behind on new voices", lambda run: all(
        less(run, NORMAL, who)[0] < -0.05 and less(run, NORMAL, who)[2] < 0 for who in (SYNTHETIC, PEOPLE))),
    Verdict("For synthetic voices the fitted prior brings them back", lambda run: (
        less(run, FITTED, SYNTHETIC)[0] > -0.02 and not parted(less(run, FITTED, SYNTHETIC)))),
    Verdict("For people it helps a little", lambda run: (
        0 < less(run, FITTED, PEOPLE)[0] - less(run, NORMAL, PEOPLE)[0] < 0.1)),
    Verdict("With synthetic voices the column *less the network* does not part the two", lambda run: not parted(
        less(run, FITTED, SYNTHETIC))),
    Verdict("the generator is behind, in each of the six speakers", behind_in_each),
    Verdict("is no worse than the network on a new synthetic voice", lambda run: not parted(less(run, NEAREST, SYNTHETIC))),
    Verdict("held against the same with moved copies (last column) its interval holds 0", lambda run: (
        parted(less(run, NEAREST, PEOPLE)) and not parted(interval(run, NEAREST, PEOPLE, LESS + 1)))),
    Verdict("*Ten draws in place of one* change next to nothing", lambda run: all(
        abs(interval(run, FITTED, who)[0] - interval(run, FITTED_10, who)[0]) < 0.02 < interval(run, FITTED, who)[0]
        for who in (SYNTHETIC, PEOPLE))),
    Verdict("One synthetic voice (the Scottish accent) costs more than any other", scottish_is_hardest),
    Verdict("is *likelier* to the model than the test digits of the voices that it was trained on", lambda run: (
        likely(run, "the mean picture of seven") > likely(run, "known voices") + 100)),
    Verdict("a hum without a word in it, and likelier than these digits, too, in every recorded", lambda run: (
        likely(run, "one frame, 48 times") > likely(run, "known voices") - 100)),  # "just below": -25 at seed 4
    Verdict("lies far below all means, and even below the test digits", lambda run: likely(
        run, "the model's own draws, no voice") + 100 < likely(run, "known voices")),
    Verdict("less likely than test digits, but no less likely than what the model draws itself", lambda run: (
        likely(run, "known voices") > likely(run, "the background noise alone") > likely(
            run, "the model's own draws, no voice") - 100)),
    Verdict("by tens of thousands of nats, and noise that is as loud everywhere as a clip", lambda run: (
        likely(run, "silence") < likely(run, "known voices") - 2e4
        and likely(run, "noise as loud as a clip") < likely(run, "known voices") - 2000)),
    Verdict("is nearer to a recording than another voice saying the very digit, and about as near as", lambda run: (
        shown(run, MEAN, 1) + 1 < shown(run, OTHER, 1) and shown(run, MEAN, 1, "views") + 1 < shown(run, OTHER, 1, "views")
        and abs(shown(run, MEAN, 1, "views") - shown(run, "the same voice and digit, another take", 1, "views")) < 0.7)),
    Verdict("with its noise put back what is drawn moves away", lambda run: (
        shown(run, "drawn, with its noise", 1, "views") > shown(run, "drawn by the VAE", 1, "views") + 1)),
    Verdict("drawn *and played* it is not", lambda run: all(
        shown(run, "drawn by the VAE", column) < shown(run, OTHER, column) < shown(run, "drawn, played", column)
        for column in (1, 4))),
    Verdict("the same voice with a wrong digit is far off", lambda run: (
        shown(run, WRONG_DIGIT, 1) > shown(run, OTHER, 1) + 1 and shown(run, WRONG_DIGIT, 1) == max(all_shown(run, 1).values()))),
    Verdict("another person with the right digit is as far away as the same person with a wrong one", lambda run: (
        abs(shown(run, WRONG_DIGIT, 4) - shown(run, OTHER, 4)) < 0.5 < shown(run, OTHER, 4))),
    Verdict("nearly everything is named right, the mean picture, too, which nobody could have said; only the wrong digit is not",
            lambda run: all((share > 0.9) is (name != WRONG_DIGIT) for name, share in all_shown(run, 2).items())),
    Verdict("names about .8 of the *true* recordings once they were played from their picture, and .6 of what the VAE rebuilds",
            lambda run: abs(shown(run, COPY, 5) - 0.8) < 0.05 and abs(shown(run, "rebuilt, played", 5) - 0.6) < 0.05),
    Verdict("no share of a generator was above what copy-synthesis gets", lambda run: all(
        shown(run, name, column) < shown(run, COPY, column)
        for name in ("rebuilt, played", "drawn, played") for column in (2, 5))),
    Verdict("The first sentence is the likeliest, and yet the second is the better bet by words", lambda run: (
        lambda errors: errors[1] == min(errors) < errors[0])(run.numbers("errors-toy", r"errors: \[(\S+), (\S+), (\S+)\]"))),
    Verdict("the language model reaches nearly all of its gain; the VAE's bound comes next and the n-gram gets most of it",
            lambda run: (lambda first, gram, vae, lm, exact: (
                exact <= lm < vae < gram < (first + exact) / 2 and lm - exact < 0.05 * (first - exact)))(
                *(chosen(run, name, 3) for name in ("the first of the list", *MODELS, EXACT)))),
    Verdict("likeliest and fewest expected errors, choose alike", lambda run: all(
        0 < chosen(run, EXACT, column) == chosen(run, BY_WORDS, column) for column in (1, 2, 3, 4))),
    Verdict("**more** word errors than the language model and the VAE, and still the most whole sentences", alone_it_loses),
    Verdict("in the row where it asks the language model for help it is at least as good", lambda run: (
        0 < chosen(run, HELPED, 1) <= chosen(run, "language model", 1)
        and chosen(run, HELPED, 2) >= chosen(run, "language model", 2))),
    Verdict("it lies *above* the bound by the KL", lambda run: (lambda colleague, bound, theirs, ours: (
        colleague > bound and theirs > ours))(*run.column("broken", "of the right digit, nats"))),
    Verdict("both name nearly everything right, and nobody would notice", lambda run: min(
        run.column("broken", "named right")[:2]) > 0.95),
    Verdict("It shows on a new voice that is hard for everybody", lambda run: (
        lambda colleague, bound: 0 < colleague <= bound and (bound > 0.88 or colleague < bound - 0.05))(
            *run.column("broken", "named right")[2:])),
]
