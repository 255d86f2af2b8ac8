"""The exercises of lesson 00: complete, planted mistakes found again, an answer that nobody listed."""

import pytest
from answers import verdict_of
from answers.start_here import NAMES

from gensq_course.checks import attempts, registry


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_complete(name):
    assert len(set(registry.exercise(name).hints)) == 3 and len(registry.exercise(name).mistakes) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_planted_mistakes_are_found_again(name):
    asked = registry.exercise(name)
    for keys in [(key,) for key in asked.mistakes] + [(key, "doubled") for key in asked.mistakes]:
        finding = asked.judge(attempts.Attempt(lambda *case, keys=keys: asked.with_mistakes(keys, case)))
        assert finding.mistakes and "unlisted" not in finding.mistakes, (name, keys)


def test_an_unlisted_mistake_shows_expected_and_got():
    _, text = verdict_of("surprise", lambda p: -p.log() * 1.7)
    assert "expected [0.6931]" in text and "got      [1.178]" in text
