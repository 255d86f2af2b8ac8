"""The lessons as files: where they are, what they are called, which parameters they take.

Reads notebooks as JSON and their `parameters` cell as source, so that listing lessons starts no kernel and
imports nothing heavy.
"""
import ast
import json
import os
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.ground.places import NOTEBOOKS

TYPES = {"str": str, "int": int, "float": float, "bool": bool}
Value = str | int | float | bool
TIME = 3  # the row of a lesson's card that says how long it takes


@dataclass(frozen=True)
class Parameter:
    """One line of a `parameters` cell: `steps: int = 0  # 0: as the budget says`."""

    name: str
    type: type
    default: Value
    help: str = ""


@dataclass(frozen=True)
class Lesson:
    """A notebook file, read."""

    path: Path
    title: str
    time: str
    parameters: dict[str, Parameter] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.stem


def folder() -> Path:
    """Where the lessons and their tables are: `GENSQ_NOTEBOOKS`, else this project's notebooks/."""
    given = os.environ.get("GENSQ_NOTEBOOKS")
    if given and not os.path.isdir(given):
        raise GensqError(f"expected GENSQ_NOTEBOOKS to name a folder, got {given}; mend or unset it")
    return Path(given or NOTEBOOKS)


def tables_folder(lesson: Lesson) -> Path:
    """The folder whose tables hold for a lesson: its own if it has a claims.toml, else the project's."""
    return lesson.path.parent if (lesson.path.parent / "claims.toml").exists() else folder()


def noun(name: str) -> str:
    """The name of a lesson's folder in gensq_course/lessons: "text_vae" of "06_text_vae"."""
    return re.sub(r"^\d+_", "", name)


def all_lessons() -> list[Lesson]:
    """Every lesson, in order."""
    lessons, complaints = readable_lessons()
    if complaints:
        raise GensqError(complaints[0])
    return lessons


def readable_lessons() -> tuple[list[Lesson], list[str]]:
    """Every lesson that can be read, in order, and a sentence about each file that is none."""
    lessons, complaints = [], []
    for path in sorted(folder().glob("*.ipynb")):
        try:
            lessons.append(read_lesson(path))
        except GensqError as error:
            complaints.append(str(error))
    return lessons, complaints


def find_lesson(name: str) -> Lesson:
    """A lesson by name ("06_text_vae"), by number ("06") or by path ("my_lessons/06_text_vae.ipynb")."""
    if name.endswith(".ipynb") and Path(name).is_file():
        return read_lesson(Path(name))
    names = sorted(path.stem for path in folder().glob("*.ipynb"))
    found = [known for known in names if known == name.removesuffix(".ipynb") or known.split("_")[0] == name.zfill(2)]
    if len(found) == 1:
        return read_lesson(folder() / f"{found[0]}.ipynb")
    raise GensqError(f'expected a lesson ({listed(names) or "there are none yet"}) or the path of a notebook, '
                     f'got "{name}"{nearest(name, names)}')


def read_lesson(path: Path) -> Lesson:
    """Title, time and parameters of a notebook file."""
    cells = read_cells(path)
    text = "\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")
    title = re.search(r"^# +(.+)$", text, flags=re.MULTILINE)
    rows = card(text)
    code = next((source(cell) for cell in cells if "parameters" in tags(cell)), "")
    return Lesson(path=path, title=title[1].strip() if title else path.stem, time=rows[TIME][1] if len(rows) > TIME else "",
                  parameters={parameter.name: parameter for parameter in read_parameters(code, path.name)})


def card(text: str) -> list[tuple[str, str]]:
    """The rows (name, content) of the table under the title, in any language: to do, to learn, to know, time, and more."""
    top = re.search(r"\A\s*# .*\n\s*((?:\|.*(?:\n|\Z))+)", text)
    return re.findall(r"^\| *\*\*(.+?)\*\* *\| *(.*?) *\|$", top[1], flags=re.MULTILINE) if top else []


def read_cells(path: Path) -> list[dict]:
    """The cells of a notebook file."""
    return read_notebook(path)["cells"]


def read_notebook(path: Path) -> dict:
    """A notebook file as JSON; any other file is refused."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for part in (notebook, *notebook["cells"]):
            part.setdefault("metadata", {})
        if not (isinstance(notebook["metadata"], dict) and all(map(well_formed, notebook["cells"]))):
            raise ValueError
        return notebook
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise GensqError(f"expected a notebook in {path}, got a file that is none ({type(error).__name__}); "
                         "choose another file or fetch it again") from None


def well_formed(cell: dict) -> bool:
    """Whether all that we read of a cell is of its kind."""
    lines, outputs = cell["source"], cell.get("outputs") or []
    texts = [lines] if isinstance(lines, str) else lines
    return (isinstance(cell["cell_type"], str) and isinstance(texts, list) and all(isinstance(line, str) for line in texts)
            and isinstance(cell["metadata"], dict) and isinstance(cell["metadata"].get("tags", []), list)
            and isinstance(outputs, list) and all(isinstance(output, dict) for output in outputs))


def source(cell: dict) -> str:
    """The text of a cell; the file format allows a list of lines as well."""
    return "".join(cell["source"])


def tags(cell: dict) -> list[str]:
    """The tags of a cell."""
    return cell.get("metadata", {}).get("tags", [])


def read_parameters(code: str, where: str) -> Iterator[Parameter]:
    """The annotated plain scalars of a `parameters` cell; anything else in it is an error."""
    try:
        tree, comments = ast.parse(code), read_comments(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
        reason = getattr(error, "msg", None) or type(error).__name__
        raise GensqError(f"expected Python in the parameters cell of {where}, got: {reason}; mend the cell") from None
    for node in tree.body:
        try:
            default = ast.literal_eval(node.value)
            kind, help = TYPES[node.annotation.id], comments.get(node.lineno, "")
            if type(default) is not kind:
                raise ValueError
            yield Parameter(node.target.id, kind, default, help)
        except (AttributeError, KeyError, ValueError):
            raise GensqError(f"expected lines such as `steps: int = 0  # 0: as the budget says` in the parameters cell of "
                             f"{where} (str, int, float or bool), got `{ast.unparse(node)}`; mend the cell") from None


def read_comments(code: str) -> dict[int, str]:
    """line number -> comment at its end."""
    return {token.start[0]: token.string.lstrip("# ") for token in tokenize.generate_tokens(StringIO(code).readline)
            if token.type == tokenize.COMMENT}
