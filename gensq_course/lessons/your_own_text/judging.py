"""Who writes how well, without a truth: a jury that has read another part of the text; of a grammar the truth, to try it."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

import numpy as np
import torch
from scipy.special import ndtri, stdtrit

from gensq_course.lessons.text_vae.reading import drawn
from gensq_course.lessons.text_vae.recipe import train_live
from gensq_course.lessons.your_own_text.units import best_ngram
from gensq_course.report.reading import progress
from gensq_course.shipped.language_model import Finished, finished_language_model
from gensq_lib.diagnostics.juries import Jury, log_p, rank_agreement, surprise
from gensq_lib.diagnostics.two_samples import PERMUTATIONS, Test, TwoSample, kernel_test, spoilt
from gensq_lib.maths.stats import LEVEL, Estimate, Share, estimate
from gensq_lib.models.ngram import NGram
from gensq_lib.models.parts import WordModel
from gensq_lib.models.text_vae import BagOfWordsVAE, cured_vae
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Sentence, Vocab

SIZES = {"embed_dim": 64, "hidden_dim": 96, "decoder": "gru"}
BATCH_SIZE, LATENT_DIM, JURY_SHARE = 32, 8, 1 / 3
REAL, SHUFFLED, AGAIN = "real, held out", "words of real ones, shuffled", "training sentences again"
GRADES = (0.0, 0.1, 0.2, 0.4)  # of real sentences with two words swapped: players whose order is known
TRAININGS = 5  # that the noise between them comes from
PARTS, UNKNOWN = ("train", "valid", "test"), Vocab.SPECIALS[Vocab.UNK]
LEAST = 50  # sentences of a part: with fewer no heap can be compared


@dataclass(frozen=True)
class Divided:
    """The training part in two: what models read, and what only the jury reads. Both keep the vocabulary of the whole."""

    models: Corpus
    jury: Corpus = field(repr=False)

    @classmethod
    def of(cls, text: Corpus) -> "Divided":
        """The last third is the jury's: the order of a training part has nothing to do with that of its file."""
        cut = len(text.train) - max(1, int(len(text.train) * JURY_SHARE))
        return cls(replace(text, train=text.train[:cut]), replace(text, train=text.train[cut:]))


def encoded(text: Corpus) -> dict[str, list[list[int]]]:
    return {part: [text.vocab.encode(sentence) for sentence in getattr(text, part)] for part in PARTS}


def language_model(text: Corpus, *, steps: int, seed: int, num: int = 0, device: str = "cpu") -> Finished:
    """A small one, trained as the size of the text asks (lesson 05), on the first `num` sentences (0: all)."""
    part = replace(text, train=text.train[: num or None])
    return finished_language_model(part, steps=steps, batch_size=BATCH_SIZE, seed=seed, device=device, **SIZES)


def still_learning(start: Finished, num: int) -> bool:
    """Whether validation was best at the last look of a training on `num` sentences that were read more than once."""
    found = progress(start.history, num, batch_size=BATCH_SIZE)
    return found.readings > 1 and found.falling


def course(trained: Finished, num: int) -> str:
    """How often a training has read its `num` sentences, and what ended it."""
    found = progress(trained.history, num, batch_size=BATCH_SIZE)
    ended = "its cap" if len(trained.history["step"]) >= trained.most else "validation"
    return f"{num:,} sentences read {found.readings:.1f} times, ended by {ended}"


def latent_model(text: Corpus, start: Finished, *, steps: int, seed: int, device: str = "cpu") -> BagOfWordsVAE:
    """The VAE of lesson 06 in the size of these models, from a language model that has read the same text."""
    ids, plan = encoded(text), start.plan
    torch.manual_seed(seed)
    model = cured_vae("bag_of_words", vocab_size=len(text.vocab), share_embedding=True, latent_dim=LATENT_DIM, **SIZES,
                      **plan.options).to(device)
    train_live(model, ids["train"], ids["valid"], free_bits=plan.free_bits, steps=steps, batch_size=2 * BATCH_SIZE, seed=seed,
               start=start.model, plan=plan, key={"corpus": text.fingerprint})
    return model


def counted(text: Corpus) -> NGram:
    """The baseline: Kneser-Ney counts of the order that validation likes."""
    ids = encoded(text)
    return best_ngram(ids["train"], ids["valid"], len(text.vocab))


def jury(text: Corpus, *, steps: int, seed: int, device: str = "cpu") -> Jury:
    """Two networks with other seeds, and counts. Validation sentences say what is usual."""
    networks = [language_model(text, steps=steps, seed=seed + 1_000 * i, device=device).model for i in (1, 2)]
    return Jury.sworn([*networks, counted(text)], encoded(comparable(text))["valid"])


def shuffled(sentences: Sequence[Sentence], seed: int) -> list[Sentence]:
    """A control that everybody should find strange: the words of real sentences in any order."""
    noise = np.random.default_rng((seed, 9))
    return [tuple(sentence[i] for i in noise.permutation(len(sentence))) for sentence in sentences]


def clear(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Those without an `<unk>`."""
    return [sentence for sentence in sentences if UNKNOWN not in sentence]


def comparable(text: Corpus) -> Corpus:
    """The text as models read it, each word that the vocabulary lacks an `<unk>`, without the sentences that have one.

    No model can know how often to say it: in training it stands for words that come once, in a test for those that training never
    had besides. Where fewer than `LEAST` sentences would be left, all stay.
    """
    read = {part: [text.vocab.decode(text.vocab.encode(sentence)) for sentence in getattr(text, part)] for part in PARTS}
    kept = {part: clear(each) for part, each in read.items()}
    return replace(text, **(kept if min(map(len, kept.values())) >= LEAST else read))


def said_by(model: WordModel, heard: Corpus, *, num: int, seed: int, temperature: float = 1.0) -> list[Sentence]:
    """Sentences of a model; those with `<unk>` are left out where the text has none of them (`comparable`)."""
    said = drawn(model, heard, num=num, temperature=temperature, seed=seed, avoid=())
    return said if any(UNKNOWN in sentence for sentence in heard.test) else clear(said)


def written(models: Mapping[str, WordModel], heard: Corpus, *, num: int, seed: int) -> dict[str, list[Sentence]]:
    """What each player says: the models at temperature 1, the first one also cooler; and three controls."""
    said = {name: said_by(model, heard, num=num, seed=seed) for name, model in models.items()}
    first, model = next(iter(models.items()))
    cool = {f"{first}, T = 0.6": said_by(model, heard, num=num, seed=seed, temperature=0.6)}
    real = heard.test[:num]
    return {REAL: real, AGAIN: heard.train[:num], **said, **cool, SHUFFLED: shuffled(real, seed)}


def graded(models: Mapping[str, WordModel], heard: Corpus, *, num: int, seed: int) -> list[dict[str, list[Sentence]]]:
    """Players of two kinds, each in steps that are known: real sentences more and more spoilt, and models of less and less."""
    return [{f"real, {share:.0%} with two words swapped": spoilt(heard.test[:num], share, seed) for share in GRADES},
            {name: said_by(model, heard, num=num, seed=seed) for name, model in models.items()}]


@dataclass(frozen=True)
class Judged:
    """What the jury says of each player, member by member, and how far its members agree on their order."""

    shares: dict[str, list[Share]]

    @property
    def verdicts(self) -> dict[str, float]:
        return {name: sum(share.mean for share in each) / len(each) for name, each in self.shares.items()}

    @property
    def agreement(self) -> float:
        """The mean over pairs of members: 1 where all have the same order, 0 by chance."""
        columns = list(zip(*([share.mean for share in each] for each in self.shares.values()), strict=True))
        pairs = [(a, b) for i, a in enumerate(columns) for b in columns[:i]]
        return sum(rank_agreement(a, b) for a, b in pairs) / len(pairs)

    def with_truth(self, readable: Mapping[str, Estimate]) -> float:
        """The order of the jury, the least strange first, beside that of the truth."""
        return rank_agreement(list(self.verdicts.values()), [-readable[name].mean for name in self.verdicts])

    def right_pairs(self, readable: Mapping[str, Estimate], names: Sequence[str]) -> Share:
        """Of the pairs of these players that the truth tells apart (95 %), those that the jury has in its order; chance: half."""
        right = []
        for a, b in combinations(names, 2):
            low, high = (readable[a] - readable[b]).interval
            if low > 0 or high < 0:
                right.append((self.verdicts[a] < self.verdicts[b]) == (low > 0))
        return Share(sum(right), len(right))


def judged(said: Mapping[str, Sequence[Sentence]], by: Jury, text: Corpus) -> Judged:
    """The share of strange sentences of each player."""
    return Judged({name: by.strange([text.vocab.encode(sentence) for sentence in each]) for name, each in said.items()})


def readable(said: Mapping[str, Sequence[Sentence]], text: Corpus) -> dict[str, Estimate]:
    """The truth, where there is one: the share of a sentence's words that come before the first one with which no sentence of
    the grammar can go on; 1 of a valid sentence. Nobody can say whether `<unk>` is right: sentences with it do not count.
    """
    def share(sentence: Sentence) -> float:
        error = text.grammar.parse(sentence, language=text.language).error_at
        return 1.0 if error is None else error / max(len(sentence), 1)

    return {name: estimate(list(map(share, clear(each)))) for name, each in said.items()}


def jury_test(by: Jury, text: Corpus, *, permutations: int = PERMUTATIONS) -> Test:
    """A two-sample test with the jury's ears: are sentences of one heap stranger, in the mean over members, than of the other?

    The labels are exchanged at random, as in the kernel's test, and both directions count.
    """
    heard: dict[Sentence, float] = {}

    def strangeness(sentences: Sequence[Sentence]) -> np.ndarray:
        if new := [sentence for sentence in dict.fromkeys(sentences) if sentence not in heard]:
            nats = surprise(by.members, [text.vocab.encode(sentence) for sentence in new]).mean(0)
            heard.update(zip(new, nats.tolist(), strict=True))
        return np.array([heard[sentence] for sentence in sentences])

    return lambda real, said, seed=0: mean_test(strangeness(real), strangeness(said), seed, permutations)


def sharper(by: Jury, text: Corpus) -> dict[str, Test]:
    """The tests by orders with ten times as many, for a single question: so p does not hang on which orders were drawn."""
    return {"kernel": partial(kernel_test, permutations=10 * PERMUTATIONS),
            "jury": jury_test(by, text, permutations=10 * PERMUTATIONS)}


def mean_test(left: np.ndarray, right: np.ndarray, seed: int, permutations: int = PERMUTATIONS) -> TwoSample:
    """How far the means lie apart, and how often chance parts the numbers as far."""
    values, num = np.concatenate([left, right]), len(left)
    noise = np.random.default_rng((seed, 11))
    orders = np.stack([np.arange(len(values)), *(noise.permutation(len(values)) for _ in range(permutations))])
    apart = np.abs(values[orders[:, :num]].mean(1) - values[orders[:, num:]].mean(1))
    return TwoSample("jury", float(apart[0]), float((apart >= apart[0] - 1e-12).mean()), len(values))


def noise_between(text: Corpus, first: Finished, *, num: int, steps: int, seed: int, device: str = "cpu") -> float:
    """The standard deviation between some trainings on as many sentences, other ones each time: nats per test sentence.

    `first` is one of them, on the first `num` sentences; the others are trained here.
    """
    ids, draw = encoded(text)["test"], np.random.default_rng((seed, 17))
    found = [log_p(first.model, ids).mean().item()]
    for turn in range(1, TRAININGS):
        part = replace(text, train=[text.train[i] for i in draw.permutation(len(text.train))[:num]])
        found.append(log_p(language_model(part, steps=steps, seed=seed + turn, device=device).model, ids).mean().item())
    return float(np.std(found, ddof=1))


def widened(noise: float) -> float:
    """A standard deviation of so few trainings is rough: wider by as much as Student's interval is than the normal one."""
    return noise * (stdtrit(TRAININGS - 1, (1 + LEVEL) / 2) / ndtri((1 + LEVEL) / 2)).item()
