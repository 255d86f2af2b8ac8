"""A language model that is told by tag words: `<kitchen> <past>` before a sentence, learnt from the same few labels.

So the handle of a VAE has a rival that knows no latent variable (a control code in the text, Keskar et al. 2019, CTRL).
"""
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.studies.families import BATCH_SIZE, BUDGET, CHOSEN, Place, bought, paid, sizes
from gensq_course.studies.family_measures import Reader
from gensq_course.studies.players import LONGEST, NOT_SAID, Labelled, Order, Player
from gensq_lib import training
from gensq_lib.ground.errors import chosen
from gensq_lib.maths.objectives import evaluate, evaluating
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.parts import WordModel
from gensq_lib.text.batching import Batch, in_order
from gensq_lib.text.decoding import State, sample
from gensq_lib.text.vocab import Sentence, Vocab

UNKNOWN = Order("unknown", "unknown")
TAGS = {  # of sentences without a label: none, or as those with one suggest
    "unknown": lambda reader, sentences: [UNKNOWN] * len(sentences),
    "guessed": lambda reader, sentences: reader.guess(sentences)}
TAGGED = "guessed"  # by `families_told`, on a seed that is not reported


def tagged(order: Order, sentence: Sentence = ()) -> Sentence:
    """The sentence behind its tag words, which are no words of any sentence."""
    return (*(f"<{value}>" for value in order), *sentence)


class AfterTags(WordModel):
    """A language model that has heard the tags z of each sentence when it begins."""

    def __init__(self, *, model: LanguageModel):
        super().__init__()
        self.decoder = model.decoder

    def start(self, z: Float[Tensor, "batch tag"], num: int) -> State:
        """<bos> and the first tag are read; the second waits."""
        state, (first, second) = self.decoder.start(None, num), z.long().unbind(1)
        for token in (torch.full((num,), Vocab.BOS), first):
            _, state = self.decoder.step(token, state)
        return (*state, second)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """The second tag stands where else <bos> would."""
        *inner, second = state
        log_p, after = self.decoder.step(torch.where(tokens == Vocab.BOS, second, tokens), tuple(inner))
        return log_p, (*after, second)


@dataclass
class Told(Player):
    """Draws an order as often as its labels had it, then a sentence: q(x) is the sum over orders of share times q(x | order)."""

    model: LanguageModel | None = None
    vocab: Vocab | None = None
    orders: Sequence[Order] = ()  # of the labels

    def __post_init__(self) -> None:
        tags = [i for i, word in enumerate(self.vocab.words) if word.startswith("<") and i != Vocab.EOS]
        with torch.no_grad():
            self.model.decoder.to_vocab.bias[tags] = NOT_SAID

    @property
    def size(self) -> int:
        return sum(p.numel() for p in self.model.parameters())

    def say(self, num: int, *, generator: torch.Generator, temperature: float = 1.0) -> list[Sentence]:
        drawn = torch.randint(len(self.orders), (num,), generator=generator).tolist()
        return self.after([self.orders[i] for i in drawn], temperature, generator=generator)

    def after(self, orders: Sequence[Order], temperature: float = 1.0, *, generator: torch.Generator) -> list[Sentence]:
        """A sentence behind each order's tags."""
        z = torch.tensor([self.vocab.encode(tagged(order)) for order in orders]).float()  # z of any decoder is Float
        with evaluating(self.model):
            said = sample(AfterTags(model=self.model), num=len(z), z=z, max_length=LONGEST, temperature=temperature,
                          generator=generator)
        return said.sentences(self.vocab)

    def log_q(self, sentences: Sequence[Sentence], *, temperature: float = 1.0) -> Float[Tensor, "sentence"]:
        shares = {order: num / len(self.orders) for order, num in Counter(self.orders).items()}
        return torch.stack([self.log_given(order, sentences) + torch.tensor(share).log()
                            for order, share in shares.items()]).logsumexp(0)

    def log_given(self, order: Order, sentences: Sequence[Sentence]) -> Float[Tensor, "sentence"]:
        """log q(x | order), nats: the tags themselves cost nothing, they are given."""
        def score(batch: Batch) -> Float[Tensor, "batch"]:
            return self.model.token_log_likelihood(batch)[:, len(order):].sum(1)

        encoded = [self.vocab.encode(tagged(order, sentence)) for sentence in sentences]
        return evaluate(self.model, score, in_order(encoded)).double()

    def told(self, orders: Sequence[Order], labelled: Labelled, draws: int, *, generator: torch.Generator) -> list[Sentence]:
        """Behind the tags of the order."""
        return self.after([order for order in orders for _ in range(draws)], generator=generator)


def told(place: Place, seconds: float = BUDGET, *, way: str = TAGGED) -> Told:
    """The LSTM, with its settings, on tagged sentences: fewer steps for the same seconds, because two words are read more."""
    make, reader, size = chosen("a way to tag", way, TAGS), Reader(place.labelled), CHOSEN["LSTM"]["size"]
    known = [order for _, order in place.labelled]
    orders = [*known, *make(reader, place.sentences[len(known):])]
    vocab = Vocab([*place.vocab.words[len(Vocab.SPECIALS):], *(word for order in (*known, UNKNOWN) for word in tagged(order))])
    valid = place.spoilt(place.text.valid[: len(place.valid)], "valid")
    train, held = ([vocab.encode(tagged(order, sentence)) for order, sentence in zip(tags, some, strict=True)]
                   for tags, some in ((orders, place.sentences), (make(reader, valid), valid)))
    longer = sum(map(len, train)) / sum(map(len, place.train))
    torch.manual_seed(place.seed)
    model = LanguageModel(vocab_size=len(vocab), **sizes("lstm", size), **place.plan.options)
    history = training.train_language_model(model, train, held, steps=bought("lstm", size, seconds / longer),
                                            batch_size=BATCH_SIZE, seed=place.seed, learning_rate=CHOSEN["LSTM"]["rate"],
                                            key=place.key | {"tags": way}, plan=place.plan)
    steps = len(history["step"])
    return Told(longer * paid("lstm", size, steps), steps, model.eval(), vocab, known)
