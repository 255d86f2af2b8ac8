"""Exercises of lesson 12 on scores: ROUGE-L by dynamic programming, facts that are wrong, words that are looked at again."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Number, Words = Float[Tensor, ""], Int[Tensor, "_"]


def rouge_l(beta: Number, said: Words, reference: Words) -> Number:
    """F of the longest common subsequence, (1 + beta²) R P / (R + beta² P) (Lin 2004); 0 where nothing is shared."""
    longest = torch.zeros(len(said) + 1, len(reference) + 1, dtype=beta.dtype)
    for i, word in enumerate(said):
        for j, other in enumerate(reference):
            skipped = torch.maximum(longest[i, j + 1], longest[i + 1, j])
            longest[i + 1, j + 1] = longest[i, j] + 1 if word == other else skipped
    recall, precision = longest[-1, -1] / len(reference), longest[-1, -1] / len(said)
    both = recall + beta**2 * precision
    return (1 + beta**2) * recall * precision / both if both > 0 else both


F = "(1 + beta**2) * recall * precision / both if both > 0 else both"
MATCH = "longest[i, j] + 1 if word == other else skipped"


def bag(beta: Number, said: Words, reference: Words) -> Number:
    """The mistake: shared words in any order, as ROUGE-1 counts them."""
    left, shared = reference.tolist(), 0
    for word in said.tolist():
        if word in left:
            left.remove(word)
            shared += 1
    return f_of(beta, shared, said, reference)


def one_pass(beta: Number, said: Words, reference: Words) -> Number:
    """The mistake: each word is looked for behind the last match, and the first place is taken."""
    place, shared = 0, 0
    for word in said.tolist():
        later = reference[place:].tolist()
        if word in later:
            place, shared = place + later.index(word) + 1, shared + 1
    return f_of(beta, shared, said, reference)


def same_places(beta: Number, said: Words, reference: Words) -> Number:
    """The mistake: words are compared place by place."""
    num = min(len(said), len(reference))
    return f_of(beta, int((said[:num] == reference[:num]).sum()), said, reference)


def f_of(beta: Number, shared: int, said: Words, reference: Words) -> Number:
    """F from the number of shared words."""
    recall, precision = (torch.tensor(shared / len(words_), dtype=beta.dtype) for words_ in (reference, said))
    both = recall + beta**2 * precision
    return (1 + beta**2) * recall * precision / both if both > 0 else both


ROUGE_FORMS = {"any order": bag, "first place taken": one_pass, "place by place": same_places}
ROUGE_SLIPS = {
    "substring": ("else skipped", "else 0"), "extended by both": (MATCH, "longest[i, j] + 1 if word == other else longest[i, j]"),
    "one side": ("torch.maximum(longest[i, j + 1], longest[i + 1, j])", "longest[i, j + 1]"),
    "counted twice": ("longest[i, j] + 1", "skipped + 1"),
    "length": (F, "longest[-1, -1]"), "recall": (F, "recall"), "precision": (F, "precision"),
    "beta turned": ("recall + beta**2 * precision", "precision + beta**2 * recall"),
    "beta not squared": (("both = recall + beta**2 * precision", "both = recall + beta * precision"),
                         ("(1 + beta**2)", "(1 + beta)")),
    "no beta": (("both = recall + beta**2 * precision", "both = recall + precision"), ("(1 + beta**2)", "2")),
    "no factor": ("(1 + beta**2) * ", ""), "mean": (F, "(recall + precision) / 2"), "product": (F, "recall * precision"),
    "not a number": (" if both > 0 else both", ""),
}


def rouge_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(41)
    cases = [(torch.tensor(1.0), torch.tensor([1, 2, 3]), torch.tensor([3, 1, 4, 2])),
             (torch.tensor(1.0), torch.tensor([1]), torch.tensor([2, 3])),
             (torch.tensor(2.0), torch.tensor([3, 1, 2, 1]), torch.tensor([1, 2, 1, 3, 5, 6]))]
    return [*cases, *((torch.tensor(beta), torch.randint(4, (a,), generator=draw), torch.randint(4, (b,), generator=draw))
                      for beta, a, b in ((0.5, 9, 6), (3.0, 7, 12)))]


ROUGE = Values(**words(__file__, "rouge_l"), reference=rouge_l, slips=ROUGE_SLIPS, forms=ROUGE_FORMS, cases=rouge_cases,
               together=2)
Facts = Int[Tensor, "batch fact"]


def wrong_share(weight: Float[Tensor, "fact"], said: Facts, report: Facts) -> Float[Tensor, "batch"]:
    """Of what each summary says, the weighed share that its report does not say; 0 where it says nothing."""
    named = said != 0
    wrong = named & (said != report)
    total = (weight * named).sum(-1)
    return (weight * wrong).sum(-1) / torch.where(total > 0, total, 1)


TOTAL = "torch.where(total > 0, total, 1)"
WRONG_SLIPS = {
    "missing is wrong": ("named & (said != report)", "(said != report)"),
    "added is right": ("named & (said != report)", "named & (said != report) & (report != 0)"),
    "right share": ("(said != report)", "(said == report)"),
    "any": ("(weight * wrong).sum(-1) / " + TOTAL, "wrong.any(-1).to(weight)"),
    "not divided": (" / " + TOTAL, ""), "of all facts": (TOTAL, "weight.sum()"),
    "of the report": ("total = (weight * named)", "total = (weight * (report != 0))"),
    "number of facts": (TOTAL, "said.shape[1]"),
    "unweighed": (("(weight * named)", "named.to(weight)"), ("(weight * wrong)", "wrong.to(weight)")),
    "wrong unweighed": ("(weight * wrong)", "wrong.to(weight)"), "total unweighed": ("(weight * named)", "named.to(weight)"),
    "over the batch": (("(weight * named).sum(-1)", "(weight * named).sum()"),
                       ("(weight * wrong).sum(-1)", "(weight * wrong).sum()")),
    "not a number": (TOTAL, "total"), "missing alone": ("named & (said != report)", "~named & (report != 0)"),
}


def wrong_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(42)
    small = (torch.tensor([1.0, 2.0, 1.0]), torch.tensor([[3, 0, 5], [3, 4, 0], [0, 0, 0], [2, 0, 1]]),
             torch.tensor([[3, 2, 4], [3, 4, 1], [1, 1, 1], [2, 1, 0]]))
    return [small, *((torch.rand(num, generator=draw) + 0.2, torch.randint(0, 3, (batch, num), generator=draw),
                      torch.randint(0, 3, (batch, num), generator=draw)) for batch, num in ((5, 4), (8, 6)))]


WRONG = Values(**words(__file__, "wrong_share"), reference=wrong_share, slips=WRONG_SLIPS, cases=wrong_cases, together=2)


def coverage_loss(weights: Float[Tensor, "time source"]) -> Number:
    """What is looked at again: at each word of the summary min(attention, all attention before), summed (See et al. 2017)."""
    before = weights.cumsum(0) - weights
    return torch.minimum(weights, before).sum()


BEFORE = "weights.cumsum(0) - weights"
COVERAGE_SLIPS = {
    "itself": (" - weights", ""), "maximum": ("torch.minimum(", "torch.maximum("), "mean": (".sum()", ".mean()"),
    "per word": ("before).sum()", "before).sum(-1).mean()"), "product": ("torch.minimum(weights, before)", "(weights * before)"),
    "along the source": ("cumsum(0)", "cumsum(1)"),
    "last word alone": (BEFORE, "weights.roll(1, 0) * (torch.arange(len(weights)) > 0)[:, None]"),
    "wraps around": (BEFORE, "weights.roll(1, 0)"), "all words": (BEFORE, "weights.sum(0, keepdim=True) - weights"),
    "whole": (BEFORE, "weights.sum(0, keepdim=True).expand_as(weights)"),
    "difference": ("torch.minimum(weights, before)", "(weights - before).abs()"),
    "what is new": ("torch.minimum(weights, before)", "(weights - before).clamp(min=0)"),
    "mean before": ("cumsum(0) - weights", "cumsum(0).sub(weights) / torch.arange(1, len(weights) + 1)[:, None]"),
}


def coverage_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(43)
    same = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    return [(same,), *(((2 * torch.randn(*shape, generator=draw)).softmax(-1),) for shape in ((3, 4), (6, 3)))]


COVERAGE = Values(**words(__file__, "coverage_loss"), reference=coverage_loss, slips=COVERAGE_SLIPS, cases=coverage_cases,
                  together=2)
