"""Makes small lessons in a folder of their own, for the tests of reports, commands and notebook rules."""
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = '''\
seed: int = 0  # any whole number
budget: str = ""  # smoke, standard or full
device: str = ""  # cpu, cuda or auto
steps: int = 0  # 0: as the budget says
cure: str = "none"  # none or free_bits
rate: float = -1.0  # -1: as the budget says
loud: bool = False  # prints more'''
CARD = """\
# A tiny lesson

| | |
|---|---|
| **You will do** | a run. |
| **You will learn** | a word. |
| **You need** | nothing. |
| **Time** | two minutes. |"""
RULES = """
[09_tiny]
steps = {min = 1, max = 100, smoke = 2, standard = 20, full = 50}
rate = {min = 0.0, max = 1.0, smoke = 0.5, standard = 0.5, full = 0.5}
cure = {one_of = ["none", "free_bits"]}
"""
CLAIMS = """
[09_tiny.small]
sentence = "The number is small."
max = 0.5
reason = "It is 0.25 by construction."
"""
BEGIN = 'from gensq_course import report\nhere = report.begin("09_tiny", globals())'


def make_lesson(folder: Path, *cells, name: str = "09_tiny", parameters: str = PARAMETERS) -> Path:
    """A lesson with its two tables; strings become code cells, those that start with '# ' or '## ' Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "parameters.toml").write_text(RULES)
    (folder / "claims.toml").write_text(CLAIMS)
    body = [new_markdown_cell(CARD),
            new_code_cell(parameters, metadata={"tags": ["parameters"]}), new_code_cell(BEGIN)]
    body += [as_cell(cell) for cell in cells]
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=body), path)
    return path


def as_cell(cell):
    """A string or a ready cell."""
    if not isinstance(cell, str):
        return cell
    return new_markdown_cell(cell) if cell.startswith("#") else new_code_cell(cell)
