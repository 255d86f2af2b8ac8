"""More than five hundred hostile inputs, by kind: each must end in a result or in one sentence, and run nothing.

`tests/test_hostile.py` tries them in its own process, without a kernel; `python tests/hostile.py` prints a table of those
that end otherwise. (Wrong calls of the library are `border_calls.py`, honest and poor texts `own_texts.py`.)
"""

import contextlib
import io
import itertools
import json
import os
import pickle
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import own_texts
from lesson_maker import make_lesson
from small_worlds import SMALL, TINY

PATIENCE = 60  # seconds, of a busy machine
LONGEST = 400  # characters of a sentence
CANARY = "executed"  # a file or folder that hostile inputs try to make where they are tried
PAYLOADS = (
    f"__import__('os').mkdir('{CANARY}')",
    f"$(mkdir {CANARY})",
    f"`mkdir {CANARY}`",
    f"; mkdir {CANARY} #",
    f"{{{{ ''.__class__ }}}} mkdir {CANARY}",
    f"!mkdir {CANARY}",
    f"%sx mkdir {CANARY}",
    f"| mkdir {CANARY}",
)
SCREENS = (
    "\x1b[2J\x1b[31mred",
    "\u202eevil",
    "a\rb\rc",
    "\x07\x08\x00",
    "\ufeff\u200b\u2028",
    "\ud7ff\ufffe",
    "Z\u0351\u036b\u0343" * 200,
)


class Bomb:
    def __reduce__(self):
        return os.mkdir, (CANARY,)


@dataclass(frozen=True)
class Hostile:
    """What is tried in a folder of its own; returns what came of it, or raises."""

    kind: str
    name: str
    attempt: Callable[[Path], object]


def gate(
    way: str, content: bytes, *, kind: str = "sentences", name: str = "own.txt", behind: str = ""
) -> Callable[[Path], object]:
    def attempt(folder: Path):
        from gensq_course.report import gate

        (folder / name).write_bytes(content)
        return str(gate.look(f"{way}:{folder / name}{behind}", kind))

    return attempt


def command(*words: str, **variables: str) -> Callable[[Path], object]:
    """As it is typed; {} stands for the folder."""

    def attempt(folder: Path):
        from gensq_course import cli

        said, shown = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, variables), contextlib.redirect_stdout(shown), contextlib.redirect_stderr(said):
            code = cli.main([word.replace("{}", str(folder)) for word in words])
        errors = said.getvalue()
        if code not in (0, 1, 2) or "Traceback" in errors:
            raise AssertionError(f"code {code}: {errors[-300:]}")
        for line in errors.splitlines():
            check_sentence(line.removeprefix("gensq: "))
        if code == 2 and errors.count("\n") != 1:
            raise AssertionError(f"{errors.count(chr(10))} lines: {errors[:300]}")
        return shown.getvalue()

    return attempt


def check_sentence(said: str) -> None:
    """Shown as a command shows it: short, printable, one line."""
    if len(said) > LONGEST or not said.isprintable() or "Traceback" in said:
        raise AssertionError(f"{len(said)} characters: {said[:150]!r}")


def too_long(*_) -> None:
    raise BaseException(f"no answer in {PATIENCE} seconds")


def complaint(hostile: Hostile, folder: Path) -> str:
    """What is wrong with how it ended; nothing where all is well."""
    from gensq_course.setup.endings import readable
    from gensq_lib.ground.errors import GensqError

    before = os.getcwd()
    os.chdir(folder)
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(PATIENCE)
    try:
        hostile.attempt(folder)
    except GensqError as error:
        try:
            check_sentence(readable(str(error)))
        except AssertionError as wrong:
            return str(wrong)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        signal.alarm(0)
        os.chdir(before)
    return "something was executed" if any(CANARY in path.name for path in folder.rglob("*")) else ""


# --- texts, tables, pairs, grammars


def texts() -> Iterator[Hostile]:
    lines = own_texts.plain(150)
    contents = {
        "empty": b"",
        "a NUL": b"\0",
        "NULs": b"\0" * 9_999,
        "a mark of order": b"\xef\xbb\xbf",
        "line ends": b"\n" * 50_000,
        "old line ends": b"\r" * 9_999,
        "tabs": b"\t" * 9_999,
        "one giant line": b"a b " * 60_000,
        "a giant word": b"x" * 200_000,
        "UTF-16": "\n".join(lines).encode("utf-16"),
        "UTF-32": "\n".join(lines).encode("utf-32"),
        "half a character": own_texts.joined(lines) + b"\xe4\xbd",
        "a surrogate": b"\xed\xa0\x80 a\n" * 200,
        "overlong": b"\xc0\xaf a\n" * 200,
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        "a zip": b"PK\x03\x04" + bytes(400),
        "a pickle": pickle.dumps(Bomb()),
        "emoji": "\U0001f600".encode() * 5_000,
        "one line": b"The dog saw a cat.\n" * 300,
        "a notebook": json.dumps({"cells": []}).encode(),
        "form feeds": b"a\x0cb\n" * 300,
        "ninety-nine": own_texts.joined(lines[:99]),
        **{f"payload {i}": own_texts.joined([f"{payload} {line}" for line in lines]) for i, payload in enumerate(PAYLOADS)},
        **{f"screen {i}": own_texts.joined([f"{line[:9]}{screen}" for line in lines]) for i, screen in enumerate(SCREENS)},
    }
    for (what, content), way in itertools.product(contents.items(), ("file", "words", "chars")):
        yield Hostile("texts", f"{what}, {way}:", gate(way, content))


def tables() -> Iterator[Hostile]:
    good = {
        "own.csv": own_texts.csv(),
        "own.tsv": own_texts.csv("\t", quote=""),
        "own.jsonl": own_texts.jsonl(own_texts.plain(150)),
    }
    columns = (
        "",
        "#",
        "#0",
        "#-1",
        "#99999999999999999999",
        "#\u0663",
        "#1_0",
        "#nan",
        "#text\x1b[2J",
        "#" + "x" * 5_000,
        f"#{PAYLOADS[0]}",
        "#text#text",
    )
    for (name, content), column in itertools.product(good.items(), columns):
        yield Hostile("tables", f"{name}{column[:20]}", gate("file", content, name=name, behind=column))
    broken = {
        "own.csv": {
            "an open quote": b'id,text\n1,"' + b"a b\n" * 3_000,
            "NUL": b"id,text\n1,\0\n",
            "empty": b"",
            "commas": b"," * 50_000,
            "one field too many": b"id,text\n" + b"1,a,b,c\n" * 300,
            "a giant field": b"id,text\n1," + b"x " * 100_000,
        },
        "own.jsonl": {
            "deep": b"[" * 50_000,
            "deep objects": b'{"text":' * 20_000,
            "cut": b'{"text": "a\n' * 200,
            "numbers": b"7\n" * 300,
            "nulls": b'{"text": null}\n' * 300,
            "a great number": b'{"text": ' + b"9" * 9_999 + b"}\n",
            "NaN": b'{"text": NaN}\n' * 200,
            "a surrogate": b'{"text": "\\ud800 a"}\n' * 300,
            "keys again": b'{"text": "a", "text": "b"}\n' * 300,
            "lists": b'{"text": ["a"]}\n' * 300,
        },
        "own.json": {
            "deep": b"[" * 100_000,
            "a number": b"1e999999",
            "empty": b"[]",
            "a string": b'"text"',
            "nulls": b"[null, null]",
        },
    }
    for name, kinds in broken.items():
        for what, content in kinds.items():
            yield Hostile("tables", f"{name}, {what}", gate("file", content, name=name, behind="#text"))


def dialogues() -> Iterator[Hostile]:
    rows = {
        "empty": b"",
        "no tab": b"a b c\n" * 200,
        "tabs alone": b"\t\t\n" * 200,
        "nine tabs": b"a" + b"\tb" * 9 + b"\n",
        "no prompt": b"\tYes.\n" * 200,
        "no reply": b"Hello\t\n" * 200,
        "turns alone": b" // // \tYes.\n" * 200,
        "NUL": b"a\tb\0\n" * 200,
        "one pair": b"Hello.\tHi.\n" * 500,
        "UTF-16": "a\tb\n".encode("utf-16") * 200,
        "a pickle": pickle.dumps(Bomb()),
        "labels that are texts": own_texts.pairs(lambda a, b, i: f"{a}\t{b}\tl{i}", num=300),
        "old line ends": own_texts.pairs(end="\r", num=120),
        "a giant prompt": b"a " * 90_000 + b"\tYes.\n",
        **{f"payload {i}": own_texts.pairs(lambda a, b, i, p=p: f"{p} {a}\t{b}\t{p}", num=120) for i, p in enumerate(PAYLOADS)},
        **{f"screen {i}": own_texts.pairs(lambda a, b, i, s=s: f"{a}\t{b}{s}", num=120) for i, s in enumerate(SCREENS)},
    }
    for what, content in rows.items():
        yield Hostile("pairs", what, gate("pairs", content, kind="dialogues"))


def grammars() -> Iterator[Hostile]:
    rng = random.Random(0)
    for kind, base, way in (("sentences", TINY, "grammar"), ("dialogues", SMALL, "dialogue")):
        lines = base.splitlines()
        changed = {
            "empty": "",
            "NUL": base + "\0",
            "the other kind": SMALL if base is TINY else TINY,
            "prose": "The dog saw a cat.\n" * 99,
        }
        for i in range(0, len(lines), max(len(lines) // 12, 1)):
            changed[f"without line {i}"] = "\n".join(lines[:i] + lines[i + 1 :])
            changed[f"line {i} twice"] = "\n".join(lines[:i] + lines[i : i + 1] * 2 + lines[i + 1 :])
            place = rng.randrange(len(base))
            changed[f"a letter at {place}"] = base[:place] + rng.choice("<>:|;~\x1b\u202e#") + base[place + 1 :]
        for weight in ("-1", "0", "nan", "inf", "1e999", "1_0", "\u0663", "9" * 400, "60%", PAYLOADS[0]):
            changed[f"weight {weight[:9]}"] = base.replace("60", weight).replace("1:", f"{weight}:")
        for what, text in changed.items():
            yield Hostile("grammars", f"{way}, {what}", gate(way, text.encode(), kind=kind))
    large = "languages: en\n" + "".join(f"attribute {name}: {', '.join(f'v{i} 1' for i in range(900))}\n" for name in "abc")
    more = {
        "a cycle": own_texts.CYCLIC,
        "itself": "languages: en\nstart: <a>\n<a>\n  en: <a>\n",
        "nothing": "languages: en\nstart: <a>\n<a>\n",
        "three great attributes": large + "start: <s a b c>\n<s a b c>\n  en: x .\n",
        "a long chain": "languages: en\nstart: <a0>\n"
        + "".join(f"<a{i}>\n  en: x <a{i + 1}>\n" for i in range(3_000))
        + "<a3000>\n  en: .\n",
        "many languages": "languages: " + ", ".join(f"l{i}" for i in range(999)) + "\nstart: <a>\n<a>\n  l0: x .\n",
        "a symbol of others": f"languages: en\nstart: <{PAYLOADS[0]}>\n",
        "an include": "include: /etc/passwd\nlanguages: en\n",
        "colours": "languages: en\nstart: <\x1b[31m>\n<\x1b[31m>\n  en: x .\n",
    }
    for what, text in more.items():
        yield Hostile("grammars", what, gate("grammar", text.encode()))


# --- what is typed behind a command

NUMBERS = (
    "-1",
    "1.5",
    "1e3",
    "1_0",
    "\u0663",
    "0x10",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "9" * 30,
    "9" * 5_000,
    "+-1",
    "1,2",
    "1;2",
    "--",
    "",
    " ",
    "None",
    "true",
    "[]",
    "1\x1b[2J",
    "1\n2",
    "\u00b2",
    "1 2",
    "NaN",
    "1" + "0" * 100,
)


def parameters() -> Iterator[Hostile]:
    def read(*assignments: str) -> Callable[[Path], object]:
        def attempt(folder: Path):
            from gensq_course.report import lessons, parameters

            lesson = lessons.read_lesson(make_lesson(folder / "lessons"))
            with mock.patch.dict(os.environ, GENSQ_NOTEBOOKS=str(folder / "lessons")):
                return parameters.read_assignments(lesson, assignments)

        return attempt

    words = ("", "=", "free_bit", "none+none", "x" * 9_999, *PAYLOADS[:3], *SCREENS[:3])
    for name, value in itertools.chain(
        itertools.product(("steps", "rate", "seed", "loud"), NUMBERS), itertools.product(("cure", "budget", "device"), words)
    ):
        yield Hostile("parameters", f"{name}={value[:20]!r}", read(f"{name}={value}"))
    for text in (
        "",
        "=",
        "steps",
        "stps=3",
        "=3",
        "steps==3",
        "steps=3=4",
        "STEPS=3",
        "s\u0442eps=3",
        "__class__=3",
        "x" * 9_999,
        "x" * 9_999 + "=1",
        *PAYLOADS,
        *SCREENS,
    ):
        yield Hostile("parameters", f"{text[:20]!r}", read(text))


def options() -> Iterator[Hostile]:
    for value in (*NUMBERS, "65536", "70000", "-8866"):
        yield Hostile("ports", repr(value[:20]), command("voila", "no_such_lesson", f"--port={value}"))
    for value in (*NUMBERS, "0,,1", "0,2147483648", ",", "0,1,x", "0-3", "0 1"):
        yield Hostile("seeds", f"--seeds {value[:20]!r}", command("report", "no_such_lesson", f"--seeds={value}"))
    for value in NUMBERS:
        yield Hostile("seeds", f"--seed {value[:20]!r}", command("corpus", "list", "1", f"--seed={value}"))
    for words in (
        ["reprot"],
        ["report", "99"],
        ["report", "x" * 9_999],
        ["report", "\x1b[2J"],
        ["report", "--", "-o"],
        ["study", "no"],
        ["study", PAYLOADS[1]],
        ["chat", "no_such_corpus"],
        ["chat", "--mood"],
        ["corpus", "score", "\x1b[2J" * 50],
        ["corpus", "score", "x " * 2_000],
        ["corpus", "score", ""],
        ["corpus", "sample", "1", "--corpus", PAYLOADS[0]],
        ["clinic", "--student", "x"],
        ["checkpoint", "../x"],
        ["copy", "\0"],
        ["progress", "\0"],
        ["student", "-o", "/dev/null/x"],
    ):
        yield Hostile("commands", " ".join(words)[:30], command(*words))


def variables() -> Iterator[Hostile]:
    def checked(**values: str) -> Callable[[Path], object]:
        def attempt(folder: Path):
            from gensq_course.report.environment import check_environment
            from gensq_course.report.lessons import all_lessons

            with mock.patch.dict(os.environ, values):
                check_environment()
                return all_lessons() if "GENSQ_NOTEBOOKS" in values else None

        return attempt

    for name, value in itertools.product(
        ("GENSQ_BUDGET", "GENSQ_DEVICE", "GENSQ_PRECISION"),
        ("x", " ", "Standard", "x" * 5_000, "\x1b[2J", "standard\n", PAYLOADS[1]),
    ):
        yield Hostile("variables", f"{name}={value[:20]!r}", checked(**{name: value}))
    for value in NUMBERS:
        yield Hostile("variables", f"GENSQ_THREADS={value[:20]!r}", checked(GENSQ_THREADS=value))
    for name, value in itertools.product(
        ("GENSQ_DATA", "GENSQ_NOTEBOOKS", "GENSQ_CACHE"),
        ("/dev/null/nope", "/dev/null", "/dev/null/x", "/proc/self/mem", "x" * 5_000, "/" + "y/" * 2_000, "\x1b[2J", "~nobody/x"),
    ):
        if not (name == "GENSQ_CACHE" and value in ("\x1b[2J", "~nobody/x")):  # these would be made
            yield Hostile("variables", f"{name}={value[:20]!r}", checked(**{name: value}))


def paths() -> Iterator[Hostile]:
    def at(use: str, place: str) -> Callable[[Path], object]:
        def attempt(folder: Path):
            (folder / "loop").symlink_to(folder / "loop")
            (folder / "gone").symlink_to(folder / "nothing")
            if hasattr(os, "mkfifo"):
                os.mkfifo(folder / "pipe")
            path = place.replace("{}", str(folder))
            if use in ("load_state", "load_model"):
                from gensq_course.shipped.files import load_model
                from gensq_lib.training import load_state

                return {"load_state": load_state, "load_model": load_model}[use](path)
            return command(*[word.replace("PATH", path) for word in use.split()])(folder)

        return attempt

    places = (
        "{}/nothing",
        "{}",
        "{}/loop",
        "{}/gone",
        "{}/pipe",
        "/dev/zero",
        "/dev/null",
        "/proc/self/mem",
        "a\0b",
        "\x1b[2J",
        "x" * 300,
        "y/" * 3_000,
        "{}/../..",
        "-",
        "~nobody",
        "\u202e.txt",
        "{}/{" + "}" * 3,
    )
    uses = (
        "corpus look file:PATH",
        "corpus look PATH",
        "report PATH.ipynb",
        "progress PATH",
        "load_state",
        "load_model",
        "corpus look pairs:PATH",
        "corpus sample 1 --corpus grammar:PATH",
    )
    for use, place in itertools.product(uses, places):
        if not (use == "progress PATH" and place in ("{}/../..",)):
            yield Hostile("paths", f"{use}, {place[:20]!r}", at(use, place))


# --- files of ours

NOTEBOOKS = {
    "not JSON": "x",
    "empty": "",
    "deep": "[" * 100_000,
    "deep and closed": "[" * 100_000 + "]" * 100_000,
    "a list": "[1]",
    "null": "null",
    "no cells": "{}",
    "cells null": '{"cells": null}',
    "cells of numbers": '{"cells": [1]}',
    "NULs": "\0" * 99,
    "a great number": "9" * 9_999,
    "a surrogate": '{"cells": [{"cell_type": "markdown", "source": "\\ud800"}]}',
    **{
        f"{key}: {value!r:.20}": json.dumps(
            {
                "cells": [{"cell_type": "code", "source": "a = checks.a(a)", "metadata": {}, "outputs": [], key: value}],
                "metadata": {},
            }
        )
        for key in ("cell_type", "source", "metadata", "outputs")
        for value in (3, None, ["x", 1], {"a": 1}, [[1]], True)
    },
    **{
        f"parameters: {code[:20]!r}": json.dumps(
            {"cells": [{"cell_type": "code", "source": code, "metadata": {"tags": ["parameters"]}}]}
        )
        for code in (
            "x: int = ",
            "x: int = " + "(" * 9_000,
            "x: int = " + "-" * 30_000 + "1",
            "a\0",
            f"x: int = {PAYLOADS[0]}",
            "x: list = []",
            "import os",
            f"x: str = f'{PAYLOADS[0]}'",
            "x: int = 10 ** 10 ** 10",
            "\ud83d",
        )
    },
}


def notebooks() -> Iterator[Hostile]:
    def read(use: str, text: str) -> Callable[[Path], object]:
        def attempt(folder: Path):
            from gensq_course.execute import builds
            from gensq_course.report import lessons, progress
            from gensq_course.setup import copies

            path = folder / "09_x.ipynb"
            path.write_text(text, encoding="utf-8", errors="surrogatepass")
            found = {
                "read_lesson": lessons.read_lesson,
                "read_work": progress.read_work,
                "copy": copies.handed_out,
                "student": lambda path: copies.as_text(builds.student(lessons.read_notebook(path))),
                "instructor": lambda path: copies.as_text(builds.instructor(lessons.read_notebook(path))),
            }
            with mock.patch.dict(os.environ, GENSQ_NOTEBOOKS=str(folder)):
                return found[use](path)

        return attempt

    for (what, text), use in itertools.product(NOTEBOOKS.items(), ("read_lesson", "read_work", "copy", "student", "instructor")):
        yield Hostile("notebooks", f"{use}, {what}", read(use, text))


DAMAGES = {
    "emptied": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "cut by one": lambda data: data[:-1],
    "doubled": lambda data: data * 2,
    "zeros": lambda data: bytes(len(data)),
    "first bit": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "last bit": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "middle bit": lambda data: flip(data, len(data) // 2),
    "header length": lambda data: b"\xff" * 8 + data[8:],
    "text": lambda data: b"no weights\n" * 99,
    "a pickle": lambda data: pickle.dumps(Bomb()),
    "an older pickle": lambda data: pickle.dumps(Bomb(), protocol=2),
    "noise": lambda data: random.Random(1).randbytes(5_000),
}


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def kept_files() -> Iterator[Hostile]:
    def damaged(kind: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
        def attempt(folder: Path):
            import torch
            from gensq_course.shipped.files import load_model, save_model
            from gensq_lib.models.language_model import LanguageModel
            from gensq_lib.training import load_state, save_state

            torch.manual_seed(0)
            model, path = LanguageModel(vocab_size=9, embed_dim=4, hidden_dim=4), folder / "x"
            if kind == "checkpoints":
                save_state(path, {"model": model.state_dict(), "done": 3})
            else:
                save_model(path, model, facts={})
            path.write_bytes(change(path.read_bytes()))
            (load_state if kind == "checkpoints" else load_model)(path)
            raise AssertionError("a damaged file was taken for a whole one")

        return attempt

    def world(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
        def attempt(folder: Path):
            from gensq_lib.text import corpora

            (folder / "own.grammar").write_text(TINY, "utf-8")
            with (
                mock.patch.dict(os.environ, GENSQ_CACHE=str(folder / "cache")),
                contextlib.redirect_stderr(io.StringIO()) as said,
            ):
                wanted = corpora.load(f"grammar:{folder / 'own.grammar'}", num_train=40).train
                path = next((folder / "cache" / "worlds").iterdir())
                path.write_bytes(change(path.read_bytes()))
                found = corpora.load(f"grammar:{folder / 'own.grammar'}", num_train=40).train
            if found != wanted or said.getvalue().count("\n") != 1:
                raise AssertionError(f"{len(found)} sentences of {len(wanted)}, {said.getvalue()[:99]!r}")
            check_sentence(said.getvalue().strip())

        return attempt

    for what, change in DAMAGES.items():
        yield Hostile("checkpoints", what, damaged("checkpoints", change))
        yield Hostile("models", what, damaged("models", change))
        yield Hostile("cached worlds", what, world(change))


# --- what is typed to a model


def typed() -> Iterator[Hostile]:
    def said(line: str) -> Callable[[Path], object]:
        def attempt(folder: Path):
            answer = conversation().reply(line)
            for part in (answer or "").splitlines():
                check_sentence(part)
            return answer

        return attempt

    lines = (
        " ",
        "?",
        "!" * 500,
        "x" * 20_000,
        "the " * 5_000,
        "\0",
        "//",
        "// // //",
        "a//b//c//d",
        "Have you seen my keys?" * 40,
        "/",
        "/ ",
        "/voice",
        "/voice x",
        "/voice " + "x" * 500,
        "/mood",
        "/mood \x1b[2J",
        "/temperature",
        "/temperature 0",
        "/temperature nan",
        "/temperature 1e99",
        "/temperature \u0663",
        "/temperature 1_0",
        "/no such thing",
        "/new x",
        "/__class__",
        "\u6211\u4f60" * 200,
        "<script>alert(1)</script>",
        "<unk> <pad> <eos>",
        "\U0001f600" * 200,
        "\u0627\u0628 \u062a",
        "1 2 3 4 5",
        "a" * 60 + " " + "b" * 60,
        *PAYLOADS,
        *SCREENS,
    )
    for line in lines:
        yield Hostile("chat lines", repr(line[:30]), said(line))


KEPT = SimpleNamespace(conversation=None)


def conversation():
    """Begun anew, with the shipped voices of the doorstep."""
    from gensq_course.cli import chat

    if KEPT.conversation is None:
        KEPT.conversation = chat.begun("doorstep", {})
    KEPT.conversation.turns = ()
    return KEPT.conversation


KINDS = (texts, tables, dialogues, grammars, parameters, options, variables, paths, notebooks, kept_files, typed)


def every() -> list[Hostile]:
    """All of them."""
    return [hostile for kind in KINDS for hostile in kind()]


if __name__ == "__main__":
    import collections

    import torch  # noqa: F401 (it takes a while)

    tried, failed = collections.Counter(), collections.defaultdict(list)
    for hostile in every():
        with tempfile.TemporaryDirectory() as folder:
            wrong = complaint(hostile, Path(folder))
        tried[hostile.kind] += 1
        if wrong:
            failed[hostile.kind].append(f"{hostile.name}: {wrong}")
            print(f"{hostile.kind}: {failed[hostile.kind][-1]!r}"[:260], file=sys.stderr, flush=True)
    for kind, number in tried.items():
        print(f"{kind:16}{number:5} tried{len(failed[kind]):5} failed")
    print(f"{'in all':16}{sum(tried.values()):5} tried{sum(map(len, failed.values())):5} failed")
