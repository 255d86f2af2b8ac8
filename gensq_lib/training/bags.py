"""How a VAE of bags is trained: the ELBO with a weight on its KL, drawn batches, the weights kept that are best on validation."""
import math
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import border, expect, whole
from gensq_lib.maths.objectives import elbo_terms
from gensq_lib.maths.schedules import Schedule, constant, warmup_cosine
from gensq_lib.models.bags import BagVAE
from gensq_lib.training.checkpoint import Checkpoint, cached
from gensq_lib.training.loop import EarlyStopping, History, fit
from gensq_lib.training.steps import set_learning_rate, update

WARMUP = 50  # steps in which the learning rate rises


def train_bags(model: BagVAE, counts: Float[Tensor, "document item"], *, steps: int, seed: int, key: dict[str, Any],
               batch_size: int = 100, learning_rate: float = 2e-3, momentum: float = 0.9, beta: Schedule | None = None,
               validate: Callable[[], float] | None = None, every: int = 50, drawn: bool = True, weight_decay: float = 0.0
               ) -> History:
    """Maximise reconstruction - beta KL, with beta 1 unless a schedule says otherwise. `key` names the bags in the cache.

    The learning rate rises, then falls along a cosine: at a high rate the statistics that batch normalisation keeps for
    evaluation lag behind the weights, and at the end they must fit. `momentum` is Adam's beta1.

    `validate`, a number that is to be low, is asked after `every` so many steps; the weights are kept for which it was lowest
    (never ask test documents: what is chosen on them says nothing about new ones).

    Not `drawn`: z is the posterior's mean and its KL costs nothing: an autoencoder, with a dropout of its input a denoising one
    (Mult-DAE). `weight_decay` is the price of weights, biases left out: nats for each unit of the sum of their squares (the
    published Mult-DAE has one, Liang et al. 2018). Taught in lesson 18.
    """
    right = counts.dim() == 2 and len(counts) and whole(steps, 1) and whole(batch_size, 1) and weight_decay >= 0
    expect(right, f"expected rows of counts, 1 step and a batch of 1 or more, and a weight decay of 0 or more, got "
                  f"{tuple(counts.shape)}, {steps}, {batch_size} and {weight_decay}; see help(train_bags)")
    weight, rate = beta or constant(1.0), warmup_cosine(learning_rate, steps=steps, warmup=min(WARMUP, steps),
                                                        floor=learning_rate / 50)
    model.start_from_counts(counts)

    def batch_of(i: int) -> Tensor:
        return counts[torch.randint(len(counts), (batch_size,), generator=runtime.generator(seed, "bags", i))]

    def train_now(checkpoint: Checkpoint) -> History:
        optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, betas=(momentum, 0.999))
        stopping = EarlyStopping(validate, every=every, patience=steps) if validate else None
        priced = [each for each in model.parameters() if each.dim() > 1] if weight_decay else []

        def price() -> Tensor | float:
            return weight_decay * sum(each.square().sum() for each in priced)

        def step(next_batch: Callable[[], Tensor], i: int) -> dict[str, float]:
            set_learning_rate(optimizer, rate, i)
            batch = next_batch()
            if not drawn:
                loss = price() - model.log_likelihood(batch, model.posterior(batch).mean[None]).mean()
                return {"loss": loss.item(), "elbo": math.nan, "gradient_norm": update(loss, optimizer, clip=500.0)}
            terms = elbo_terms(model, batch, generator=runtime.generator(seed, "z", i))
            kl = terms.kl.sum(-1).mean()
            loss = price() + weight(i) * kl - terms.reconstruction.mean()
            norm = update(loss, optimizer, clip=500.0)
            return {"loss": loss.item(), "elbo": terms.elbo.mean().item(), "kl": kl.item(), "gradient_norm": norm}

        return fit(step, batch_of, model=model, optimizer=optimizer, steps=steps, seed=seed, stopping=stopping,
                   checkpoint=checkpoint, show="elbo", name=f"bags, {model.kind}")

    key = {**key, "model": model.config, "steps": steps, "seed": seed, "rate": learning_rate, "momentum": momentum,
           "batch": batch_size, "beta": [weight(i) for i in range(0, steps, max(steps // 20, 1))], "every": validate and every,
           "drawn": drawn, "decay": weight_decay}
    return History(cached(model, key, train_now))


border(globals())
