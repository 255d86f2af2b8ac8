"""What can be found: the prose and the code of each section, for static/finder.js, which searches in the browser."""
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

from gensq_course.book.linking import Term
from gensq_course.book.references import Work

UNSEEN = {"script", "style", "svg", "form"}
BLOCKS = {"p", "div", "li", "pre", "td", "th", "summary", "dt", "dd"}  # words on both sides of their ends are two
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Sections(HTMLParser):
    """Reads a page's cells: (anchor, heading, text) of every section; outputs and pictures are left out."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found: list[list[str]] = [["", "", ""]]
        self.unseen = 0  # depth inside of something that is left out
        self.in_heading = False

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        classes = (given.get("class") or "").split()
        if self.unseen:
            self.unseen += tag not in VOID
        elif tag in UNSEEN or {"output_wrapper", "anchor-link", "instructor", "gensq-live"} & set(classes):
            self.unseen = 1
        elif tag in ("h2", "h3") and given.get("id"):
            self.found.append([given["id"], "", ""])
            self.in_heading = True
        elif tag == "h1":
            self.in_heading = True

    def handle_endtag(self, tag):
        self.found[-1][2] += " " * (tag in BLOCKS)
        if self.unseen:
            self.unseen -= tag not in VOID
        elif tag in ("h1", "h2", "h3"):
            self.in_heading = False

    def handle_data(self, data):
        if not self.unseen:
            self.found[-1][1 if self.in_heading else 2] += data


def sections(html: str) -> Iterator[tuple[str, str, str]]:
    """(anchor, heading, text) of the sections of a page that say anything."""
    reader = Sections()
    reader.feed(html)
    reader.close()
    for anchor, heading, text in reader.found:
        if tidy := re.sub(r"\s+", " ", text).strip():
            yield anchor, re.sub(r"\s+", " ", heading).strip(), tidy


def of_lists(terms: Sequence[Term], works: Sequence[Work]) -> Iterator[dict[str, str]]:
    """One entry a term and one a work."""
    for term in terms:
        text = " ".join([*term.also, term.says])
        yield {"id": f"glossary.html#{term.place}", "page": "Glossary", "title": term.name, "text": text}
    for work in works:
        text = f"{', '.join(work.authors)} {work.year} {work.where}"
        yield {"id": f"bibliography.html#{work.key}", "page": "Bibliography", "title": work.title, "text": text}


def documents(page: str, title: str, html: str) -> list[dict[str, str]]:
    """One entry a section: where it is, what it is called, what it says."""
    return [{"id": f"{page}#{anchor}" if anchor else page, "page": title, "title": heading or title, "text": text}
            for anchor, heading, text in sections(html)]
