"""`gensq pdf`: the lessons on paper. The pages of a book are printed by a Chromium that is there, and bound by pypdf.

Paper unfolds nothing, so what is folded away on a page stands open, but for the solutions of exercises: they are at the end of
their lesson.
"""
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from gensq_course.book import building, pages
from gensq_course.execute import page
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import atomic_write

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET = "--headless=new --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync"
PATIENCE = 180  # seconds for a page, on a busy machine
TYPESETTING = 60_000  # milliseconds of a page's own clock for its formulas; it does not wait for what is done sooner
WHOLE = "gensq"  # the name of all lessons in one file
SOLUTION = re.compile(r'<details class="source"[^>]*>\s*<summary>Solution</summary>(.*?)</details>', re.DOTALL)
EXERCISE = re.compile(r"<strong>(Exercise \d+)")
LESSON = re.compile(r"([\w-]+)\.html(?:#.*)?$")


@dataclass(frozen=True)
class Printed:
    """A page of the book as a file, and where it begins in the bound one."""

    name: str
    title: str
    path: Path
    first: int  # counted from 1
    num_pages: int


def write(output: Path, names: Sequence[str] = ()) -> list[Path]:
    """Lessons that are named as a file each; without a name all of them, and the lists, as one."""
    chromium = browser()
    with tempfile.TemporaryDirectory(prefix="gensq-paper-") as scratch:
        folder = Path(scratch) / "book"
        building.build(folder, names, alive={})
        lessons = sorted(folder.glob("[0-9][0-9]_*.html"))
        if names:
            printed = [print_page(each, chromium) for each in lessons]
            return [bound(output / f"{one.name}.pdf", [one], title=one.title) for one in printed]
        return [bound(output / f"{WHOLE}.pdf", whole(folder, lessons, chromium), title="Deep generative models for text")]


def browser() -> str:
    """Where a Chromium is."""
    if path := next(filter(None, map(shutil.which, BROWSERS)), None):
        return path
    raise GensqError("expected Chromium or Chrome, which prints the pages, got none on the path; install one, or print a page of "
                     "`gensq book` from your own browser")


def whole(folder: Path, lessons: Sequence[Path], chromium: str) -> list[Printed]:
    """A title page with contents, the lessons, the lists; pages are numbered through."""
    others = [folder / name for name, _ in pages.PAGES]
    titles = {path: title_of(path.read_text(encoding="utf-8")) for path in [*lessons, *others]}
    front = folder / "contents.html"
    front.write_text(contents({titles[path]: (path.name, 0) for path in titles}), encoding="utf-8")
    first = 1 + print_page(front, chromium).num_pages  # its length does not hang on the numbers in it
    printed = []
    for path in titles:
        printed.append(print_page(path, chromium, first=first))
        first += printed[-1].num_pages
    front.write_text(contents({one.title: (f"{one.name}.html", one.first) for one in printed}), encoding="utf-8")
    return [print_page(front, chromium), *printed]


def contents(places: Mapping[str, tuple[str, int]]) -> str:
    """The title page: title -> its page of the book, and the number of the first page."""
    main = page.filled("paper.html.j2", pages.TEMPLATES, places=places)
    return page.laid_out(page.Page(title="Contents", description="Contents", main_html=main, policy=page.policy([]),
                                   head_html=f"<style>{page.read('page.css')}</style>", scripts_html=""))


def title_of(html: str) -> str:
    """What stands in the head, without the name of the book."""
    return re.search(r"<title>(.*?)(?: - gensq)?</title>", html)[1]


def print_page(path: Path, chromium: str, *, first: int = 1) -> Printed:
    """One page of the book as PDF beside it, its numbers counted from `first`."""
    html = for_paper(path.read_text(encoding="utf-8"), first=first)
    sheet, made = path.with_suffix(".paper.html"), path.with_suffix(".pdf")
    sheet.write_text(html, encoding="utf-8")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # Chromium runs for nobody else so
    command = [chromium, *QUIET.split(), *root, f"--user-data-dir={path.parent / 'profile'}", "--no-pdf-header-footer",
               "--generate-pdf-document-outline", f"--virtual-time-budget={TYPESETTING}", f"--print-to-pdf={made}",
               sheet.as_uri()]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise GensqError(f"expected {path.stem} as PDF within {PATIENCE} seconds, got nothing; the machine may be busy: try "
                         "again, or name fewer lessons") from None
    if not made.is_file():
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise GensqError(f"expected a PDF of {path.stem} from {chromium}, it said: {said:.200}; try another browser, or print a "
                         "page of `gensq book` from your own")
    return Printed(path.stem, title_of(html), made, first, len(PdfReader(made).pages))


def for_paper(html: str, *, first: int) -> str:
    """The page with folds open, solutions last, and its title and numbers at the foot of each sheet."""
    html = html.replace("<details>", "<details open>")
    solutions = [f"<h3>{named_before(html, found.start())}</h3>{found[1]}" for found in SOLUTION.finditer(html)]
    if solutions:
        last = f'<section><h2 id="solutions">Solutions</h2>{"".join(solutions)}</section>'
        html = SOLUTION.sub("", html).replace("</main>", f"{last}</main>", 1)
    title = re.sub(r'["<>\\]', "", unescape(title_of(html)))  # it stands in a string of a style sheet
    foot = f'@page {{ @bottom-left {{ content: "{title}"; }} }} @media print {{ html {{ counter-reset: page {first - 1}; }} }}'
    return html.replace("</head>", f"<style>{foot}</style></head>", 1)


def named_before(html: str, place: int) -> str:
    """The exercise that a solution belongs to."""
    return next((found[1] for found in reversed([*EXERCISE.finditer(html, 0, place)])), "Exercise")


def bound(path: Path, printed: Sequence[Printed], *, title: str) -> Path:
    """One file with outlines and links between its pages; what leads to a page that is not in it leads nowhere."""
    writer = PdfWriter()
    starts = {}
    for one in printed:
        starts[one.name] = len(writer.pages)
        writer.append(str(one.path), outline_item=one.title if len(printed) > 1 else None)
    for sheet in writer.pages:
        for link in (each.get_object() for each in sheet.get("/Annots", ())):
            redirect(link, writer, starts)
    writer.add_metadata({"/Title": title, "/Creator": "gensq pdf"})
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as temporary:
        writer.write(str(temporary))
    return path


def redirect(link: DictionaryObject, writer: PdfWriter, starts: Mapping[str, int]) -> None:
    """A link to another page of the book leads to its sheet."""
    address = str(link.get("/A", {}).get("/URI", ""))
    if not address.startswith("file:"):
        return
    del link["/A"]
    name = (LESSON.search(address) or [None, ""])[1]
    if name in starts:
        target = writer.pages[starts[name]].indirect_reference
        link[NameObject("/Dest")] = ArrayObject([target, NameObject("/Fit")])
