"""Two corpora of real dialogues: Schema-Guided Dialogue (Rastogi et al. 2020), Topical-Chat (Gopalakrishnan et al. 2019).

An exchange is a reply with the two turns before it, when both are there. The split is by dialogue, all files together.
Sentences longer than 60 tokens are left out (and counted in `notes`).
"""
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from gensq_lib.text.grammar import TURN
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence

from . import text
from .corpus import Read, Show
from .files import Remote, fetched, lines
from .splits import Parts, split

MAX_TOKENS = 60
MIN_COUNT = 2
MAX_WORDS = 10_000

SGD_PAGE = ("https://raw.githubusercontent.com/google-research-datasets/dstc8-schema-guided-dialogue/"
            "e852981ae34990f4358979625854259302feaa78/")
SGD_FILES = {  # path -> bytes, sha256
    "train/dialogues_001.json": (3_128_575, "5ce28a6e656bc88c1da29c983d243d5a81eb37de92698da3864d1cf02894ca24"),
    "train/dialogues_002.json": (2_233_395, "56a06f9762593b27f5b34225de4ce37da5e83c9c5747e56bca2899f147d88b3e"),
    "train/dialogues_003.json": (1_804_298, "aae3d8d141c8c36bc5268ca573044b4e82d4534947c169d951a1f229b9852029"),
    "train/dialogues_004.json": (2_502_125, "4f4aa821e01d7d9efd44c2e89264d37e428045e7058bf3b3c6be0eaec09eddce"),
    "train/dialogues_005.json": (2_089_510, "e19563efc34dead580435331d39ec3183c79230fa361b2e2d79035af242dd90b"),
    "train/dialogues_006.json": (1_957_196, "6b4829cb18185f063b81d271b847aa6915ef970cb592a2366edbec56d4b4c746"),
    "dev/dialogues_001.json": (2_225_937, "fe3a8ed9e160c15e20e7cfd16d03734b4473df0d3864f2ad687ea9eeee5eea52"),
    "test/dialogues_001.json": (2_039_827, "1fa13b0fe607100bc66ed15e0490df9c52a2cec087ca9733e0f506755eef0ada"),
}
SGD = tuple(Remote(path=f"sgd/{path}", url=SGD_PAGE + path, sha256=sha256, num_bytes=num_bytes, licence="CC BY-SA 4.0")
            for path, (num_bytes, sha256) in SGD_FILES.items())
TOPICAL_CHAT = Remote(
    path="topical-chat/valid_freq.json",
    url="https://raw.githubusercontent.com/alexa/Topical-Chat/7c939229cbcf6f55f6977b341a5a2f2fe982d53f/"
        "conversations/valid_freq.json",
    sha256="d14e8bde94fa5556d4aad8fd3fb666df674e4fef8b4193c8c3c06c72822a366b",
    num_bytes=3_785_264,
    licence="CDLA-Sharing-1.0")


@dataclass(frozen=True)
class Turn:
    """What somebody said; `label` is what the reply's condition is read from."""

    words: Sentence
    label: str


@dataclass(frozen=True)
class Chats:
    """The exchanges of a corpus in three parts, and what its one condition is called."""

    parts: Parts[Pair]
    condition: str
    show: Show
    read: Read
    origin: str
    licence: str
    notes: tuple[str, ...]


def turns(prompt: Sentence) -> Iterator[Sentence]:
    """The turns of a prompt."""
    turn: list[str] = []
    for word in prompt:
        if word == TURN:
            yield tuple(turn)
            turn = []
        else:
            turn.append(word)
    yield tuple(turn)


@cache
def exchanges(name: str) -> Chats:
    """The dialogues of this name."""
    kind = KINDS[name]
    dialogues = list(kind.dialogues())
    pairs = {key: list(kind.exchanges(said)) for key, said in dialogues}
    every = [(key, e) for key, found in pairs.items() for e in found]
    kept = [(key, e) for key, e in every if max(map(len, (*turns(e.source), e.target))) <= MAX_TOKENS]
    parts = split([e for _, e in kept], [key for key, _ in kept])
    script = text.Script.of([s for e in parts.train for s in (*turns(e.source), e.target)], "en")
    left_out = len(every) - len(kept)
    notes = (f"exchanges with more than {MAX_TOKENS} tokens in a turn left out: {left_out:,}",) if left_out else ()
    return Chats(parts.each(lambda part: [_spelled(e, script) for e in part]), kind.condition, _show(script), _read(script),
                 kind.origin, kind.licence, notes)


def _spelled(exchange: Pair, script: text.Script) -> Pair:
    prompt = _joined(map(script.spell, turns(exchange.source)))
    return Pair(prompt, script.spell(exchange.target), exchange.labels)


def _joined(said: Iterable[Sentence]) -> Sentence:
    words: list[str] = []
    for turn in said:
        words += [TURN, *turn] if words else turn
    return tuple(words)


def _show(script: text.Script) -> Show:
    return lambda sentence: f" {TURN} ".join(script.show(turn) for turn in turns(sentence))


def _read(script: text.Script) -> Read:
    return lambda written: _joined(filter(None, map(script.read, written.split(TURN))))


def _sgd_dialogues() -> Iterator[tuple[str, list[Turn]]]:
    """A turn of the user has the intent that is active in it; the system answers it."""
    for remote in SGD:
        for dialogue in json.loads("\n".join(lines(fetched(remote)))):
            said = [Turn(text.tokens(turn["utterance"]), _intent(turn) if turn["speaker"] == "USER" else "")
                    for turn in dialogue["turns"]]
            yield f"{remote.path} {dialogue['dialogue_id']}", said


def _intent(turn: dict) -> str:
    """The first active intent; "NONE" where the user wants nothing (any more)."""
    active = [frame["state"]["active_intent"] for frame in turn["frames"]]
    return next((intent for intent in active if intent != "NONE"), "NONE")


def _answers(said: list[Turn]) -> Iterator[Pair]:
    """Each reply of the system; the label is the intent of the user's turn before it."""
    for before, user, system in zip([Turn((), ""), *said], said, said[1:], strict=False):
        if user.label and not system.label:
            yield Pair(_joined(filter(None, (before.words, user.words))), system.words, (user.label,))


def _chat_dialogues() -> Iterator[tuple[str, list[Turn]]]:
    """Every turn has its speaker's emotion."""
    for key, dialogue in json.loads("\n".join(lines(fetched(TOPICAL_CHAT)))).items():
        said = [Turn(text.tokens(turn["message"]), turn["sentiment"].strip()) for turn in dialogue["content"]]
        yield key, said


def _comments(said: list[Turn]) -> Iterator[Pair]:
    """Each turn is a reply to the two before it; the label is its own emotion."""
    for before, last, reply in zip([Turn((), ""), *said], said, said[1:], strict=False):
        if last.words and reply.words:
            yield Pair(_joined(filter(None, (before.words, last.words))), reply.words, (reply.label,))


@dataclass(frozen=True)
class Kind:
    """How a corpus is read."""

    condition: str
    dialogues: Callable[[], Iterator[tuple[str, list[Turn]]]]
    exchanges: Callable[[list[Turn]], Iterator[Pair]]
    origin: str
    licence: str


KINDS = {
    "sgd": Kind("intent", _sgd_dialogues, _answers, "Schema-Guided Dialogue", SGD[0].licence),
    "topical-chat": Kind("emotion", _chat_dialogues, _comments, "Topical-Chat", TOPICAL_CHAT.licence),
}
