"""Cures that give z a further task, which cannot be done without it."""
from gensq_lib.cures.base import Cure
from gensq_lib.cures.price import FreeBits
from gensq_lib.cures.registry import Training, register
from gensq_lib.maths.schedules import Schedule, constant, linear

HIGH = 0.6  # nats per dimension, where a high rate is wanted


class BagOfWords(Cure):
    """Name the words of the sentence from z alone, in any order (Zhao et al. 2017).

    A teacher-forced decoder gains little from a z that knows the topic, because the words so far tell it; this task
    does gain. The model brings the network for it: `bag_log_likelihood`.
    """

    def __init__(self, weight: float | Schedule, inner: Cure | None = None):
        super().__init__(inner)
        self.weight = weight if callable(weight) else constant(weight)

    def task(self, model, batch, terms, step):
        loss = -model.bag_log_likelihood(batch, terms.z).mean()
        return super().task(model, batch, terms, step) + self.weight(step) * loss


def _bag_of_words(training: Training, inner: Cure) -> Cure:
    return BagOfWords(linear(5.0, 1.0, steps=training.share(3 / 4)), inner)


register("bag_of_words", _bag_of_words, network="BagOfWordsVAE")
register("high_rate", lambda training, inner: _bag_of_words(training, FreeBits(HIGH)), sets_price=True, network="BagOfWordsVAE")
