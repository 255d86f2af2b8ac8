"""The web book: what its pages hold, that every link in it arrives, and what a build leaves alone. Nothing is executed."""
import base64
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from lesson_maker import make_lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gensq_course import book
from gensq_course.book import building, pages
from gensq_course.book.linking import Linker, Term, glossary
from gensq_course.book.pictures import as_files, size, thumbnail
from gensq_course.book.references import bibliography, citations, readable
from gensq_course.book.searching import documents
from gensq_course.cli import main
from gensq_course.execute.graded import VIEW, graded, tolerances
from gensq_course.execute.page import as_cells
from gensq_course.report.course import course
from gensq_course.report.lessons import folder, read_cells, source
from gensq_course.report.records import MIME
from gensq_lib.ground.errors import GensqError

LESSONS = ("06_text_vae", "09_latent_space")
LISTS = ("index", "notation", "glossary", "bibliography", "search", "clinic")
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two lessons and everything around them."""
    return book.build(tmp_path_factory.mktemp("book") / "out", LESSONS, alive={}).folder


class Links(HTMLParser):
    """Where a page leads, what it loads, and the places in it."""

    def __init__(self, text: str):
        super().__init__()
        self.leads, self.loads, self.places = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.places.add(given.get("id"))
        self.leads += [given["href"]] if tag == "a" and "href" in given else []
        self.loads += [given[key] for key in ("src", "href") if key in given and tag != "a"]


@pytest.fixture(scope="module")
def links(built):
    return {path.name: Links(path.read_text(encoding="utf-8")) for path in built.glob("*.html")}


def test_every_page_is_there(built):
    assert {path.stem for path in built.glob("*.html")} == {*LESSONS, *LISTS}


def test_every_link_inside_the_book_arrives(built, links):
    lost = []
    for name, page in links.items():
        for address in (address for address in page.leads if not re.match(r"https?:|data:", address)):
            target, _, place = address.partition("#")
            there = links.get(target or name)
            if there is None or (place and not {place, unquote(place)} & there.places):
                lost.append((name, address))
    assert lost == []


def test_all_that_is_loaded_lies_beside_the_page(built, links):
    for name, page in links.items():
        beside = [address for address in page.loads if not address.startswith("data:")]
        assert [address for address in beside if not (built / address).is_file()] == [], name


def test_a_lesson_leads_on_and_back(built):
    first, second = ((built / f"{name}.html").read_text() for name in LESSONS)
    assert 'rel="next" href="09_latent_space.html"' in first and 'rel="prev"' not in first
    assert 'rel="prev" href="06_text_vae.html"' in second and 'rel="next"' not in second
    assert "07_posterior_collapse.html" not in first, "a lesson that is not in this book is text"


def test_the_title_stands_first_and_the_contents_name_every_section(built):
    text = (built / "06_text_vae.html").read_text()
    main = text[text.index("<main"):]
    assert re.search(r"<main[^>]*>\s*<div class=\"cell text\"><h1", main)
    headings, contents = re.findall(r'<h2 id="([^"]+)"', main), re.findall(r'<li><a href="#([^"]+)">', text)
    assert len(headings) > 10 and contents == headings


def test_what_is_not_taught_is_folded(built):
    text = (built / "06_text_vae.html").read_text()
    cells = dict(re.findall(r'id="cell-([^"]+)">\s*<details class="source"(?: (open)="")?>', text))
    assert [cells[name] for name in ("parameters", "setup", "beta-figure", "ex-kl-solution", "guess-kl", "quiz-cell")] == [""] * 6
    assert cells["loop"] == cells["ex-kl"] == "open"
    assert text.count("Try it in your notebook") == len(re.findall(r'"exercise"', (folder() / "06_text_vae.ipynb").read_text()))


def test_pictures_lie_beside_the_page(built):
    text = (built / "06_text_vae.html").read_text()
    pictures = re.findall(r'<img loading="lazy" height="\d+"[^>]*? src="(figures/06_text_vae/\w+\.png)"', text)
    assert len(pictures) == 6 and "data:image/png" not in text[text.index("<main"):text.index("</main>")]


def test_the_front_page_is_light(built):
    """All it loads, with 22 pictures as large as the largest of these two."""
    small = [path.stat().st_size for path in (built / "thumbnails").iterdir()]
    own = sum((built / name).stat().st_size for name in ("index.html", "static/page.css", "static/book.css", "static/widgets.js",
                                                         "static/page.js", "static/book.js"))
    assert len(small) == 2 and own + 23 * max(small) < 1_000_000
    assert "mathjax" not in (built / "index.html").read_text()


def test_the_map_names_all_lessons_and_links_those_that_are_there(built, links):
    text = (built / "index.html").read_text()
    assert all(place.about in text.replace("&#39;", "'").replace("&amp;", "&") for place in course())
    assert [address for address in links["index.html"].leads if re.match(r"\d\d_", address)].count("06_text_vae.html") == 2


def test_places_for_what_is_alive(built):
    assert all('data-live="space"' in (built / name).read_text() for name in ("index.html", "09_latent_space.html"))
    known = {path.stem for path in folder().glob("*.ipynb")}
    assert 'id="alive"' in pages.live("07_posterior_collapse") and "gensq-live" not in pages.live("07_posterior_collapse")
    assert set(pages.settings()["live"]) | set(pages.settings()["thumbnail"]) <= known
    assert "clinic.html" in pages.live("07_posterior_collapse") and pages.live("03_reparameterization") == ""


@pytest.mark.parametrize(("repository", "places"), [("", 0), ("someone/their-fork", 3)])
def test_a_lesson_says_where_it_opens_without_an_installation(monkeypatch, tmp_path, repository, places):
    monkeypatch.setenv("GENSQ_REPOSITORY", repository)
    made = book.build(tmp_path / "out", LESSONS[:1], alive={}).folder
    found = re.findall(r'<a rel="external" href="(https://[^"]*)"', (made / f"{LESSONS[0]}.html").read_text())
    assert len(found) == places and all("someone/their-fork" in address for address in found)
    assert sum(address.endswith(f"notebooks/{LESSONS[0]}.ipynb") for address in found) == places - (places > 0)


def test_a_repository_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("GENSQ_REPOSITORY", 'x" onclick="')
    with pytest.raises(GensqError, match="OWNER/NAME"):
        pages.elsewhere(LESSONS[0])


def test_components_come_beside_the_pages_that_have_a_place(tmp_path):
    made = book.build(tmp_path / "out", ["06", "09"], alive={"live.js": "1", "live.css": "", "live/words.js": "2"}).folder
    assert (made / "live/words.js").read_text() == "2"
    loaded = {path.name for path in made.glob("*.html") if "live.js" in Links(path.read_text()).loads}
    assert loaded == {"index.html", "09_latent_space.html"}


def test_without_components_no_page_asks_for_them(links):
    assert [name for name, page in links.items() if "live.js" in page.loads] == []


def test_what_is_found_says_where_it_stands(built, links):
    text = (built / "static/search-index.js").read_text()
    found = json.loads(text.removeprefix("window.gensqSections = ").rstrip(";\n"))
    assert len(found) > 40 and len({entry["id"] for entry in found}) == len(found)
    for entry in found:
        page, _, place = entry["id"].partition("#")
        assert not place or {place, unquote(place)} & links[page].places
    assert any("def kl_to_prior" in entry["text"] for entry in found), "code is found, too"


SECTIONS = [{"id": "a", "page": "07", "title": "Posterior collapse", "text": "the KL vanishes in a caf\u00e9"},
            {"id": "b", "page": "08", "title": "Cures", "text": "Collapse of the posterior, cured by free bits"},
            {"id": "c", "page": "02", "title": "KL", "text": "a divergence \u76f8\u5bf9\u71b5"}]


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
@pytest.mark.parametrize(("asked", "places"), [
    ("collapse", "ab"), ("COLLAPSE, posterior!", "ab"), ("free bi", "b"), ("cafe", "a"), ("caf\u00e9", "a"), ("kl", "ca"),
    ("posteriro", "ab"), ("diverence", "c"), ("collapses", "ab"), ("colapse", "ab"), ("kl bits", ""), ("k", ""), ("klo", ""),
    ("\u71b5", "c"), ("", ""), ("<b>", ""), ("constructor", "")])
def test_words_find_places(asked, places):
    """Titles first, beginnings and one slip of a longer word, all words that are asked, each in any order and any case."""
    script = (building.HERE / "static" / "finder.js").read_text(encoding="utf-8") + (
        f"const finder = new Finder({json.dumps(SECTIONS)});"
        f"console.log(JSON.stringify(finder.search({json.dumps(asked)}).map((found) => found.id)));")
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert "".join(json.loads(done.stdout)) == places


# --- links in prose

TERMS = [Term("KL divergence", "a <distance> that is none", "02", ("KL",)), Term("latent variable", "z", "01"),
         Term("ELBO", "a bound", "01"), Term("JS", "another", "02")]


def linker(own="06"):
    return Linker(TERMS, bibliography(), {"01": "01_elbo.html", "02": "02_kl.html", "06": "06_text_vae.html"}, own=own)


@pytest.mark.parametrize(("html", "linked"), [
    ("<p>The KL divergence is a KL.</p>", ["KL divergence"]), ("<p>Latent\nvariables are z.</p>", ["Latent\nvariables"]),
    ("<p>ELBOs rise</p>", ["ELBOs"]), ("<p>elbow, elbo, js, kl</p>", []), ("<p><code>KL</code> and $KL(q)$ and \\(KL\\)</p>", []),
    ("<h2>KL</h2><a href='x'>KL</a><summary>KL</summary>", []), ("<p>KL_j and AKL</p>", []),
    ("<p>Bowman et al. (2016) and Bowman et al. 2016</p>", ["Bowman et al. (2016"]),
    ("<p>Kingma &amp; Welling (2014)</p>", ["Kingma &amp; Welling (2014"]), ("<p>Nobody et al. (2016), In 2016</p>", []),
    ("<p>lesson 02, Lesson 02, lessons 02 and 77, lesson 06</p>", ["lesson 02", "Lesson 02", "lessons 02"])])
def test_what_is_linked(html, linked):
    found = re.findall(r"<a (?:class|href=\"\d)[^>]*>(.*?)</a>", linker()(html), re.DOTALL)
    assert found == linked


def test_a_term_is_linked_once_a_page_and_its_words_are_escaped():
    link = linker()
    assert 'href="glossary.html#kl-divergence" title="a &lt;distance&gt; that is none"' in link("<p>KL</p>")
    assert link("<p>KL</p>") == "<p>KL</p>" and "<a" in linker()("<p>KL</p>")


def test_without_terms_nothing_is_linked():
    assert Linker([], [], {})("<p>KL in lesson 02, Bowman et al. (2016)</p>") == "<p>KL in lesson 02, Bowman et al. (2016)</p>"


def test_every_term_is_taught_by_a_lesson_that_uses_it():
    lessons = {path.name[:2]: "\n".join(source(cell) for cell in read_cells(path) if cell["cell_type"] == "markdown").lower()
               for path in folder().glob("*.ipynb")}
    terms = glossary()
    words = [word.lower() for term in terms for word in (term.name, *term.also)]
    assert len(terms) > 50 and len(words) == len(set(words))
    unused = [term.name for term in terms
              if not any(word.lower() in lessons.get(term.lesson, "") for word in (term.name, *term.also))]
    assert unused == [] and len({term.place for term in terms}) == len(terms)


@pytest.mark.parametrize("row", ['["x"]\nsays = "y"', '["x"]\nlesson = "01"', 'x = 3',
                                 '["x"]\nsays = "y"\nlesson = "01"\nalso = 3'])
def test_a_row_of_the_glossary_that_is_none_is_refused(tmp_path, monkeypatch, row):
    (tmp_path / "glossary.toml").write_text(row)
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path))
    with pytest.raises(GensqError, match="mend the table"):
        glossary()


@pytest.mark.parametrize(("latex", "text"), [
    ("G{\\'e}ron", "Géron"), ("{\\L}ukasz", "Łukasz"), ("M{\\\"u}ller", "Müller"), ("Popovi{\\'c}", "Popović"),
    ("Beyon{\\c{c}}e", "Beyonçe"),
    ("{B}ayes 1--2", "Bayes 1–2"), ("Kristj{\\'a}n", "Kristján"), ("Bj{\\o}rn", "Bjørn")])
def test_latex_is_read(latex, text):
    assert readable(latex) == text


def test_the_bibliography_has_no_latex_left_and_its_addresses_are_the_web_s():
    works = bibliography()
    assert len(works) > 150
    assert [work.key for work in works if re.search(r"[\\{}]", "".join(work.authors) + work.title + work.where)] == []
    assert all(re.match("https?://", work.address) or not work.address for work in works)
    assert (("Bowman", "et al."), "2016") in citations("Bowman et al. (2016)")


# --- what a page grades

NO_GUESS = {"prediction": "KL", "guess": None, "sure": None, "value": 1.5, "hit": False}


def predicted(source, *records):
    outputs = [new_output("display_data", data={"text/html": "shown", MIME: record}) for record in records]
    return new_notebook(cells=[new_code_cell(source, outputs=outputs)])


def shown(notebook):
    return [output.data["text/html"] for output in graded(notebook).cells[0].outputs]


def test_a_prediction_is_asked_for_and_held_against_what_came_out():
    asked, = shown(predicted("", {"prediction": "the <KL>", "guess": None, "sure": None}))
    assert '<form class="guess" data-prediction="the &lt;KL&gt;">' in asked and "<KL>" not in asked
    came, = shown(predicted('checks.outcome("KL", kl, tolerance=0.5)', NO_GUESS))
    assert came.startswith('<details class="came-out"><summary>What came out: KL</summary>shown</details>')
    assert 'data-outcome="KL" data-value="1.5" data-tolerance="0.5"' in came


def test_a_guess_that_was_made_in_the_run_stays_as_it_was_shown():
    made = {"prediction": "KL", "guess": 1.0, "sure": 0.5}
    assert shown(predicted("", made, made | {"value": 1.5, "hit": True})) == ["shown", "shown"]


def test_a_tolerance_that_nobody_can_read_grades_nothing():
    came, = shown(predicted("checks.outcome('KL', kl, near)", NO_GUESS))
    assert "data-tolerance" not in came and 'data-value="1.5"' in came
    assert tolerances("checks.outcome('KL', kl") == {} and tolerances("checks.outcome('KL', kl, 2)") == {"KL": 2.0}


def test_the_pre_test_advises_without_a_kernel():
    view = new_output("display_data", data={VIEW: {"model_id": "a"}})
    source = ('pretest = checks.quiz("00_start_here", name="pretest")\n'
              "widgets.quiz(pretest, advice=partial(checks.advice, pretest))")
    data = graded(new_notebook(cells=[new_code_cell(source, outputs=[view])])).cells[0].outputs[0].data
    assert len(data[VIEW]["advice"]) == 5 and all(topic and how for topic, how in data[VIEW]["advice"])


def test_a_box_brings_its_colour_by_night_along_and_code_stays_as_it_is():
    shown = new_output("display_data", data={"text/html": "<p style='color:#22262b'>x</p>"})
    cell = new_code_cell("ink = '#22262B'", outputs=[shown])
    html = as_cells(new_notebook(cells=[cell])).html
    assert "color:light-dark(#22262b, #E4E7EA)" in html and "#22262B" in html.replace("light-dark(#22262b", "")


# --- pictures, search

def picture(width=800):
    code = base64.b64encode(DOT).decode()
    return f'<img alt="a &gt; b" src="data:image/png;base64,{code}" style="x" width="{width}"/>'


def test_a_picture_becomes_a_file():
    html, files = as_files(picture(), "figures/a")
    name, = files
    assert files[name] == DOT and size(DOT) == (1, 1) and f'src="{name}"' in html
    assert 'height="800"' in html and 'alt="a &gt; b"' in html


def test_a_thumbnail_is_that_of_the_cell_or_the_first():
    cells = [new_code_cell("", id=name, outputs=[new_output("display_data", data={"image/png": base64.b64encode(DOT).decode()})])
             for name in ("a", "b")]
    assert thumbnail({"cells": cells}, "b") == thumbnail({"cells": cells}, "gone") != b"" and thumbnail({"cells": []}, "a") == b""


def test_outputs_and_links_of_headings_are_not_searched():
    html = ('<h1 id="t">Title</h1><p>First.</p><h2 id="a">One<a class="anchor-link" href="#a">¶</a></h2><p>Two &amp; three</p>'
            '<div class="output_wrapper"><div>number<br></div><img src="x"></div><p>after</p><script>no()</script>')
    assert documents("p.html", "Page", html) == [{"id": "p.html", "page": "Page", "title": "Title", "text": "First."},
                                                 {"id": "p.html#a", "page": "Page", "title": "One", "text": "Two & three after"}]


# --- the build

def test_another_folder_is_not_replaced(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    with pytest.raises(GensqError, match="expected an empty folder or an earlier book"):
        book.build(tmp_path / "letters", LESSONS[:1], alive={})
    assert (tmp_path / "letters" / "a.txt").read_text() == "dear"


def own_lessons(tmp_path, monkeypatch, *cells):
    make_lesson(tmp_path / "lessons", *cells)
    (tmp_path / "lessons" / "map.toml").write_text('[09_tiny]\npart = "I <b>"\nabout = "x <i>"\nhours = 1\nspine = true\n')
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path / "lessons"))


def test_other_lessons_make_a_book_and_their_texts_are_escaped(tmp_path, monkeypatch, capsys):
    own_lessons(tmp_path, monkeypatch, new_markdown_cell("## A <b>c</b> & b\n\n[next](10_next.ipynb) [doc](../docs/x.md)"))
    assert main(["book", "-o", str(tmp_path / "out")]) == 0 and "1 lessons" in capsys.readouterr().out
    front, lesson = ((tmp_path / "out" / name).read_text() for name in ("index.html", "09_tiny.html"))
    assert "I &lt;b&gt;" in front and "x &lt;i&gt;" in front and "10_next" not in lesson and "../docs" not in lesson
    assert "script-src" in lesson and "'unsafe-inline'" not in re.search(r"script-src[^;\"]*", lesson)[0]


def test_a_build_that_fails_leaves_the_earlier_book(tmp_path, monkeypatch):
    own_lessons(tmp_path, monkeypatch, "print(1)")
    book.build(tmp_path / "out", alive={})
    before = (tmp_path / "out" / "index.html").read_text()
    monkeypatch.setattr(pages, "front", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        book.build(tmp_path / "out", alive={})
    assert (tmp_path / "out" / "index.html").read_text() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lessons", "out"]


def test_an_unknown_lesson_is_refused_before_anything_is_written(tmp_path, capsys):
    assert main(["book", "99", "-o", str(tmp_path / "out")]) == 2 and not (tmp_path / "out").exists()
