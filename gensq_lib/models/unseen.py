"""A bound on log p(x) where the other side of x was never seen: a translation y is the latent variable (He et al. 2020).

    log p(x) >= E_{q(y|x)}[log p(x|y)]  +  E_{q(y|x)}[log p(y)]  +  H(q(y|x))
                back-translation           language model         entropy

Here every word has one translation, at the same place: q is a product over places, p(x|y) too, and p(y) looks back one word
(a bigram model). Then all three terms are sums, and nothing is drawn. Nats. With `log_prior` weighed, or without the entropy,
the sum is an objective like another: no bound on log p(x), and often above it.
"""
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import border
from gensq_lib.text.vocab import Vocab


@dataclass(frozen=True)
class UnseenTerms:
    """The three terms, before anyone weighs them; nats, of each sentence or of all of them. Taught in lesson 17."""

    reconstruction: Float[Tensor, "*batch"]  # E_q[log p(x | y)]: y translated back
    prior: Float[Tensor, "*batch"]  # E_q[log p(y)]: is y a sentence?
    entropy: Float[Tensor, "*batch"]  # of q: how much is left open

    @property
    def bound(self) -> Float[Tensor, "*batch"]:
        """At most log p(x)."""
        return self.reconstruction + self.prior + self.entropy


def sentence_terms(log_q: Float[Tensor, "batch time vocab"], x: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"],
                   log_emission: Float[Tensor, "vocab vocab"], log_prior: Float[Tensor, "vocab vocab"]) -> UnseenTerms:
    """Of each sentence. `log_q[b, t, y]` is log q(y at place t | x), `log_emission[y, x]` log p(x | y), `log_prior[y, next]`
    log p(next | y), its row <bos> the beginning and its column <eos> the end. Padding counts nothing.

    Taught in lesson 17.
    """
    mask = torch.arange(x.shape[1]) < lengths[:, None]
    q = log_q.exp() * mask[..., None]
    reconstruction = (q * log_emission.T[x]).sum((1, 2))
    inside = torch.einsum("bty,yz,btz->b", q[:, :-1], log_prior, q[:, 1:])
    last = q[torch.arange(len(x)), lengths - 1]
    prior = q[:, 0] @ log_prior[Vocab.BOS] + inside + last @ log_prior[:, Vocab.EOS]
    return UnseenTerms(reconstruction, prior, -(q * log_q).sum((1, 2)))


def corpus_terms(counts: Float[Tensor, "vocab vocab"], log_q: Float[Tensor, "vocab vocab"],
                 log_emission: Float[Tensor, "vocab vocab"], log_prior: Float[Tensor, "vocab vocab"]) -> UnseenTerms:
    """The sums over all sentences where q is a table, `log_q[x, y]`: then pairs of neighbours are all that counts.

    `counts[a, b]` says how often b follows a (`bigram_counts`); the special words stand for themselves in both tables.
    """
    q, said = log_q.exp(), counts.sum(0).index_fill(0, torch.tensor([Vocab.EOS]), 0.0)
    prior = (counts * (q @ log_prior @ q.T)).sum()
    return UnseenTerms((said[:, None] * q * log_emission.T).sum(), prior, -(said[:, None] * q * log_q).sum())


border(globals())
