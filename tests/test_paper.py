"""Lessons on paper: what is open, what comes last, how pages are numbered and bound."""
import re

import pytest
from pypdf import PdfReader

from gensq_course.book import paper
from gensq_course.cli import main
from gensq_course.report.lessons import all_lessons, find_lesson, read_cells, source, tags
from gensq_lib.ground.errors import GensqError

LESSON, OTHER = "03_reparameterization", "01_elbo"
PAGE = """<html><head><title>01 · A &amp; B - gensq</title></head><main><details><summary>Why?</summary>so</details>
<strong>Exercise 1.</strong><details class="source" open>
<summary>Code</summary>asked</details><details class="source">
<summary>Solution</summary>one</details><strong>Exercise 2.</strong><details class="source"><summary>Solution</summary>
two</details>
</main></html>"""


def test_folds_are_open_and_solutions_come_last_under_the_name_of_their_exercise():
    html = paper.for_paper(PAGE, first=41)
    assert "<details open><summary>Why?" in html and "asked" in html
    assert re.search(r'<section><h2 id="solutions">Solutions</h2><h3>Exercise 1</h3>one<h3>Exercise 2</h3>\s*two', html)
    assert html.count(">one") == 1 and "counter-reset: page 40" in html and 'content: "01 · A & B"' in html


def test_without_a_browser_one_is_asked_for(monkeypatch, capsys):
    monkeypatch.setattr(paper.shutil, "which", lambda name: None)
    assert main(["pdf", LESSON, "-o", "nowhere"]) == 2
    assert "expected Chromium or Chrome" in capsys.readouterr().err


def test_a_browser_that_prints_nothing_is_named(monkeypatch, tmp_path):
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    with pytest.raises(GensqError, match="expected a PDF of a from .*, it said"):
        paper.print_page(tmp_path / "a.html", "/bin/false")


@pytest.fixture(scope="module")
def bound(tmp_path_factory, browser):
    """Two lessons in one file, with contents and lists."""
    patch = pytest.MonkeyPatch()
    patch.setattr("gensq_course.book.building.all_lessons", lambda: [find_lesson(OTHER), find_lesson(LESSON)])
    yield PdfReader(paper.write(tmp_path_factory.mktemp("paper"))[0])
    patch.undo()


def words(text):
    """Letters and signs alone: where lines are broken is no matter."""
    return re.sub(r"\s", "", text)


@pytest.mark.slow
@pytest.mark.browser
def test_the_bound_lessons_have_their_words_code_outlines_numbers_and_links(bound):
    sheets = [page.extract_text() for page in bound.pages]
    text = words("".join(sheet.split("\n", 1)[1] for sheet in sheets))  # without what stands at the foot
    cells = read_cells(find_lesson(LESSON).path)
    code = [line for cell in cells if "solution" in tags(cell) for line in source(cell).splitlines()]
    longest = sorted(code, key=len)[-5:]
    assert longest and all(words(line) in text for line in longest), "no code is cut"
    titles = [one.title for one in bound.outline if not isinstance(one, list)]
    assert titles == ["Contents", *(find_lesson(name).title for name in (OTHER, LESSON)), "Notation", "Glossary", "Bibliography"]
    assert all(re.match(rf"{number}(\d\d · |[A-Z][a-z]+\n)", sheet) for number, sheet in enumerate(sheets, 1)), "numbered through"
    links = [link.get_object() for link in bound.pages[0]["/Annots"]]
    led = [bound.get_page_number(link["/Dest"][0].get_object()) for link in links]
    begin = [bound.get_destination_page_number(one) for one in bound.outline if not isinstance(one, list)]
    assert led == begin[1:], "contents lead to the first page of each"
    addresses = [str(link.get_object().get("/A", {}).get("/URI", "")) for page in bound.pages for link in page.get("/Annots", ())]
    assert not any(address.startswith("file:") for address in addresses) and any(a.startswith("http") for a in addresses)
    assert bound.pages[0].mediabox.width == pytest.approx(595, abs=1), "A4"
    assert len(all_lessons()) > 2, "the others stand, and are not in it"
