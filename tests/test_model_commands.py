"""`gensq export`, `card`, `sample`, `score` and `grammar` as they are typed, and the page of an exported model."""
import io
import json
import re
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from own_texts import joined, plain

from gensq_course import cli, lessons, report
from gensq_course.cli import models
from gensq_course.execute import voila
from gensq_course.report.lessons import all_lessons, find_lesson, noun
from gensq_course.shipped import exported, exploring, language_model, latent_space
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.runtime import generator
from gensq_lib.text import corpora, grammar
from gensq_lib.text.grammar import checking

FILE, VAE = str(language_model.FILE), str(latent_space.FILE)
SMOKE = ["-p", "budget=smoke"]


@pytest.fixture
def typed(monkeypatch, capsys, tmp_path):
    """Types a command, in a folder of its own; gives code, output and error."""
    monkeypatch.chdir(tmp_path)

    def type_it(*words, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = cli.main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return type_it


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "own text.txt"
    path.write_bytes(joined(plain(400)))
    return path


# --- export


@pytest.mark.parametrize("lesson, name", [("05", ""), ("06", ""), ("06", "language_model"), ("09", "")])
def test_a_lesson_becomes_a_file(typed, own, tmp_path, lesson, name):
    more = ["--model", name] if name else []
    options = [*SMOKE, "-p", f"corpus=file:{own}", "-p", "seed=3", *more]
    code, out, err = typed("export", lesson, *options, "-o", "x/mine.safetensors")
    assert code == 0, err
    assert "Written: x/mine.safetensors" in out and "nats per sentence" in out
    found = exported.load(tmp_path / "x" / "mine.safetensors")
    made = found.card.made
    assert made["parameters"] == {"budget": "smoke", "corpus": "file:own text.txt", "seed": 3} and made["seed"] == 3
    assert found.card.corpus["fingerprint"] == corpora.load(f"file:{own}", seed=3).fingerprint
    assert (found.card.model == "text VAE") == (lesson != "05" and name != "language_model")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", made["date"]) and made["commit"] and made["lesson"] == find_lesson(lesson).name
    assert str(own.parent) not in (tmp_path / "x" / "mine.safetensors").read_bytes().decode("latin-1")


def test_the_world_needs_no_training(typed, tmp_path):
    code, out, _ = typed("export", "5", *SMOKE, "--half")
    assert code == 0 and "05_language_models.safetensors" in out
    found, shipped = exported.load("05_language_models.safetensors"), exported.load(FILE)
    assert found.card.made["numbers"] == "float16"
    one, other = (model.score(["The cook ate a pizza."])[0].nats for model in (found, shipped))
    assert one != other and abs(one - other) < 0.05


def test_a_report_is_exported_with_its_parameters(typed, own, tmp_path):
    """Its injected cell is read, not run; a folder of several reports, or of none, is refused."""
    (folder := tmp_path / "reports").mkdir()
    said = f'corpus = "file:{own}"\nbudget = "smoke"\nseed = 7\n'
    cell = nbformat.v4.new_code_cell(said, metadata={"tags": ["injected-parameters"]})
    content = json.dumps(nbformat.v4.new_notebook(cells=[cell]))
    for name in ("05_language_models", "06_text_vae"):
        (folder / f"{name}.ipynb").write_text(content)
        (folder / f"{name}.metrics.json").write_text("{}")
        code, _, err = typed("export", "reports", "-o", "x", "-p", "num_test=20")
        if name == "05_language_models":
            assert code == 0, err
            assert exported.load("x").card.made["parameters"]["seed"] == 7 and "20 test" in exported.load("x").card.measures[0].on
        else:
            assert code == 2 and "got 2 of them" in err


@pytest.mark.parametrize("code", ["import os", "seed = open('x')", "seed, y = 1, 2", "seed ="])
def test_other_lines_of_a_report_are_refused(code, tmp_path):
    with pytest.raises(GensqError, match="expected the parameters of a report"):
        models.injected(code, tmp_path)


def test_the_notebook_and_the_export_train_one_model(own, monkeypatch, tmp_path):
    """The recipe stands in the lesson, where it is read, and in its `exporting`: what one has trained the other finds."""
    from papermill import execute_notebook

    lesson, values = find_lesson("06"), {"corpus": f"file:{own}", "budget": "smoke", "seed": 11}
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))
    book = nbformat.read(lesson.path, as_version=4)
    last = next(i for i, cell in enumerate(book.cells) if "train_live(" in cell.source)
    book.cells = [cell for cell in book.cells[:last + 1] if "predict(" not in cell.source]
    nbformat.write(book, tmp_path / "in.ipynb")
    execute_notebook(tmp_path / "in.ipynb", tmp_path / "out.ipynb", parameters=values, kernel_name="python3", progress_bar=False)
    runs = set((tmp_path / "cache" / "runs").iterdir())
    here = report.begin(lesson.name, values)
    lessons.exportable("text_vae")["text_vae"]["text_vae"](corpora.load(here.corpus, seed=11), here, values)
    assert set((tmp_path / "cache" / "runs").iterdir()) == runs and len(runs) >= 2


def test_every_exporter_belongs_to_a_lesson_with_a_corpus():
    of = {noun(lesson.name): lesson for lesson in all_lessons()}
    for name, found in lessons.exportable().items():
        assert found and "corpus" in of[name].parameters
    assert set(lessons.exportable("text_vae")) == {"text_vae"} and lessons.exportable("kl") == {}


MISTAKES = {
    "a lesson without a model": (["export", "02"], "expected a lesson with a model to export"),
    "no lesson": (["export", "nowhere"], "expected a lesson"),
    "an unknown model": (["export", "06", "--model", "vae"], 'expected a model out of "text_vae" or "language_model"'),
    "a wrong parameter": (["export", "06", "-p", "sede=1"], 'did you mean "seed"'),
    "a corpus that is not there": (["export", "06", "-p", "corpus=file:nothing.txt"], "nothing.txt"),
    "a file that is not there": (["card", "nothing"], "got no ordinary file"),
    "a folder": (["sample", "."], "got no ordinary file"),
    "no model": (["score", __file__], "expected a model saved by gensq"),
    "a voice of the chat": (["sample", FILE.replace("language_model", "doorstep.vae")], "gensq chat"),
    "too many": (["sample", FILE, "--num", "1000000"], "from 1 to 100000"),
    "none": (["sample", FILE, "--num", "0"], "from 1 to 100000"),
    "too cold": (["sample", FILE, "--temperature", "0"], "a temperature above 0"),
    "no temperature": (["sample", FILE, "--temperature", "nan"], "a temperature above 0"),
    "no text": (["score", FILE, "nothing.txt"], "nothing.txt"),
    "nothing typed": (["score", FILE], "expected at least one sentence to score"),
    "a page of no model": (["voila", "--model", "nothing"], "got no ordinary file"),
    "a grammar that is not there": (["grammar", "check", "nothing"], "nothing"),
    "a grammar over another": (["grammar", "new", __file__], "expected the path of a new file"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_one_sentence_and_code_2(typed, what):
    words, said = MISTAKES[what]
    code, _, err = typed(*words)
    assert code == 2 and said in err and err.startswith("gensq: ") and err.count("\n") == 1, err


# --- card, sample, score


def test_a_card_is_printed_for_people_and_programs(typed):
    code, out, _ = typed("card", VAE)
    assert code == 0 and out.startswith("# Text VAE of world") and "importance-weighted, K = 50" in out and "gensq score" in out
    code, out, _ = typed("card", VAE, "--json")
    found = json.loads(out)
    assert found["made"]["cure"] == "high_rate" and found["measures"][0]["unit"] == "nats per sentence"


def test_samples_come_one_a_line_and_by_their_seed(typed):
    first, again, other = (typed("sample", FILE, "--num", "4", "--seed", seed)[1] for seed in "001")
    assert first == again != other and first.count("\n") == 4
    assert typed("sample", VAE, "--num", "3", "--temperature", ".5")[1].count("\n") == 3


def test_scores_are_those_of_the_library(typed, tmp_path):
    (tmp_path / "t.txt").write_text("The cook ate a pizza.\n\nThe zebra ate a pizza.\n")
    wanted = exported.load(FILE).score(["The cook ate a pizza.", "The zebra ate a pizza."])
    code, out, _ = typed("score", FILE, "t.txt")
    assert code == 0 and f"{wanted[0].nats:.2f}  The cook ate a pizza." in out and "zebra" in out and "2 sentences:" in out
    assert "7.7%" not in out and f"{1 / 12:.1%} of the words are unknown" in out
    rows = [json.loads(line) for line in typed("score", FILE, "-", "--json", stdin="The cook ate a pizza.\n")[1].splitlines()]
    assert rows[0]["nats"] == wanted[0].nats and rows[1]["summary"]["standard_error"] is None
    assert rows[1]["summary"]["nats_per_character"] == wanted[0].nats / len("The cook ate a pizza.")
    assert typed("score", FILE, "t.txt", "--summary")[1].count("\n") == 1


def test_a_bound_says_its_k_and_z_has_its_price(typed):
    out = typed("score", VAE, "--samples", "7", stdin="The cook ate a pizza.\n")[1]
    assert "a bound with K = 7" in out and "z " in out and out.startswith("   ") and "1 sentence:" in out


def test_what_is_typed_cannot_move_the_cursor(typed):
    out = typed("score", FILE, stdin="the \x1b[2J cook\u202e\n" + "y" * 20_000 + "\n...\n" + "y " * 1_500 + "\n")[1]
    assert "\x1b" not in out and "\u202e" not in out and "Left out, without words or too long: 2." in out


def test_commands_are_listed_and_light():
    code = "import sys\nfrom gensq_course import cli\ncli.main(['score', '--help'])\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip().endswith("False") and "What sentences and their words cost" in done.stdout


# --- the page of a model


def test_the_page_of_a_model_holds_its_path_as_a_text(tmp_path):
    path = tmp_path / "'); import os; os.mkdir('executed') #.safetensors"
    page = voila.page_of_model(path)
    nbformat.validate(nbformat.reads(json.dumps(page), as_version=nbformat.NO_CONVERT))
    called = []
    code = page["cells"][1]["source"].replace("from gensq_course.shipped import exploring", "")
    exec(code, {"exploring": SimpleNamespace(show=called.append)})
    assert called == [str(path.resolve())] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path, chapters", [(FILE, ["says", "expects"]), (VAE, ["says", "expects", "between"])])
def test_widgets_answer_for_every_model(path, chapters):
    model = exported.load(path)
    parts = exploring.parts_of(model)
    assert list(parts) == chapters
    says, expects = (parts[name].children[-1] for name in chapters[:2])
    assert says.value.count("<br>") == 7 and "together" in expects.value and "role='alert'" not in expects.value
    box = parts["expects"].children[0]
    box.value = "<b>zebra</b> \x1b"
    assert "<b>" not in expects.value and "zebra" in expects.value
    box.value = ""
    assert "expected sentences of 1 to" in expects.value
    if "between" in parts:
        slider, view = parts["between"].children[2:]
        slider.value, ends = 0.0, []
        for slider.value in (0.0, 1.0):
            ends.append(view.value)
        assert ends[0] != ends[1] and "alert" not in "".join(ends)
    assert "<table" in exploring.facts(model)._repr_html_()


def test_a_server_is_started_on_a_right_model_only(typed, monkeypatch):
    started = []
    monkeypatch.setattr(voila, "serve_model", lambda path, **options: started.append((path.name, options["port"])) or 0)
    assert typed("voila", "--model", FILE, "--port", "0", "--no-browser")[0] == 0
    assert typed("voila", "--model", __file__)[0] == 2
    assert started == [("language_model.safetensors", 0)]


# --- a grammar of one's own


def test_from_nothing_to_a_floor_line(typed, tmp_path):
    assert typed("grammar", "new", "mine.grammar")[0] == 0
    code, out, _ = typed("grammar", "check", "mine.grammar")
    assert code == 0 and "36 different" in out and "floor" in out
    found = grammar.checked_grammar(tmp_path / "mine.grammar")
    world = corpora.load(f"grammar:{tmp_path / 'mine.grammar'}", num_train=50)
    assert found.entropy == world.grammar.entropy() and found.different == found.derivations == world.grammar.num_sentences()
    assert not found.ambiguous and not found.unused and len(found.examples) == 5


STEPS = ["", "hello", "languages: en", "languages: en\nstart: <s>", "languages: en\nstart: <s>\n<s>",
         "languages: en\nstart: <s>\n<s>\n  en: the <cat> .",
         "languages: en\nstart: <s>\n<s>\n  en: the <cat> .\ntable <cat>\n  a ; b",
         "languages: en\nstart: <s>\n<s>\n  en: <s> .", "languages: en\nstart: <s>\n<s>\n  fr: un"]


@pytest.mark.parametrize("text", STEPS)
def test_a_half_written_file_is_a_sentence_with_its_line(typed, tmp_path, text):
    (tmp_path / "g").write_text(text)
    code, _, err = typed("grammar", "check", "g")
    assert code == 2 and err.count("\n") == 1 and "expected" in err and "; " in err
    if len(text.splitlines()) != 1 and "start: <s>\n" in text + "\n" and text:
        assert re.search(r"g, line \d+: ", err), err


TWICE = "languages: en\nstart: <s>\n<s>\n  en: the <a> <b>\n<a>\n  en: x\n  en: x y\n<b>\n  en: y z\n  en: z\n<c>\n  en: k\n"


def test_an_ambiguous_grammar_is_counted_and_warned_of(typed, tmp_path):
    """Four derivations of probability 1/4, two of which write the same: 1.5 log 2 nats, not log 4."""
    (tmp_path / "g").write_text(TWICE)
    found = grammar.checked_grammar(tmp_path / "g")
    assert found.ambiguous == "The x y z" and found.readings == 2 and found.unused == ("c",)
    assert (found.derivations, found.different) == (4, 3) and abs(found.entropy - 1.5 * 0.6931472) < 1e-6
    code, out, _ = typed("grammar", "check", "g")
    assert code == 1 and "lessons refuse the grammar" in out and "nothing uses <c>" in out and "4 derivations" in out
    with pytest.raises(GensqError, match="expected one derivation for each sentence"):
        grammar.load(tmp_path / "g")


def test_the_floor_of_a_test_set_lies_where_it_is_said():
    found, village = grammar.checked_grammar(grammar.shipped("village").path), grammar.shipped("village")
    for part in ("one", "two", "three", "four"):
        said = village.sample(400, generator=generator(part))
        mean = -sum(each.log_prob for each in said) / 400
        assert abs(mean - found.entropy) < 4 * found.spread / 20
    every = [each.log_prob for each in village.sample(4_000, generator=generator("spread"))]
    middle = sum(every) / len(every)
    assert abs((sum((x - middle) ** 2 for x in every) / len(every)) ** 0.5 / found.spread - 1) < 0.1


def test_large_grammars_are_drawn_from():
    found = grammar.checked_grammar(grammar.shipped("world").path)
    assert found.different is None and found.derivations > 10**9 and not found.ambiguous and not found.warnings
    assert abs(found.entropy - grammar.shipped("world").entropy()) < 1e-9 and "derivations" in str(found)


def test_a_start_is_never_written_over_a_file(tmp_path):
    (tmp_path / "g").write_text("mine")
    with pytest.raises(GensqError, match="choose another name"):
        checking.write_start(tmp_path / "g")
    assert (tmp_path / "g").read_text() == "mine"
