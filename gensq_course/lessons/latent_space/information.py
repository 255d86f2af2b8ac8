"""Exercise of lesson 09: the information in a table of counts."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


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
    name="table_information", reference=table_information, spoiled=spoiled_information, cases=information_cases,
    mistakes={
        "counts for shares": "it works with counts: divide by their sum first, so that the shares add up to 1.",
        "entropy": "this is the entropy of the whole table; information compares the table with an independent one.",
        "one margin": "this is the entropy of the rows alone, the most that the information could be.",
        "given rows": "it divides by the shares of the rows only: this is minus the entropy of the columns given the rows.",
        "sum of margins": "the margins are added; independence multiplies them.",
        "upside down": "the ratio is upside down: shares of the table over what independence would give.",
        "wrong weights": "it weighs with the independent table; the mean is over the table itself.",
        "no weights": "every field counts alike; the mean of the logs has the shares as weights.",
        "no log": "the logarithm is missing.",
        "mean": "it takes the mean over the fields: the weights are there already, so sum.",
    },
    hints=(
        "Shares first. If rows and columns knew nothing of each other, what would each field hold?",
        "independent = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True); take the mean of log(joint / independent).",
        "(joint * (joint / independent).log()).sum()",
    ),
    praise="From a finite table it comes out too large, by about (rows - 1)(columns - 1) / 2N nats; the library counts on other "
    "sentences than it judges.",
)
