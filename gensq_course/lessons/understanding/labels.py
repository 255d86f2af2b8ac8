"""Ways to classify sentences when few labels are known, all with the same care: each chooses its strength, or when to stop, on
as many labelled sentences (`dev`) as it may learn from.
"""
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial, wraps
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from sklearn import (
    decomposition, dummy, exceptions, feature_extraction, linear_model, naive_bayes, pipeline, preprocessing, semi_supervised)
from torch import Tensor, nn

from gensq_lib.diagnostics.calibration import Predictions
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.m2 import M2, SentenceClassifier
from gensq_lib.text.batching import Batch, in_order
from gensq_lib.text.corpora import LabelledCorpus
from gensq_lib.training.labels import train_classifier, train_m2

Probs = Float[Tensor, "sentence label"]
PUT_ASIDE = 500  # labelled sentences for choosing, at most
LSTM_STEPS, M2_STEPS, COPIES = (120, 400), 160, 36  # with few labels and with `MANY`; an unlabelled batch times the labels
MANY, TOPICS = 200, 16  # labels from which on a network takes longer; numbers of a sentence, as many as z has
SURE = 0.9  # from here on a guessed label is believed
STRENGTHS = (0.1, 1.0, 10.0, 100.0)  # of logistic regressions: C, the inverse of the price of weights
SMOOTHING = (0.03, 0.1, 0.3, 1.0)  # of naive Bayes: what is added to each count


@dataclass(frozen=True)
class Few:
    """Which training sentences have a label that may be used: to learn from, and to choose by. All others have none."""

    known: list[int]
    dev: list[int]


@dataclass
class Pool:
    """A labelled corpus, and what the ways of this lesson read of its sentences, made when first needed.

    `lm` and `vae` have read sentences without labels.
    """

    corpus: LabelledCorpus
    lm: LanguageModel | None
    vae: nn.Module | None
    device: str = "cpu"
    labels: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self):
        self.labels = {part: np.array(self.corpus.ids(part)) for part in ("train", "valid", "test")}

    @cached_property
    def encoded(self) -> dict[str, list[list[int]]]:
        return {part: list(map(self.corpus.text.vocab.encode, self.sentences(part))) for part in self.labels}

    def sentences(self, part: str) -> list[tuple[str, ...]]:
        return getattr(self.corpus.text, part)

    @cached_property
    def words(self) -> dict[str, Any]:
        """How often each word occurs."""
        return self._counted(feature_extraction.text.CountVectorizer(analyzer=list))

    @cached_property
    def tfidf(self) -> dict[str, Any]:
        """The same, rare words and pairs of words weighing more, each sentence of length 1."""
        counter = feature_extraction.text.TfidfVectorizer(preprocessor=list, tokenizer=list, token_pattern=None,
                                                          ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        return self._counted(counter)

    @cached_property
    def lsa(self) -> dict[str, np.ndarray]:
        """The same in a few numbers that keep most of it: latent semantic analysis, z's plainest rival."""
        few = min(TOPICS, *(size - 1 for size in self.tfidf["train"].shape))
        pressed = decomposition.TruncatedSVD(few, random_state=0).fit(self.tfidf["train"])
        return {part: pressed.transform(counts) for part, counts in self.tfidf.items()}

    def _counted(self, counter: Any) -> dict[str, Any]:
        counter.fit(self.sentences("train"))
        return {part: counter.transform(self.sentences(part)) for part in self.labels}

    @cached_property
    def states(self) -> dict[str, np.ndarray]:
        """What the language model knows behind the last word."""
        return self._read(self.lm, partial(last_states, self.lm))

    @cached_property
    def mean_states(self) -> dict[str, np.ndarray]:
        """The mean of what it knows behind each word."""
        return self._read(self.lm, partial(mean_states, self.lm))

    @cached_property
    def codes(self) -> dict[str, np.ndarray]:
        """Means of q(z | x)."""
        return self._read(self.vae, lambda batch: self.vae.posterior(batch).mean)

    def _read(self, model: nn.Module, function: Callable[[Batch], Tensor]) -> dict[str, np.ndarray]:
        return {part: evaluate(model, function, in_order(encoded, device=self.device)).numpy()
                for part, encoded in self.encoded.items()}

    def draw(self, num: int, *, seed: int) -> Few:
        """`num` labelled sentences to learn from and as many to choose by, at most `PUT_ASIDE`; 0: all that are left."""
        order = torch.randperm(len(self.labels["train"]), generator=runtime.generator(seed, "labels")).tolist()
        aside = min(num or len(order), PUT_ASIDE, len(order) // 5)
        known, rest = order[aside:][: num or None], order[aside:][num or len(order):]
        if len(set(self.labels["train"][known])) == 1:  # nothing could be learnt from one label
            known[-1] = next((i for i in rest if self.labels["train"][i] != self.labels["train"][known[0]]), known[-1])
        return Few(known, order[:aside])

    def judged(self, probs: Probs) -> Predictions:
        return Predictions(probs, torch.from_numpy(self.labels["test"]))

    def examples(self, rows: Iterable[int]) -> list[tuple[list[int], int]]:
        return [(self.encoded["train"][i], int(self.labels["train"][i])) for i in rows]


def last_states(lm: LanguageModel, batch: Batch) -> Float[Tensor, "batch hidden"]:
    """The state from which the end of each sentence is predicted."""
    features, _ = lm.decoder.read(batch.inputs, lm.start(None, len(batch)))
    return features[torch.arange(len(batch)), batch.lengths - 1]


def mean_states(lm: LanguageModel, batch: Batch) -> Float[Tensor, "batch hidden"]:
    """Of all states of a sentence."""
    features, _ = lm.decoder.read(batch.inputs, lm.start(None, len(batch)))
    return (features * batch.mask[..., None]).sum(1) / batch.lengths[:, None]


def patient(find: Callable[..., Probs]) -> Callable[..., Probs]:
    """Few sentences of odd words may leave a regression short of its optimum: `dev` decides whether it is of use, no warning."""
    @wraps(find)
    def found(*args: Any) -> Probs:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
            return find(*args)

    return found


@patient
def fitted(make: Callable[[float], Any], strengths: Sequence[float], pool: Pool, few: Few, features: dict[str, Any]) -> Probs:
    """Of a family of classifiers the one that is best on `dev`, on the test sentences."""
    x, y = features["train"], pool.labels["train"]
    made = [make(strength).fit(x[few.known], y[few.known]) for strength in strengths]
    best = max(made, key=lambda each: each.score(x[few.dev], y[few.dev]))
    return all_labels(best, features["test"], len(pool.corpus.classes))


def all_labels(classifier: Any, features: Any, num: int) -> Probs:
    """Its probabilities, 0 for labels that it has never met."""
    probs = torch.zeros(len(classifier.predict(features)), num, dtype=torch.float64)
    probs[:, torch.from_numpy(classifier.classes_)] = torch.from_numpy(classifier.predict_proba(features)).double()
    return probs


def logistic(strength: float) -> Any:
    return pipeline.make_pipeline(preprocessing.MaxAbsScaler(), linear_model.LogisticRegression(C=strength, max_iter=300))


@patient
def self_trained(pool: Pool, few: Few) -> Probs:
    """A logistic regression on words that believes its own sure guesses, round after round."""
    guesses = np.full(len(pool.labels["train"]), -1)
    guesses[few.known] = pool.labels["train"][few.known]
    if (guesses < 0).sum() <= len(few.dev):
        return WAYS["logistic regression, words"](pool, few)
    open_rows = [i for i in range(len(guesses)) if i not in set(few.dev)]
    made = [semi_supervised.SelfTrainingClassifier(logistic(strength), threshold=SURE, max_iter=4)
            .fit(pool.words["train"][open_rows], guesses[open_rows]) for strength in STRENGTHS]
    best = max(made, key=lambda each: each.score(pool.words["train"][few.dev], pool.labels["train"][few.dev]))
    return all_labels(best, pool.words["test"], len(pool.corpus.classes))


def key_of(pool: Pool, few: Few) -> dict[str, Any]:
    return {"corpus": pool.corpus.text.fingerprint, "attribute": pool.corpus.attribute, "known": few.known, "dev": few.dev}


def on_test(model: SentenceClassifier | M2, pool: Pool) -> Probs:
    """q(y | x) of the test sentences."""
    return evaluate(model, lambda batch: model.label_posterior(batch).probs,
                    in_order(pool.encoded["test"], device=pool.device)).double()


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
    first, known = reader(pool, few), {*few.known, *few.dev}
    rows = [i for i in range(len(pool.encoded["train"])) if i not in known][:3_000]
    if not rows:
        return on_test(first, pool)
    said = evaluate(first, lambda batch: first.label_posterior(batch).probs, in_order([pool.encoded["train"][i] for i in rows]))
    sure, label = said.max(-1)
    guessed = [(pool.encoded["train"][i], int(y)) for i, p, y in zip(rows, sure, label, strict=True) if p > SURE]
    return on_test(reader(pool, few, guessed, steps=2 * LSTM_STEPS[len(few.known) >= MANY]), pool)


def semi_supervised_vae(pool: Pool, few: Few, *, seed: int = 0, steps: int = M2_STEPS) -> M2:
    """M2, its decoder begun with the language model; p(y) as in the labelled sentences, 1 added to each count."""
    num, vocab = len(pool.corpus.classes), pool.corpus.text.vocab
    torch.manual_seed(seed)
    model = M2(vocab_size=len(vocab), num_classes=num, latent_dim=2, embed_dim=pool.lm.decoder.embed.embedding_dim,
               hidden_dim=pool.lm.decoder.rnn.hidden_size).to(pool.device)
    model.set_prior(1.0 + torch.bincount(torch.from_numpy(pool.labels["train"][few.known]), minlength=num).float())
    hidden = [ids for i, ids in enumerate(pool.encoded["train"]) if i not in {*few.known, *few.dev}]
    hidden = hidden or pool.encoded["train"]
    train_m2(model, pool.examples(few.known), hidden, pool.examples(few.dev), steps=steps, batch_size=max(COPIES // num, 2),
             seed=seed, start=pool.lm, key=key_of(pool, few))
    return model


def by_bounds(pool: Pool, few: Few) -> Probs:
    """M2 asked by Bayes' rule: labels weighed by exp L(x, y), which holds log p(y). For this it says more than q(y | x)."""
    model = semi_supervised_vae(pool, few)
    noise = runtime.generator(0, "by bounds")
    found = evaluate(model, lambda batch: model.bounds(batch, num_samples=5, generator=noise)[0],
                     in_order(pool.encoded["test"], batch_size=max(128 // model.num_classes, 1), device=pool.device))
    return found.double().softmax(-1)


def counter_and_bayes(pool: Pool, few: Few) -> tuple[Any, Any]:
    """What counts the words of a sentence, and a naive Bayes with 1 added to each count: for sentences that somebody types."""
    counter = feature_extraction.text.CountVectorizer(analyzer=list).fit(pool.sentences("train"))
    x = counter.transform([pool.sentences("train")[i] for i in few.known])
    return counter, naive_bayes.MultinomialNB().fit(x, pool.labels["train"][few.known])


def of(features: str, make: Callable[[float], Any] = logistic, strengths: Sequence[float] = STRENGTHS) -> Callable:
    """A way that fits classifiers of this family to one of the pool's representations."""
    return lambda pool, few: fitted(make, strengths, pool, few, getattr(pool, features))


CHEAP: dict[str, Callable[[Pool, Few], Probs]] = {
    "majority": of("words", lambda _: dummy.DummyClassifier(strategy="prior"), (0.0,)),
    "naive Bayes, words": of("words", lambda add: naive_bayes.MultinomialNB(alpha=add), SMOOTHING),
    "logistic regression, words": of("words"),
    "logistic regression, TF-IDF": of("tfidf"),
    "self-training, words": self_trained,
    "logistic regression, LSA": of("lsa"),
    "logistic regression, last LM state": of("states"),
    "logistic regression, mean LM state": of("mean_states"),
    "logistic regression, z": of("codes"),
}
NEURAL: dict[str, Callable[[Pool, Few], Probs]] = {
    "LSTM": lambda pool, few: on_test(reader(pool, few), pool),
    "LSTM, self-training": self_trained_reader,
    "M2": lambda pool, few: on_test(semi_supervised_vae(pool, few), pool),
    "M2, by its bounds": by_bounds,
}
WAYS = CHEAP | NEURAL
READ = {  # sentences without labels that a way has seen, in the world at standard; the models are shipped with the course
    "self-training, words": "4,960", "logistic regression, LSA": "5,000", "logistic regression, last LM state": "1,024,000",
    "logistic regression, mean LM state": "1,024,000", "logistic regression, z": "128,000 (the decoder 1,152,000)",
    "LSTM, self-training": "3,000", "M2": "1,920 (the decoder 1,024,000)", "M2, by its bounds": "1,920 (the decoder 1,024,000)"}
