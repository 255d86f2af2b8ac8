"""Labelled sentences, of which a few may be used, and what a classifier reads of them: words, states of a language model, z."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from sklearn import decomposition, feature_extraction
from torch import Tensor, nn

from gensq_lib.diagnostics.calibration import Predictions
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import Batch, in_order
from gensq_lib.text.corpora import LabelledCorpus

Probs = Float[Tensor, "sentence label"]
PUT_ASIDE, TOPICS = 500, 16  # labelled sentences for choosing, at most; numbers of a sentence, as many as z has


@dataclass(frozen=True)
class Few:
    """Which training sentences have a label that may be used: to learn from, and to choose by. All others have none.

    `seed` is what they were drawn with, for whatever else a way of classifying leaves to dice.
    """

    known: list[int]
    dev: list[int]
    seed: int = 0


@dataclass
class Pool:
    """A labelled corpus, and what classifiers read of its sentences, made when first needed.

    `lm` and `vae` have read sentences without labels; how many, `lm_read` and `vae_read` say.
    """

    corpus: LabelledCorpus
    lm: LanguageModel | None
    vae: nn.Module | None
    device: str = "cpu"
    lm_read: int = 0
    vae_read: int = 0
    labels: dict[str, np.ndarray] = field(init=False)
    dice: dict[int, dict[str, np.ndarray]] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self):
        self.labels = {part: np.array(self.corpus.ids(part)) for part in ("train", "valid", "test")}

    @cached_property
    def encoded(self) -> dict[str, list[list[int]]]:
        return {part: list(map(self.corpus.text.vocab.encode, self.sentences(part))) for part in self.labels}

    def sentences(self, part: str) -> list[tuple[str, ...]]:
        return getattr(self.corpus.text, part)

    @cached_property
    def counter(self) -> Any:
        """Counts the words of sentences: those that training has."""
        return feature_extraction.text.CountVectorizer(analyzer=list).fit(self.sentences("train"))

    @cached_property
    def words(self) -> dict[str, Any]:
        """How often each word occurs."""
        return self._counted(self.counter)

    @cached_property
    def tfidf(self) -> dict[str, Any]:
        """The same, rare words and pairs of words weighing more, each sentence of length 1."""
        counter = feature_extraction.text.TfidfVectorizer(preprocessor=list, tokenizer=list, token_pattern=None,
                                                          ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        return self._counted(counter.fit(self.sentences("train")))

    @cached_property
    def lsa(self) -> dict[str, np.ndarray]:
        """The same in a few numbers that keep most of it: latent semantic analysis, z's plainest rival."""
        few = min(TOPICS, *(size - 1 for size in self.tfidf["train"].shape))
        pressed = decomposition.TruncatedSVD(few, random_state=0).fit(self.tfidf["train"])
        return {part: pressed.transform(counts) for part, counts in self.tfidf.items()}

    def _counted(self, counter: Any) -> dict[str, Any]:
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

    def untrained(self, seed: int) -> dict[str, np.ndarray]:
        """The same of an encoder of its kind whose weights are dice, at each seed others: what it has without training."""
        if seed not in self.dice:
            torch.manual_seed(seed)
            blank = type(self.vae)(**{key: value for key, value in self.vae.config.items() if key != "class"}).to(self.device)
            self.dice[seed] = self._read(blank, lambda batch: blank.posterior(batch).mean)
        return self.dice[seed]

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
        return Few(known, order[:aside], seed)

    def hidden(self, few: Few) -> list[int]:
        """The training sentences whose label nobody may see."""
        seen = {*few.known, *few.dev}
        return [i for i in range(len(self.labels["train"])) if i not in seen]

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
