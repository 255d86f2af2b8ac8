"""The widgets of a lesson as a page without code, served on this machine by Voila.

One source: the page holds the lesson's cells tagged `voila`, in their order, under its title. Voila runs them anew for
every visitor, so only cells that take a moment have the tag. It listens on 127.0.0.1 and asks for a token, as JupyterLab does.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gensq_course.report.lessons import Lesson, Value, folder, read_notebook, source, tables_folder, tags
from gensq_lib.ground.errors import GensqError
from gensq_course.setup.workplace import python_path

TEMPLATES = Path(__file__).parent / "templates" / "jupyter"
LEFT_OUT = ("@jupyter/nbgrader", "@jupyter-notebook/lab-extension")  # what an instructor's environment has, and no page can load
TAG = "voila"
QUIET = "%%capture\n"  # what a cell shows is kept from the page


def page(lesson: Lesson, values: Mapping[str, Value] | None = None) -> dict[str, Any]:
    """A notebook of the cells for the page, without outputs; other `values` of parameters stand behind their defaults.

    Written as plain JSON: loading nbformat takes a second.
    """
    chosen = [cell for cell in read_notebook(lesson.path)["cells"] if TAG in tags(cell)]
    if not chosen:
        raise GensqError(f'expected a lesson with cells for a page (tag "{TAG}"), got {lesson.name}; choose 09_latent_space')
    title = words(f"# {lesson.title}")
    source_of = words(f"The lesson behind this page: `notebooks/{lesson.path.name}`.")
    return notebook([title, *shown(chosen, values or {}), source_of], lesson.title)


def page_of_model(path: Path) -> dict[str, Any]:
    """A notebook of the widgets of an exported model; its path is a text in it, and nothing of the file is."""
    made = code(f"from gensq_course.shipped import exploring\n\nexploring.show({str(path.resolve())!r})")
    return notebook([words("# A model in a file"), made], "A model in a file")


def notebook(cells: Sequence[dict], title: str) -> dict[str, Any]:
    """Of cells."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return {"cells": [*cells], "nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": kernel, "title": title}}


def shown(chosen: Sequence[dict], values: Mapping[str, Value]) -> list[dict[str, Any]]:
    """As on the page: what runs before the first words prepares, and shows nothing there; `values` come behind the parameters."""
    first = next((i for i, cell in enumerate(chosen) if cell["cell_type"] == "markdown"), 0)
    given = code("\n".join(f"{name} = {value!r}" for name, value in values.items()))
    cells = []
    for i, cell in enumerate(chosen):
        cells.append(words(source(cell)) if cell["cell_type"] == "markdown" else code(QUIET * (i < first) + source(cell)))
        cells += [given] * (bool(values) and "parameters" in tags(cell))
    return cells


def words(text: str) -> dict[str, Any]:
    """A cell of text, without numbers."""
    return {"cell_type": "markdown", "metadata": {}, "source": unnumbered(text)}


def code(text: str) -> dict[str, Any]:
    """A cell that has not run."""
    return {"cell_type": "code", "metadata": {}, "source": text, "execution_count": None, "outputs": []}


def unnumbered(text: str) -> str:
    """Headings without the number of a lesson or of a section, which a page has not.

    >>> unnumbered("## 8 · Talk")
    '## Talk'
    """
    return re.sub(r"^(#+) \d+ · ", r"\1 ", text, flags=re.MULTILINE)


def command(path: Path, *, port: int, options: Sequence[str] = ()) -> list[str]:
    """What starts the server."""
    return [sys.executable, "-m", "voila", str(path), f"--port={port}", "--Voila.ip=127.0.0.1", "--token",
            "--VoilaConfiguration.template=gensq", "--VoilaConfiguration.allow_template_override=NO",
            *(f"--VoilaConfiguration.extension_denylist={name}" for name in LEFT_OUT), *options]


def variables(notebooks: Path) -> dict[str, str]:
    """Where the kernel finds the lessons and the library, and Voila our template."""
    jupyter_path = os.pathsep.join(filter(None, [str(TEMPLATES), os.environ.get("JUPYTER_PATH")]))
    return {"JUPYTER_PATH": jupyter_path, "PYTHONPATH": python_path(),
            "GENSQ_NOTEBOOKS": str(notebooks.resolve()), "GENSQ_PROGRESS": "0"}


def serve(lesson: Lesson, *, port: int, options: Sequence[str] = (), values: Mapping[str, Value] | None = None) -> int:
    """Serve the page of a lesson until stopped by hand."""
    return serve_page(lesson.name, page(lesson, values), variables(tables_folder(lesson)), port=port, options=options)


def serve_model(path: Path, *, port: int, options: Sequence[str] = ()) -> int:
    """The same for an exported model."""
    return serve_page("model", page_of_model(path), variables(folder()), port=port, options=options)


def serve_page(name: str, content: Mapping[str, Any], more: Mapping[str, str], *, port: int, options: Sequence[str]) -> int:
    """Write the notebook where nobody else looks and start the server."""
    with tempfile.TemporaryDirectory(prefix="gensq-voila-") as place:
        path = Path(place) / f"{name}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        try:
            return subprocess.run(command(path, port=port, options=options), env=os.environ | more).returncode
        except KeyboardInterrupt:
            return 0
