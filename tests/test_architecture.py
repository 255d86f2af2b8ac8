"""The floors: a module imports only from lower floors, heavy libraries have one home, and everything stays short."""
import ast
import collections
import re
import statistics
from pathlib import Path

import pytest
import torch
from jaxtyping import TypeCheckError

from gensq_lib.ground.errors import nearest
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import top_k_logits

ROOT = Path(__file__).parents[1]
FLOORS = {  # of each package, from the ground up; a room imports from lower floors only
    "gensq_lib": ["ground", "maths", "sounds", "text vectors", "cures", "models", "training diagnostics", "plots"],
    "gensq_course": ["setup", "report", "widgets", "checks talk", "many",
                     "studies execute shipped clinic", "lessons sweeps", "live classroom", "book", "doctor", "cli"],
}
ONE_HOME = {"matplotlib": {"plots"}, "ipywidgets": {"widgets"}, "anywidget": {"widgets"}, "papermill": {"execute"},
            "nbformat": {"execute"}, "nbconvert": {"execute"}, "pooch": {"text"}, "nbgrader": {"classroom"}}
NEVER = {"pickle", "dill", "marshal", "shelve"}
FLOOR = {f"{package}.{room}": height for package, floors in FLOORS.items()
         for height, rooms in enumerate(floors) for room in rooms.split()}
WAYS_IN = {"gensq_lib.__init__", "gensq_course.__init__", "gensq_course.__main__"}  # standard library only
FILES = sorted(path for package in FLOORS for path in (ROOT / package).rglob("*.py"))


def room(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts[:2])


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path):
    """Full names; those of a relative import are inside the room anyway."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in FLOORS:
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name != "__version__")
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def complaints(me: str, names) -> list[str]:
    """What a room imports and should not."""
    found, (mine, here) = [], me.split(".")
    for name in names:
        root, *rest = name.split(".")
        other = f"{root}.{rest[0]}" if root in FLOORS and rest else ""
        if mine == "gensq_lib" and root == "gensq_course":
            found.append(f"{me} must not import {name}: the library knows nothing of the course")
        elif root == mine and other != me and FLOOR.get(other, 99) >= FLOOR.get(me, 99):
            found.append(f"{me} must not import {other}, which is not on a lower floor")
        if root in NEVER or here not in ONE_HOME.get(root, {here}):
            found.append(f"{me} must not import {root}")
    return found


def defined(path: Path) -> list[str]:
    """The names that a module gives its functions, classes and constants, as often as it does."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)] + [
        target.id for node in body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)]


@pytest.mark.parametrize("path", [*FILES, *sorted((ROOT / "tests").rglob("*.py"))], ids=named)
def test_a_module_gives_a_name_once(path):
    """The second would silently take the place of the first, as a block that was pasted twice does."""
    assert [name for name, num in collections.Counter(defined(path)).items() if num > 1] == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_go_down(path):
    assert room(path) in set(FLOOR) | WAYS_IN, f"{room(path)} has no floor"
    assert complaints(room(path), imports(path)) == []


@pytest.mark.parametrize("me, name", [
    ("gensq_lib.maths", "gensq_lib.text.batching"), ("gensq_lib.text", "gensq_lib.vectors.digits"),
    ("gensq_lib.training", "matplotlib.pyplot"), ("gensq_lib.plots", "gensq_course.widgets"),
    ("gensq_lib.text", "pickle"), ("gensq_course.checks", "ipywidgets"), ("gensq_course.report", "gensq_course.lessons.kl"),
    ("gensq_course.clinic", "gensq_course.lessons.kl"), ("gensq_course.widgets", "gensq_course.clinic")])
def test_a_wrong_import_is_refused(me, name):
    assert complaints(me, [name])


@pytest.mark.parametrize("path", FILES, ids=named)
def test_modules_are_short_and_introduce_themselves(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300, "a module that outgrows 300 lines becomes a folder"
    assert ast.get_docstring(ast.parse(text)), "a module says what it is for"
    assert "from __future__ import annotations" not in text, "jaxtyping needs real annotations"


# All lines, docstrings too: a newcomer can read the core in an afternoon. The core had 5,000; the field's usual metrics of text
# came with 90 more, digests of what is kept and answers to wrong calls with 140 (20 of them where models, clouds of points and
# outcomes are made), how a small text is read with 115. Of grammar and corpora 240 lines read a reader's own files, 50 find all
# derivations of a sentence, 100 say what a beginning tells, 45 which facts a reply changes.
# Lesson 10 has labelled sentences (200 lines of corpora, 60 of batches), M2 and a classifier with their training (240),
# calibration and probes (170). Lesson 11 has minimum Bayes risk, lists of the best and metrics of translations (160), and 120
# lines of corpora that draw and read translations. Lesson 12 has ROUGE, facts of a headline and sentences of a given length
# (180), and 130 lines of corpora that read documents with summaries, and of the grammar that finds names in any words.
# Lesson 13 has sounds, their pictures and the way back (350), networks of pictures and their training (230), and 80 lines of
# corpora that read recordings, archives among them.
# Lesson 17 has ciphers, keys by frequency, assignment and EM (310), and translators without pairs with their bound, training
# and judge (300).
# Lesson 18 has VAEs of bags, LDA, exact likelihoods and measures of topics (530), recommenders, their measures, clicks and a
# world of tastes (505), and 285 lines of corpora that draw documents with known topics, and read those of people.
# Lesson 19 has noise of three kinds (75).
# Lesson 21 has subwords, near copies, two-sample tests and their power, learning curves and a jury (475), and counts what a
# reader's own grammar says (150 lines of the grammar). What a terminal's codes and paragraphs cost is told in 15 more.
# Lesson 22 has output layers for many words (145), training in several processes and how they start (240), batches by tokens,
# what they weigh, and sequences that are too large to be held (175), and corpora that are read line by line from a large file
# (345): that this is nearly as fast as reading from memory, by pieces of text at hand and some lines together, took 40 more.
# Lesson 23 has masked diffusion: orders of words and their exact likelihoods, a denoiser, its truth and its training (410).
BUDGETS = {"core": 9_920, "grammar and corpora": 4_800, "plots": 805, "a lesson": 450}
LONG_LESSONS = {  # with a reason
    "understanding": 550,  # two studies, exact posteriors, tables and pictures of them, four exercises and their mistakes
    "text_vae": 610,  # a second study: n-gram, language model and VAE of small real texts; two models to export
    "language_models": 475,  # a model to export
    "latent_space": 475,  # a model to export
    "unpaired_translation": 680,  # seven exercises and their mistakes, six studies, pictures, tables that read several as one
    "speech": 490,  # five exercises and their mistakes; pictures, players and controls of a lesson that is seen and heard
    "topics_and_tastes": 690,  # seven exercises and their mistakes, tables (of five seeds, a search) and pictures, recommenders
    "tutorial_autopsy": 1_735,  # 45 experiments, a hunt, six exercises, two programs to take away, controls and fair partners
    "vae_or_gan": 1_580,  # five exercises, twelve studies; curves, a bound's slack, a search, an aid and its widths, a drawn page
    "your_own_text": 1_265,  # units, players and a jury, seven sick runs, a page, a grammar, groups, three exercises
    "scaling_up": 1_100,  # a naive loop, a made text, batches and layers on trial, profiles, bf16, two studies, three exercises
    "masked_diffusion": 640,  # a village with its truth, four families, holes, coarse noise, two studies, three exercises
    "gan": 705,  # batches, a study, a ward of sick runs, a judge ahead, its field, six exercises and their mistakes
}


def part(path: Path) -> str:
    """Of the library: what a file counts for."""
    rooms = path.relative_to(ROOT / "gensq_lib").parts
    if rooms[0] == "plots":
        return "plots"
    return "grammar and corpora" if rooms[:2] in (("text", "grammar"), ("text", "corpora")) else "core"


def num_lines(paths) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


@pytest.mark.parametrize("name", ["core", "grammar and corpora", "plots"])
def test_parts_of_the_library_keep_their_budgets(name):
    assert num_lines(path for path in (ROOT / "gensq_lib").rglob("*.py") if part(path) == name) <= BUDGETS[name]


@pytest.mark.parametrize("folder", sorted(path.parent for path in (ROOT / "gensq_course" / "lessons").glob("*/__init__.py")),
                         ids=lambda path: path.name)
def test_a_lesson_keeps_its_budget(folder):
    assert num_lines(folder.rglob("*.py")) <= LONG_LESSONS.get(folder.name, BUDGETS["a lesson"])


DOCUMENTED = (  # rooms, or folders in them, in which every public thing says what it is
    "ground", "maths", "sounds", "text", "vectors", "cures", "models", "training", "diagnostics", "plots")
CLASSES = {node.name: node for path in FILES for node in ast.parse(path.read_text(encoding="utf-8")).body
           if isinstance(node, ast.ClassDef)}


def public(nodes):
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")]


def explained(base: ast.expr, classes) -> set[str]:
    """The methods that a class or what it inherits from explains; torch explains `forward`."""
    kind = classes.get(getattr(base, "id", ""))
    if kind is None:
        return {"forward"}
    return {node.name for node in public(kind.body) if ast.get_docstring(node)}.union(
        *(explained(base, classes) for base in kind.bases))


def undocumented(tree: ast.Module, classes=CLASSES):
    """Public functions, classes and methods without a docstring; a method of a contract needs none in a subclass."""
    for node in public(tree.body):
        known = set().union(*(explained(base, classes) for base in getattr(node, "bases", ())))
        inside = public(node.body) if isinstance(node, ast.ClassDef) else []
        yield from (each.name for each in (node, *inside) if not ast.get_docstring(each) and each.name not in known)


@pytest.mark.parametrize("path", [path for path in FILES if named(path).startswith(
    tuple(f"gensq_lib/{place}/" for place in DOCUMENTED))], ids=named)
def test_public_things_have_a_docstring(path):
    assert list(undocumented(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_a_missing_docstring_is_seen():
    tree = ast.parse('def plain(): ...\nclass Kind:\n    """What it is."""\n    def act(self): """Do it."""\n'
                     '    def rest(self): ...\nclass Sub(Kind):\n    """One."""\n'
                     '    def act(self): ...\n    def more(self): ...\n')
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    assert list(undocumented(tree, classes)) == ["plain", "rest", "more"]


SAME_EVERYWHERE = {"load", "show"}  # by its name or path; for people to read


def test_a_public_name_of_the_library_means_one_thing():
    homes = collections.defaultdict(list)
    for path in (ROOT / "gensq_lib").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(named(path))
    assert {name: places for name, places in homes.items() if len(places) > 1 and name not in SAME_EVERYWHERE} == {}


def function_lengths():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                documented = ast.get_docstring(node) is not None
                first = node.body[1] if documented and len(node.body) > 1 else node.body[0]
                yield f"{named(path)}:{node.name}", node.end_lineno - first.lineno + 1


def test_functions_are_small():
    lengths = dict(function_lengths())
    assert statistics.median(lengths.values()) <= 8
    assert {name: n for name, n in lengths.items() if n > 40} == {}


WRONG_CALLS = {
    "an axis too few": lambda: top_k_logits(torch.zeros(3), 1),
    "integers": lambda: top_k_logits(torch.zeros(1, 3).long(), 1),
    "a number for a text": lambda: nearest(3, ["a"]),
    "axes that disagree": lambda: Batch(*[torch.zeros(2, 3).long()] * 2, torch.ones(3).long()),
}


@pytest.mark.parametrize("mistake", WRONG_CALLS)
def test_annotations_are_checked_in_tests(mistake):
    """conftest.py sees to it."""
    with pytest.raises(TypeCheckError):
        WRONG_CALLS[mistake]()


@pytest.mark.parametrize("path", [path for path in FILES if named(path) != "gensq_lib/plots/style.py"], ids=named)
def test_colours_have_one_home(path):
    found = re.findall(r"#[0-9a-fA-F]{6}\b|[\"' :]#[0-9a-fA-F]{3}\b", path.read_text(encoding="utf-8"))
    assert not found, f"{found}: give the colour a name in gensq_lib/plots/style.py"
