"""The latent space as a place: walks through it, the sentences met on the way, and directions that mean something.

Between two samples of a standard normal in many dimensions the straight line passes nearer to the origin than either
end: halfway its norm is smaller by about the square root of two. The spherical path keeps the norm. Which of the two
gives better sentences is a question for the lesson to measure.

The difference of two means is the oldest recipe for arithmetic with codes, and the strongest simple one (White 2016). It
promises nothing: what else changes along the way is measured by `edits` of lesson 09.
"""
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import GensqError, answered, chosen, expect, listed, nearest, whole
from gensq_lib.text.decoding import Decoded, Decoder, greedy


def spherical(a: Float[Tensor, "*batch latent"], b: Float[Tensor, "*batch latent"],
              t: float) -> Float[Tensor, "*batch latent"]:
    """Turn from a to b at constant speed (Shoemake 1985; White 2016), while the length goes linearly from |a| to |b|.

    Opposite vectors have no shortest way between them: the turn then takes a fixed perpendicular direction. A zero
    vector has no direction: it takes that of the other end. Taught in lesson 09.
    """
    from_a, from_b = _direction(a, otherwise=b), _direction(b, otherwise=a)
    cosine = (from_a * from_b).sum(-1, keepdim=True)
    aside = from_b - cosine * from_a
    sine = aside.norm(dim=-1, keepdim=True)
    rounding = 8 * torch.finfo(a.dtype).eps
    aside = torch.where(sine > rounding, aside / sine.clamp(min=rounding), _perpendicular(from_a))
    angle = t * torch.atan2(sine, cosine)
    length = torch.lerp(a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True), t)
    return length * (angle.cos() * from_a + angle.sin() * aside)


# A path: the point on the way from a to b at t, which is a at t = 0 and b at t = 1.
KINDS = {"linear": torch.lerp, "spherical": spherical}


@answered
def path(a: Float[Tensor, "latent"], b: Float[Tensor, "latent"], num: int,
         kind: str = "linear") -> Float[Tensor, "batch latent"]:
    """`num` points from a to b, both ends included. Taught in lesson 06."""
    way = chosen("a path", kind, KINDS)
    expect(whole(num, 2), f"expected at least the 2 ends of a path, got num={num}; choose 2 or more")
    return torch.stack([way(a, b, t) for t in torch.linspace(0, 1, num).tolist()])


def decode_path(decoder: Decoder, points: Float[Tensor, "batch latent"], *, max_length: int) -> Decoded:
    """The likeliest sentence at each point, so that what changes along the way is z and not the luck of a draw.

    Taught in lesson 06.
    """
    return greedy(decoder, num=len(points), z=points, max_length=max_length)


@answered
def attribute_vector(means: Float[Tensor, "sentence latent"], labels: Sequence[str], *, source: str,
                     target: str) -> Float[Tensor, "latent"]:
    """Mean code of the sentences labelled `target` minus mean code of those labelled `source`. Taught in lesson 09."""
    return _mean_of(means, labels, target) - _mean_of(means, labels, source)


def moved(codes: Float[Tensor, "sentence latent"], vector: Float[Tensor, "latent"], *,
          strength: float = 1.0) -> Float[Tensor, "sentence latent"]:
    """Every code, `strength` times the vector further. Strength 1 moves one mean onto the other. Taught in lesson 09."""
    return codes + strength * vector


def _direction(v: Float[Tensor, "*batch latent"], *,
               otherwise: Float[Tensor, "*batch latent"]) -> Float[Tensor, "*batch latent"]:
    v = torch.where(v.norm(dim=-1, keepdim=True) > 0, v, otherwise)
    return torch.nn.functional.normalize(v, dim=-1, eps=torch.finfo(v.dtype).tiny)


def _perpendicular(v: Float[Tensor, "*batch latent"]) -> Float[Tensor, "*batch latent"]:
    """A unit vector at right angles to the unit vector v: its least used axis, without its part along v."""
    axis = torch.nn.functional.one_hot(v.abs().argmin(-1), v.shape[-1]).to(v.dtype)
    aside = axis - (axis * v).sum(-1, keepdim=True) * v
    return torch.nn.functional.normalize(aside, dim=-1)


def _mean_of(means: Tensor, labels: Sequence[str], value: str) -> Float[Tensor, "latent"]:
    chosen = torch.tensor([label == value for label in labels])
    if not chosen.any():
        known = sorted(set(labels))
        raise GensqError(f'expected a label out of {listed(known)}, got "{value}"{nearest(value, known)}; choose one of these')
    return means[chosen].mean(0)
