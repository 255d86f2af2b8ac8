"""The recorded tables of lesson 23; ± one standard error over seeds."""
from dataclasses import dataclass

from gensq_course import studies
from gensq_course.lessons.masked_diffusion.study import STEPS, STUDY, UPDATES, USUAL, WIDTHS
from gensq_course.lessons.masked_diffusion.study_rates import STUDY as OF_RATES
from gensq_course.lessons.masked_diffusion.village import BATCH_SIZE, RATES, SIZES
from gensq_course.studies.rows import Row
from gensq_course.studies.study import place
from gensq_lib.models.masked_diffusion import ORDERS
from gensq_lib.maths.stats import Estimate

Shown = tuple[list[list], list[str], str]


@dataclass(frozen=True)
class Tables:
    """The study `masked_diffusion`."""

    rows: list[Row]
    source: str

    def of(self, family: str, updates: int, measure: str) -> Estimate:
        """Over seeds."""
        return studies.by(self.rows, "family", "updates", measure=measure)[family, updates]

    def seconds(self, family: str, updates: int) -> str:
        """Of one processor; shorter trainings may have come from the cache, where another row had left them."""
        return f"{self.of(family, updates, 'spent').mean:.0f}" if updates == max(UPDATES) else ""

    def beside(self) -> Shown:
        """Every family after every number of updates: nats above the truth, and what was maximised."""
        rows = [[family, f"{updates:,}", self.of(family, updates, "nll"),
                 "" if family in ("LSTM", "Transformer") else self.of(family, updates, "bound"),
                 self.of(family, updates, "valid"), self.seconds(family, updates),
                 f"{self.of(family, updates, 'parameters').mean:,.0f}"] for updates in UPDATES for family in SIZES]
        return rows, ["family", "updates", "log p above the truth, nats", "the bound above the truth, nats", "valid", "seconds",
                      "parameters"], f"{BATCH_SIZE} sentences an update, {self.source}"

    def over_steps(self) -> Shown:
        """The share of valid sentences over steps, by order, of the network and of the truth."""
        found = studies.by(self.rows, "who", "order", "steps", measure="valid_at")
        rows = [[who, order, *(found[who, order, steps] for steps in STEPS)] for who in ("truth", "network") for order in ORDERS]
        return rows, ["denoiser", "order", *(f"{steps} step{'s' * (steps > 1)}" for steps in STEPS)], self.source

    def in_holes(self) -> Shown:
        """Who fills holes how well."""
        shares = studies.by(self.rows, "way", "width", measure="filled")
        apart = studies.by(self.rows, "way", measure="divergence")
        ways = sorted({way for way, _ in shares}, key=lambda way: -shares[way, 1].mean)
        rows = [[way, *(shares.get((way, width), "") for width in WIDTHS), apart.get(way, "0" if "exact" in way else "")]
                for way in ways]
        columns = ["who fills", *(f"valid, {width} hidden" for width in WIDTHS), "KL(exact ‖ it) at one hole, nats"]
        return rows, columns, self.source


def recorded() -> Tables | None:
    """As `gensq study masked_diffusion` left it."""
    if not place(STUDY.name).exists():
        return None
    found = studies.read(STUDY.name)
    return Tables(found["rows"], studies.source(found))


def rates() -> Shown | None:
    """What was tried on seed 100."""
    if not place(OF_RATES.name).exists():
        return None
    found = studies.read(OF_RATES.name)
    nats = studies.by(found["rows"], "family", "rate", measure="nats")
    rows = [[family, ", ".join(f"{rate:g}: {nats[family, rate].mean:.2f}" for of, rate in sorted(nats) if of == family),
             f"{RATES[family]:g}"] for family in SIZES]
    return rows, ["family", f"rate: nats of validation sentences after {USUAL:,} updates", "chosen"], studies.source(found)
