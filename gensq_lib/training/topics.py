"""LDA by scikit-learn, with alpha chosen on validation documents: the rival that papers on neural topic models like to forget."""
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import border, expect, whole
from gensq_lib.maths.objectives import elbo_terms, evaluating
from gensq_lib.models.topics import DirichletTopics

ALPHAS = (0.05, 0.1, 0.3)  # of theta; scikit-learn's own is 1 / num_topics, whatever the documents are like
OF_WORDS, BATCH, INNER = 0.05, 100, 20  # concentration of a topic over words; documents of an update; rounds for one theta


def fit_lda(counts: Float[Tensor, "document item"], valid: Float[Tensor, "held_out item"], *, num_topics: int, seed: int,
            alphas: Sequence[float] = ALPHAS, starts: int = 2, rounds: int = 5) -> DirichletTopics:
    """Online variational Bayes (Hoffman et al. 2010), `rounds` times over all documents, from so many starts for each alpha.

    Of all fits the one with the highest ELBO on `valid` is kept: alpha is chosen, and a start in which two topics of the truth
    became one is left behind. Taught in lesson 18.
    """
    expect(whole(num_topics, 2) and whole(starts, 1) and len(counts) and len(valid) and all(0 < alpha <= 1 for alpha in alphas),
           f"expected 2 topics or more, documents to fit and to choose by, and alphas above 0 and at most 1, got {num_topics!r}, "
           f"{len(counts)}, {len(valid)} and {tuple(alphas)}; see help(fit_lda)")
    from sklearn.decomposition import LatentDirichletAllocation  # a second

    def fitted(alpha: float, start: int) -> DirichletTopics:
        lda = LatentDirichletAllocation(num_topics, doc_topic_prior=alpha, topic_word_prior=OF_WORDS, learning_method="online",
                                        batch_size=BATCH, max_iter=rounds, max_doc_update_iter=INNER,
                                        random_state=seed + 1_000 * start).fit(counts.numpy())
        topics = torch.as_tensor(lda.components_ / lda.components_.sum(-1, keepdims=True)).float()
        return DirichletTopics(topics=topics, alpha=alpha)

    made = [fitted(alpha, start) for alpha in alphas for start in range(starts)]
    return max(made, key=lambda model: validation_elbo(model, valid, seed=seed))


def validation_elbo(model: torch.nn.Module, valid: Float[Tensor, "document item"], *, seed: int) -> float:
    """Mean ELBO of documents that only choose, nats per document: the same noise for every model that is asked."""
    with evaluating(model):
        return elbo_terms(model, valid, num_samples=5, generator=torch.Generator().manual_seed(seed)).elbo.mean().item()


border(globals())
