"""The game of vectors, whose judge hands a gradient through: a step that keeps both players apart, and the whole run.

The mistakes that such a step invites are excluded here: fakes reach the judge's update without a graph, both updates draw
noise of their own, real and fake examples never share a normalisation, and the judge is in evaluation mode while it scores.
"""
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import chosen, expect
from gensq_lib.maths import adversarial
from gensq_lib.models.gan import GAN
from gensq_lib.training.checkpoint import Checkpoint, cached
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import Step, device_of, players_optimizer, update


@dataclass(frozen=True)
class Examples:
    """A batch for a GAN; `labels` only where it is to be conditional."""

    x: Float[Tensor, "batch pixel"]
    labels: Int[Tensor, "batch"] | None = None

    def __len__(self) -> int:
        return len(self.x)


def gan_step(gan: GAN, optimizer: torch.optim.Optimizer, *, loss: str, seed: int, penalty: str = "none",
             penalty_weight: float = 1.0, judge_steps: int = 1) -> Step:
    """`judge_steps` lessons of the judge, each on a fresh batch, then one update of the generator.

    Logged: `d_loss` (the judge's, without the penalty) and `g_loss`, means per example; `penalty`, unweighted; `d_wins`, the
    share of (real, fake) pairs in which the real example has the higher logit, .5 for a judge that knows nothing; norms of
    both gradients.
    """
    prices, slope_price = chosen("a loss", loss, adversarial.LOSSES), chosen("a penalty", penalty, adversarial.PENALTIES)
    refuse_batch_norm(gan.judge)

    def lesson(real: Examples, noise: torch.Generator) -> dict[str, float]:
        gan.judge.train()
        with torch.no_grad():
            fake = gan.generator.sample(len(real), real.labels, generator=noise)
        logits = [gan.judge.logits(x, real.labels) for x in (real.x, fake)]
        paid = prices.judge(*logits).mean()
        slope = paid.new_zeros(())
        if slope_price:
            slope = slope_price(lambda x: gan.judge.logits(x, real.labels), real.x, fake, generator=noise).mean()
        norm = update(paid + penalty_weight * slope, optimizer, clip=math.inf, parameters=gan.judge.parameters())
        return {"d_loss": paid.item(), "penalty": slope.item(), "d_gradient": norm,
                "d_wins": (logits[0] > logits[1]).float().mean().item()}

    def step(next_batch: Callable[[], Examples], i: int) -> dict[str, float]:
        noise = runtime.generator(seed, "gan_step", i, device=device_of(gan))
        for _ in range(judge_steps):
            real = next_batch()
            found = lesson(real, noise)
        gan.judge.eval()
        fake = gan.generator.sample(len(real), real.labels, generator=noise)
        paid = prices.generator(gan.judge.logits(fake, real.labels)).mean()
        norm = update(paid, optimizer, clip=math.inf, parameters=gan.generator.parameters())
        return found | {"g_loss": paid.item(), "g_gradient": norm}

    return step


def refuse_batch_norm(judge: nn.Module) -> None:
    """Statistics of a batch of reals differ from those of a batch of fakes, and a slope would run through the whole batch."""
    mixed = any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in judge.modules())
    expect(not mixed, "expected a judge that sees each example alone, got one with batch normalisation; leave it out")


def train_gan(gan: GAN, batches: Callable[[int], Examples], *, loss: str, steps: int, seed: int, learning_rate: float = 1e-3,
              judge_rate: float = 0.0, key: dict[str, Any] | None = None, look: Callable[[int], None] | None = None,
              every: int = 100, name: str = "GAN", **options: Any) -> History:
    """The whole run. `look(i)` is called before step i = 0, every, 2 · every ...; with a `key` the run is kept in the cache.

    A run that is looked at is not cached: what `look` saw would be missing.
    """
    def train_now(checkpoint: Checkpoint | None = None) -> History:
        optimizer = players_optimizer(gan.generator, gan.judge, learning_rate=learning_rate, judge_rate=judge_rate)
        step = gan_step(gan, optimizer, loss=loss, seed=seed, **options)

        def watched(next_batch: Callable[[], Examples], i: int) -> dict[str, float]:
            if look and i % every == 0:
                look(i)
            return step(next_batch, i)

        return fit(watched, batches, model=gan, optimizer=optimizer, steps=steps, seed=seed, show="d_wins",
                   checkpoint=checkpoint, name=name)

    if key is None or look is not None:
        return train_now()
    everything = {**key, "kind": "gan", "model": gan.config, "loss": loss, "steps": steps, "seed": seed, "device": device_of(gan),
                  "learning_rate": learning_rate, "judge_rate": judge_rate, **options}
    return History(cached(gan, everything, train_now))
