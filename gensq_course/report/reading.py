"""What a lesson says of a training: how often the text was read, where validation was best, whether it was learnt by heart."""
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

from gensq_course.report.words import say
from gensq_lib.maths.stats import Estimate
from gensq_lib.training.sizing import FREE_BITS, ReadingPlan

WANTED_ABOVE, WANTED_INFORMATION = 0.02, 2.0  # of a VAE at most so much above its language model, with so many nats in z
RISE = 0.1  # nats per sentence by which validation must have risen again for sentences to be called learnt by heart


@dataclass(frozen=True)
class Progress:
    """How often a text was read, in how many steps, and where validation was best; nats per sentence. `rise`, where it was learnt
    by heart, says how far validation had risen again while the loss of training sentences had fallen to `trained`.
    """

    readings: float
    steps: int
    best: float
    best_reading: float
    falling: bool  # whether validation was best at the last look: the steps ended before it did
    rise: float = 0.0
    trained: float = 0.0

    @property
    def by_heart(self) -> bool:
        """Whether sentences were learnt by heart on the way. (The weights of the best look are kept.)"""
        return self.rise > RISE


def progress(history: Mapping[str, Sequence[float]], num_sentences: int, *, batch_size: int) -> Progress:
    """What the history of a training by likelihood or through a bound says of it."""
    losses = history.get("nll") or [-elbo for elbo in history["elbo"]]
    looks = [(int(step), value) for step, value in zip(history["validation_step"], history["validation"], strict=True)]
    step, best = min(looks, key=lambda look: look[1])
    before = [0, *(step for step, _ in looks)]
    risen = [(value - min(v for _, v in looks[:i + 1]), fmean(losses[before[i]:end])) for i, (end, value) in enumerate(looks)]
    rise, trained = max(((rise, loss) for rise, loss in risen if loss < best), default=(0.0, 0.0))
    per_reading = num_sentences / batch_size
    once = len(losses) <= per_reading
    return Progress(len(losses) / per_reading, len(losses), best, step / per_reading, step == looks[-1][0], 0.0 if once else rise,
                    trained)


def told(history: Mapping[str, Sequence[float]], num_sentences: int, *, batch_size: int, parameter: str = "steps") -> str:
    """The same in a few sentences; of a text that was not read twice there is nothing to be said but how often.

    `parameter` is the lesson's name for the most steps that the training may take.
    """
    found = progress(history, num_sentences, batch_size=batch_size)
    twice = found.readings > 1
    falling = twice and found.falling
    heart = "for_a_while" if falling else "by_heart"
    keys = ["times", *["best"] * twice, *[heart] * found.by_heart, *["falling"] * falling]
    return " ".join(say("reading", key, parameter=parameter, **asdict(found)) for key in keys)


def price_told(plan: ReadingPlan) -> str:
    """Why fewer nats of z are free than usual; nothing where as many are."""
    return say("reading", "fewer", free_bits=plan.free_bits, usual=FREE_BITS) if plan.free_bits < FREE_BITS else ""


def price_paid(language_model: float, gap: Estimate, information: float) -> str:
    """Whether a VAE with so many nats in z is near its language model, and what helps where it is not.

    Nats per sentence; `gap` is the VAE's bound less the language model's negative log-likelihood, on the same sentences.
    """
    above, error = gap.mean / language_model, gap.error / language_model
    dear, empty = above > WANTED_ABOVE, information < WANTED_INFORMATION
    too_few = dear and above - 2 * error <= WANTED_ABOVE  # two standard errors: about 95 %
    verdict = {(True, False): ["dear"], (False, True): ["empty"], (True, True): ["poor"]}.get((dear, empty), [])
    return " ".join(say("reading", key, above=above, error=error, information=information, most=WANTED_ABOVE,
                        least=WANTED_INFORMATION, num=gap.n) for key in ["paid", *verdict, *["too_few"] * too_few])
