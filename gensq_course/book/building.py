"""`gensq book`: the folder with all pages, made from the committed notebooks. Nothing is executed and nothing is fetched."""
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gensq_course import live
from gensq_course.book import pages
from gensq_course.book.linking import Linker, glossary
from gensq_course.book.pages import Book
from gensq_course.book.pictures import as_files, thumbnail
from gensq_course.book.references import bibliography, citations
from gensq_course.book.searching import documents, of_lists
from gensq_course.execute import page
from gensq_course.report.html import embedded
from gensq_course.report.course import course
from gensq_course.report.lessons import all_lessons, find_lesson, read_notebook, source
from gensq_lib.ground.errors import GensqError

HERE = Path(__file__).parent
MARK = "static/book.css"  # what an earlier book in a folder is known by
LINK = re.compile(r'<a href="([^":#]*?)(\d\d_\w+)\.ipynb(#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True)
class Built:
    """What was written."""

    folder: Path
    lessons: int
    bytes: int


def build(output: Path, names: Sequence[str] = (), *, alive: Mapping[str, str | bytes] | None = None) -> Built:
    """Write the book (all lessons, or those that are named) into `output`: all of it, or nothing is changed.

    `alive` are the files of the components that fill the places of book.toml, live.js and live.css among them (default: all that
    these lessons and the front page need).
    """
    refuse_other_folders(output)
    chosen = [find_lesson(name) for name in names] or all_lessons()
    if alive is None:
        alive = live.files(pages.components(lesson.name for lesson in chosen))
    book = Book(lessons=sorted(chosen, key=lambda lesson: lesson.name), places=course(), terms=glossary(), works=bibliography(),
                alive=alive)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as scratch:
        folder = Path(scratch) / "book"
        total = 0
        for name, content in files(book):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            path.write_bytes(data)
            total += len(data)
        if output.exists():
            output.rename(Path(scratch) / "before")
        folder.rename(output)
    return Built(output, len(book.lessons), total)


def refuse_other_folders(output: Path) -> None:
    """What is no book is not replaced by one."""
    if output.exists() and not (output.is_dir() and ((output / MARK).is_file() or not any(output.iterdir()))):
        raise GensqError(f"expected an empty folder or an earlier book, got {output}; choose another with -o")


def files(book: Book) -> Iterator[tuple[str, str | bytes]]:
    """(name, content) of every file of the book."""
    found, cited = [], {}
    for lesson in book.lessons:
        notebook = read_notebook(lesson.path)
        made, sections = lesson_files(book, lesson.name, notebook)
        yield from made.items()
        found += sections
        cited[lesson.name] = citations("\n".join(source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"))
        if small := thumbnail(notebook, pages.settings()["thumbnail"].get(lesson.name)):
            book.thumbnails[lesson.name] = f"thumbnails/{lesson.name}.png"
            yield book.thumbnails[lesson.name], small
    found += of_lists(book.terms, book.works)
    for name, title, html in pages.lists(book, cited):
        yield name, pages.plain_page(book, name, title, html)
    yield "index.html", pages.front(book)
    yield "search.html", pages.search(book)
    yield "clinic.html", pages.clinic_page()
    yield "static/search-index.js", f"window.gensqSections = {embedded(found)};\n"
    yield from book.alive.items()
    yield from static()


def static() -> Iterator[tuple[str, str | bytes]]:
    """Style sheets and scripts, shared by all pages."""
    for name in ("page.css", *page.SCRIPTS):
        yield f"static/{name}", page.read(name)
    for path in sorted((HERE / "static").iterdir()):
        yield f"static/{path.name}", path.read_bytes()
    yield "static/clinic.js", page.clinic()
    yield "static/mathjax.js", page.mathjax()


def lesson_files(book: Book, name: str, notebook: Mapping) -> tuple[dict[str, str | bytes], list[dict]]:
    """The page of a lesson with its pictures, and what the search finds in it."""
    linker = Linker(book.terms, book.works, book.numbers, own=name[:2])
    cells = page.as_cells(notebook, box=pages.live(name), start="index.html#start", linked=linker)
    html, pictures = as_files(among_lessons(cells.html, book), f"figures/{name}")
    title = book.title(name)
    return {f"{name}.html": pages.lesson(book, name, html, cells), **pictures}, documents(f"{name}.html", title, html)


def among_lessons(html: str, book: Book) -> str:
    """Links to notebooks lead to their pages; what is not in this book is text, and nothing is loaded from elsewhere."""
    built = {lesson.name for lesson in book.lessons}

    def turned(found: re.Match) -> str:
        return f'<a href="{found[2]}.html{found[3] or ""}">{found[4]}</a>' if found[2] in built else found[4]

    html = page.without_addresses(LINK.sub(turned, html))
    return re.sub(r'<a href="\.\./[^"]*"[^>]*>(.*?)</a>', r"<span>\1</span>", html, flags=re.DOTALL)  # files of the repository
