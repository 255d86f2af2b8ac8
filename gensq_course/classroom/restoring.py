"""What nbgrader does differently in our courses: a kernel with limits, and a notice where a graded cell was changed.

nbgrader restores a changed check cell by itself. Its log names every cell that has hidden tests as changed, for these were taken
out; here only those are named that the student changed, and the notebook says it, and so does its feedback.
"""
import os
import re
import sys

from jupyter_client.manager import AsyncKernelManager
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, OverwriteCells

HIDDEN = re.compile(r"^[^\n]*BEGIN (HIDDEN TESTS|MARK SCHEME).*?END \1[^\n]*\n?", flags=re.DOTALL | re.MULTILINE)
NOTICE = ("**Changed by the student and restored before grading:** {cells}. What was handed in is still in the folder "
          "`submitted`.")


class LimitedKernel(AsyncKernelManager):
    """A kernel behind `limits.py`: memory, computing time, size of files; none of the instructor's secrets."""

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The kernel's command, started by ours; on Windows, where a process cannot become another, as it is."""
        ours = [] if os.name == "nt" else [sys.executable, "-m", "gensq_course.classroom.limits"]
        return [*ours, *super().format_kernel_cmd(extra_arguments)]


class ExecuteLimited(Execute):
    """nbgrader's, with that kernel."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options | {"kernel_manager_class": LimitedKernel})


class NameChanges(OverwriteCells):
    """nbgrader's, which also adds cells back that are gone, and writes what it mended into the notebook."""

    add_missing_cells = True

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.changed: list[str] = []

    def preprocess_cell(self, cell, resources, cell_index):
        """A locked cell whose text is not as it was released."""
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        try:
            given = self.gradebook.find_source_cell(grade_id, self.notebook_id, self.assignment_id)
        except MissingEntry:
            given = None
        if given and given.locked and released(given.source) != cell.source.strip():
            self.changed.append(given.name)
        return super().preprocess_cell(cell, resources, cell_index)

    def report_change(self, name: str, attr: str, old, new) -> None:
        """A cell of another kind. Its checksum says nothing: hidden tests were taken out of each cell that has them."""
        if attr != "checksum":
            super().report_change(name, attr, old, new)
            self.changed.append(name)

    def missing_cell_transform(self, source_cell, *args, **options):
        """A cell that is gone."""
        self.changed.append(f"{source_cell.name} (taken out)")
        return super().missing_cell_transform(source_cell, *args, **options)

    def preprocess(self, nb, resources):
        """Mend the cells, and put the notice on top."""
        self.changed = []
        nb, resources = super().preprocess(nb, resources)
        if self.changed:
            names = ", ".join(dict.fromkeys(f"`{name}`" for name in self.changed))
            told = {"cell_type": "markdown", "id": "changed-cells", "metadata": {}, "source": NOTICE.format(cells=names)}
            nb.cells.insert(0, type(nb)(told))
        return nb, resources


def released(text: str) -> str:
    """A cell without what only the instructor has."""
    return HIDDEN.sub("", text).strip()


def exchanged(preprocessors: list[type], ours: type) -> list[type]:
    """Ours in the place of the one that it is made from."""
    return [ours if issubclass(ours, each) else each for each in preprocessors]


SANITIZE = exchanged(Autograde.sanitize_preprocessors.default(), NameChanges)
AUTOGRADE = exchanged(Autograde.autograde_preprocessors.default(), ExecuteLimited)
