"""Exercise of lesson 09: the direction from one kind of sentence to another."""
import torch
from jaxtyping import Float, Int
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def direction(codes: Float[Tensor, "sentence latent"], labels: Int[Tensor, "sentence"], source: int, target: int
              ) -> Float[Tensor, "latent"]:
    """Mean code of the target sentences minus mean code of the source sentences (White 2016)."""
    goal, start = (codes[chosen].mean(0) for chosen in (labels == target, labels == source))
    way = goal - start
    return way


def classifier_direction(codes: Float[Tensor, "sentence latent"], labels: Int[Tensor, "sentence"], source: int, target: int
                         ) -> Float[Tensor, "latent"]:
    """The weights of a logistic classifier that tells target from source, as long as to move its score by what the difference
    of the means moves it."""
    either = (labels == source) | (labels == target)
    fitted = LogisticRegression(max_iter=500).fit(codes[either].numpy(), (labels[either] == target).numpy())
    weights = torch.from_numpy(fitted.coef_[0]).to(codes)
    return (weights @ direction(codes, labels, source, target)) / (weights @ weights) * weights


SLIPS = {
    "turned": ("source: int, target: int", "target: int, source: int"),
    "labels ignored": (("labels == target", "labels == 1"), ("labels == source", "labels == 0")),
    "labels as places": (("labels == target", "target"), ("labels == source", "source"), (".mean(0)", "")),
    "against the rest": ("labels == source", "labels != target"),
    "from the centre": ("labels == source", "labels == labels"),
    "over all": ("mean(0)", "sum(0) / len(codes)"),
    "other axis": ("codes[chosen].mean(0)", "codes.mean(1) * chosen"),
    "one number": ("mean(0)", "mean()"),
    "first pair": (".mean(0)", "[0]"),
    "sums": ("mean(0)", "sum(0)"),
    "median": ("mean(0)", "median(0).values"),
    "middle": ("goal - start", "(goal + start) / 2"),
    "no source": (" - start", ""),
    "unit length": ("return way", "return way / way.norm()"),
}


def direction_cases() -> list[Inputs]:
    """Some sentences are neither; groups differ in size; labels are not always 0 and 1, and the source may be the larger."""
    draw = torch.Generator().manual_seed(23)

    def case(kinds: list[int], latent: int, source: int, target: int) -> Inputs:
        return 1.5 + torch.randn(len(kinds), latent, generator=draw), torch.tensor(kinds), source, target

    exact = case([4, 1, 4, 1, 1], 3, 1, 4)
    return [case([0, 1, 1, 0, 2], 2, 0, 1), case([0, 0, 0, 1, 1, 2, 2], 3, 0, 1), (exact[0].double(), *exact[1:]),
            case([1, 2, 0, 1, 1, 0, 1, 2, 0, 1, 1], 5, 2, 1)]


DIRECTION = Values(**words(__file__, "direction"), reference=direction, slips=SLIPS, cases=direction_cases,
                   together=2)
