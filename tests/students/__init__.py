"""Answers as students give them, written without looking at the checks, and what the checks make of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One answer to an exercise: `code` defines the function `exercise`.

    `mistake` says in plain words what is wrong (empty: the answer is right); feedback that
    names this mistake contains at least one of the key words `names`.
    """

    exercise: str
    code: str
    mistake: str = ""
    names: tuple[str, ...] = ()
