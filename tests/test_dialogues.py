"""Corpora of dialogues: parts without leaks, labels, real dialogues read from small copies of their files."""
import hashlib
import json
import os
from dataclasses import replace

import pytest

from gensq_course import cli
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.runtime import generator
from gensq_lib.text import corpora, grammar
from gensq_lib.text.corpora import chats, dialogues, files, splits
from gensq_lib.text.pairs import Pair
from small_worlds import SMALL

DATA = os.environ.get("GENSQ_DATA")


@pytest.fixture(autouse=True)
def alone(cut_off):
    """What was read stays with the test that read it."""
    chats.exchanges.cache_clear()
    yield
    chats.exchanges.cache_clear()


@pytest.fixture(scope="module")
def corpus():
    return corpora.load_dialogues("dialogue", num_train=2_000, num_prompts=1_000)


def test_the_built_in_dialogues(corpus):
    assert (len(corpus.train), len(corpus.valid), len(corpus.test), len(corpus.sources)) == (2_000, 1_000, 1_000, 1_000)
    assert corpus.target_vocab.closed and corpus.conditions["mood"] == ("friendly", "grumpy", "formal")
    assert all(corpus.grammar.valid(e.target, e.source, mood=e.labels[0], persona=e.labels[1]) for e in corpus.test[:50])
    assert "2,000 / 1,000 / 1,000 pairs" in str(corpus) and "3 of mood" in str(corpus)
    assert corpus.label_ids(("formal", "baker")) == (2, 0)


def test_no_prompt_is_in_two_parts(corpus):
    parts = [{e.source for e in part} for part in (corpus.train, corpus.valid, corpus.test)]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    assert not set(corpus.sources) & (parts[1] | parts[2])
    fresh = dialogues.fresh(corpus.grammar, "test", 300, seed=7)
    assert not {e.source for e in fresh} & (parts[0] | set(corpus.sources)) and fresh != corpus.test[:300]


def test_parts_have_the_shares_that_are_said(corpus):
    drawn = corpus.grammar.sample(4_000, generator=generator(0))
    for part, share in {"train": 0.8, "valid": 0.1, "test": 0.1}.items():
        assert abs(sum(splits.part_of(e.source) == part for e in drawn) / len(drawn) - share) < 0.03


def test_the_doorstep():
    """The small dialogues: one derivation for each prompt, three to six replies, no reply in two moods."""
    small = corpora.load_dialogues("doorstep", num_train=100, num_prompts=50)
    g = small.grammar
    assert g is corpora.grammar_of("doorstep") and g.prompts.num_sentences() == 10_800 and "10,800" in corpora.names()["doorstep"]
    assert 1.0 < g.reply_entropy() < 1.1 and len(small.target_vocab) < 250 and small.conditions["persona"] == ("baker", "driver")
    for e in small.test[:60]:
        assert g.prompts.parse(e.source).num_derivations == 1
        said = [set(g.replies(e.source, mood=mood)) for mood in small.conditions["mood"]]
        assert sum(map(len, said)) == len(set.union(*said)) and len(g.replies(e.source, mood="grumpy", persona="baker")) == 3
        assert g.read(g.show(e.source)) == e.source and g.read(g.show(e.target)) == e.target


def test_seeds_draw_training_exchanges_only(corpus):
    other = corpora.load_dialogues("dialogue", seed=1, num_train=200, num_prompts=200)
    again = corpora.load_dialogues("dialogue", seed=0, num_train=200, num_prompts=200)
    assert other.test == corpus.test and other.valid == corpus.valid
    assert other.train != corpus.train[:200] == again.train and other.sources != corpus.sources[:200] == again.sources
    assert other.fingerprint != again.fingerprint
    assert again.fingerprint == corpora.load_dialogues("dialogue", num_train=200, num_prompts=200).fingerprint


def own(tmp_path, numbers, more="<number@b>"):
    path = tmp_path / "own.grammar"
    path.write_text(SMALL.format(numbers=" ; ".join(f"n{i}" for i in range(numbers)), more=more), "utf-8")
    return f"dialogue:{path}"


def test_dialogues_of_ones_own(tmp_path):
    made = corpora.load_dialogues(own(tmp_path, 60, more="please ."), num_train=100, num_prompts=50)
    assert made.name.startswith("dialogue:") and made.test and all(e.target[0] == e.source[1] for e in made.test)


@pytest.mark.parametrize("numbers, more, said", [
    (2, "now .", "expected prompts for training, validation and test, got 2 different ones"),
    (60, "<number@b>", "expected <number> once in every prompt")])
def test_dialogues_that_cannot_be_used_are_refused(tmp_path, numbers, more, said):
    with pytest.raises(GensqError, match=said):
        corpora.load_dialogues(own(tmp_path, numbers, more))


def test_negative_sizes_are_refused():
    with pytest.raises(GensqError, match="num_train and num_prompts of 0 or more, got .0, -1, 0."):
        corpora.load_dialogues("dialogue", num_train=-1)


@pytest.mark.parametrize("name, path", [("sgd", "sgd/train/dialogues_001.json"), ("topical-chat", "valid_freq.json")])
def test_without_a_network_one_sentence_says_what_to_put_where(name, path):
    with pytest.raises(GensqError, match=f"set GENSQ_DATA to a folder with .*{path}"):
        corpora.load_dialogues(name)


# Real dialogues, in small

def user(words, intent):
    return {"speaker": "USER", "utterance": words, "frames": [{"state": {"active_intent": intent}}]}


def system(words):
    return {"speaker": "SYSTEM", "utterance": words, "frames": [{"actions": []}]}


def sgd_files(num):
    def dialogue(i):
        return {"dialogue_id": f"1_{i:05}", "turns": [
            user(f"Book table {i} please.", "Reserve"), system(f"For Tom, table {i}?"), user("Yes, I'd like that.", "Reserve"),
            system("It is booked."), user("Thanks, bye!", "NONE"), system("Bye!" if i % 2 else " ".join(["bye"] * 70))]}
    return json.dumps([dialogue(i) for i in range(num)])


def chat_file(num):
    def conversation(i):
        said = ["Do you like film " + str(i) + "?", "Yes, I do!", "  Me too. "]
        return {"content": [{"message": m, "sentiment": s} for m, s in zip(said, ["Curious", "Happy", "Neutral "])]}
    return json.dumps({f"t_{i}": conversation(i) for i in range(num)})


def served(monkeypatch, tmp_path, path, content):
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content, "utf-8")
    monkeypatch.setenv("GENSQ_DATA", str(tmp_path))
    return files.Remote(path, "https://example.org", hashlib.sha256(place.read_bytes()).hexdigest(), 1, "free")


@pytest.fixture
def sgd(monkeypatch, tmp_path):
    remotes = [served(monkeypatch, tmp_path, f"sgd/{part}/dialogues_001.json", sgd_files(60)) for part in ("train", "test")]
    monkeypatch.setattr(chats, "SGD", tuple(remotes))
    return corpora.load_dialogues("sgd")


def test_sgd_answers_of_the_system(sgd):
    every = [*sgd.train, *sgd.valid, *sgd.test]
    assert len(every) == 2 * (60 * 3 - 30) and sgd.notes == ("exchanges with more than 60 tokens in a turn left out: 60",)
    assert sgd.valid and sgd.test and sgd.grammar is None and sgd.conditions == {"intent": ("NONE", "Reserve", "other")}
    shown = {(sgd.show_source(e.source), sgd.show_target(e.target), e.labels[0]) for e in every}
    assert ("Book table 7 please.", "For Tom, table 7?", "Reserve") in shown
    assert ("For Tom, table 7? // Yes, I'd like that.", "It is booked.", "Reserve") in shown
    assert ("It is booked. // Thanks, bye!", "Bye!", "NONE") in shown


def test_no_dialogue_is_in_two_parts(sgd):
    """Each dialogue has its own number, and there are two of every number: one in each file, told apart by the path."""
    def numbers(part):
        return {word for e in part for word in (*e.source, *e.target) if word.isdecimal()}
    for number in numbers(sgd.test) & numbers(sgd.train):
        first = [e for part in (sgd.train, sgd.test) for e in part if e.source == ("book", "table", number, "please", ".")]
        assert len(first) == 2, "the two dialogues of this number"


def test_what_is_typed_is_read(sgd):
    assert sgd.read_source("for tom, table 7? // Yes, I'd like that.") == (
        "for", "Tom", ",", "table", "7", "?", "//", "yes", ",", "I", "'d", "like", "that", ".")
    assert all(sgd.read_source(sgd.show_source(e.source)) == e.source for e in sgd.train)
    assert sgd.label_ids(("FlyToTheMoon",)) == (2,), "an intent that training lacks"
    assert len(sgd.sources) == len(sgd.train)


def test_prompts_that_training_knows_are_counted(sgd, corpus):
    trained = {e.source for e in sgd.train}
    again = replace(sgd, test=[Pair(("never",), ("said",)), *sgd.test])
    assert sgd.repeated == sum(e.source in trained for e in sgd.test) / len(sgd.test) > 0
    assert again.repeated == pytest.approx(sgd.repeated * len(sgd.test) / len(again.test))
    assert f"test sources that training has, too: {sgd.repeated:.1%}" in str(sgd)
    assert corpus.repeated == 0 and "has, too" not in str(corpus)


def test_topical_chat(monkeypatch, tmp_path):
    monkeypatch.setattr(chats, "TOPICAL_CHAT", served(monkeypatch, tmp_path, "topical-chat/valid_freq.json", chat_file(90)))
    corpus = corpora.load_dialogues("topical-chat", num_train=50)
    assert len(corpus.train) == 50 and set(corpus.conditions["emotion"]) <= {"Happy", "Neutral", "other"}
    assert all(isinstance(e, Pair) for e in (*corpus.train, *corpus.valid, *corpus.test))
    shown = {(corpus.show_source(e.source)[:16], corpus.show_target(e.target), e.labels) for e in corpus.train}
    assert shown == {("Do you like film", "Yes, I do!", ("Happy",)), ("Do you like film", "Me too.", ("Neutral",))}


def test_a_changed_file_is_refused(monkeypatch, tmp_path):
    remote = served(monkeypatch, tmp_path, "topical-chat/valid_freq.json", chat_file(20))
    (tmp_path / remote.path).write_text(chat_file(21), "utf-8")
    monkeypatch.setattr(chats, "TOPICAL_CHAT", remote)
    with pytest.raises(GensqError, match="sha256"):
        corpora.load_dialogues("topical-chat")


@pytest.mark.skipif(not DATA, reason="the real files are not here: set GENSQ_DATA")
@pytest.mark.parametrize("name, least, labels", [("sgd", 7_000, 10), ("topical-chat", 10_000, 8)])
def test_the_real_files(monkeypatch, name, least, labels):
    monkeypatch.setenv("GENSQ_DATA", DATA)
    corpus = corpora.load_dialogues(name)
    every = [*corpus.train, *corpus.valid, *corpus.test]
    assert len(every) > least and min(len(corpus.valid), len(corpus.test)) > 250
    assert labels <= len(next(iter(corpus.conditions.values()))) < 40 and 3_000 < len(corpus.target_vocab) <= 10_004
    assert all(1 <= len(list(chats.turns(e.source))) <= 2 and all(chats.turns(e.source)) and e.target for e in every)


# The command

def test_gensq_corpus_sample_dialogue(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.reconfigure", lambda **_: None, raising=False)
    assert cli.main(["corpus", "sample", "--dialogue", "5", "--seed", "3"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    g = grammar.load_dialogue()
    assert len(rows) == 5
    for prompt, labels, reply in rows:
        assert g.valid(g.read(reply), g.read(prompt), **dict(zip(("mood", "persona"), labels.split())))


def test_gensq_corpus_sample_of_real_dialogues(capsys, monkeypatch, sgd):
    monkeypatch.setattr("sys.stdout.reconfigure", lambda **_: None, raising=False)
    assert cli.main(["corpus", "sample", "3", "--dialogue", "--corpus", "sgd"]) == 0
    assert [len(line.split("\t")) for line in capsys.readouterr().out.splitlines()] == [3, 3, 3]
    assert cli.main(["corpus", "sample", "--dialogue", "--both"]) == 2
    assert cli.main(["corpus", "sample", "--dialogue", "--corpus", "worlds"]) == 2
