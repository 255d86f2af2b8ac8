"""Exercise of lesson 01: one round of EM for a model of two words that a topic explains."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def em_step(joint: Float[Tensor, "who does latent"], data: Float[Tensor, "who does"]) -> Float[Tensor, "who does latent"]:
    """The model p(z) p(who | z) p(does | z) after an E and an M step (Dempster et al. 1977)."""
    return refit(data[..., None] * joint / joint.sum(-1, keepdim=True))


def refit(votes: Float[Tensor, "who does latent"]) -> Float[Tensor, "who does latent"]:
    """The M step: the three tables counted from votes, and their product."""
    prior = votes.sum((0, 1))
    return prior * (votes.sum(1) / prior)[:, None] * (votes.sum(0) / prior)[None]


def spoiled_step(has: Has, joint: Tensor, data: Tensor) -> Tensor:
    q = asked_posterior(has, joint)
    votes = q if has("data unread") else data[..., None] * q
    if has("posterior alone"):
        return q
    if has("votes returned"):
        return votes
    totals = votes.sum((0, 1))
    prior = joint.sum((0, 1)) if has("old prior") else torch.full_like(totals, 1 / len(totals)) if has("even prior") else totals
    who, does = votes.sum(1), votes.sum(0)
    who = who if has("counts for shares") else who / (who.sum(-1, keepdim=True) if has("over topics") else totals)
    does = does if has("counts for shares") else does / (does.sum(-1, keepdim=True) if has("over topics") else totals)
    return (1 if has("prior left out") else prior) * who[:, None] * does[None]


def asked_posterior(has: Has, joint: Tensor) -> Tensor:
    """What stands for q: the posterior, or what a mistake makes of it."""
    if has("no posterior"):
        return joint
    if has("prior for posterior"):
        return joint.sum((0, 1)).expand_as(joint)
    if has("over sentences"):
        return joint / joint.sum((0, 1))
    if has("likelihood alone"):
        likelihood = joint / joint.sum((0, 1))
        return likelihood / likelihood.sum(-1, keepdim=True)
    q = joint / joint.sum(-1, keepdim=True)
    return torch.nn.functional.one_hot(q.argmax(-1), q.shape[-1]).to(q) if has("winner takes all") else q


def random_case(draw: torch.Generator, who: int, does: int, latent: int) -> Inputs:
    """A model that is not of the product form, and data with a sentence that never occurs."""
    data = torch.rand(who, does, generator=draw)
    data[-1, 0] = 0.0
    return torch.rand(who, does, latent, generator=draw).flatten().softmax(-1).view(who, does, latent), data / data.sum()


def step_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(14)
    small = (torch.tensor([[[0.3, 0.1], [0.1, 0.1]], [[0.1, 0.1], [0.1, 0.1]]]), torch.tensor([[0.4, 0.3], [0.2, 0.1]]))
    return [small, *(random_case(draw, *sizes) for sizes in ((3, 2, 2), (2, 5, 4), (4, 4, 3)))]


def rounds(joint: Tensor, data: Tensor, *, q: Tensor | None = None, extra: float = 0.0) -> Tensor:
    """An M step from any q, whose votes are made to add up to 1."""
    votes = data[..., None] * (joint / joint.sum(-1, keepdim=True) if q is None else q) + extra
    return refit(votes / votes.sum())


def with_old_table(joint: Tensor, data: Tensor) -> Tensor:
    """p(does | z) is left as it was."""
    votes = data[..., None] * joint / joint.sum(-1, keepdim=True)
    return votes.sum(1)[:, None] * (joint.sum(0) / joint.sum((0, 1)))[None]


def exchanged(joint: Tensor, data: Tensor) -> Tensor:
    """who and does take each other's axis."""
    return em_step(joint, data).transpose(0, 1)


FORMS = {
    "data unread, rescaled": lambda joint, data: rounds(joint, torch.ones_like(data)),
    "no posterior, rescaled": lambda joint, data: rounds(joint, data, q=joint),
    "over sentences, rescaled": lambda joint, data: rounds(joint, data, q=joint / joint.sum((0, 1))),
    "over who": lambda joint, data: rounds(joint, data, q=joint / joint.sum(0, keepdim=True)),
    "smoothed": lambda joint, data: rounds(joint, data, extra=0.01),
    "two rounds": lambda joint, data: em_step(em_step(joint, data), data),
    "one table old": with_old_table,
    "axes exchanged": exchanged,
    "logarithms": lambda joint, data: em_step(joint, data).log(),
}

STEP = Values(**words(__file__, "em_step"), reference=em_step, spoiled=spoiled_step, cases=step_cases, together=2,
              forms=FORMS)
