"""What z knows about the attributes of its sentence: topic, tense, sentiment ... Nats."""
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor


def attribute_information(means: Float[Tensor, "sentence latent"], labels: Sequence[str], *, folds: int = 5) -> float:
    """A lower bound on I(z; attribute), nats: H(attribute) minus the cross-entropy of a classifier on unseen sentences.

    The bound of Barber and Agakov: any classifier gives one, a better one a tighter one. This one is linear and sees the
    posterior means. Not cut off at 0: a small negative value says that nothing was found.
    """
    values, index = np.unique(np.asarray(labels), return_inverse=True)
    if len(values) < 2:
        return 0.0
    share = np.bincount(index) / len(index)
    entropy = -(share * np.log(share)).sum()
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    predicted = cross_val_predict(classifier, means.double().numpy(), index, cv=folds, method="predict_proba")
    return float(entropy - log_loss(index, predicted))
