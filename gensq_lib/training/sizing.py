"""How a text is read of which there is little: the one place that decides it, by a measure of the text and by validation.

A model of a small text learns its sentences by heart. Three things keep it from that: dropout, looks at validation from the first
reading on, and an end there. The measure is how many training tokens there are for each word of the vocabulary. Of a world of the
course it is in the hundreds at least, and nothing changes; of everyday sentences it is 20 (3,000 of them) to 50 (25,000).
`gensq study small_texts` has the figures behind the numbers here.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from gensq_lib.text.vocab import Vocab
from gensq_lib.training.loop import History

ENOUGH = 150  # tokens for each word of the vocabulary: from here on a text is trained on in so many steps, without dropout
DROPOUT = ((75, 0.5), (ENOUGH, 0.3))  # below so many tokens for each word: the rate
FEW = 20  # steps after which a model is another one at all
RISE = 0.1  # nats per sentence by which validation must have risen again for sentences to be called learnt by heart


@dataclass(frozen=True)
class Plan:
    """How a text is read: without dropout in so many steps or, of a small one, with dropout until validation says enough."""

    dropout: float = 0.0
    patience: int = 2  # readings without a better look before the learning rate falls

    @property
    def small(self) -> bool:
        """Whether it is one for a small text."""
        return self.dropout > 0

    @property
    def options(self) -> dict[str, float]:
        """What a model of the text is made with, beside its sizes."""
        return {"dropout": self.dropout} if self.small else {}

    def every(self, num_sentences: int, *, batch_size: int, steps: int) -> int:
        """Steps from look to look: one reading, of a very small text some more, and at least one look in a run."""
        return min(max(-(-num_sentences // batch_size), FEW), steps)


PLENTY = Plan()


def tokens_per_word(encoded: Sequence[Sequence[int]], vocab_size: int) -> float:
    """How much there is to learn each word from: training tokens, <eos> counted, for each word of the vocabulary."""
    return sum(len(ids) + 1 for ids in encoded) / vocab_size


def plan_for(encoded: Sequence[Sequence[int]], vocab: Vocab) -> Plan:
    """The plan for a text; where there is enough of it training goes as it goes in the worlds of the course.

    So it does where the vocabulary is closed: then the sentences are drawn from a grammar, as many as a lesson means to have.

    >>> plan_for(encoded["train"], text.vocab)
    Plan(dropout=0.5, patience=2)

    Taught in lesson 05.
    """
    much = ENOUGH if vocab.closed else tokens_per_word(encoded, len(vocab))
    return Plan(next((rate for below, rate in DROPOUT if much < below), 0.0))


@dataclass(frozen=True)
class Progress:
    """How often a text was read and where validation was best; nats per sentence. `rise`, where it was learnt by heart, says how
    far validation had risen again while the loss of training sentences had fallen to `trained`.
    """

    readings: float
    best: float
    best_reading: float
    rise: float = 0.0
    trained: float = 0.0

    @property
    def by_heart(self) -> bool:
        """Whether sentences were learnt by heart on the way. (The weights of the best look are kept.)"""
        return self.rise > RISE


def progress(history: History, num_sentences: int, *, batch_size: int) -> Progress:
    """What the history of a training by likelihood or through a bound says of it. Taught in lesson 06."""
    losses = history.get("nll") or [-elbo for elbo in history["elbo"]]
    looks = [(int(step), value) for step, value in zip(history["validation_step"], history["validation"], strict=True)]
    step, best = min(looks, key=lambda look: look[1])
    before = [0, *(step for step, _ in looks)]
    risen = [(value - min(v for _, v in looks[:i + 1]), fmean(losses[before[i]:end])) for i, (end, value) in enumerate(looks)]
    rise, trained = max(((rise, loss) for rise, loss in risen if loss < best), default=(0.0, 0.0))
    per_reading = num_sentences / batch_size
    once = len(losses) <= per_reading
    return Progress(len(losses) / per_reading, best, step / per_reading, 0.0 if once else rise, trained)
