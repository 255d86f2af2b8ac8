"""Lesson 04: classifiers with few labels, and what a density promises about levels that carry no noise."""
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.decomposition import PCA, FactorAnalysis
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

Pair = Sequence[np.ndarray]  # of training images and of test images


def shares_right(methods: Mapping[str, tuple[Pair, Any]], labels: Pair, counts: Sequence[int], seed: int
                 ) -> dict[str, np.ndarray]:
    """Share of test images right, (count, draw), for each method: its features and classifier, over 5 draws of labels."""
    label, target = labels
    found: dict[str, list] = {name: [] for name in methods}
    for num in counts:
        draw = np.random.default_rng((seed, num))
        chosen = [np.concatenate([draw.permutation(np.flatnonzero(label == y))[:num] for y in range(10)]) for _ in range(5)]
        for name, ((train, test), classifier) in methods.items():
            found[name].append([(classifier.fit(train[i], label[i]).predict(test) == target).mean() for i in chosen])
    return {name: np.array(rows) for name, rows in found.items()}


def promises(raw: Pair, ours: Pair, latent_dim: int) -> list[list]:
    """Median NLL by factor analysis of levels / 16 and of dequantised levels, for all pixels and without those that cheat."""
    noise = FactorAnalysis(latent_dim).fit(raw[0]).noise_variance_
    peak, empty = 1 / (16 * np.sqrt(2 * np.pi * noise)), raw[0].std(0) == 0
    rows = []
    for name, keep in (("all", peak > 0), ("not the empty ones", ~empty), ("none that promises more than 1", peak <= 1)):
        nats = [np.median(keep.sum() * math.log(17) - FactorAnalysis(latent_dim).fit(train[:, keep]).score_samples(
            test[:, keep])) for train, test in (raw, ours)]
        rows.append([name, int(keep.sum()), *nats, nats[1] - nats[0]])
    return rows


def few_labels(images: Pair, of_z: Pair, factors: PCA, labels: Pair, counts: Sequence[int], seed: int) -> dict[str, np.ndarray]:
    """The contest of section 8: regression and naive Bayes on pixels and on z, with PCA and LDA as controls."""
    directions = LinearDiscriminantAnalysis(n_components=min(factors.n_components_, 9)).fit(images[0], labels[0])
    seen = {"pixels": images, "z": of_z, "PCA": [factors.transform(x) for x in images],
            "LDA (saw all labels)": [directions.transform(x) for x in images]}
    regression, bayes = LogisticRegression(max_iter=500), GaussianNB(var_smoothing=0.1)
    methods = {f"regression on {where}": (pair, regression) for where, pair in seen.items()}
    methods |= {f"naive Bayes on {where}": (seen[where], bayes) for where in ("pixels", "z")}
    return shares_right(methods, labels, counts, seed)
