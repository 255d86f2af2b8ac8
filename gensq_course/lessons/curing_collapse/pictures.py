"""Figures of lesson 08: the rate-distortion plane of recorded cures."""
from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from gensq_lib import plots

Means = Mapping[tuple, float]  # (cure, strength, steps, measure) -> mean over the seeds
NAMED = ("none", "linear", "small_beta", "free_bits", "group_free_bits", "target_rate", "batch_norm", "committed_rate",
         "bag_of_words")


def label(cure: str, strength: float | None) -> str:
    """The name of a cure, with its strength where it was turned."""
    return cure if strength is None else f"{cure} {strength:g}"


def spread(values: Sequence[float]) -> str:
    """Mean ± standard deviation."""
    return f"{mean(values):.2f} ± {stdev(values):.2f}" if len(values) > 1 else f"{mean(values):.2f}"


@plots.styled
def plane(means: Means, lm_nats: float, *, title: str, skip: Sequence[str] = ()) -> Any:
    """Distortion over rate, nats per sentence: the runs of a cure joined, the last one (more steps, or more rate) larger."""
    axes, ends = plots.new_axes(width=8.0, height=6.0), []
    cures = [cure for cure in dict.fromkeys(key[0] for key in means) if cure not in skip]
    colours = {"none": "0.3"} | dict(zip(NAMED[1:], plots.COLOURS.values(), strict=False))
    for cure in cures:
        runs = sorted((key[:3] for key in means if key[0] == cure and key[3] == "rate"),
                      key=lambda run: (run[2] or 0, means[*run, "rate"]))
        x, y = ([means[*run, name] for run in runs] for name in ("rate", "distortion"))
        colour = colours.get(cure, "0.6")
        axes.plot(x, y, color=colour, linewidth=1.5)
        axes.scatter(x, y, s=[*[30] * (len(runs) - 1), 80], color=colour, zorder=3)
        ends += [(y[-1], x[-1], cure, colour)] if cure in NAMED else []
    highest = max(means[key] for key in means if key[3] == "rate" and key[0] in cures)
    axes.plot([0, highest], [lm_nats, lm_nats - highest], color="0.4", linestyle="--", label="-ELBO = the language model's NLL")
    placed, apart = float("-inf"), 0.04 * axes.dataLim.height
    for y, x, cure, colour in sorted(ends):
        placed = max(y, placed + apart)
        box, to = {"fc": axes.get_facecolor(), "ec": "none", "pad": 1}, {"arrowstyle": "-", "color": colour, "lw": 0.6}
        axes.annotate(cure, (x, y), (max(x, 0.0) + 0.35, placed), color=colour, va="center", zorder=2.5, bbox=box, arrowprops=to)
    axes.set(xlabel="rate, nats per sentence", ylabel="distortion, nats per sentence", xlim=(-0.2, highest + 1.6), title=title)
    axes.legend(loc="lower left")
    return axes


def plane_words(means: Means, lm_nats: float, *, steps: int | None = None) -> str:
    """The same in words; of runs with so many steps."""
    runs = [key[:3] for key in means if key[3] == "rate" and key[2] == steps]
    return (f"Rate and distortion{f' after {steps} steps' if steps else ''}; the language model's NLL is {lm_nats:.1f} nats. "
            + "; ".join(f"{label(*run[:2])} {means[*run, 'rate']:.1f}, {means[*run, 'distortion']:.1f}" for run in runs) + ".")
