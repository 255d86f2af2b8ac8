"""The public border of the library: a wrong call is answered in one sentence, and a right one pays nothing for it."""
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import border_calls
import pytest

from gensq_lib.ground import errors
from gensq_lib.ground.errors import GensqError

ROOT = Path(__file__).parents[1]
BARE = set(itertools.chain(*border_calls.BARE.values()))


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Of a process without the hook that checks annotations in tests: what a reader sees."""
    variables = os.environ | {"PYTHONPATH": str(ROOT), "GENSQ_CACHE": str(tmp_path_factory.mktemp("cache"))}
    done = subprocess.run([sys.executable, str(ROOT / "tests/border_calls.py")], capture_output=True, text=True, timeout=300,
                          env=variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # MKL says something of NaN before


def test_there_are_more_than_eighty():
    assert len(set(border_calls.CALLS) - BARE) > 160 and BARE < set(border_calls.CALLS)


@pytest.mark.parametrize("name", [name for name in border_calls.CALLS if name not in BARE])
def test_a_wrong_call_is_answered_in_a_sentence(name, answers):
    """Expected, got, what to do."""
    kind, said = answers[name]
    assert kind == "refused", said
    assert said.startswith("expected ") and " got" in said and "; " in said and "\n" not in said and len(said) <= 400, said
    assert said.isprintable() and "Traceback" not in said


@pytest.mark.parametrize("name", sorted(BARE))
def test_what_stays_bare_is_listed_while_it_does(name, answers):
    assert answers[name][0] != "refused", "mended: its row goes to the others"


def test_what_was_raised_stays_behind_the_sentence():
    @errors.answered
    def halved(number):
        return number / 2

    with pytest.raises(GensqError, match="expected arguments for halved .* got 'two' .TypeError: .*; see help.halved") as caught:
        halved("two")
    assert isinstance(caught.value.__cause__, TypeError) and halved(4) == 2


@pytest.mark.parametrize("error", [GensqError("expected a, got b; do c"), OSError(28, "full"), KeyboardInterrupt(), MemoryError(),
                                   AssertionError("ours")])
def test_other_errors_pass(error):
    @errors.answered
    def fail():
        raise error

    with pytest.raises(type(error)) as caught:
        fail()
    assert caught.value is error


def test_the_border_is_that_of_the_module():
    """Public functions of its own; no class, no generator, nothing private, nothing of others."""
    module = {"__name__": "gensq_lib.ground.errors"} | {name: getattr(errors, name) for name in (
        "nearest", "GensqError", "_shown", "Callable")} | {"dumps": json.dumps}
    before = dict(module)
    errors.border(module)
    assert [name for name in module if module[name] is not before[name]] == ["nearest"]
