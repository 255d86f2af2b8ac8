"""Information of lesson 09: what each dimension knows of an attribute, and the exercise, the information in a table of counts."""
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import one_hot

from gensq_course.checks.exercises import Inputs, Values, words


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
    rows, columns = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
    independent = rows * columns
    terms = joint * (joint / independent).log()
    return terms.sum()


SLIPS = {
    "counts for shares": (" / counts.sum()", ""),
    "shares of each row": ("counts.sum()", "counts.sum(1, keepdim=True)"),
    "sum of margins": ("rows * columns", "rows + columns"),
    "given rows": ("rows * columns", "rows"),
    "entropy": ("joint * (joint / independent).log()", "-joint * joint.log()"),
    "one margin": ("joint * (joint / independent).log()", "-rows * rows.log()"),
    "chi squared": ("joint * (joint / independent).log()", "counts.sum() * (joint - independent) ** 2 / independent"),
    "upside down": ("joint / independent", "independent / joint"),
    "epsilon": ("joint / independent", "(joint + 0.01) / independent"),
    "wrong weights": ("joint * (", "independent * ("),
    "no weights": ("joint * (", "("),
    "no log": (".log()", ""),
    "absolute": (".log()", ".log().abs()"),
    "one for each row": ("terms.sum()", "terms.sum(1)"),
    "mean": ("terms.sum()", "terms.mean()"),
    "share of the entropy": ("terms.sum()", "terms.sum() / -(columns * columns.log()).sum()"),
}


def information_cases() -> list[Inputs]:
    """No empty field: 0 log 0 is another lesson's trouble. Independent rows (0), large counts, float64."""
    draw = torch.Generator().manual_seed(22)
    tables = [torch.randint(1, 30, shape, generator=draw).float() for shape in ((4, 3), (8, 5))]
    return [(torch.tensor([[3.0, 1.0], [1.0, 3.0]]),), (torch.tensor([[8.0, 1.0, 1.0], [1.0, 6.0, 3.0]]),),
            (torch.tensor([[1.0, 2.0], [2.0, 4.0]]),), (10_000 * tables[0].double(),), *((table,) for table in tables)]


INFORMATION = Values(**words(__file__, "table_information"), reference=table_information, slips=SLIPS,
                     cases=information_cases, together=2)
