"""Information of lesson 09: what each dimension knows of an attribute, and the exercise, the information in a table of counts."""
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import one_hot

from gensq_course.checks.exercises import Has, Inputs, Values, words


def dimension_information(means: Float[Tensor, "sentence latent"], labels: Sequence[str], *, bins: int = 16,
                          folds: int = 5) -> Float[Tensor, "latent"]:
    """The bound of `diagnostics.attribute_information` for each dimension alone, nats. Its classifier counts: how often has
    each bin of the dimension a value?

    The bins hold equally many sentences. Counts come from the other folds, with one half added to each, so
    a dimension that knows nothing comes out slightly below 0, never above by being counted twice.
    """
    value, num = torch.from_numpy(np.unique(np.asarray(labels), return_inverse=True)[1]), len(labels)
    bin_of = means.argsort(0).argsort(0) * bins // num  # the rank of each sentence, cut into equal parts
    in_bin, has_value = one_hot(bin_of, bins).float(), one_hot(value).float()
    fold = torch.randperm(num, generator=torch.Generator().manual_seed(0)) % folds
    log_prob = torch.zeros(num, means.shape[1])
    for k in range(folds):
        seen = fold != k
        table = torch.einsum("njb,nv->jbv", in_bin[seen], has_value[seen]) + 0.5
        log_shares = (table / table.sum(-1, keepdim=True)).log()
        log_prob[~seen] = log_shares[torch.arange(means.shape[1]), bin_of[~seen], value[~seen, None]]
    return torch.special.entr(has_value.mean(0)).sum() + log_prob.mean(0)


def table_information(counts: Float[Tensor, "row column"]) -> Float[Tensor, ""]:
    """I(row; column) of the shares in a table of positive counts, nats."""
    joint = counts / counts.sum()
    independent = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    return (joint * (joint / independent).log()).sum()


def spoiled_information(has: Has, counts: Tensor) -> Tensor:
    joint = counts if has("counts for shares") else counts / counts.sum(1 if has("shares of each row") else None, keepdim=True)
    rows, columns = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
    if has("entropy"):
        return -(joint * joint.log()).sum()
    if has("one margin"):
        return -(rows * rows.log()).sum()
    independent = rows + columns if has("sum of margins") else rows if has("given rows") else rows * columns
    if has("chi squared"):
        return counts.sum() * ((joint - independent) ** 2 / independent).sum()
    ratio = independent / joint if has("upside down") else (joint + 0.01 * has("epsilon")) / independent
    weight = independent if has("wrong weights") else torch.ones_like(joint) if has("no weights") else joint
    terms = weight * (ratio if has("no log") else ratio.log())
    terms = terms.abs() if has("absolute") else terms
    if has("one for each row"):
        return terms.sum(1)
    whole = terms.mean() if has("mean") else terms.sum()
    return whole / -(columns * columns.log()).sum() if has("share of the entropy") else whole


def information_cases() -> list[Inputs]:
    """No empty field: 0 log 0 is another lesson's trouble. Independent rows (0), large counts, float64."""
    draw = torch.Generator().manual_seed(22)
    tables = [torch.randint(1, 30, shape, generator=draw).float() for shape in ((4, 3), (8, 5))]
    return [(torch.tensor([[3.0, 1.0], [1.0, 3.0]]),), (torch.tensor([[8.0, 1.0, 1.0], [1.0, 6.0, 3.0]]),),
            (torch.tensor([[1.0, 2.0], [2.0, 4.0]]),), (10_000 * tables[0].double(),), *((table,) for table in tables)]


INFORMATION = Values(**words(__file__, "table_information"), reference=table_information, spoiled=spoiled_information,
                     cases=information_cases, together=2)
