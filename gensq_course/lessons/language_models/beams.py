"""Exercise of lesson 05: beam search over a table of word pairs, where the best answer is known."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


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


SLIPS = {
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


def search_cases() -> list[Inputs]:
    """Words that may not follow each other, a beam of one, nothing that ends in time."""
    draw = torch.Generator().manual_seed(SEED)
    never = torch.tensor([[0.0, 0.6, 0.4], [0.0, 0.0, 1.0], [0.6, 0.4, 0.0]]).log()
    sizes = ((3, 2, 3), (4, 2, 2), (4, 2, 3), (4, 3, 2), (5, 2, 4), (5, 3, 3), (5, 3, 6), (6, 2, 3), (6, 4, 4))
    tables = [((1.5 * torch.randn(size, size, generator=draw) - 1.0 * (torch.arange(size) == 0)).log_softmax(-1), width, length)
              for size, width, length in sizes]
    return [(torch.tensor([[0.3, 0.7], [0.6, 0.4]]).log(), 2, 2), (never, 2, 3), (never, 2, 1), *tables]


SEED = 144  # of tables on which every mistake shows
BEAM_SEARCH = Values(**words(__file__, "beam_search"), reference=beam_search, slips=SLIPS, cases=search_cases,
                     together=1)
