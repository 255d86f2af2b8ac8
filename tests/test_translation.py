"""A second language is a folder: a lesson says what the tables beside its notebooks say, and what they lack in English."""
import re
import tomllib

import pytest
from lesson_maker import make_lesson

from gensq_course import checks, lessons
from gensq_course.checks import predictions
from gensq_course.checks.exercises import words
from gensq_course.execute import running
from gensq_course.report.records import MIME
from gensq_course.report.words import english, places, say
from gensq_lib.ground.errors import GensqError

WORDS = """
[nats_per_token.mistakes]
"per sentence" = "das ist der Mittelwert je Satz: teile durch die Zahl der Wörter."
[nats_per_token]
hints = ["Wie viele nats sind es im Ganzen?", "Die Summe über Sätze.", "kl.sum() / lengths.sum()."]
"""
COURSE = """
[check]
one_mistake = "{name}: noch nicht richtig. Es sieht so aus:"
banner = "Statt deiner Antwort rechnet die Musterlösung weiter."
[mistakes]
"nothing returned" = "es kommt None zurück."
[claim]
verdict = "{sentence} Gefunden {value}, Grenze {bound}, Abstand {margin}"
[prediction]
guess = "{name}: du hast {guess:.4g} geraten"
[quiz]
right = "Richtig."
"""
CELLS = """
import gensq_course.lessons.kl
from gensq_course import checks
nats_per_token = checks.nats_per_token(lambda kl, lengths: kl.sum(-1).mean())
checks.hint("nats_per_token")
nats_per_token = checks.nats_per_token(lambda kl, lengths: print(end=""))
nats_per_token = checks.nats_per_token(...)
checks.predict("kl", guess=5.0, sure=0.7)
report.claim("small", 0.25)
checks.quiz("02_kl")"""


def quiz_in_german():
    """A quiz in which the first question alone is translated: the other places are empty tables."""
    written = tomllib.loads((lessons.HERE / "kl" / "quiz.toml").read_text(encoding="utf-8"))["question"]
    first = '[[question]]\nask = "Welcher Mittelwert ist KL(q || p)?"\n'
    options = "".join(f'[[question.option]]\ntext = "Antwort {i}"\n' for i in range(len(written[0]["option"])))
    return first + options + "[[question]]\n" * (len(written) - 1)


def put(folder, file, text):
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of the notebooks, empty so far."""
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path))
    return tmp_path


@pytest.mark.slow
def test_a_lesson_speaks_another_language(folder):
    """Feedback, hint, prediction, verdict of a claim and quiz; what is not translated is in English."""
    put(folder, "words/kl.toml", WORDS)
    put(folder, "words/course.toml", COURSE)
    put(folder, "quiz/kl.toml", quiz_in_german())
    outcome = running.run(str(make_lesson(folder, CELLS)), output=folder / "out")
    assert outcome.status == "passed", outcome.message
    text = (folder / "out/09_tiny.html").read_text(encoding="utf-8")
    for said in ("nats_per_token: noch nicht richtig. Es sieht so aus:", "Das ist der Mittelwert je Satz",
                 "Es kommt None zurück.", "Statt deiner Antwort", "Wie viele nats", "kl: du hast 5 geraten, 70% sure",
                 "Gefunden 0.25, Grenze &lt;= 0.5",
                 "Welcher Mittelwert ist KL(q || p)?", "Antwort 2", "Richtig.", "nats_per_token: not attempted yet.",
                 "minus surprise of the one who knows q"):
        assert said in text, said
    assert "not right yet" not in text and MIME not in text


def test_without_tables_everything_is_in_english(folder):
    assert say("quiz", "right") == "Right." and checks.quiz("kl").questions[0].ask.startswith("Draws come from q.")
    assert words(f"{lessons.HERE}/kl/tokens.py", "nats_per_token")["hints"][0].startswith("How many nats")


@pytest.mark.parametrize(("table", "said"), [
    ('[check]\nrigt = "Richtig"', 'got "rigt"; did you mean "right"'), ('[chek]\nright = "Richtig"', 'did you mean "check"'),
    ('[check]\nright = "Richtig."', "a text with {name} for words/course.toml, check, right"),
    ('[check]\nbanner = "{name}"', "a text for words/course.toml, check, banner"),
    ('[prediction]\nguess = "{name}: {guess:.9f}"', "a text with {guess:.4g} with {name}"),
    ('[check]\nbanner = " "', "expected a text"), ("[check]\nbanner = 3", "got 3"), ('check = "a"', "expected a table"),
    ("[check", "expected a table in course.toml")])
def test_a_table_that_does_not_fit_is_refused_in_a_sentence(folder, table, said):
    put(folder, "words/course.toml", table)
    with pytest.raises(GensqError, match=re.escape(said)) as error:
        say("quiz", "right")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("file", "table", "said"), [
    ("words/kl.toml", "[nats_per_tokn]", 'did you mean "nats_per_token"'),
    ("words/kl.toml", '[kl_between]\nhints = ["one"]', "a list of 3"),
    ("words/kl.toml", '[kl_between.mistakes]\n"revers" = "falsch herum."', 'did you mean "reverse"'),
    ("quiz/kl.toml", '[[question]]\nask = "Was?"', "a list of"),
    ("quiz/kl.toml", quiz_in_german().replace('"Antwort 0"', '"Antwort 0"\nright = true'), 'question 1, option 1, got "right"'),
    ("quiz/kl.toml", quiz_in_german().replace('"Antwort 1"', '"Antwort 1"\nright = false'), "expected true for")])
def test_words_and_quiz_of_a_lesson_must_fit_its_own(folder, file, table, said):
    put(folder, file, table)
    with pytest.raises(GensqError, match=re.escape(said)):
        checks.quiz("02_kl")
        words(f"{lessons.HERE}/kl/tokens.py", "nats_per_token")


def test_every_sentence_is_said_somewhere():
    rooms = [lessons.HERE.parent / room for room in ("checks", "report", "widgets", "execute")]
    code = "\n".join(path.read_text() for room in rooms for path in room.glob("*.py"))
    names = {(table, key) for table in english() for key in english()[table]}
    assert {pair for pair in re.findall(r'say\("(\w+)", "(\w+)"', code)} <= names, "a name without a sentence"
    assert {key for _, key in names if not re.search(rf"[\"']{key}[\"']", code)} == set(), "a sentence that nobody says"


def test_a_prediction_has_all_its_sentences():
    guess = predictions.Prediction("kl", 5.0, 0.7, value=5.1, tolerance=0.2)
    assert str(guess) == "kl: you guessed 5, 70% sure; it is 5.1, within ± 0.2"
    assert str(predictions.Prediction("kl", None, 0.7, value=5.1)) == "kl: no guess; it is 5.1"
    assert places(english()["prediction"]["guess"]) == {"{name}", "{guess:.4g}"}
