"""Answers as students give them to the exercise of lesson 09 that repairs a direction."""

from tests.students.bodies import answers_to

repaired = answers_to("repaired(vector, codes, labels)")

MEANS = """
        means = torch.stack([codes[labels == value].mean(0) for value in labels.unique()])"""

ANSWERS = [
    repaired("""
        means = [codes[labels == value].mean(0) for value in labels.unique()]
        axes = []
        for mean in means[1:]:
            d = mean - means[0]
            for axis in axes:
                d = d - (d @ axis) * axis
            if d.norm() > 1e-4:
                axes.append(d / d.norm())
        for axis in axes:
            vector = vector - (vector @ axis) * axis
        return vector
    """),
    repaired("""
        means = torch.stack([codes[labels == value].mean(0) for value in labels.unique()])
        _, sizes, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[sizes > 1e-4]
        return vector - axes.T @ (axes @ vector)
    """),
    repaired("""
        means = torch.stack([codes[labels == value].mean(0) for value in labels.unique()])
        differences = (means[1:] - means[:1]).T
        return vector - differences @ torch.linalg.pinv(differences, rtol=1e-5) @ vector
    """),
    repaired("""
        import numpy as np
        names = np.unique(labels.numpy())
        means = np.stack([codes.numpy()[labels.numpy() == n].mean(0) for n in names])
        d = (means - codes.numpy().mean(0)).T.astype(float)
        weights, *_ = np.linalg.lstsq(d, vector.numpy().astype(float), rcond=1e-5)
        return torch.tensor(vector.numpy() - d @ weights, dtype=vector.dtype)
    """),
    repaired("""
        values = sorted(set(labels.tolist()))
        means = torch.stack([codes[labels == v].mean(0) for v in values]).double()
        apart = means[1:] - means[:-1]
        together = apart.T @ apart
        sizes, axes = torch.linalg.eigh(together)
        kept = axes[:, sizes < 1e-8]
        return (kept @ (kept.T @ vector.double())).to(vector.dtype)
    """),
    repaired("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    repaired("return vector", "nothing is taken off", "nothing", "unchanged", "as it came", "as it comes"),
    repaired(MEANS + """
        for mean in means[1:]:
            d = (mean - means[0]) / (mean - means[0]).norm()
            vector = vector - (vector @ d) * d
        return vector
    """, "the differences are not at right angles to each other", "right angles", "orthogonal"),
    repaired(MEANS + """
        result = vector.clone()
        for mean in means[1:]:
            d = (mean - means[0]) / (mean - means[0]).norm()
            result = result - (vector @ d) * d
        return result
    """, "parts along differences that are not at right angles are subtracted twice", "right angles", "twice", "orthogonal"),
    repaired(MEANS + """
        for i in range(len(means)):
            for j in range(i):
                d = means[i] - means[j]
                vector = vector - (vector @ d) / (d @ d) * d
        return vector
    """, "all pairs, one after another, without making them orthogonal", "right angles", "orthogonal"),
    repaired(MEANS + """
        axes = torch.linalg.qr(means.T).Q
        return vector - axes @ (axes.T @ vector)
    """, "the means themselves, not their differences", "themselves", "differences", "subtract one"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means, full_matrices=False)
        axes = axes[s > 1e-5]
        return vector - axes.T @ (axes @ vector)
    """, "the means are not centred: the common place is taken off, too", "themselves", "differences", "centre", "subtract one"),
    repaired(MEANS + """
        for mean in means:
            axis = mean / mean.norm()
            vector = vector - (vector @ axis) * axis
        return vector
    """, "the means themselves, and not at right angles", "right angles", "themselves", "orthogonal"),
    repaired(MEANS + """
        d = means[1] - means[0]
        return vector - (vector @ d) / (d @ d) * d
    """, "only the first two values", "first two", "only", "more values", "one label"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        return vector - (vector @ axes[0]) * axes[0]
    """, "only the largest principal axis", "only the axis", "k - 1", "most"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        return vector - axes.T @ (axes @ vector)
    """, "axes with a singular value of 0 are no differences, and are taken off, too", "singular value", "no difference needs",
        "almost 0"),
    repaired(MEANS + """
        axes = torch.linalg.qr((means[1:] - means[0]).T).Q
        return vector - axes @ (axes.T @ vector)
    """, "QR makes up an axis where differences depend on each other", "makes up", "follows from", "almost 0"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[s > 1e-5]
        return axes.T @ (axes @ vector)
    """, "the part along the differences, not the rest", "shall go", "the part along", "subtract it"),
    repaired("""
        _, s, axes = torch.linalg.svd(codes - codes.mean(0), full_matrices=False)
        axes = axes[s > 1e-5]
        return vector - axes.T @ (axes @ vector)
    """, "all directions in which single sentences differ: nothing is left", "single sentences", "groups", "means"),
    repaired("""
        means = torch.stack([codes[labels == value].mean(0) for value in range(len(labels.unique()))])
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[s > 1e-5]
        return vector - axes.T @ (axes @ vector)
    """, "labels are taken to be 0, 1, 2, ...: an empty group has the mean NaN", "0, 1, 2", "unique", "labels need"),
    repaired("""
        means = [codes[labels == value].mean(0) for value in range(int(labels.max()) + 1)]
        axes = []
        for mean in means[1:]:
            d = mean - means[0]
            for axis in axes:
                d = d - (d @ axis) * axis
            if d.norm() > 1e-4:
                axes.append(d / d.norm())
        for axis in axes:
            vector = vector - (vector @ axis) * axis
        return vector
    """, "labels that do not occur have the mean NaN", "0, 1, 2", "unique", "labels need", "do not occur"),
    repaired("""
        means = torch.stack([codes[labels == value].sum(0) for value in labels.unique()])
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[s > 1e-4]
        return vector - axes.T @ (axes @ vector)
    """, "sums, not means", "sums"),
    repaired("""
        means = torch.stack([codes[labels == value][0] for value in labels.unique()])
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[s > 1e-4]
        return vector - axes.T @ (axes @ vector)
    """, "one sentence of each value, not the mean", "one sentence"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[s > 1e-4]
        return vector - 2 * axes.T @ (axes @ vector)
    """, "taken off twice", "twice", "mirror"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[s > 1e-4]
        left = vector - axes.T @ (axes @ vector)
        return left / left.norm() * vector.norm()
    """, "stretched to the old length", "stretched", "length"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[s > 1e-4]
        left = vector - axes.T @ (axes @ vector)
        return left / left.norm()
    """, "made a unit vector", "length is made 1", "unit"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        return vector - axes.T @ (s * (axes @ vector))
    """, "weighted with the singular values: the axes have length 1 already", "weigh", "length 1", "singular value"),
    repaired(MEANS + """
        axes = []
        for mean in means[1:]:
            d = mean - means[0]
            for axis in axes:
                d = d - (d @ axis) * axis
            if d.norm() > 1e-4:
                axes.append(d)
        for axis in axes:
            vector = vector - (vector @ axis) * axis
        return vector
    """, "the axes do not have length 1", "length 1", "divide"),
    repaired(MEANS + """
        axes = []
        for mean in means[1:]:
            d = mean - means[0]
            for axis in axes:
                d = d - (d @ axis) / (axis @ axis) * axis
            if d.norm() > 1e-4:
                axes.append(d)
        for axis in axes:
            vector = vector - (vector @ axis) / axis.norm() * axis
        return vector
    """, "divided by the length once, not by its square", "once", "d @ d", "square"),
    repaired(MEANS + """
        axes = []
        for mean in means[1:]:
            d = mean - means[0]
            for axis in axes:
                d = d - (d @ axis) * axis
            axes.append(d / d.norm())
        for axis in axes:
            vector = vector - (vector @ axis) * axis
        return vector
    """, "a difference that adds nothing has length 0: NaN or a made-up axis", "makes up", "follows from", "almost 0",
        "adds no axis"),
    repaired(MEANS + """
        _, s, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        axes = axes[s > 1e-4]
        return codes - codes @ axes.T @ axes
    """, "the codes are cleaned, not the vector", "the codes", "vector"),
]
