"""Exercise of lesson 05: beam search over a table of word pairs, where the best answer is known."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words

Beginnings = list[tuple[float, int, int]]  # log p, last word, number of words


def beam_search(log_p: Float[Tensor, "before vocab"], width: int, max_length: int) -> Float[Tensor, ""]:
    """log p of the likeliest finished sentence found; word 0 begins and ends it. Nothing finished: minus infinity."""
    return spoiled_search(lambda mistake: False, log_p, width, max_length)


def spoiled_search(has: Has, log_p: Tensor, width: int, max_length: int) -> Tensor:
    table, width = log_p.exp() if has("probabilities added") else log_p, 1 if has("greedy") else width
    table = table.mT if has("row and column") else table
    table = (table.index_fill(1, torch.tensor(0), 0.0) if has("end not paid") else table).tolist()
    still, done, first = [(0.0, 0, 0)], [], 1 if has("never ends") else 0
    for _ in range(max_length - has("one short") + has("end not counted")):
        done = [] if has("last step only") else done
        longer = [[(score + table[last][word], word, n + 1) for word in range(first, len(table))] for score, last, n in still]
        kept = likeliest(has, longer, width)
        done += [one for one in kept if one[1] == 0 or has("never ends")]
        if has("whatever is last"):
            done, still = kept, kept
            continue
        still = [one for one in kept if one[1] != 0]
        if done and has("first finished"):
            break
    scores = [score / n if has("per word") else score for score, _, n in done + (still if has("unfinished") else [])]
    best = log_p.new_tensor((min if has("least likely") else max)(scores, default=-torch.inf))
    return best.exp() if has("probability") else best


def likeliest(has: Has, longer: list[Beginnings], width: int) -> Beginnings:
    """The likeliest candidates of a step."""
    def best(candidates: Beginnings) -> Beginnings:
        return sorted(candidates, key=lambda one: one[0], reverse=not has("ascending"))[:width]

    everything = [one for beginning in longer for one in beginning]
    if has("of each beginning"):
        return [one for beginning in longer for one in best(beginning)]
    if has("places kept"):
        return best([one for one in everything if one[1]]) + [one for one in everything if not one[1]]
    return best(everything)


def search_cases() -> list[Inputs]:
    """Words that may not follow each other, a beam of one, nothing that ends in time."""
    draw = torch.Generator().manual_seed(SEED)
    never = torch.tensor([[0.0, 0.6, 0.4], [0.0, 0.0, 1.0], [0.6, 0.4, 0.0]]).log()
    sizes = ((3, 2, 3), (4, 2, 2), (4, 2, 3), (4, 3, 2), (5, 2, 4), (5, 3, 3), (5, 3, 6), (6, 2, 3), (6, 4, 4))
    tables = [((1.5 * torch.randn(size, size, generator=draw) - 1.0 * (torch.arange(size) == 0)).log_softmax(-1), width, length)
              for size, width, length in sizes]
    return [(torch.tensor([[0.3, 0.7], [0.6, 0.4]]).log(), 2, 2), (never, 2, 3), (never, 2, 1), *tables]


SEED = 144  # of tables on which every mistake shows
BEAM_SEARCH = Values(**words(__file__, "beam_search"), reference=beam_search, spoiled=spoiled_search, cases=search_cases,
                     together=1)
