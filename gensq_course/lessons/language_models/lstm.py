"""Exercise of lesson 05: what an LSTM cell does with its four parts and its memory."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


def lstm_cell(gates: Float[Tensor, "batch gates"], c: Float[Tensor, "batch hidden"]) -> Float[Tensor, "batch both"]:
    """The new h and c side by side (Hochreiter & Schmidhuber 1997, with today's forget gate); parts as in torch."""
    i, f, g, o = gates.chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return torch.cat([o.sigmoid() * c.tanh(), c], -1)


def spoiled_cell(has: Has, gates: Tensor, c: Tensor) -> Tensor:
    i, f, g, o = gates.chunk(4, -1)
    if has("order"):
        g, o = o, g
    if has("swapped"):
        i, f = f, i
    squash = torch.tanh if has("tanh gates") else (lambda x: x) if has("raw gates") else torch.sigmoid
    i, f, o = squash(i), squash(f), squash(o)
    f = 1 - i if has("coupled") else torch.ones_like(f) if has("no forget") else f
    o = torch.ones_like(o) if has("no output gate") else o
    g = g.sigmoid() if has("sigmoid candidate") else g if has("raw candidate") else g.tanh()
    new = f * c + (g if has("no input gate") else i * g)
    shown = c if has("old memory") else new
    h = o * (shown if has("no tanh") else shown.tanh())
    if has("h only"):
        return h
    return torch.cat([new, h] if has("c first") else [h, new], -1)


def cell_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(3)
    small = (torch.tensor([[0.0, 0.0, 1.0, 0.0]]), torch.tensor([[2.0]]))
    return [small] + [(2 * torch.randn(batch, 4 * hidden, generator=draw), torch.randn(batch, hidden, generator=draw))
                      for batch, hidden in ((1, 2), (3, 5))]


LSTM_CELL = Exact(
    name="lstm_cell", reference=lstm_cell, spoiled=spoiled_cell, cases=cell_cases,
    mistakes={
        "swapped": "input gate and forget gate have changed places: the order is input, forget, candidate, output.",
        "order": "candidate and output gate have changed places: the order is input, forget, candidate, output.",
        "sigmoid candidate": "the candidate g goes through a sigmoid; it needs tanh, or the memory could only grow.",
        "raw candidate": "the candidate g needs a tanh: without it one step can write any number into the memory.",
        "raw gates": "the gates need a sigmoid: a gate is a number between 0 and 1.",
        "tanh gates": "the gates go through tanh; they need a sigmoid: a gate is a number between 0 and 1.",
        "no output gate": "the output gate o is not used: h is o times tanh(c).",
        "no tanh": "the tanh around the memory is missing in h: h is o times tanh(c).",
        "old memory": "h is made from the old memory; it shows the new one.",
        "no forget": "the forget gate is not used: the old memory must be multiplied by f.",
        "no input gate": "the input gate is not used: the candidate must be multiplied by i.",
        "coupled": "it uses 1 - i in place of the forget gate f; an LSTM has a forget gate of its own.",
        "c first": "c stands before h in the result: return torch.cat([h, c], -1).",
        "h only": "it returns h alone; the next step needs the memory c, too: torch.cat([h, c], -1).",
    },
    hints=(
        "gates.chunk(4, -1) gives i, f, g, o. Which of the four are doors (0 to 1), and which one is content (-1 to 1)?",
        "New memory: what the forget gate lets stay of c, plus what the input gate lets in of tanh(g).",
        "c = f.sigmoid() * c + i.sigmoid() * g.tanh(); h = o.sigmoid() * c.tanh(); torch.cat([h, c], -1).",
    ),
    praise="The memory is changed by a product and a sum only: that is the road on which gradients survive many words.",
)
