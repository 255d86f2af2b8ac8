"""An executed notebook as a page: one template for a report, which is one file, and for the lessons of the web book.

nbconvert turns the cells into HTML (templates/gensq), `shell.html.j2` puts a page around them. MathJax comes from a package, the
widgets are drawn by a small script of ours. A content security policy allows the page's own scripts and no other thing to run
or to load.
"""
import functools
import importlib.metadata
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import nbformat
from markupsafe import Markup
from nbconvert import HTMLExporter

from gensq_course.execute.graded import graded, spoken
from gensq_course.report.html import embedded, policy
from gensq_course.widgets import fronts
from gensq_lib import __version__
from gensq_lib.plots.style import AT_NIGHT

HERE = Path(__file__).resolve().parent / "templates"
STATE = "application/vnd.jupyter.widget-state+json"
SCRIPTS = ("widgets.js", "answers.js", "page.js")  # in this order: what is drawn, what is answered, what is set right after that
MATHJAX_SETTINGS = r"""
window.MathJax = {
  tex: {inlineMath: [["$", "$"], ["\\(", "\\)"]], processEscapes: true},
  options: {enableMenu: false, ignoreHtmlClass: "highlight|output_text"}
};"""
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', re.DOTALL)


@dataclass(frozen=True)
class Cells:
    """The cells of a notebook as HTML, and what a page needs to draw them."""

    html: str
    widgets: Mapping  # the saved state of the widgets; empty if there are none
    formulas: bool

    @property
    def contents(self) -> list[tuple[str, str]]:
        """(id, text) of the headings of second order."""
        return [(place, re.sub(r"<[^>]*>", "", text).strip()) for place, text in HEADING.findall(self.html)]

    @property
    def plays(self) -> bool:
        """Whether the clinic stands in it, which needs no kernel."""
        return any(model.get("state", {}).get("game") for model in self.widgets.get("state", {}).values())

    @property
    def data(self) -> str:
        """The state of the widgets and the words of forms, as elements that scripts read."""
        state = f'<script type="{STATE}">{embedded(self.widgets)}</script>\n' if self.widgets else ""
        return state + f'<script type="application/json" id="gensq-words">{embedded(spoken())}</script>'


@dataclass(frozen=True)
class Page:
    """What `shell.html.j2` puts together. Texts are escaped there; what is HTML already is named so."""

    title: str
    description: str
    main_html: str
    policy: str
    head_html: str  # style sheets and what must run before anything is seen
    scripts_html: str
    bar_html: str = ""
    foot_html: str = ""
    contents: Iterable[tuple[str, str]] = field(default_factory=list)
    can_hide_code: bool = False


def to_html(notebook: nbformat.NotebookNode, *, title: str, metrics: Mapping, changed: Mapping | None = None) -> str:
    """The page of a report. `metrics` and `changed` (parameters that are not the lesson's own) fill the box under its title."""
    cells = as_cells(notebook, box=filled("box.html.j2", metrics=metrics, changed=changed or {}))
    early, scripts = read("theme.js"), [clinic()] * cells.plays + [read(name) for name in SCRIPTS]
    scripts += [MATHJAX_SETTINGS, mathjax()] if cells.formulas else []
    about = f"Report of the lesson {metrics['lesson']}: {metrics['message']}"
    return laid_out(Page(
        title=title, description=about, main_html=without_addresses(cells.html), contents=cells.contents, can_hide_code=True,
        policy=policy([early, *scripts]), head_html=f"<style>{read('page.css')}</style>\n<script>{early}</script>",
        scripts_html="\n".join([cells.data, *(f"<script>{script}</script>" for script in scripts)])))


def as_cells(notebook: Mapping, *, box: str = "", start: str = "", linked: Callable[[str], str] | None = None) -> Cells:
    """The cells as HTML. `box` (HTML) stands below the first one, `start` is where "your notebook" of an exercise is told of,
    `linked` has the last word on each text cell."""
    notebook = graded(nbformat.reads(json.dumps(notebook), as_version=4))  # the file format allows lists of lines
    for data in (output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])):
        data.update({kind: at_night(data[kind]) for kind in data.keys() & {"text/html"}})
    exporter = HTMLExporter(template_name="gensq", extra_template_basedirs=[str(HERE)],
                            exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.register_filter("linked", linked or (lambda html: html))
    body, _ = exporter.from_notebook_node(notebook, resources={"page": {"box": box, "start": start}})
    state = notebook.metadata.get("widgets", {}).get(STATE, {})
    return Cells(body, json.loads(at_night(json.dumps(state))), has_formulas(notebook))


def laid_out(page: Page) -> str:
    """The whole page."""
    return filled("shell.html.j2", version=__version__, **vars(page))


def filled(template: str, folder: Path = HERE, **values: object) -> str:
    """One of our templates; names that end with `_html` are HTML already."""
    loader = jinja2.FileSystemLoader([folder, HERE])
    made = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    made.filters["short"] = lambda x: f"{x:.4g}" if isinstance(x, float) else str(x)
    safe = {name: Markup(value) if name.endswith("_html") else value for name, value in values.items()}
    return made.get_template(template).render(**safe)


def at_night(html: str) -> str:
    """Boxes and cards that bring their colours along: each gets the one that it has on a dark page, too."""
    return re.sub("|".join(AT_NIGHT), lambda day: f"light-dark({day[0]}, {AT_NIGHT[day[0].upper()]})", html, flags=re.IGNORECASE)


def has_formulas(notebook: nbformat.NotebookNode) -> bool:
    """Whether MathJax (2 MB) is worth its place: some Markdown, HTML or LaTeX output has a dollar pair or \\( \\[."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        texts += [str(output.get("data", {}).get(kind, "")) for kind in ("text/html", "text/markdown", "text/latex")]
    widgets = str(notebook.metadata.get("widgets", ""))
    return any(re.search(r"\$[^$]+\$|\\\(|\\\[|\\begin\{", text) for text in [*texts, widgets])


def without_addresses(page: str) -> str:
    """A single file has no neighbours and no network: links to other notebooks become text, pictures elsewhere their
    description. Links that a reader may click stay."""
    page = re.sub(r'<a href="[^":]*\.ipynb[^"]*"[^>]*>(.*?)</a>', r"<span>\1</span>", page, flags=re.DOTALL)
    elsewhere = r"""(<(?:img|audio|video|source|link)\b[^>]*?\s)(?:src|srcset|href)=(["'])(?:https?:)?//[^"']*\2"""
    return re.sub(elsewhere, r"\1", page)


@functools.cache
def mathjax() -> str:
    """MathJax 3 with SVG output, from the package sphinx-mathjax-offline (its folder's name is no Python name)."""
    files = importlib.metadata.files("sphinx-mathjax-offline") or []
    path = next(file for file in files if file.name == "tex-svg-full.js")
    return Path(path.locate()).read_text(encoding="utf-8").replace("</script", "<\\/script")


def clinic() -> str:
    """The script that plays the clinic, for widgets.js."""
    return f"globalThis.gensqClinic = {fronts.value('clinic')};\n"


def read(name: str) -> str:
    """One of our own files for the page."""
    return (HERE / "gensq" / name).read_text(encoding="utf-8")
