"""Labelled sentences: of a grammar the sentences that its corpus has, of people without leaks, of a reader's file as written."""
import os

import pytest
from test_dialogues import served, sgd_files

from gensq_course.report import gate
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora
from gensq_lib.text.corpora import chats, labelled, text, world

DATA = os.environ.get("GENSQ_DATA")


@pytest.fixture(autouse=True)
def alone(cut_off):
    """What was read stays with the test that read it."""
    for kept in (labelled._comments, labelled._user_turns):
        kept.cache_clear()
    yield
    for kept in (labelled._comments, labelled._user_turns):
        kept.cache_clear()


@pytest.mark.parametrize("name, language", [("world", "en"), ("world:zh", "zh")])
def test_the_sentences_of_the_world_are_those_of_its_corpus(name, language):
    found, plain = corpora.load_labelled(name, seed=3, num_train=300), corpora.load(name, seed=3, num_train=300)
    assert found.text.train == plain.train and found.text.vocab.words == plain.vocab.words
    assert found.text.test == plain.test and found.text.valid == plain.valid
    assert found.attribute == "sentiment" and found.classes == ("negative", "neutral", "positive")


@pytest.mark.parametrize("attribute", ["topic", "tense", "sentiment"])
def test_a_label_is_what_the_grammar_says(attribute):
    found = corpora.load_labelled("world", attribute=attribute, num_train=40)
    for said, label in zip(found.text.train[:20], found.labels.train, strict=False):
        assert found.text.grammar.parse(said).attributes[attribute] == label
    assert [found.classes[i] for i in found.ids("test")] == found.labels.test


def test_an_attribute_that_is_not_there_is_refused():
    with pytest.raises(GensqError, match='expected an attribute of .*"topic".*, got "mood"'):
        corpora.load_labelled("world", attribute="mood", num_train=20)
    assert corpora.load_labelled("village", num_train=20).attribute == "topic"


def comments(num):
    rows = [f"Comment {i} is great!\t{i % 2}\tid{i}" for i in range(num)]
    return "\n".join([*rows, "Both at once.\t0,1\tidx", " ".join(["long"] * 70) + "\t1\tidy"]) + "\n"


@pytest.fixture
def emotions(monkeypatch, tmp_path):
    files = [served(monkeypatch, tmp_path, f"goemotions/{name}.tsv", comments(num))
             for name, num in (("train", 900), ("test", 950))]
    names = served(monkeypatch, tmp_path, "goemotions/labels.txt", "joy\nanger\n")
    monkeypatch.setattr(labelled, "GOEMOTIONS", (*files, names))


def test_goemotions(emotions):
    found = corpora.load_labelled("goemotions")
    assert found.classes == ("anger", "joy") and found.attribute == "emotion"
    assert "comments with several emotions left out: 2" in found.text.notes and "free" in str(found)
    keys = [{text.key(said) for said in getattr(found.text, part)} for part in ("train", "valid", "test")]
    assert all(keys) and not keys[0] & keys[1] and not keys[0] & keys[2] and not keys[1] & keys[2]
    for said, label in zip(found.text.train, found.labels.train, strict=True):
        assert label == ("anger" if int(said[1]) % 2 else "joy")
    assert len(corpora.load_labelled("goemotions", num_train=50, seed=1).text.train) == 50
    with pytest.raises(GensqError, match='expected "emotion", the labels of goemotions, got "topic"'):
        corpora.load_labelled("goemotions", attribute="topic")


def test_users_of_sgd_say_what_they_want(monkeypatch, tmp_path):
    remotes = [served(monkeypatch, tmp_path, f"sgd/{part}/dialogues_001.json", sgd_files(60)) for part in ("train", "test")]
    monkeypatch.setattr(chats, "SGD", tuple(remotes))
    found = corpora.load_labelled("sgd")
    assert found.classes == ("NONE", "Reserve") and set(found.labels.train) == {"NONE", "Reserve"}
    said = {text.key(sentence) for sentence in found.text.train}
    assert not said & {text.key(sentence) for part in (found.text.valid, found.text.test) for sentence in part}
    assert any(note.startswith("held-out sentences that training has, too") for note in found.text.notes)


@pytest.fixture
def own(tmp_path):
    def write(line):
        path = tmp_path / "own.tsv"
        path.write_text("\n".join(map(line, range(400))) + "\n", "utf-8")
        return f"labelled:{path}"

    return write


def test_a_file_of_the_reader(own):
    name = own(lambda i: f"The number {i} is odd or even.\t{'odd' if i % 2 else 'even'}")
    found = corpora.load_labelled(name, num_train=100)
    assert len(found.text.train) == 100 and found.classes == ("even", "odd") and found.text.name == name
    assert all(label == ("odd" if int(said[2]) % 2 else "even")
               for said, label in zip(found.text.test, found.labels.test, strict=True))
    look = gate.look(name, "labelled")
    assert dict(look.rows)["labels: label"].startswith("2: ") and "lines read" in dict(look.rows)


@pytest.mark.parametrize("line, words", [
    (lambda i: f"Number {i} without a label.", "expected text<TAB>label in line 1 of .* or no label .400 such lines."),
    (lambda i: f"Number {i} with an empty one.\t", "expected text<TAB>label in line 1"),
    (lambda i: f"Number {i}\tis\ttoo much.", "expected text<TAB>label"),
    (lambda i: f"Number {i} is alike.\tsame", "expected 2 to 50 different labels .*, got 1"),
    (lambda i: f"Number {i} is its own.\t{i}", "expected 2 to 50 different labels"),
    (lambda i: "Always this.\tone" if i % 2 else "Always that.\ttwo", "at least 100 different sentences")])
def test_a_file_with_which_nothing_can_be_done(own, line, words):
    with pytest.raises(GensqError, match=words):
        corpora.load_labelled(own(line))


@pytest.mark.skipif(not DATA, reason="the real files are not here: set GENSQ_DATA")
@pytest.mark.parametrize("name, least, classes", [("goemotions", 40_000, 28), ("sgd", 6_000, 13)])
def test_the_real_files(monkeypatch, name, least, classes):
    monkeypatch.setenv("GENSQ_DATA", DATA)
    found = corpora.load_labelled(name)
    assert len(found.text.train) > least and len(found.classes) == classes
    assert min(map(len, (found.text.test, found.text.valid))) > 250
    assert [len(found.ids(part)) for part in ("train", "valid", "test")] == [
        len(getattr(found.text, part)) for part in ("train", "valid", "test")]
    assert not {text.key(s) for s in found.text.train} & {text.key(s) for s in found.text.test}


def test_the_first_sentences_are_those_of_the_plain_corpus():
    """So a model that has read the corpus without labels has not seen another draw."""
    assert labelled.NUM_TRAIN <= world.NUM_TRAIN
