"""`gensq exam`: numbers by a secret, answers against the same worked from the sheet alone, wrong ones that can be told apart."""
import csv
import dataclasses
import io
import itertools
import math
import random
import re
import statistics
from collections import Counter

import pytest

from gensq_course import cli
from gensq_course.checks import registry
from gensq_course.classroom.exam import bank, drawing, questions, sheets
from gensq_course.report.lessons import folder
from gensq_lib.ground.errors import GensqError

SECRET = "0123456789abcdef"
SEEDS = range(40)
TEMPLATES = bank.templates()


def numbers(case, at):
    """A row of the table, as numbers; `at` counts below the head."""
    return [float(text.replace("−", "-")) for text in case.rows[1 + at][1:]]


def num(case, key):
    return float(str(case.says[key]).replace("−", "-"))


def marginal(case):
    return sum(p * x for p, x in zip(numbers(case, 0), numbers(case, 1)))


def tempered(case):
    powers = [p ** (1 / num(case, "t")) for p in numbers(case, 0)]
    return powers[1] / sum(powers)


def elbo(case):
    return sum(q * math.log(p * x / q) for p, x, q in zip(*(numbers(case, at) for at in range(3))))


def gaussians(case):
    m, s, n, t = (num(case, key) for key in ("q_mean", "q_std", "p_mean", "p_std"))
    return math.log(t / s) + (s**2 + (m - n) ** 2) / (2 * t**2) - 1 / 2


def nucleus(case):
    kept, total = 0, 0.0
    ordered = sorted(numbers(case, 0), reverse=True)
    while total < num(case, "share"):
        total, kept = total + ordered[kept], kept + 1
    return ordered[0] / total


def perplexity(case):
    rows = [[float(x) for x in row[1:]] for row in case.rows[1:]]
    return math.exp(sum(nats for _, nats in rows) / sum(tokens for tokens, _ in rows))


def prior_kl(case):
    return sum((m * m + v - 1 - math.log(v)) / 2 for m, v in zip(numbers(case, 0), numbers(case, 1)))


def importance(case):
    return -math.log(statistics.fmean(math.exp(p - q) for p, q in zip(numbers(case, 0), numbers(case, 1))))


def columns(case):
    return list(zip(*(numbers(case, at) for at in range(len(case.rows) - 1))))


def posterior_mean(case):
    z, weights = ([float(x.replace("−", "-")) for x in row[1:]] for row in case.rows)
    return sum(a * b for a, b in zip(z, weights)) / sum(weights)


def information(case):
    table = [numbers(case, 0), numbers(case, 1)]
    total = sum(map(sum, table))
    fields = [(n, sum(row), table[0][at] + table[1][at]) for row in table for at, n in enumerate(row)]
    return sum(n / total * math.log(n * total / (across * down)) for n, across, down in fields)


def calibration(case):
    bins = {}
    for sure, hit in zip(numbers(case, 0), case.rows[2][1:]):
        bins.setdefault(math.floor(sure * 5), []).append(sure - (hit == "yes"))
    return sum(abs(sum(each)) for each in bins.values()) / 5


def bleu(case):
    said, reference = case.says["said"].split(), case.says["reference"].split()
    found = 1.0
    for order in (1, 2, 3, 4):
        ours, theirs = ([tuple(words[i:i + order]) for i in range(len(words) - order + 1)] for words in (said, reference))
        found *= sum(min(n, theirs.count(gram)) for gram, n in Counter(ours).items()) / len(ours)
    return 100 * found**0.25 * math.exp(1 - len(reference) / len(said))


def rouge(case):
    said, reference, beta = case.says["said"].split(), case.says["reference"].split(), num(case, "beta")

    def within(words):
        rest = iter(reference)
        return all(word in rest for word in words)

    longest = max(size for size in range(len(said) + 1) if any(map(within, itertools.combinations(said, size))))
    r, p = longest / len(reference), longest / len(said)
    return (1 + beta**2) * r * p / (r + beta**2 * p) if longest else 0.0


def misheard(case):
    a, b, c = (math.exp(x + y) for x, y in zip(numbers(case, 0), numbers(case, 1)))
    return (b * num(case, "ab") + c * num(case, "ac")) / (a + b + c)


def restarts(case):
    kept = [max(pair)[1] for pair in itertools.combinations(zip(numbers(case, 0), numbers(case, 1)), 2)]
    return statistics.fmean(kept)


def ranking(case):
    kinds = [kind for _, kind in sorted(zip(numbers(case, 0), case.rows[2][1:]), reverse=True) if kind != "given"]
    return sum((kind == "held out") / math.log2(place + 2) for place, kind in enumerate(kinds[:3])) / (1 + 1 / math.log2(3))


def mixture(case):
    share, p, q = (num(case, key) for key in ("share", "p", "q"))
    return math.log(share * math.exp(p) + (1 - share) * math.exp(q))


BY_HAND = {  # each from the strings of the sheet alone
    "temperature": tempered,
    "marginal": lambda case: math.log(marginal(case)),
    "posterior": lambda case: numbers(case, 0)[0] * numbers(case, 1)[0] / marginal(case),
    "elbo": elbo,
    "gaussians": gaussians,
    "categories": lambda case: sum(q * math.log(q / p) for q, p in zip(numbers(case, 0), numbers(case, 1))),
    "score": lambda case: num(case, "value") * (num(case, "z") - num(case, "mean")) / num(case, "std") ** 2,
    "perplexity": perplexity,
    "nucleus": nucleus,
    "prior_kl": prior_kl,
    "importance": importance,
    "active": lambda case: sum(statistics.variance(column) > 0.01 for column in columns(case)),
    "posterior_mean": posterior_mean,
    "free_bits": lambda case: sum(max(statistics.fmean(column), num(case, "floor")) for column in columns(case)),
    "information": information,
    "calibration": calibration,
    "bleu": bleu,
    "rouge": rouge,
    "misheard": misheard,
    "judge": lambda case: num(case, "p") / (num(case, "p") + num(case, "q")),
    "best_judge": lambda case: 1 / 2 + sum(abs(p - q) for p, q in zip(numbers(case, 0), numbers(case, 1))) / 4,
    "coverage": lambda case: statistics.fmean(1 - (1 - num(case, key)) ** num(case, "num") for key in ("one", "two")),
    "restarts": restarts,
    "ranking": ranking,
    "mixture": mixture,
}


@pytest.fixture(scope="module")
def asked():
    """Each kind of question for many students."""
    return {template.name: [questions.made(template, SECRET, str(seed)) for seed in SEEDS] for template in TEMPLATES}


def value(text):
    return float(text.replace("−", "-"))


def test_each_kind_is_worked_here_too():
    assert set(BY_HAND) == {template.name for template in TEMPLATES} == set(bank.DRAWS) and len(TEMPLATES) >= 20


@pytest.mark.parametrize("name", BY_HAND)
def test_the_right_answer_is_what_the_sheet_gives(asked, name):
    for question in asked[name]:
        half = 0.5 * 10**-question.template.digits + 1e-9
        assert abs(value(question.right.value) - BY_HAND[name](question.case)) <= half, question


@pytest.mark.parametrize("name", BY_HAND)
def test_wrong_answers_differ_and_have_a_name(asked, name):
    seen = Counter()
    for question in asked[name]:
        values = [value(option.value) for option in question.options]
        wrong = [option for option in question.options if option.mistake]
        assert len(values) == 4 and len(wrong) == 3 and [option.letter for option in question.options] == list("ABCD")
        least = 4 * 10**-question.template.digits if question.template.digits else 1
        assert min(abs(a - b) for a, b in itertools.combinations(values, 2)) >= least
        assert all(question.template.low <= number <= question.template.high for number in values)
        assert all(len(option.sentence) > 10 for option in wrong)
        seen.update(option.mistake for option in wrong)
        seen[question.right.letter] += 1
    mistakes = set(question.template.mistakes or question.template.own.forms)
    assert mistakes <= set(seen), f"never made: {mistakes - set(seen)}"
    assert max(seen[letter] for letter in "ABCD") <= 0.6 * len(SEEDS), "the place of the right answer is a matter of luck"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_kind_belongs_to_a_lesson_and_to_its_exercise(template):
    assert (folder() / f"{template.lesson}.ipynb").is_file()
    if template.own is None:
        exercise = registry.exercise(template.exercise)
        assert exercise.reference.__module__.split(".")[2] == template.lesson[3:]
        assert set(template.mistakes) <= set(exercise.mistakes) | {"bits"}
    assert 2 <= template.marks <= 4


@pytest.mark.parametrize("name", BY_HAND)
def test_numbers_are_humane(asked, name):
    """No number of a question has more than three digits that count, and no text a place that was not filled."""
    for question in asked[name]:
        shown = [text for row in question.case.rows for text in row] + [str(x) for x in question.case.says.values()]
        for text in shown:
            for found in re.findall(r"\d+(?:\.\d+)?", text):
                assert len(found.replace(".", "").strip("0") or "0") <= 3, found
        for text in (question.template.text, question.template.method):
            assert "{" not in question.filled(text) and len(question.filled(text)) < 400


def test_the_same_secret_gives_the_same_exam():
    for student in ("", "1001"):
        one, two = (sheets.exam(SECRET, 10, (), student) for _ in range(2))
        assert [question.options for question in one] == [question.options for question in two]


def test_another_secret_or_student_gives_other_numbers():
    texts = {tuple(str(question.case.inputs) for question in sheets.exam(secret, 5, (), student))
             for secret in (SECRET, SECRET[::-1]) for student in ("1001", "1002")}
    assert len(texts) == 4
    kinds = {tuple(question.template.name for question in sheets.exam(SECRET, 5, (), student)) for student in ("1001", "1002")}
    assert len(kinds) == 1, "all students have the same kinds"


def test_more_questions_than_kinds_repeat_with_other_numbers():
    found = sheets.exam(SECRET, 7, ["01", "02"])
    counts = Counter(question.template.name for question in found)
    assert set(counts.values()) == {1, 2} and len(counts) == 5
    assert len({str(question.case.inputs) for question in found}) == 7
    assert [question.template.lesson for question in found] == sorted(question.template.lesson for question in found)


@pytest.mark.parametrize("n, lessons, says", [(0, (), "from 1 to 50"), (51, (), "from 1 to 50"), (3, ["21"], "with questions"),
                                              (3, ["99"], "expected a lesson")])
def test_what_cannot_be_asked_is_a_sentence(n, lessons, says):
    with pytest.raises(GensqError, match=says):
        sheets.chosen(SECRET, n, lessons)


def test_too_few_mistakes_are_said():
    lonely = dataclasses.replace(next(each for each in TEMPLATES if each.name == "judge"), mistakes=["turned"])
    with pytest.raises(GensqError, match="more mistakes"):
        questions.made(lonely, SECRET)


def test_the_command_writes_sheets_apart_from_solutions(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(drawing.VARIABLE, SECRET)
    (tmp_path / "students.txt").write_text("1001\n=1002\n")
    output = tmp_path / "exam"
    assert cli.main(["exam", "-n", "6", "--students", str(tmp_path / "students.txt"), "-o", str(output)]) == 0
    names = sorted(path.name for path in (output / "sheets").iterdir())
    assert len(names) == 2 and {*names, "key.csv"} == {path.name for path in (output / "solutions").iterdir()}
    rows = list(csv.DictReader(io.StringIO((output / "solutions" / "key.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 12 and {row["student"] for row in rows} == {"1001", "'=1002"}
    for question, row in zip(sheets.exam(SECRET, 6, (), "1001"), rows):
        assert (row["letter"], float(row["answer"])) == (question.right.letter, value(question.right.value))
    sheet, solution = ((output / kind / names[0]).read_text(encoding="utf-8") for kind in ("sheets", "solutions"))
    for question in sheets.exam(SECRET, 6, (), "1001"):
        wrong = [option.sentence for option in question.options if option.mistake]
        assert not any(str(sentence)[:25] in sheet for sentence in wrong) and question.template.title in sheet
    assert "Taught in lesson" in solution and "Taught in lesson" not in sheet and SECRET not in sheet + solution
    assert cli.main(["exam", "-o", str(output)]) == 2 and "no two exams mix" in capsys.readouterr().err


def test_the_secret_comes_from_a_file_or_the_environment(tmp_path, monkeypatch):
    monkeypatch.delenv(drawing.VARIABLE, raising=False)
    with pytest.raises(GensqError, match="at least 16 characters in the variable EXAM_SECRET"):
        drawing.secret_of(None)
    monkeypatch.setenv(drawing.VARIABLE, SECRET)
    (tmp_path / "secret.txt").write_text(f"{SECRET[::-1]}\n")
    assert drawing.secret_of(None) == SECRET and drawing.secret_of(tmp_path / "secret.txt") == SECRET[::-1]
    (tmp_path / "short.txt").write_text("short")
    with pytest.raises(GensqError, match="got 5"):
        drawing.secret_of(tmp_path / "short.txt")


def test_students_code_does_not_see_the_secret():
    from gensq_course.classroom.limits import without_secrets

    assert drawing.VARIABLE not in without_secrets({drawing.VARIABLE: SECRET})


def test_shares_sum_to_one():
    draw = random.Random(0)
    for num_parts in (10, 20):
        for _ in range(50):
            found = drawing.shares(draw, 4, parts=num_parts)
            assert math.isclose(sum(found), 1) and min(found) > 0


@pytest.mark.browser
def test_the_sheets_in_a_browser(tmp_path, browser):
    from barriers import barriers

    list(sheets.write(SECRET, 25, tmp_path / "exam"))
    page = browser.new_page(offline=True)
    for kind in ("sheets", "solutions"):
        page.goto((tmp_path / "exam" / kind / "exam.html").as_uri())
        assert barriers(page) == [] and page.locator("h2").count() == 25
