"""Exercise of lesson 05: what an LSTM cell does with its four parts and its memory."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def lstm_cell(gates: Float[Tensor, "batch gates"], c: Float[Tensor, "batch hidden"]) -> Float[Tensor, "batch both"]:
    """The new h and c side by side (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000); parts as in torch."""
    i, f, g, o = gates.chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return torch.cat([o.sigmoid() * c.tanh(), c], -1)


def spoiled_cell(has: Has, gates: Tensor, c: Tensor) -> Tensor:
    gates = gates.softmax(-1).logit() if has("softmax gates") else gates
    i, f, g, o = gates.unflatten(-1, (-1, 4)).unbind(-1) if has("interleaved") else gates.chunk(4, -1)
    g = g.sigmoid() if has("all gates") or has("softmax gates") else g
    if has("order"):
        g, o = o, g
    if has("swapped"):
        i, f = f, i
    squash = torch.tanh if has("tanh gates") else (lambda x: x) if has("raw gates") else torch.sigmoid
    i, f, o = squash(i), squash(f), squash(o)
    f = 1 - i if has("coupled") else torch.ones_like(f) if has("no forget") else f
    i = 1 - f if has("input coupled") else i
    o = torch.ones_like(o) if has("no output gate") else o
    g = g.sigmoid() if has("sigmoid candidate") else g if has("raw candidate") else g.tanh()
    new = (f * c + (g if has("no input gate") else i * g)) if not has("detached") else f * c.detach() + i * g
    shown = c if has("old memory") else new
    h = o * (shown if has("no tanh") else shown.tanh())
    if has("h only") or has("stacked"):
        return h if has("h only") else torch.stack([h, new], -1)
    return torch.cat([new, h] if has("c first") else [h, new], -1)


def cell_cases() -> list[Inputs]:
    """One with gates that are as good as shut or open."""
    draw = torch.Generator().manual_seed(3)
    small = (torch.tensor([[0.0, 0.0, 1.0, 0.0]]), torch.tensor([[2.0]]))
    extreme = (torch.tensor([[90.0, -90.0, 90.0, -90.0], [-90.0, 90.0, -90.0, 90.0]]), torch.tensor([[2.0], [-3.0]]))
    return [small, extreme] + [(2 * torch.randn(batch, 4 * hidden, generator=draw), torch.randn(batch, hidden, generator=draw))
                               for batch, hidden in ((1, 2), (3, 5))]


LSTM_CELL = Exact(**words(__file__, "lstm_cell"), reference=lstm_cell, spoiled=spoiled_cell, cases=cell_cases)
