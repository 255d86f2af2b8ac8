"""Finding the key of a word cipher from two unpaired sides, under a bigram language model of the plain one.

A key is a tensor: the plain integer of each secret integer, where the four special ones stand for themselves. Bigram tables are
[previous, next], by integers of a vocabulary; a sentence begins after <bos> and ends with <eos>.
"""
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import border, expect
from gensq_lib.models.ngram import NGram
from gensq_lib.text.batching import Batch, collate
from gensq_lib.text.vocab import Sentence, Vocab

Key = Int[Tensor, "vocab"]
Bigrams = Float[Tensor, "vocab vocab"]
Emissions = Float[Tensor, "vocab vocab"]  # log p(secret | plain), [plain, secret]
Pairs = Int[Tensor, "pair 2"]  # (secret, plain)
SPECIALS = range(len(Vocab.SPECIALS))
SELF, NOTHING = torch.arange(len(SPECIALS))[:, None].expand(-1, 2), torch.empty(0, 2, dtype=torch.long)
SMOOTHING = 1e-3  # expected counts of a secret word that EM adds: none is impossible


def bigram_counts(sentences: Sequence[Sentence], vocab: Vocab) -> Bigrams:
    """How often each word follows each: the sum is the number of words and of ends. Taught in lesson 17."""
    counts = torch.zeros(len(vocab), len(vocab), dtype=torch.float64)
    batch = collate([vocab.encode(sentence) for sentence in sentences])
    places = (batch.inputs[batch.mask], batch.targets[batch.mask])
    return counts.index_put_(places, torch.ones(len(places[0]), dtype=torch.float64), accumulate=True)


def bigram_log_p(sentences: Sequence[Sentence], vocab: Vocab) -> Bigrams:
    """log p(next | previous) of a bigram model by Kneser-Ney (`NGram`), nats. Taught in lesson 17."""
    model = NGram(order=2, vocab_size=len(vocab)).fit([vocab.encode(sentence) for sentence in sentences])
    return model.step(torch.arange(len(vocab)), model.start(None, len(vocab)))[0].double()


def key_log_likelihood(key: Key, counts: Bigrams, log_p: Bigrams) -> float:
    """What the bigram model says of all secret sentences once they are deciphered, nats: the sum of C_ij log p(key_j | key_i).

    Taught in lesson 17.
    """
    return (counts * log_p[key][:, key]).sum().item()


def frequency_key(secret: Bigrams, plain: Bigrams) -> Key:
    """The most frequent secret word is the most frequent plain one, and so on down. Taught in lesson 17."""
    first = len(SPECIALS)
    of_secret, of_plain = (counts.sum(0)[first:].argsort(descending=True, stable=True) + first for counts in (secret, plain))
    key = torch.arange(len(secret))
    key[of_secret] = of_plain
    return key


def assignment_key(counts: Bigrams, log_p: Bigrams, *, generator: torch.Generator, known: Pairs = NOTHING) -> Key:
    """A key that climbs `key_log_likelihood` from a random start: a quadratic assignment, by the algorithm FAQ of scipy.

    FAQ (Vogelstein et al. 2015) relaxes the key to a doubly stochastic matrix, follows the gradient, and rounds at the end; it
    finds a local optimum, so several starts are tried. `known` are pairs (secret, plain) that are given. Taught in lesson 17.
    """
    return _assigned(counts, log_p, generator, partial_match=torch.cat([SELF, known]).numpy(), P0="randomized", maxiter=100,
                     tol=1e-3)


def swapped_key(key: Key, counts: Bigrams, log_p: Bigrams, *, generator: torch.Generator) -> Key:
    """The key after the swaps of two plain words that raise `key_log_likelihood`, until none is left (2-opt of scipy).

    Taught in lesson 17.
    """
    expect(len(key) == len(counts), f"expected a key of {len(counts)} words, got one of {len(key)}; give a word for each")
    guess = torch.stack([torch.arange(len(key)), key], 1)[len(SPECIALS):]
    return _assigned(counts, log_p, generator, method="2opt", partial_match=SELF.numpy(), partial_guess=guess.numpy())


def _assigned(counts: Bigrams, log_p: Bigrams, generator: torch.Generator, *, method: str = "faq", **options: Any) -> Key:
    from scipy.optimize import quadratic_assignment  # a second to import

    noise = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    found = quadratic_assignment(counts.numpy(), log_p.numpy(), method, options={"maximize": True, "rng": noise, **options})
    return torch.from_numpy(found.col_ind.copy())


# The key as the emissions of a hidden Markov model: EM

def weighed(sentences: Sequence[Sentence], vocab: Vocab) -> tuple[Batch, Float[Tensor, "batch"]]:
    """Each different sentence once, and how often it came. Taught in lesson 17."""
    counts = Counter(sentences)
    return collate([vocab.encode(sentence) for sentence in counts]), torch.tensor([float(num) for num in counts.values()])


def random_emissions(vocab_size: int, *, generator: torch.Generator, closeness: Float[Tensor, "vocab vocab"] | None = None
                     ) -> Emissions:
    """Nearly even, so that EM has something to begin with; with `closeness` [plain, secret], nearly that. Specials are known.

    Taught in lesson 17.
    """
    e = (1 + torch.rand(vocab_size, vocab_size, generator=generator)) * (1 if closeness is None else closeness)
    e[SPECIALS.stop:, : SPECIALS.stop] = 0
    e[: SPECIALS.stop] = torch.eye(vocab_size)[: SPECIALS.stop]
    return (e / e.sum(-1, keepdim=True)).log()


def hmm_log_likelihood(log_e: Emissions, log_p: Bigrams, batch: Batch) -> Float[Tensor, "batch"]:
    """log of the sum over all plain sentences of p(plain) p(secret | plain), nats: the forward algorithm.

    Hidden is the plain word, seen the secret one; after each word its share is divided out, so that nothing underflows.
    Taught in lesson 17.
    """
    p, e = log_p.exp().to(log_e), log_e.exp()
    ahead, total = p[batch.inputs[:, 0]], torch.zeros(len(batch), dtype=log_e.dtype)
    for seen, mask in zip(batch.targets.T, batch.mask.T, strict=True):
        joint = ahead * e[:, seen].T
        share = torch.where(mask, joint.sum(-1), 1)
        total = total + share.log()
        ahead = (joint / share[:, None]) @ p
    return total


def expected_counts(log_e: Emissions, log_p: Bigrams, batch: Batch, weight: Float[Tensor, "batch"]
                    ) -> tuple[Emissions, float]:
    """How often each plain word was each secret one, on average over the posterior; and the log-likelihood, nats.

    It is the gradient of the log-likelihood by log e, so nobody has to write the backward half. Taught in lesson 17.
    """
    log_e = log_e.detach().requires_grad_()
    total = (weight * hmm_log_likelihood(log_e, log_p, batch)).sum()
    return torch.autograd.grad(total, log_e)[0], total.item()


def em_round(log_e: Emissions, log_p: Bigrams, batch: Batch, weight: Float[Tensor, "batch"]) -> tuple[Emissions, float]:
    """Better emissions, and the log-likelihood of those that came (nats). Taught in lesson 17."""
    counts, total = expected_counts(log_e, log_p, batch, weight)
    counts[SPECIALS.stop:, SPECIALS.stop:] += SMOOTHING
    counts[: SPECIALS.stop] = torch.eye(len(counts))[: SPECIALS.stop]
    return (counts / counts.sum(-1, keepdim=True)).log(), total


def one_to_one(counts: Float[Tensor, "vocab vocab"]) -> Key:
    """Of expected counts [plain, secret] the key with the highest sum of log shares: a linear assignment.

    Taught in lesson 17.
    """
    from scipy.optimize import linear_sum_assignment

    first = len(SPECIALS)
    shares = counts[first:, first:] + SMOOTHING
    plain, secret = linear_sum_assignment((shares / shares.sum(0)).log().numpy(), maximize=True)
    key = torch.arange(len(counts))
    key[torch.from_numpy(secret) + first] = torch.from_numpy(plain) + first
    return key


border(globals())
