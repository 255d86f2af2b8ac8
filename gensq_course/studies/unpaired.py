"""The cipher of lesson 17 for those who learn by gradients: tables that climb a bound, networks that translate back.

Whoever starts from a key gets it from the secret and the plain side alone: by frequency, or by assignment, the likeliest of a
few restarts. Nothing is chosen by the truth; it only marks.
"""
from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.studies.deciphering import Bench, by_frequency, log_closeness
from gensq_lib.models.transducers import SPECIAL, Transducer, TwoTables
from gensq_lib.models.unseen import UnseenTerms, corpus_terms
from gensq_lib.text.batching import collate
from gensq_lib.text.pairs import Prompts, collate_prompts
from gensq_lib.training.deciphering import Bigrams, Key, hmm_log_likelihood
from gensq_lib.training.unpaired import Recipe, TermWeights, both_bounds, neighbours_apart, train_tables, train_transducer

NUM_TEST = 500  # sentences
TABLE_STEPS, NETWORK_STEPS, WARM_UP = 400, 300, 0.2  # of the steps of a network a share with a key
SURE, CERTAIN = 4.0, 100.0  # nats by which a key's own word is ahead of the others: at the start of training, or for good


def counts_of(bench: Bench) -> list[Bigrams]:
    """Pairs of neighbours on the secret side (0) and on the plain one (1)."""
    return [bench.counts.float(), bench.plain_counts.float()]


def log_priors_of(bench: Bench) -> list[Bigrams]:
    """Language models of what is translated into: of the plain language, then of the secret one."""
    return [bench.log_p.float(), bench.secret_log_p.float()]


def encoded(bench: Bench) -> list[list[list[int]]]:
    """Sentences of both sides in integers."""
    sides = bench.sides
    return [[vocab.encode(sentence) for sentence in side] for side, vocab in
            ((sides.secret, sides.secret_vocab), (sides.plain, sides.plain_vocab))]


def start_key(bench: Bench, name: str) -> Key:
    """"frequency", or "assignment": the likeliest of a few restarts."""
    return by_frequency(bench) if name == "frequency" else bench.few_restarts


def scores(bench: Bench, start: str) -> Float[Tensor, "vocab vocab"]:
    """What tables start from, [secret, plain]: nothing, all words of like frequency, or a key."""
    none = torch.zeros(len(bench.log_p), len(bench.log_p))
    if start == "frequency":
        return log_closeness(bench).T
    return none if start == "nothing" else none.index_put(
        (torch.arange(len(none)), start_key(bench, start)), torch.tensor(SURE))


def both_keys(bench: Bench, start: str) -> list[Key]:
    """Word for word in both directions, for the warm-up of a network; of "nothing" none."""
    return [] if start == "nothing" else [key := start_key(bench, start), key.argsort()]


def per_word(bench: Bench, key: Key) -> float:
    """log p of the deciphered side by bigrams, nats per word or end."""
    return bench.nats(key) * len(bench.sides.secret) / bench.counts.sum().item()


def tested(bench: Bench) -> tuple[Prompts, Int[Tensor, "batch time"]]:
    """Secret sentences, and the plain words below them."""
    pairs = bench.sides.test[:NUM_TEST]
    plain = [bench.sides.plain_vocab.encode(pair.target) for pair in pairs]
    return padded([bench.sides.secret_vocab.encode(pair.source) for pair in pairs]), padded(plain).tokens


def padded(encoded: list[list[int]]) -> Prompts:
    """Padded, without beginning and end."""
    return collate_prompts(encoded, [()] * len(encoded))


# Tables

ALL = TermWeights()
OBJECTIVES: dict[str, TermWeights] = {
    "the bound": ALL, "without entropy": TermWeights(entropy=0.0), "without language model": TermWeights(prior=0.0),
    "without back-translation": TermWeights(reconstruction=0.0), "KL weighs .03": TermWeights(prior=0.03, entropy=0.03)}
JUDGE = "perfect judge of neighbours"


def trained_tables(bench: Bench, objective: str, start: str, *, steps: int = TABLE_STEPS) -> TwoTables:
    """Under one of `OBJECTIVES`, or against the best possible judge of pairs of neighbours."""
    torch.manual_seed(bench.seed)
    model = TwoTables(vocab_size=len(bench.log_p))
    model.start_from(scores(bench, start))
    train_tables(model, gain_of(bench, objective), steps=steps, seed=bench.seed)
    return model


def gain_of(bench: Bench, objective: str) -> Callable[[TwoTables], Tensor]:
    """What is to be climbed, nats per word."""
    counts, log_priors = counts_of(bench), log_priors_of(bench)
    if objective == JUDGE:
        return lambda model: -neighbours_apart(model, counts)
    return lambda model: both_bounds(model, counts, log_priors, OBJECTIVES[objective])


def terms_of(model: TwoTables, bench: Bench) -> UnseenTerms:
    """Of the secret side, nats per word, whatever the tables were trained by."""
    counts = counts_of(bench)[0]
    tables = [table.detach() for table in model.log_tables()]
    terms, words = corpus_terms(counts, *tables, log_priors_of(bench)[0]), counts.sum()
    return UnseenTerms(terms.reconstruction / words, terms.prior / words, terms.entropy / words)


def truth_of(model: TwoTables, bench: Bench, *, num: int = 1_000) -> float:
    """log p(secret side) of the same model, nats per word, all translations summed out by the forward algorithm."""
    batch = collate([bench.sides.secret_vocab.encode(sentence) for sentence in bench.sides.secret[:num]])
    found = hmm_log_likelihood(model.log_tables()[1].detach().double(), bench.log_p, batch)
    return (found.sum() / batch.lengths.sum()).item()


def table_measures(model: TwoTables, objective: str, bench: Bench) -> dict[str, float]:
    """How much of the key is right; the terms; the bound, what was climbed in this direction, and the truth that it bounds; how
    far a perfect judge of neighbours can tell a side that is read by the key from the other."""
    right, terms = bench.sides.right(bench.sides.as_key(model.key().tolist())), terms_of(model, bench)
    climbed = OBJECTIVES.get(objective, ALL).weighed(terms).item()
    return {"types": right.types, "tokens": right.tokens, "bound": terms.bound.item(), "objective": climbed,
            "log p": truth_of(model, bench), "reconstruction": terms.reconstruction.item(), "prior": terms.prior.item(),
            "entropy": terms.entropy.item(), "key": per_word(bench, model.key()),
            "divergence": divergence(certain(model.key()), bench)}


def certain(key: Key) -> TwoTables:
    """Tables that leave nothing open."""
    model = TwoTables(vocab_size=len(key), noise=0.0)
    model.start_from(torch.zeros(len(key), len(key)).index_put((torch.arange(len(key)), key), torch.tensor(CERTAIN)))
    return model


def divergence(model: TwoTables, bench: Bench) -> float:
    """What the perfect judge of neighbours sees, nats, at most log 2: of the true key, how far two halves of the text differ."""
    with torch.no_grad():
        return neighbours_apart(model, counts_of(bench)).item()


# Networks

FULL = "denoising and back-translation"
RECIPES: Mapping[str, Recipe] = {
    FULL: Recipe(), "without noise": Recipe(blank=0.0), "without denoising": Recipe(denoising=0.0),
    "denoising alone": Recipe(back_translation=0.0),  # a key would never be used: it makes the first translations
    "with an adversary": Recipe(adversary=1.0),
    "adversary, without back-translation": Recipe(adversary=1.0, back_translation=0.0),
    "adversary, sign turned": Recipe(adversary=-1.0)}


def trained_network(bench: Bench, recipe: str, start: str, *, steps: int = NETWORK_STEPS
                    ) -> tuple[Transducer, dict[str, float]]:
    """And the last losses, means of 20 steps."""
    torch.manual_seed(bench.seed)
    model, keys = Transducer(vocab_size=len(bench.log_p)), both_keys(bench, start)
    chosen = replace(RECIPES[recipe], warm_up=round(WARM_UP * steps) if keys else 0)
    history = train_transducer(model, encoded(bench), chosen, steps=steps, seed=bench.seed, keys=keys)
    losses = {name for name in ("denoising", "back_translation", "judge") if name in history}
    return model.eval(), {name: history.mean(name, last=20) for name in sorted(losses)}


def network_measures(model: Transducer, bench: Bench) -> dict[str, float]:
    """Words rightly said in test sentences (tokens); most common translations of words (types); without the truth: words that
    come back from a round trip, and what the language model says of the translations, nats per word."""
    secret, plain = tested(bench)
    said = model.translate(secret.tokens, secret.lengths, source=0, target=1)
    back = model.translate(said, secret.lengths, source=1, target=0)
    return {"tokens": (said == plain)[secret.mask].float().mean().item(), "types": bench.sides.right(usual(said, bench)).types,
            "round trip": (back == secret.tokens)[secret.mask].float().mean().item(),
            "language model": said_well(said, secret, bench)}


def said_well(said: Int[Tensor, "batch time"], secret: Prompts, bench: Bench) -> float:
    """log p of the translations under the plain bigram model, nats per word and end."""
    rows = [row[:length] for row, length in zip(said.tolist(), secret.lengths.tolist(), strict=True)]
    batch = collate(rows)
    return bench.log_p[batch.inputs, batch.targets][batch.mask].mean().item()


def usual(said: Int[Tensor, "batch time"], bench: Bench) -> dict[str, str]:
    """The most frequent translation of each secret word in the test sentences."""
    secret, _ = tested(bench)
    together = torch.zeros(len(bench.log_p), len(bench.log_p))
    together.index_put_((secret.tokens[secret.mask], said[secret.mask]), torch.ones(int(secret.mask.sum())), accumulate=True)
    met = together.sum(1) > 0
    key = together.argmax(1)
    return {word: found for i, (word, found) in enumerate(bench.sides.as_key(key.tolist()).items()) if met[i] and i >= SPECIAL}
