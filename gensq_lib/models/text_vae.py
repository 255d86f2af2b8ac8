"""The text VAE of Bowman et al. (2016): a recurrent encoder, a Gaussian z, a recurrent decoder."""
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from einops import rearrange, repeat
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.recurrent import RecurrentDecoder, RecurrentEncoder
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab

LOG_VAR_BOUND = 8.0  # sigma between e^-4 and e^4: no early sentence can throw exp() to infinity


class TextVAE(nn.Module):
    """x -> q(z | x) -> z -> p(x | z)."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 128, hidden_dim: int = 192, latent_dim: int = 8,
                 cell: str = "lstm", num_layers: int = 1, bidirectional: bool = True, pool: str = "max",
                 z_to_state: bool = True, z_to_steps: bool = True, tie: bool = True, dropout: float = 0.0,
                 share_embedding: bool = False):
        super().__init__()
        if latent_dim < 1:
            raise GensqError(f"expected latent_dim >= 1, got {latent_dim}; without z use a LanguageModel")
        self.latent_dim, self.share_embedding = latent_dim, share_embedding
        self.decoder = RecurrentDecoder(
            vocab_size=vocab_size, embed_dim=embed_dim, hidden_dim=hidden_dim, latent_dim=latent_dim, cell=cell,
            num_layers=num_layers, z_to_state=z_to_state, z_to_steps=z_to_steps, tie=tie, dropout=dropout)
        embed = self.decoder.embed if share_embedding else nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.encoder = RecurrentEncoder(embed=embed, hidden_dim=hidden_dim, cell=cell, num_layers=num_layers,
                                        bidirectional=bidirectional, pool=pool)
        self.to_mean = nn.Linear(hidden_dim, latent_dim)
        self.to_log_var = nn.Linear(hidden_dim, latent_dim)

    def posterior(self, batch: Batch) -> Normal:
        """q(z | x); the encoder reads the true words (`targets`), whatever the decoder is shown."""
        summary = self.encoder(batch.targets, batch.lengths)
        mean, log_var = self.to_mean(summary).float(), self.to_log_var(summary).float()  # the KL stays in fp32
        stddev = (0.5 * LOG_VAR_BOUND * (log_var / LOG_VAR_BOUND).tanh()).exp()
        # Unvalidated: a NaN must reach the loss, where training stops with a sentence that names the step.
        return Normal(mean, stddev, validate_args=False)

    def prior(self, condition: Any = None) -> Normal:
        """p(z) = N(0, I): one row, which broadcasts over any batch."""
        zeros = torch.zeros(1, self.latent_dim, device=self.to_mean.weight.device)
        return Normal(zeros, torch.ones_like(zeros), validate_args=False)

    def token_log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]
                             ) -> Float[Tensor, "sample batch time"]:
        """log p(x_t | x_<t, z), 0 on padding."""
        num_samples = z.shape[0]
        copies = Batch(*(repeat(field, "batch ... -> (sample batch) ...", sample=num_samples)
                         for field in (batch.inputs, batch.targets, batch.lengths)))
        tokens = self.decoder.token_log_likelihood(copies, rearrange(z, "sample batch latent -> (sample batch) latent"))
        return rearrange(tokens, "(sample batch) time -> sample batch time", sample=num_samples)

    def log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "sample batch"]:
        """log p(x | z), nats per sentence, <eos> counted."""
        return self.token_log_likelihood(batch, z).sum(-1)

    def start(self, z: Float[Tensor, "batch latent"], num: int) -> State:
        return self.decoder.start(z, num)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        return self.decoder.step(tokens, state)

    def count_words(self, encoded: Iterable[Sequence[int]]) -> None:
        """Start from the frequencies of the words of a corpus."""
        self.decoder.start_from_frequencies(encoded)

    def encoder_parameters(self) -> Iterator[nn.Parameter]:
        """Those of q(z | x) alone. A shared embedding is not among them: moving it would move the decoder."""
        theirs = {id(parameter) for parameter in self.decoder.parameters()}
        for part in (self.encoder, self.to_mean, self.to_log_var):
            yield from (parameter for parameter in part.parameters() if id(parameter) not in theirs)
