"""The last page of lesson 21: what a text can and cannot support, in sentences that are chosen by what was measured."""
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gensq_course.lessons.your_own_text.units import Unit
from gensq_course.report.reading import WANTED_ABOVE, WANTED_INFORMATION
from gensq_lib.diagnostics.growth import Foretold
from gensq_lib.diagnostics.leaks import ALIKE
from gensq_lib.diagnostics.two_samples import TwoSample
from gensq_lib.maths.stats import Estimate, Share

SMALL = 0.02  # of a sentence's nats: what twice the text brings at most where there is enough of it
LEAKY = 0.05  # test sentences that resemble one of training
FEW = 200  # test sentences
AGREE = 0.5  # of a jury, at least


@dataclass(frozen=True)
class Measured:
    """What the lesson has measured of a text. Nats per test sentence; differences are of the same sentences."""

    num_test: int
    alike: float  # share of test sentences that nearly stand in training
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
    seen_words: float | None  # share of sentences with swapped words from which on a test sees them
    seen_again: float | None
    strange: Mapping[str, Share]  # "real" and "model", the mean of the jury
    agreement: float


@cache
def phrases() -> dict[str, dict[str, str]]:
    """Table by table."""
    return tomllib.loads(Path(__file__).with_name("verdict.toml").read_text(encoding="utf-8"))


def page(found: Measured) -> list[list[str]]:
    """Questions and answers; the last one is the verdict."""
    answers = {"split": split, "enough": enough, "units": units, "model": model, "latent": latent, "written": written,
               "strange": strange, "sum": summed}
    return [[phrases()["ask"][name], answer(found)] for name, answer in answers.items()]


def _say(table: str, key: str, **values: object) -> str:
    return phrases()[table][key].format(**values)


def split(found: Measured) -> str:
    said = _say("split", "leaky" if found.alike > LEAKY else "clean", share=found.alike, least=ALIKE)
    return said + (" " + _say("split", "few", num=found.num_test, error=2 * found.now.error) if found.num_test < FEW else "")


def gain(found: Measured) -> tuple[float, float]:
    """What twice the text would bring, nats per sentence: the two ends of its interval."""
    low, high = found.twice.interval
    return max(found.now.mean - high, 0.0), found.now.mean - low


def how_much(found: Measured) -> str:
    """ "little", "plenty" or "open"."""
    low, high = (nats / found.now.mean for nats in gain(found))
    return "little" if low > SMALL else "plenty" if high <= SMALL else "open"


def enough(found: Measured) -> str:
    low, high = gain(found)
    said = _say("enough", how_much(found), low=low, high=max(high, 0.0), now=found.now.mean, small=SMALL)
    below, above = found.checked.interval
    if below <= found.now.mean <= above:
        return said
    return said + " " + _say("enough", "missed", mean=found.checked.mean, low=below, high=above, found=found.now.mean)


def units(found: Measured) -> str:
    best, second = sorted(found.units, key=lambda unit: unit.nats.mean)[:2]
    said = _say("units", "told" if found.unit_gain.interval[0] > 0 else "same", best=best.name.capitalize()
                if found.unit_gain.interval[0] > 0 else best.name, nats=best.nats.mean, second=second.name,
                other=second.nats.mean, gain=with_error(found.unit_gain))
    by_words = next(unit for unit in found.units if unit.name == "words")
    return said + (" " + _say("units", "spelled", unknown=by_words.unknown, spelling=by_words.spelling)
                   if by_words.unknown else "")


def better(found: Measured) -> str:
    """Whether the language model is "better" or "worse" than counts, or that is "open": by the 95 % interval."""
    low, high = found.over_counts.interval
    return "better" if low > 0 else "worse" if high < 0 else "open"


def model(found: Measured) -> str:
    over = found.over_counts if better(found) != "worse" else found.over_counts * -1
    return _say("model", better(found), gain=with_error(over), counts=found.counts)


def price(found: Measured) -> tuple[float, float]:
    """How far the VAE's bound is above the language model, as a share of its nats, and half of the 95 % interval of that."""
    low, high = found.vae.interval
    return found.vae.mean / found.now.mean, (high - low) / 2 / found.now.mean


def holds(found: Measured) -> str:
    """ "empty", "dear" or "pays"."""
    if found.information < WANTED_INFORMATION:
        return "empty"
    return "dear" if price(found)[0] > WANTED_ABOVE else "pays"


def latent(found: Measured) -> str:
    above, error = price(found)
    return _say("latent", holds(found), above=above, error=error, information=found.information, most=WANTED_ABOVE,
                least=WANTED_INFORMATION)


def written(found: Measured) -> str:
    refusing = [test for test in found.tests if test.refuses]
    num = found.tests[0].num // 2
    if refusing:
        return _say("written", "refused", count=len(refusing), all=len(found.tests), tests=", ".join(t.name for t in refusing),
                    p=max(test.p_value for test in refusing), num=num)
    shares = [_say("written", "blind") if share is None else _say("written", "share", share=share)
              for share in (found.seen_words, found.seen_again)]
    return _say("written", "passed", num=num, seen=_say("written", "sees", words=shares[0], again=shares[1]))


def strange(found: Measured) -> str:
    real, made = found.strange["real"], found.strange["model"]
    key = "stranger" if made.interval[0] > real.interval[1] else "tamer" if made.interval[1] < real.interval[0] else "as_real"
    said = _say("strange", key, share=made.mean, real=real.mean)
    return said + (" " + _say("strange", "split", agreement=found.agreement) if found.agreement < AGREE else "")


def summed(found: Measured) -> str:
    if better(found) != "better":
        return _say("sum", "nothing")
    if how_much(found) == "little":
        return _say("sum", "little")
    return _say("sum", "both" if holds(found) == "pays" else "model", most=WANTED_ABOVE)


def with_error(found: Estimate) -> str:
    """Mean and half of the 95 % interval."""
    return f"{found.mean:.2f} ± {(found.interval[1] - found.interval[0]) / 2:.2f}"


def best(sees: Mapping[tuple[str, str], float | None], fault: str) -> float | None:
    """From which share of this fault on the sharpest of the tests sees it; None where none does."""
    return min((share for (name, _), share in sees.items() if name == fault and share is not None), default=None)


def pooled(shares: Sequence[Share]) -> Share:
    """The mean of the members over as many sentences as each has heard: they hear the same ones, so no more."""
    return Share(round(sum(share.count for share in shares) / len(shares)), shares[0].n)
