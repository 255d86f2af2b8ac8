"""Every family of the series on one corpus and one budget: who is trained, how, and what the budget buys.

The budget is in seconds of one processor. What it buys was measured once (`PACE`, seconds for a step) and is fixed as a number of
steps, so that a row comes out again on another machine. Who starts from a language model pays for it out of the same budget.
"""
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import torch
from torch import Tensor

from gensq_course.studies.players import LABELLED, LONGEST, Frequencies, Labelled, Latent, Player, Replay, Words, World, order_of
from gensq_course.studies.ways import continued
from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import chosen
from gensq_lib.models.judges import RecurrentJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.ngram import NGram
from gensq_lib.models.text_vae import cured_vae
from gensq_lib.text import corpora
from gensq_lib.text.batching import TrainingBatches, any_length
from gensq_lib.text.noise import noisy
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training import games
from gensq_lib.training.loop import Stream
from gensq_lib.training.sizing import ReadingPlan, plan_for

BUDGET = 6.0  # seconds of one processor, of each family
NUM_TRAIN, NUM_VALID, NUM_TEST = 5_000, 500, 2_000  # sentences
BATCH_SIZE, SMALL = 64, 32  # sentences of a step, and of a judge's lesson
LATENT_DIM, CURE = 8, "high_rate"  # free bits and a bag of words, as lesson 09 has them
POOL = 1_000  # sentences drawn once for the judge's first lessons
SIZES = {  # of a recurrent network; a Transformer is as wide as the first number
    "tiny": (16, 24), "small": (32, 48), "medium": (64, 96), "large": (128, 192)}
ORDERS = {"tiny": 3, "small": 4, "medium": 5, "large": 6}  # of an n-gram model: how far it looks back is its size
PACE = {  # seconds of one processor for a step, on seed 100 on a busy machine: of a model, of a judge's lesson, of a game
    "lstm": {"tiny": 0.006, "small": 0.0069, "medium": 0.0078, "large": 0.0118},
    "transformer": {"tiny": 0.0115, "small": 0.0124, "medium": 0.015, "large": 0.0359},
    "vae": {"tiny": 0.0086, "small": 0.01, "medium": 0.0125, "large": 0.0221},
    "judge": {"tiny": 0.0154, "small": 0.0172, "medium": 0.0195, "large": 0.02},
    "game": {"tiny": 0.066, "small": 0.0714, "medium": 0.0817, "large": 0.104}}
CHOSEN: dict[str, dict[str, Any]] = {  # by `families_search`: by JS, the VAE by its bound
    "n-gram": {"size": "medium"}, "LSTM": {"size": "medium", "rate": 1e-2}, "Transformer": {"size": "medium", "rate": 6e-3},
    "VAE": {"size": "medium", "rate": 1.2e-2, "begun": 0.5}, "GAN": {"size": "medium", "rate": 1e-4, "begun": 0.75}}


@dataclass(frozen=True)
class Place:
    """A corpus at a seed, whose truth is known; of a noisy one training and validation are spoilt, test and labels are not.

    Any word outside the grammar is <unk>, as rare words of a real text are.
    """

    seed: int
    num_train: int = NUM_TRAIN
    noise: str = ""
    share: float = 0.0

    @cached_property
    def text(self) -> corpora.Corpus:
        return corpora.load("village", seed=self.seed, num_train=self.num_train)

    @cached_property
    def vocab(self) -> Vocab:
        """Open: the rule for small texts looks at words and sentences alone."""
        return Vocab(self.text.vocab.words[len(Vocab.SPECIALS):])

    def spoilt(self, sentences: Sequence[Sentence], part: str) -> list[Sentence]:
        noise = runtime.generator(self.seed, "spoilt", part)
        return noisy(sentences, self.noise, share=self.share, generator=noise) if self.noise else list(sentences)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Of the training part, as they are read."""
        return self.spoilt(self.text.train, "train")

    @cached_property
    def train(self) -> list[list[int]]:
        return list(map(self.vocab.encode, self.sentences))

    @cached_property
    def valid(self) -> list[list[int]]:
        return list(map(self.vocab.encode, self.spoilt(self.text.valid[:NUM_VALID], "valid")))

    @cached_property
    def plan(self) -> ReadingPlan:
        return plan_for(self.train, self.vocab)

    @cached_property
    def labelled(self) -> Labelled:
        """A few training sentences, and what the grammar says of them."""
        return [(sentence, order_of(self.text.grammar.parse(sentence).attributes)) for sentence in self.text.train[:LABELLED]]

    @property
    def key(self) -> dict[str, Any]:
        """Names what can be learnt from here."""
        return {"corpus": self.text.fingerprint, "noise": self.noise, "share": self.share}

    def stream(self, number: int, **options: Any) -> TrainingBatches:
        """The training part in another order for each use."""
        return TrainingBatches(self.train, **{"batch_size": BATCH_SIZE, "seed": 1_000 * number + self.seed} | options)


def sizes(decoder: str, size: str) -> dict[str, Any]:
    """The keyword arguments of a network of this size."""
    embed, hidden = chosen("a size", size, SIZES)
    return {"embed_dim": embed, "num_layers": 2, "max_length": 64} if decoder == "transformer" else {
        "embed_dim": embed, "hidden_dim": hidden}


def bought(what: str, size: str, seconds: float) -> int:
    """Steps of one kind of training that fit into so many seconds."""
    return max(int(seconds / PACE[what][size]), 1)


@dataclass(frozen=True)
class Begun:
    """A language model, and its cost."""

    model: LanguageModel
    seconds: float
    steps: int


def paid(what: str, size: str, steps: int) -> float:
    """Seconds of one processor for so many steps; by the pace, for a clock would also measure who else uses the machine."""
    return PACE[what][size] * steps


@cache
def language_model(place: Place, decoder: str, size: str, rate: float, seconds: float) -> Begun:
    """By likelihood, within so many seconds; kept in the process, for the VAE and the GAN begin with the same one."""
    steps = bought(decoder, size, seconds)
    torch.manual_seed(place.seed)
    model = LanguageModel(vocab_size=len(place.vocab), decoder=decoder, **sizes(decoder, size), **place.plan.options)
    history = training.train_language_model(model, place.train, place.valid, steps=steps, batch_size=BATCH_SIZE, seed=place.seed,
                                            learning_rate=rate, key=place.key, plan=place.plan)
    done = len(history["step"])
    return Begun(model, paid(decoder, size, done), done)


def start(place: Place, size: str, seconds: float) -> Begun:
    """The model that a VAE or a GAN begins with, as the LSTM is trained."""
    return language_model(place, "lstm", size, CHOSEN["LSTM"]["rate"], seconds)


def network(place: Place, seconds: float, *, decoder: str, size: str, rate: float) -> Player:
    """A language model."""
    done = language_model(place, decoder, size, rate, seconds)
    return Words(done.seconds, done.steps, done.model, place.vocab)


def vae(place: Place, seconds: float, *, size: str, rate: float, begun: float) -> Player:
    """A text VAE with cures; for the share `begun` of the budget its decoder is a language model."""
    first = start(place, size, begun * seconds) if begun else None
    steps = bought("vae", size, (1 - begun) * seconds)
    torch.manual_seed(place.seed)
    model = cured_vae(CURE, vocab_size=len(place.vocab), latent_dim=LATENT_DIM, share_embedding=True, **sizes("lstm", size),
                      **place.plan.options)
    history = training.train_vae(model, place.train, place.valid, cure=CURE, steps=steps, batch_size=BATCH_SIZE, seed=place.seed,
                                 learning_rate=rate, key=place.key, plan=place.plan, start=first and first.model)
    done = len(history["step"])
    before = (first.seconds, first.steps) if first else (0.0, 0)
    return Latent(before[0] + paid("vae", size, done), before[1] + done, model, place.vocab, seed=place.seed)


def gan(place: Place, seconds: float, *, size: str, rate: float, begun: float) -> Player:
    """A language model, then the game of lesson 15: a quarter of what is left teaches the judge, the rest is played."""
    first, left = start(place, size, begun * seconds), (1 - begun) * seconds
    torch.manual_seed(place.seed)
    game = games.Sentences(seed=place.seed, num=BATCH_SIZE, max_length=LONGEST, pool=POOL)
    judge, lessons = RecurrentJudge(vocab_size=len(place.vocab)), bought("judge", size, left / 4)
    mixed = {"batch_size": SMALL, "length": any_length}
    games.taught(game, judge, first.model, place.stream(1, **mixed), steps=lessons)
    played = continued(game, first.model, judge.eval(), place.stream(2), how="adversarial", learning_rate=rate,
                       steps=bought("game", size, 3 * left / 4), reads=Stream(place.stream(3, **mixed)))
    rounds = len(played.history["step"])
    spent = first.seconds + paid("judge", size, lessons) + paid("game", size, rounds)
    return Words(spent, first.steps + lessons + rounds, played.player.eval(), place.vocab)


def ngram(place: Place, seconds: float, *, size: str) -> Player:
    """Kneser-Ney; it needs no more than a part of a second, whatever the budget."""
    began = time.process_time()
    model = NGram(order=ORDERS[size] if size in ORDERS else int(size.split()[-1]), vocab_size=len(place.vocab)).fit(place.train)
    return Words(time.process_time() - began, 0, model, place.vocab, num_counts=sum(len(level.keys) for level in model.levels))


def lstm(place: Place, seconds: float, **settings: Any) -> Player:
    """A recurrent language model."""
    return network(place, seconds, decoder="lstm", **settings)


def transformer(place: Place, seconds: float, **settings: Any) -> Player:
    """A Transformer language model."""
    return network(place, seconds, decoder="transformer", **settings)


TRAIN: Mapping[str, Callable[..., Player]] = {"n-gram": ngram, "LSTM": lstm, "Transformer": transformer, "VAE": vae, "GAN": gan}
REFERENCES: Mapping[str, Callable[[Place], Player]] = {
    "replay": lambda place: Replay(sentences=place.sentences),
    "world": lambda place: World(grammar=place.text.grammar),
    "random words": lambda place: Words(model=Frequencies(vocab_size=len(place.vocab)).fit(place.train), vocab=place.vocab)}
TRAINED, FAMILIES = tuple(TRAIN), (*TRAIN, *REFERENCES)
BOUNDS = {"VAE"}  # whose likelihood is a bound


def fitted(family: str, place: Place, *, seconds: float = BUDGET, **settings: Any) -> Player:
    """A family's player, trained within the budget as it was found best; `settings` (size, rate, begun) change that.

    >>> fitted("LSTM", Place(seed=0)).say(3, generator=runtime.generator(0, "said"))
    """
    if family in REFERENCES:
        return REFERENCES[family](place)
    return chosen("a family", family, TRAIN)(place, seconds, **CHOSEN[family] | settings)


def exact(place: Place, sentences: Sequence[Sentence]) -> Tensor:
    """log p of the world, nats; minus infinity for what is no sentence."""
    return World(grammar=place.text.grammar).log_q(sentences)
