"""The text VAE trained as a first draft would: what `gensq_lib.training` is measured against.

Random batches padded to their longest sentence, every position through the output layer (padding, too), the mask put
on afterwards, an optimiser that visits one parameter after another, fp32 throughout. The model is the library's, so
both loops do the same arithmetic for the same sentences and differ only in what they waste.
"""
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import kl_divergence
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch
from gensq_lib.text.vocab import Vocab


def naive_optimizer(model: nn.Module, *, learning_rate: float) -> torch.optim.Optimizer:
    """Adam, one parameter after another."""
    return torch.optim.Adam(model.parameters(), lr=learning_rate, fused=False, foreach=False)


def naive_batches(encoded: Sequence[Sequence[int]], *, batch_size: int, seed: int, device: str) -> Iterator[Batch]:
    """One epoch in random order, whatever the lengths."""
    order = np.random.default_rng(seed).permutation(len(encoded))
    for start in range(0, len(order), batch_size):
        rows = [torch.tensor([Vocab.BOS, *encoded[j], Vocab.EOS]) for j in order[start : start + batch_size]]
        lengths = torch.tensor([len(row) - 1 for row in rows])
        tokens = pad_sequence(rows, batch_first=True, padding_value=Vocab.PAD)
        yield Batch(tokens[:, :-1], tokens[:, 1:], lengths).to(device)


def naive_elbo(model: TextVAE, batch: Batch, *, noise: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch"]:
    """Reconstruction minus KL, nats per sentence: all positions are predicted, then those of the padding forgotten."""
    q = model.posterior(batch)
    z = q.mean + q.stddev * noise
    decoder, steps = model.decoder, batch.inputs.shape[1]
    inputs = torch.cat([decoder.embed(batch.inputs), z[:, None].expand(-1, steps, -1)], -1)
    h, c, _ = decoder.start(z, len(batch))
    hidden, _ = decoder.rnn(inputs, (h.transpose(0, 1).contiguous(), c.transpose(0, 1).contiguous()))
    logits = decoder.logits(hidden)
    nll = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), reduction="none").view_as(batch.targets)
    return -(nll * batch.mask).sum(-1) - kl_divergence(q, model.prior()).sum(-1)


def naive_step(model: TextVAE, optimizer: torch.optim.Optimizer, batch: Batch, *, clip: float = 5.0) -> float:
    """One update; the mean ELBO before it."""
    elbo = naive_elbo(model, batch, noise=torch.randn(len(batch), model.latent_dim, device=batch.targets.device)).mean()
    optimizer.zero_grad()
    (-elbo).backward()
    nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
    return elbo.item()
