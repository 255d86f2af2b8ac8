"""Figures of lesson 07, each with its alt text: encoder against true posterior, -ELBO over steps, KL over hidden words."""
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gensq_course import widgets
from gensq_lib import plots

Seen = Mapping[int, Any]  # step: means of true posterior and encoder


def strips(watched: Mapping[str, Seen], moments: Sequence[int]) -> Iterator[tuple[Any, str]]:
    """For each run, a point for each sentence at some moments."""
    for name, seen in watched.items():
        few = {f"step {step}": seen[step] for step in moments}
        spread = "; ".join(f"step {step}: {true.std():.2f}, {given.std():.2f}" for step, (true, given) in seen.items())
        yield (plots.posterior_means(few, reach=reach(watched), title=f"{name} training"),
               f"{name} training, a point for each sentence; moments: {', '.join(few)}. Standard deviation over sentences of the "
               f"true posterior mean and of the encoder's: {spread}.")


def side_by_side(watched: Mapping[str, Seen]) -> list[Any]:
    """For each moment, the points of all runs: pages of a stepper."""
    pages = []
    for step in next(iter(watched.values())):
        panels = {f"{name}, step {step}": seen[step] for name, seen in watched.items()}
        drawn = plots.posterior_means(panels, reach=reach(watched))
        spread = "; ".join(f"{name} {true.std():.2f} and {given.std():.2f}" for name, (true, given) in panels.items())
        pages.append(widgets.picture(plots.png(drawn), width=480, alt="A point for each sentence, true posterior mean across, "
                                     f"encoder's mean upwards; their standard deviations: {spread}"))
    return pages


def reach(watched: Mapping[str, Seen]) -> float:
    """So far the means go, in all pictures together."""
    return 1.05 * max(means.abs().max().item() for seen in watched.values() for pair in seen.values() for means in pair)


def tenths(values: Sequence[float]) -> tuple[list[float], list[float], list[float]]:
    """Middles, means and standard errors of tenths of a run, since single batches are noisy."""
    size = max(len(values) // 10, 1)
    parts = [np.asarray(values[i:i + size]) for i in range(0, len(values) - size + 1, size)]
    errors = [part.std(ddof=1) / size ** 0.5 if size > 1 else 0.0 for part in parts]
    return [(i + 0.5) * size for i in range(len(parts))], [part.mean() for part in parts], errors


def bound_curves(bounds: Mapping[str, Sequence[float]], reference: Mapping[str, float]) -> tuple[Any, str]:
    """-ELBO during training, nats, in tenths of the run, and a line to compare with."""
    steps = tenths(next(iter(bounds.values())))[0]
    means = {name: tenths(each)[1] for name, each in bounds.items()}
    lines = {f"{name}, {value:.2f}": [value] * len(steps) for name, value in reference.items()}
    axes = plots.curves_over(steps, means | lines, xlabel="training step", ylabel="nats per sentence",
                             title="-ELBO, means over tenths of the run")
    told = [f"{name} {each[0]:.2f} at first, highest {max(each):.2f}, {each[-1]:.2f} at the end" for name, each in means.items()]
    return axes, f"-ELBO in tenths of the run, nats: {'; '.join(told)}. For comparison: {', '.join(lines)}."


def above_start(series: Mapping[str, Sequence[float]]) -> tuple[Any, str]:
    """What a VAE costs above the model it began with, and its KL, nats, in tenths of the run."""
    parts = {name: tenths(each) for name, each in series.items()}
    axes = plots.curves_over(next(iter(parts.values()))[0], {name: each[1] for name, each in parts.items()},
                             errors={name: each[2] for name, each in parts.items()}, xlabel="training step",
                             ylabel="nats per sentence", title="The plain VAE beside its start")
    return axes, "Means over tenths of the run, nats: " + "; ".join(
        f"{name} {means[0]:.2f} ± {errors[0]:.2f} at first, least {min(means):.2f}, {means[-1]:.2f} ± {errors[-1]:.2f} at the end"
        for name, (_, means, errors) in parts.items()) + "."


def hidden_words(shares: Sequence[float], kl: Sequence[float]) -> tuple[Any, str]:
    """KL (nats) of models over the share of words that their decoders do not see."""
    axes = plots.curves_over(shares, {"KL": kl}, xlabel="share of words hidden, h", ylabel="KL, nats per sentence",
                             title="A small VAE, trained once for each h")
    each = ", ".join(f"{share:g}: {value:.2f}" for share, value in zip(shares, kl, strict=True))
    return axes, f"KL of a small VAE over the share of words that its decoder does not see: {each} nats."
