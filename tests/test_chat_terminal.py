"""`gensq chat`: driven line by line, through a pipe, and at a terminal."""
import os
import subprocess
import sys

import pytest

from gensq_course import cli
from gensq_course.cli import chat
from gensq_course.cli.chat import Conversation, corpus_and_labels, shown
from gensq_course.shipped.voices import VOICES, dialogues_of, menus_of, voices_of
from gensq_course.talk.chat import Answer

SPEAKERS = voices_of(dialogues_of("doorstep"))
KEYS = "Have you seen my keys?"


@pytest.fixture
def talk():
    conversation = Conversation(VOICES, menus_of(SPEAKERS.text))
    conversation.voices = SPEAKERS
    return conversation


def test_two_lines_say_what_it_can_talk_about_and_how_to_change(talk):
    first, second = talk.introduction().splitlines()
    assert "lost things" in first and "Try: " in first
    assert all(word in second for word in ("/voice", "/mood", "/persona", "/help", "/quit", VOICES[0]))


def test_voice_mood_and_temperature_are_changed_while_talking(talk):
    assert talk.reply("/voice VAE") == "voice: vae" and talk.reply(KEYS).startswith("vae: ")
    assert talk.reply("/mood grumpy") == "mood: grumpy" and talk.reply("/temperature .3") == "temperature: 0.3"
    assert talk.values == {"voice": "vae", "mood": "grumpy", "temperature": 0.3}
    assert len(talk.turns) == 2 and talk.reply("/new") == "Begun anew." and talk.turns == ()
    assert talk.reply("/quit") is None


@pytest.mark.parametrize("line, words", [
    ("/voice alto", 'expected a voice out of "adversarial", "likelihood" or "vae", got "alto"'),
    ("/mood grampy", 'did you mean "grumpy"'), ("/mod grumpy", 'did you mean "mood"'), ("/temperature hot", "got \"hot\""),
    ("/temperature nan", "above 0"), ("/temperature -1", "above 0"), ("/mood", 'got ""'), ("/help", "/voice adversarial|"),
    ("How do whales sleep?", "I can talk about lost things"), ("\U0001f600", "I can talk about"),
    ("a\x1b[2Jb /x", "I can talk about"), ("/vo\x1bice x", "\\x1b")])
def test_what_cannot_be_answered_is_a_sentence(talk, line, words):
    assert words in talk.reply(line) and "\x1b" not in talk.reply(line)


def test_odd_lines(talk):
    assert talk.reply("") == talk.reply("  \t ") == ""
    assert 0 < len(talk.reply("my keys " * 10_000)) < 500
    assert "I do not know: zyzzyva" in talk.reply("Have you seen my keys, zyzzyva?")
    assert talk.reply("Do you have a ladder? // Yes, why? // Could I borrow it on Friday?").startswith("adversarial: ")


def test_control_characters_are_shown():
    assert shown("a\x1b[2J\u202eb\n") == "a\\x1b[2J\\u202eb\\n" and shown("né \u5b57 \U0001f600") == "né \u5b57 \U0001f600"


@pytest.mark.parametrize("words, found", [
    ((), ("", {})), (("dialogue",), ("dialogue", {})), (("--mood", "grumpy"), ("", {"mood": "grumpy"})),
    (("--mood=grumpy", "dialogue", "--persona", "driver"), ("dialogue", {"mood": "grumpy", "persona": "driver"}))])
def test_labels_are_options(words, found):
    assert corpus_and_labels(words) == found


@pytest.mark.parametrize("arguments, words", [
    (["doorstp"], 'did you mean "doorstep"'), (["world"], "which has sentences"), (["doorstep", "dialogue"], "got 2"),
    (["doorstep", "--voice", "alto"], 'got "alto"'), (["doorstep", "--mood"], "a value behind --mood"),
    (["--mood", "sad"], 'a mood out of'), (["--temperature", "0"], "above 0"), (["--colour", "red"], "expected a choice")])
def test_a_wrong_word_is_one_sentence_and_code_2(monkeypatch, capsys, arguments, words):
    monkeypatch.setattr("gensq_course.shipped.voices.voices_of", lambda *_, **__: pytest.fail("loaded"))
    monkeypatch.setattr("sys.stdout.reconfigure", lambda **_: None, raising=False)
    assert cli.main(["chat", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gensq: expected ") and words in error and error.count("\n") == 1


def command(*arguments):
    return [sys.executable, "-m", "gensq_course.cli", "chat", *arguments]


@pytest.mark.slow
def test_through_a_pipe():
    typed = f"{KEYS}\n\n/mood grumpy\n{KEYS}\n".encode() + b"\xff\xfe\x00\x1b[2J\n" + "\U0001f600\n".encode() + b"keys " * 10_000
    done = subprocess.run(command(), input=typed, capture_output=True, timeout=300)
    out = done.stdout.decode().splitlines()
    assert done.returncode == 0 and done.stderr == b"" and "\x1b" not in done.stdout.decode()
    assert out[0].startswith("adversarial: ") and out[1] == "mood: grumpy" and out[2].startswith("adversarial: ")
    assert out[3].startswith("I can talk about") and out[4].startswith("I can talk about") and len(out) >= 6


@pytest.mark.parametrize("way, heard", [("hand_over", "heard"), ("run", "nothing")])
def test_a_command_that_is_handed_over_hears_what_is_typed(way, heard):
    """`python -m gensq_course chat` is such a one; what runs tests and servers waits for nobody."""
    listen = "import sys; print(sys.stdin.readline().strip() or 'nothing')"
    call = ("import sys\nfrom gensq_course.setup.environment import Environment\n"
            f"Environment(sys.executable).{way}('-c', {listen!r})")
    done = subprocess.run([sys.executable, "-c", call], input="heard\n", capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == heard


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a terminal to drive is of Unix")
@pytest.mark.parametrize("end", ["/quit", "eof", "interrupt"])
def test_at_a_terminal(end):
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn(command()[0], [*command()[1:], "--voice", "vae"], encoding="utf-8", timeout=300)
    child.expect("I can talk about lost things")
    child.expect("/help, /quit")
    child.expect("you: ")
    child.sendline(KEYS)
    child.expect("vae: ")
    child.expect("you: ")
    {"/quit": lambda: child.sendline("/quit"), "eof": child.sendeof, "interrupt": child.sendintr}[end]()
    child.expect("Goodbye")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_doubted_words_are_yellow_at_a_terminal_only(monkeypatch):
    doubted = Answer("Sure keys", ((" Sure", 0.0), (" keys", -2.0)), (), (), ())
    assert chat.coloured(doubted) == "Sure keys"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert chat.coloured(doubted) == "Sure\x1b[33m keys\x1b[0m"
