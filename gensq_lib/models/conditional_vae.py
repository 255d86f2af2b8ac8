"""The conditional VAE for dialogue of Zhao et al. (2017): prompt -> p(z | prompt) -> reply.

One prompt has several good replies; z is to say which. Prior and posterior both depend on the prompt, and a bag-of-words head
asks z to name the words of the reply, or the decoder, which is good without it, would never listen.
"""
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.parts import BagOfWordsHead, LatentModel, for_each_sample, gaussian
from gensq_lib.models.recurrent import RecurrentEncoder
from gensq_lib.models.seq2seq import Answering, Seq2Seq
from gensq_lib.text.pairs import PairBatch, Prompts
from gensq_lib.text.vocab import Vocab


class ConditionalVAE(LatentModel):
    """p(z | prompt, labels) p(reply | prompt, labels, z) with q(z | prompt, labels, reply).

    `options` are further ones of `Seq2Seq`: labels, attention, copying, a source vocabulary. Taught in lesson 16.
    """

    encoder_parts = ("reply_encoder", "to_posterior")

    def __init__(self, *, vocab_size: int, latent_dim: int = 8, embed_dim: int = 64, hidden_dim: int = 128, **options: Any):
        super().__init__()
        if latent_dim < 1:
            raise GensqError(f"expected latent_dim >= 1, got {latent_dim}; without z use a Seq2Seq")
        self.latent_dim = latent_dim
        self.decoder = Seq2Seq(vocab_size=vocab_size, latent_dim=latent_dim, embed_dim=embed_dim, hidden_dim=hidden_dim,
                               **options)
        embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.reply_encoder = RecurrentEncoder(embed=embed, hidden_dim=hidden_dim, cell="gru")
        known = hidden_dim + self.decoder.encoder.labels_dim
        self.to_prior = _two_layers(known, hidden_dim, latent_dim)
        self.to_posterior = _two_layers(known + hidden_dim, hidden_dim, latent_dim)
        self.to_words = BagOfWordsHead(known + latent_dim, vocab_size)

    def count_words(self, pairs: Iterable[tuple[Sequence[int], Sequence[int], Sequence[int]]]) -> None:
        """Start decoder and bag of words from the frequencies of words in the replies."""
        self.to_words.start_from_frequencies(self.decoder.start_from_frequencies(reply for _, reply, _ in pairs))

    def prior(self, condition: PairBatch | Prompts) -> Normal:
        """p(z | prompt, labels), one row for each prompt; it needs no reply."""
        prompts = condition.prompts if isinstance(condition, PairBatch) else condition
        return gaussian(*self.to_prior(self.decoder.encoder(prompts).known).chunk(2, -1))

    def posterior(self, batch: PairBatch) -> Normal:
        """q(z | prompt, labels, reply); the encoder reads the true words, whatever the decoder is shown."""
        seen = [self.decoder.encoder(batch.prompts).known, self.reply_encoder(batch.targets, batch.lengths)]
        return gaussian(*self.to_posterior(torch.cat(seen, -1)).chunk(2, -1))

    def token_log_likelihood(self, batch: PairBatch, z: Float[Tensor, "sample batch latent"]
                             ) -> Float[Tensor, "sample batch time"]:
        """log p(x_t | x_<t, prompt, labels, z), 0 on padding."""
        return for_each_sample(self.decoder.token_log_likelihood, batch, z)

    def log_likelihood(self, batch: PairBatch, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "sample batch"]:
        """log p(reply | prompt, labels, z), nats per reply, <eos> counted."""
        return self.token_log_likelihood(batch, z).sum(-1)

    def bag_log_likelihood(self, batch: PairBatch, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "batch"]:
        """How well z and the prompt name the words of the reply: the task of the cure `BagOfWords`."""
        known = self.decoder.encoder(batch.prompts).known
        return self.to_words.log_likelihood(torch.cat([known, z.mean(0)], -1), batch)

    def answering(self, prompts: Prompts) -> Answering:
        """The decoder of replies to these prompts.

        >>> sample(vae.answering(prompts), num=len(prompts), z=vae.prior(prompts).sample(), max_length=20, generator=noise)
        """
        return self.decoder.answering(prompts)


def _two_layers(input_dim: int, hidden_dim: int, latent_dim: int) -> nn.Module:
    return nn.Sequential(nn.Linear(input_dim, hidden_dim), nn.Tanh(), nn.Linear(hidden_dim, 2 * latent_dim))
