"""What lesson 22 shows from elsewhere: the recorded curves over size, and what others have published of the Penn Treebank."""
import itertools
import json
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gensq_course import studies
from gensq_course.lessons.scaling_up.study import BATCH, LOOKS, RATES
from gensq_course.studies.rows import Row, value
from gensq_course.studies.study import place
from gensq_lib.diagnostics import growth
from gensq_lib.maths.stats import Estimate, estimate

PUBLISHED = (  # model, nats per sentence, perplexity per word ("": not said), what it is, where it stands
    ("VAE, LSTM", "102.54", "107.64", "a bound", "texar-pytorch, examples/vae_text"),
    ("VAE, Transformer decoder", "101.61", "103.14", "a bound", "texar-pytorch, examples/vae_text"),
    ("VAE, LSTM", "101 (reconstruction 99, KL 2)", "", "a bound", "Bowman et al. 2016"),
)
PUBLISHED_COLUMNS = ("model", "nats per sentence", "perplexity per word", "what the number is", "where it stands")
SHOWN = (1, 3, 5)  # of the looks, those in the table


@dataclass(frozen=True)
class Curves:
    """The recorded study `scaling`: means over its seeds."""

    rows: list[Row]
    source: str
    COLUMNS: ClassVar = ("units", "parameters", *(f"nats after {BATCH * LOOKS[k]:,} sentences" for k in SHOWN),
                         "multiplications", "processor-seconds", "learning rates chosen")

    @property
    def sizes(self) -> list[int]:
        """Units of the state."""
        return sorted({row["setting"]["hidden_dim"] for row in self.rows})

    @property
    def truth(self) -> float:
        """Nats per test sentence under the grammar."""
        return estimate([each.mean for each in studies.by(self.rows, "seed", measure="truth").values()]).mean

    def of(self, size: int, measure: str) -> list[Estimate]:
        """One for each look, over seeds."""
        found = studies.by([row for row in self.rows if row["setting"]["hidden_dim"] == size], "look", measure=measure)
        return [found[look] for look in sorted(look for look in found if look)]

    def parameters(self, size: int) -> float:
        """How many numbers the model has."""
        return studies.by(self.rows, "hidden_dim", measure="parameters")[size].mean

    def table(self) -> list[list]:
        """A row for each size; ± one standard error over seeds."""
        return [[size, f"{self.parameters(size):,.0f}", *(str(self.of(size, "nats")[k]) for k in SHOWN),
                 f"{self.of(size, 'multiplications')[-1].mean:.1e}", f"{self.of(size, 'spent')[-1].mean:.0f}", self.rates(size)]
                for size in self.sizes]

    def rates(self, size: int) -> str:
        """Those that its seeds chose, and how often."""
        chosen = Counter(value(row["found"], measure="rate") for row in self.rows if row["setting"]["hidden_dim"] == size)
        return ", ".join(f"{rate:g} ({num} of {chosen.total()})" for rate, num in sorted(chosen.items()))

    @property
    def at_an_edge(self) -> int:
        """How many rows chose the smallest or the largest rate that was tried: their best one may lie beyond."""
        return sum(value(row["found"], measure="rate") in (min(RATES), max(RATES)) for row in self.rows)

    def grid(self, measure: str) -> np.ndarray:
        """Ten amounts of three digits, from the first look of any size to the last."""
        spent = [each.mean for size in self.sizes for each in self.of(size, measure)]
        return np.array([float(f"{at:.3g}") for at in np.geomspace(min(spent), max(spent), 10)])

    def over(self, measure: str, grid: np.ndarray, *, done: float | None = np.nan) -> dict[str, np.ndarray]:
        """Nats of each size after so much had been spent, between looks on a line over its logarithm.

        `done` stands where its training had ended; None: its last nats.
        """
        return {f"{size} units": np.interp(np.log(grid), np.log([each.mean for each in self.of(size, measure)]),
                                           [each.mean for each in self.of(size, "nats")], left=np.nan, right=done)
                for size in self.sizes}

    def ahead(self, measure: str, grid: np.ndarray) -> list[str]:
        """The size with the fewest nats at each amount; one that was done keeps its last nats."""
        found = self.over(measure, grid, done=None)
        return [min(found, key=lambda name: np.nan_to_num(found[name][k], nan=np.inf)) for k in range(len(grid))]

    def turns(self, measure: str, unit: str) -> str:
        """From where to where each size is ahead, by means over seeds, and how often single seeds agree."""
        grid = self.grid(measure)
        alone = [Curves([row for row in self.rows if row["setting"]["seed"] == seed], "").ahead(measure, grid)
                 for seed in sorted({row["setting"]["seed"] for row in self.rows})]
        found = []
        for name, group in itertools.groupby(range(len(grid)), key=self.ahead(measure, grid).__getitem__):
            places = list(group)
            agree = [each[k] == name for each in alone for k in places]
            found.append(f"{name} from {grid[places[0]]:,.3g} to {grid[places[-1]]:,.3g} {unit} "
                         f"(so in {sum(agree)} of {len(agree)} looks at single seeds)")
        return ", ".join(found)

    def laws(self) -> list[growth.PowerLaw]:
        """For each seed the power law of its last losses over parameters."""
        seeds = sorted({row["setting"]["seed"] for row in self.rows})
        found = studies.by(self.rows, "seed", "hidden_dim", "look", measure="nats")
        last = max(look for _, _, look in found if look)
        return [growth.power_law([self.parameters(size) for size in self.sizes],
                                 [found[seed, size, last].mean for size in self.sizes]) for seed in seeds]

    def said(self) -> str:
        """What the fitted law says, beside the truth, and whether its exponent or a rate is the last one that was tried."""
        laws, ends = self.laws(), (growth.EXPONENTS[0], growth.EXPONENTS[-1])
        found = [estimate([getattr(law, name) for law in laws]) for name in ("floor", "exponent")]
        last = sum(law.exponent in ends for law in laws)
        floor, exponent = (f"{each.mean:.2f} ({each.interval[0]:.2f} to {each.interval[1]:.2f})" for each in found)
        return (f"fitted over parameters, three numbers to {len(self.sizes)} sizes: exponent {exponent}, floor {floor} nats; "
                f"the truth is {self.truth:.2f}; for {last} of {len(laws)} seeds the exponent is the smallest or largest that "
                f"the fit tries ({ends[0]:g} and {ends[1]:g}), and {self.at_an_edge} of {len(self.rows)} runs took the smallest "
                "or largest rate tried")


def rates_tried() -> tuple[list[list[str]], tuple[str, ...], str] | None:
    """Held-out nats of each output layer at each learning rate, for `widgets.table`; None before `gensq study scaling_rates`."""
    if not place("scaling_rates").exists():
        return None
    recorded = studies.read("scaling_rates")
    found = studies.by(recorded["rows"], "output", "rate", measure="nats")
    rates = sorted({rate for _, rate in found})
    rows = [[name, *(f"{found[name, rate].mean:.1f}" for rate in rates)] for name in dict.fromkeys(name for name, _ in found)]
    return rows, ("output layer", *(f"rate {rate:g}" for rate in rates)), studies.source(recorded)


PTB_COLUMNS = ("model", "nats per sentence", "perplexity per word", "above the language model trained for as long",
               "the same with 50 importance samples (500 sentences)", "KL, nats", "in z, nats", "processor-seconds")


def ptb_size() -> tuple[list[list[str]], tuple[str, ...], str] | None:
    """A table of a text VAE of the usual size on another text, for `widgets.table`; None before `benchmarks.long.ptb_size`."""
    if not place("ptb_size").exists():
        return None
    found = json.loads(place("ptb_size").read_text(encoding="utf-8"))
    seconds = {name: f"{each:,.0f}" for name, each in found["processor seconds"].items()}
    seconds["VAE"] += f" after {seconds['language model']}"  # its decoder begins as that model
    rows = [[name, f"{each['nats']:.2f} ± {each['error']:.2f}", f"{each['perplexity']:.1f}", with_error(each, "above"),
             with_error(each, "tighter, above"), *(f"{each[key]:.2f}" if key in each else "" for key in ("kl", "information")),
             seconds[name]] for name, each in found["rows"].items()]
    return rows, PTB_COLUMNS, (f"{found['text']}. The nats of the language models are exact, the others are bounds; one run, "
                               f"seed {found['seed']}. Recorded on {found['machine']} ({found['command']})")


def with_error(row: dict[str, float], name: str) -> str:
    """A number of a recorded row and its standard error, as far as they are there; the yardstick itself has none."""
    error = f" ± {row[f'{name} error']:.2f}" if row.get(f"{name} error") else ""
    return f"{row[name]:.2f}{error}" if name in row else ""


MEMORY_COLUMNS = ("a file of", "lines", "most memory, MB", "target tokens a second of a core", "seconds to the first batch")


def memory() -> tuple[list[list[str]], tuple[str, ...], str] | None:
    """What a large file costs beside a small one, for `widgets.table`: medians; None before `benchmarks.memory --record`."""
    if not place("memory").exists():
        return None
    recorded = json.loads(place("memory").read_text(encoding="utf-8"))
    rows = [[kind, num, *(f"{each[name]['median']:,.{places}f}" for name, places in
                          (("megabytes", 0), ("tokens", 0), ("first batch", 1)))]
            for kind, sizes in recorded["found"].items() for num, each in sizes.items()]
    return rows, MEMORY_COLUMNS, f"Medians, recorded on {recorded['machine']} ({recorded['command']})"


def curves() -> Curves | None:
    """None before `gensq study scaling` was run."""
    if not place("scaling").exists():
        return None
    recorded = studies.read("scaling")
    seeds = {row["setting"]["seed"] for row in recorded["rows"]}
    return Curves(recorded["rows"], f"Means over {len(seeds)} seeds, ± one standard error. {studies.source(recorded)}")
