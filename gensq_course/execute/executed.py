"""The lessons as committed: run once at the standard budget, from the first cell to the last, outputs kept.

`gensq execute LESSON` does it after every edit, and renews the pictures that the README takes from a lesson.
"""
import base64
import json
import tempfile
from pathlib import Path

from gensq_course.execute.running import run
from gensq_course.report.lessons import find_lesson, folder
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import atomic_write

PICTURES = {"docs/waterfall.png": ("06_text_vae", "waterfall")}  # file -> lesson and cell whose figure it is


def execute_in_place(name: str) -> dict:
    """Run a lesson with its own defaults and put the outputs into its file; its metrics. A failed run changes nothing."""
    lesson = find_lesson(name)
    with tempfile.TemporaryDirectory() as scratch:
        outcome = run(str(lesson.path), parameters={}, output=scratch)
        if outcome.exit_code:
            raise GensqError(f"expected {lesson.name} to pass before it is kept, got: {outcome.message} Mend it and run again")
        text = (Path(scratch) / f"{lesson.name}.ipynb").read_text(encoding="utf-8")
    with atomic_write(lesson.path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    for file, (owner, cell) in PICTURES.items():
        if owner == lesson.name:
            with atomic_write(folder().parent / file) as temporary:
                temporary.write_bytes(picture(text, cell))
    return outcome.metrics


def picture(notebook: str, cell_id: str) -> bytes:
    """The first PNG in the outputs of a cell."""
    cells = {cell["id"]: cell for cell in json.loads(notebook)["cells"]}
    for output in cells[cell_id]["outputs"]:
        if "image/png" in output.get("data", {}):
            return base64.b64decode("".join(output["data"]["image/png"]))
    raise GensqError(f"expected a picture in cell {cell_id}, got none; run the lesson first")
