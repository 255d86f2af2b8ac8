"""The `gensq` command: list lessons, turn one into a report, ask the corpus. Errors are one sentence and exit code 2.

Heavy modules are imported inside the commands that need them, so that `--help` and `list` answer at once.
"""
import argparse
import os
import sys
from collections.abc import Sequence

from gensq_course import setup
from gensq_course.cli.clinic import add_clinic
from gensq_course.cli.corpus import add_corpus
from gensq_course.cli.desk import add_desk
from gensq_course.cli.lessons import add_lessons
from gensq_course.cli.upkeep import add_upkeep
from gensq_lib import __version__
from gensq_lib.ground.errors import exit_code
from gensq_lib.ground.places import homeless


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 a run that failed, 2 a mistake of the caller."""
    if arguments is None:
        speak_utf8()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Chinese and check marks must print under any locale
            stream.reconfigure(encoding="utf-8", errors="replace")
    os.environ.update(homeless())
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and arguments[0] in setup.COMMANDS:
        return setup.main(arguments)
    options = parser().parse_args(arguments or ["--help"])
    return exit_code(lambda: options.command(options))


def speak_utf8() -> None:
    """Start again in Python's UTF-8 mode where the locale is an old one: names of files, arguments, kernels."""
    if sys.getfilesystemencoding() != "utf-8":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def parser() -> argparse.ArgumentParser:
    """What can be typed."""
    top = argparse.ArgumentParser(prog="gensq", description="Lessons on deep generative models for text.",
                                  epilog="Also: " + ", ".join(setup.COMMANDS) + " (see `make help`).")
    top.add_argument("--version", action="version", version=f"gensq {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    add_lessons(commands)
    add_upkeep(commands)
    add_desk(commands)
    add_clinic(commands)
    add_corpus(commands)
    return top
