"""What a result depends on is read from the imports: nothing that matters is missing, nothing else is in it."""
import importlib
import json
import sys
from functools import partial
from pathlib import Path

import pytest
import torch

from gensq_course import studies
from gensq_course.many import run_many
from gensq_course.report import results
from gensq_course.studies import sources, study
from gensq_lib.ground.errors import GensqError
from gensq_lib.training.games import vectors

LIBRARY = sources.OURS["gensq_lib"]


def names(path):
    return {sources._name(file) for file in sources.closure(path)}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a study, a module that it needs, and one that it does not."""
    folder = tmp_path / "toy_package"
    for name, text in {
        "__init__": "", "inner/__init__": "from ..needed import FACTOR", "needed": "FACTOR = 2\n", "other": "NOTHING = 0\n",
        "rows": ("from .inner import FACTOR\nEXTRA = 0\ndef run(*, number):\n"
                 "    return [{'measure': 'product', 'value': FACTOR * number + EXTRA}]\n"),
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(__file__).parents[1]}")
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(study, "place", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setattr(study, "run_many", in_this_process)
    yield folder
    forget(folder)


def in_this_process(work, points, **elsewhere):
    """Rows without processes of their own, each of which takes seconds to import torch."""
    return run_many(work, points, jobs=None)


def forget(folder):
    for name in [name for name in sys.modules if name.split(".")[0] == folder.name]:
        del sys.modules[name]
    for cache in (sources._digest, sources.closure):
        cache.cache_clear()


def edit(folder, module, text):
    (folder / f"{module}.py").write_text(text)
    forget(folder)


def toy(folder, *, num=3):
    importlib.invalidate_caches()
    run = importlib.import_module(f"{folder.name}.rows").run
    return studies.Study("toy", "How much?", [{"number": n} for n in range(num)], run)


def products(folder, **options):
    content = json.loads(studies.perform(toy(folder, **options), jobs=1).read_text("utf-8"))
    return [studies.value(row["found"]) for row in content["rows"]], content["rows"]


def test_relative_imports_and_the_faces_of_packages_are_followed(package):
    assert names(package / "rows.py") == {"toy_package/__init__.py", "toy_package/inner/__init__.py", "toy_package/needed.py",
                                          "toy_package/rows.py"}


@pytest.mark.parametrize("module, needs", [
    ("training/games/vectors.py", {"maths/adversarial/__init__.py", "models/gan.py", "ground/runtime.py"}),
    ("training/recipes.py", {"maths/schedules.py", "maths/divergences/closed_forms.py", "text/batching.py", "text/vocab.py"}),
    ("text/corpora/world.py", {"text/grammar/sampling.py"}),
])
def test_what_a_run_needs_is_in_its_closure(module, needs):
    found = names(LIBRARY / module)
    assert {f"gensq_lib/{name}" for name in needs} <= found
    assert not any(name.startswith(("gensq_lib/plots", "gensq_course")) for name in found)


@pytest.mark.slow
def test_every_study_depends_on_its_own_module_and_on_the_world():
    from gensq_course import lessons

    for found in lessons.studies().values():
        own = sources.source_of(found.run)
        assert own in sources.closure(own)
        assert found.name in ("gan", "seqgan_oracle") or "gensq_lib/text/grammar/sampling.py" in names(own)


@pytest.mark.slow
def test_an_edited_constant_redoes_the_rows(package, monkeypatch):
    """The second time in a process that starts after the edit, as for a reader."""
    assert products(package)[0] == [0, 2, 4]
    edit(package, "needed", "FACTOR = 3\n")
    with monkeypatch.context() as apart:
        apart.setattr(study, "run_many", run_many)
        numbers, rows = products(package)
    assert numbers == [0, 3, 6] and len({row["version"] for row in rows}) == 1
    edit(package, "rows", (package / "rows.py").read_text().replace("EXTRA = 0", "EXTRA = 1"))
    assert products(package)[0] == [1, 4, 7]


def test_a_module_that_nothing_needs_changes_nothing(package):
    before = study.version(toy(package))
    edit(package, "other", "NOTHING = 1\n")
    assert study.version(toy(package)) == before


def test_rows_of_this_version_are_not_computed_again(package):
    products(package, num=2)
    table = study.place("toy")
    content = json.loads(table.read_text())
    content["rows"][0]["found"][0]["value"] = -1
    table.write_text(json.dumps(content))
    assert products(package, num=2)[0] == [0, 2], "a table that was written by hand does not"
    content.pop(results.DIGEST, None)
    results.keep_recorded(table, content)
    assert products(package)[0] == [-1, 2, 4], "the finished table's rows serve, and one is new"
    edit(package, "needed", "FACTOR = 5\n")
    assert products(package)[0] == [0, 5, 10], "and of another version none does"


def test_rows_that_name_another_version_are_not_used(package):
    made = toy(package)
    forged = {"setting": {"number": 0}, "found": [{"measure": "product", "value": -1}], "seconds": 0.0, "version": "another"}
    study.keep(made, {"0": forged})
    assert study.kept_rows(made) == {}
    assert products(package)[0] == [0, 2, 4]


def test_each_row_says_its_commit_and_nothing_outdated_is_left(package, monkeypatch):
    monkeypatch.setattr(results, "commit", lambda: "first")
    products(package, num=2)
    outdated = study.partial(toy(package))
    outdated.parent.mkdir(parents=True, exist_ok=True)
    outdated.write_text("[]")
    monkeypatch.setattr(results, "commit", lambda: "second")
    _, rows = products(package)
    assert [row["commit"] for row in rows] == ["first", "first", "second"] and not outdated.exists()
    assert "commits first, second" in studies.source(studies.read("toy"))


def test_code_that_is_edited_while_a_study_runs_is_noticed(package):
    with pytest.raises(GensqError, match="expected the code to stay as it is while toy runs"):
        study.refuse_other_version(toy(package), {"version": "another"})


def test_the_commit_says_whether_files_were_edited():
    assert results.commit() == "unknown" or results.commit().removesuffix("+").isalnum()


@pytest.mark.parametrize("maker", [torch.nn.Linear, eval("lambda: 0", {"__name__": "__main__"})])
def test_what_has_no_file_of_ours_adds_nothing(maker):
    assert sources.digest(maker) == sources.digest()


def test_a_partial_stands_for_its_function():
    assert sources.source_of(partial(vectors.train_gan, steps=1)) == LIBRARY / "training" / "games" / "vectors.py"


def test_a_study_of_the_world_depends_on_the_grammar(monkeypatch):
    from gensq_course.lessons.curing_collapse.study import STUDY

    before, content = study.version(STUDY), sources._content
    monkeypatch.setattr(sources, "_content", lambda path: content(path) + b"# edited" * (path.name == "world.grammar"))
    sources._digest.cache_clear()
    assert study.version(STUDY) != before
    sources._digest.cache_clear()
