"""Tables of answers, a module for each lesson, and what an answer must be told: test_checks_answers.py runs them all.

A table has NAMES (the exercises), RIGHT (exercise, answer), WRONG (exercise, answer, words of the message) and COMPOSED
(the same, for several mistakes at once). Words in a list must all be said; a single string is all that may be said.
"""
from gensq_course.checks import registry
from gensq_course.report.words import say


def verdict_of(name, function):
    """What a check says of an answer: the verdict, and the words that the reader sees."""
    verdict, box = registry.judged(registry.exercise(name), function)
    assert box.record["verdict"] == verdict and box.record["check"] == name
    return verdict, repr(box)


def same_as_reference(name):
    """A function of the reader's own that does what the reference does; the reference itself is recognised."""
    return lambda *inputs, **keywords: registry.exercise(name).reference(*inputs, **keywords)


def verdict_in_small_letters(name, function):
    """The same, for tables that do not care how a sentence begins."""
    verdict, text = verdict_of(name, function)
    return verdict, text.lower()


def named(name, function, words) -> bool:
    """Whether a wrong answer is told these words; a single string is one mistake, and no other may be seen."""
    verdict, text = verdict_in_small_letters(name, function)
    assert verdict == "wrong" and say("check", "banner").lower() in text, text
    if isinstance(words, str):
        return words.lower() in text and "more than one" not in text
    return all(word.lower() in text for word in words)
