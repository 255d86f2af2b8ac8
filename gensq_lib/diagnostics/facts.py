"""Is a summary faithful? Where a grammar knows every fact of a report, this is counted and not guessed."""
from collections.abc import Sequence
from dataclasses import dataclass

from gensq_lib.text.grammar import DialogueGrammar
from gensq_lib.text.grammar.dialogue import Stated, Understood


@dataclass(frozen=True)
class Facts:
    """What a summary makes of the facts of its report, by their names: "event", "outcome", "building", "day" ...

    Taught in lesson 12.
    """

    right: tuple[str, ...]
    wrong: tuple[str, ...]  # changed, or added
    missing: tuple[str, ...]  # which is no fault: a summary leaves things out
    headline: bool  # whether it could stand above some report, and is not just some words

    @property
    def faithful(self) -> bool:
        """A headline that changes nothing and adds nothing."""
        return self.headline and not self.wrong


def headline_facts(said: Sequence[str], report: Sequence[str], g: DialogueGrammar) -> Facts:
    """The facts of a headline in its most favourable reading; of what is no headline the names, days and numbers in it.

    >>> headline_facts(("fire", "in", "bakery"), report_of_a_fire_in_the_museum, reports).wrong
    ("building",)

    Taught in lesson 12.
    """
    meaning, readings = g.understood(report), g.stated(said)
    named, wrong = _of_headline(readings, meaning) if readings else _of_words(said, report, meaning, g)
    every = (*meaning.values, *meaning.cells)
    right = tuple(name for name in every if name in named and name not in wrong)
    missing = tuple(name for name in every if name not in right and name not in wrong)
    return Facts(right, wrong, missing, bool(readings))


def _of_headline(readings: list[Stated], meaning: Understood) -> tuple[set[str], tuple[str, ...]]:
    """What it names, and what it changes: a feature is said only if it is the same in all readings ("Fire in museum" does not
    say how it ended)."""
    best = min(readings, key=lambda stated: len(stated.against(meaning)))
    said = {name for name, value in best.values.items() if all(other.values[name] == value for other in readings)}
    return said | {table for table, _ in best.words}, best.against(meaning)


def _of_words(said: Sequence[str], report: Sequence[str], meaning: Understood, g: DialogueGrammar
              ) -> tuple[set[str], tuple[str, ...]]:
    """Without a form nobody can say what happened; but a name, a day or a number stands in the report, or it does not."""
    own = {cell: table for table, cells in meaning.cells.items() for cell in cells.values()}
    read = f" {' '.join(g.speller.unspell(report)[0])} "
    named = g.named(said)
    wrong = dict.fromkeys(tables[0] for cell, tables in named.items() if f" {cell} " not in read)
    return {own[cell] for cell in named if cell in own}, tuple(wrong)
