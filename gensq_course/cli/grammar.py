"""`gensq grammar new` and `check`: a world of one's own, from an empty file to its floor line."""
from pathlib import Path

import click

from gensq_course.cli.arguments import FILE


@click.group("grammar", no_args_is_help=False)
def own_grammar() -> None:
    """Begin a world of your own, or check what it says.

    The format is explained at the top of data/world.grammar; any lesson takes the file as -p corpus=grammar:PATH.
    """


@own_grammar.command("new")
@click.argument("path", type=FILE)
def begin_grammar(path: Path) -> int:
    """Write the smallest grammar that shows every kind of line into a new file PATH."""
    from gensq_lib.text.grammar import checking

    checking.write_start(path)
    print(f"Written: {path}. Change it and look: gensq grammar check {path}")
    return 0


@own_grammar.command("check")
@click.argument("path", type=FILE)
def check_grammar(path: Path) -> int:
    """Count what a grammar says, and print its floor: the mean nats per sentence below which no model can fall.

    A mistake is named with its line. The exit code is 1 where lessons would refuse the grammar because a sentence has two
    derivations.
    """
    from gensq_course.cli.chat import shown
    from gensq_lib.text import grammar

    found = grammar.checked_grammar(path)
    print(shown(str(path)), *map(shown, str(found).split("\n")), sep="\n")
    return int(bool(found.ambiguous))
