"""What lesson 22 shows from elsewhere: the recorded curves over size, and what others have published of the Penn Treebank."""
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

    def over(self, measure: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Nats of each size over what had been spent, on a grid of their own kind, between looks on a line over its logarithm."""
        spent = {size: [each.mean for each in self.of(size, measure)] for size in self.sizes}
        grid = np.geomspace(min(map(min, spent.values())), max(map(max, spent.values())), 10)
        return grid, {f"{size} units": np.interp(np.log(grid), np.log(spent[size]),
                                                 [each.mean for each in self.of(size, "nats")], left=np.nan, right=np.nan)
                      for size in self.sizes}

    def laws(self) -> list[growth.PowerLaw]:
        """For each seed the power law of its last losses over parameters."""
        seeds = sorted({row["setting"]["seed"] for row in self.rows})
        found = studies.by(self.rows, "seed", "hidden_dim", "look", measure="nats")
        last = max(look for _, _, look in found if look)
        return [growth.power_law([self.parameters(size) for size in self.sizes],
                                 [found[seed, size, last].mean for size in self.sizes]) for seed in seeds]

    def said(self) -> str:
        """What the fitted law says, beside the truth."""
        found = [estimate([getattr(law, name) for law in self.laws()]) for name in ("floor", "exponent")]
        floor, exponent = (f"{each.mean:.2f} ({each.interval[0]:.2f} to {each.interval[1]:.2f})" for each in found)
        return f"fitted over parameters: exponent {exponent}, floor {floor} nats; the truth is {self.truth:.2f}"


PTB_COLUMNS = ("model", "nats per sentence", "perplexity per word", "above the language model", "KL, nats", "in z, nats",
               "processor-seconds")


def ptb_size() -> tuple[list[list[str]], tuple[str, ...], str] | None:
    """A table of a text VAE of the usual size on another text, for `widgets.table`; None before `benchmarks.long.ptb_size`."""
    if not place("ptb_size").exists():
        return None
    found = json.loads(place("ptb_size").read_text(encoding="utf-8"))
    rows = [[name, f"{each['nats']:.2f} ± {each['error']:.2f}", f"{each['perplexity']:.1f}",
             f"{each['above']:.2f} ± {each['above error']:.2f}" if "above" in each else "",
             *(f"{each[key]:.2f}" if key in each else "" for key in ("kl", "information")),
             f"{found['processor seconds'][name]:,.0f}"] for name, each in found["rows"].items()]
    return rows, PTB_COLUMNS, (f"{found['text']}. The language model's nats are exact, the others are bounds; one run, seed "
                               f"{found['seed']}. Recorded on {found['machine']} ({found['command']})")


def curves() -> Curves | None:
    """None before `gensq study scaling` was run."""
    if not place("scaling").exists():
        return None
    recorded = studies.read("scaling")
    return Curves(recorded["rows"], studies.source(recorded))
