"""What the encoder says of a set of sentences; and does the decoder use z? Take z away and see what it costs."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib.maths.divergences import kl, reparameterize
from gensq_lib.maths.objectives import evaluate, evaluating

Batches = Iterable[tuple[Any, Any]]  # what `batching.in_order` and `pairs_in_order` yield: positions in the set, batch


@dataclass(frozen=True)
class Posteriors:
    """q(z | x) of every sentence of a set, in the order of the set."""

    mean: Float[Tensor, "sentence latent"]
    stddev: Float[Tensor, "sentence latent"]
    kl: Float[Tensor, "sentence latent"]  # nats

    def sample(self, *, generator: torch.Generator) -> Float[Tensor, "sentence latent"]:
        """One z per sentence."""
        return reparameterize(Normal(self.mean, self.stddev), generator=generator)[0]


def encode(model: nn.Module, batches: Batches) -> Posteriors:
    """The parameters of every q(z | x) and its KL to the prior.

    The KL is in closed form: no bias. But it says what z costs, and free bits buy any cost; whether z is used it does not say.
    Taught in lesson 06.
    """
    def stacked(batch: Any) -> Float[Tensor, "batch three latent"]:
        q = model.posterior(batch)
        return torch.stack([q.mean, q.stddev, kl(q, model.prior(batch))], 1)

    return Posteriors(*evaluate(model, stacked, batches).unbind(1))


@dataclass(frozen=True)
class ZControls:
    """log p(x | z) of each sentence under its own z, another sentence's z, and z = 0; nats."""

    own: Float[Tensor, "sentence"]
    shuffled: Float[Tensor, "sentence"]
    zeroed: Float[Tensor, "sentence"]

    @property
    def shuffled_cost(self) -> float:
        """Nats per sentence lost when z comes from another sentence: near 0 for a decoder that ignores z."""
        return (self.own - self.shuffled).mean().item()

    @property
    def zeroed_cost(self) -> float:
        """Nats per sentence lost when z is 0."""
        return (self.own - self.zeroed).mean().item()


def z_controls(model: nn.Module, batches: Callable[[], Batches], *, generator: torch.Generator) -> ZControls:
    """Reconstruction under three kinds of z. Sentences are shuffled over the whole set, not inside a batch of like ones.

    Bias: the costs are no amounts of information. A stranger who says the same makes them smaller; a z that contradicts the
    words so far, or that no sentence has (0), makes them larger. At 0 they mean what they say: nobody listens.
    Taught in lesson 06.
    """
    z = encode(model, batches()).sample(generator=generator)
    others = z[_derangement(len(z), generator=generator)]
    return ZControls(*(_token_log_likelihood(model, batches(), kind).sum(-1) for kind in (z, others, 0 * z)))


def z_gain(model: nn.Module, batches: Callable[[], Batches], *, generator: torch.Generator) -> Float[Tensor, "time"]:
    """Mean gain in log p of the word at each position, own z against another sentence's z; nats per word.

    A gain at the first word alone: z memorises how sentences begin (seen by Bosc & Vincent 2020).
    Bias: as of `z_controls`; and late positions are means over few, long sentences.
    Positions that no sentence reaches are NaN. Taught in lesson 06.
    """
    z = encode(model, batches()).sample(generator=generator)
    others = z[_derangement(len(z), generator=generator)]
    gain = _token_log_likelihood(model, batches(), z) - _token_log_likelihood(model, batches(), others)
    real = torch.zeros_like(gain, dtype=torch.bool)
    for index, batch in batches():
        real[torch.as_tensor(index), : batch.mask.shape[1]] = batch.mask.cpu()
    return (gain * real).sum(0) / real.sum(0)


def _token_log_likelihood(model: nn.Module, batches: Batches, z: Float[Tensor, "sentence latent"]
                          ) -> Float[Tensor, "sentence time"]:
    """log p(x_t | x_<t, z) with a z of our own choosing, 0 behind the end of a sentence."""
    with evaluating(model):
        found = [(torch.as_tensor(index), model.token_log_likelihood(batch, z[index][None].to(batch.inputs.device))[0])
                 for index, batch in batches]
    result = torch.zeros(len(z), max(tokens.shape[1] for _, tokens in found))
    for index, tokens in found:
        result[index, : tokens.shape[1]] = tokens.cpu()
    return result


def _derangement(n: int, *, generator: torch.Generator) -> Tensor:
    """A permutation that leaves nothing in its place: along a random cycle, everyone gets the next one's."""
    cycle = torch.randperm(n, generator=generator, device=generator.device).cpu()
    result = torch.empty_like(cycle)
    result[cycle] = cycle.roll(1)
    return result
