"""`gensq chat`: talk with the voices of a corpus of dialogues in a terminal, or through a pipe."""
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from gensq_course.setup.endings import readable
from gensq_lib.ground.errors import GensqError

if TYPE_CHECKING:  # it would load torch
    from gensq_course.shipped.voices import Voices
    from gensq_course.talk.chat import Answer

PREFIX = "/"  # begins a command; "//" parts turns
DOUBT = -1.0  # nats: a word that the judge believes less is shown in yellow
HOTTEST = 5.0
HELP = """/voice NAME       who answers
/temperature T    lower: likelier words, higher: rarer ones
/new              forget what was said
/help             this list
/quit             the end (or Ctrl+D)"""


@click.command("chat", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[CORPUS]")
@click.option("--voice", default="", help="likelihood, vae or adversarial (default: adversarial)")
@click.option("--temperature", default="", help="lower: likelier words (default: .8, or .5 of people's dialogues)")
def talk(words: tuple[str, ...], voice: str, temperature: str) -> int:
    """Talk with models of replies, in the terminal.

    CORPUS is doorstep (default), dialogue, sgd, topical-chat, pairs:PATH or dialogue:PATH; voices that do not come with the
    course are trained once (minutes) and kept. Labels of the corpus are options, too: --mood grumpy, --persona driver.
    """
    corpus, labels = corpus_and_labels(words)
    chosen = {"voice": voice, "temperature": temperature, **labels}
    conversation = begun(corpus or "doorstep", {name: value for name, value in chosen.items() if value})
    hold(conversation, at_a_terminal=sys.stdin.isatty())
    return 0


def corpus_and_labels(words: Sequence[str]) -> tuple[str, dict[str, str]]:
    """What stands behind the command: at most one name of a corpus, and `--label value` or `--label=value`."""
    names, labels, rest = [], {}, iter(words)
    for word in rest:
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--"):
            names.append(word)
        else:
            labels[name] = value if equals else next(rest, "")
            if not labels[name]:
                raise GensqError(f"expected a value behind --{shown(name)}, got none; write for example --mood grumpy")
    if len(names) > 1:
        raise GensqError(f'expected one corpus, got {len(names)}, "{shown(names[0])}" and "{shown(names[1])}"; name one')
    return "".join(names), labels


def begun(corpus: str, chosen: Mapping[str, str]) -> "Conversation":
    """A conversation; a wrong choice is refused before anything is trained."""
    from gensq_course.shipped import voices
    from gensq_lib.ground import runtime

    runtime.use_threads(0)
    text = voices.dialogues_of(corpus)
    conversation = Conversation(voices.VOICES, voices.menus_of(text))
    for name, value in chosen.items():
        conversation.choose(name, value)
    conversation.voices = voices.voices_of(text)
    return conversation


class Conversation:
    """Lines in, lines out: what is typed is answered, and what begins with "/" changes how."""

    def __init__(self, names: Sequence[str], menus: Mapping[str, Sequence[str]]):
        self.names, self.menus, self.values = names, menus, {"voice": names[0]}
        self.voices: Voices | None = None
        self.turns: tuple[str, ...] = ()

    def reply(self, line: str) -> str | None:
        """What is answered; nothing to an empty line, None where the conversation is to end."""
        if line.lstrip().startswith(PREFIX) and not line.lstrip().startswith(2 * PREFIX):
            return self.obey(line.strip().removeprefix(PREFIX))
        if not line.strip():
            return ""
        found = self.voices.answer(line, self.turns, **self.values)
        self.turns = found.turns[-6:]
        if found.text in self.voices.guard.refusals:
            return found.text
        unknown = f"\n(I do not know: {', '.join(map(shown, found.unknown))})" if found.unknown else ""
        return f"{self.values['voice']}: {coloured(found)}{unknown}"

    def obey(self, command: str) -> str | None:
        """`voice vae`, `help`, `quit` ..."""
        name, _, value = command.partition(" ")
        if name in ("quit", "exit"):
            return None
        if name in ("help", ""):
            return f"{HELP}\n{self.choices()}"
        if name == "new":
            self.turns = ()
            return "Begun anew."
        try:
            self.choose(name, value.strip())
        except GensqError as error:
            return readable(str(error))
        return f"{name}: {self.values[name]}"

    def choose(self, name: str, value: str) -> None:
        """Change who answers, or how."""
        if name == "temperature":
            self.values[name] = temperature_of(value)
            return
        from gensq_course.report.environment import one_of

        menus = {"voice": self.names, **self.menus}
        allowed = menus[one_of("choice", name, (*menus, "temperature"))]
        self.values[name] = one_of(name, value.lower() if name == "voice" else value, tuple(allowed))

    def choices(self) -> str:
        """Every menu, with what is chosen first."""
        menus = {"voice": self.names, **self.menus}
        return "\n".join(f"/{name} {'|'.join(sorted(values, key=lambda v: v != self.values.get(name, values[0])))}"
                         for name, values in menus.items())

    def introduction(self) -> str:
        """Two lines: what it can talk about, and how to change who answers."""
        from gensq_course.talk import topics

        first = topics.sentence(self.voices.text, self.voices.guard.examples[0])
        menus = ", ".join(f"/{name} {values[1]}" for name, values in {"voice": self.names, **self.menus}.items())
        return f"{first}\nYou talk with {self.values['voice']}. To change: {menus}; /help, /quit."


def hold(conversation: Conversation, *, at_a_terminal: bool) -> None:
    """Read and answer until the end of what is typed; Ctrl+C is an end, too."""
    if at_a_terminal:
        print(conversation.introduction())
    try:
        for line in lines(at_a_terminal=at_a_terminal):
            answer = conversation.reply(line)
            if answer is None:
                break
            if answer:
                print(answer, flush=True)
    except KeyboardInterrupt:
        print()
    if at_a_terminal:
        print("Goodbye.")


def lines(*, at_a_terminal: bool) -> Iterator[str]:
    """What is typed or comes through a pipe, line by line, whatever its bytes are."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    if not at_a_terminal:
        yield from sys.stdin
        return
    try:
        import readline  # noqa: F401  arrows and history, where there are such

        while True:
            yield input("you: ")
    except EOFError:
        print()


def coloured(found: "Answer") -> str:
    """The reply; at a terminal, words that the judge doubts in yellow."""
    if not sys.stdout.isatty():
        return shown(found.text)
    return "".join(click.style(shown(word), fg="yellow") if score < DOUBT else shown(word) for word, score in found.words).strip()


def shown(text: str) -> str:
    """Control characters would move the cursor or worse: they are shown as what they are."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def temperature_of(text: str) -> float:
    """A number above 0."""
    try:
        value = float(text) if text.isascii() and "_" not in text else 0.0
    except ValueError:
        value = 0.0
    if not 0 < value <= HOTTEST:
        raise GensqError(f'expected a temperature above 0 and at most {HOTTEST:g}, got "{shown(text)}"; take .8')
    return value


COMMANDS = (talk,)
