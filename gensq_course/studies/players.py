"""Who can say a sentence, behind one contract: a model, the grammar itself, a parrot of the training part.

`say` draws sentences, `log_q` is the log-probability that these draws have, nats: exact, or of a VAE a bound. <unk> is never
said, and `log_q` knows it. `told` is the player's own means to be told what to speak of: draws for an order, of which one is
chosen.
"""
import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.distributions import Normal

from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate, evaluating, log_mean_exp
from gensq_lib.models.parts import WordModel
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch, in_order
from gensq_lib.text.decoding import State, sample
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.scoring import log_likelihood_at
from gensq_lib.text.vocab import Sentence, Vocab

LONGEST = 30  # tokens of what is said; the longest sentence of the village is shorter
NUM_IMPORTANCE, WIDER, FROM_PRIOR = 60, 2.0, 0.2  # draws of z behind the bound of a VAE, and from where
CHUNK = 10  # of them at once
NOT_SAID = -1e4  # a bias: stands for minus infinity
LABELLED = 500  # training sentences whose topic and tense a player may know


class Order(NamedTuple):
    """What is to be spoken of."""

    topic: str
    tense: str


Labelled = Sequence[tuple[Sentence, Order]]


@dataclass
class Player(ABC):
    """`seconds` of one processor went into its training, in `steps` (0: none); `size` counts its numbers."""

    seconds: float = 0.0
    steps: int = 0

    @abstractmethod
    def say(self, num: int, *, generator: torch.Generator, temperature: float = 1.0) -> list[Sentence]:
        """So many sentences."""

    @abstractmethod
    def log_q(self, sentences: Sequence[Sentence], *, temperature: float = 1.0) -> Float[Tensor, "sentence"]:
        """Of each sentence, nats; minus infinity for one that is never said."""

    @property
    def size(self) -> int:
        """Numbers that it keeps."""
        return 0

    def told(self, orders: Sequence[Order], labelled: Labelled, draws: int, *, generator: torch.Generator) -> list[Sentence]:
        """`draws` sentences for each order, one order behind another: of a player that cannot be told, drawn blindly."""
        return self.say(draws * len(orders), generator=generator)


@dataclass
class World(Player):
    """The grammar itself: no player is better."""

    grammar: Grammar | None = None

    def say(self, num: int, *, generator: torch.Generator, temperature: float = 1.0) -> list[Sentence]:
        return self.grammar.sentences(num, generator=generator)

    def log_q(self, sentences: Sequence[Sentence], *, temperature: float = 1.0) -> Float[Tensor, "sentence"]:
        return torch.tensor([self.grammar.log_prob(sentence) for sentence in sentences], dtype=torch.float64)

    def told(self, orders: Sequence[Order], labelled: Labelled, draws: int, *, generator: torch.Generator) -> list[Sentence]:
        """Drawn given the order, by drawing until it is met: the exact conditional."""
        wanted, met = Counter(orders), {order: [] for order in orders}
        while any(len(met[order]) < draws * num for order, num in wanted.items()):
            for derivation in self.grammar.sample(1000, generator=generator):
                order = order_of(derivation.attributes)
                if order in met:
                    met[order].append(derivation.words())
        return [met[order].pop() for order in orders for _ in range(draws)]


@dataclass
class Replay(Player):
    """Says training sentences, one as often as it stood there: q is 0 for all others, so its likelihood of new ones is, too."""

    sentences: Sequence[Sentence] = ()

    @cached_property
    def counts(self) -> Counter[Sentence]:
        return Counter(self.sentences)

    @property
    def size(self) -> int:
        return sum(map(len, self.sentences))

    def say(self, num: int, *, generator: torch.Generator, temperature: float = 1.0) -> list[Sentence]:
        return [self.sentences[i] for i in torch.randint(len(self.sentences), (num,), generator=generator).tolist()]

    def log_q(self, sentences: Sequence[Sentence], *, temperature: float = 1.0) -> Float[Tensor, "sentence"]:
        return torch.tensor([self.counts[sentence] for sentence in sentences], dtype=torch.float64).log() - math.log(
            len(self.sentences))

    def told(self, orders: Sequence[Order], labelled: Labelled, draws: int, *, generator: torch.Generator) -> list[Sentence]:
        """Looks for a labelled sentence with the order, at random where there is none."""
        found = []
        for order in orders:
            fits = [sentence for sentence, known in labelled if known == order] or [sentence for sentence, _ in labelled]
            found += [fits[i] for i in torch.randint(len(fits), (draws,), generator=generator).tolist()]
        return found


class Frequencies(WordModel):
    """Every word, and the end, as often as in training, whatever stands before it: random words."""

    def __init__(self, *, vocab_size: int):
        super().__init__()
        self.register_buffer("log_p", torch.zeros(vocab_size))

    def fit(self, encoded: Sequence[Sequence[int]]) -> "Frequencies":
        """Count the words; each once more, so that none is impossible."""
        counts = 1.0 + torch.bincount(torch.tensor([i for ids in encoded for i in (*ids, Vocab.EOS)]), minlength=len(self.log_p))
        self.log_p.copy_((counts / counts.sum()).log())
        return self

    def start(self, z: None, num: int) -> State:
        """There is nothing to remember."""
        return (self.log_p.new_zeros(num, 0),)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        return self.log_p.expand(len(tokens), -1), state


@dataclass
class Words(Player):
    """A language model, whichever: log q is exact."""

    model: WordModel | None = None
    vocab: Vocab | None = None
    num_counts: int = 0  # of a model that counts

    @property
    def size(self) -> int:
        return self.num_counts or sum(p.numel() for p in self.model.parameters())

    def say(self, num: int, *, generator: torch.Generator, temperature: float = 1.0) -> list[Sentence]:
        with evaluating(self.model):
            said = sample(self.model, num=num, max_length=LONGEST, temperature=temperature, avoid=(Vocab.UNK,),
                          generator=generator)
        return said.sentences(self.vocab)

    def log_q(self, sentences: Sequence[Sentence], *, temperature: float = 1.0) -> Float[Tensor, "sentence"]:
        score = partial(log_likelihood_at, self.model, temperatures=(temperature,), avoid=(Vocab.UNK,))
        encoded = [self.vocab.encode(sentence) for sentence in sentences]
        return evaluate(self.model, lambda batch: score(batch)[0], in_order(encoded)).double()


def wide_bound(model: TextVAE, batch: Batch, *, num_samples: int, generator: torch.Generator) -> Float[Tensor, "batch"]:
    """log of the mean of p(x, z) / r(z), below log p(x) in expectation as `iwae`, z from r: an encoder `WIDER` than it says and,
    for a share of the draws, the prior. Tighter where a cure made posteriors too narrow: the weights are bounded.
    """
    q, prior, from_prior = model.posterior(batch), Normal(0.0, 1.0), round(FROM_PRIOR * num_samples)
    wide = Normal(q.mean, (WIDER * q.stddev).clamp(max=1.0), validate_args=False)
    noise = torch.randn(num_samples, *q.mean.shape, generator=generator)
    z = torch.cat([noise[:from_prior], wide.mean + wide.stddev * noise[from_prior:]])
    log_p, log_wide = prior.log_prob(z).sum(-1), wide.log_prob(z).sum(-1)
    share = from_prior / num_samples
    log_r = torch.logaddexp(log_p + math.log(share), log_wide + math.log1p(-share))
    log_x = torch.cat([model.log_likelihood(batch, some) for some in z.split(CHUNK)])
    return log_mean_exp(log_x + log_p - log_r)


@dataclass
class Latent(Words):
    """A VAE: log q is the importance-weighted bound, below the truth; z is its handle."""

    model: TextVAE | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        with torch.no_grad():
            self.model.decoder.to_vocab.bias[[Vocab.PAD, Vocab.BOS, Vocab.UNK]] = NOT_SAID

    def say(self, num: int, *, generator: torch.Generator, temperature: float = 1.0) -> list[Sentence]:
        return self.decoded(torch.randn(num, self.model.latent_dim, generator=generator), temperature, generator=generator)

    def decoded(self, z: Float[Tensor, "batch latent"], temperature: float = 1.0, *, generator: torch.Generator
                ) -> list[Sentence]:
        """A sentence from each z."""
        with evaluating(self.model):
            said = sample(self.model, num=len(z), z=z, max_length=LONGEST, temperature=temperature, generator=generator)
        return said.sentences(self.vocab)

    def log_q(self, sentences: Sequence[Sentence], *, temperature: float = 1.0) -> Float[Tensor, "sentence"]:
        noise = runtime.generator(self.seed, "importance")
        encoded = [self.vocab.encode(sentence) for sentence in sentences]
        bound = partial(wide_bound, self.model, num_samples=NUM_IMPORTANCE, generator=noise)
        return evaluate(self.model, bound, in_order(encoded, batch_size=64)).double()

    def told(self, orders: Sequence[Order], labelled: Labelled, draws: int, *, generator: torch.Generator) -> list[Sentence]:
        """From around the place of the topic, moved as the tense moves: means of the codes of labelled sentences."""
        places = self.places(labelled, generator=generator)
        centres = torch.stack([places.centre(order) for order in orders]).repeat_interleave(draws, 0)
        return self.decoded(centres + places.spread * torch.randn(centres.shape, generator=generator), generator=generator)

    def places(self, labelled: Labelled, *, generator: torch.Generator) -> "Places":
        """Where labelled sentences lie in the space of z, a draw for each."""
        with evaluating(self.model):
            encoded = [self.vocab.encode(sentence) for sentence, _ in labelled]
            z = evaluate(self.model, lambda batch: self.model.posterior(batch).mean, in_order(encoded))
            spread = evaluate(self.model, lambda batch: self.model.posterior(batch).stddev, in_order(encoded))
        return Places(z + spread * torch.randn(z.shape, generator=generator), [order for _, order in labelled])


@dataclass
class Places:
    """Draws of z, and what their sentences speak of: a centre for each order is a sum of two means."""

    z: Float[Tensor, "sentence latent"]
    orders: Sequence[Order]

    @cached_property
    def means(self) -> dict[str, Float[Tensor, "latent"]]:
        """Of each topic and of each tense, less the mean of all."""
        values = {value for order in self.orders for value in order}
        of = {value: torch.tensor([value in order for order in self.orders]) for value in values}
        return {value: self.z[rows].mean(0) - self.z.mean(0) for value, rows in of.items()}

    def centre(self, order: Order) -> Float[Tensor, "latent"]:
        """Of a value that no sentence had, the middle of all."""
        nowhere = torch.zeros(self.z.shape[1])
        return self.z.mean(0) + sum((self.means.get(value, nowhere) for value in order), nowhere)

    @cached_property
    def spread(self) -> Float[Tensor, "latent"]:
        """How far sentences lie from the centre of their order, in each dimension."""
        return (self.z - torch.stack([self.centre(order) for order in self.orders])).std(0)


def order_of(attributes: dict[str, str]) -> Order | None:
    """Topic and tense; of what is no sentence none."""
    return Order(attributes["topic"], attributes["tense"]) if attributes else None
