"""What z knows about the attributes of its sentence: topic, tense, sentiment ... Nats."""
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor


def attribute_information(means: Float[Tensor, "sentence latent"], labels: Sequence[str], *, folds: int = 5) -> float:
    """A lower bound on I(z; attribute), nats: H(attribute) minus the cross-entropy of a classifier on unseen sentences.

    The bound of Barber and Agakov: any classifier gives one, a better one a tighter one. This one is linear and sees the
    posterior means. Not cut off at 0: a small negative value says that nothing was found. Taught in lesson 08.
    """
    values, index = np.unique(np.asarray(labels), return_inverse=True)
    if len(values) < 2:
        return 0.0
    share = np.bincount(index) / len(index)
    entropy = -(share * np.log(share)).sum()
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    predicted = cross_val_predict(classifier, means.double().numpy(), index, cv=folds, method="predict_proba")
    return float(entropy - log_loss(index, predicted))


def dimension_information(means: Float[Tensor, "sentence latent"], labels: Sequence[str], *, bins: int = 16,
                          folds: int = 5) -> Float[Tensor, "latent"]:
    """The same bound for each dimension alone, nats. Its classifier counts: how often has each bin of the dimension a value?

    The bins hold equally many sentences. Counts come from the other folds, with one half added to each, so
    a dimension that knows nothing comes out slightly below 0, never above by being counted twice. Taught in lesson 09.
    """
    values, index = np.unique(np.asarray(labels), return_inverse=True)
    num = len(index)
    value = torch.from_numpy(index)
    entropy = torch.special.entr(torch.bincount(value) / num).sum()
    bin_of = means.argsort(0).argsort(0) * bins // num  # the rank of each sentence, cut into equal parts
    fold = torch.randperm(num, generator=torch.Generator().manual_seed(0)) % folds
    log_prob = torch.zeros(num, means.shape[1])
    for k in range(folds):
        seen = fold != k
        for j in range(means.shape[1]):
            table = _counts(bin_of[seen, j], value[seen], bins, len(values)) + 0.5
            log_prob[~seen, j] = (table / table.sum(1, keepdim=True)).log()[bin_of[~seen, j], value[~seen]]
    return entropy + log_prob.mean(0)


def _counts(rows: Int[Tensor, "sentence"], columns: Int[Tensor, "sentence"], num_rows: int, num_columns: int
            ) -> Float[Tensor, "bin value"]:
    """A table of counts."""
    return torch.bincount(rows * num_columns + columns, minlength=num_rows * num_columns).view(num_rows, num_columns).float()
