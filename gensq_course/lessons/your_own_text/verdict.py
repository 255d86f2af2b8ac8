"""The last page of lesson 21: what a text can and cannot support, in sentences that are chosen by what was measured."""
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

from gensq_course.lessons.your_own_text.judging import TRAININGS, Judged
from gensq_course.lessons.your_own_text.units import Unit
from gensq_course.report.reading import WANTED_ABOVE, WANTED_INFORMATION
from gensq_lib.diagnostics.growth import Foretold
from gensq_lib.diagnostics.juries import STRANGE
from gensq_lib.diagnostics.leaks import ALIKE
from gensq_lib.diagnostics.two_samples import LEVEL, TwoSample
from gensq_lib.maths.stats import Estimate, Share
from gensq_lib.text.corpora.own import CUT

SMALL = 0.02  # of a sentence's nats: what twice the text brings at most where there is enough of it
LEAKY = 0.05  # test sentences that resemble one of training
FEW, TOO_FEW = 200, 50  # test sentences: fewer are uncertain, and so few tell nothing
SHORT, UNKNOWN = 1_000, 0.2  # training sentences, share of test words: below and above no curve has to be asked
SAME_CUT = 1.1  # tokens by characters over tokens by words, up to which the two are one unit
AGREE = 0.5  # of a jury, at least
EDGE = 0.25  # of the nats wanted in z: trainings of the world gave 1.9 to 2.3, so nearer to the bound one says nothing
WILD = 2 * STRANGE  # a jury that certainly finds more of real sentences strange has no measure
MUCH = 0.5  # of a file: where more is left out, that is said first


@dataclass(frozen=True)
class Measured:
    """What the lesson has measured of a text. Nats per test sentence; differences are of the same sentences."""

    num_test: int
    alike: Share  # of test sentences that nearly stand in training
    now: Estimate  # the language model's NLL
    twice: Foretold  # with twice the text
    checked: Foretold  # with all of it, from the three smaller sizes
    units: Sequence[Unit]
    unit_gain: Estimate  # the second cheapest unit less the cheapest
    counts: float  # NLL of the best counts
    over_counts: Estimate  # counts less the language model
    vae: Estimate  # the VAE's bound less the language model
    information: float
    tests: Sequence[TwoSample]
    control: Sequence[TwoSample]  # the same, of real sentences against real ones
    seen_words: float | None  # share of sentences with swapped words from which on a test sees them
    seen_again: float | None
    strange: Mapping[str, Estimate]  # "real" (held out), "again" (from training) and "model", the mean of the jury
    agreement: float
    noise: float  # standard deviation between trainings, nats per sentence
    fresh: float  # the language model's NLL of the test sentences that have no near copy
    used: int  # training sentences
    there: int  # that the text has
    falling: bool = False  # validation of the language model was best at the last look
    left_out: float = 0.0  # of the file, at least
    warnings: Sequence[str] = ()  # of the table on top
    smoke: bool = False


@cache
def phrases() -> dict[str, dict[str, str]]:
    """Table by table."""
    return tomllib.loads(Path(__file__).with_name("verdict.toml").read_text(encoding="utf-8"))


def page(found: Measured) -> list[list[str]]:
    """What is to be known first, if anything; questions and answers; the last one is the verdict."""
    answers = {"split": split, "enough": enough, "units": units, "model": model, "latent": latent, "written": written,
               "strange": strange, "sum": summed}
    before = [[phrases()["ask"]["first"], warned(found)]] if warned(found) else []
    return before + [[phrases()["ask"][name], answer(found)] for name, answer in answers.items()]


def _say(table: str, key: str, **values: object) -> str:
    return phrases()[table][key].format(**values)


def warned(found: Measured) -> str:
    """What makes the whole page doubtful; nothing as a rule."""
    said = [_say("first", "left_out", share=found.left_out)] if found.left_out > MUCH else []
    said += [f"{warning[:1].upper()}{warning[1:]}" for warning in found.warnings]
    return " ".join(said + ([_say("first", "smoke")] if found.smoke else []))


def split(found: Measured) -> str:
    share, most = found.alike.mean, found.alike.interval[1]
    key = "all" if share == 1 else "leaky" if share > LEAKY else "unsure" if most > LEAKY else "clean"
    said = _say("split", key, share=share, most=most, least=ALIKE, now=found.now.mean, fresh=found.fresh)
    return said + (" " + _say("split", "few", num=found.num_test, error=2 * found.now.error) if found.num_test < FEW else "")


def gain(found: Measured) -> tuple[float, float]:
    """What twice the text would bring, nats per sentence: the two ends of its interval."""
    low, high = found.twice.interval
    return max(found.now.mean - high, 0.0), found.now.mean - low


def how_much(found: Measured) -> str:
    """ "little", "plenty" or "open"."""
    low, high = (nats / found.now.mean for nats in gain(found))
    return "little" if low > SMALL else "plenty" if high <= SMALL else "open"


def by_words(found: Measured) -> Unit:
    return next(unit for unit in found.units if unit.name == "words")


def enough(found: Measured) -> str:
    if found.there < SHORT:
        return _say("enough", "short", there=found.there)
    if by_words(found).unknown > UNKNOWN:
        return _say("enough", "unknown", unknown=by_words(found).unknown)
    low, high = gain(found)
    said = _say("enough", how_much(found), low=low, high=max(high, 0.0), now=found.now.mean, small=SMALL, noise=found.noise)
    if found.used < found.there:
        said += " " + _say("enough", "cut", used=found.used, there=found.there)
    below, above = found.checked.interval
    if below <= found.now.mean <= above:
        return said
    return said + " " + _say("enough", "missed", mean=found.checked.mean, low=below, high=above, found=found.now.mean)


def units(found: Measured) -> str:
    words, letters = by_words(found), next(unit for unit in found.units if unit.name == "characters")
    if letters.tokens < SAME_CUT * words.tokens:
        return _say("units", "one", words=words.tokens, letters=letters.tokens, unknown=words.unknown)
    best, second = sorted(found.units, key=lambda unit: unit.nats.mean)[:2]
    told = found.unit_gain.interval[0] > SMALL * best.nats.mean
    said = _say("units", "told" if told else "same", best=best.name.capitalize() if told else best.name, small=SMALL,
                nats=best.nats.mean, second=second.name, other=second.nats.mean, gain=with_error(found.unit_gain))
    return said + (" " + _say("units", "spelled", unknown=words.unknown, spelling=words.spelling) if words.unknown else "")


def in_trainings(difference: Estimate, noise: float) -> Estimate:
    """With the noise between trainings beside that over test sentences; degrees of freedom after Welch and Satterthwaite."""
    error = math.hypot(difference.error, noise)
    free = error**4 / max(difference.error**4 / max(difference.n - 1, 1) + noise**4 / (TRAININGS - 1), 1e-300)
    return Estimate(difference.mean, error, int(free) + 1)


def better(found: Measured) -> str:
    """Whether the language model is "better" or "worse" than counts, or that is "open": by the 95 % interval. Where it is not
    better and was still learning, its training is "unfinished"."""
    low, high = in_trainings(found.over_counts, found.noise).interval
    return "better" if low > 0 else "unfinished" if found.falling else "worse" if high < 0 else "open"


def model(found: Measured) -> str:
    over = in_trainings(found.over_counts, found.noise)
    over = over * -1 if better(found) in ("worse", "unfinished") and over.mean < 0 else over
    return _say("model", better(found), gain=with_error(over), counts=found.counts)


def price(found: Measured) -> tuple[float, float]:
    """How far the VAE's bound is above the language model, as a share of its nats, and half of the 95 % interval of that.

    The VAE begins at this language model, so trainings of it alone lie nearer to each other: the interval is rather too wide.
    """
    low, high = in_trainings(found.vae, found.noise).interval
    return found.vae.mean / found.now.mean, (high - low) / 2 / found.now.mean


def holds(found: Measured) -> str:
    """ "empty", "dear", "pays", or "open" where another training could say otherwise."""
    if found.information < (1 - EDGE) * WANTED_INFORMATION:
        return "empty"
    above, error = price(found)
    if found.information < (1 + EDGE) * WANTED_INFORMATION:
        return "open"
    return "dear" if above - error > WANTED_ABOVE else "pays" if above + error <= WANTED_ABOVE else "open"


def latent(found: Measured) -> str:
    above, error = price(found)
    said = _say("latent", holds(found), above=above, error=error, information=found.information, most=WANTED_ABOVE,
                least=WANTED_INFORMATION, noise=found.noise)
    blind = holds(found) == "open" and error > WANTED_ABOVE
    return said + (" " + _say("latent", "blind", error=error, most=WANTED_ABOVE) if blind else "")


def refusing(tests: Sequence[TwoSample]) -> list[TwoSample]:
    """Those that refuse at their part of the level (Bonferroni): all together find a fault in real text once in twenty times."""
    return [test for test in tests if test.p_value <= LEVEL / len(tests)]


def written(found: Measured) -> str:
    refused, num = refusing(found.tests), found.tests[0].num // 2
    if refusing(found.control):
        return _say("written", "control", tests=", ".join(test.name for test in refusing(found.control)))
    if refused:
        return _say("written", "refused", count=len(refused), all=len(found.tests), tests=", ".join(t.name for t in refused),
                    p=max(refused, key=lambda test: test.p_value).said(3, "at most"), level=LEVEL / len(found.tests), num=num)
    shares = [_say("written", "blind") if share is None else _say("written", "share", share=share)
              for share in (found.seen_words, found.seen_again)]
    return _say("written", "passed", num=num, seen=_say("written", "sees", words=shares[0], again=shares[1]))


def strange(found: Measured) -> str:
    real, again, made = (found.strange[name] for name in ("real", "again", "model"))
    wild = max(real, again, key=lambda each: each.mean)
    apart, reach = made.mean - real.mean, 2 * math.hypot(made.error, real.error)
    beyond = made.mean - wild.mean > 2 * math.hypot(made.error, wild.error)
    if wild.interval[0] > WILD or apart > reach and not beyond:
        return _say("strange", "control", share=wild.mean, usual=STRANGE)
    key = "stranger" if apart > reach else "tamer" if apart < -reach else "as_real"
    said = _say("strange", key, share=made.mean, real=real.mean, reach=reach)
    return said + (" " + _say("strange", "split", agreement=found.agreement) if found.agreement < AGREE else "")


def summed(found: Measured) -> str:
    if found.smoke:
        return _say("first", "smoke")
    if any(CUT in warning for warning in found.warnings):
        return _say("sum", "mend", cut=CUT)
    if found.num_test < TOO_FEW:
        return _say("sum", "few", num=found.num_test)
    if better(found) != "better":
        return _say("sum", "unfinished" if better(found) == "unfinished" else "nothing")
    told = bool(refusing(found.tests) and not refusing(found.control))
    much = found.there >= SHORT and by_words(found).unknown <= UNKNOWN and how_much(found) != "little"
    said = ["model" if much else "little", *["told"] * told, holds(found)]
    return " ".join(_say("sum", key, most=WANTED_ABOVE) for key in said)


def placed(above: Estimate, of: str) -> str:
    """How far above or below another model, and the standard error over test sentences."""
    return f"{above if above.mean >= 0 else above * -1} {'above' if above.mean >= 0 else 'below'} {of}"


def with_error(found: Estimate) -> str:
    """Mean and half of the 95 % interval."""
    return f"{found.mean:.2f} ± {(found.interval[1] - found.interval[0]) / 2:.2f}"


def best(sees: Mapping[tuple[str, str], float | None], fault: str) -> float | None:
    """From which share of this fault on the sharpest of the tests sees it; None where none does."""
    return min((share for (name, _), share in sees.items() if name == fault and share is not None), default=None)


def mistaken(ruling: Judged, readable: Mapping[str, Estimate]) -> list[str]:
    """The pairs that the jury has in an order which the truth turns round, where both can be told from chance (95 %)."""
    strange = {name: pooled(each) for name, each in ruling.shares.items()}

    def before(a: str, b: str) -> bool:
        return strange[b].mean - strange[a].mean > 2 * math.hypot(strange[a].error, strange[b].error)

    return [f"{a} before {b}" for a in strange for b in strange if before(a, b) and (readable[b] - readable[a]).interval[0] > 0]


def pooled(shares: Sequence[Share]) -> Estimate:
    """The mean of the members over as many sentences as each has heard: they hear the same ones, so no more.

    Its error is that of a share, of one sentence where none is strange.
    """
    mean, num = fmean(share.mean for share in shares), shares[0].n
    return Estimate(mean, math.sqrt(max(mean * (1 - mean), 1 / num) / num), num)
