"""Talking with a model: any text in, a reply out; what is typed stays text."""
import html
import re
from dataclasses import replace

import pytest
import torch

from gensq_course.talk import chat
from gensq_course.talk.chat import Answer, answer, as_html
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora
from gensq_lib.text.corpora import chats
from gensq_lib.text.decoding import sample as real

HOSTILE = ["<img src=x onerror=alert(1)> keys", "keys " * 100, "my keys \U0001f600 \U0001f468\u200d\U0001f469",
           "keys \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "my\x00 keys\u202e\n\t", "// keys // my //",
           "</script><b>keys</b>", "KEYS?!", "keys\u2019 \u201cmy\u201d"]


@pytest.fixture(scope="module")
def corpus():
    return corpora.load_dialogues("dialogue", num_train=50, num_prompts=10)


def made(kind, corpus, **options):
    torch.manual_seed(0)
    return kind(vocab_size=len(corpus.target_vocab), label_sizes=(3, 3), embed_dim=8, hidden_dim=8, **options).eval()


@pytest.fixture(scope="module")
def model(corpus):
    return made(Seq2Seq, corpus)


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def test_an_answer_and_its_alternatives(model, corpus):
    found = answer(model, corpus, "Have you seen my keys?", mood="grumpy", persona="driver", generator=noise())
    assert found.text and len(found.alternatives) == 2 and len({found.text, *found.alternatives}) == 3
    assert found.unknown == () and found.turns == ("Have you seen my keys?", found.text)
    assert [score for _, score in found.words] == [0.0] * len(found.words)
    assert "".join(piece for piece, _ in found.words) == found.text
    again = answer(model, corpus, "have you seen my keys ?", mood="grumpy", persona="driver", generator=noise())
    assert (again.text, again.alternatives) == (found.text, found.alternatives)


def test_labels_and_temperature_reach_the_model(model, corpus, monkeypatch):
    seen = []
    monkeypatch.setattr(chat, "sample", lambda decoder, **options: seen.append((decoder.prompts.labels, options)) or real(
        decoder, **options))
    answer(model, corpus, "have you seen my keys ?", mood="formal", persona="driver", temperature=0.5, generator=noise())
    answer(model, corpus, "have you seen my keys ?", mood="grumpy", generator=noise())
    assert [labels[0].tolist() for labels, _ in seen] == [[2, 2], [1, 0]] and seen[0][1]["temperature"] == 0.5


def test_a_model_with_a_z_answers(corpus):
    found = answer(made(ConditionalVAE, corpus, latent_dim=2), corpus, "have you seen my keys ?", generator=noise())
    assert found.text and len(found.alternatives) == 2


def test_a_judge_scores_every_word(model, corpus):
    judge = made(ReplyJudge, corpus)
    found = answer(model, corpus, "have you seen my keys ?", judge=judge, generator=noise())
    assert len({score for _, score in found.words}) > 1 or len(found.words) == 1
    assert all(isinstance(score, float) for _, score in found.words)


def test_unknown_words_are_named(model, corpus):
    found = answer(model, corpus, "have you seen my Keys, zyzzyva? Zyzzyva!", generator=noise())
    assert found.unknown == ("zyzzyva",) and "I do not know: zyzzyva" in as_html(found)
    for nothing in ("", "   ", "zyzzyva", "\U0001f600", "//", "?" * 0):
        with pytest.raises(GensqError, match="expected a sentence with a word that the model knows"):
            answer(model, corpus, nothing, generator=noise())


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_text(model, corpus, said):
    found = answer(model, corpus, said, generator=noise())
    page = as_html(found)
    assert found.text and len(found.turns[0]) <= chat.LONGEST
    assert set(re.findall(r"<(\w+)", page)) <= {"div", "details", "summary", "p", "span", "ul", "li"}
    assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", page) and "<script" not in page


def test_a_reply_is_shown_as_it_is_written(corpus):
    """Capitals and punctuation as in a sentence; where showing changes what stood before, the words themselves."""
    reply = tuple("sure , ben !".split())
    assert "".join(chat._pieces(corpus, reply)) == corpus.show_target(reply) and len(chat._pieces(corpus, reply)) == 4
    backwards = replace(corpus, show_target=lambda words: " ".join(reversed(words)))
    assert chat._pieces(backwards, reply) == [" sure", " ,", " ben", " !"]


def test_words_of_the_model_are_escaped_too():
    found = Answer("<b>", (("<b>", -9.0), ("&", 9.0)), ("<i>x</i>",), ("<img>",), (), "<u>")
    page = as_html(found)
    assert not re.search("<(b|i|img|u)>", page) and html.escape("<b>") in page and "&amp;" in page


def test_doubt_and_belief_are_told_by_colour_by_line_and_by_number():
    page = as_html(Answer("no keys", (("no", -0.25), (" keys", 9.0), (".", 0.01)), (), (), ()))
    doubted, believed = re.findall(r'<span class="(\w+)" style="--weight:(\d+)%" title="(.[\d.]+)">', page)
    assert doubted == ("doubted", "50", "−0.25") and believed == ("believed", "100", "+9.00")
    assert "Judge: no −0.25 · keys +9.00 · . +0.01" in page, "for those who see no shading"


def test_without_a_judge_there_is_nothing_to_shade():
    page = as_html(Answer("no keys", (("no", 0.0), (" keys", 0.0)), (), (), ()))
    assert "title=" not in page and "Judge" not in page and "details" not in page and "no keys" in page


def test_what_is_no_reply_stands_in_a_softer_bubble():
    for words in ((), (("I can talk about keys.", 0.0),)):
        refused = as_html(Answer("I can talk about keys.", words, (), (), ()))
        assert refused == '<p class="bubble note" dir="auto">I can talk about keys.</p>'
    assert "It says nothing." in as_html(Answer("", (), (), (), ()))
    both = as_html(Answer("yes", (("yes", 0.0),), (), ("zyzzyva",), ()))
    assert both.index("yes") < both.index('<p class="bubble note" dir="auto">I do not know: zyzzyva</p>')


def test_what_was_not_read_is_said(model, corpus):
    assert answer(model, corpus, "keys " * 100, generator=noise()).note == f"I read the first {chat.LONGEST} characters."
    assert answer(model, corpus, "my keys ?", generator=noise()).note == ""


@pytest.fixture
def heard(corpus, monkeypatch):
    """The turns of the last prompt that a model was shown."""
    prompts = []
    encode = corpus.source_vocab.encode
    monkeypatch.setattr(corpus.source_vocab, "encode", lambda words: prompts.append(words) or encode(words))
    return lambda: [" ".join(turn) for turn in chats.turns(prompts[-1])]


def test_the_conversation_so_far_is_heard(model, corpus, heard):
    """By a model of people: the last answer and what is said to it, as in the exchanges that it learnt from."""
    of_people = replace(corpus, grammar=None)
    first = answer(model, of_people, "I can't find my keys .", generator=noise())
    second = answer(model, of_people, "this morning .", turns=("no such xyz", *first.turns), generator=noise())
    said = heard()
    assert said == [" ".join(corpus.read_source(first.text)), "this morning ."]
    assert second.turns[-2] == "this morning ." and len(second.turns) == 5


BORROW = ("Do you have a ladder?", "Yes, why?", "Could I borrow it on Friday?")


def test_a_small_world_hears_the_turns_that_it_knows():
    """A conversation that nobody there could have had would only confuse its model."""
    world = corpora.load_dialogues("doorstep", num_train=20, num_prompts=5)
    turns = {"known": BORROW[:2], "unknown": ("Have you seen my hat?", "It is on the bus.")}
    found = {name: chat._understood(world, BORROW[2] if name == "known" else "Have you seen my hat?", before)[0]
             for name, before in turns.items()}
    assert [world.show_source(turn) for turn in chats.turns(found["known"])] == list(BORROW)
    assert world.show_source(found["unknown"]) == "Have you seen my hat?"


def test_whole_conversations_can_be_typed(corpus, model, heard):
    answer(model, corpus, "I have bad news . // // what happened ? // I'm here .", turns=("hello .", "my keys ?"),
           generator=noise())
    assert len(heard()) == 3 and "hello" not in heard()[0]


@pytest.mark.parametrize("labels, said", [
    ({"mod": "grumpy"}, 'expected a condition out of "mood" or "persona", got "mod"; did you mean "mood"'),
    ({"mood": "grampy"}, 'expected mood out of .* got "grampy"; did you mean "grumpy"')])
def test_unknown_labels_are_refused(model, corpus, labels, said):
    with pytest.raises(GensqError, match=said):
        answer(model, corpus, "hello", generator=noise(), **labels)
