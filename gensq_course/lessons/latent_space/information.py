"""Exercise of lesson 09: the information in a table of counts."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def table_information(counts: Float[Tensor, "row column"]) -> Float[Tensor, ""]:
    """I(row; column) of the shares in a table of positive counts, nats."""
    joint = counts / counts.sum()
    independent = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    return (joint * (joint / independent).log()).sum()


def spoiled_information(has: Has, counts: Tensor) -> Tensor:
    joint = counts if has("counts for shares") else counts / counts.sum()
    rows, columns = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
    if has("entropy"):
        return -(joint * joint.log()).sum()
    if has("one margin"):
        return -(rows * rows.log()).sum()
    independent = rows + columns if has("sum of margins") else rows if has("given rows") else rows * columns
    ratio = independent / joint if has("upside down") else joint / independent
    weight = independent if has("wrong weights") else torch.ones_like(joint) if has("no weights") else joint
    terms = weight * (ratio if has("no log") else ratio.log())
    return terms.mean() if has("mean") else terms.sum()


def information_cases() -> list[Inputs]:
    """No empty field: 0 log 0 is another lesson's trouble."""
    draw = torch.Generator().manual_seed(22)
    return [(torch.tensor([[3.0, 1.0], [1.0, 3.0]]),), (torch.tensor([[8.0, 1.0, 1.0], [1.0, 6.0, 3.0]]),)] + [
        (torch.randint(1, 30, shape, generator=draw).float(),) for shape in ((4, 3), (8, 5))]


INFORMATION = Exact(
    **words(__file__, "table_information"), reference=table_information, spoiled=spoiled_information, cases=information_cases)
