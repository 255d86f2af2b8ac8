"""Phrases of lesson 19. Its recorded tables are read where the lesson shows them."""
from tests.verdicts import NUMBER, Run, Verdict, number

ABOVE, JS, VALID, FOUND = 1, 2, 3, 4  # columns of the recorded table


def cells(run: Run, cell: str, name: str, table: int = 0) -> list[str]:
    """The row whose first cell begins so."""
    return next(row for row in run.tables(cell)[table][1:] if row[0].startswith(name))


def recorded(run: Run, family: str, column: int, table: int = 0) -> float:
    """The mean over the seeds."""
    return number(cells(run, "recorded", family, table)[column])


def ends(run: Run, family: str, column: int, cell: str = "recorded", table: int = 0) -> list[float]:
    """Mean and interval; one number where all seeds agree."""
    return [number(text) for text in NUMBER.findall(cells(run, cell, family, table)[column])]


def asked(run: Run, question: str, what: str = "") -> list[str]:
    """The row of a question."""
    return next(row for row in run.tables("asked")[0][1:] if row[0].startswith(question) and what in row[1])


def better(run: Run, cell: str, pair: str, table: int = 0) -> list[str]:
    """Who is surely better at each place, and what is said of the crossing."""
    return cells(run, cell, pair, table)[1:]


VAE_OR_GAN: list[Verdict] = []
