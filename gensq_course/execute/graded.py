"""What a page without a kernel grades by itself: predictions get a form and, later, what came out of them; a pre-test its advice.

The page's script (templates/gensq/answers.js) reads what is written into the elements here; the points of a quiz are counted by
widgets.js. All answers stand in the page, for whoever looks into its source: it is a course, not an examination.
"""
import ast
import copy
from html import escape

import nbformat

from gensq_course.report.records import MIME
from gensq_course.report.words import english, translated

VIEW = "application/vnd.jupyter.widget-view+json"
SPOKEN = {"prediction": ("guess", "sure", "hit", "missed", "found", "kept", "no_number", "calibrated"),
          "quiz": ("points", "to_revise", "nothing_to_revise")}


def words() -> dict[str, dict[str, str]]:
    """Every sentence of the course, in the reader's language."""
    return translated(english(), "words/course.toml")


def spoken() -> dict[str, str]:
    """The sentences that the page's scripts say, with their {places}."""
    return {key: words()[table][key] for table, keys in SPOKEN.items() for key in keys}


def graded(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy in whose outputs a page can ask for guesses, hold them against what came out, and advise after a pre-test."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            record = data.get(MIME, {})
            if "prediction" in record:
                data.update(asked(data, record) if "value" not in record else came_out(data, record, cell.source))
                if "value" not in record and record["guess"] is None:
                    data.pop(VIEW, None)
            elif "judged" in record and not record["judged"]:
                data["text/html"] += "<p class='outcome' data-calibration role='status' hidden></p>"
            elif VIEW in data and (advice := to_revise(cell.source)):
                data[VIEW] = data[VIEW] | {"advice": advice}
    return notebook


def asked(data: dict, record: dict) -> dict[str, str]:
    """The form of a prediction; a guess that was made in the run stays as it was shown."""
    if record["guess"] is not None:
        return {}
    says, name = words()["prediction"], record["prediction"]
    return {"text/html": f"""<form class="guess" data-prediction="{escape(name)}">
<p><strong>{escape(says["ask"].format(name=name))}</strong> {escape(says["on_a_page"])}</p>
<label>{escape(says["guess_field"])} <input name="guess" inputmode="decimal" autocomplete="off" size="9"
placeholder="{escape(says["example"])}"></label>
<label>{escape(says["sure_field"])} <input name="sure" type="range" min="0" max="100" step="5" value="50">
<output>50 %</output></label>
<button type="submit">{escape(says["button"])}</button>
<p role="status"></p></form>"""}


def came_out(data: dict, record: dict, source: str) -> dict[str, str]:
    """What came out, as it was shown but folded, and a place in which the reader's guess is held against it."""
    if record["guess"] is not None:
        return {}
    tolerance = tolerances(source).get(record["prediction"])
    within = "" if tolerance is None else f' data-tolerance="{tolerance!r}"'
    name = record["prediction"]
    summary = escape(words()["prediction"]["came_out"].format(name=name))
    return {"text/html": f"""<details class="came-out"><summary>{summary}</summary>{data["text/html"]}</details>
<p class="outcome" role="status" hidden data-outcome="{escape(name)}" data-value="{record["value"]!r}"{within}></p>"""}


def tolerances(source: str) -> dict[str, float]:
    """How near counts as right, by the name of the prediction: what `checks.outcome(name, value, tolerance)` says in a cell.

    >>> tolerances('checks.outcome("KL", kl, tolerance=0.5)'), tolerances('checks.outcome("KL", kl, near)')
    ({'KL': 0.5}, {})
    """
    found = {}
    for call in calls(source, "outcome"):
        given = [*call.args[2:3], *(one.value for one in call.keywords if one.arg == "tolerance")]
        if call.args and given and all(isinstance(one, ast.Constant) for one in (call.args[0], given[0])):
            found[call.args[0].value] = float(given[0].value)
    return found


def to_revise(source: str) -> list[tuple[str, str]]:
    """Of a pre-test: what each question is about and what to revise for it, where the cell that shows it gives advice."""
    if not any(one.arg == "advice" for call in calls(source, "quiz") for one in call.keywords):
        return []
    from gensq_course import checks  # it loads torch, and only a pre-test needs it

    call = next(call for call in calls(source, "quiz") if call.args and isinstance(call.args[0], ast.Constant))
    more = {one.arg: one.value.value for one in call.keywords if isinstance(one.value, ast.Constant)}
    return [(question.topic, question.revise) for question in checks.quiz(call.args[0].value, **more).questions]


def calls(source: str, name: str) -> list[ast.Call]:
    """The calls of a function or method of this name; none where the cell is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)
            and name in (getattr(node.func, "attr", ""), getattr(node.func, "id", ""))]
