"""Training in several processes: each computes its own rows of the same batch, and all take the same step.

Every process draws the whole batch i and all of its noise, functions of (seed, i) as ever, and sends only its own rows through
the network. What they give, log p(x | z) and q(z | x) of each row, is then told to all. So each process has the loss of the
*whole* batch, exactly as one process alone would have it, but knows its gradient through its own rows only: the gradient is the
sum over the processes. Nothing is averaged twice. No part needs a factor such as R / N, be the parts unequal, or be the price of
z taken of a mean over the batch (free bits). In one process everything here does nothing.
"""
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch import distributed as dist
from torch.distributions import Distribution, Normal
from torch.multiprocessing import ProcessExitedException, ProcessRaisedException
from tqdm.auto import tqdm

from gensq_lib.ground.errors import GensqError, expect, whole
from gensq_lib.models.parts import LatentModel
from gensq_lib.text.batching import Padded

T = TypeVar("T")
MOST = 64  # on a CPU
GONE = "it goes on from the last checkpoint when the same command is run again"


def num_processes() -> int:
    """R: how many train together."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """r: the number of this process, from 0."""
    return dist.get_rank() if num_processes() > 1 else 0


def by_first(find: Callable[[], T]) -> T:
    """What the first process finds; the others are told, so that all decide alike."""
    found = [find() if rank() == 0 else None]
    if num_processes() > 1:
        _together(dist.broadcast_object_list, found)
    return found[0]


def sum_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """From what each process knows to the gradient of the whole batch; one message for all of them."""
    if num_processes() == 1:
        return
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    every = torch.cat([gradient.flatten() for gradient in gradients])
    _together(dist.all_reduce, every)
    for gradient, total in zip(gradients, every.split([gradient.numel() for gradient in gradients])):
        gradient.copy_(total.view_as(gradient))


def shared(model: nn.Module) -> "nn.Module | Shared":
    """The model for a loss over whole batches, of which this process computes its part; alone, the model itself.

    The first process hands its weights to the others, so that all begin alike.
    """
    if num_processes() == 1:
        return model
    mixing = next((part for part in model.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)), None)
    expect(mixing is None, f"expected a model that treats each sentence by itself, got one with {type(mixing).__name__}, whose "
                           "results depend on the whole batch; train it in one process")
    for tensor in model.state_dict().values():
        _together(dist.broadcast, tensor, 0)
    return Shared(model)


class Shared:
    """A model whose methods take whole batches and compute this process's rows of them; the others' are told, as numbers.

    The parameters are reached through these methods alone: what else used them would be counted R times in the sum of gradients.
    """

    def __init__(self, model: nn.Module):
        self.model = model

    def posterior(self, batch: Padded) -> Normal:
        """q(z | x) of every row."""
        return _every_normal(self.model.posterior(_own(batch)), len(batch))

    def prior(self, condition: Padded) -> Distribution:
        """p(z), the same for all; or p(z | condition) of every row."""
        if type(self.model).prior is LatentModel.prior:
            return self.model.prior(condition)
        return _every_normal(self.model.prior(_own(condition)), len(condition))

    def log_likelihood(self, batch: Padded, z: Float[Tensor, "sample batch latent"] | None = None
                       ) -> Float[Tensor, "*sample batch"]:
        """log p(x) of every row; or log p(x | z) under each z."""
        given = () if z is None else (z[:, _computed(len(batch))],)
        return _every(self.model.log_likelihood(_own(batch), *given), len(batch), axis=-1)

    def bag_log_likelihood(self, batch: Padded, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "batch"]:
        """How well z names the words of every row."""
        return _every(self.model.bag_log_likelihood(_own(batch), z[:, _computed(len(batch))]), len(batch), axis=-1)


def _part(num: int) -> tuple[int, int]:
    """The rows of this process: from the first to before the last, none where there are fewer rows than processes."""
    return num * rank() // num_processes(), num * (rank() + 1) // num_processes()


def _computed(num: int) -> slice:
    """The rows that go through the network here: at least one, or a parameter would have no gradient to add."""
    first, last = _part(num)
    return slice(first, max(last, first + 1))


def _own(batch: Padded) -> Padded:
    return batch.select(_computed(len(batch)))


def _every_normal(q: Distribution, num: int) -> Normal:
    expect(isinstance(q, Normal), f"expected a Normal posterior, got {type(q).__name__}; train this model in one process")
    return Normal(_every(q.mean, num, axis=0), _every(q.stddev, num, axis=0), validate_args=False)


def _every(computed: Float[Tensor, "*some"], num: int, *, axis: int) -> Float[Tensor, "*all"]:
    """The values of all rows, of which this process has computed some: only its own have a gradient."""
    first, last = _part(num)
    own = computed.narrow(axis, 0, last - first)
    shape = list(computed.shape)
    shape[axis] = num
    every = computed.detach().new_zeros(shape)
    every.narrow(axis, first, last - first).copy_(own.detach())
    _together(dist.all_reduce, every)  # each number and zeros: the sum is exact
    return torch.cat([every.narrow(axis, 0, first), own, every.narrow(axis, last, num - last)], axis)


def _together(exchange: Callable[..., Any], *given: Any) -> None:
    try:
        exchange(*given)
    except RuntimeError as error:
        raise GensqError(f"expected {num_processes()} processes that train together, got the end of one "
                         f"({' '.join(str(error).split())[:80]}); {GONE}") from None


# How they are started

for _name in ("lightning_fabric.utilities.distributed", "lightning_fabric.utilities.rank_zero", "torch.multiprocessing.spawn"):
    logging.getLogger(_name).setLevel(logging.ERROR)  # in each process: what they tell stands between our sentences


def in_processes(work: Callable[..., None], num: int, *given: Any, device: str = "cpu") -> None:
    """`work(*given)` in `num` processes of this machine, one GPU for each on "cuda"; what they find, the first of them writes.

    Lightning Fabric starts them, or finds itself started by torchrun, with others on other machines. `work` is a function of a
    module. When one of them fails, all end, and its sentence is the one that is raised.
    """
    fabric = _fabric(num, device)
    others, port = set(multiprocessing.active_children()), os.environ.get("MASTER_PORT")
    try:
        fabric.launch(_work_there, work, given)
    except ProcessRaisedException as error:
        _, mark, sentence = str(error).rpartition(f"{GensqError.__module__}.{GensqError.__qualname__}: ")
        if not mark:
            raise  # no mistake of the reader
        raise GensqError(sentence.strip()) from None
    except ProcessExitedException as error:
        raise GensqError(f"expected {num} processes that train together, got the end of one ({error}): it was killed, perhaps "
                         f"for want of memory; {GONE}") from None
    finally:
        if port is None:
            os.environ.pop("MASTER_PORT", None)  # of these processes; the next ones find another
        for process in set(multiprocessing.active_children()) - others:  # after Ctrl+C
            process.terminate()


def _fabric(num: int, device: str) -> Any:
    """Who starts them: imported here, for it is an extra of the package and takes seconds to load."""
    try:
        from lightning_fabric import Fabric
        from lightning_fabric.plugins.environments import LightningEnvironment, TorchElasticEnvironment
        from lightning_fabric.strategies import DDPStrategy
    except ImportError:
        raise GensqError('expected the package lightning-fabric for several processes, got none; install it with `pip install '
                         '"gensq-lib[processes]"` (in the repository: pip install -e ".[processes]")') from None
    expect(device in ("cpu", "cuda"), f'expected the device "cpu" or "cuda" for several processes, got "{device}"; choose one')
    most = torch.cuda.device_count() if device == "cuda" else MOST
    advice = "as many as there are GPUs" if device == "cuda" else "one for each core is a good number"
    expect(whole(num, 1) and num <= most, f"expected from 1 to {most} processes on {device}, got {num!r}; {advice}")
    there = int(os.environ["LOCAL_WORLD_SIZE"]) if by_torchrun() else num
    expect(num == there, f"expected as many processes a machine as torchrun has started, {there}, got {num}; "
                         "say the same number to both")
    start, outside = ("popen", TorchElasticEnvironment()) if by_torchrun() else ("spawn", LightningEnvironment())
    strategy = DDPStrategy(cluster_environment=outside, start_method=start,
                           process_group_backend="gloo" if device == "cpu" else "cpu:gloo,cuda:nccl")
    machines = int(os.environ["GROUP_WORLD_SIZE"]) if by_torchrun() else 1
    return Fabric(accelerator=device, devices=num, num_nodes=machines, strategy=strategy)


def by_torchrun() -> bool:
    """Whether torchrun has started this process, and others."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def _work_there(fabric: Any, work: Callable[..., None], given: tuple) -> None:
    """In each process; whatever kind of sentence it is, `in_processes` finds it under one name."""
    tqdm.set_lock(threading.RLock())  # its own is one between processes, of which a killed one would leave a warning
    if rank():
        os.environ["GENSQ_PROGRESS"] = "0"
    try:
        work(*given)
    except GensqError as error:
        raise GensqError(str(error)) from None
