"""Lesson 00: what it writes out is what the library has, it runs on a reader's text, and its widget changes the text."""
import json
import re
import math
from pathlib import Path

import pytest
import torch

from gensq_course.execute import running
from gensq_course import widgets
from gensq_course.lessons.start_here import pictures, reading
from gensq_course.report.lessons import source
from gensq_lib.maths.stats import estimate
from gensq_lib.text import corpora, decoding
from gensq_lib.text.scoring import log_likelihood_at
from gensq_lib.text.vocab import Vocab

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "00_start_here.ipynb"


@pytest.fixture(scope="module")
def solutions() -> dict:
    found = {"torch": torch, "Vocab": Vocab}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if "solution" in cell["metadata"].get("tags", []):
            exec(source(cell), found)
    found["at_temperature"] = found["at_temperature_solution"]
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


class Pairs:
    """A decoder that remembers one word: a table of log-probabilities."""

    def __init__(self, table):
        self.table = table

    def start(self, z, num):
        return (torch.zeros(num, 1),)

    def step(self, previous, state):
        return self.table[previous], state


def test_the_loop_of_the_lesson_draws_what_the_library_draws(solutions, generator):
    """From the same random numbers, word for word, at another temperature, too."""
    table = torch.randn(9, 9, generator=generator)
    table[:, [0, 1]] = -torch.inf  # <pad> and <bos> are never said
    table = table.log_softmax(-1)
    for seed, temperature in ((0, 1.0), (1, 1.0), (2, 0.6), (3, 1.7)):
        drawn = decoding.sample(Pairs(table), num=1, max_length=12, temperature=temperature,
                                generator=torch.Generator().manual_seed(seed)).tokens[0]
        uniforms = torch.rand(1, 12, generator=torch.Generator().manual_seed(seed))[0]
        by_hand = solutions["draw_words_solution"](table, uniforms, temperature)
        assert by_hand[:len(drawn)].tolist() == drawn.tolist() and not by_hand[len(drawn):].any()


@pytest.mark.parametrize("num", [200, 300, 10_000])
def test_a_right_guess_of_the_error_is_right_at_every_budget(solutions, num):
    """A hundred groups of num / 100 sentences against all: ten times, within the tolerance of 2, for 30 seeds."""
    for seed in range(30):
        costs = 18 + 3 * torch.randn(num, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        few = num // 100
        groups = costs[:100 * few].reshape(100, few).T
        error = solutions["standard_error_solution"]
        assert abs(error(groups).square().mean().sqrt() / error(costs[:, None]) - 10).item() < 2


def test_bars_say_words_and_numbers_in_any_script():
    html = pictures.coloured_words(["<b>", "厨师"], [0.0, 2.5], "caption & more").html
    assert "&lt;b&gt;" in html and "厨师" in html and ">2.50<" in html and ">0.00<" in html and "caption &amp; more" in html
    assert html.count("background:rgb(") == 2 and pictures.mixed("#000000", "#FFFFFF", 0.5) == "rgb(128,128,128)"


def test_a_reading_counts_mistakes_neighbours_words_and_kinds():
    text = corpora.load("world", num_train=1)
    drawn = [d.words("en") for d in text.grammar.sample(40, generator=torch.Generator().manual_seed(0))]
    found = reading.reading(drawn, text, reading.neighbours(drawn), "type")
    assert (found.num, found.mistakes, found.unread) == (40, 0, 0) and sum(found.kinds.values()) == pytest.approx(1)
    broken = [("the", "the", "cook"), *drawn]
    found = reading.reading(broken, text, reading.neighbours(drawn), "type")
    assert (found.mistakes, found.unread) == (1, 1) and reading.reading(broken, text, reading.neighbours(broken), "").unread == 0


def test_a_step_of_the_slider_changes_the_text():
    slider, pages = widgets.stepper(["T = 0.3\ncold", "T = 1.6\nwarm"], "colder to warmer").children
    shown = [pages.children[step].value for step in (slider.min, slider.max)]
    assert "cold" in shown[0] and "warm" in shown[1] and slider.step == 1


def test_the_committed_widget_has_different_pages():
    metadata = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["metadata"]
    models = metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"].values()
    pages = [text for text in (str(model["state"].get("value", "")) for model in models) if re.search("T = .*<br>", text)]
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
