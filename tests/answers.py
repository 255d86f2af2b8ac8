"""What the tests of all checks do with their tables of answers: right ones pass, wrong ones are named, most pairs too."""
import pytest

from gensq_course.checks import registry


def verdict_of(name, function):
    """What a check says of an answer: the verdict, and the words that the reader sees."""
    verdict, box = registry.judged(registry.exercise(name), function)
    assert box.record["verdict"] == verdict and box.record["check"] == name
    return verdict, repr(box)


def verdict_in_small_letters(name, function):
    """The same, for tables that do not care how a sentence begins."""
    verdict, text = verdict_of(name, function)
    return verdict, text.lower()


def with_references(right, names):
    """The table of right answers, and the reference of every exercise."""
    return [*right, *((name, registry.exercise(name).reference) for name in names)]


def assert_right(name, function):
    verdict, text = verdict_of(name, function)
    assert verdict == "right", text


def assert_not_attempted(name):
    assert verdict_of(name, lambda *inputs: ...)[0] == "not attempted"


def assert_named(name, function, words):
    """Its own sentence, and no other."""
    verdict, text = verdict_in_small_letters(name, function)
    assert verdict == "wrong" and words in text and "more than one" not in text, text


def assert_all_named(name, function, words):
    """Wrong, and each of these words is said."""
    verdict, text = verdict_in_small_letters(name, function)
    assert verdict == "wrong" and all(word.lower() in text for word in words), text


def assert_mostly_named(composed):
    """At least four of five composed mistakes are named by all of their parts."""
    missed = []
    for name, function, words in composed:
        verdict, text = verdict_in_small_letters(name, function)
        assert verdict == "wrong"
        if "does not know" in text or not all(word in text for word in words):
            missed.append((name, words, text))
    assert len(missed) <= 0.2 * len(composed), missed


def four_tests(right, wrong, composed, names, *, named=assert_named):
    """What every table of answers must pass, as tests: right answers, wrong ones, composed ones, none."""
    @pytest.mark.parametrize("name, function", right)
    def test_right(name, function):
        assert_right(name, function)

    @pytest.mark.parametrize("name, function, words", wrong)
    def test_wrong_answers_are_named(name, function, words):
        named(name, function, words)

    def test_most_composed_mistakes_are_named():
        assert_mostly_named(composed)

    @pytest.mark.parametrize("name", names)
    def test_a_stub_is_not_attempted(name):
        assert_not_attempted(name)

    return test_right, test_wrong_answers_are_named, test_most_composed_mistakes_are_named, test_a_stub_is_not_attempted
