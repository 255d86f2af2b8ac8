"""Figures of lesson 05: what each position looks at, and likelihood over the number of sentences; and Python's manual."""
import re
from collections.abc import Mapping, Sequence
from pydoc_data.topics import topics
from typing import Any

from jaxtyping import Float
from torch import Tensor

from gensq_lib import plots


@plots.styled
def attention_map(weights: Float[Tensor, "time time"], words: Sequence[str], *, title: str) -> Any:
    """A row for each position that looks, a column for each word that is looked at; a tenth and more is written down."""
    axes = plots.new_axes(width=7.2, height=5.6)
    axes.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), weight in zip(((i, j) for i in range(len(words)) for j in range(len(words))), weights.flatten().tolist(),
                                     strict=True):
        if weight >= 0.1:
            axes.annotate(f"{weight:.1f}", (column, row), ha="center", va="center", color="white" if weight > 0.5 else "black")
    axes.set_xticks(range(len(words)), words, rotation=40, ha="right")
    axes.set_yticks(range(len(words)), words)
    axes.grid(False)
    axes.set(xlabel="word that is looked at", ylabel="last word read", title=title)
    return axes


@plots.styled
def nll_over_data(sizes: Sequence[int], series: Mapping[str, Sequence[float]], *, truth: float | None) -> Any:
    """NLL of each kind of model over the number of sentences that it could learn from (logarithmic)."""
    axes = plots.new_axes()
    for name, colour, marker, side in zip(series, plots.COLOURS.values(), "os", (9, -15), strict=False):
        axes.plot(sizes, series[name], marker=marker, color=colour, label=name)
        for x, y in zip(sizes, series[name], strict=True):
            axes.annotate(f"{y:.1f}", (x, y), xytext=(0, side), textcoords="offset points", ha="center", color=colour)
    if truth is not None:
        axes.axhline(truth, color=plots.COLOURS["grey"], linestyle=(0, (4, 3)), label=f"the truth {truth:.1f}")
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.margins(x=0.08, y=0.2)
    axes.legend(loc="upper right")
    axes.set(xlabel="training sentences (logarithmic)", ylabel="nats per sentence", title="The same sentences for both")
    return axes


def manual() -> list[str]:
    """The words of the reference manual that comes with Python, small letters: English that is nobody's test set."""
    return re.findall(r"[a-z]+", " ".join(topics.values()).lower())


def seen_once(words: Sequence[str], counts: Mapping[str, int]) -> tuple[float, float]:
    """Share of the different words that came once; share of the second half that the first half had not."""
    half = len(words) // 2
    known = set(words[:half])
    new = sum(word not in known for word in words[half:])
    return sum(n == 1 for n in counts.values()) / len(counts), new / (len(words) - half)
