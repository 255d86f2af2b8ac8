"""Figures of lesson 05: what each position looks at, and likelihood over the number of sentences."""
from collections.abc import Mapping, Sequence
from typing import Any

from jaxtyping import Float
from torch import Tensor

from gensq_lib import plots


@plots.styled
def attention_map(weights: Float[Tensor, "time time"], words: Sequence[str], *, title: str) -> Any:
    """A row for each position that looks, a column for each word that is looked at; a tenth and more is written down."""
    axes = plots.new_axes(width=7.2, height=5.6)
    axes.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in (weights >= 0.1).nonzero().tolist():
        weight = weights[row, column].item()
        axes.annotate(f"{weight:.1f}", (column, row), ha="center", va="center", color="white" if weight > 0.5 else "black")
    axes.set_xticks(range(len(words)), words, rotation=40, ha="right")
    axes.set_yticks(range(len(words)), words)
    axes.grid(False)
    axes.set(xlabel="word that is looked at", ylabel="last word read", title=title)
    return axes


@plots.styled
def nll_over_data(sizes: Sequence[int], series: Mapping[str, Sequence[float]], *, truth: float | None) -> Any:
    """NLL of each kind of model over the number of sentences that it could learn from (logarithmic)."""
    level = {} if truth is None else {f"the truth {truth:.1f}": [truth] * len(sizes)}
    axes = plots.curves_over(sizes, {**series, **level}, xlabel="training sentences (logarithmic)", ylabel="nats per sentence",
                             log="x", title="The same sentences for both")
    for name, colour, side in zip(series, plots.COLOURS.values(), (9, -15), strict=False):
        for x, y in zip(sizes, series[name], strict=True):
            axes.annotate(f"{y:.1f}", (x, y), xytext=(0, side), textcoords="offset points", ha="center", color=colour)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.margins(x=0.08, y=0.2)
    return axes
