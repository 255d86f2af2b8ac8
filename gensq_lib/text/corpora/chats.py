"""Two corpora of real dialogues: Schema-Guided Dialogue (Rastogi et al. 2020), Topical-Chat (Gopalakrishnan et al. 2019).

An exchange is a reply with the two turns before it, when both are there. The split is by dialogue, all files together.
Those with a turn of more than 60 tokens are left out (and counted in `notes`).
"""
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from gensq_lib.text.grammar import TURN
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

from . import text
from .corpus import MAX_TOKENS, MAX_WORDS, MIN_COUNT, OTHER, PairCorpus, Read, Show, both_sides, left_out
from .files import fetched, lines, remotes_in
from .splits import split, subset

SGD, (TOPICAL_CHAT,) = remotes_in("sgd"), remotes_in("topical-chat")


@dataclass(frozen=True)
class Turn:
    """What somebody said; `label` is what the reply's condition is read from."""

    words: Sentence
    label: str


@dataclass(frozen=True)
class Kind:
    """How a corpus is read. `label` is that of an exchange (last turn, reply), or None where a pair of turns is none."""

    condition: str  # what its labels are called
    dialogues: Callable[[], Iterator[tuple[str, list[Turn]]]]
    label: Callable[[Turn, Turn], str | None]
    origin: str
    licence: str


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
def exchanges(name: str) -> PairCorpus:
    """The dialogues of this name, whole."""
    kind = KINDS[name]
    every = [(key, exchange) for key, said in kind.dialogues() for exchange in _exchanges(said, kind)]
    kept = [(key, e) for key, e in every if max(map(len, (*turns(e.source), e.target))) <= MAX_TOKENS]
    parts = split([e for _, e in kept], [key for key, _ in kept])
    script = text.Script.of([s for e in parts.train for s in (*turns(e.source), e.target)], "en")
    train, valid, test = ([spelled(e, script) for e in part] for part in (parts.train, parts.valid, parts.test))
    return _corpus(name, train, valid=valid, test=test, show=show_turns(script), read=read_turns(script),
                   notes=left_out(f"exchanges with more than {MAX_TOKENS} tokens in a turn left out", len(every) - len(kept)))


def real(name: str, *, seed: int = 0, num_train: int = 0, num_prompts: int = 0) -> PairCorpus:
    """Dialogues of people. The vocabulary and the labels are those of the training part."""
    whole = exchanges(name)
    train = subset(whole.train, num_train, seed=seed)
    return _corpus(name, train, valid=whole.valid, test=whole.test, show=whole.show_source, read=whole.read_source,
                   notes=whole.notes, sources=[e.source for e in train][: num_prompts or None])


def _corpus(name: str, train: list[Pair], *, show: Show, read: Read, **facts) -> PairCorpus:
    kind, labels = KINDS[name], sorted({e.labels[0] for e in train} | {OTHER})
    vocab = Vocab.from_sentences((s for e in train for s in (e.source, e.target)), min_count=MIN_COUNT, max_size=MAX_WORDS)
    return PairCorpus(name=name, conditions={kind.condition: tuple(labels)}, train=train, grammar=None, origin=kind.origin,
                      licence=kind.licence, **both_sides(vocab, show, read), **facts)


def spelled(exchange: Pair, script: text.Script) -> Pair:
    """The exchange with the first word of each turn as it would be further inside."""
    prompt = one_prompt(map(script.spell, turns(exchange.source)))
    return Pair(prompt, script.spell(exchange.target), exchange.labels)


def one_prompt(said: Iterable[Sentence]) -> Sentence:
    """Turns as one prompt."""
    words: list[str] = []
    for turn in said:
        words += [TURN, *turn] if words else turn
    return tuple(words)


def show_turns(script: text.Script) -> Show:
    """Prompts and replies as people write them."""
    return lambda sentence: f" {TURN} ".join(script.show(turn) for turn in turns(sentence))


def read_turns(script: text.Script) -> Read:
    """What people type, turn by turn."""
    return lambda written: one_prompt(filter(None, map(script.read, written.split(TURN))))


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


def _chat_dialogues() -> Iterator[tuple[str, list[Turn]]]:
    """Every turn has its speaker's emotion."""
    for key, dialogue in json.loads("\n".join(lines(fetched(TOPICAL_CHAT)))).items():
        said = [Turn(text.tokens(turn["message"]), turn["sentiment"].strip()) for turn in dialogue["content"]]
        yield key, said


def _exchanges(said: list[Turn], kind: Kind) -> Iterator[Pair]:
    """Each reply with the two turns before it; an empty one is left out."""
    for before, last, reply in zip([Turn((), ""), *said], said, said[1:], strict=False):
        if (label := kind.label(last, reply)) is not None:
            yield Pair(one_prompt(filter(None, (before.words, last.words))), reply.words, (label,))


def _intent_of(user: Turn, system: Turn) -> str | None:
    """Of the user's turn that the system answers."""
    return user.label if user.label and not system.label else None


def _emotion_of(last: Turn, reply: Turn) -> str | None:
    """Every turn is a reply to what was said before it, with its own emotion."""
    return reply.label if last.words and reply.words else None


KINDS = {
    "sgd": Kind("intent", _sgd_dialogues, _intent_of, "Schema-Guided Dialogue", SGD[0].licence),
    "topical-chat": Kind("emotion", _chat_dialogues, _emotion_of, "Topical-Chat", TOPICAL_CHAT.licence),
}
