"""Exercises of lesson 05: choosing words: the distribution of nucleus sampling, and beam search in a table of word pairs."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def nucleus(log_probs: Float[Tensor, "batch vocab"], p: float) -> Float[Tensor, "batch vocab"]:
    """Probabilities of the smallest set of likeliest words that reaches p, scaled to sum 1 (Holtzman et al. 2020)."""
    ordered, index = log_probs.exp().sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    keep = before < p
    kept = ordered.where(keep, 0.0)
    scaled = kept / kept.sum(-1, keepdim=True)
    result = torch.zeros_like(scaled).scatter(-1, index, scaled)
    return result


NUCLEUS_SLIPS = {
    "no exp": (".exp()", ""),
    "not sorted": (".sort(-1, descending=True)", ", torch.arange(log_probs.shape[1]).expand_as(log_probs)"),
    "ascending": ("descending=True", "descending=False"),
    "crossing": ("before < p", "before + ordered <= p"),
    "crossing but first": ("before < p", "(before + ordered < p) | (before == 0)"),
    "one more": ("before < p", "before - ordered.roll(1, -1) * (before > 0) < p"),
    "counted twice": ("before < p", "before - ordered < p"),
    "threshold": ("before < p", "ordered >= 1 - p"),
    "each alone": ("before < p", "ordered >= p"),
    "share of words": ("before < p", "torch.arange(ordered.shape[1]) < p * ordered.shape[1]"),
    "top-k": ("before < p", "torch.arange(ordered.shape[1]) < max(1, int(p * ordered.shape[1]))"),
    "first row": ("(keep,", "(keep[:1],"),
    "the rest": ("(keep,", "(~keep,"),
    "equal": ("ordered.where", "torch.ones_like(ordered).where"),
    "softmax": ("kept / kept.sum(-1, keepdim=True)", "kept.softmax(-1)"),
    "divided by p": ("kept.sum(-1, keepdim=True)", "p"),
    "not scaled": (" / kept.sum(-1, keepdim=True)", ""),
    "gathered": ("torch.zeros_like(scaled).scatter(-1, index, scaled)", "scaled.gather(-1, index)"),
    "order lost": ("torch.zeros_like(scaled).scatter(-1, index, scaled)", "scaled"),
    "wrong axis": (("sort(-1", "sort(0"), ("cumsum(-1", "cumsum(0"), (".sum(-1", ".sum(0"), ("scatter(-1", "scatter(0")),
    "log": ("return result", "return result.log()"),
}


def nucleus_cases() -> list[Inputs]:
    """Among them a word that is impossible, and rows that are sure and unsure."""
    draw = torch.Generator().manual_seed(6)
    small = [(torch.tensor([[0.2, 0.5, 0.3]]).log(), 0.6), (torch.tensor([[0.0, 0.01, 0.99], [0.4, 0.3, 0.3]]).log(), 0.8)]
    sizes = ((1, 6, 0.7), (4, 12, 0.6))
    return small + [(torch.randn(batch, vocab, generator=draw).log_softmax(-1), p) for batch, vocab, p in sizes]


NUCLEUS = Values(**words(__file__, "nucleus"), reference=nucleus, slips=NUCLEUS_SLIPS, cases=nucleus_cases)


def beam_search(log_p: Float[Tensor, "before vocab"], width: int, max_length: int) -> Float[Tensor, ""]:
    """log p of the likeliest finished sentence found; word 0 begins and ends it. Nothing finished: minus infinity."""
    table, still, done = log_p.tolist(), [(0.0, 0)], []  # still: log p and last word of beginnings that go on
    for _ in range(max_length):
        longer = [(score + table[last][word], word) for score, last in still for word in range(len(table))]
        kept = likeliest(longer, width)
        done += [score for score, word in kept if word == 0]
        still = [(score, word) for score, word in kept if word != 0]
    return log_p.new_tensor(max(done, default=-torch.inf))


def likeliest(candidates: list[tuple[float, int]], width: int) -> list[tuple[float, int]]:
    return sorted(candidates, key=lambda one: one[0], reverse=True)[:width]


BEAM_SLIPS = {
    "probabilities added": ("log_p.tolist()", "log_p.exp().tolist()"),
    "end not paid": ("log_p.tolist()", "log_p.index_fill(1, torch.tensor(0), 0.0).tolist()"),
    "one short": ("range(max_length)", "range(max_length - 1)"),
    "end not counted": ("range(max_length)", "range(max_length + 1)"),
    "row and column": ("table[last][word]", "table[word][last]"),
    "never ends": (("range(len(table))", "range(1, len(table))"), (" if word == 0", "")),
    "greedy": ("[:width]", "[:1]"),
    "ascending": ("reverse=True", "reverse=False"),
    "of each beginning": ("likeliest(longer, width)", "[one for i in range(0, len(longer), len(table)) "
                          "for one in likeliest(longer[i : i + len(table)], width)]"),
    "places kept": ("likeliest(longer, width)", "likeliest([one for one in longer if one[1]], width) "
                    "+ [one for one in longer if not one[1]]"),
    "last step only": ("done +=", "done ="),
    "whatever is last": (("done +=", "done ="), (" if word == 0", ""), (" if word != 0", "")),
    "first finished": ("still = [(score", "still = [] if done else [(score"),
    "unfinished": ("max(done,", "max(done + [score for score, _ in still],"),
    "least likely": ("max(done", "min(done"),
    "per word": (("for _ in", "for n in"), ("[score for", "[score / (n + 1) for")),
    "probability": ("-torch.inf))", "-torch.inf)).exp()"),
}


def beam_cases() -> list[Inputs]:
    """Words that may not follow each other, a beam of one, nothing that ends in time."""
    draw = torch.Generator().manual_seed(144)  # tables on which every mistake shows
    never = torch.tensor([[0.0, 0.6, 0.4], [0.0, 0.0, 1.0], [0.6, 0.4, 0.0]]).log()
    sizes = ((3, 2, 3), (4, 2, 2), (4, 2, 3), (4, 3, 2), (5, 2, 4), (5, 3, 3), (5, 3, 6), (6, 2, 3), (6, 4, 4))
    tables = [((1.5 * torch.randn(size, size, generator=draw) - 1.0 * (torch.arange(size) == 0)).log_softmax(-1), width, length)
              for size, width, length in sizes]
    return [(torch.tensor([[0.3, 0.7], [0.6, 0.4]]).log(), 2, 2), (never, 2, 3), (never, 2, 1), *tables]


BEAM_SEARCH = Values(**words(__file__, "beam_search"), reference=beam_search, slips=BEAM_SLIPS, cases=beam_cases, together=1)
