"""Exercise of lesson 06: three measures of what z is worth, from one table of log-likelihoods."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def worth_of_z(log_p: Float[Tensor, "sentence code"]) -> Float[Tensor, "sentence three"]:
    """From log p(x_i | z_j), where z_j is a draw for sentence j, three readings for each sentence i.

    What a stranger's z costs on average (nats); what the own z tells beyond "it is one of these N" (nats, at most log N; on
    average a lower bound on the information, Poole et al. 2019); 1 where no other z fits better, else 0.
    """
    own, num = log_p.diagonal(), len(log_p)
    strangers = (log_p.sum(1) - own) / (num - 1)
    anyone = log_p.logsumexp(1) - math.log(num)
    first = (own >= log_p.max(1).values).to(log_p.dtype)
    return torch.stack([own - strangers, own - anyone, first], 1)


def spoiled_worth(has: Has, log_p: Tensor) -> Tensor:
    if has("by column"):
        log_p = log_p.T
    own, num = log_p.diagonal(), len(log_p)
    others = log_p.masked_fill(torch.eye(num, dtype=torch.bool), float("-inf"))
    strangers = log_p.mean(1) if has("own among strangers") else (log_p.sum(1) - own) / (num - 1)
    if has("divided by N"):
        strangers = (log_p.sum(1) - own) / num
    pool, size = (others, num - 1) if has("own left out") else (log_p, num)
    anyone = pool.exp().sum(1).log() if has("underflow") else pool.logsumexp(1)
    anyone = pool.max(1).values if has("best instead of mean") else anyone - (0 if has("no log N") else math.log(size))
    if has("mean of logs"):
        anyone = log_p.mean(1)
    share = (own[:, None] >= log_p).to(log_p).mean(1) if has("share beaten") else (own >= log_p.max(1).values).to(log_p)
    if has("never first"):
        share = (own > log_p.max(1).values).to(log_p)
    columns = torch.stack([own - strangers, own - anyone, share], 1)
    if has("costs turned"):
        columns = columns * columns.new_tensor([-1.0, -1.0, 1.0])
    return columns.T if has("rows for columns") else columns


def worth_cases() -> list[Inputs]:
    """Two sentences; a table where the own z is not always the best; log-likelihoods whose exp() is 0."""
    draw = torch.Generator().manual_seed(12)
    small = [(torch.tensor([[-1.0, -3.0], [-2.0, -4.0]]),)]
    return small + [(level + 3 * torch.randn(num, num, generator=draw) + 2 * torch.eye(num),)
                    for num, level in ((4, -18.0), (6, -400.0))]


WORTH = Values(**words(__file__, "worth_of_z"), reference=worth_of_z, spoiled=spoiled_worth, cases=worth_cases)
