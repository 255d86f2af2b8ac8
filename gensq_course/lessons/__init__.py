"""One folder for each lesson: its exercises, its quiz, its recorded studies, what it alone needs.

`NN_noun.ipynb` is the lesson, `gensq_course/lessons/noun/` its folder. Importing a folder makes its exercises known to
`checks`; a module in it called `study` or `study_...` holds a `STUDY`, which `gensq study` finds.
"""
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # they load torch
    from gensq_course.report.session import Here
    from gensq_lib.text.corpora import Corpus

HERE = Path(__file__).parent


def names() -> list[str]:
    """The nouns of all lessons."""
    return sorted(path.parent.name for path in HERE.glob("*/__init__.py"))


def load_all() -> None:
    """Make the exercises of every lesson known."""
    for name in names():
        importlib.import_module(f"{__name__}.{name}")


def prepare(lesson: str, values: Mapping[str, Any]) -> None:
    """What the page of this lesson needs and takes minutes to make: `prepare(values)` of its module `page`, if it has one."""
    noun = lesson.partition("_")[2]
    if (HERE / noun / "page.py").is_file():
        importlib.import_module(f"{__name__}.{noun}.page").prepare(values)


def studies() -> dict:
    """The recorded study of each name, whichever lesson it belongs to."""
    modules = sorted(f"{path.parent.name}.{path.stem}" for path in HERE.glob("*/study*.py"))
    found = [importlib.import_module(f"{__name__}.{module}").STUDY for module in modules]
    return {study.name: study for study in found}


def text_to_export(lesson: str, here: "Here", asked: Mapping[str, Any]) -> "Corpus":
    """What a model of the lesson (a noun) is trained on: `text(here, asked)` of its `exporting`, or the corpus as it is."""
    from gensq_lib.text import corpora

    module = importlib.import_module(f"{__name__}.{lesson}.exporting")
    if hasattr(module, "text"):
        return module.text(here, asked)
    return corpora.load(here.corpus, seed=here.seed)


def exportable(lesson: str = "") -> dict[str, dict]:
    """Noun of each lesson (or of this one) -> its models that `gensq export` can train: `MODELS` of its module `exporting`."""
    nouns = sorted(path.parent.name for path in HERE.glob("*/exporting.py"))
    return {noun: importlib.import_module(f"{__name__}.{noun}.exporting").MODELS for noun in nouns
            if lesson in ("", noun)}
