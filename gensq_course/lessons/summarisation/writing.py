"""Exercises of lesson 12 on writing: the loss of a model that may copy, and the bound of a compression."""
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Each = Float[Tensor, "batch"]
LEAST = 1e-8  # no probability below it goes into a logarithm


def copy_loss(gate: Each, log_vocab: Each, weights: Float[Tensor, "batch source"], same: Bool[Tensor, "batch source"]) -> Each:
    """-log(g p_vocab + (1 - g) p_copied) of the right word, nats, with g = sigmoid(gate) and a floor below p."""
    g = gate.sigmoid()
    copied = (weights * same).sum(-1)
    p = g * log_vocab.exp() + (1 - g) * copied
    return -p.clamp(min=1e-8).log()


MIXED, COPIED = "g * log_vocab.exp() + (1 - g) * copied", "(weights * same).sum(-1)"
COPY_SLIPS = {
    "no floor": (".clamp(min=1e-8)", ""), "gate turned": (MIXED, "(1 - g) * log_vocab.exp() + g * copied"),
    "no gate": (MIXED, "log_vocab.exp() + copied"), "raw gate": ("gate.sigmoid()", "gate"),
    "vocabulary alone": (MIXED, "log_vocab.exp()"), "copies alone": (MIXED, "copied"),
    "first place": (COPIED, "(weights * same * (same.cumsum(-1) == 1)).sum(-1)"),
    "best place": (COPIED, "(weights * same).amax(-1)"), "mean place": (COPIED, "(weights * same).mean(-1)"),
    "all places": ("(weights * same)", "weights"), "is it there": (COPIED, "same.any(-1).to(weights)"),
    "logarithm as probability": ("log_vocab.exp()", "log_vocab"), "probability": ("-p.clamp(min=1e-8).log()", "p"),
    "mean of logarithms": ("p = " + MIXED, "p = (g * log_vocab + (1 - g) * copied.clamp(min=1e-8).log()).exp()"),
    "floor that cuts": ("1e-8", "1e-2"),
}


def copy_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(44)

    def case(batch: int, source: int) -> Inputs:
        weights = (1.5 * torch.randn(batch, source, generator=draw)).softmax(-1)
        same = torch.rand(batch, source, generator=draw) < 0.4
        return torch.randn(batch, generator=draw), -4 * torch.rand(batch, generator=draw) - 0.1, weights, same
    small = (torch.zeros(1), torch.tensor([-1.0]), torch.tensor([[0.5, 0.2, 0.3]]), torch.tensor([[True, False, True]]))
    shut = (torch.tensor([200.0, -200.0]), torch.tensor([-400.0, -1.0]), torch.tensor([[0.6, 0.4], [0.6, 0.4]]),
            torch.tensor([[True, False], [False, False]]))
    return [small, case(4, 5), shut, case(6, 7)]


COPY = Values(**words(__file__, "copy_loss"), reference=copy_loss, slips=COPY_SLIPS, cases=copy_cases, together=2)


def compression_bound(log_document: Each, log_prior: Each, log_q: Each) -> Float[Tensor, ""]:
    """E_q[log p(x|c) + log p(c) - log q(c|x)] over draws of q, nats; at most log p(x)."""
    return (log_document + log_prior - log_q).mean()


MEAN = "(log_document + log_prior - log_q).mean()"
BOUND_SLIPS = {
    "no entropy": (" - log_q", ""), "entropy turned": ("- log_q", "+ log_q"), "no prior": (" + log_prior", ""),
    "prior turned": ("+ log_prior", "- log_prior"), "no document": ("log_document + ", ""), "sum": (".mean()", ".sum()"),
    "best draw": (".mean()", ".amax()"), "weighed by q": (MEAN, "((log_document + log_prior - log_q) * log_q.exp()).sum()"),
    "weighed and averaged": (MEAN, "((log_document + log_prior - log_q) * log_q.exp()).mean()"),
    "many draws": (".mean()", ".logsumexp(0) - torch.tensor(float(len(log_q))).log()"),
    "each draw": (".mean()", ""), "probabilities": (".mean()", ".exp().mean()"),
    "cheap prior": ("+ log_prior", "+ 0.1 * log_prior"),
    "loss": ("log_document + log_prior", "-log_document + log_prior"),
}


def bound_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(45)
    cases = [tuple(-scale * torch.rand(num, generator=draw) for scale in (9.0, 6.0, 4.0)) for num in (3, 7)]
    return [(torch.tensor([-1.0, -3.0]), torch.tensor([-2.0, -0.5]), torch.tensor([-0.7, -0.3])), *cases]


BOUND = Values(**words(__file__, "compression_bound"), reference=compression_bound, slips=BOUND_SLIPS, cases=bound_cases,
               together=2)
