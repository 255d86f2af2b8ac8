"""What lesson 06 reads off a finished model: sentences drawn from it, reconstructions, and what these keep."""
import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib import diagnostics
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.maths.stats import Share
from gensq_lib.text import decoding
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training.steps import device_of


def drawn(model: nn.Module, text: Corpus, *, num: int, temperature: float, seed: int, avoid: tuple[int, ...] = (Vocab.UNK,)
          ) -> list[Sentence]:
    """Sentences of a language model, or of a VAE with z from its prior: the same z at every temperature."""
    latent_dim = getattr(model, "latent_dim", 0)
    z = torch.randn(num, latent_dim, generator=runtime.generator(seed, "prior")).to(device_of(model)) if latent_dim else None
    return decoding.sample(model, num=num, z=z, temperature=temperature, generator=runtime.generator(seed, "words"),
                           max_length=max(map(len, text.train)) + 5, avoid=avoid).sentences(text.vocab)


def reconstructions(model: nn.Module, text: Corpus, z: Float[Tensor, "sentence latent"]) -> list[Sentence]:
    """The sentence that each z says, decoded greedily."""
    with objectives.evaluating(model):
        return decoding.greedy(model, num=len(z), z=z.to(device_of(model)), max_length=max(map(len, text.train)) + 5,
                               avoid=(Vocab.UNK,)).sentences(text.vocab)


def kept(text: Corpus, copies: list[Sentence]) -> dict[str, Share]:
    """In how many of the first test sentences each attribute is that of the copy."""
    return diagnostics.attribute_agreement(text.test[:len(copies)], copies, text.grammar, language=text.language)
