"""Three things that you like, in JupyterLab, as a page of Voila and in a report without a kernel: by mouse and by keyboard."""
import ipywidgets
import nbformat
import pytest
from test_report_browser import CONTRASTS, ENOUGH, METRICS, PHONE, WIDE
from widget_page import WAIT, WAYS, after, said, shown

from gensq_course.execute.page import to_html
from gensq_course.lessons.topics_and_tastes import pictures_tastes
from gensq_course.studies.tasting import Chosen
from gensq_lib.models.recommenders import ease, item_knn, popularity
from gensq_lib.vectors import clicks

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANY = "16_dialogue_gan"  # whose settings the server has; the cells are ours
THREES = [["tent", "beach", "camera"], ["cake", "bread", "chess"], ["guitar", "dance", "party"]]
ROOM = """
from gensq_course import widgets
from gensq_course.lessons.topics_and_tastes import pictures_tastes
from gensq_course.studies.tasting import Chosen
from gensq_lib.models.recommenders import ease, popularity
from gensq_lib.vectors import clicks

data = clicks.load(seed=7)
chosen = {"popularity": Chosen(popularity(data.train), {}, []), "EASE": Chosen(ease(data.train, strength=300.0), {}, [])}
widgets.explorer(pictures_tastes.adviser(data, chosen), **pictures_tastes.menus(data, start=["tent", "beach", "camera"]))
"""


@pytest.fixture(scope="module", params=WAYS)
def page(request, tmp_path_factory, browser):
    room = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ROOM)],
                                    metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    with shown(ANY, request.param, tmp_path_factory.mktemp("tastes"), browser, content=room) as page:
        page.get_by_text("You clicked on tent").first.wait_for(timeout=WAIT)
        yield page


def test_a_menu_is_changed_and_a_thing_said_twice_is_a_sentence(page):
    widget = page.locator(".widget-vbox").filter(has=page.locator(".widget-dropdown")).first
    menu = widget.locator("select").first
    apart = widget.locator("td").evaluate_all("(all) => all.map((cell) => parseFloat(getComputedStyle(cell).paddingRight))")
    assert apart and min(apart) >= 5, "columns that touch"
    assert "driver" in said(widget) and "clicked on cake" in said(widget)
    assert "You clicked on harbour, beach" in after(page, widget, lambda: menu.select_option("harbour"))
    assert "choose each once" in after(page, widget, lambda: menu.select_option("beach"))
    assert widget.locator("[role=alert]").count() == 1
    assert "You clicked on soup" in after(page, widget, lambda: menu.select_option("soup"))


def test_a_menu_is_changed_by_the_keyboard_alone(page):
    """Tab goes from menu to menu, a letter or an arrow chooses, and the tables follow."""
    widget = page.locator(".widget-vbox").filter(has=page.locator(".widget-dropdown")).first
    first, second = (widget.locator("select").nth(i) for i in range(2))
    first.focus()
    assert "You clicked on tent" in after(page, widget, lambda: page.keyboard.press("Home"))
    assert "You clicked on Anna" in after(page, widget, lambda: page.keyboard.press("ArrowDown"))
    page.keyboard.press("Tab")
    assert second.evaluate("(menu) => menu === document.activeElement")
    assert "You clicked on Anna, museum" in after(page, widget, lambda: page.keyboard.type("muse"))


def test_a_report_steps_through_threes_without_a_kernel(browser, tmp_path):
    data = clicks.load(seed=7)
    chosen = {"popularity": Chosen(popularity(data.train), {}, []), "EASE": Chosen(ease(data.train, strength=300.0), {}, []),
              "item-kNN": Chosen(item_knn(data.train, neighbours=40, shrink=30.0), {}, [])}
    box = pictures_tastes.prepared(data, chosen, THREES)
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": box.model_id, "version_major": 2, "version_minor": 0}}
    cell = nbformat.v4.new_code_cell("prepared", outputs=[nbformat.v4.new_output("display_data", data=view)])
    state = {"application/vnd.jupyter.widget-state+json": {"state": ipywidgets.Widget.get_manager_state()["state"]}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": state})
    (tmp_path / "page.html").write_text(to_html(notebook, title="A page", metrics=METRICS), encoding="utf-8")
    page, complaints = browser.new_page(viewport=PHONE), []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.goto((tmp_path / "page.html").as_uri())
    widget, slider = page.locator(".widget").first, page.locator(".widget input[type=range]")
    texts = []
    slider.focus()
    for key in ("Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
        texts.append(widget.inner_text())
    assert all(f"You clicked on {', '.join(names)}" in text for names, text in zip(THREES, texts, strict=True))
    assert "driver" in texts[0] and "musician" in texts[2] and slider.get_attribute("aria-valuetext") == ", ".join(THREES[2])
    faint = [found for found in page.evaluate(CONTRASTS, None) if found[0] < ENOUGH]
    assert (complaints, faint, page.evaluate(WIDE, PHONE["width"])) == ([], [], [])
    page.close()
