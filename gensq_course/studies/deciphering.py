"""Who finds the key of a word cipher? What lesson 17 and its recorded table share: the players, their starts, what each is given.

A player sees plain sentences and secret ones. What a pair, the truth or the world's own p is worth stands in rows of its own.
"""
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.studies.judged_keys import Judge, Perfect, Trigrams, climbed, judged
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.diagnostics import all_sentences
from gensq_lib.ground.runtime import generator
from gensq_lib.text.batching import Batch
from gensq_lib.text.ciphers import Unpaired, unpaired
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training import deciphering
from gensq_lib.training.deciphering import Bigrams, Key

NUM_PLAIN, NUM_SECRET = 40_000, 2_000  # sentences of each side
RESTARTS, NUM_RESTARTS, NUM_FEW, NUM_STARTS = (1, 3, 10, 30, 100), 100, 30, 3  # of the assignment; keys that a judge improves
EM_ROUNDS, NUM_EM, WIDTH = 30, 10, 0.1  # rounds, random starts; nats of log frequency that a start lets differ
PAIRS, IBM_ROUNDS = (3, 10, 30, 100, 300, 1_000), 20


@dataclass(frozen=True)
class Bench:
    """Two sides at a seed, and what is counted on them."""

    sides: Unpaired
    seed: int

    @cached_property
    def counts(self) -> Bigrams:
        """Bigrams of the secret side."""
        return deciphering.bigram_counts(self.sides.secret, self.sides.secret_vocab)

    @cached_property
    def plain_counts(self) -> Bigrams:
        return deciphering.bigram_counts(self.sides.plain, self.sides.plain_vocab)

    @cached_property
    def log_p(self) -> Bigrams:
        """The bigram model of the plain side, nats."""
        return deciphering.bigram_log_p(self.sides.plain, self.sides.plain_vocab)

    @cached_property
    def secret_log_p(self) -> Bigrams:
        """That of the secret side: for those who translate in both directions."""
        return deciphering.bigram_log_p(self.sides.secret, self.sides.secret_vocab)

    @cached_property
    def few_restarts(self) -> Key:
        """The likeliest of a few restarts, each with noise of its own: a start for others."""
        keys = [deciphering.assignment_key(self.counts, self.log_p, generator=generator(self.seed, "assignment", i))
                for i in range(NUM_FEW)]
        return likeliest(keys, self)[0]

    @cached_property
    def secret(self) -> tuple[Batch, Float[Tensor, "batch"]]:
        """Each different secret sentence, and how often it came."""
        return deciphering.weighed(self.sides.secret, self.sides.secret_vocab)

    @cached_property
    def perfect(self) -> Perfect:
        """The judge that knows the world's p."""
        vocab = self.sides.plain_vocab
        return Perfect(all_sentences(self.sides.text.grammar, vocab), len(vocab))

    @cached_property
    def trigrams(self) -> Trigrams:
        """A judge of whole sentences that has read the plain side."""
        return Trigrams.of(self.sides.plain, self.sides.plain_vocab)

    def noise(self, *key: str | int) -> torch.Generator:
        return generator(self.seed, "decipher", *key)

    def nats(self, key: Key) -> float:
        """log p of a deciphered secret sentence by bigrams of the plain side, on average."""
        return deciphering.key_log_likelihood(key, self.counts, self.log_p) / len(self.sides.secret)

    def judged(self, key: Key, judge: Judge | None = None) -> float:
        """The same by a judge; by the perfect one, if none is named."""
        return judged(judge or self.perfect, key, *self.secret) / len(self.sides.secret)

    def measured(self, key: Key) -> dict[str, float]:
        """Shares of types and tokens that are right, and nats per sentence by bigrams."""
        right = self.sides.right(self.sides.as_key(key))
        return {"types": right.types, "tokens": right.tokens, "nats": self.nats(key)}


def prepared(seed: int, *, name: str = "village", num_secret: int = NUM_SECRET, num_plain: int = NUM_PLAIN, **options) -> Bench:
    """The sides of a built-in world."""
    return Bench(unpaired(name, num_plain=num_plain, num_secret=num_secret, seed=seed, **options), seed)


# Players

def by_frequency(bench: Bench) -> Key:
    """The first guess of everybody."""
    return deciphering.frequency_key(bench.counts, bench.plain_counts)


def by_assignment(bench: Bench, num: int = NUM_RESTARTS) -> list[Key]:
    """A key from each of `num` random starts."""
    noise = bench.noise("assignment")
    return [deciphering.assignment_key(bench.counts, bench.log_p, generator=noise) for _ in range(num)]


def likeliest(keys: Sequence[Key], bench: Bench, num: int = 1) -> list[Key]:
    """The different keys with the highest likelihood by bigrams: a choice that needs no pair."""
    different = {tuple(key.tolist()): key for key in keys}.values()
    return sorted(different, key=bench.nats, reverse=True)[:num]


def swapped_too(keys: Sequence[Key], bench: Bench, num: int = NUM_STARTS) -> list[Key]:
    """The keys, and the likeliest of them after all swaps that help."""
    return [*keys, *(by_swaps(key, bench) for key in likeliest(keys, bench, num))]


def by_swaps(key: Key, bench: Bench) -> Key:
    """The key after all swaps of two words that make the secret side likelier by bigrams."""
    return deciphering.swapped_key(key, bench.counts, bench.log_p, generator=bench.noise("swaps"))


def best_of(nats: Sequence[float], right: Sequence[float], num: int) -> float:
    """What is right, on average, in the likeliest of `num` restarts drawn from all that were made."""
    order = sorted(range(len(nats)), key=lambda i: -nats[i])
    return sum(right[i] * comb(len(nats) - 1 - rank, num - 1) for rank, i in enumerate(order)) / comb(len(nats), num)


def log_closeness(bench: Bench) -> Float[Tensor, "vocab vocab"]:
    """How near frequencies of plain and secret words are, [plain, secret]: -|difference of logarithms| / WIDTH, at most 0."""
    plain, secret = ((counts.sum(0) + 0.5) / counts.sum() for counts in (bench.plain_counts, bench.counts))
    return (-(plain.log()[:, None] - secret.log()).abs() / WIDTH).float()


def em_counts(bench: Bench, *start: str | int, closeness: Float[Tensor, "vocab vocab"] | None = None, rounds: int = EM_ROUNDS
              ) -> tuple[deciphering.Emissions, list[float]]:
    """How often each plain word was each secret one after EM, [plain, secret], and the log-likelihood of a secret sentence before
    each round and at the end (nats)."""
    log_e = deciphering.random_emissions(len(bench.log_p), generator=bench.noise("em", *start), closeness=closeness)
    curve, num = [], len(bench.sides.secret)
    for _ in range(rounds):
        log_e, total = deciphering.em_round(log_e, bench.log_p, *bench.secret)
        curve.append(total / num)
    counts, total = deciphering.expected_counts(log_e, bench.log_p, *bench.secret)
    return counts, [*curve, total / num]


def by_em(bench: Bench, *start: str | int, **options: Any) -> tuple[Key, list[float]]:
    """A one-to-one key by EM, and its curve; `options` as those of `em_counts`."""
    counts, curve = em_counts(bench, *start, **options)
    return deciphering.one_to_one(counts), curve


def by_judge(judge: Judge, starts: Sequence[Key], bench: Bench) -> Key:
    """Each start improved by swaps as long as the judge likes them, and of these the key that it likes best."""
    return max((climbed(judge, key, *bench.secret) for key in starts), key=lambda key: bench.judged(key, judge))


# What pairs are worth

def pairs(bench: Bench, num: int) -> list[Pair]:
    """Pairs (secret, plain), fresh at each seed."""
    drawn = bench.sides.text.grammar.sentences(num, generator=bench.noise("pairs"))
    return bench.sides.pairs(drawn)


def by_ibm1(some: Sequence[Pair], bench: Bench, rounds: int = IBM_ROUNDS) -> Key:
    """The likeliest plain word of each secret one by IBM's model 1 (Brown et al. 1993): EM on pairs, without the order of words.

    Of t(secret | plain), [plain, secret], as `one_to_one` takes it.
    """
    size = len(bench.log_p)
    secret, plain = (bags(sides, vocab, size) for sides, vocab in (
        ([pair.source for pair in some], bench.sides.secret_vocab), ([pair.target for pair in some], bench.sides.plain_vocab)))
    return deciphering.one_to_one(ibm1(secret, plain, rounds))


def ibm1(secret: Float[Tensor, "pair secret"], plain: Float[Tensor, "pair plain"], rounds: int = IBM_ROUNDS
         ) -> Float[Tensor, "plain secret"]:
    """Expected counts of the last round, from bags of words of both sides."""
    t = (plain.T @ secret > 0).float()
    for _ in range(rounds):
        t = t / t.sum(-1, keepdim=True).clamp(min=1e-9)
        t = t * (plain.T @ (secret / (plain @ t).clamp(min=1e-9)))
    return t


def bags(sentences: Sequence[Sentence], vocab: Vocab, size: int) -> Float[Tensor, "pair vocab"]:
    """How often each sentence says each word."""
    return torch.stack([torch.tensor(vocab.encode(s)).bincount(minlength=size).float() for s in sentences])


def in_order(some: Sequence[Pair], bench: Bench) -> Mapping[str, str]:
    """What somebody reads off pairs who knows that word i is word i: what was seen is right, the rest is open."""
    return {secret: plain for pair in some for secret, plain in zip(pair.source, pair.target, strict=True)}


# The recorded table

def run(*, seed: int, world: str, sides: str, num_secret: int) -> list[Record]:
    """Shares of types and tokens, nats per sentence."""
    bench = prepared(seed, name=world, num_secret=num_secret, disjoint=sides == "disjoint")
    return list(found(bench) if world == "village" else large(bench))


def found(bench: Bench) -> Iterator[Record]:
    """Of one pair of sides of the village."""
    yield from records(bench.measured(by_frequency(bench)), player="frequency match")
    yield from records(bench.measured(bench.sides.truth), player="truth")
    yield from records(bench.measured(by_swaps(bench.sides.truth, bench)), player="from the truth, by bigrams")
    keys = by_assignment(bench)
    yield from over_restarts(keys, bench)
    by_shape, _ = by_em(bench, "shaped", closeness=log_closeness(bench).exp())
    yield from records(bench.measured(by_shape), player="EM, shaped by frequency")
    yield from records(bench.measured(likeliest(swapped_too([*keys, by_shape], bench), bench)[0]), player="all, by likelihood")
    if len(bench.sides.secret) == NUM_SECRET:
        yield from by_the_judge(keys, bench)
        yield from em_restarts(bench)
        yield from of_pairs(bench)


def over_restarts(keys: Sequence[Key], bench: Bench) -> Iterator[Record]:
    """The likeliest of so many restarts, on average over which they are; beside it one who peeks and takes the best by types."""
    rows = [bench.measured(key) for key in keys]
    nats, types = ([row[name] for row in rows] for name in ("nats", "types"))
    for num in (n for n in RESTARTS if n <= len(keys)):
        for name in rows[0]:
            yield {"player": "assignment", "restarts": num, "measure": name,
                   "value": best_of(nats, [row[name] for row in rows], num)}
        yield {"player": "assignment, chosen by the truth", "restarts": num, "measure": "types",
               "value": best_of(types, types, num)}
    near = sum(each > max(nats) - 1e-6 for each in nats)
    yield from records({"at the best": near / len(keys), "above the truth": sum(
        each > bench.nats(bench.sides.truth) for each in nats) / len(keys)}, player="assignment")


def by_the_judge(keys: Sequence[Key], bench: Bench) -> Iterator[Record]:
    """The perfect judge from several starts; from the truth it says what nobody can tell from so many sentences."""
    words = torch.randperm(len(bench.log_p) - len(Vocab.SPECIALS), generator=bench.noise("random key")) + len(Vocab.SPECIALS)
    starts = {"random": [torch.cat([torch.arange(len(Vocab.SPECIALS)), words])], "frequency": [by_frequency(bench)],
              "assignment": likeliest(keys, bench, NUM_STARTS), "truth": [bench.sides.truth]}
    for name, some in starts.items():
        key = by_judge(bench.perfect, some, bench)
        yield from records(bench.measured(key) | {"judged": bench.judged(key)}, player="perfect judge", start=name)
    learned = by_judge(bench.trigrams, starts["assignment"], bench)
    yield from records(bench.measured(learned), player="trigrams", start="assignment")
    yield from records({"judged": bench.judged(bench.sides.truth)}, player="truth")


def em_restarts(bench: Bench) -> Iterator[Record]:
    """EM from random emissions: the likeliest of so many, on average."""
    runs = [by_em(bench, "random", i) for i in range(NUM_EM)]
    types, nats = [bench.measured(key)["types"] for key, _ in runs], [curve[-1] for _, curve in runs]
    for num in (n for n in RESTARTS if n <= NUM_EM):
        yield {"player": "EM, random", "restarts": num, "measure": "types", "value": best_of(nats, types, num)}


def of_pairs(bench: Bench) -> Iterator[Record]:
    """Dictionaries from so many pairs."""
    everything = pairs(bench, max(PAIRS))
    for num in PAIRS:
        yield from records(bench.measured(by_ibm1(everything[:num], bench)), player="pairs, IBM 1", pairs=num)
        right = bench.sides.right(in_order(everything[:num], bench))
        yield from records({"types": right.types, "tokens": right.tokens}, player="pairs, word by word", pairs=num)


def large(bench: Bench, restarts: int = 2) -> Iterator[Record]:
    """Of the world: what its size leaves affordable."""
    yield from records(bench.measured(by_frequency(bench)), player="frequency match")
    yield from records(bench.measured(bench.sides.truth), player="truth")
    yield from over_restarts(by_assignment(bench, restarts), bench)


SEEDS = range(5)
STUDY = Study("decipherment", "Who finds the key of a word cipher without a pair, and how many pairs is that worth?",
              [{"seed": s, "world": "village", "sides": sides, "num_secret": num} for s in SEEDS
               for sides in ("disjoint", "independent") for num in (500, 2_000, 8_000, 30_000)]
              + [{"seed": s, "world": "world", "sides": "disjoint", "num_secret": 20_000} for s in SEEDS[:3]], run)
