"""Exercises of lesson 10 on M2: its bound where all can be counted, with the label summed out; and what is maximised."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def m2_bound(p_y: Float[Tensor, "label"], p_z: Float[Tensor, "latent"], p_x: Float[Tensor, "sentence label latent"],
             q_y: Float[Tensor, "sentence label"], q_z: Float[Tensor, "sentence label latent"]) -> Float[Tensor, "sentence"]:
    """U(x) of Kingma et al. (2014), eq. 7, from tables of p(y), p(z), p(x | y, z) of each sentence, q(y | x), q(z | x, y)."""
    reconstruction = (q_z * p_x.log()).sum(-1)
    rate = (q_z * (q_z / p_z).log()).sum(-1)
    labelled = reconstruction + p_y.log() - rate
    weighed = (q_y * labelled).sum(-1)
    entropy = -(q_y * q_y.log()).sum(-1)
    return weighed + entropy


def one_pass(p_y, p_z, p_x, q_y, q_z):
    """y = q(y | x) put into the formula once, in place of the sum: the trap of those who want to save time."""
    soft_z, soft_x = ((q_y[..., None] * table).sum(-2) for table in (q_z, p_x))
    entropy = -(q_y * q_y.log()).sum(-1)
    return (soft_z * soft_x.log()).sum(-1) + (q_y @ p_y).log() - (soft_z * (soft_z / p_z).log()).sum(-1) + entropy


def likeliest_alone(p_y, p_z, p_x, q_y, q_z):
    """L(x, y) of the likeliest label: what a classifier would say, and no sum."""
    labelled = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
    return labelled.gather(-1, q_y.argmax(-1, keepdim=True))[:, 0]


def exact(p_y, p_z, p_x, q_y, q_z):
    """log p(x) itself: no bound, and in a large model nobody can compute it."""
    return torch.einsum("y,z,nyz->n", p_y, p_z, p_x).log()


RATE = "(q_z * (q_z / p_z).log()).sum(-1)"
BOUND_SLIPS = {
    "no prior of y": (" + p_y.log()", ""),
    "prior without log": ("p_y.log()", "p_y"),
    "prior subtracted": ("+ p_y.log()", "- p_y.log()"),
    "rate turned": ("(q_z / p_z)", "(p_z / q_z)"),
    "rate added": ("- rate", "+ rate"),
    "no rate": (" - rate", ""),
    "rate of the prior": ("(q_z * (q_z / p_z).log())", "(p_z * (q_z / p_z).log())"),
    "rate without prior": ("(q_z / p_z).log()", "q_z.log()"),
    "reverse KL": (RATE, "(p_z * (p_z / q_z).log()).sum(-1)"),
    "log outside": ("(q_z * p_x.log()).sum(-1)", "(q_z * p_x).sum(-1).log()"),
    "no log of x": ("p_x.log()", "p_x"),
    "z unweighted": ("(q_z * p_x.log()).sum(-1)", "p_x.log().sum(-1)"),
    "z averaged": ("(q_z * p_x.log()).sum(-1)", "p_x.log().mean(-1)"),
    "prior draws": ("(q_z * p_x.log())", "(p_z * p_x.log())"),
    "no entropy": (" + entropy", ""),
    "entropy subtracted": ("weighed + entropy", "weighed - entropy"),
    "labels alike": ("(q_y * labelled).sum(-1)", "labelled.mean(-1)"),
    "labels added": ("(q_y * labelled).sum(-1)", "labelled.sum(-1)"),
    "by the prior": ("(q_y * labelled)", "(p_y * labelled)"),
    "log of the sum": ("(q_y * labelled).sum(-1)", "(q_y * labelled.exp()).sum(-1).log()"),
    "without q": (("(q_y * labelled).sum(-1)", "labelled.logsumexp(-1)"), (" + entropy", "")),
    "one number for each label": (("(q_y * labelled).sum(-1)", "labelled"), (" + entropy", "")),
    "kl to the prior twice": ("-(q_y * q_y.log()).sum(-1)", "-(q_y * (q_y / p_y).log()).sum(-1)"),
    "rate turned at the prior": ("-(q_y * q_y.log()).sum(-1)", "(q_y * q_y.log()).sum(-1)"),
}


def tables(num: int, labels: int, latent: int, *, seed: int, dtype: torch.dtype = torch.float32) -> Inputs:
    """Skewed priors, and tables in which everything is possible."""
    draw = torch.Generator().manual_seed(seed)

    def rows(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=draw, dtype=torch.float64).softmax(-1).to(dtype)

    p_x = torch.rand(num, labels, latent, generator=draw, dtype=torch.float64).to(dtype) * 0.3 + 0.01
    return rows(labels), rows(latent), p_x, rows(num, labels), rows(num, labels, latent)


def bound_cases() -> list[Inputs]:
    """One sentence; a q that is the exact posterior of nothing; a very sure q(y | x); float64."""
    sure = list(tables(3, 2, 3, seed=4))
    sure[3] = torch.tensor([[0.999, 0.001], [0.5, 0.5], [0.02, 0.98]])
    return [tables(1, 2, 2, seed=1), tables(4, 3, 2, seed=2), tuple(sure), tables(5, 3, 4, seed=3, dtype=torch.float64)]


SUMMED_OUT = Values(**words(__file__, "m2_bound"), reference=m2_bound, slips=BOUND_SLIPS, cases=bound_cases, together=2,
                    forms={"one pass": one_pass, "likeliest label": likeliest_alone, "exact": exact})


def m2_objective(labelled: Float[Tensor, "known"], log_q: Float[Tensor, "known"], unlabelled: Float[Tensor, "unknown"],
                 alpha: float) -> Float[Tensor, ""]:
    """What M2 maximises (Kingma et al. 2014, eq. 9): the bounds L of labelled and U of unlabelled sentences, and alpha times
    log q(y | x) of the labelled ones, without which nothing would train q(y | x) on labels.
    """
    bounds = labelled.sum() + unlabelled.sum()
    known = log_q.sum()
    return bounds + alpha * known


OBJECTIVE_SLIPS = {
    "q untrained": (" + alpha * known", ""),
    "alpha ignored": ("alpha * known", "known"),
    "turned": ("+ alpha * known", "- alpha * known"),
    "no logs": ("log_q.sum()", "log_q.exp().sum()"),
    "labelled forgotten": ("labelled.sum() + unlabelled.sum()", "unlabelled.sum()"),
    "unlabelled forgotten": (" + unlabelled.sum()", ""),
    "means of bounds": ("labelled.sum() + unlabelled.sum()", "labelled.mean() + unlabelled.mean()"),
    "mean of labels": ("log_q.sum()", "log_q.mean()"),
    "alpha everywhere": ("bounds + alpha * known", "alpha * (bounds + known)"),
    "alpha on unlabelled": (("+ unlabelled.sum()", "+ alpha * unlabelled.sum()"), ("alpha * known", "known")),
    "alpha shared": ("alpha * known", "alpha / len(log_q) * known"),
    "weighed mixture": ("bounds + alpha * known", "(1 - alpha) * bounds + alpha * known"),
    "labels subtracted": ("labelled.sum() + ", "-labelled.sum() + "),
}


def objective_cases() -> list[Inputs]:
    """Few and many labels, alpha below and above 1, 0 included; float64."""
    draw = torch.Generator().manual_seed(31)

    def values(num: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return -20 * torch.rand(num, generator=draw, dtype=torch.float64).to(dtype)

    return [(torch.tensor([-18.0]), torch.tensor([-0.5]), torch.tensor([-20.0, -16.0]), 2.0),
            (values(3), values(3) / 10, values(7), 0.0), (values(2), values(2) / 10, values(9), 0.5),
            (values(4, torch.float64), values(4, torch.float64) / 10, values(6, torch.float64), 20.0)]


OBJECTIVE = Values(**words(__file__, "m2_objective"), reference=m2_objective, slips=OBJECTIVE_SLIPS, cases=objective_cases,
                   together=2)
