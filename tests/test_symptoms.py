"""A wrong answer that is not planted is told what it looks like, when a relation fits on every input."""
import pytest
import torch

from gensq_course.checks.attempts import likely_cause
from gensq_course.checks.symptoms import symptom, where_right


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
    assert "2 of 3" in where_right(truths, [*truths[:2], truths[2] + 1])["right but for some"]
    assert where_right(truths, truths) == {} and where_right(truths, [t + 1 for t in truths]) == {}


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
