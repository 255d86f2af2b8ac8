"""Ways to classify sentences when few labels are known, all with the same care: each chooses its strength, or when to stop, on
as many labelled sentences (`dev`) as it may learn from.
"""
import warnings
from collections.abc import Callable, Sequence
from copy import copy
from functools import wraps
from typing import Any

import numpy as np
import torch
from sklearn import dummy, exceptions, linear_model, naive_bayes, pipeline, preprocessing, semi_supervised

from gensq_course.studies.pool import Few, Pool, Probs
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate
from gensq_lib.models.m2 import M2, SentenceClassifier
from gensq_lib.text.batching import in_order
from gensq_lib.training.labels import train_classifier, train_m2

Way = Callable[[Pool, Few], Probs]  # probabilities of the labels of the test sentences
MANY, LSTM_STEPS = 200, (120, 400)  # labels from which on a network takes longer; its steps with fewer, and with so many
M2_STEPS, M2_BATCH = 160, 12  # unlabelled sentences a step, however many labels there are
BELIEVED = 3_000  # unlabelled sentences that an LSTM guesses, at most
SURE = 0.9  # from here on a guessed label is believed
STRENGTHS = (0.1, 1.0, 10.0, 100.0)  # of logistic regressions: C, the inverse of the price of weights
SMOOTHING = (0.03, 0.1, 0.3, 1.0)  # of naive Bayes: what is added to each count


def patient(find: Callable[..., Probs]) -> Callable[..., Probs]:
    """Few sentences of odd words may leave a regression short of its optimum: `dev` decides whether it is of use, no warning."""
    @wraps(find)
    def found(*args: Any, **options: Any) -> Probs:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
            return find(*args, **options)

    return found


@patient
def fitted(make: Callable[[float], Any], strengths: Sequence[float], pool: Pool, few: Few, features: dict[str, Any],
           learnt: tuple[list[int], np.ndarray] | None = None) -> Probs:
    """Of a family of classifiers the one that is best on `dev`, on the test sentences.

    `learnt` are the rows that it learns from and their labels, -1 where there is none; left out: those with a label.
    """
    x, y = features["train"], pool.labels["train"]
    rows, labels = learnt or (few.known, y[few.known])
    made = [make(strength).fit(x[rows], labels) for strength in strengths]
    best = max(made, key=lambda each: each.score(x[few.dev], y[few.dev]))
    return all_labels(best, features["test"], len(pool.corpus.classes))


def all_labels(classifier: Any, features: Any, num: int) -> Probs:
    """Its probabilities, 0 for labels that it has never met."""
    probs = torch.zeros(len(classifier.predict(features)), num, dtype=torch.float64)
    probs[:, torch.from_numpy(classifier.classes_)] = torch.from_numpy(classifier.predict_proba(features)).double()
    return probs


def logistic(strength: float) -> Any:
    return pipeline.make_pipeline(preprocessing.MaxAbsScaler(), linear_model.LogisticRegression(C=strength, max_iter=300))


def believing(strength: float) -> Any:
    """A logistic regression that believes its own sure guesses, round after round."""
    return semi_supervised.SelfTrainingClassifier(logistic(strength), threshold=SURE, max_iter=4)


def self_trained(pool: Pool, few: Few) -> Probs:
    """On words; where no sentence is without a label there is nothing to guess."""
    rows, labels = sorted([*few.known, *pool.hidden(few)]), np.full(len(pool.labels["train"]), -1)
    if len(rows) == len(few.known):
        return fitted(logistic, STRENGTHS, pool, few, pool.words)
    labels[few.known] = pool.labels["train"][few.known]
    return fitted(believing, STRENGTHS, pool, few, pool.words, (rows, labels[rows]))


def shuffled(way: Way) -> Way:
    """The control: the same way, the labels dealt out anew among those to learn from, and among those to choose by.

    What is still right then is chance, or the test labels are known from somewhere.
    """
    def found(pool: Pool, few: Few) -> Probs:
        dealt, draw = copy(pool), np.random.default_rng(few.seed)
        dealt.labels = pool.labels | {"train": pool.labels["train"].copy()}
        for rows in (few.known, few.dev):
            dealt.labels["train"][rows] = draw.permutation(pool.labels["train"][rows])
        return way(dealt, few)

    return found


def key_of(pool: Pool, few: Few) -> dict[str, Any]:
    """Names what a network learnt from: the sentences, which of them, and their labels."""
    return {"corpus": pool.corpus.text.fingerprint, "attribute": pool.corpus.attribute, "known": few.known, "dev": few.dev,
            "labels": pool.labels["train"][[*few.known, *few.dev]].tolist()}


def said_by(model: SentenceClassifier | M2, encoded: Sequence[Sequence[int]], device: str) -> Probs:
    """q(y | x) of these sentences."""
    return evaluate(model, lambda batch: model.label_posterior(batch).probs, in_order(encoded, device=device)).double()


def on_test(model: SentenceClassifier | M2, pool: Pool) -> Probs:
    """The same of the test sentences."""
    return said_by(model, pool.encoded["test"], pool.device)


def reader(pool: Pool, few: Few, guessed: Sequence[tuple[list[int], int]] = (), *, steps: int = 0) -> SentenceClassifier:
    """An LSTM in both directions, half as wide as M2's own classifier, on labels, and on guessed ones if there are any."""
    steps = steps or LSTM_STEPS[len(few.known) >= MANY]
    torch.manual_seed(0)
    model = SentenceClassifier(vocab_size=len(pool.corpus.text.vocab), num_classes=len(pool.corpus.classes)).to(pool.device)
    train_classifier(model, [*pool.examples(few.known), *guessed], pool.examples(few.dev), steps=steps, batch_size=32, seed=0,
                     key=key_of(pool, few) | {"guessed": len(guessed)})
    return model


def self_trained_reader(pool: Pool, few: Few) -> Probs:
    """The same LSTM, trained again with its own sure guesses of the other sentences."""
    first = reader(pool, few)
    heard = [pool.encoded["train"][i] for i in pool.hidden(few)[:BELIEVED]]
    if not heard:
        return on_test(first, pool)
    sure, label = said_by(first, heard, pool.device).max(-1)
    guessed = [(ids, int(y)) for ids, p, y in zip(heard, sure, label, strict=True) if p > SURE]
    return on_test(reader(pool, few, guessed, steps=2 * LSTM_STEPS[len(few.known) >= MANY]), pool)


def semi_supervised_vae(pool: Pool, few: Few, *, seed: int = 0, steps: int = M2_STEPS, labels_alone: bool = False) -> M2:
    """M2, its decoder begun with the language model; p(y) as in the labelled sentences, 1 added to each count."""
    num, vocab = len(pool.corpus.classes), pool.corpus.text.vocab
    torch.manual_seed(seed)
    model = M2(vocab_size=len(vocab), num_classes=num, latent_dim=2, embed_dim=pool.lm.decoder.embed.embedding_dim,
               hidden_dim=pool.lm.decoder.rnn.hidden_size).to(pool.device)
    model.set_prior(1.0 + torch.bincount(torch.from_numpy(pool.labels["train"][few.known]), minlength=num).float())
    unlabelled = [pool.encoded["train"][i] for i in pool.hidden(few)] or pool.encoded["train"]
    train_m2(model, pool.examples(few.known), unlabelled, pool.examples(few.dev), steps=steps, batch_size=M2_BATCH, seed=seed,
             start=pool.lm, key=key_of(pool, few), labels_alone=labels_alone)
    return model


def m2(**options: Any) -> Way:
    """q(y | x) of an M2 that was trained so."""
    return lambda pool, few: on_test(semi_supervised_vae(pool, few, **options), pool)


def by_bounds(pool: Pool, few: Few) -> Probs:
    """M2 asked by Bayes' rule: labels weighed by exp L(x, y), which holds log p(y). For this it says more than q(y | x)."""
    model = semi_supervised_vae(pool, few)
    noise = runtime.generator(0, "by bounds")
    found = evaluate(model, lambda batch: model.bounds(batch, num_samples=5, generator=noise)[0],
                     in_order(pool.encoded["test"], batch_size=max(128 // model.num_classes, 1), device=pool.device))
    return found.double().softmax(-1)


def counting(pool: Pool, few: Few) -> Any:
    """Naive Bayes with 1 added to each count, for sentences that somebody types."""
    return naive_bayes.MultinomialNB().fit(pool.words["train"][few.known], pool.labels["train"][few.known])


def of(features: str, make: Callable[[float], Any] = logistic, strengths: Sequence[float] = STRENGTHS) -> Way:
    """A way that fits classifiers of this family to one of the pool's representations."""
    return lambda pool, few: fitted(make, strengths, pool, few, getattr(pool, features))


CHEAP: dict[str, Way] = {
    "majority": of("words", lambda _: dummy.DummyClassifier(strategy="prior"), (0.0,)),
    "naive Bayes, words": of("words", lambda add: naive_bayes.MultinomialNB(alpha=add), SMOOTHING),
    "logistic regression, words": of("words"),
    "logistic regression, TF-IDF": of("tfidf"),
    "self-training, words": self_trained,
    "logistic regression, LSA": of("lsa"),
    "logistic regression, last LM state": of("states"),
    "logistic regression, mean LM state": of("mean_states"),
    "logistic regression, z": of("codes"),
    "logistic regression, untrained encoder": lambda pool, few: fitted(logistic, STRENGTHS, pool, few,
                                                                       pool.untrained(few.seed)),
}
NEURAL: dict[str, Way] = {
    "LSTM": lambda pool, few: on_test(reader(pool, few), pool),
    "LSTM, self-training": self_trained_reader,
    "M2": m2(),
    "M2, labels alone": m2(labels_alone=True),
    "M2, by its bounds": by_bounds,
}
WAYS = CHEAP | NEURAL
CONTROLS: dict[str, Way] = {f"{name}; labels shuffled": shuffled(WAYS[name]) for name in (
    "logistic regression, words", "logistic regression, mean LM state", "logistic regression, z", "LSTM")}


def read_unlabelled(pool: Pool, few: Few, *, m2_steps: int = M2_STEPS) -> dict[str, str]:
    """How many sentences without labels each way has read, where it reads any; what is read twice counts twice."""
    others, begun = len(pool.hidden(few)), f" (the decoder {pool.lm_read:,})"
    return {"self-training, words": f"{others:,}", "LSTM, self-training": f"{min(others, BELIEVED):,}",
            "logistic regression, LSA": f"{len(pool.sentences('train')):,}",
            "logistic regression, last LM state": f"{pool.lm_read:,}", "logistic regression, mean LM state": f"{pool.lm_read:,}",
            "logistic regression, z": f"{pool.vae_read:,} (the decoder {pool.lm_read + pool.vae_read:,})",
            "M2": f"{m2_steps * M2_BATCH:,}{begun}", "M2, labels alone": f"0{begun}"}
