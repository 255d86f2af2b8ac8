"""The long exercise of lesson 22: what each of several processes minimises, so that together they are one."""
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words
from gensq_course.lessons.scaling_up import batches
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch


def scaled_losses(log_probs: Float[Tensor, "sentence time"], lengths: Int[Tensor, "sentence"],
                  kl: Float[Tensor, "sentence latent"], rank: Int[Tensor, "sentence"], num_ranks: int) -> Float[Tensor, "rank"]:
    """The loss of each rank, nats: the mean of their gradients is that of the mean -ELBO of all sentences in one process."""
    padding = torch.arange(log_probs.shape[1]) >= lengths[:, None]
    reconstruction = log_probs.masked_fill(padding, 0.0).sum(-1)
    loss = kl.sum(-1) - reconstruction
    sums = torch.stack([loss[rank == r].sum() for r in range(num_ranks)])
    return sums * num_ranks / len(lengths)


RANK_SLIPS = {
    "no ranks": ("sums * num_ranks / len(lengths)", "sums / len(lengths)"),
    "sums": ("sums * num_ranks / len(lengths)", "sums"),
    "by tokens": ("sums * num_ranks / len(lengths)", "sums * num_ranks / lengths.sum()"),
    "turned fraction": ("sums * num_ranks / len(lengths)", "sums * len(lengths) / num_ranks"),
    "padding": (".masked_fill(padding, 0.0)", ""),
    "one position late": (">= lengths", "> lengths"),
    "mean of latent": ("kl.sum(-1)", "kl.mean(-1)"),
    "kl turned": ("kl.sum(-1) - reconstruction", "-kl.sum(-1) - reconstruction"),
    "log p as loss": ("kl.sum(-1) - reconstruction", "kl.sum(-1) + reconstruction"),
    "no kl": ("kl.sum(-1) - reconstruction", "-reconstruction"),
    "own length": ("kl.sum(-1) - reconstruction", "(kl.sum(-1) - reconstruction) / lengths"),
    "log p by its length": ("kl.sum(-1) - reconstruction", "kl.sum(-1) - reconstruction / lengths"),
}


def parts(log_probs, lengths, kl, rank, num_ranks):
    """What each rank has: its -reconstructions, KLs and lengths."""
    real = torch.arange(log_probs.shape[1]) < lengths[:, None]
    reconstruction = -(log_probs.masked_fill(~real, 0.0)).sum(-1)
    return [(reconstruction[rank == r], kl.sum(-1)[rank == r], lengths[rank == r]) for r in range(num_ranks)]


def mean_of_means(log_probs, lengths, kl, rank, num_ranks):
    own = parts(log_probs, lengths, kl, rank, num_ranks)
    return torch.stack([(nll + cost).mean() for nll, cost, _ in own])


def two_units(log_probs, lengths, kl, rank, num_ranks):
    """Reconstruction by all tokens, KL by all sentences."""
    own = parts(log_probs, lengths, kl, rank, num_ranks)
    return num_ranks * torch.stack([nll.sum() / lengths.sum() + cost.sum() / len(lengths) for nll, cost, _ in own])


def two_units_of_each(log_probs, lengths, kl, rank, num_ranks):
    """The same, of each rank's own tokens and sentences."""
    own = parts(log_probs, lengths, kl, rank, num_ranks)
    return torch.stack([nll.sum() / num.sum() + cost.mean() for nll, cost, num in own])


def dropped(log_probs, lengths, kl, rank, num_ranks):
    """As many sentences of each rank as the smallest one has."""
    own = parts(log_probs, lengths, kl, rank, num_ranks)
    least = min(len(nll) for nll, _, _ in own)
    return torch.stack([(nll + cost)[:least].mean() for nll, cost, _ in own])


def ways(right: Callable, log_probs: Float[Tensor, "sentence time"], lengths: Int[Tensor, "sentence"],
         kl: Float[Tensor, "sentence latent"], rank: Int[Tensor, "sentence"], num_ranks: int) -> dict[str, Float[Tensor, "rank"]]:
    """The losses of the ranks by a right function and by each usual mistake, all about as large."""
    given, usual = (log_probs, lengths, kl, rank, num_ranks), lengths.float().mean()
    return {"sums, times R / N": right(*given), "R forgotten": right(*given) / num_ranks, "mean of means": mean_of_means(*given),
            "remainder dropped": dropped(*given), "two units, of each rank": two_units_of_each(*given) * usual,
            "the same, KL over the usual length": two_units_of_each(log_probs, lengths, kl / usual, rank, num_ranks) * usual}


def distances(vae: TextVAE, right: Callable, batch: Batch, other: Batch, *, seed: int, sizes: Sequence[int] = (5, 9, 18)
              ) -> dict[str, dict[str, float]]:
    """How far each way's gradient is from that of one process, over its length: by how sentences are dealt to ranks, then by way.

    By chance; by length, the longest to the first rank; and, dealt by chance, how far Adam's first step is.
    """
    by_chance = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes)).to(batch.lengths.device)
    draw = runtime.generator(seed, "ranks")
    terms, others = (elbo_terms(vae, each, generator=draw) for each in (batch, other))
    given, alone = (vae.token_log_likelihood(batch, terms.z)[0], batch.lengths, terms.kl), batches.slope(vae, -terms.elbo.mean())

    def found(rank: Int[Tensor, "sentence"]) -> dict[str, Float[Tensor, "parameter"]]:
        losses = ways(right, *given, rank, len(sizes))
        return {name: batches.averaged(vae, each) for name, each in losses.items()} | {
            "another random batch": batches.slope(vae, -others.elbo.mean())}

    dealt = {"by chance": found(by_chance), "by length": found(by_chance[batch.lengths.argsort(descending=True).argsort()])}
    first = {name: batches.first_step(each) for name, each in dealt["by chance"].items()}
    return {how: {name: batches.apart(each, alone) for name, each in gradients.items()} for how, gradients in dealt.items()} | {
        "Adam's first step, by chance": {name: batches.apart(each, batches.first_step(alone)) for name, each in first.items()}}


def rank_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(24)

    def case(sizes: list[int], time: int, latent: int) -> Inputs:
        num = sum(sizes)
        lengths = torch.randint(1, time + 1, (num,), generator=draw)
        lengths[0] = time
        rank = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))[torch.randperm(num, generator=draw)]
        return (-3 * torch.rand(num, time, generator=draw), lengths, torch.rand(num, latent, generator=draw), rank, len(sizes))
    small = (torch.tensor([[-1.0, -2.0], [-3.0, 9.0], [-1.0, -1.0]]), torch.tensor([2, 1, 2]),
             torch.tensor([[0.5, 0.5], [0.25, 0.5], [0.0, 1.0]]), torch.tensor([0, 0, 1]), 2)
    return [small, case([2, 0, 3], 4, 2), case([5, 2, 4], 6, 3)]


RANKS = Exact(**words(__file__, "scaled_losses"), reference=scaled_losses, slips=RANK_SLIPS,
              forms={"mean of means": mean_of_means, "two units": two_units, "two units of each": two_units_of_each,
                     "dropped": dropped}, cases=rank_cases, together=2)
