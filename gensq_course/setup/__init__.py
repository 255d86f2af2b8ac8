"""From a bare Python to a running lesson: make the environment, then lab, test, quick, bench or any `gensq` command.

This is the one home of what the make targets do. It imports the standard library only, because it runs before
anything is installed.
"""
from collections.abc import Sequence

from gensq_course.setup.commands import COMMANDS, doctor, forward, print_help
from gensq_course.setup.endings import exit_code
from gensq_course.setup.environment import ready_environment
from gensq_course.setup.workplace import checkout


def main(arguments: Sequence[str]) -> int:
    """Run one command in the project's environment; the exit code is 2 for a mistake of the caller."""
    name, *rest = arguments or ["help"]
    if name in ("help", "-h", "--help"):
        print_help()
        return 0
    return exit_code(lambda: command(name, rest))


def command(name: str, rest: Sequence[str]) -> int:
    """What was asked for; the doctor takes what there is, everything else a complete environment."""
    if name == "doctor":
        return doctor(rest)
    if name in COMMANDS and name != "lab":
        checkout(f"`gensq {name}`")
    environment = ready_environment()
    return COMMANDS[name].run(environment, rest) if name in COMMANDS else forward(environment, [name, *rest])
