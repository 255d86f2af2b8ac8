"""Who plays in lesson 23, and on what: the village, a masked denoiser, its truth and its rivals, on the same sentences in the
same number of updates.

Sizes are about alike (42,000 to 107,000 numbers). Rates were chosen on seed 100, four for each family (`study_rates.py`).
"""
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import chosen
from gensq_lib.maths.objectives import elbo_terms, evaluate, iwae
from gensq_lib.maths.orders import any_order_bound, any_order_log_prob
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.masked_diffusion import MaskedDenoiser, TrueDenoiser, exact_log_prob, sampled
from gensq_lib.models.parts import Model
from gensq_lib.models.text_vae import TextVAE, cured_vae
from gensq_lib.text import corpora
from gensq_lib.text.batching import in_order
from gensq_lib.text.decoding import sample
from gensq_lib.training.recipes import train_denoiser

NUM_TRAIN, BATCH_SIZE = 8_000, 64
SMALL = {"embed_dim": 64, "num_layers": 2, "num_heads": 4, "max_length": 20}
SIZES = {"masked diffusion": {**SMALL, "hidden_dim": 128}, "Transformer": {**SMALL, "decoder": "transformer"},
         "LSTM": {"embed_dim": 64, "hidden_dim": 64}, "VAE": {"embed_dim": 64, "hidden_dim": 64}}
LATENT_DIM, CURE = 8, "free_bits"
RATES = {"masked diffusion": 5e-3, "Transformer": 2e-2, "LSTM": 5e-3, "VAE": 1e-2}
IMPORTANCE = 100  # draws of z
Ids = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Village:
    """All that the world says at a seed, as whole numbers."""

    seed: int
    num_train: int = NUM_TRAIN

    @cached_property
    def text(self) -> corpora.Corpus:
        return corpora.load("village", seed=self.seed, num_train=self.num_train)

    def part(self, name: str, num: int | None = None) -> list[list[int]]:
        """Sentences of "train", "valid" or "test"."""
        return [self.text.vocab.encode(sentence) for sentence in getattr(self.text, name)[:num]]

    @cached_property
    def truth(self) -> TrueDenoiser:
        """Its exact conditionals, from the list of all its sentences."""
        everything = list(self.text.grammar.derivations())
        log_prob = torch.tensor([each.log_prob for each in everything], dtype=torch.float64)
        encoded = [self.text.vocab.encode(each.words(self.text.language)) for each in everything]
        return TrueDenoiser(encoded, log_prob, vocab_size=len(self.text.vocab))

    def log_prob(self, sentences: Ids) -> Float[Tensor, "sentence"]:
        """The world's own, nats; minus infinity for what nobody says here."""
        words = map(self.text.vocab.decode, sentences)
        return torch.tensor([self.text.grammar.log_prob(each, language=self.text.language) for each in words]).double()

    def valid(self, sentences: Ids) -> float:
        """The share of sentences that somebody could say here."""
        return self.log_prob(sentences).isfinite().double().mean().item()

    @property
    def key(self) -> dict[str, str]:
        return {"corpus": self.text.fingerprint}


def trained(family: str, village: Village, *, steps: int, rate: float = 0.0, device: str = "cpu") -> Model:
    """A player of this family after so many updates. A VAE begins with the LSTM, which takes half of them."""
    chosen("a family", family, SIZES)
    torch.manual_seed(village.seed)
    size = {"vocab_size": len(village.text.vocab), **SIZES[family]}
    how = {"batch_size": BATCH_SIZE, "seed": village.seed, "key": village.key, "learning_rate": rate or RATES[family]}
    parts = village.part("train"), village.part("valid", 500)
    match family:
        case "masked diffusion":
            model = MaskedDenoiser(**size).to(device)
            train_denoiser(model, *parts, steps=steps, **how)
        case "VAE":
            begun = trained("LSTM", village, steps=steps // 2, device=device)
            torch.manual_seed(village.seed)
            model = cured_vae(CURE, latent_dim=LATENT_DIM, **size).to(device)
            training.train_vae(model, *parts, cure=CURE, steps=steps - steps // 2, start=begun, **how)
        case _:
            model = LanguageModel(**size).to(device)
            training.train_language_model(model, *parts, steps=steps, **how)
    return model.cpu().eval()


@torch.no_grad()
def nats(model: Model, sentences: Ids, *, seed: int) -> tuple[Float[Tensor, "sentence"], Float[Tensor, "sentence"]]:
    """log p(x) of each sentence, and what was maximised in training: the any-order bound, the ELBO, or log p(x) itself.

    Exact; of a VAE log p by importance samples, a bound that is tight here to some hundredths of a nat.
    """
    if isinstance(model, MaskedDenoiser):
        return exact_log_prob(model, sentences, of=likelihood_and_bound).unbind()
    if isinstance(model, TextVAE):
        noise = runtime.generator(seed, "nats")
        return tuple(evaluate(model, of, in_order(sentences)).double() for of in (
            lambda batch: iwae(model, batch, num_samples=IMPORTANCE, generator=noise),
            lambda batch: elbo_terms(model, batch, generator=noise).elbo))
    return 2 * (evaluate(model, model.log_likelihood, in_order(sentences)).double(),)


def likelihood_and_bound(table: Float[Tensor, "sentence subset place"]) -> Float[Tensor, "two sentence"]:
    """Both from one table, nats."""
    return torch.stack([any_order_log_prob(table), any_order_bound(table)])


@torch.no_grad()
def said(model: Model, num: int, *, seed: int) -> list[list[int]]:
    """So many sentences; of a masked denoiser one word after the other, in random order."""
    noise = runtime.generator(seed, "said")
    if isinstance(model, MaskedDenoiser):
        return sampled(model, num, generator=noise)
    z = torch.randn(num, model.latent_dim, generator=noise) if isinstance(model, TextVAE) else None
    found = sample(model, num=num, z=z, max_length=25, generator=noise)
    return [row[:length - 1] for row, length in zip(found.tokens.tolist(), found.lengths.tolist(), strict=True)]
