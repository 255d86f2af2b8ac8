"""Answers as students give them: nearly all mistakes are named, no wrong answer is accepted, no right one rejected."""
import pytest

from tests.students.measure import lesson, lessons

WANTED = 0.9  # of a lesson's wrong answers, named
UNKNOWN = 0.02  # of a lesson's wrong answers, told something that is not their mistake


@pytest.mark.slow
@pytest.mark.parametrize("noun", lessons())
def test_checks_understand_what_students_answer(noun):
    found = lesson(noun, lessons()[noun])
    wrong = [one for one in found if not one.right]
    assert [one.answer.code for one in found if one.right and one.outcome != "accepted"] == []
    assert [one.answer.code for one in wrong if one.outcome == "accepted"] == []
    misleading = [one.feedback for one in wrong if one.outcome == "misleading"]
    assert len(misleading) <= UNKNOWN * len(wrong), "\n\n".join(misleading)
    assert sum(one.outcome == "named" for one in wrong) >= WANTED * len(wrong)
