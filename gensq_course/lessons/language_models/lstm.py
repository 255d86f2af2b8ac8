"""Exercise of lesson 05: what an LSTM cell does with its four parts and its memory."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words


def lstm_cell(gates: Float[Tensor, "batch gates"], c: Float[Tensor, "batch hidden"]) -> Float[Tensor, "batch both"]:
    """The new h and c side by side (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000); parts as in torch."""
    i, f, g, o = gates.chunk(4, -1)
    f, i, o = f.sigmoid(), i.sigmoid(), o.sigmoid()
    c = f * c + i * g.tanh()
    h = o * c.tanh()
    return torch.cat([h, c], -1)


SLIPS = {
    "interleaved": ("gates.chunk(4, -1)", "gates.unflatten(-1, (-1, 4)).unbind(-1)"),
    "softmax gates": (("gates.chunk", "gates.softmax(-1).chunk"), ("f.sigmoid(), i.sigmoid(), o.sigmoid()", "f, i, o")),
    "all gates": ("g.tanh()", "g.sigmoid().tanh()"),
    "order": ("g, o =", "o, g ="),
    "swapped": ("i, f,", "f, i,"),
    "tanh gates": ("f.sigmoid(), i.sigmoid(), o.sigmoid()", "f.tanh(), i.tanh(), o.tanh()"),
    "raw gates": ("f.sigmoid(), i.sigmoid(), o.sigmoid()", "f, i, o"),
    "coupled": ("f *", "(1 - i) *"),
    "no forget": ("f * ", ""),
    "input coupled": ("i *", "(1 - f) *"),
    "no input gate": ("i * ", ""),
    "no output gate": ("o * ", ""),
    "sigmoid candidate": ("g.tanh()", "g.sigmoid()"),
    "raw candidate": ("g.tanh()", "g"),
    "detached": ("f * c", "f * c.detach()"),
    "old memory": (("c = ", "new = "), ("c]", "new]")),
    "no tanh": ("c.tanh()", "c"),
    "h only": ("torch.cat([h, c], -1)", "h"),
    "stacked": ("cat(", "stack("),
    "c first": ("[h, c]", "[c, h]"),
}


def cell_cases() -> list[Inputs]:
    """One with gates that are as good as shut or open."""
    draw = torch.Generator().manual_seed(3)
    small = (torch.tensor([[0.0, 0.0, 1.0, 0.0]]), torch.tensor([[2.0]]))
    extreme = (torch.tensor([[90.0, -90.0, 90.0, -90.0], [-90.0, 90.0, -90.0, 90.0]]), torch.tensor([[2.0], [-3.0]]))
    return [small, extreme] + [(2 * torch.randn(batch, 4 * hidden, generator=draw), torch.randn(batch, hidden, generator=draw))
                               for batch, hidden in ((1, 2), (3, 5))]


LSTM_CELL = Exact(**words(__file__, "lstm_cell"), reference=lstm_cell, slips=SLIPS, cases=cell_cases)
