"""docs/instructors.md: every command in it exists, every lesson and section too, or the text says that it is to come."""
import re
import shlex
from pathlib import Path

import click
import pytest

from gensq_course import cli
from gensq_course.report.lessons import find_lesson, read_cells, source
from gensq_course.report.parameters import read_assignments
from gensq_course.setup import COMMANDS
from gensq_course.setup.commands import FORWARDED

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"`((?:gensq|make|python -m gensq_course) [^`]+)`")
CALLS = sorted(set(COMMAND.findall(TEXT)))
TARGETS = re.search(r"^COMMANDS := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)[1].split()
SESSION = re.compile(r"^### (Session .+)$", flags=re.MULTILINE)


def fault(call: str) -> str:
    """What is wrong with a command, or nothing."""
    words = shlex.split(call.removeprefix("python -m gensq_course ").removeprefix("make ").removeprefix("gensq "))
    if call.startswith("make ") and words[0] not in TARGETS:
        return "no such target"
    if words[0] in COMMANDS:
        return ""
    try:
        options = cli.gensq.commands[words[0]].make_context(words[0], words[1:]).params
    except (KeyError, click.UsageError):
        return "refused by gensq"
    return values_fault(options)


def values_fault(options: dict) -> str:
    if "assignments" in options and not options["notebook"].startswith("handed_in/"):
        read_assignments(find_lesson(options["notebook"]), options["assignments"])
    return ""


@pytest.mark.parametrize("call", CALLS)
def test_every_command_exists(call):
    assert fault(call) == ""


def test_a_command_that_does_not_exist_is_found():
    assert len(CALLS) >= 8 and {"student", "instructor", "classroom", "progress"} <= {*FORWARDED}
    assert fault("gensq grade everything") and fault("make coffee") and fault("gensq report 06_text_vae --colour")


def test_lessons_without_a_file_are_to_come():
    stands = {path.name[:2] for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    for line in TEXT.splitlines():
        for number in re.findall(r"\blessons? (\d\d)\b|\band (\d\d)\b", line):
            number = "".join(number)
            assert number in stands or re.search(r"to come|[Uu]ntil", line), line


def test_there_are_four_sessions_with_minute_plans():
    parts = SESSION.split(TEXT.split("## A JupyterHub")[0])[1:]
    assert len(parts) == 8
    for plan in parts[1::2]:
        times = [tuple(map(int, row)) for row in re.findall(r"^\| (\d+)-(\d+) \|", plan, flags=re.MULTILINE)]
        assert times[0][0] == 0 and times[-1][1] == 90
        assert all(before[1] == after[0] for before, after in zip(times, times[1:], strict=False))


@pytest.mark.parametrize(("number", "places"), re.findall(r"\| (\d\d), ([^|]+?) \|$", TEXT, flags=re.MULTILINE))
def test_the_places_in_the_plans_exist(number, places):
    text = "\n".join(source(cell) for cell in read_cells(find_lesson(number).path) if cell["cell_type"] == "markdown")
    for section in re.findall(r"\d+", places.partition("section")[2]):
        assert re.search(rf"^## {section} ·", text, flags=re.MULTILINE), f"lesson {number} has no section {section}"
    for heading in re.findall(r'"([^"]+)"', places):
        assert f"## {heading}" in text


def test_links_and_files_exist():
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        page, _, place = target.partition("#")
        headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not place or place in [re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings], target
    for name in re.findall(r"`((?:data|notebooks|gensq_lib)/[\w./]+)`", TEXT):
        assert (ROOT / name).exists(), name
    assert not re.search(r"/(home|root|work|Users)/", TEXT)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.stem)
def test_a_path_for_pip_begins_with_a_point(page):
    """A bare name is looked for on the network when no such file is there."""
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"pip install ([^\s`]+\.whl)", text) + re.findall(r"pip wheel (?:-\S+ |dist )*([^\s`]+)`", text)
    assert all(path.startswith("./") for path in paths), paths
