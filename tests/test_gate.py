"""A reader's own texts: what the gate says of each, the ways to read them, and that what passes it loads."""
from collections import Counter

import own_texts
import pytest
from lesson_maker import make_lesson

from gensq_course import cli
from gensq_course.report import gate, lessons, parameters, progress, session, signs
from gensq_course.report.environment import check_environment
from gensq_course.report.records import MIME
from gensq_course.setup.endings import readable
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora
from gensq_lib.text.corpora import own, tables
from gensq_lib.text.vocab import Vocab

TEXTS = own_texts.every()
LARGE = ("fifty thousand lines",)
LOADERS = {"sentences": corpora.load, "dialogues": corpora.load_dialogues}


@pytest.mark.parametrize("what", [pytest.param(what, marks=pytest.mark.slow) if what in LARGE else what for what in TEXTS])
def test_the_gate(tmp_path, what):
    """Honest texts pass without a word, poor ones with a sentence, hopeless ones not at all: one sentence, and a way out."""
    text = TEXTS[what]
    name = text.write(tmp_path)
    if text.verdict == "refused":
        with pytest.raises(GensqError) as refusal:
            gate.look(name, text.kind)
        said = str(refusal.value)
        assert text.said in said and said.startswith(("expected", str(tmp_path))) and "\n" not in said and "; " in said
        return
    found = gate.look(name, text.kind)
    assert bool(found.warnings) == (text.verdict == "warned"), found.warnings
    assert text.said in " | ".join(found.warnings) and all(line.endswith(".") for line in found.warnings)


def test_there_are_more_than_a_hundred():
    verdicts = Counter(text.verdict for text in TEXTS.values())
    assert len(TEXTS) > 150 and min(verdicts.values()) > 25, verdicts


@pytest.fixture
def written(tmp_path):
    """Writes a file, and gives its name as a corpus."""
    def write(content, name="own.txt", way="file:"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else own_texts.joined(content))
        return f"{way}{path}"
    return write


def test_the_account_counts(written):
    lines = own_texts.plain(1_200)
    bad = ["", "", "***", "long " * 70, "x" * 20_000]
    rows = dict(gate.look(written([*lines, *lines[:100], *bad])).rows)
    assert rows["lines read"] == "1,305" and rows["left out"] == "2 empty, 2 too long, 1 no words"
    corpus = corpora.load(written([*lines, *lines[:100], *bad]))
    assert rows["sentences"].startswith(" / ".join(f"{len(p):,}" for p in (corpus.train, corpus.valid, corpus.test)))
    twice = sum(n for n in Counter(corpus.train).values() if n > 1) / len(corpus.train)
    assert rows["said again"].startswith(f"{twice:.1%}") and rows["in two parts"].startswith("0.0%")
    assert rows["unknown tokens"].endswith(f"{corpus.unknown_rate(corpus.test):.1%} of test")
    assert corpus.account == {"lines": 1305, "empty": 2, "too long": 2, "no words": 1}


def test_an_edit_is_looked_at_anew(written):
    assert not gate.look(written(own_texts.plain())).warnings
    assert gate.look(written(own_texts.plain(200))).warnings


def test_what_is_looked_at_of_a_grammar_is_little(monkeypatch):
    from gensq_lib.ground.places import DATA
    rows = dict(gate.look(f"grammar:{DATA / 'village.grammar'}").rows)
    assert rows["known truth"].startswith("17,280 sentences") and "closed" in rows["vocabulary"]
    assert rows["sentences"].startswith("1,000 / 2,000") and "lines read" not in rows


# Ways to read

def test_ready_made_tokens(written):
    """`<unk>` is the vocabulary's own, N a word, "n't" whole, and rare words are kept where somebody has chosen the words."""
    lines = [f" the <unk> did n't see N of w{i} " for i in range(300)]
    corpus = corpora.load(written(lines, way="words:"))
    first = corpus.train[0]
    assert first[:6] == ("the", "<unk>", "did", "n't", "see", "N") and corpus.show(first) == " ".join(first)
    ids = corpus.vocab.encode(first)
    assert ids[1] == Vocab.UNK and Vocab.UNK not in ids[2:] and corpus.vocab.words.count("<unk>") == 1
    assert corpus.vocab.decode(ids) == first == corpus.read(corpus.show(first))
    assert 0.1 < corpus.unknown_rate(corpus.train) < 0.13


def test_rare_words_are_unknown_where_nobody_has_chosen(written):
    corpus = corpora.load(written([f"the dog saw w{i}" for i in range(300)], way="words:"))
    assert len(corpus.vocab) == len(Vocab.SPECIALS) + 3


def test_a_folder_is_split_as_given(tmp_path, written):
    parts = {"train": own_texts.plain(300), "valid": own_texts.plain(40, seed=1), "test": own_texts.plain(50, seed=2)}
    for part, lines in parts.items():
        written(lines, f"d/ptb.{part}.txt")
    corpus = corpora.load(f"words:{tmp_path / 'd'}")
    assert [list(map(corpus.show, getattr(corpus, part))) for part in parts] == list(parts.values())
    assert corpus.account["lines"] == 390


def test_characters(written):
    lines = [line.replace("The", "The\u0301") for line in own_texts.plain()]
    corpus = corpora.load(written(lines, way="chars:"))
    sentence = next(s for s in corpus.train if len(s) > 3)
    assert sentence[:4] == ("T", "h", "\u00e9", own.SPACE) and corpus.read(corpus.show(sentence)) == sentence
    every = (*corpus.train, *corpus.valid, *corpus.test)
    assert sorted(corpus.show(s).replace(own.SPACE, " ") for s in every) == sorted(s.replace("e\u0301", "\u00e9") for s in lines)
    assert own.characters("\u0915\u093e a\t b") == ("\u0915\u093e", own.SPACE, "a", own.SPACE, "b")


@pytest.mark.parametrize("name, content, column", [
    ("x.csv", 'a,"the text"\n1,"Hi, ""you""\nthere"\n2\n', "the text"),
    ("x.csv", 'a;t\n1;"Hi, ""you"" there"\n2;\n', "t"),
    ("x.tsv", 'a\tt\n1\t"Hi, ""you"" there"\n2\n', "t"), ("x.txt", 'a\tt\n1\tHi, "you" there\n2\n', "t"),
    ("x.jsonl", '{"t": "Hi, \\"you\\"\\nthere"}\n\n{"u": 1}\n', "t"),
    ("x.json", '[{"t": "Hi, \\"you\\" there"}, {"t": null}]', "t"),
    ("x.csv", 'a,"Hi, ""you"" there"\nb,\n', "2")])
def test_columns(tmp_path, name, content, column):
    (tmp_path / name).write_text(content, "utf-8")
    assert tables.column_of(tmp_path / name, column) == ['Hi, "you" there', ""]


def test_a_path_may_have_the_mark_of_a_column(written):
    assert len(corpora.load(written(own_texts.plain(), "a#text")).train) > 1_300


def test_pairs(written):
    lines = [f"{a} // And then?\t{b}" + "\tglad" * (i % 2) for i, (a, b) in
             enumerate(zip(own_texts.plain(), own_texts.plain(seed=1), strict=True))]
    corpus = corpora.load_dialogues(written(lines, way="pairs:"), num_train=10_000)
    assert corpus.conditions == {"label": ("glad", "other")} and corpus.grammar is None
    every = [*corpus.train, *corpus.valid, *corpus.test]
    assert sorted(f"{corpus.show_source(e.source)}\t{corpus.show_target(e.target)}" + "\tglad" * (e.labels == ("glad",))
                  for e in every) == sorted(lines)
    assert all(corpus.read_source(corpus.show_source(e.source)) == e.source for e in every)
    assert not {e.source for e in corpus.train} & {e.source for e in corpus.test}


def test_pairs_without_labels_can_be_talked_with(written):
    """All have one label, which is guessed, too."""
    from gensq_course.talk.labels import LabelGuess
    corpus = corpora.load_dialogues(written(own_texts.pairs(), way="pairs:"))
    assert corpus.conditions == {"label": ("other",)} and LabelGuess(corpus).labels("The dog saw a cat.") == {"label": "other"}


def test_a_lesson_that_asks_for_more_sentences_than_there_are_has_all(written):
    assert len(corpora.load(written(own_texts.plain(400)), num_train=2_000).train) == len(
        corpora.load(written(own_texts.plain(400))).train)


# Where it stands

@pytest.fixture
def lesson(tmp_path, monkeypatch):
    found = lessons.read_lesson(make_lesson(tmp_path / "lessons"))
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(found.path.parent))
    return found


def test_commands_look_and_refuse(written, capsys):
    path = written(own_texts.plain(), way="")
    assert cli.main(["corpus", "look", path]) == 0
    assert f"file:{path}\n  lines read      1,500\n" in capsys.readouterr().out
    assert cli.main(["corpus", "sample", "2", "--corpus", f"chars:{path}"]) == 0
    assert own.SPACE in capsys.readouterr().out
    bad = written(own_texts.csv())
    for command in (["look", bad], ["sample", "--corpus", bad]):
        assert cli.main(["corpus", *command]) == 2 and "#text" in capsys.readouterr().err
    pairs = written(own_texts.pairs(), way="pairs:")
    assert cli.main(["corpus", "sample", "2", "--dialogue", "--corpus", pairs]) == 0
    assert capsys.readouterr().out.count("\tother\t") == 2


def test_a_parameter_is_refused_as_the_gate_refuses(written):
    with pytest.raises(GensqError, match="#text"):
        parameters.check_corpus(written(own_texts.csv()))
    with pytest.raises(GensqError, match="in line 1 "):
        parameters.check_corpus(written(own_texts.plain(), way="pairs:"), like="doorstep")
    parameters.check_corpus(written(own_texts.pairs(), way="pairs:"), like="doorstep")


def test_the_table_stands_at_the_top_of_a_lesson(written, capsys):
    session.show_own_corpus(written(own_texts.plain(200)), "sentences")
    assert "lines read" in (said := capsys.readouterr().out) and "! " in said
    for built_in in ("world", "village", ""):
        session.show_own_corpus(built_in, "sentences")
    assert not capsys.readouterr().out


def test_no_name_changes_the_table(written):
    found = gate.Look("file:<script>&", (("a<b", "<img>"),), ("<b>",))
    assert "<script" not in found.html and "<img" not in found.html and "<b>" not in found.html and "&lt;img&gt;" in found.html


def test_verse_is_no_page_and_a_page_is_no_verse():
    prose = own_texts.wrapped().decode().splitlines()
    assert signs.is_wrapped(prose) and not signs.is_wrapped([line.replace(".", ",") for line in prose])


# Edges

@pytest.mark.parametrize("name, value", [
    ("GENSQ_BUDGET", "big"), ("GENSQ_DEVICE", "tpu"), ("GENSQ_THREADS", "many"), ("GENSQ_THREADS", "9" * 9),
    ("GENSQ_THREADS", "\u0663"), ("GENSQ_DATA", "/nope"), ("GENSQ_PRECISION", "fp16")])
def test_variables_are_checked_before_a_kernel(monkeypatch, lesson, tmp_path, name, value):
    from gensq_course.execute import running
    monkeypatch.setattr(running, "execute", lambda *_: pytest.fail("a kernel was started"))
    monkeypatch.setenv(name, value)
    with pytest.raises(GensqError, match="expected"):
        running.run(str(lesson.path), output=tmp_path / "out")
    monkeypatch.delenv(name)
    check_environment()


def test_what_was_typed_is_shortened_and_harmless():
    assert readable("got \x1b[31m\u202e \u6211") == "got \\x1b[31m\\u202e \u6211"
    long = readable(f"expected a file, got {'x' * 100_000}; check the path")
    assert len(long) < 400 and "100,000 characters" in long and long.endswith("; check the path")
    assert len(readable("word " * 10_000)) < 2_000


@pytest.mark.parametrize("record", [
    {"check": "a", "verdict": ["right"]}, {"check": "a", "verdict": {}}, {"check": "a", "verdict": "wrong", "mistake": [[1]]},
    {"prediction": "p", "sure": 10**400, "hit": True, "guess": 1, "value": 1}])
def test_a_bad_record_never_ends_the_screen(tmp_path, record):
    import json
    for name, found in {"1_bad": record, "2_good": {"check": "a", "verdict": "right"}}.items():
        cell = {"cell_type": "code", "source": "a = checks.a(a)", "outputs": [{"data": {MIME: found}}]}
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": [cell]}))
    assert "2_good: 1 of 1 checks pass" in progress.progress(tmp_path)


def test_a_lesson_by_its_number():
    assert lessons.find_lesson("6").name == lessons.find_lesson("06").name == "06_text_vae"
