"""Which values the parameters of a lesson may take, checked before anything runs.

Types and defaults come from the lesson's `parameters` cell, allowed values and the meaning of "as the budget says"
from notebooks/parameters.toml. The command line and the lesson itself read this one source.
"""
import importlib
import math
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from gensq_course.report.environment import BUDGETS
from gensq_course.report.lessons import Lesson, Parameter, Value, folder
from gensq_lib.ground.errors import GensqError, listed, nearest

YES, NO = ("true", "yes", "1"), ("false", "no", "0")
LARGEST_SEED = 2**31 - 1
REGISTRIES = {"decoders": ("gensq_lib.models.language_model", "DECODERS"),
              "losses": ("gensq_lib.maths.adversarial", "LOSSES")}


def read_table(name: str) -> dict[str, Any]:
    """claims.toml, parameters.toml or another table; empty if the folder of the lessons has none."""
    path = folder() / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise GensqError(f"expected a table in {path.name}, got a mistake: {error}; mend that line") from None


def read_assignments(lesson: Lesson, assignments: Iterable[str]) -> dict[str, Value]:
    """Checked values from the command line's `name=value` pairs."""
    values = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise GensqError(f'expected name=value after -p, got "{assignment}"; write for example -p seed=1')
        values[name.strip()] = from_text(known(lesson, name.strip()), text.strip())
    check_values(lesson, values)
    return values


def known(lesson: Lesson, name: str) -> Parameter:
    """The parameter of that name."""
    if name not in lesson.parameters:
        raise GensqError(f'expected a parameter of {lesson.name} ({", ".join(lesson.parameters) or "it has none"}), '
                         f'got "{name}"{nearest(name, lesson.parameters)}')
    return lesson.parameters[name]


def from_text(parameter: Parameter, text: str) -> Value:
    """A value of the parameter's type."""
    example = f"-p {parameter.name}={str(parameter.default).lower()}"
    if parameter.type is int:
        return whole_number(text, of=parameter.name, example=example)
    try:
        if parameter.type is bool:
            return {word: word in YES for word in YES + NO}[text.lower()]
        return parameter.type(text if parameter.type is str else plain_digits(text))
    except (KeyError, ValueError):
        kind = "a number" if parameter.type is float else "true or false"
        raise GensqError(f'expected {kind} for {parameter.name}, got "{text}"; write for example {example}') from None


def whole_number(text: str, *, of: str, low: float = -math.inf, high: float = math.inf, example: str = "") -> int:
    """The number that a text spells, from `low` to `high` (both inclusive), for the parameter or option `of`."""
    try:
        number = int(plain_digits(text))
        if low <= number <= high:
            return number
    except ValueError:
        pass
    bounds = "" if low == -math.inf and high == math.inf else f" {between(low, high)}"
    raise GensqError(f'expected a whole number{bounds} for {of}, got "{text}"; write for example {example or low}')


def plain_digits(text: str) -> str:
    """The text, if it has neither digits of other scripts nor underscores, which Python's own readers of numbers allow."""
    if "_" in text or not text.isascii():
        raise ValueError(text)
    return text


def check_values(lesson: Lesson, values: Mapping[str, Value]) -> None:
    """Refuse an unknown name, a wrong type and a value outside the lesson's table."""
    rules = read_table("parameters.toml").get(lesson.name, {})
    for name, value in values.items():
        parameter = known(lesson, name)
        check_type(parameter, value)
        if name == "corpus":
            check_corpus(value, like=parameter.default, **rules.get(name, {}))
        elif name in COMMON:
            COMMON[name](value)
        elif value != parameter.default:
            check_rule(name, value, rules.get(name, {}))


def check_type(parameter: Parameter, value: Value) -> None:
    """A whole number will do for a float, nothing else for anything else; no NaN, no infinity."""
    right = type(value) is parameter.type or (parameter.type is float and type(value) is int)
    if not right or (isinstance(value, float) and not math.isfinite(value)):
        raise GensqError(f"expected {parameter.name} to be a finite {parameter.type.__name__}, got {value!r}; "
                         f"for example {parameter.name} = {parameter.default!r}")


def check_rule(name: str, value: Value, rule: Mapping) -> None:
    """One row of parameters.toml: one_of (values, or the name of a registry), or min and max (both inclusive)."""
    if "one_of" in rule and value not in choices(rule["one_of"]):
        known = [str(choice) for choice in choices(rule["one_of"])]
        raise GensqError(f'expected {name} to be {listed(known)}, got "{value}"{nearest(str(value), known)}')
    low, high = rule.get("min", -math.inf), rule.get("max", math.inf)
    if isinstance(value, int | float) and not low <= value <= high:
        raise GensqError(f"expected {name} {between(low, high)}, got {value}; choose a value in that range")


def choices(one_of: list[Value] | str) -> list[Value]:
    """The values themselves, or the names that a registry of the library holds."""
    if not isinstance(one_of, str):
        return one_of
    if one_of not in REGISTRIES:
        raise GensqError(f'expected one_of in parameters.toml to be a list or {listed(REGISTRIES)}, got "{one_of}"'
                         f"{nearest(one_of, REGISTRIES) or '; mend the row'}")
    module, table = REGISTRIES[one_of]
    return list(getattr(importlib.import_module(module), table))


def between(low: float, high: float) -> str:
    """"from 1 to 512", "of at least 1", "of at most 512"."""
    if high == math.inf:
        return f"of at least {low}"
    return f"of at most {high}" if low == -math.inf else f"from {low} to {high}"


def corpus_kind(like: str, kind: str = "", **others: Any) -> str:
    """What a lesson needs of its corpus: the `kind` of its row in parameters.toml, else what its own, `like`, offers first."""
    from gensq_lib.text import corpora

    return kind or corpora.kinds(like)[0]


def check_corpus(name: str, like: str = "world", counted: int = 0, kind: str = "") -> None:
    """A corpus of the kind that the lesson needs; a reader's own is loaded and looked at.

    Where a lesson counts everything that can be said, only a grammar of at most `counted` sentences will do.
    """
    from gensq_lib.text import corpora

    kind = corpus_kind(like, kind)
    it = corpora.found(name, kind)
    if it.path:
        from gensq_course.report import gate

        gate.look(name, kind)
    if counted and name != like:
        grammar = it.load(kind, seed=0, num_train=1).grammar if it.entry.grammar else None
        if grammar is None or grammar.num_sentences() > counted:
            what = f"one of {grammar.num_sentences():,}" if grammar else "a text without a grammar"
            raise GensqError(f"expected a grammar of at most {counted:,} sentences as corpus, got {what} ({name}); "
                             f"take {like} or grammar:PATH")


def check_budget(name: str) -> None:
    """Empty, or one of the budgets."""
    check_rule("budget", name, {"one_of": ["", *BUDGETS]})


def check_device(name: str) -> None:
    """Empty, or a device that this machine has."""
    if name:
        from gensq_course.report.budget import resolve_device  # loads torch

        resolve_device(name)


def check_seed(seed: int) -> None:
    """Seeds are 31-bit whole numbers."""
    check_rule("seed", seed, {"min": 0, "max": LARGEST_SEED})


def check_cure(name: str) -> None:
    """A cure of gensq_lib.cures, or several joined by "+"."""
    from gensq_lib import cures

    cures.cure(name, steps=100)


def check_people(name: str) -> None:
    """Whose clicks: the built-in world of tastes, or a reader's file, which is read."""
    from gensq_lib.vectors import clicks

    clicks.load(name)


def check_groups(name: str) -> None:
    """What stays in one part of a text: the lesson looks for it in the file."""
    if len(name) > 100:
        raise GensqError(f'expected groups of at most 100 characters, got {len(name):,}; name a column, a mark or a number')


COMMON = {"people": check_people, "groups": check_groups, "corpus": check_corpus, "cure": check_cure, "budget": check_budget,
          "device": check_device, "seed": check_seed}


def resolve(lesson: Lesson, values: Mapping[str, Value], budget: str) -> dict[str, Value]:
    """All parameters, with "as the budget says" replaced by what parameters.toml says for this budget."""
    rules = read_table("parameters.toml").get(lesson.name, {})
    full = {name: values.get(name, parameter.default) for name, parameter in lesson.parameters.items()}
    return {name: rules.get(name, {}).get(budget, value) if value == lesson.parameters[name].default else value
            for name, value in full.items()}
