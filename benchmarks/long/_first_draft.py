"""The text VAE as it is mostly copied: one GRU each way, a logistic rise of the KL's weight, nothing else against collapse.

Network, sizes and schedule are those of the most used public program for it (timbmg/Sentence-VAE); the lines are our own.
"""
import math
import time

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

from gensq_course.lessons.scaling_up.naive import naive_batches, naive_optimizer
from gensq_lib.maths.objectives import elbo_terms, evaluate
from gensq_lib.models.parts import LatentModel, for_each_sample
from gensq_lib.text.batching import Batch, in_order

RATE, BATCH_SIZE, STEEPNESS, HALFWAY, DROPOUT = 1e-3, 32, 0.0025, 2_500, 0.5
EPOCHS = 10  # that the program does unless it is told otherwise


class FirstDraft(LatentModel):
    """An encoder's last state, a Gaussian z, a decoder that begins with it; every position meets the output layer."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 300, hidden_dim: int = 256, latent_dim: int = 16):
        super().__init__()
        self.latent_dim = latent_dim
        self.embed, self.dropout = nn.Embedding(vocab_size, embed_dim), nn.Dropout(DROPOUT)
        self.encoder, self.decoder = (nn.GRU(embed_dim, hidden_dim, batch_first=True) for _ in range(2))
        self.to_mean, self.to_log_var = nn.Linear(hidden_dim, latent_dim), nn.Linear(hidden_dim, latent_dim)
        self.to_hidden, self.to_vocab = nn.Linear(latent_dim, hidden_dim), nn.Linear(hidden_dim, vocab_size)

    def posterior(self, batch: Batch) -> Normal:
        packed = pack_padded_sequence(self.embed(batch.targets), batch.lengths.cpu(), batch_first=True, enforce_sorted=False)
        last = self.encoder(packed)[1][0]
        return Normal(self.to_mean(last), (0.5 * self.to_log_var(last)).exp(), validate_args=False)

    def log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "sample batch"]:
        return for_each_sample(self._of_tokens, batch, z).sum(-1)

    def _of_tokens(self, batch: Batch, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch time"]:
        hidden, _ = self.decoder(self.dropout(self.embed(batch.inputs)), self.to_hidden(z)[None])
        nll = F.cross_entropy(self.to_vocab(hidden).flatten(0, 1), batch.targets.flatten(), reduction="none")
        return -nll.view_as(batch.targets) * batch.mask


def kl_weight(step: float) -> float:
    """A logistic curve, one half after `HALFWAY` steps."""
    return 1 / (1 + math.exp(-STEEPNESS * (step - HALFWAY)))


def train_first_draft(model: FirstDraft, train: list[list[int]], valid: list[list[int]], *, seconds: float, seed: int,
                      fitted: bool = False) -> dict[str, float]:
    """For so many processor-seconds; the epochs that were begun, and the weight of the KL at the end.

    `fitted`: the weight rises as it would over all of the program's epochs, in the time that there is; else by steps, as there.
    After each epoch, the one that time cuts short among them, it is asked for the ELBO of validation sentences, which costs
    nothing here; the best is kept, whatever the weight of the KL was by then: the program itself keeps all and leaves the choice
    to its user.
    """
    optimizer, step, epoch, best = naive_optimizer(model, learning_rate=RATE), 0, 0, (math.inf, model.state_dict())
    spent, whole, weight = 0.0, EPOCHS * -(-len(train) // BATCH_SIZE), 0.0
    torch.manual_seed(seed)
    while spent < seconds:
        began = time.process_time()
        model.train()
        for batch in naive_batches(train, batch_size=BATCH_SIZE, seed=seed + epoch, device="cpu"):
            done = (spent + time.process_time() - began) / seconds
            weight = kl_weight(done * whole if fitted else step)
            terms = elbo_terms(model, batch)
            loss = (weight * terms.kl.sum(-1) - terms.reconstruction).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if done > 1:
                break
        spent, epoch = spent + time.process_time() - began, epoch + 1
        loss = -evaluate(model, lambda batch: elbo_terms(model, batch).elbo, in_order(valid)).mean().item()
        print(f"first draft: epoch {epoch}, {spent:.0f} s, -ELBO {loss:.2f}, weight of the KL {weight:.2f}", flush=True)
        if loss < best[0]:
            best = (loss, {name: value.clone() for name, value in model.state_dict().items()})
    model.load_state_dict(best[1])
    model.eval()
    return {"epochs": epoch, "weight of the KL": weight}
