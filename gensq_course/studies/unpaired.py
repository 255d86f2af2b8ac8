"""The cipher of lesson 17 for those who learn by gradients: tables that climb a bound, networks that translate back.

Whoever starts from a key gets it from the secret and the plain side alone: by frequency, or by assignment, the likeliest of
thirty restarts. Nothing is chosen by the truth; it only marks.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.studies.deciphering import WIDTH
from gensq_lib.ground import runtime
from gensq_lib.models.transducers import SPECIAL, Transducer, TwoTables
from gensq_lib.models.unseen import UnseenTerms, corpus_terms
from gensq_lib.text.batching import collate
from gensq_lib.text.ciphers import Unpaired, unpaired
from gensq_lib.text.pairs import Prompts, collate_prompts
from gensq_lib.training.deciphering import (
    Key, assignment_key, bigram_counts, bigram_log_p, frequency_key, hmm_log_likelihood, key_log_likelihood)
from gensq_lib.training.unpaired import Recipe, TermWeights, both_bounds, neighbours_apart, train_tables, train_transducer

NUM_PLAIN, NUM_SECRET, NUM_TEST = 20_000, 8_000, 500
TABLE_STEPS, NETWORK_STEPS, WARM_UP, RESTARTS = 400, 300, 0.2, 30  # of the steps of a network a share with a key
SURE = 4.0  # nats by which a key's own word is ahead of the others at the start


@dataclass(frozen=True)
class Village:
    """The cipher of the village at a seed, counted."""

    seed: int
    num_plain: int = NUM_PLAIN
    num_secret: int = NUM_SECRET

    @cached_property
    def data(self) -> Unpaired:
        return unpaired("village", num_plain=self.num_plain, num_secret=self.num_secret, seed=self.seed)

    @cached_property
    def counts(self) -> list[Float[Tensor, "vocab vocab"]]:
        """Pairs of neighbours on the secret side (0) and on the plain one (1)."""
        return [bigram_counts(self.data.secret, self.data.secret_vocab).float(),
                bigram_counts(self.data.plain, self.data.plain_vocab).float()]

    @cached_property
    def log_priors(self) -> list[Float[Tensor, "vocab vocab"]]:
        """Language models of what is translated into: of the plain language, then of the secret one."""
        return [bigram_log_p(self.data.plain, self.data.plain_vocab).float(),
                bigram_log_p(self.data.secret, self.data.secret_vocab).float()]

    @cached_property
    def sides(self) -> list[list[list[int]]]:
        """Sentences in integers."""
        return [[vocab.encode(sentence) for sentence in side] for side, vocab in
                ((self.data.secret, self.data.secret_vocab), (self.data.plain, self.data.plain_vocab))]

    @property
    def size(self) -> int:
        return len(self.data.plain_vocab)

    @cached_property
    def by_frequency(self) -> Key:
        return frequency_key(*self.counts)

    @cached_property
    def by_assignment(self) -> Key:
        """The likeliest of a few restarts."""
        keys = [assignment_key(self.counts[0].double(), self.log_priors[0].double(),
                               generator=runtime.generator(self.seed, "assignment", i)) for i in range(RESTARTS)]
        return max(keys, key=self.log_likelihood)

    def log_likelihood(self, key: Key) -> float:
        """Of the deciphered side, nats per word (and end)."""
        return key_log_likelihood(key, self.counts[0].double(), self.log_priors[0].double()) / self.counts[0].sum().item()

    @cached_property
    def alike(self) -> Float[Tensor, "vocab vocab"]:
        """Scores of word pairs by frequency: minus the difference of their logs."""
        shares = [(counts.sum(0) + 0.5).log() - (counts.sum() + 0.5).log() for counts in self.counts]
        return -(shares[0][:, None] - shares[1][None]).abs() / WIDTH

    @cached_property
    def starts(self) -> dict[str, Float[Tensor, "vocab vocab"]]:
        """Scores to start tables from."""
        none = torch.zeros(self.size, self.size)
        return {"nothing": none, "frequency": self.alike, "assignment": none.index_put(
            (torch.arange(self.size), self.by_assignment), torch.tensor(SURE))}

    def keys(self, name: str) -> list[Int[Tensor, "vocab"]]:
        """Word for word in both directions, for the warm-up of a network; of "nothing" none."""
        if name == "nothing":
            return []
        key = {"frequency": self.by_frequency, "assignment": self.by_assignment}[name]
        back = torch.empty_like(key)
        back[key] = torch.arange(len(key))
        return [key, back]

    @cached_property
    def test(self) -> tuple[Prompts, Int[Tensor, "batch time"]]:
        """Secret sentences, and the plain words below them."""
        pairs = self.data.test[:NUM_TEST]
        plain = [self.data.plain_vocab.encode(pair.target) for pair in pairs]
        secret = [self.data.secret_vocab.encode(pair.source) for pair in pairs]
        return padded(secret), padded(plain).tokens


def padded(encoded: list[list[int]]) -> Prompts:
    """Padded, without beginning and end."""
    return collate_prompts(encoded, [()] * len(encoded))


# Tables

ALL = TermWeights()
OBJECTIVES: dict[str, TermWeights] = {
    "the bound": ALL, "without entropy": TermWeights(entropy=0.0), "without language model": TermWeights(prior=0.0),
    "without back-translation": TermWeights(reconstruction=0.0), "KL weighs .03": TermWeights(prior=0.03, entropy=0.03)}
JUDGE = "perfect judge of neighbours"


def trained_tables(bench: Village, objective: str, start: str, *, steps: int = TABLE_STEPS) -> TwoTables:
    """Under one of `OBJECTIVES`, or against the best possible judge of pairs of neighbours."""
    torch.manual_seed(bench.seed)
    model = TwoTables(vocab_size=bench.size)
    model.start_from(bench.starts[start])
    train_tables(model, gain_of(bench, objective), steps=steps, seed=bench.seed)
    return model


def gain_of(bench: Village, objective: str) -> Callable[[TwoTables], Tensor]:
    """What is to be climbed, nats per word."""
    if objective == JUDGE:
        return lambda model: -neighbours_apart(model, bench.counts)
    return lambda model: both_bounds(model, bench.counts, bench.log_priors, OBJECTIVES[objective])


def terms_of(model: TwoTables, bench: Village) -> UnseenTerms:
    """Of the secret side, nats per word, whatever the tables were trained by."""
    tables = [table.detach() for table in model.log_tables()]
    terms, words = corpus_terms(bench.counts[0], *tables, bench.log_priors[0]), bench.counts[0].sum()
    return UnseenTerms(terms.reconstruction / words, terms.prior / words, terms.entropy / words)


def truth_of(model: TwoTables, bench: Village, *, num: int = 1_000) -> float:
    """log p(secret side) of the same model, nats per word, all translations summed out by the forward algorithm."""
    batch = collate(bench.sides[0][:num])
    found = hmm_log_likelihood(model.log_tables()[1].detach().double(), bench.log_priors[0].double(), batch)
    return (found.sum() / batch.lengths.sum()).item()


def table_measures(model: TwoTables, objective: str, bench: Village) -> dict[str, float]:
    """How much of the key is right; the terms; the bound, what was climbed in this direction, and the truth that it bounds."""
    right, terms = bench.data.right(bench.data.as_key(model.key().tolist())), terms_of(model, bench)
    climbed = OBJECTIVES.get(objective, ALL).weighed(terms).item()
    return {"types": right.types, "tokens": right.tokens, "bound": terms.bound.item(), "objective": climbed,
            "log p": truth_of(model, bench), "reconstruction": terms.reconstruction.item(), "prior": terms.prior.item(),
            "entropy": terms.entropy.item(), "key": bench.log_likelihood(model.key())}


# Networks

FULL = "denoising and back-translation"
RECIPES: Mapping[str, Recipe] = {
    FULL: Recipe(), "without noise": Recipe(blank=0.0), "without denoising": Recipe(denoising=0.0),
    "without back-translation": Recipe(back_translation=0.0),
    "with an adversary": Recipe(adversary=1.0),
    "adversary, without back-translation": Recipe(adversary=1.0, back_translation=0.0),
    "adversary, sign turned": Recipe(adversary=-1.0)}


def trained_network(bench: Village, recipe: str, start: str, *, steps: int = NETWORK_STEPS
                    ) -> tuple[Transducer, dict[str, float]]:
    """And the last losses, means of 20 steps."""
    torch.manual_seed(bench.seed)
    model, keys = Transducer(vocab_size=bench.size), bench.keys(start)
    chosen = replace(RECIPES[recipe], warm_up=round(WARM_UP * steps) if keys else 0)
    history = train_transducer(model, bench.sides, chosen, steps=steps, seed=bench.seed, keys=keys)
    losses = {name for name in ("denoising", "back_translation", "judge") if name in history}
    return model.eval(), {name: history.mean(name, last=20) for name in sorted(losses)}


def network_measures(model: Transducer, bench: Village) -> dict[str, float]:
    """Words rightly said in test sentences (tokens); most common translations of words (types); without the truth: words that
    come back from a round trip, and what the language model says of the translations, nats per word."""
    secret, plain = bench.test
    said = model.translate(secret.tokens, secret.lengths, source=0, target=1)
    back = model.translate(said, secret.lengths, source=1, target=0)
    return {"tokens": (said == plain)[secret.mask].float().mean().item(), "types": bench.data.right(usual(said, bench)).types,
            "round trip": (back == secret.tokens)[secret.mask].float().mean().item(),
            "language model": said_well(said, secret, bench)}


def said_well(said: Int[Tensor, "batch time"], secret: Prompts, bench: Village) -> float:
    """log p of the translations under the plain bigram model, nats per word and end."""
    rows = [row[:length] for row, length in zip(said.tolist(), secret.lengths.tolist(), strict=True)]
    batch = collate(rows)
    return bench.log_priors[0][batch.inputs, batch.targets][batch.mask].mean().item()


def usual(said: Int[Tensor, "batch time"], bench: Village) -> dict[str, str]:
    """The most frequent translation of each secret word in the test sentences."""
    secret, _ = bench.test
    together = torch.zeros(bench.size, bench.size)
    together.index_put_((secret.tokens[secret.mask], said[secret.mask]), torch.ones(int(secret.mask.sum())), accumulate=True)
    met = together.sum(1) > 0
    key = together.argmax(1)
    return {word: found for i, (word, found) in enumerate(bench.data.as_key(key.tolist()).items()) if met[i] and i >= SPECIAL}
