"""Slides for lab sessions: what they take out of a lesson, and whether they can be shown."""
import pytest

from gensq_course.book import slides
from gensq_course.report.lessons import find_lesson, read_cells
from gensq_lib.ground.errors import GensqError

CELLS = [
    {"cell_type": "markdown", "source": "# Title\n\n## Something odd\nFirst words. More: $$a$$\n\n<details>one\n\ntwo</details>"},
    {"cell_type": "markdown", "source": "## 1 · Bound\n\nA line that says *why*. " + "Longer. " * 60 + "\n\n$$x$$\n\n$$y$$\n\n"
     "$$z$$\n\n**Predict first:** how much?\n\n**Exercise 2.** Write it."},
    {"cell_type": "code", "source": "draw()", "outputs": [{"output_type": "display_data", "metadata": {},
                                                         "data": {"image/png": "AAAA", "text/plain": "x"}}]}]


def test_sections_are_named_by_number_or_heading_and_leave_folds_out():
    found = slides.sections(CELLS)
    assert list(found) == ["Something odd", "1"] and found["1"].heading == "1 · Bound"
    assert found["Something odd"].parts == ["First words. More: $$a$$"]


def test_a_section_gives_its_beginning_formulas_questions_exercises_and_figures():
    kinds = {slide.kind: slide for slide in slides.of_section(slides.sections(CELLS)["1"])}
    assert list(kinds) == ["said", "question", "exercise", "figure"]
    said, notes = (cells[0]["source"] for cells in (kinds["said"].shown, kinds["said"].notes))
    assert said.startswith("A line that says *why*. Longer.") and len(said.split("\n\n")[0]) <= slides.LONGEST
    assert "$$x$$" in said and "$$y$$" in said and "$$z$$" not in said and "$$z$$" in notes
    assert "Exercise" not in notes and kinds["figure"].shown[0]["source"] == ""
    with pytest.raises(GensqError, match='a section of 01_elbo.*"99"'):
        slides.slides({"title": "t", "about": "a", "sections": [["01_elbo", ["99"]]]})


@pytest.mark.parametrize("session", slides.settings(), ids=lambda session: session["name"])
def test_each_session_names_sections_that_are_there_and_is_no_lecture_of_a_day(session):
    made = slides.slides(session)
    kinds = [slide.kind for slide in made]
    assert 20 < len(made) < 60 and {"figure", "exercise", "question"} <= set(kinds)
    shown, notes = slides.as_html(made)
    assert len(shown) == len(notes) == len(made)
    for slide, html, note in zip(made, shown, notes):
        assert ("<img" in html) == (slide.kind == "figure") and bool(note.strip()) == bool(slide.notes)
    first = session["sections"][0][0]
    assert any(slides.sections(read_cells(find_lesson(first).path))[key].heading in {slide.title for slide in made}
               for key in session["sections"][0][1])


@pytest.mark.slow
@pytest.mark.browser
def test_slides_fit_turn_by_keys_and_show_their_notes(browser, tmp_path):
    from playwright.sync_api import expect

    shown = slides.write(tmp_path)
    assert len(shown) == 4
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    complaints = []
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    for one in shown:
        page = context.new_page()
        page.goto(one.path.as_uri())
        expect(page.locator("#place")).to_have_text(f"1 / {one.num_slides}")
        page.wait_for_timeout(500)
        too_large = page.evaluate("[...document.querySelectorAll('.shown')].filter(one => one.scrollHeight > one.clientHeight + 1"
                                  " || one.scrollWidth > one.clientWidth + 1).map(one => one.parentElement.id)")
        assert not too_large and not complaints
        page.keyboard.press("ArrowRight")
        page.keyboard.press("PageDown")
        expect(page.locator("#place")).to_have_text(f"3 / {one.num_slides}")
        page.keyboard.press("n")
        assert page.locator(".notes").first.is_visible()
        page.keyboard.press("n")
        page.keyboard.press("End")
        expect(page.locator("#place")).to_have_text(f"{one.num_slides} / {one.num_slides}")
        page.close()
    context.close()
