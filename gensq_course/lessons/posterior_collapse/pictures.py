"""Figures of lesson 07, each with its alt text: encoder against true posterior, -ELBO over steps, KL over hidden words."""
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
        pages.append(widgets.picture(plots.png(drawn), width=480,
                                     alt=f"Encoder against true posterior at step {step}: {', '.join(watched)}"))
    return pages


def reach(watched: Mapping[str, Seen]) -> float:
    """So far the means go, in all pictures together."""
    return 1.05 * max(means.abs().max().item() for seen in watched.values() for pair in seen.values() for means in pair)


def bound_curves(bounds: Mapping[str, Sequence[float]], reference: Mapping[str, float]) -> tuple[Any, str]:
    """-ELBO during training, nats: means over tenths of the steps, since single batches are noisy; and a line to compare with."""
    num = len(next(iter(bounds.values())))
    size = max(num // 10, 1)
    starts = range(0, num - size + 1, size)
    means = {name: [sum(each[i:i + size]) / size for i in starts] for name, each in bounds.items()}
    axes = plots.curves_over([i + size / 2 for i in starts], means, xlabel="training step", ylabel="nats per sentence",
                             references=reference, title=f"-ELBO, means over {size} steps")
    told = [f"{name} {each[0]:.2f} at first, highest {max(each):.2f}, {each[-1]:.2f} at the end" for name, each in means.items()]
    return axes, (f"-ELBO over {num} steps, means over {size} of them, nats: {'; '.join(told)}. For comparison: "
                  + ", ".join(f"{name} {value:.2f}" for name, value in reference.items()) + ".")


def hidden_words(shares: Sequence[float], kl: Sequence[float]) -> tuple[Any, str]:
    """KL (nats) of models over the share of words that their decoders do not see."""
    axes = plots.curves_over(shares, {"KL": kl}, xlabel="share of words hidden, h", ylabel="KL, nats per sentence",
                             title="A small VAE, trained once for each h")
    each = ", ".join(f"{share:g}: {value:.2f}" for share, value in zip(shares, kl, strict=True))
    return axes, f"KL of a small VAE over the share of words that its decoder does not see: {each} nats."
