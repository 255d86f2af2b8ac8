"""Every quiz file: one right answer a question, every option explained, nothing twice, and shown safely."""
from collections import Counter

import pytest

from gensq_course import checks, widgets
from gensq_course.checks.questions import FOLDER, Option, Question, Quiz
from gensq_lib.ground.errors import GensqError

QUIZZES = sorted((path.parent.name, path.stem) for path in FOLDER.glob("*/*.toml")
                 if path.stem not in ("words", "tutorial", "checklist", "verdict"))


def faults(quiz):
    """What is wrong with a quiz, in words; nothing for a good one."""
    found = [] if 4 <= len(quiz.questions) <= 6 else [f"{len(quiz.questions)} questions"]
    found += [f"twice: {ask}" for ask, n in Counter(q.ask for q in quiz.questions).items() if n > 1]
    for question in quiz.questions:
        right = sum(option.right for option in question.options)
        found += [] if right == 1 else [f"{right} right answers: {question.ask}"]
        found += [] if 3 <= len(question.options) <= 5 else [f"{len(question.options)} options: {question.ask}"]
        found += [f"unexplained: {option.text}" for option in question.options if len(option.why) < 20]
        texts = [text for option in question.options for text in (option.text, option.why)]
        found += [f"twice: {text}" for text, n in Counter(texts).items() if n > 1]
    return found or guessable(quiz)


def guessable(quiz):
    """Whoever always takes the longest answer, or the one at the same place, is right in at most half of the questions."""
    half, keys = -(-len(quiz.questions) // 2), []
    for question in quiz.questions:
        key, *others = sorted(question.options, key=lambda option: not option.right)
        keys.append((question.options.index(key), len(key.text) > max(len(other.text) for other in others)))
    place, times = Counter(place for place, _ in keys).most_common(1)[0]
    found = [f"the right answer stands at place {place + 1} in {times} of {len(keys)} questions"] if times > half else []
    return found + (["the right answer is the longest too often"] if sum(longest for _, longest in keys) > half else [])


@pytest.mark.parametrize("lesson, name", QUIZZES)
def test_quiz_is_sound(lesson, name):
    assert faults(checks.quiz(lesson, name=name)) == []


def test_lesson_06_has_a_quiz():
    assert ("text_vae", "quiz") in QUIZZES and checks.quiz("06_text_vae").questions == checks.quiz("text_vae").questions


A, B = Option("a", "why a is right, at length", True), Option("b", "why b is not right, at length")
C, D = Option("c", "why c is not right, at length"), Option("d", "why d is not right, at length", True)
GOOD = [Question(str(i), (A, B, C) if i % 2 else (B, A, C)) for i in range(4)]


@pytest.mark.parametrize("last, fault", [
    (Question("x", (B, C, Option("e", "why e is not right, at length"))), "0 right answers"),
    (Question("x", (A, B, D)), "2 right answers"),
    (Question("x", (A, B, Option("c", "no"))), "unexplained"),
    (Question("x", (A, B, Option("b", "another explanation, at length"))), "twice"),
    (Question("x", (A, B)), "2 options"),
    (Question("1", (A, B, C)), "twice: 1"),
])
def test_the_sieve_refuses(last, fault):
    assert faults(Quiz("good", tuple(GOOD))) == []
    assert any(fault in found for found in faults(Quiz("bad", (*GOOD[:3], last))))
    assert any(fault in found for found in faults(Quiz("bad", (*GOOD, last))))


@pytest.mark.parametrize("key, fault", [(Option("a", "why a is right, at length", True), "stands at place 1 in 4 of 4"),
                                        (Option("a long one", "why it is right, at length", True), "longest too often")])
def test_a_quiz_to_guess_is_refused(key, fault):
    shown = [(key, B, C), (B, key, C), (B, C, key), (key, B, C)] if "longest" in fault else [(key, B, C)] * 4
    assert any(fault in found for found in faults(Quiz("bad", tuple(Question(str(i), o) for i, o in enumerate(shown)))))


def test_unknown_lesson_gets_the_nearest():
    with pytest.raises(GensqError, match='did you mean "text_vae"'):
        checks.quiz("06_text_va")


def test_html_is_escaped_and_needs_no_kernel():
    html = Quiz("x", (Question("1 < 2 & <b>?", (Option("<i>", "<script>", True), B)),))._repr_html_()
    assert "<b>" not in html and "<i>" not in html and "<script>" not in html
    assert html.count("<details") == html.count("<summary") == 2


def test_plain_text_hides_the_answers_until_the_end():
    text = repr(checks.quiz("06_text_vae"))
    questions, answers = text.split("\nAnswers\n")
    assert questions.count("   a) ") == answers.count(": ") - sum(
        o.why.count(": ") for q in checks.quiz("06_text_vae").questions for o in q.options if o.right)


def test_widget_explains_a_choice_and_counts():
    asked = checks.quiz("06_text_vae")
    _, *questions, score = widgets.quiz(asked).children
    assert "are counted here" in score.value
    for box, question in zip(questions, asked.questions, strict=True):
        _, radio, why = box.children
        right = [option.right for option in question.options].index(True)
        assert radio.index is None and len(why.children) == len(question.options)
        assert all("Right." in page.value if i == right else "No." in page.value for i, page in enumerate(why.children))
        radio.index = right
    assert f"{len(asked.questions)} of {len(asked.questions)} right" in score.value
    questions[0].children[1].index = 0
    assert f"{len(asked.questions) - 1} of" in score.value


def test_a_name_is_shown_after_one_is_chosen_and_first_choices_count():
    things = [(widgets.picture(b"", "a sound"), "two", "A <judge> says two."), (widgets.picture(b"", "a sound"), "one", "")]
    sheet = widgets.naming(things, ["one", "two"])
    _, rows, score = sheet.children
    _, menu, answer = rows.children[0].children
    assert answer.selected_index == 0 and not answer.children[0].value and "are counted here" in score.value
    assert "Right." in answer.children[2].value and "No." in answer.children[1].value
    assert "&lt;judge&gt;" in answer.children[1].value
    assert all(name not in thing.html for thing, name, _ in things)
    menu.value = "one"
    menu.value = "two"
    assert "0 of 1" in score.value, "whoever has seen the answer chooses no more"
    rows.children[1].children[1].value = "one"
    assert "1 of 2" in score.value


# --- the pre-test

def test_a_pre_test_says_what_to_revise():
    asked = checks.quiz("00_start_here", name="pretest")
    assert all(question.topic and question.revise.endswith(".") for question in asked.questions)
    right = {i: [option.right for option in question.options].index(True) for i, question in enumerate(asked.questions)}
    assert checks.advice(asked, right).startswith("Nothing to revise")
    for missed in right:
        wrong = right | {missed: (right[missed] + 1) % len(asked.questions[missed].options)}
        unanswered = {i: choice for i, choice in right.items() if i != missed}
        for chosen in (wrong, unanswered):
            text = checks.advice(asked, chosen)
            assert [q.topic for q in asked.questions if q.revise in text] == [asked.questions[missed].topic]


def test_the_widget_gives_the_advice_when_all_is_answered():
    asked = checks.quiz("00_start_here", name="pretest")
    _, *boxes, score = widgets.quiz(asked, advice=lambda chosen: f"<advice> {sorted(chosen)}").children
    for box in boxes:
        assert "advice" not in score.value
        box.children[1].index = 0
    assert "&lt;advice&gt; [0, 1, 2, 3, 4]" in score.value
