"""Spoken sentences of the world, heard through a simulated channel: lists of what may have been said, and who chooses from them.

No sound is made here. Every word is heard right with probability 1 - `WRONG`, else as one of the `ALIKE` words that are spelled
most alike (which stands for: sound alike). So p(heard | said) is known, p(said) is the grammar's, and by Bayes' rule the
probability of everything on a list is known, too.
"""
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

import torch
from jaxtyping import Float
from sklearn.feature_extraction.text import CountVectorizer
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate, iwae
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.ngram import NGram
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text import corpora
from gensq_lib.text.batching import in_order
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Sentence

WRONG, ALIKE, SHARPNESS = 0.1, 3, 4.0  # share of words heard wrongly; as how many; how much the most alike of them are preferred
LIST = 100  # sentences of a list
NUM_TRAIN, ORDER, SAMPLES = 20_000, 4, 1  # sentences and order of the n-gram; draws of the VAE's bound
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)  # of log p(sentence); the best on validation is taken
IMPOSSIBLE = -1e3  # nats: what the grammar cannot say is chosen only where the list has nothing else


@dataclass(frozen=True)
class Channel:
    """p(heard | said) of single words."""

    confusions: Mapping[str, Mapping[str, float]]  # what each word may be heard as

    @cached_property
    def reversed(self) -> dict[str, dict[str, float]]:
        """Of each heard word, log p(heard | said) for everything that may have been said, nats."""
        found: dict[str, dict[str, float]] = {}
        for said, heard in self.confusions.items():
            for word, p in heard.items():
                found.setdefault(word, {})[said] = math.log(p)
        return found

    def heard(self, said: Sentence, *, generator: torch.Generator) -> Sentence:
        """One hearing of a sentence: each word by itself."""
        def one(word: str) -> str:
            words, shares = zip(*self.confusions[word].items(), strict=True)
            return words[int(torch.multinomial(torch.tensor(shares), 1, generator=generator))]
        return tuple(map(one, said))

    def best_list(self, heard: Sentence, num: int) -> list[tuple[Sentence, float]]:
        """The `num` sentences under which this hearing is likeliest, with log p(heard | said), nats; the likeliest first.

        Words are heard one by one, so that no sentence of the list has a beginning that is not among the best ones.
        """
        best: list[tuple[Sentence, float]] = [((), 0.0)]
        for word in heard:
            longer = [((*said, more), score + added) for said, score in best for more, added in self.reversed[word].items()]
            best = sorted(longer, key=lambda pair: -pair[1])[:num]
        return best


@lru_cache(maxsize=4)
def channel(words: Sentence, *, wrong: float = WRONG) -> Channel:
    """Of a vocabulary. Words are alike that share pairs of letters; a full stop is always heard."""
    spoken = [word for word in words if any(map(str.isalpha, word))]
    counts = CountVectorizer(analyzer="char_wb", ngram_range=(1, 2), lowercase=False).fit_transform(spoken).toarray()
    rows = torch.nn.functional.normalize(torch.from_numpy(counts).double(), dim=1)
    closeness, order = (rows @ rows.T).fill_diagonal_(-1).topk(ALIKE)
    shares = wrong * (SHARPNESS * closeness).softmax(1)
    found = {word: {word: 1 - wrong} | {spoken[j]: p for j, p in zip(others, ps, strict=True)}
             for word, others, ps in zip(spoken, order.tolist(), shares.tolist(), strict=True)}
    return Channel({word: found.get(word, {word: 1.0}) for word in words})


@dataclass(frozen=True)
class Lists:
    """What was said, what was heard, and for each hearing a list with the logarithm of p(heard | said), nats."""

    said: Sequence[Sentence]
    heard: Sequence[Sentence]
    lists: Sequence[Sequence[Sentence]]
    scores: Sequence[Float[Tensor, "sample"]]
    language: Mapping[str, Sequence[Float[Tensor, "sample"]]]  # log p(sentence) of whoever rescores

    def where(self, kept: Sequence[bool]) -> "Lists":
        """Those that are kept."""
        def some(values: Sequence) -> list:
            return [value for value, keep in zip(values, kept, strict=True) if keep]
        return Lists(some(self.said), some(self.heard), some(self.lists), some(self.scores),
                     {name: some(values) for name, values in self.language.items()})

    def silent(self) -> list[bool]:
        """Whether the grammar can say nothing of a list: then the exact p(x) has no opinion."""
        return [bool((values <= IMPOSSIBLE).all()) for values in self.language["exact p(x)"]]

    def chosen(self, name: str, weight: float) -> list[Sentence]:
        """By log p(heard | said) + weight * log p(said)."""
        return [some[int((heard + weight * own).argmax())] for some, heard, own in zip(
            self.lists, self.scores, self.language[name], strict=True)]

    def least_errors(self, name: str) -> list[Sentence]:
        """What has the fewest word errors in expectation, over the posterior of the list: the best possible for this measure."""
        def pick(some: Sequence[Sentence], scores: Tensor) -> Sentence:
            errors = torch.tensor([[num_errors(a, b) for b in some] for a in some], dtype=scores.dtype)
            return some[int((errors @ scores.softmax(0)).argmin())]
        return [pick(some, heard + own) for some, heard, own in zip(self.lists, self.scores, self.language[name], strict=True)]

    def closest(self) -> list[Sentence]:
        """The oracle: of each list what has the fewest errors."""
        return [min(some, key=partial(num_errors, said)) for some, said in zip(self.lists, self.said, strict=True)]

    def at_random(self, *, generator: torch.Generator) -> list[Sentence]:
        """One of each list."""
        return [some[int(torch.randint(len(some), (), generator=generator))] for some in self.lists]

    def word_error_rate(self, chosen: Sequence[Sentence]) -> float:
        """Errors by the words that were said, full stops not counted."""
        spoken = [sum(any(map(str.isalpha, word)) for word in said) for said in self.said]
        return sum(map(num_errors, chosen, self.said)) / sum(spoken)

    def whole_sentences(self, chosen: Sequence[Sentence]) -> float:
        """The share that is right in every word."""
        return sum(map(tuple.__eq__, chosen, self.said)) / len(self.said)


def num_errors(ours: Sentence, theirs: Sentence) -> int:
    """Places that differ: this channel adds no word and loses none."""
    return sum(a != b for a, b in zip(ours, theirs, strict=True))


def heard_lists(text: Corpus, said: Sequence[Sentence], *, num: int = LIST, generator: torch.Generator) -> Lists:
    """A hearing of each sentence, and its list; nobody has rescored it yet."""
    by = channel(tuple(text.vocab.words[4:]))
    heard = [by.heard(sentence, generator=generator) for sentence in said]
    found = [by.best_list(sentence, num) for sentence in heard]
    return Lists(said, heard, [[sentence for sentence, _ in some] for some in found],
                 [torch.tensor([score for _, score in some], dtype=torch.float64) for some in found], {})


@dataclass(frozen=True)
class Rescorers:
    """Everybody who knows how likely a sentence is: counts, a language model, a VAE by its bound, the grammar."""

    text: Corpus
    lm: LanguageModel
    vae: TextVAE
    seed: int

    @cached_property
    def models(self) -> dict:
        """Each with its log p, or a bound."""
        read = list(map(self.text.vocab.encode, self.text.train[:NUM_TRAIN]))
        ngram = NGram(order=ORDER, vocab_size=len(self.text.vocab)).fit(read)
        bound = partial(iwae, self.vae, num_samples=SAMPLES, chunk=SAMPLES, generator=runtime.generator(self.seed, "bound"))
        return {"n-gram": (ngram, ngram.log_likelihood), "language model": (self.lm, self.lm.log_likelihood),
                "VAE bound": (self.vae, bound)}

    def rescored(self, lists: Lists) -> Lists:
        """With log p of each sentence of each list by each of them, nats."""
        sizes, flat = list(map(len, lists.lists)), [sentence for some in lists.lists for sentence in some]
        encoded = list(map(self.text.vocab.encode, flat))
        found = {name: evaluate(model, log_prob, in_order(encoded)).double() for name, (model, log_prob) in self.models.items()}
        exact = [self.text.grammar.log_prob(sentence) for sentence in flat]
        found["exact p(x)"] = torch.tensor(exact, dtype=torch.float64).clamp(min=IMPOSSIBLE)
        return replace(lists, language={name: values.split(sizes) for name, values in found.items()})


def tuned_weight(lists: Lists, name: str) -> float:
    """The weight with the fewest word errors on *validation* lists."""
    return min(WEIGHTS, key=lambda weight: lists.word_error_rate(lists.chosen(name, weight)))


def prepared(seed: int, lm: LanguageModel, vae: TextVAE, *, num_valid: int, num_test: int) -> tuple[Lists, Lists]:
    """Lists of validation and of test sentences, rescored by everybody."""
    text = corpora.load("world", seed=seed, num_train=NUM_TRAIN)
    by, rows = Rescorers(text, lm, vae, seed), []
    for part, num in (("valid", num_valid), ("test", num_test)):
        noise = runtime.generator(seed, "hearing", part)
        sentences = getattr(text, part)
        chosen = [sentences[i] for i in torch.randperm(len(sentences), generator=noise)[:num].tolist()]
        rows.append(by.rescored(heard_lists(text, chosen, generator=noise)))
    return rows[0], rows[1]


def choices(valid: Lists, test: Lists, *, seed: int) -> dict[str, tuple[list[Sentence], float]]:
    """What everybody chooses from the test lists, and with which weight (nan: none)."""
    none = float("nan")
    found = {"the first of the list": ([some[0] for some in test.lists], none),
             "a random choice": (test.at_random(generator=runtime.generator(seed, "random choice")), none)}
    for name in ("n-gram", "language model", "VAE bound"):
        weight = tuned_weight(valid, name)
        found[name] = (test.chosen(name, weight), weight)
    exact = test.chosen("exact p(x)", 1.0)
    helped = [soft if silent else sure for soft, sure, silent in zip(
        found["language model"][0], exact, test.silent(), strict=True)]
    return found | {"exact p(x)": (exact, 1.0), "exact p(x), fewest expected errors": (test.least_errors("exact p(x)"), 1.0),
                    "exact p(x), where it is silent the language model": (helped, none), "the oracle": (test.closest(), none)}
