"""The exercises of lessons 01 and 02: complete, planted mistakes found again, whatever comes back ends in a sentence."""

import pytest
import torch
from answers import verdict_in_small_letters
from answers.elbo_kl import NAMES, NUMBERS, PRECISIONS

from gensq_course.checks import attempts, registry
from gensq_course.lessons.kl import museum


@pytest.fixture(autouse=True, params=PRECISIONS, ids=str)
def precision(request):
    """The lessons set float64; a reader may not."""
    torch.set_default_dtype(request.param)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", NUMBERS)
def test_each_planted_mistake_is_found_again(name):
    asked = registry.exercise(name)
    for key in asked.mistakes:
        finding = asked.judge(attempts.Attempt(lambda *case, key=key: asked.with_mistakes((key,), case)))
        assert finding.mistakes and "unlisted" not in finding.mistakes, key


def changes_inputs(name):
    reference = registry.exercise(name).reference

    def changing(*case):
        result = reference(*case)
        next(x for x in case if x.is_floating_point()).mul_(2)
        return result
    return changing


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spoil, says", [
    (lambda result: 1 / 0, "raises zerodivisionerror"),
    (lambda result: None, "returns none"),
    (lambda result: 3.5 if isinstance(result, torch.Tensor) else [3.5], ""),
    (lambda result: result[None] if isinstance(result, torch.Tensor) else "?", ""),
    (lambda result: result.half() if isinstance(result, torch.Tensor) else {}, ""),
])
def test_whatever_comes_back_ends_in_a_sentence(name, spoil, says):
    verdict, text = verdict_in_small_letters(name, lambda *case: spoil(registry.exercise(name).reference(*case)))
    assert verdict == "wrong" and says in text and "unreadable" not in text, text


@pytest.mark.parametrize("name", NUMBERS)
def test_changed_inputs_are_noticed(name):
    verdict, text = verdict_in_small_letters(name, changes_inputs(name))
    assert verdict == "wrong" and "in place" in text


@pytest.mark.parametrize("name", ("log_marginal", "name_the_bugs"))
def test_an_endless_loop_ends(name, monkeypatch):
    monkeypatch.setattr(attempts, "SECONDS", 0.2)

    def endless(*case):
        while True:
            pass
    assert "did not finish" in verdict_in_small_letters(name, endless)[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_complete(name):
    asked = registry.exercise(name)
    assert len(set(asked.hints)) == 3 and len(asked.mistakes) >= 4
    assert all(text.endswith(".") for text in asked.mistakes.values())


def test_exhibits_of_the_museum_differ():
    numbers = {bug: tuple(museum.exhibit(bug).flatten().tolist()) for bug in museum.BUGS.mistakes}
    assert len(set(numbers.values())) == len(numbers) and set(museum.ANSWERS.values()) < set(numbers)
