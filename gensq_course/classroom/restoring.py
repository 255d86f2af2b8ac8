"""What nbgrader does differently in our courses: a kernel with limits, and a notice where a graded cell was changed.

nbgrader restores a changed check cell by itself, and says so in its log only. Here the notebook says it, and so does its feedback.
"""
import sys

from jupyter_client.manager import AsyncKernelManager
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, OverwriteCells

NOTICE = ("**Changed by the student and restored before grading:** {cells}. What was handed in is still in the folder "
          "`submitted`.")


class LimitedKernel(AsyncKernelManager):
    """A kernel behind `limits.py`: memory, computing time, size of files; none of the instructor's secrets."""

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The kernel's command, started by ours."""
        return [sys.executable, "-m", "gensq_course.classroom.limits", *super().format_kernel_cmd(extra_arguments)]


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

    def report_change(self, name: str, attr: str, old, new) -> None:
        """A cell that is not as it was released."""
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
            nb.cells.insert(0, {"cell_type": "markdown", "id": "changed-cells", "metadata": {}, "source": NOTICE.format(cells=names)})
            nb.cells[0] = type(nb)(nb.cells[0])
        return nb, resources


def exchanged(preprocessors: list[type], ours: type) -> list[type]:
    """Ours in the place of the one that it is made from."""
    return [ours if issubclass(ours, each) else each for each in preprocessors]


SANITIZE = exchanged(Autograde.sanitize_preprocessors.default(), NameChanges)
AUTOGRADE = exchanged(Autograde.autograde_preprocessors.default(), ExecuteLimited)
