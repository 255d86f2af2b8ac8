"""Exercises of lesson 05: what networks do between words: an LSTM cell with its memory, and causal attention."""
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


CELL_SLIPS = {
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


LSTM_CELL = Exact(**words(__file__, "lstm_cell"), reference=lstm_cell, slips=CELL_SLIPS, cases=cell_cases)


def attend(query: Float[Tensor, "batch time key"], key: Float[Tensor, "batch time key"], value: Float[Tensor, "batch time out"]
           ) -> Float[Tensor, "batch time out"]:
    """At each position a mean of the values there and before, weighed by query · key (Vaswani et al. 2017)."""
    scores = query @ key.mT / query.shape[-1] ** 0.5
    ahead = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
    weights = scores.masked_fill(ahead, -torch.inf).softmax(-1)
    return weights @ value


ATTENTION_SLIPS = {
    "exchanged": ("query @ key.mT", "key @ query.mT"),
    "no scale": (" / query.shape[-1] ** 0.5", ""),
    "whole dim": (" ** 0.5", ""),
    "root of time": ("query.shape[-1]", "query.shape[-2]"),
    "not itself": ("triu(1)", "triu(0)"),
    "one ahead": ("triu(1)", "triu(2)"),
    "mask turned": ("ahead = ", "ahead = ~"),
    "only ahead": ("(ahead", "(ahead.mT"),
    "no mask": (".masked_fill(ahead, -torch.inf)", ""),
    "mask after": ((".masked_fill(ahead, -torch.inf)", ""), ("return weights", "return weights.masked_fill(ahead, 0.0)")),
    "zeros": ("-torch.inf", "0.0"),
    "no softmax": ("-torch.inf).softmax(-1)", "0.0)"),
    "wrong axis": ("softmax(-1)", "softmax(-2)"),
    "batch axis": ("softmax(-1)", "softmax(0)"),
    "weights only": (" @ value", ""),
}


def attention_cases() -> list[Inputs]:
    """One with scores whose exp overflows."""
    draw = torch.Generator().manual_seed(8)
    small = (torch.tensor([[[1.0], [2.0]]]), torch.tensor([[[1.0], [0.0]]]), torch.tensor([[[1.0], [3.0]]]))
    large = (torch.tensor([[[200.0], [100.0]]]), torch.tensor([[[2.0], [1.0]]]), torch.tensor([[[1.0, 5.0], [3.0, -2.0]]]))
    return [small, large] + [tuple(torch.randn(batch, time, size, generator=draw) for size in (dim, dim, out))
                             for batch, time, dim, out in ((1, 3, 2, 3), (2, 5, 4, 3))]


ATTEND = Exact(**words(__file__, "attend"), reference=attend, slips=ATTENTION_SLIPS, cases=attention_cases, together=2)
