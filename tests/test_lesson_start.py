"""Lesson 00: what it writes out is what the library has, it runs on a reader's text, and its widget changes the text."""
import json
import math
from pathlib import Path

import pytest
import torch

from gensq_course.execute import running
from gensq_course import widgets
from gensq_course.report.lessons import source
from gensq_lib.maths.stats import estimate
from gensq_lib.text import decoding
from gensq_lib.text.scoring import log_likelihood_at

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "00_start_here.ipynb"


@pytest.fixture(scope="module")
def solutions() -> dict:
    found = {"torch": torch}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if "solution" in cell["metadata"].get("tags", []):
            exec(source(cell), found)
    return found


def test_the_standard_error_of_the_lesson_is_the_library_s(solutions, generator):
    values = torch.randn(9, 4, generator=generator)
    by_hand = solutions["standard_error_solution"](values)
    assert by_hand.tolist() == pytest.approx(estimate(values).error.tolist(), rel=1e-5)


def test_the_sampler_draws_at_the_lesson_s_temperature(solutions, language_model):
    """The probability with which a sentence was drawn is the product of the words' probabilities at that temperature."""
    drawn = decoding.sample(language_model, num=6, max_length=8, temperature=1.7, generator=torch.Generator().manual_seed(0))
    state, total = language_model.start(None, 6), torch.zeros(6)
    previous = torch.full((6,), 1)
    for time in range(drawn.tokens.shape[1]):
        log_probs, state = language_model.step(previous, state)
        spoken = log_probs.index_fill(-1, torch.tensor([0, 1]), -torch.inf).log_softmax(-1)
        previous = drawn.tokens[:, time]
        hot = solutions["at_temperature_solution"](spoken, 1.7).gather(-1, previous[:, None]).squeeze(-1)
        total += torch.where(time < drawn.lengths, hot, 0.0).detach()
    mine = log_likelihood_at(language_model, drawn.batch(), temperatures=[1.7])[0]
    torch.testing.assert_close(total, mine)


def test_surprise_is_in_nats(solutions):
    assert solutions["surprise_solution"](torch.tensor([1.0, 1 / 8])).tolist() == pytest.approx([0, math.log(8)])


def test_a_step_of_the_slider_changes_the_text():
    slider, pages = widgets.stepper(["T = 0.3\ncold", "T = 1.6\nwarm"], "colder to warmer").children
    shown = [pages.children[step].value for step in (slider.min, slider.max)]
    assert "cold" in shown[0] and "warm" in shown[1] and slider.step == 1


def test_the_committed_widget_has_different_pages():
    metadata = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["metadata"]
    models = metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"].values()
    pages = [text for text in (str(model["state"].get("value", "")) for model in models) if "T = " in text]
    assert len(set(pages)) == len(pages) == 7


@pytest.mark.slow
def test_lesson_00_runs_on_a_reader_s_file(tmp_path, monkeypatch):
    """No grammar, no truth: what needs it is left out, the rest runs, and nothing is claimed."""
    lines = [f"the {a} {b} the {c} ." for a in ("cat", "dog", "cow") for b in ("sees", "likes", "hears", "finds", "draws")
             for c in ("man", "sun", "tree", "house", "river", "moon", "star", "road", "pond", "hill", "town", "barn")]
    lines += [line.replace("the", "a", 1) for line in lines] + [line.replace("the", "one", 1) for line in lines]
    (tmp_path / "mine.txt").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("GENSQ_PROGRESS", "0")
    outcome = running.run("00_start_here", parameters={"corpus": f"file:{tmp_path / 'mine.txt'}", "budget": "smoke"},
                         output=tmp_path / "report")
    assert outcome.status == "passed", outcome.message
    assert outcome.metrics["claims"] == {} and set(outcome.metrics["recorded"]) == {"nll_model", "nll_unigram", "gap"}
