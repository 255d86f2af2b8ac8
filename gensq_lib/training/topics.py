"""LDA by scikit-learn, with alpha chosen on validation documents: the rival that papers on neural topic models like to forget."""
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import border, expect, whole
from gensq_lib.maths.objectives import elbo_terms, evaluating
from gensq_lib.models.topics import DirichletTopics

ALPHAS = (0.03, 0.1, 0.3, 1.0)  # of theta; scikit-learn's own is 1 / num_topics and is never changed
OF_WORDS = 0.05  # the concentration of each topic over words, of .01, .05 and .1 tried at seed 100


def fit_lda(counts: Float[Tensor, "document item"], valid: Float[Tensor, "document item"], *, num_topics: int, seed: int,
            alphas: Sequence[float] = ALPHAS, rounds: int = 20) -> DirichletTopics:
    """Variational Bayes over all documents `rounds` times for each alpha; the one with the highest ELBO on `valid` is kept.

    Taught in lesson 18.
    """
    expect(whole(num_topics, 2) and len(counts) and len(valid) and all(alpha > 0 for alpha in alphas),
           f"expected 2 topics or more, documents to fit and to choose by, and alphas above 0, got {num_topics!r}, "
           f"{len(counts)}, {len(valid)} and {tuple(alphas)}; see help(fit_lda)")
    from sklearn.decomposition import LatentDirichletAllocation  # a second

    def fitted(alpha: float) -> DirichletTopics:
        lda = LatentDirichletAllocation(num_topics, doc_topic_prior=alpha, topic_word_prior=OF_WORDS, max_iter=rounds,
                                        random_state=seed).fit(counts.numpy())
        topics = torch.as_tensor(lda.components_ / lda.components_.sum(-1, keepdims=True)).float()
        return DirichletTopics(topics=topics, alpha=alpha)

    return max(map(fitted, alphas), key=lambda model: validation_elbo(model, valid, seed=seed))


def validation_elbo(model: torch.nn.Module, valid: Float[Tensor, "document item"], *, seed: int) -> float:
    """Mean ELBO of documents that only choose, nats per document: the same noise for every model that is asked."""
    with evaluating(model):
        return elbo_terms(model, valid, num_samples=5, generator=torch.Generator().manual_seed(seed)).elbo.mean().item()


border(globals())
