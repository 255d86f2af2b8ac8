"""The page of a lesson's widgets: which cells it holds, where it listens, and that it asks for nothing outside."""
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from gensq_course.execute import voila
from gensq_course.report.lessons import find_lesson, read_lesson, tables_folder
from gensq_lib.ground.errors import GensqError
from lesson_maker import make_lesson

SHOWN = {"tags": ["voila"]}


def read_as_notebook(page):
    """As Jupyter reads it, checked."""
    notebook = nbformat.reads(json.dumps(page), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    return notebook


def test_the_page_holds_the_tagged_cells_in_their_order(tmp_path):
    words, last = new_markdown_cell("## 3 · Play", metadata=SHOWN), new_code_cell("2 + 2", metadata=SHOWN)
    path = make_lesson(tmp_path, words, "1 + 1", last)
    page = read_as_notebook(voila.page(read_lesson(path)))
    assert [cell.cell_type for cell in page.cells] == ["markdown", "markdown", "code", "markdown"]
    title, words, code, source_of = (cell.source for cell in page.cells)
    assert title == "# A tiny lesson" and words == "## Play" and code == "2 + 2" and path.name in source_of
    assert not page.cells[2].outputs and page.metadata.title == "A tiny lesson"


def test_other_values_stand_behind_the_defaults():
    cells = read_as_notebook(voila.page(find_lesson("16"), {"corpus": "sgd", "seed": 3})).cells
    place = next(i for i, cell in enumerate(cells) if 'corpus: str = "doorstep"' in cell.source)
    assert cells[place + 1].source == "corpus = 'sgd'\nseed = 3"
    assert len(voila.page(find_lesson("16"))["cells"]) == len(cells) - 1


def test_what_prepares_shows_nothing(tmp_path):
    """Cells before the first words run, and their tables and settings stay away from the page."""
    first, words, last = (new_code_cell("1 + 1", metadata=SHOWN), new_markdown_cell("Play", metadata=SHOWN),
                          new_code_cell("2 + 2", metadata=SHOWN))
    cells = read_as_notebook(voila.page(read_lesson(make_lesson(tmp_path, first, words, last)))).cells
    assert [cell.source for cell in cells[1:4]] == ["%%capture\n1 + 1", "Play", "2 + 2"]


def test_a_lesson_without_such_cells_is_refused(tmp_path):
    with pytest.raises(GensqError, match="choose 09_latent_space"):
        voila.page(read_lesson(make_lesson(tmp_path)))


@pytest.mark.parametrize("lesson", ["09", "16"])
def test_the_cells_on_the_page_need_no_others(tmp_path, lesson):
    """No name on the page comes from a cell that is not on it."""
    (tmp_path / "page.ipynb").write_text(json.dumps(voila.page(find_lesson(lesson))))
    found = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", tmp_path / "page.ipynb"],
                           capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_it_listens_on_this_machine_only_and_asks_for_a_token(tmp_path):
    command = voila.command(tmp_path / "x.ipynb", port=1234, options=["--no-browser"])
    assert command[:3] == [sys.executable, "-m", "voila"] and command[-1] == "--no-browser"
    assert {"--Voila.ip=127.0.0.1", "--token", "--port=1234", "--VoilaConfiguration.template=gensq"} <= set(command)


def test_the_kernel_finds_the_lesson_and_voila_the_template(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    found = voila.variables(tables_folder(read_lesson(make_lesson(tmp_path))))
    assert found["GENSQ_NOTEBOOKS"] == str(tmp_path.resolve()) and found["JUPYTER_PATH"].endswith("/elsewhere")
    template = Path(re.split("[:;]/elsewhere", found["JUPYTER_PATH"])[0]) / "voila" / "templates" / "gensq"
    assert (template / "index.html.j2").is_file() and (template / "conf.json").is_file()


def test_every_address_of_voilas_own_template_is_replaced():
    """A new version of Voila may ask for other things: then this fails before a reader's page waits for them."""
    theirs = (Path(sys.prefix) / "share/jupyter/voila/templates/lab/index.html.j2").read_text()
    ours = (voila.TEMPLATES / "voila/templates/gensq/index.html.j2").read_text()
    asked = re.findall(r'(?:href|src)="(https?://[^"]+)"', theirs)
    assert all(f'replace("{address}", "data:' in ours for address in asked)


def test_a_server_is_started_without_loading_torch_or_nbformat():
    """Its kernel loads them; a person who waits for both waits seconds longer."""
    start = ("import sys, subprocess\nfrom gensq_course.cli import main\nfrom gensq_course.execute import voila\n"
             "voila.subprocess.run = lambda *_, **__: sys.exit(' '.join({'torch', 'nbformat'} & set(sys.modules)) or 0)\n"
             "sys.argv = ['gensq', 'voila', '16', '--no-browser']\nmain(sys.argv[1:])")
    found = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, ""), found.stderr
