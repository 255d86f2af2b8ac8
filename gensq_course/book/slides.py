"""`gensq slides`: slides for lab sessions, taken out of the lessons.

`notebooks/slides.toml` names sections. Nothing is written twice: a section gives its first sentences with its formulas, and its
figures, questions and exercises, a slide each; its prose is the speaker's note.
"""
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gensq_course.book import pages
from gensq_course.execute import page
from gensq_course.report.lessons import find_lesson, folder, read_notebook, source
from gensq_lib.ground.errors import chosen
from gensq_lib.ground.places import atomic_write

STATIC = Path(__file__).parent / "static"
MOST_FORMULAS, LONGEST = 2, 360  # on one slide; characters of text, more is for the notes
FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
FORMULA = re.compile(r"\$\$.+?\$\$", re.DOTALL)
EXERCISE = re.compile(r"\*\*Exercise \d+")
QUESTION = re.compile(r"\*\*(?:Predict|Before you look)")
BETWEEN = "gensq-turn-here"
TURNED = re.compile(rf'<div class="cell text">\s*<p>{BETWEEN}</p>\s*</div>')
KEYS = "*→ and ← turn, Home and End go to the ends, n shows the notes*"
SENTENCE = re.compile(r"(?<![.?!]\W)(?<=[.?!:])\s+(?=[A-Z*$`])")


@dataclass
class Section:
    """What stands under one heading of a lesson: paragraphs of text and cells of code, in their order."""

    heading: str
    parts: list[str | dict] = field(default_factory=list)


@dataclass(frozen=True)
class Slide:
    """A kind (for the style sheet), a title, and cells: what is shown, what the speaker may say."""

    kind: str
    title: str
    shown: tuple[Mapping, ...] = ()
    notes: tuple[Mapping, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A session as a file."""

    path: Path
    num_slides: int


def settings() -> list[dict[str, Any]]:
    """The sessions of slides.toml."""
    return tomllib.loads((folder() / "slides.toml").read_text(encoding="utf-8"))["session"]


def write(output: Path) -> list[Shown]:
    """One HTML file a session, with all that it needs."""
    found = []
    for session in settings():
        made = slides(session)
        path = output / f"{session['name']}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as temporary:
            temporary.write_text(laid_out(session, made), encoding="utf-8")
        found.append(Shown(path, len(made)))
    return found


def laid_out(session: Mapping[str, Any], made: Sequence[Slide]) -> str:
    """The whole page of a session."""
    scripts = [page.read("theme.js"), (STATIC / "slides.js").read_text(encoding="utf-8"), page.MATHJAX_SETTINGS, page.mathjax()]
    styles = page.read("page.css") + (STATIC / "slides.css").read_text(encoding="utf-8")
    main = page.filled("slides.html.j2", pages.TEMPLATES, slides=[*zip(made, *as_html(made), strict=True)])
    return page.laid_out(page.Page(
        title=session["title"], description=session["about"], main_html=main, policy=page.policy(scripts),
        head_html=f"<style>{styles}</style>\n<script>{scripts[0]}</script>",
        bar_html='<span class="brand">gensq</span> <output id="place" aria-label="Slide"></output>',
        scripts_html="".join(f"<script>{script}</script>" for script in scripts[1:])))


def as_html(made: Sequence[Slide]) -> tuple[list[str], list[str]]:
    """What each slide shows, and its notes: all cells are turned at once, which takes a second in place of a minute."""
    cells = [cell for slide in made for some in (slide.shown, slide.notes) for cell in (*some, *said(BETWEEN))]
    parts = TURNED.split(page.as_cells({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).html)
    return parts[0:-1:2], parts[1::2]


def slides(session: Mapping[str, Any]) -> list[Slide]:
    """Title, then what each section gives."""
    lessons = [(find_lesson(name), wanted) for name, wanted in session["sections"]]
    about = "\n".join([session["about"], "", *(f"- {lesson.title}" for lesson, _ in lessons), "", KEYS])
    found = [Slide("title", session["title"], said(about))]
    for lesson, wanted in lessons:
        inside = sections(read_notebook(lesson.path)["cells"])
        found.append(Slide("lesson", lesson.title))
        for key in wanted:
            found += of_section(chosen(f"a section of {lesson.name}", key, inside))
    return found


def sections(cells: Sequence[Mapping]) -> dict[str, Section]:
    """The sections of a lesson by their number, or by their heading where it has none."""
    found, now = {}, Section("")
    for cell in cells:
        if cell["cell_type"] == "code":
            now.parts.append(dict(cell))
            continue
        for block in re.split(r"\n\s*\n", FOLD.sub("", source(cell))):
            if block.startswith("## "):
                heading, _, block = block.removeprefix("## ").partition("\n")
                now = Section(heading.strip())
                found[heading.split(" · ")[0].strip()] = now
            if block.strip():
                now.parts.append(block.strip())
    return found


def of_section(section: Section) -> Iterator[Slide]:
    """What it says, then its figures, questions and exercises in the order of the lesson."""
    prose = [part for part in section.parts if isinstance(part, str)]
    plain = [part for part in prose if not (EXERCISE.search(part) or QUESTION.search(part))]
    formulas = [formula for part in plain for formula in FORMULA.findall(part)]
    if shown := said(beginning(plain), *formulas[:MOST_FORMULAS]):
        yield Slide("said", section.heading, shown, said(*plain))
    for part in section.parts:
        if isinstance(part, dict):
            yield from (Slide("figure", section.heading, (picture,)) for picture in pictures(part))
        elif EXERCISE.search(part):
            yield Slide("exercise", section.heading, said(part))
        elif QUESTION.search(part):
            yield Slide("question", section.heading, said(part))


def beginning(paragraphs: Sequence[str]) -> str:
    """The first sentences of the text, as many as a slide holds."""
    prose = " ".join(FORMULA.sub("", each) for each in paragraphs if each[0].isalpha() or each[0] in "*`")
    sentences, length = [], 0
    for sentence in SENTENCE.split(re.sub(r"\s+", " ", prose)):
        length += len(sentence) + 1
        if sentences and length > LONGEST:
            break
        sentences.append(sentence)
    return re.sub(r":$", ".", " ".join(sentences))


def said(*paragraphs: str) -> tuple[Mapping, ...]:
    """A text cell of these; none of nothing."""
    text = "\n\n".join(filter(None, paragraphs))
    return ({"cell_type": "markdown", "metadata": {}, "source": text},) if text else ()


def pictures(cell: Mapping) -> list[dict]:
    """A cell without code for each picture that this one left."""
    bare = {"cell_type": "code", "metadata": {}, "source": "", "execution_count": None}
    return [bare | {"outputs": [output]} for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
