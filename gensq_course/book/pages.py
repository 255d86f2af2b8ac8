"""The kinds of pages of the book: front, lesson, lists, search. All stand in the shell of a report's page (execute/page.py)."""
import functools
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path

from gensq_course.book.linking import Term
from gensq_course.book.references import Citation, Work, as_html, is_cited_as
from gensq_course.execute import page
from gensq_course.execute.graded import VIEW
from gensq_course.report.html import policy
from gensq_course.report.course import Place
from gensq_course.report.lessons import Lesson, folder, read_notebook
from gensq_lib.ground.errors import GensqError

TEMPLATES = Path(__file__).parent / "templates"
PAGES = (("notation.html", "Notation"), ("glossary.html", "Glossary"), ("bibliography.html", "Bibliography"))
NOTATION = ("00_start_here", "notation", "notation-sheet")  # the lesson whose cells are the page "Notation"
MODEL = re.compile(r"IPY_MODEL_(\w+)")


@functools.cache
def settings() -> dict:
    """book.toml."""
    return tomllib.loads(Path(__file__).with_name("book.toml").read_text(encoding="utf-8"))


@dataclass
class Book:
    """What its pages know of each other."""

    lessons: Sequence[Lesson]
    places: Sequence[Place]
    terms: Sequence[Term]
    works: Sequence[Work]
    alive: Mapping[str, str | bytes] = field(default_factory=dict)  # files of components, by name
    thumbnails: dict[str, str] = field(default_factory=dict)  # lesson -> file

    @property
    def numbers(self) -> dict[str, str]:
        """Number of a lesson -> its page."""
        return {lesson.name[:2]: f"{lesson.name}.html" for lesson in self.lessons}

    @property
    def parts(self) -> list[tuple[str, list[Place]]]:
        """The places of the map that have a page, part by part."""
        built = {lesson.name for lesson in self.lessons}
        return [(part, [*places]) for part, places in
                groupby((place for place in self.places if place.name in built), key=lambda place: place.part)]

    def title(self, name: str) -> str:
        """What a lesson calls itself."""
        return next(lesson.title for lesson in self.lessons if lesson.name == name)

    def neighbours(self, name: str) -> tuple[Lesson | None, Lesson | None]:
        """The lesson before and the one after."""
        number = [lesson.name for lesson in self.lessons].index(name)
        return (self.lessons[number - 1] if number else None,
                self.lessons[number + 1] if number + 1 < len(self.lessons) else None)


def laid_out(book: Book, *, title: str, main: str, scripts: Sequence[str], about: str = "", data: str = "",
             formulas: bool = False, alive: bool = False, foot: str = "", contents: Sequence[tuple[str, str]] = (),
             hide_code: bool = False) -> str:
    """A page in the shell, with the bar of the book; scripts are names of files in static/, and `alive` says that a component
    stands in it."""
    early, setting = page.read("theme.js"), page.MATHJAX_SETTINGS
    sheets = "".join(f'<link rel="stylesheet" href="static/{name}.css">\n' for name in ("page", "book"))
    names = [f"static/{name}" for name in (*scripts, "page.js", "book.js", *["mathjax.js"] * formulas)]
    if alive and book.alive:
        sheets += '<link rel="stylesheet" href="live.css">\n'
        names += ["live.js"]
    tags = "\n".join(f'<script defer src="{name}"></script>' for name in names)
    return page.laid_out(page.Page(
        title=title if title == "gensq" else f"{title} - gensq", description=about or title, main_html=main, contents=contents,
        can_hide_code=hide_code, policy=policy([early, *[setting] * formulas], files="'self' file:"),
        head_html=f"{sheets}<script>{early}</script>", foot_html=foot,
        bar_html=page.filled("bar.html.j2", TEMPLATES, parts=book.parts, pages=PAGES),
        scripts_html="\n".join([data, *[f"<script>{setting}</script>"] * formulas, tags])))


def lesson(book: Book, name: str, html: str, cells: page.Cells) -> str:
    """A lesson: its cells, what stands before and after it."""
    before, after = book.neighbours(name)
    about = next((place.about for place in book.places if place.name == name), "")
    return laid_out(book, title=book.title(name), about=about, main=html, contents=cells.contents, data=cells.data,
                    alive=name in filled_places(),
                    scripts=(*["clinic.js"] * cells.plays, "widgets.js", "answers.js"), formulas=cells.formulas, hide_code=True,
                    foot=page.filled("turn.html.j2", TEMPLATES, before=before, after=after, elsewhere=elsewhere(name)))


def elsewhere(name: str) -> list[tuple[str, str]]:
    """(address, where) of the places that open a lesson in a notebook without an installation; none while it is not said where
    the repository lies (`repository` in book.toml, or GENSQ_REPOSITORY)."""
    repository = os.environ.get("GENSQ_REPOSITORY", settings()["repository"])
    if not repository:
        return []
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise GensqError(f'expected the repository as "OWNER/NAME" on GitHub, got "{repository}"; mend GENSQ_REPOSITORY, or '
                         "`repository` in gensq_course/book/book.toml")
    return [(f"https://colab.research.google.com/github/{repository}/blob/main/notebooks/{name}.ipynb", "Colab"),
            (f"https://mybinder.org/v2/gh/{repository}/main?labpath=notebooks/{name}.ipynb", "Binder"),
            (f"https://codespaces.new/{repository}", "a container (Codespaces)")]


def live(name: str) -> str:
    """What can be touched of a lesson, under its title: what is to be done, where the lesson comes to it, and the place that a
    component fills, with a sentence until it does. One that has to be read for first has no such place."""
    if (place := settings()["live"].get(name)) is None:
        return ""
    title, lead = alive(place["name"])
    alone = f', or as <a href="{place["page"]}">a page of its own</a>' if "page" in place else ""
    filled = (f'<div class="gensq-live" data-live="{place["name"]}"><p>{escape(place["says"])}</p></div>'
              if "says" in place else "")
    return (f'<aside class="live" id="alive" aria-label="Try it here"><p><strong>{escape(title)}.</strong> {as_code(lead)} '
            f'<a href="#cell-{place["cell"]}">Where the lesson comes to it</a>{alone}</p>{filled}</aside>')


def alive(name: str) -> tuple[str, str]:
    """Title of a component, and what to do there."""
    from gensq_course.live import TITLES  # it loads torch

    return TITLES[name]


def as_code(text: str) -> str:
    """Plain text as HTML; what stands between backticks is code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))


def places_alive(book: Book) -> list[tuple[str, str]]:
    """(address, title) of what can be touched in the lessons of this book, and of the clinic, which has a page in every one."""
    built = {one.name for one in book.lessons}
    found = [(f"{name}.html#alive", alive(place["name"])[0]) for name, place in sorted(filled_places().items()) if name in built]
    return [*found, ("clinic.html", alive("clinic")[0])]


def filled_places() -> dict[str, Mapping[str, str]]:
    """Of each lesson the place that a component fills."""
    return {name: place for name, place in settings()["live"].items() if "says" in place}


def components(names: Iterable[str]) -> list[str]:
    """What fills the places of these lessons and of the front page."""
    places = filled_places()
    return list(dict.fromkeys(["space", *(places[name]["name"] for name in names if name in places)]))


def front(book: Book) -> str:
    """The first page: a sentence that changes, for whom, the map, how to begin."""
    hero, chosen = moving(), settings()["front"]["lesson"]
    cards = [(part, [(place, book.thumbnails.get(place.name, "")) for place in places])
             for part, places in groupby(book.places, key=lambda place: place.part)]
    stand = [place for place in book.places if place.stands]
    built = {one.name for one in book.lessons}
    main = page.filled(
        "front.html.j2", TEMPLATES, parts=cards, built=built, num_lessons=len(stand), hero_html=hero.html,
        alive=places_alive(book) if book.alive else [], start="00_start_here.html" if "00_start_here" in built else "",
        hero_page=f"{chosen}.html" if chosen in built else "", all_hours=f"{sum(place.hours for place in stand):g}",
        spine_hours=f"{sum(place.hours for place in stand if place.spine):g}")
    return laid_out(book, title="gensq", alive=True, main=f'<div class="front">{main}</div>', data=hero.data,
                    scripts=("widgets.js",),
                    about="Deep generative models for text, taught in notebooks in which every claim is run")


def moving() -> page.Cells:
    """The widget of the front page: one cell's output, with the state of its own widgets alone."""
    chosen = settings()["front"]
    notebook, cells = cells_of(chosen["lesson"], [chosen["cell"]])
    if not cells:
        return page.Cells("", {}, False)
    cell = cells[0]
    saved = notebook["metadata"].get("widgets", {}).get(page.STATE, {}).get("state", {})
    views = [output["data"][VIEW]["model_id"] for output in cell.get("outputs", []) if VIEW in output.get("data", {})]
    state = {page.STATE: {"state": {name: saved[name] for name in reachable(saved, views)}}}
    shown = cell | {"source": "", "metadata": {}}
    return page.as_cells(notebook | {"cells": [shown], "metadata": notebook["metadata"] | {"widgets": state}})


def cells_of(name: str, wanted: Sequence[str]) -> tuple[dict, list[dict]]:
    """A lesson's notebook and those of its cells; no cells where the lessons are others than ours."""
    path = folder() / f"{name}.ipynb"
    notebook = read_notebook(path) if path.is_file() else {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return notebook, [cell for cell in notebook["cells"] if cell.get("id") in wanted]


def reachable(saved: Mapping[str, Mapping], names: Sequence[str]) -> list[str]:
    """The widgets that are drawn from these, and the links between them."""
    found: dict[str, None] = {}

    def follow(name: str) -> None:
        if name in saved and name not in found:
            found[name] = None
            for other in MODEL.findall(str(saved[name]["state"])):
                follow(other)

    for name in names:
        follow(name)
    links = [name for name, model in saved.items() if model["model_name"].endswith("LinkModel")
             and set(MODEL.findall(str(model["state"]))) <= found.keys()]
    return [*found, *links]


def lists(book: Book, cited: Mapping[str, set[Citation]]) -> Iterator[tuple[str, str, str]]:
    """(file, title, HTML) of the pages that are lists."""
    yield "notation.html", "Notation", notation()
    yield "glossary.html", "Glossary", glossary(book)
    yield "bibliography.html", "Bibliography", works(book, cited)


def notation() -> str:
    """The sheet of the first lesson."""
    name, *wanted = NOTATION
    notebook, cells = cells_of(name, wanted)
    html = page.as_cells(notebook | {"cells": cells}).html
    return "<h1>Notation</h1>" + re.sub(r"<h2 .*?</h2>|<details class=\"source\".*?</details>", "", html, flags=re.DOTALL)


def glossary(book: Book) -> str:
    """The terms, each with the lesson that teaches it."""
    rows = [f'<dt id="{term.place}">{escape(term.name)}{also(term)}</dt><dd>{escape(term.says)} {taught(book, term.lesson)}</dd>'
            for term in book.terms]
    return f'<h1>Glossary</h1><dl class="glossary">{"".join(rows)}</dl>'


def also(term: Term) -> str:
    """Other words for the same; that one of them is the singular need not be said."""
    others = [word for word in term.also if f"{word}s" != term.name]
    return f' <span class="note">also: {escape(", ".join(others))}</span>' if others else ""


def taught(book: Book, number: str) -> str:
    """The way to a lesson, if it has a page."""
    address = book.numbers.get(number)
    return f'<a href="{address}">Lesson {number}</a>.' if address else f"Lesson {number}."


def works(book: Book, cited: Mapping[str, set[Citation]]) -> str:
    """All works, each with the lessons that cite it."""
    def lessons_of(work: Work) -> str:
        pages = [f'<a href="{name}.html">{name[:2]}</a>' for name, found in cited.items()
                 if any(is_cited_as(work, one) for one in found)]
        return f' <span class="note">Lessons {", ".join(pages)}.</span>' if pages else ""

    rows = [f'<li id="{escape(work.key)}">{as_html(work)}{lessons_of(work)}</li>' for work in book.works]
    return f'<h1>Bibliography</h1><ol class="works">{"".join(rows)}</ol>'


def plain_page(book: Book, name: str, title: str, html: str) -> str:
    """A page of text alone."""
    return laid_out(book, title=title, main=html, scripts=(), formulas="$" in html and name == "notation.html")


def search(book: Book) -> str:
    """The page of the search; the index is loaded here and nowhere else."""
    return laid_out(book, title="Search", main=page.filled("search.html.j2", TEMPLATES),
                    scripts=("finder.js", "search-index.js", "search.js"))


def clinic_page() -> str:
    """The clinic with its first patients."""
    from gensq_course import clinic  # it loads torch

    return clinic.page(clinic.new_game(0, clinic.recorded()))
