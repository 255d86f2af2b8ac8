"""The exercises of lesson 05: complete, planted mistakes found again, lost gradients noticed."""
import pytest
import torch
from answers import verdict_of
from answers.language_models import NAMES, by_slices, by_torch, taken

from gensq_course.checks import attempts, registry
from gensq_course.lessons import language_models


@torch.no_grad()
def test_the_cell_is_torch_s():
    gates, c = torch.randn(3, 20), torch.randn(3, 5)
    torch.testing.assert_close(language_models.lstm.lstm_cell(gates, c), by_torch(gates, c))


@pytest.mark.parametrize("name", NAMES)
def test_planted_mistakes_are_found_again(name):
    asked = registry.exercise(name)
    for key in asked.mistakes:
        finding = asked.judge(attempts.Attempt(lambda *case, key=key: asked.with_mistakes((key,), case)))
        assert set(finding.mistakes) - {"gradient lost"} == {key}


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_complete(name):
    asked = registry.exercise(name)
    assert len(asked.hints) == len(set(asked.hints)) == 3
    assert all(text.endswith(".") for text in asked.mistakes.values())


@pytest.mark.parametrize("name, function", [("lstm_cell", lambda gates, c: by_slices(gates, c).detach()),
                                            ("kneser_ney", lambda n, d: taken(n.detach(), d))])
def test_a_lost_gradient_is_noticed(name, function):
    assert "gradient" in verdict_of(name, function)[1]
