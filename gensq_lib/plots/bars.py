"""Bars: what each latent dimension or each position carries."""
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from gensq_lib.plots.style import CARD, FAINT, GAIN, INK, LOSS, MODEL, UNUSED, new_axes, styled


@styled
def kl_per_dimension(kl: ArrayLike, *, threshold: float = 0.1, title: str = "") -> Axes:
    """KL to the prior of each latent dimension (nats per sentence), largest first; above the threshold coloured."""
    axes, kl = new_axes(), np.asarray(kl, dtype=float)
    order = np.argsort(-kl)
    used = kl[order] > threshold
    bars = axes.bar(range(len(kl)), kl[order], width=0.72, color=np.where(used, MODEL, UNUSED))
    if len(kl) <= 20:
        axes.bar_label(bars, fmt="%.2f", padding=3, fontsize="small", zorder=4,
                       bbox={"facecolor": CARD, "edgecolor": "none", "pad": 0.8})
    axes.axhline(threshold, color=INK, linestyle=(0, (4, 3)), linewidth=1.2)
    axes.annotate(f"{threshold:g} nat", (1, threshold), xycoords=("axes fraction", "data"), xytext=(4, 0),
                  textcoords="offset points", va="center", color=FAINT, annotation_clip=False)
    axes.set_xticks(range(len(kl)), [str(i) for i in order], fontsize="medium" if len(kl) <= 20 else "small")
    axes.margins(x=0.02, y=0.12)
    axes.set(xlabel="latent dimension, by falling KL", ylabel="KL, nats per sentence",
             title=title or f"{used.sum()} of {len(kl)} dimensions above {threshold:g} nat; {kl.sum():.2f} nats in all")
    return axes


@styled
def gain_bars(positions: ArrayLike, gain: ArrayLike, *, errors: ArrayLike | None = None, title: str = "") -> Axes:
    """How much its own z helps, against another sentence's z, at each position (nats per word)."""
    axes, gain = new_axes(), np.asarray(gain, dtype=float)
    colours = np.where(gain >= 0, GAIN, LOSS)
    axes.bar(np.asarray(positions), gain, width=0.72, color=colours, yerr=errors, ecolor=INK, error_kw={"elinewidth": 1.1})
    axes.axhline(0, color=INK, linewidth=0.9)
    axes.set_xticks(np.asarray(positions))
    axes.margins(x=0.02)
    axes.set(xlabel="position of the word in the sentence", ylabel="gain from z, nats per word", title=title)
    return axes
