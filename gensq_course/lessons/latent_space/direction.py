"""Exercise of lesson 09: the direction from one kind of sentence to another."""
import torch
from jaxtyping import Float, Int
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def direction(codes: Float[Tensor, "sentence latent"], labels: Int[Tensor, "sentence"], source: int, target: int
              ) -> Float[Tensor, "latent"]:
    """Mean code of the target sentences minus mean code of the source sentences (White 2016)."""
    return codes[labels == target].mean(0) - codes[labels == source].mean(0)


def classifier_direction(codes: Float[Tensor, "sentence latent"], labels: Int[Tensor, "sentence"], source: int, target: int
                         ) -> Float[Tensor, "latent"]:
    """The weights of a logistic classifier that tells target from source, as long as to move its score by what the difference
    of the means moves it."""
    either = (labels == source) | (labels == target)
    fitted = LogisticRegression(max_iter=500).fit(codes[either].numpy(), (labels[either] == target).numpy())
    weights = torch.from_numpy(fitted.coef_[0]).to(codes)
    return (weights @ direction(codes, labels, source, target)) / (weights @ weights) * weights


def spoiled_direction(has: Has, codes: Tensor, labels: Tensor, source: int, target: int) -> Tensor:
    source, target = (0, 1) if has("labels ignored") else (target, source) if has("turned") else (source, target)
    if has("labels as places"):
        return codes[target] - codes[source]
    is_source, is_target = labels == source, labels == target
    if has("over all"):
        return ((codes * is_target[:, None]) - (codes * is_source[:, None])).mean(0)
    if has("against the rest"):
        is_source = ~is_target
    if has("from the centre"):
        is_source = torch.ones_like(is_source)
    target, source = codes[is_target], codes[is_source]
    if has("one number"):
        return target.mean() - source.mean()
    if has("other axis"):
        return (codes * is_target[:, None] - codes * is_source[:, None]).mean(1)
    if has("first pair"):
        return target[0] - source[0]
    if has("sums"):
        return target.sum(0) - source.sum(0)
    if has("median"):
        return target.median(0).values - source.median(0).values
    if has("middle"):
        return (target.mean(0) + source.mean(0)) / 2
    found = target.mean(0) if has("no source") else target.mean(0) - source.mean(0)
    return found / found.norm() if has("unit length") else found


def direction_cases() -> list[Inputs]:
    """Some sentences are neither; groups differ in size; labels are not always 0 and 1, and the source may be the larger."""
    draw = torch.Generator().manual_seed(23)

    def case(kinds: list[int], latent: int, source: int, target: int) -> Inputs:
        return 1.5 + torch.randn(len(kinds), latent, generator=draw), torch.tensor(kinds), source, target

    exact = case([4, 1, 4, 1, 1], 3, 1, 4)
    return [case([0, 1, 1, 0, 2], 2, 0, 1), case([0, 0, 0, 1, 1, 2, 2], 3, 0, 1), (exact[0].double(), *exact[1:]),
            case([1, 2, 0, 1, 1, 0, 1, 2, 0, 1, 1], 5, 2, 1)]


DIRECTION = Values(**words(__file__, "direction"), reference=direction, spoiled=spoiled_direction, cases=direction_cases,
                   together=2)
