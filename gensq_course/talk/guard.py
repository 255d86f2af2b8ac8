"""Whether a corpus talks about what was typed; if not, a sentence says what it does talk about.

A model of replies answers anything, and what it has never heard of with noise. The guard is a logistic regression between
prompts of the corpus and sentences about other things (`data/everyday.txt`, sentences of the built-in worlds). It sees words
and pairs of words, where all that the corpus hardly ever says is one word, NEW, and how much of the sentence was never said.
Its threshold is set on validation prompts; in a closed world, whose prompts are far from all else, as low as foreign sentences
let it, because people say things in words that no grammar has. The study `dialogue_guard` (lesson 16) measures how well it does.
"""
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np
from jaxtyping import Float
from rapidfuzz import fuzz, process

from gensq_course.talk import topics
from gensq_course.talk.chat import LONGEST, words_of
from gensq_lib.ground.places import DATA
from gensq_lib.ground.runtime import generator
from gensq_lib.text import corpora
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.corpora.chats import turns
from gensq_lib.text.grammar import TURN
from gensq_lib.text.pairs import Pair

READS = ("everyday.txt", "*.grammar", "world.valid.tsv")
EVERYDAY = DATA / "everyday.txt"
WORLD = DATA / "world.valid.tsv"
LEARN, MEASURE = 0, 1  # which half of the everyday sentences: even lines, odd lines
OF_THE_VILLAGE = 300  # sentences
ABOUT_EVERYTHING = ("topical-chat",)  # nothing is foreign to it
RATE = 0.02  # of these validation prompts are refused, by the choice of the threshold
MISSED = 0.05  # of foreign sentences that pass in a closed world, if so many are needed
MOST = 6_000  # prompts to learn from
FEW = 2  # words: in a closed world so short a turn is known only if people said it as a whole. "Hello" alone gave noise
NEW, RARE = "<new>", 2  # a word that fewer prompts say is NEW
SPELT = 4  # letters of a word that may be taken for misspelt
ALIKE = {True: 80, False: 85}  # how like a known word it is, percent; where people speak, unknown words are often right
WORDS = re.compile(r"\w+(?:'\w+)*")


def everyday(half: int) -> list[str]:
    """Sentences about everything else: those to learn from, or those to measure on."""
    return EVERYDAY.read_text(encoding="utf-8").splitlines()[half::2]


@cache
def narrated() -> Sequence[str]:
    """Sentences of the built-in worlds, in which nobody speaks to anybody; of the larger those in `data/`, read in a moment."""
    village = corpora.grammar_of("village")
    drawn = village.sample(OF_THE_VILLAGE, generator=generator("guard", "village"))
    kept = (line.partition("\t")[0] for line in WORLD.read_text(encoding="utf-8").splitlines())
    return (*kept, *(" ".join(d.words(village.languages[0])) for d in drawn))


def typed(corpus: PairCorpus, pairs: Iterable[Pair]) -> list[str]:
    """What people typed last in each prompt."""
    return [corpus.show_source(list(turns(pair.source))[-1]) for pair in pairs]


def misspelt(said: str, *key: int | str) -> str:
    """One letter inside a longer word is left out."""
    places = [i for i in range(1, len(said) - 1) if said[i - 1:i + 2].isalpha()]
    if not places:
        return said
    place = places[int(np.random.default_rng(generator(said, *key).initial_seed()).integers(len(places)))]
    return said[:place] + said[place + 1:]


def mended(corpus: PairCorpus, said: str) -> str:
    """An unknown word, which no model can read, is taken for a known one that is nearly it: "phnoe", "phone"."""
    known = corpus.source_vocab.words[len(corpus.source_vocab.SPECIALS):]
    for word in dict.fromkeys(corpus.source_vocab.unknown(words_of(corpus, said))):
        if len(word) >= SPELT and word.isalpha() and (found := process.extractOne(
                word, known, scorer=fuzz.ratio, score_cutoff=ALIKE[corpus.source_vocab.closed])):
            said = re.sub(rf"\b{re.escape(word)}\b", found[0], said, flags=re.IGNORECASE)
    return said


def words(said: str) -> list[str]:
    """In small letters, without punctuation."""
    return WORDS.findall(said.lower())


def pairs_of_words(said: str) -> set[tuple[str, str]]:
    """Neighbours, the borders of the sentence counted as words."""
    return set(pairwise(["", *words(said), ""]))


def runs_of_letters(said: str) -> set[str]:
    """Four letters in a row, spaces counted."""
    text = f" {' '.join(words(said))} "
    return {text[i:i + 4] for i in range(max(len(text) - 3, 1))}


CUTS: tuple[Callable[[str], Iterable], ...] = (lambda said: set(words(said)), pairs_of_words, runs_of_letters)


class Heard:
    """What has been said in a corpus, and how much of a sentence was never said."""

    def __init__(self, said: Sequence[str]):
        self.counts = [Counter(chain.from_iterable(map(cut, said))) for cut in CUTS]

    def with_new(self, said: str) -> str:
        """The sentence; words that are hardly ever said are NEW."""
        return " ".join(word if self.counts[0][word] >= RARE else NEW for word in words(said)) or NEW

    def new(self, sentences: Sequence[str], *, but: int = 0) -> Float[np.ndarray, "sentence cut"]:
        """The share of words, pairs and letters never said; of a sentence of the corpus `but` once, by itself."""
        return np.array([[np.mean([seen[piece] <= but for piece in cut(said)] or [1.0])
                          for cut, seen in zip(CUTS, self.counts, strict=True)] for said in sentences]).reshape(-1, len(CUTS))


@dataclass(frozen=True)
class Foreign:
    """The classifier: log-odds that a sentence belongs to the corpus, and from where on it does."""

    heard: Heard
    vectors: Any
    model: Any

    @classmethod
    def learnt(cls, own: Sequence[str], others: Sequence[Sequence[str]]) -> "Foreign":
        """From prompts, and from kinds of foreign sentences that count equally much."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # a second
        from sklearn.linear_model import LogisticRegression

        heard, every = Heard(own), [*own, *chain.from_iterable(others)]
        vectors = TfidfVectorizer(preprocessor=heard.with_new, token_pattern=r"\S+", ngram_range=(1, 2), sublinear_tf=True)
        seen = _beside(vectors.fit_transform(every), np.vstack([heard.new(own, but=1), *map(heard.new, others)]))
        kinds = np.repeat(np.arange(1 + len(others)), [len(own), *map(len, others)])
        weights = (len(every) / (np.bincount(kinds) * (1 + len(others))))[kinds]
        model = LogisticRegression(C=100, max_iter=300, solver="liblinear", random_state=0)
        return cls(heard, vectors, model.fit(seen, kinds == 0, sample_weight=weights))

    def log_odds(self, sentences: Sequence[str]) -> Float[np.ndarray, "sentence"]:
        """Large where it belongs."""
        return self.model.decision_function(_beside(self.vectors.transform(sentences), self.heard.new(sentences)))


def _beside(sparse: Any, dense: Float[np.ndarray, "sentence cut"]) -> Any:
    from scipy.sparse import csr_matrix, hstack

    return hstack([sparse, csr_matrix(dense)]).tocsr()


class Guard:
    """Refuses what a corpus does not talk about: `Guard(corpus).refusal("How do whales sleep?")`."""

    def __init__(self, corpus: PairCorpus, *, rate: float = RATE):
        self.corpus, self.examples = corpus, topics.examples(corpus)
        own = self._own()
        self.short = {tuple(said) for said in map(words, own) if len(said) <= FEW}
        self.foreign = None if corpus.name in ABOUT_EVERYTHING else Foreign.learnt(own, [everyday(LEARN), narrated()])
        right = typed(corpus, corpus.valid)
        likely = list(map(misspelt, right)) if corpus.source_vocab.closed else right  # people misspell some by themselves
        self.threshold = float(np.quantile(self.log_odds(likely), rate))
        if corpus.source_vocab.closed:
            self.threshold = min(self.threshold, self._as_low_as_it_can(own))

    def _as_low_as_it_can(self, own: Sequence[str]) -> float:
        """Where MISSED of the foreign sentences pass that a classifier has not learnt from, each half in its turn.

        A grammar's test prompts say everything in its own words, far from all else; a person says it in others.
        """
        halves = everyday(LEARN)[::2], everyday(LEARN)[1::2]
        scores = [Foreign.learnt(own, [learnt, narrated()]).log_odds(list(map(partial(mended, self.corpus), held_out)))
                  for learnt, held_out in (halves, halves[::-1])]
        return float(np.quantile(np.concatenate(scores), 1 - MISSED))

    def _own(self) -> list[str]:
        """Different turns of the prompts; of a small world those before the last one, too: there anybody may say them."""
        said = map(turns, [*(pair.source for pair in self.corpus.train), *self.corpus.sources])
        kept = (turn for every in map(list, said) for turn in (every if self.corpus.grammar else every[-1:]))
        return list(map(self.corpus.show_source, islice(dict.fromkeys(kept), MOST)))

    def log_odds(self, sentences: Sequence[str]) -> Float[np.ndarray, "sentence"]:
        """That each belongs to the corpus; 0 where everything does."""
        if self.foreign is None:
            return np.zeros(len(sentences))
        return self.foreign.log_odds([mended(self.corpus, said) for said in sentences])

    def knows(self, sentences: Sequence[str]) -> list[bool]:
        """Whether each may be answered."""
        return (self.log_odds(sentences) >= self.threshold).tolist()

    def refusal(self, said: str) -> str:
        """What it can talk about, if not about this; nothing where it can."""
        said = said[:LONGEST]
        *_, last = ["", *filter(str.strip, said.split(TURN))]
        if self._heard(last) and all(self.knows([last])):
            return ""
        return topics.sentence(self.corpus, self.examples[len(said) % len(self.examples)])

    def _heard(self, said: str) -> bool:
        """Whether at least half of its words are known, and a short turn of a closed world as a whole."""
        vocab, said = self.corpus.source_vocab, mended(self.corpus, said)
        read = [word for word in words_of(self.corpus, said) if WORDS.search(word)]
        whole = not vocab.closed or len(read) > FEW or tuple(words(said)) in self.short
        return len(read) > 0 and 2 * len(vocab.unknown(read)) <= len(read) and whole

    @cached_property
    def refusals(self) -> frozenset[str]:
        """All that it can say."""
        return frozenset(topics.sentence(self.corpus, example) for example in self.examples)
