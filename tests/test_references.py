"""Every work that a docstring, a lesson or the README cites stands in docs/references.bib, with these authors and this year."""
import json
import re
from pathlib import Path

import pytest

from gensq_course.book.references import citations, is_cited_as, works

ROOT = Path(__file__).parents[1]
BIBLIOGRAPHY = ROOT / "docs" / "references.bib"
PLACES = ("README.md", "docs/*.md", "data/README.md", "gensq_lib/**/*.py", "gensq_course/**/*.py", "gensq_course/**/*.toml",
          "notebooks/*.toml", "notebooks/*.ipynb")

def unknown(text: str) -> list[str]:
    """The citations that no entry answers."""
    known = works(BIBLIOGRAPHY.read_text(encoding="utf-8"))
    return sorted(" ".join([*names, year]) for names, year in citations(text)
                  if not any(is_cited_as(work, (names, year)) for work in known))


def prose(path: Path) -> str:
    """Of a notebook the markdown cells, of anything else all of it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")


def files() -> list[Path]:
    return sorted(path for place in PLACES for path in ROOT.glob(place))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_citation_is_in_the_bibliography(path):
    assert unknown(prose(path)) == []


def test_citations_are_found_at_all():
    assert len(set().union(*(citations(prose(path)) for path in files()))) > 15


@pytest.mark.parametrize("cited", [
    "(Bowman et al. 2016, fig. 2)", "Bowman et al. (2016)", "Bowman et\n    al. 2016", "Press & Wolf 2017",
    "Kingma and Welling (2014)", "(Shoemake 1985; White 2016)", "Popovi\u0107 2015", "de Masson d'Autume et al. 2019"])
def test_known_works_are_accepted_however_they_are_written(cited):
    assert citations(cited) and unknown(cited) == []


@pytest.mark.parametrize("cited, complaint", [
    ("(Nobody et al. 2016)", "Nobody et al. 2016"),
    ("as in Bowman et al. (2015)", "Bowman et al. 2015"),
    ("Kingma & Wolf 2014", "Kingma Wolf 2014"),
    ("(Kingma 2014)", "Kingma 2014"),
    ("Press et al. 2017", "Press et al. 2017"),
    ("(Wilson 1927; Nobody 1928)", "Nobody 1928"),
    ("a line # that ends with Nobody\n    # & Wolf 2017", "Nobody Wolf 2017"),
])
def test_an_unknown_citation_is_refused(cited, complaint):
    assert unknown(cited) == [complaint]


@pytest.mark.parametrize("text", ["May 2026", "ICML 2018", "the 2016 paper", "GPT-2 2019", "x = Normal(2000, 1)"])
def test_dates_and_venues_are_not_citations(text):
    assert citations(text) == set()


def test_keys_are_unique_and_every_entry_says_how_it_was_checked():
    text = BIBLIOGRAPHY.read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{(\S+),$", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(re.findall(r"^% VERIFIED", text, re.MULTILINE))


LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")


@pytest.mark.parametrize("path", [path for path in files() if path.suffix == ".md"], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(path):
    lost = [link for link, _ in LINK.findall(prose(path)) if not (path.parent / link).exists()]
    assert lost == [], f"no such file, from {path.parent.name}: {', '.join(lost)}"


def test_a_lost_link_is_seen():
    text = "[a](docs/a.md#b), [c](https://x.org/d), [e](#f), ![g](h.png)"
    assert [link for link, _ in LINK.findall(text)] == ["docs/a.md", "h.png"]
