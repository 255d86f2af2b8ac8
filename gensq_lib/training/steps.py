"""One update of one kind of model. A step draws as many fresh batches as it needs and returns numbers to log."""
import math
from collections.abc import Callable, Iterable, Sized

import torch
from torch import Tensor, nn

from gensq_lib.cures import Cure
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import LatentVariableModel, Likelihood, elbo_terms
from gensq_lib.maths.schedules import Schedule
from gensq_lib.models.masked_diffusion import MaskedDenoiser
from gensq_lib.training import processes

Step = Callable[[Callable[[], object], int], dict[str, float]]  # (next_batch, i) -> metrics


class NonFinite(ArithmeticError):
    """A loss or a gradient is NaN or infinite. The weights are still those before the step."""


def make_optimizer(model: nn.Module, *, learning_rate: float) -> torch.optim.Optimizer:
    """Fused Adam: one kernel for all parameters. Taught in lesson 03."""
    return torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)


def players_optimizer(player: nn.Module, judge: nn.Module, *, learning_rate: float, judge_rate: float = 0.0
                      ) -> torch.optim.Optimizer:
    """One Adam with a learning rate for each (0: the same for both); momentum 0.5, because the goal moves."""
    groups = [{"params": player.parameters()}, {"params": judge.parameters(), "lr": judge_rate or learning_rate}]
    return torch.optim.Adam(groups, lr=learning_rate, betas=(0.5, 0.999), fused=True)


def update(loss: Tensor, optimizer: torch.optim.Optimizer, *, clip: float,
           parameters: Iterable[nn.Parameter] | None = None, shared: bool = False) -> float:
    """Backpropagate, clip, step; the norm of the gradient before clipping. Only `parameters` move, if given.

    `shared`: the loss is of a model that several processes compute, each its rows (`training.processes`).
    Taught in lesson 03.
    """
    if not torch.isfinite(loss):
        raise NonFinite(f"the loss is {loss.item()}")
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    everything = [p for group in optimizer.param_groups for p in group["params"]]
    moving = everything if parameters is None else list(parameters)
    for parameter in set(everything) - set(moving):
        parameter.grad = None  # Adam skips it: it does not move, not even by momentum
    if shared:
        processes.sum_gradients(moving)
    norm = nn.utils.clip_grad_norm_(moving, clip).item()
    if not math.isfinite(norm):
        raise NonFinite(f"the gradient norm is {norm}")
    optimizer.step()
    return norm


def set_learning_rate(optimizer: torch.optim.Optimizer, schedule: Schedule | None, i: int) -> None:
    """The rate of step i for every parameter; without a schedule it stays as it is."""
    if schedule is not None:
        for group in optimizer.param_groups:
            group["lr"] = schedule(i)


def device_of(model: nn.Module) -> str:
    """Where its parameters are."""
    return str(next(model.parameters()).device)


def weight_of(batch: Sized, usual: float | None) -> float:
    """What the mean over a batch counts: its sentences over those of a `usual` one; without that number all means count alike.

    So over an epoch of batches by tokens, of 2 sentences or of 100, every sentence counts alike.
    """
    return 1.0 if usual is None else len(batch) / usual


def language_model_step(model: Likelihood, optimizer: torch.optim.Optimizer, *, clip: float = 5.0,
                        learning_rate: Schedule | None = None, mixed: bool = True, usual: float | None = None) -> Step:
    """Maximise log p(x). The loss is nats per sentence: every sentence of a batch counts alike, as in the ELBO.

    Not `mixed`: in fp32 everywhere, for networks so small that the casts to bf16 cost more than they save. `usual`: the sentences
    of a batch on average, `TrainingBatches.usual`, where batches are made by tokens.
    """
    known = processes.shared(model)

    def step(next_batch, i):
        set_learning_rate(optimizer, learning_rate, i)
        batch = next_batch()
        with runtime.autocast(device_of(model), wanted=mixed):
            loss = -known.log_likelihood(batch).mean()
        norm = update(weight_of(batch, usual) * loss, optimizer, clip=clip, shared=True)
        return {"nll": loss.item(), "gradient_norm": norm}

    return step


def denoiser_step(model: MaskedDenoiser, optimizer: torch.optim.Optimizer, *, clip: float = 5.0,
                  learning_rate: Schedule | None = None) -> Step:
    """Maximise an estimate of the any-order bound, by the random numbers of the step; in fp32, for these networks are small."""
    def step(next_batch, i):
        set_learning_rate(optimizer, learning_rate, i)
        loss = -model.elbo(next_batch()).mean()
        return {"gradient_norm": update(loss, optimizer, clip=clip), "elbo": -loss.item()}

    return step


def vae_step(model: LatentVariableModel, optimizer: torch.optim.Optimizer, *, cure: Cure, seed: int,
             clip: float = 5.0, learning_rate: Schedule | None = None, mixed: bool = True, usual: float | None = None) -> Step:
    """Maximise reconstruction - cure.penalty, after the encoder-only updates that the cure asks for.

    Logged are the unweighted terms: `elbo` and `kl` are what their names say, `loss` is what was minimised but for the weight of
    the batch (`usual`, as above). Taught in lesson 06.
    """
    known = processes.shared(model)

    def one_update(batch, i, noise, parameters=None):
        seen = batch.with_inputs(cure.inputs(batch.inputs, i, generator=noise))
        with runtime.autocast(device_of(model), wanted=mixed):
            terms = elbo_terms(known, seen, generator=noise)
            task = cure.task(known, seen, terms, i)
        loss = cure.penalty(terms, i) - terms.reconstruction.mean() + task
        return loss, terms, update(weight_of(batch, usual) * loss, optimizer, clip=clip, parameters=parameters, shared=True)

    def step(next_batch, i):
        noise = runtime.generator(seed, "vae_step", i)
        set_learning_rate(optimizer, learning_rate, i)
        cure.on_step(model, i)
        for _ in range(cure.encoder_steps(i)):
            one_update(next_batch(), i, noise, model.encoder_parameters())
        loss, terms, norm = one_update(next_batch(), i, noise)
        return {"loss": loss.item(), "elbo": terms.elbo.mean().item(), "kl": terms.kl.sum(-1).mean().item(),
                "reconstruction": terms.reconstruction.mean().item(), "gradient_norm": norm}

    return step
