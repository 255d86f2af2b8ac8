"""Inside a lesson: begin it, claim, record. Works the same under papermill, under nbval and in a plain JupyterLab."""
import html
import importlib.util
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import SupportsFloat

from gensq_course.report import budget
from gensq_course.report.lessons import Value, find_lesson, noun
from gensq_course.report.parameters import check_values, corpus_kind, read_table, resolve
from gensq_course.report.records import MIME, Claim, plain
from gensq_course.report.words import say
from gensq_lib import __version__
from gensq_lib.ground.errors import GensqError, nearest

FREE = ("seed", "budget", "device")  # may differ from the defaults without a claim losing its force


class ClaimMissed(AssertionError):
    """Raised by `claim` where `GENSQ_CLAIMS=raise` (the tests), so that a missed claim fails the notebook."""


@dataclass(frozen=True)
class Here:
    """The lesson that runs: each parameter is an attribute, with "as the budget says" already resolved."""

    lesson: str
    values: dict[str, Value] = field(repr=False)
    asserts: bool
    settings: budget.Runtime = field(repr=False)

    def __getattr__(self, name: str) -> Value:
        if name.startswith("_") or name not in self.values:
            raise AttributeError(f'expected a parameter of {self.lesson} ({", ".join(self.values)}), '
                                 f'got "{name}"{nearest(name, self.values)}')
        return self.values[name]

    def choose(self, *, smoke: Value, standard: Value, full: Value) -> Value:
        """The value for the budget of this run, for sizes that are no parameter."""
        return self.settings.choose(smoke=smoke, standard=standard, full=full)

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value!r}" for name, value in self.values.items())


_current: Here | None = None


def begin(name: str, variables: Mapping) -> Here:
    """Start a lesson: check its parameters, set up device, seed and threads, print one line.

    `variables` is the lesson's `globals()`: the parameters as they stand, from the cell or from papermill. Returns
    them resolved: `here.steps` is what the budget says unless the reader said otherwise.
    """
    global _current
    lesson = find_lesson(name)
    given = {parameter: variables[parameter] for parameter in lesson.parameters if parameter in variables}
    check_values(lesson, given)
    setup = budget.setup(**{key: given[key] for key in FREE if key in given})
    decided = {"budget": setup.budget, "device": setup.device, "seed": setup.seed, "threads": setup.threads}
    values = resolve(lesson, given, setup.budget) | decided
    load_folder(name)
    at_defaults = all(value == lesson.parameters[key].default for key, value in given.items() if key not in FREE)
    _current = Here(lesson=name, values=values, asserts=at_defaults and setup.budget != "smoke",
                    settings=setup)
    _show({"run": {"lesson": name, "parameters": values, "versions": versions()}}, "")
    if "corpus" in values:
        rules = read_table("parameters.toml").get(name, {})
        show_own_corpus(values["corpus"], corpus_kind(lesson.parameters["corpus"].default, **rules.get("corpus", {})))
    return _current


def show_own_corpus(name: str, kind: str) -> None:
    """What the reader's own text became, at the top of the lesson; of a corpus of the course its page says enough."""
    from gensq_lib.text import corpora

    if name and corpora.found(name).path:
        from gensq_course.report import gate

        found = gate.look(name, kind)
        _show({"run": {"corpus": dict(found.rows), "warnings": list(found.warnings)}}, str(found), page=found.html)


def load_folder(name: str) -> None:
    """Make the exercises of a lesson known to `checks`; a lesson of the reader's own needs no folder."""
    module = f"gensq_course.lessons.{noun(name)}"
    if importlib.util.find_spec(module):
        importlib.import_module(module)


def versions() -> dict[str, str]:
    """What a number may depend on."""
    import torch

    return {"gensq": __version__, "python": platform.python_version(), "torch": torch.__version__,
            "system": f"{platform.system()} {platform.machine()}"}


def claim(name: str, value: SupportsFloat) -> None:
    """Hold a value against its bound in claims.toml and show the verdict; the bound was fixed before the run."""
    here = _current_lesson()
    rows = read_table("claims.toml").get(here.lesson, {})
    if name not in rows:
        raise GensqError(f'expected a claim of {here.lesson} in claims.toml ({", ".join(rows) or "it has none"}), '
                         f'got "{name}"{nearest(name, rows)}')
    row = {key: rows[name][key] for key in ("sentence", "min", "max", "unit") if key in rows[name]}
    found = Claim(name=name, value=float(value), asserted=here.asserts, **row)
    _show({"claims": {name: found.as_dict()}}, in_words(found))
    if found.missed and os.environ.get("GENSQ_CLAIMS") == "raise":
        raise ClaimMissed(in_words(found))


def in_words(claim: Claim) -> str:
    """The verdict in a line."""
    sign = ("✓" if claim.holds else "✗") if claim.asserted else "·"
    aside = "" if claim.asserted else say("claim", "aside")
    unit = f" {claim.unit}" if claim.unit else ""
    found = say("claim", "verdict", sentence=claim.sentence, value=f"{claim.value:.4g}{unit}", bound=f"{bound(claim)}{unit}",
                margin=f"{claim.margin:.3g}")
    return f"{sign} {found}{aside}."


def bound(claim: Claim) -> str:
    """">= 3", "<= 0.02" or "0.1 to 0.3"."""
    if claim.min is not None and claim.max is not None:
        return say("claim", "band", min=claim.min, max=claim.max)
    return f">= {claim.min:g}" if claim.max is None else f"<= {claim.max:g}"


def record(**numbers: object) -> None:
    """Keep numbers of this run for its metrics, and show them in one line."""
    _current_lesson()
    values = {name: plain(value) for name, value in numbers.items()}
    wrong = [name for name, value in values.items() if not isinstance(value, str | int | float | bool)]
    if wrong:
        raise GensqError(f"expected numbers or words to record, got {type(numbers[wrong[0]]).__name__} for {wrong[0]}; "
                         "record its mean or its items one by one")
    shown = ", ".join(f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}"
                      for name, value in values.items())
    _show({"recorded": values}, say("claim", "recorded", numbers=shown))


def _current_lesson() -> Here:
    if _current is None:
        raise GensqError('expected report.begin("LESSON", globals()) before a claim or a record, got none; '
                         "run the set-up cell of the lesson first")
    return _current


def _show(content: dict, words: str, page: str = "") -> None:
    """Display data that `collect` reads, with the words for people beside it; plain text outside of a notebook."""
    if "IPython" not in sys.modules or sys.modules["IPython"].get_ipython() is None:
        print(words) if words else None
        return
    from IPython.display import display

    page = page or (f'<p class="gensq-record" style="margin:.2em 0">{html.escape(words)}</p>' if words else "")
    display({MIME: content, "text/html": page, "text/plain": words}, raw=True)
