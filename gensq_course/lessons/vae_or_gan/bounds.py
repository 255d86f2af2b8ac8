"""How loose the bound of the VAE is: the same sentences with more and more draws of z, and what that leaves open."""
from gensq_course import widgets
from gensq_course.lessons.tutorial_autopsy.pictures import by_seed
from gensq_course.lessons.vae_or_gan.tables import lead, measure, paired, rounded, rows, shown
from gensq_lib.maths.stats import Estimate

LIKELIHOOD = "nats above the truth"
DIGITS = 3


def gaps() -> dict[int, dict[int, float]]:
    """Draws of z -> seed -> nats above the truth by that bound, at 5,000 clean sentences."""
    recorded = rows("families_bound")
    draws = sorted({record["draws"] for row in recorded for record in row["found"]})
    return {num: by_seed(recorded, family="VAE", measure=measure(LIKELIHOOD).name, draws=num) for num in draws}


def slack() -> Estimate:
    """By how much the fewest draws, those of all other tables, lie above the most, nats."""
    found = list(gaps().values())
    return lead(found[0], found[-1])


def last_step() -> Estimate:
    """What the last tenfold of draws brought, nats."""
    found = list(gaps().values())
    return lead(found[-2], found[-1])


def allowance() -> float:
    """How many nats the bound may hide, by a cautious count: upper ends of what was seen, and as much again as the last step.

    If each tenfold of draws brings at most half as much as the one before, all the tenfolds to come bring no more than the last;
    nobody knows that ratio (`ratio` is what was seen, `beyond` what a verdict bears).
    """
    return max(slack().interval[1], 0) + max(last_step().interval[1], 0)


def beyond(gap: Estimate) -> float:
    """Up to which ratio of one tenfold's gain to the gain of the one before a VAE stays behind by more than its bound may hide.

    Gains that shrink by a ratio r each time bring r / (1 - r) of the last one, all in all; upper ends, as in `allowance`.
    """
    room = max(gap.interval[0] - max(slack().interval[1], 0), 0) / max(last_step().interval[1], 1e-12)
    return room / (1 + room)


def ratio() -> float:
    """Of the last gain to the one before it, by their means over the seeds."""
    return last_step().mean / (slack().mean - last_step().mean)


def surely_behind(gap: Estimate) -> bool:
    """Whether a VAE is behind by more than its bound may hide; `gap`: its bound less a rival's exact number."""
    return gap.interval[0] > allowance()


def table() -> widgets.Table:
    """The bound by its draws."""
    found = gaps()
    said = [[f"{num:,}", shown(values, DIGITS), rounded(lead(values, found[max(found)]), DIGITS) if num < max(found) else ""]
            for num, values in found.items()]
    return widgets.table(said, ["draws of z", f"VAE, {LIKELIHOOD}, at most", f"less that of {max(found):,} draws"],
                         "The bound of one VAE on 200 test sentences (mean and 95 % interval of three seeds)")


def in_words(rivals: tuple[str, ...] = ("LSTM", "GAN")) -> str:
    """What the slack leaves of a lag, said from the numbers."""
    said = [f"The bound of {min(gaps())} draws less that of {max(gaps()):,}: {rounded(slack(), DIGITS)} nats.",
            f"By a cautious count the bound may hide {allowance():.{DIGITS}f} nats."]
    for rival in rivals:
        gap = paired("VAE", rival, LIKELIHOOD)
        bears = (f"behind by more than that, if each further tenfold brings at most {beyond(gap):.2f} of the one before (seen, "
                 f"by means: {ratio():.2f})")
        verdict = bears if surely_behind(gap) else "open: the bound may hide it"
        said.append(f"VAE less {rival}: at most {rounded(gap, DIGITS)}; {verdict}.")
    return "\n".join(said)
