"""What can be read off a representation, and whether that says something about it: a probe beside its control.

*Taught in lesson 10.*
"""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gensq_lib.maths.stats import Share
from gensq_lib.text.vocab import Sentence


@dataclass(frozen=True)
class Probed:
    """Test accuracy of a linear probe for the true labels, and of the same probe for labels that mean nothing."""

    real: Share
    control: Share

    @property
    def selectivity(self) -> float:
        """How much better it reads what means something."""
        return self.real.mean - self.control.mean


def control_labels(sentences: Sequence[Sentence], shares: Sequence[float], *, seed: int) -> list[int]:
    """A label without meaning for each sentence: every word of the language draws one, with these shares, and a sentence has
    that of its last word (in front of the full stop).

    A control task in the sense of Hewitt & Liang (2019), who draw a label for each word: whoever knows the words can learn it.
    Taught in lesson 10.
    """
    last = [sentence[-2] if len(sentence) > 1 else sentence[-1] for sentence in sentences]
    words = sorted(set(last))
    drawn = dict(zip(words, np.random.default_rng(seed).choice(len(shares), len(words), p=shares), strict=True))
    return [int(drawn[word]) for word in last]


def linear_probe(features, labels: Sequence[int], *, num_train: int) -> Share:
    """A logistic regression on the first `num_train` rows (an array or a sparse matrix), and its hits on the others.

    Taught in lesson 10.
    """
    from sklearn import linear_model, pipeline, preprocessing  # a second

    probe = pipeline.make_pipeline(preprocessing.MaxAbsScaler(), linear_model.LogisticRegression(max_iter=1000, C=10.0))
    labels = np.asarray(labels)
    probe.fit(features[:num_train], labels[:num_train])
    hits = probe.predict(features[num_train:]) == labels[num_train:]
    return Share(int(hits.sum()), len(hits))


def probed(features, labels: Sequence[int], control: Sequence[int], *, num_train: int) -> Probed:
    """The probe of the true labels, and that of the control. Taught in lesson 10."""
    return Probed(linear_probe(features, labels, num_train=num_train), linear_probe(features, control, num_train=num_train))
