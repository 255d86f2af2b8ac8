"""A wrong answer that is not planted is told what it looks like, when a relation fits on every input."""
import pytest
import torch

from gensq_course.checks.attempts import likely_cause
from gensq_course.checks.symptoms import symptom, where_right


EDGES = ("holds a 0", "an infinite number", "below 0", "ten times as large", "nearer to 0")


def rate(mean, stddev):
    """A reference with two inputs and no symmetry between them."""
    return (mean**2 / stddev).sum(-1) - stddev.log().sum(-1)


def cases():
    draw = torch.Generator().manual_seed(0)
    return [(torch.randn(num, 3, generator=draw), torch.rand(num, 3, generator=draw) + 0.2) for num in (1, 3, 4)]


def said(answer):
    return " ".join(symptom(lambda case: rate(*case), ["mean", "stddev"], [(case, answer(*case)) for case in cases()]).values())


@pytest.mark.parametrize("answer, words", [
    (lambda m, s: rate(m, s**2), "`stddev` squared"),
    (lambda m, s: rate(m, s.exp()), "exp of `stddev`"),
    (lambda m, s: rate(torch.zeros_like(m), s), "all zeros in place of `mean`"),
    (lambda m, s: 3 * rate(m, s), "times 3"),
    (lambda m, s: rate(m, s) + 0.5, "off by +0.5"),
    (lambda m, s: rate(m, s).exp(), "exp of the right result"),
    (lambda m, s: rate(m, s)[:, None], "axis of length 1"),
    (lambda m, s: rate(m, s).flip(0), "opposite order"),
    (lambda m, s: rate(m, s).mean(), "over everything"),
    (lambda m, s: rate(m, s) // 1, "rounded down"),
    (lambda m, s: rate(m[:1].expand_as(m), s), "first row of `mean`"),
])
def test_a_relation_that_fits_all_inputs_is_said(answer, words):
    assert words in said(answer)


@pytest.mark.parametrize("answer", [lambda m, s: torch.full_like(m[:, 0], 7.0), lambda m, s: rate(m, s) + m[:, 0],
                                    lambda m, s: torch.full_like(m[:, 0], torch.nan)])
def test_nothing_is_said_where_nothing_fits(answer):
    assert said(answer) == ""


def test_exchanged_inputs_are_said():
    def reference(a, b):
        return (a - 2 * b).sum(-1)
    pairs = [((a, b), reference(b, a)) for a, b in cases()]
    assert "`a` and `b` exchanged" in symptom(lambda case: reference(*case), ["a", "b"], pairs)["looks like"]


def test_right_for_most_inputs_is_said():
    truths = [rate(*case) for case in cases()]
    assert "2 of 3" in where_right(cases(), truths, [*truths[:2], truths[2] + 1])["right but for some"]
    assert where_right(cases(), truths, truths) == {} and where_right(cases(), truths, [t + 1 for t in truths]) == {}


@pytest.mark.parametrize("inputs, wrong, words", [
    ([[1.0, 2.0], [3.0, 1.0], [0.0, 2.0]], {2}, "holds a 0"),
    ([[1.0, 2.0], [3.0, 1.0], [2.0, torch.inf]], {2}, "an infinite number"),
    ([[1.0, 2.0], [3.0, 1.0], [2.0, -1.0]], {2}, "below 0"),
    ([[1.0, 2.0], [3.0, 1.0], [2.0, 500.0]], {2}, "ten times as large"),
    ([[1.0, 2.0], [3.0, 1.0], [2.0, 1e-9]], {2}, "nearer to 0"),
    ([[1.0, 2.0], [3.0, 1.0], [2.0]], {2}, "length 1"),
    ([[1.0, 2.0], [3.0, 1.0], [2.0, 1.0, 2.0]], {2}, "larger"),
    ([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0], [2.0, 1.0]], {2}, "smaller"),
    ([[1.0, 2.0], [3.0, 1.0], [2.0, 3.0]], {2}, "its size, its order, an extreme value, a tie"),
    ([[0.0, 2.0], [3.0, 1.0], [0.0, 3.0]], {2}, "its size, its order, an extreme value, a tie"),  # a right one has a 0, too
    ([[3.0, 1.0], [0.0, 2.0], [1.0, 3.0], [2.0, 1.0]], {1, 3}, "its size, its order, an extreme value, a tie"),
])
def test_what_only_the_wrong_inputs_have_is_said_and_nothing_else(inputs, wrong, words):
    """A clamp is spoken of where the inputs have an edge at which one could show, and nowhere else."""
    found = [(torch.tensor(row),) for row in inputs]
    truths = [x.sum() for x, in found]
    theirs = [torch.tensor(-7.0) if i in wrong else t for i, t in enumerate(truths)]
    said = where_right(found, truths, theirs)["right but for some"]
    assert words in said and ("clamp" in said) == (words in EDGES)


@pytest.mark.parametrize("wrong, words", [
    (lambda: torch.ones(3) + torch.ones(2), "keepdim=True"),
    (lambda: torch.ones(2, 3) @ torch.ones(2, 3), "matrix product"),
    (lambda: torch.log(1.0), "math.log"),
    (lambda: torch.ones(2, requires_grad=True).numpy(), "detach"),
    (lambda: bool(torch.ones(2) > 0), "torch.where"),
    (lambda: torch.ones(2).sum(3), "does not exist"),
    (lambda: torch.ones(2).topk(3), "the smaller of k"),
    (lambda: torch.distributions.Normal(torch.zeros(1), -torch.ones(1)), "above 0"),
])
def test_the_likely_cause_of_an_exception_is_said(wrong, words):
    with pytest.raises(Exception) as raised:
        wrong()
    assert words in likely_cause(raised.value)
