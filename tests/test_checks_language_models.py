"""The exercises of lesson 05: complete, planted mistakes found again, lost gradients noticed."""
import pytest
import torch
from answers import verdict_of
from answers.language_models import NAMES, by_library, by_slices, by_torch, taken

from gensq_course.checks import attempts, registry
from gensq_course.lessons import language_models


@torch.no_grad()
def test_the_cell_is_torch_s():
    gates, c = torch.randn(3, 20), torch.randn(3, 5)
    torch.testing.assert_close(language_models.layers.lstm_cell(gates, c), by_torch(gates, c))


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
                                            ("attend", lambda *x: by_library(*x).detach())])
def test_a_lost_gradient_is_noticed(name, function):
    assert "gradient" in verdict_of(name, function)[1]


def test_measures_need_no_gradient():
    assert verdict_of("kneser_ney", lambda n, d: taken(n.detach().double(), d))[0] == "right"


@pytest.mark.parametrize("width", [1, 2, 5])
def test_a_beam_of_everything_finds_the_best_sentence(width):
    """Never better than the best of all beginnings, and as good where the beam holds them all."""
    table = torch.randn(4, 4, generator=torch.Generator().manual_seed(width)).log_softmax(-1)
    reached, best = table[0], table[0, 0]
    for _ in range(3):
        reached = (reached[1:, None] + table[1:]).amax(0)
        best = torch.maximum(best, reached[0])
    search = language_models.choosing.beam_search
    torch.testing.assert_close(search(table, 4**4, 4), best)
    assert search(table, width, 4) <= best + 1e-6
