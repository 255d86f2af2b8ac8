"""Experiments on axes and layers: who is mixed with whom, and what a layer can say at all."""
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence
from torch.nn.utils.rnn import pack_padded_sequence

from gensq_course.lessons.tutorial_autopsy.experiments import Found


def gru(**options: bool) -> nn.GRU:
    """A small recurrent network, the same at every call."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.GRU(4, 5, batch_first=True, **options).requires_grad_(False)


def numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def reads_padding(pads: int = 6) -> Found:
    """How far the code of a sentence moves when `pads` places of padding are put behind it."""
    rnn, sentence = gru(), numbers(1, 3, 4)
    padded = torch.cat([sentence, torch.zeros(1, pads, 4)], 1)
    alone, last = rnn(sentence)[1], rnn(padded)[1]
    packed = rnn(pack_padded_sequence(padded, torch.tensor([3]), batch_first=True))[1]
    return Found((last - alone).abs().max().item(), (packed - alone).abs().max().item())


def view_mixes(batch: int = 3) -> Found:
    """How far the code of the first sentence moves when only the others in its batch are changed."""
    rnn, one, other = gru(bidirectional=True), numbers(batch, 6, 4), numbers(batch, 6, 4, seed=1)
    other[0] = one[0]
    states = [rnn(x)[1] for x in (one, other)]  # direction, batch, hidden
    wrong = [h.reshape(batch, -1)[0] for h in states]
    right = [h.transpose(0, 1).reshape(batch, -1)[0] for h in states]
    return Found(*((first - second).abs().max().item() for first, second in (wrong, right)))


def one_head(mean: float = 1.5, width: float = 0.5) -> Found:
    """Nats that the best q(z | x) still lacks to a posterior N(mean, width²); one number for both, or two numbers."""
    values = torch.linspace(-4, 4, 801)
    wanted = Normal(mean, width)
    tied = kl_divergence(Normal(values, (values / 2).exp()), wanted).min()
    free = kl_divergence(Normal(values[:, None], (values / 2).exp()[None]), wanted).min()
    return Found(tied.item(), free.item())


def softmax_axis() -> Found:
    """How far the probabilities of all words at one place are from adding up to 1 (batch, time, vocab; the worst place)."""
    logits = numbers(2, 5, 7)
    return Found(*((logits.softmax(axis).sum(-1) - 1).abs().max().item() for axis in (1, -1)))


def broadcast(batch: int = 8) -> Found:
    """Cross-entropy of a judge that is right and sure of every example, nats: p has the shape (batch, 1), labels (batch,)."""
    labels = (torch.arange(batch) % 2).float()
    p = torch.where(labels > 0, 0.999, 0.001)[:, None]
    def price(p):
        return (-(labels * p.log() + (1 - labels) * (1 - p).log()).mean().item())
    return Found(price(p), price(p[:, 0]))


def rewards_view(batch: int = 4, time: int = 6) -> Found:
    """Share of the rewards that reach another sentence than their own; they were collected step by step, `batch` at a time."""
    steps = [torch.arange(batch) for _ in range(time)]  # the reward is the number of its sentence
    wrong, right = torch.cat(steps).view(batch, time), torch.stack(steps, 1)
    return Found(*((found != torch.arange(batch)[:, None]).float().mean().item() for found in (wrong, right)))
