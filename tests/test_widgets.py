"""Widgets: cores without a browser; setting a value fires the callbacks."""
import re

import ipywidgets
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gensq_course import widgets
from gensq_course.widgets.arrows import Arrows
from gensq_lib.ground.errors import GensqError
from gensq_lib.plots import style

EVIL = "<script>alert('x')</script> & \"quotes\""


def test_table_escapes_and_takes_chinese():
    html = widgets.table([[EVIL, 1.23456], ["厨师吃了披萨。", 2]], ["a <b>", "n"], caption="<c>")._repr_html_()
    assert "<script>" not in html and "a &lt;b&gt;" in html and "&lt;c&gt;" in html
    assert "厨师吃了披萨。" in html and "1.235" in html and html.count("scope='col'") == 2


def test_a_number_and_its_error_stay_in_one_line():
    assert "3.54\u00a0±\u00a00.05" in widgets.table([["3.54 ± 0.05"]], ["n"])._repr_html_()


def test_table_as_text_is_aligned():
    assert repr(widgets.table([["x", 1.0], ["long", 22.5]], ["name", "n"])) == "name  n\nx     1\nlong  22.5"


@given(st.text())
def test_no_text_escapes_its_box(text):
    inner = widgets.text_html(text).removeprefix(f"<div style='{widgets.TEXT}'>").removesuffix("</div>")
    assert "<" not in inner.replace("<br>", "")


def test_stepper_is_linked_in_the_browser():
    slider, pages = widgets.stepper(["one", EVIL, "three"], "step").children
    assert (slider.min, slider.max, slider.description) == (0, 2, "step")
    assert isinstance(pages, ipywidgets.Stack) and pages.selected_index == 0
    assert "<script>" not in pages.children[1].value
    from ipywidgets.widgets.widget import _instances
    links = [w for w in _instances.values() if isinstance(w, ipywidgets.widgets.widget_link.Link)]
    assert any(w.source == (slider, "value") and w.target == (pages, "selected_index") for w in links)


def test_a_stepper_shows_values_in_place_of_a_count():
    slider, pages = widgets.stepper(["one", "two"], "temperature", ["T = 0.3", "T = 1"]).children
    assert slider.options == ("T = 0.3", "T = 1") and slider.index == pages.selected_index == 0
    from ipywidgets.widgets.widget import _instances
    assert any(getattr(w, "source", None) == (slider, "index") and w.target == (pages, "selected_index")
               for w in _instances.values())
    with pytest.raises(GensqError, match="a value for each of 2 items, got 1"):
        widgets.stepper(["one", "two"], "temperature", ["T = 0.3"])


def test_a_long_value_heads_its_page():
    """Beside the slider JupyterLab would cut it."""
    slider, pages = widgets.stepper(["one", "two"], "you like", ["tent", EVIL]).children
    assert not slider.readout and "<strong>tent</strong>" in pages.children[0].value
    assert "&lt;script&gt;" in pages.children[1].value and "<script>" not in pages.children[1].value
    assert widgets.stepper(["one", "two"], "kind", ["a wrong sentence", "x"]).children[0].readout


def test_stepper_needs_texts():
    with pytest.raises(GensqError, match="at least one"):
        widgets.stepper([], "step")


def test_explorer_follows_its_controls():
    box = widgets.explorer(lambda how_much, word, loud: f"{word} {how_much:.1f}{'!' if loud else ''}",
                           how_much=(0.0, 2.0, 0.5), word=["a", "b"], loud=False)
    keys, amount, word, loud, view = box.children
    assert isinstance(keys, Arrows), "a menu's keys would be JupyterLab's"
    assert "a 0.0" in view.value and amount.description == "how much"
    amount.value, word.value, loud.value = 1.5, "b", True
    assert "b 1.5!" in view.value


def test_explorer_writes_an_error_in_place():
    def show(text):
        raise ValueError(EVIL)
    view = widgets.explorer(show, text="x").children[-1]
    assert "ValueError" in view.value and "<script>" not in view.value


@pytest.mark.parametrize("given_as, kind", [
    ((0, 5, 1), ipywidgets.IntSlider), ((-3.0, 3.0, 0.1), ipywidgets.FloatSlider), (["a"], ipywidgets.Dropdown),
    ("text", ipywidgets.Text), (True, ipywidgets.Checkbox), (ipywidgets.IntText(3), ipywidgets.IntText)])
def test_short_forms_of_controls(given_as, kind):
    assert type(widgets.control("name", given_as)) is kind


def test_a_wrong_control_is_refused():
    with pytest.raises(GensqError, match="low, high, step"):
        widgets.control("name", 3)


def test_pixels_are_grey_squares_with_words():
    drawn = widgets.pixels([[0.0, 1.0], [0.5, 2.0]], alt=EVIL).html
    assert drawn.count("<rect") == 4 and "rgb(255,255,255)" in drawn and drawn.count("rgb(0,0,0)") == 2
    assert "<script>" not in drawn and "aria-label=" in drawn


def test_pictures_step_and_explore_unescaped():
    pages = widgets.stepper([widgets.picture(b"png", alt=EVIL), "text"], "step").children[1].children
    assert pages[0].value.startswith("<img src=") and "<script>" not in pages[0].value
    shade, view = widgets.explorer(lambda shade: widgets.pixels([[shade]], alt="one square"), shade=(0.0, 1.0, 0.5)).children
    shade.value = 1.0
    assert "rgb(0,0,0)" in view.value


def test_explorer_of_pictures_starts_where_it_is_told():
    box = widgets.explorer(lambda width: widgets.picture(b"png", f"{EVIL} {width:.1f}"), width=(0.0, 2.0, 0.5, 1.5))
    slider, view = box.children
    assert slider.value == 1.5 and '1.5"' in view.value and "<script>" not in view.value and "data:image/png" in view.value
    slider.value = 0.5
    assert '0.5"' in view.value


def test_typed_takes_examples_and_anything_else():
    box = widgets.explorer(lambda sentence: sentence, sentence=widgets.Typed(["one", "two"]))
    field, view = box.children
    assert isinstance(field, ipywidgets.Combobox) and list(field.options) == ["one", "two"] and "one" in view.value
    field.value = EVIL
    assert "<script>" not in view.value and "&lt;script&gt;" in view.value


def test_a_mistake_of_the_reader_is_a_sentence_without_the_name_of_its_class():
    def show(word):
        raise GensqError(f"expected a word, got {word}")
    view = widgets.explorer(show, word="<b>x</b>").children[-1]
    assert "role='alert'" in view.value and ">expected a word, got &lt;b&gt;x&lt;/b&gt;<" in view.value


def test_cards_stand_side_by_side_and_are_escaped():
    shown = widgets.together(widgets.cards({"linear <i>": EVIL, "other": "b"}, note="<c>"), widgets.table([[1]], ["n"])).html
    assert "<script>" not in shown and "linear &lt;i&gt;" in shown and "&lt;c&gt;" in shown and "<table>" in shown
    assert shown.count("flex:1") == 2 and "role='status'" in shown
    assert shown.count("padding: .2em .7em; line-height") == 1, "the columns of a table in a widget are set apart"


def an_atlas():
    places = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    return widgets.atlas(places, ["b", "a", "b"], lambda x, y: f"{EVIL} at {x:.1f}, {y:.1f}", alt="Three points.")


def test_an_atlas_says_what_a_place_stands_for():
    drawn, view = an_atlas().children
    assert drawn.groups == ["a", "b"] and [row[2] for row in drawn.points] == [1, 0, 1] and drawn.says == "Three points."
    assert "at 0.0, 1.0" in view.value, "it begins at the first point"
    drawn.place = [2.5, -1.0]
    assert "at 2.5, -1.0" in view.value and "<script>" not in view.value


def test_the_script_of_the_atlas_fetches_nothing():
    script = str(an_atlas().children[0]._esm)
    assert "export default" in script and not any(word in script for word in ("fetch", "import(", "https", "innerHTML"))


def test_the_script_of_the_atlas_takes_every_colour_from_the_style():
    drawn = an_atlas().children[0]
    assert set(re.findall(r"\blook\.(\w+)", str(drawn._esm))) == set(drawn.look)
    assert drawn.look["groups"] == list(style.COLOURS.values()) and drawn.look["mark"] == style.INK


def test_what_only_rounding_errors_left_is_0_in_a_table():
    found = {"a": -5e-15, "b": 0.123456, "c": 9.0}
    assert widgets.rounded(found, names=("b", "a")) == [0.1235, 0.0]
    assert str(widgets.rounded(found, names=["a"])[0]) == "0.0"
