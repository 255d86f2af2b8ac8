"""A trained text VAE together with its corpus: sentences in, points out, and back."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.maths import objectives
from gensq_lib.text import batching, decoding
from gensq_lib.text.corpora import Corpus
from gensq_course.talk.typed import typed_sentence
from gensq_lib.text.vocab import Sentence, Vocab

def sampled(model: nn.Module, **options) -> decoding.Decoded:
    """Draws with the same noise each time, so that what changes with z is z."""
    return decoding.sample(model, generator=runtime.generator("luck"), **options)


DECODERS: dict[str, Callable[..., decoding.Decoded]] = {
    "greedy": decoding.greedy,
    "beam of 5": partial(decoding.beam, width=5),
    "drawn at T = 0.7": partial(sampled, temperature=0.7),
    "drawn at T = 1": partial(sampled, temperature=1.0),
}


@dataclass(frozen=True, eq=False)
class Space:
    """What a lesson and its widgets need of a model. Points are posterior means; texts are as people write them."""

    model: nn.Module
    text: Corpus
    max_length: int = 30
    device: str = "cpu"

    def means(self, sentences: Sequence[Sentence]) -> Float[Tensor, "sentence latent"]:
        """The mean of q(z | x) of each sentence."""
        encoded = [self.text.vocab.encode(sentence) for sentence in sentences]
        return objectives.evaluate(self.model, lambda batch: self.model.posterior(batch).mean,
                                   batching.in_order(encoded, device=self.device))

    @lru_cache(maxsize=100)  # noqa: B019 - a lesson has few spaces, and a slider asks for the same two sentences all the time
    def at(self, written: str) -> Float[Tensor, "latent"]:
        """The point of a sentence that a person typed; what cannot be read is refused with a sentence that helps."""
        return self.means([typed_sentence(self.text, written)])[0]

    def sentences(self, points: Float[Tensor, "batch latent"], how: str = "greedy") -> list[Sentence]:
        """A sentence for each point, decoded as `how` says; <unk> is never said."""
        if how not in DECODERS:
            raise GensqError(f'expected a way to decode out of {listed(DECODERS)}, got "{how}"{nearest(how, DECODERS)}')
        found = DECODERS[how](self.model, num=len(points), z=points.to(self.device), max_length=self.max_length,
                              avoid=(Vocab.UNK,))
        return found.sentences(self.text.vocab)

    def texts(self, points: Float[Tensor, "batch latent"], how: str = "greedy") -> list[str]:
        """The same, for people."""
        return [self.text.show(sentence) for sentence in self.sentences(points, how)]
