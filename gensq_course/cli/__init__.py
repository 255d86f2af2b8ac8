"""The `gensq` command: list lessons, turn one into a report, ask the corpus. Errors are one sentence and exit code 2.

A command is a function whose docstring is its help and whose arguments are its options (click reads both). Heavy modules
are imported inside the commands that need them, so that `--help` and `list` answer at once.
"""
import os
import sys
from collections.abc import Sequence

import click

from gensq_course import setup
from gensq_course.cli import chat, classroom, corpus, desk, grammar, lessons, models, sweep, upkeep
from gensq_course.setup.endings import exit_code
from gensq_course.setup.workplace import jupyter_folders
from gensq_lib import __version__
from gensq_lib.ground.errors import GensqError

PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


@click.group(no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="gensq", message="%(prog)s %(version)s")
def gensq() -> None:
    """Lessons on deep generative models for text."""


for command in (*lessons.COMMANDS, sweep.sweep, *upkeep.COMMANDS, *desk.COMMANDS, *classroom.COMMANDS, *chat.COMMANDS,
                *models.COMMANDS, corpus.ask_corpus, grammar.own_grammar):
    gensq.add_command(command)
for name, own in setup.COMMANDS.items():
    @gensq.command(name, help=own.summary, context_settings=PASS_ON, add_help_option=False)
    @click.pass_context
    def set_up(context: click.Context) -> int:
        """A command of gensq_course/setup, with its arguments as they are."""
        return setup.main([context.info_name, *context.args])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 a run that failed, 2 a mistake of the caller."""
    if arguments is None:
        restart_in_utf8()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Chinese and check marks must print under any locale
            stream.reconfigure(encoding="utf-8", errors="replace")
    os.environ.update(jupyter_folders())
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    return exit_code(lambda: run_command(arguments or ["--help"]))


def restart_in_utf8() -> None:
    """Start again in Python's UTF-8 mode where the locale is an old one: names of files, arguments, kernels."""
    if sys.getfilesystemencoding() != "utf-8":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def run_command(arguments: list[str]) -> int:
    """What click makes of the arguments; its own complaints become sentences like ours."""
    try:
        with gensq.make_context("gensq", arguments) as context:
            return gensq.invoke(context)
    except click.exceptions.Exit as end:  # --help, --version
        return end.exit_code
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "gensq"
        raise GensqError(f"expected what `{path} --help` lists, got: {error.format_message()}") from None
