"""The page of an exported model in a real browser: draw, type, walk; markup that is typed stays text."""
import pytest
from widget_page import WAIT, after, said, shown

from gensq_course.execute import voila
from gensq_course.shipped import latent_space

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def page(tmp_path_factory, browser):
    content = voila.page_of_model(latent_space.FILE)
    with shown("09_latent_space", "voila", tmp_path_factory.mktemp("model"), browser, content=content) as page:
        page.get_by_text("exact NLL of the grammar itself").wait_for(timeout=WAIT)
        yield page


def widget(page, name: str):
    """The one whose control has this name."""
    return page.locator(".widget-vbox").filter(has=page.locator("label", has_text=name)).first


def test_the_page_has_no_code_and_names_what_it_shows(page):
    text = page.inner_text("body")
    assert "A model in a file" in text and "What it expects" in text and "exploring" not in text


def test_a_colder_model_says_other_sentences(page):
    part = widget(page, "temperature")
    handle = part.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    handle.focus()
    before = said(part)
    assert after(page, part, lambda: page.keyboard.press("Home")) != before


def test_what_is_typed_is_scored_and_stays_text(page):
    part = widget(page, "sentence")
    field = part.locator("input").first

    def write():
        field.fill("<b>The cook</b> ate a pizza.")
        field.press("Enter")

    found = after(page, part, write)
    assert "together" in found and "what z costs" in found and "unknown to it" in found
    assert part.locator("td b").count() == 0
