"""A topic model whose topics are given, not trained here: those of LDA, once they are found, or the true ones of a grammar.

theta ~ Dirichlet(alpha), each word from the mixture of topics weighed by theta (Blei et al. 2003). It is a latent-variable
model like the networks of `bags`: the same bounds can be asked of it, and in few topics the exact log p(x) (`quadrature`).
"""
import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Dirichlet

from gensq_lib.ground.errors import expect
from gensq_lib.models.parts import LatentModel

ROUNDS = 100  # of the fixed point; its last changes are far below what a bound's error is


class DirichletTopics(LatentModel):
    """p(theta), p(word | theta) and q(theta | counts), which is fitted to each document by itself, without an encoder.

    >>> model = DirichletTopics(topics=documents.known.topics, alpha=0.1)
    >>> model.shares(documents.test)  # "document topic"

    Taught in lesson 18.
    """

    def __init__(self, *, topics: Float[Tensor, "topic item"], alpha: float):
        super().__init__()
        right = topics.dim() == 2 and len(topics) > 1 and (topics >= 0).all() and torch.allclose(
            topics.sum(-1), torch.ones(len(topics)).to(topics), atol=1e-4)
        expect(right and alpha > 0, f"expected two rows or more that sum to 1, and alpha above 0, got {tuple(topics.shape)} and "
                                    f"{alpha!r}; divide each row by its sum")
        self.latent_dim = len(topics)
        self.register_buffer("rows", topics)
        self.register_buffer("alpha", torch.full((len(topics),), float(alpha)))

    def prior(self, condition: object = None) -> Dirichlet:
        """p(theta): one row, which broadcasts over any batch."""
        return Dirichlet(self.alpha[None], validate_args=False)

    def posterior(self, batch: Float[Tensor, "batch item"]) -> Dirichlet:
        r"""The mean-field q(theta) of LDA: $\gamma_k = \alpha_k + \sum_w n_w\,r_{wk}$ with $r_{wk} \propto
        \phi_{kw}\,e^{\psi(\gamma_k)}$, in turns (Blei et al. 2003, sec. 5.2)."""
        gamma = self.alpha + batch.sum(-1, keepdim=True) / self.latent_dim
        for _ in range(ROUNDS):
            weights = gamma.digamma().exp()
            gamma = self.alpha + weights * ((batch / (weights @ self.rows).clamp(min=1e-30)) @ self.rows.T)
        return Dirichlet(gamma, validate_args=False)

    def log_probs(self, theta: Float[Tensor, "*any topic"]) -> Float[Tensor, "*any item"]:
        """log p(word | theta)."""
        return (theta @ self.rows).clamp(min=1e-30).log()

    def log_likelihood(self, batch: Float[Tensor, "batch item"], theta: Float[Tensor, "sample batch topic"]
                       ) -> Float[Tensor, "sample batch"]:
        """log p(x | theta): nats per document, of its words in the order in which they stand."""
        return (batch * self.log_probs(theta)).sum(-1)

    def topics(self) -> Float[Tensor, "topic item"]:
        """The distribution over words of each topic."""
        return self.rows

    def shares(self, batch: Float[Tensor, "batch item"]) -> Float[Tensor, "batch topic"]:
        """theta of each document: the mean of q."""
        return self.posterior(batch).mean
