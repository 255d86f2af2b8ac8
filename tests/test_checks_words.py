"""What the exercises say stands in words.toml beside their code; and the reference that stood in is never taken for an answer."""
import ast
import functools
import inspect
import re
import tomllib
import types

import pytest
import torch
from answers import same_as_reference, verdict_of
from gensq_course import checks, lessons
from gensq_course.checks import registry
from gensq_course.checks.choices import Choice
from gensq_course.checks.exercises import PLANTED, Statistical
from gensq_course.report.words import say

FILES = sorted(lessons.HERE.glob("*/words.toml"))
WORDS = {path.parent.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES}


def home(asked):
    """The lesson whose folder holds the exercise; its reference may be of use elsewhere."""
    return (getattr(asked, "cases", None) or inspect.unwrap(asked.reference)).__module__.split(".")[2]


@pytest.mark.parametrize("lesson", lessons.names())
def test_the_words_of_a_lesson_are_those_of_its_exercises(lesson):
    own = {name for name, asked in registry.EXERCISES.items() if home(asked) == lesson}
    assert set(WORDS.get(lesson, {})) == own


@pytest.mark.parametrize("lesson, name", [(lesson, name) for lesson, tables in WORDS.items() for name in tables])
def test_what_an_exercise_says_is_complete(lesson, name):
    says, asked = WORDS[lesson][name], registry.exercise(name)
    assert set(says) == {"hints", "mistakes", "praise"} and len(says["hints"]) == 3
    assert all(sentence.strip() for sentence in (*says["hints"], *says["mistakes"].values(), says["praise"]))
    assert (asked.mistakes, list(asked.hints), asked.praise) == (says["mistakes"], says["hints"], says["praise"])


def asked_for(asked):
    """The mistakes that a formula asks `has` for: with none planted, then with each, because some are asked for only then."""
    known, waiting = set(), [()]
    for keys in waiting:
        def has(key, keys=keys):
            if key not in known:
                known.add(key)
                waiting.append((key,))
            return key in keys
        for case in asked.cases():
            try:
                asked.spoiled(has, *case)
            except (RuntimeError, IndexError):  # an unlucky mistake for this input
                pass
    return known


def planted(asked):
    """The mistakes that the code beside the words can see."""
    if isinstance(asked, Choice):
        return set(asked.answers.values())
    if isinstance(asked, Statistical) or not hasattr(asked, "spoiled"):  # no formula that could be spoiled: judged by hand
        source = inspect.getsource(inspect.getmodule(inspect.unwrap(asked.reference)))
        texts = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
        return set(re.findall(r'yield "([^"]+)"', source)) | asked.mistakes.keys() & texts
    own = type(asked).__module__.startswith(lessons.__name__)  # a kind of exercise with names that it gives itself
    named = re.findall(r"named\(\[([^\]]+)\]", inspect.getsource(type(asked))) if own else []
    formula = asked_for(asked) if asked.spoiled else set(asked.slips)
    return formula | set(asked.forms) | set(re.findall(r'"([^"]+)"', " ".join(named)))


@pytest.mark.parametrize("name", registry.EXERCISES)
def test_no_mistake_without_a_sentence_and_no_sentence_without_a_mistake(name):
    """Any formula can suffer the mistakes of `PLANTED`; the options of a choice need not all be right somewhere."""
    asked = registry.exercise(name)
    assert planted(asked) <= set(asked.mistakes)
    if not isinstance(asked, Choice):
        assert set(asked.mistakes) - set(PLANTED) <= planted(asked)


def loaded_again(function):
    """What a second import of its module makes of a function: another object and another code object, with the same content."""
    function = inspect.unwrap(function)
    return types.FunctionType(function.__code__.replace(), function.__globals__, function.__name__)


@pytest.mark.parametrize("name", registry.EXERCISES)
def test_the_reference_that_stood_in_is_never_right(name, capsys):
    stood_in = getattr(checks, name)(None)
    capsys.readouterr()
    for function in (stood_in, loaded_again(stood_in)):
        verdict, text = verdict_of(name, function)
        assert verdict == "not attempted" and "this is the reference that stood in" in text and say("check", "banner") in text
    assert getattr(checks, name)(stood_in) is stood_in
    assert verdict_of(name, same_as_reference(name))[0] == "right"


@pytest.mark.parametrize("function", [functools.wraps(torch.exp)(lambda mean, log_var: mean), torch.exp, 3.0],
                         ids=["around a builtin", "a builtin", "a number"])
def test_what_has_no_code_is_not_the_reference(function):
    assert verdict_of("kl_to_prior", function)[0] == "wrong"
