"""A line of a grammar file with what is indented below it; it reads its own parts and says what is wrong with them."""
import re
from dataclasses import dataclass, field
from typing import NoReturn

from .source import Slot, Source

NAME = re.compile(r"[^\W\d][\w-]*")


def shortened(text: str) -> str:
    """As much of it as a message can bear."""
    return text if len(text) <= 40 else text[:37] + "..."


@dataclass(frozen=True)
class Line:
    """A line of the file, and the indented lines below it."""

    source: Source
    number: int
    text: str
    body: list["Line"] = field(default_factory=list)

    def fault(self, message: str) -> NoReturn:
        """Say what is wrong in this line."""
        self.source.fault(self.number, message)

    def halves(self, example: str) -> tuple[str, str]:
        """What is left and right of the colon."""
        left, colon, right = self.text.partition(":")
        if not colon:
            self.fault(f'expected "{example}", got "{shortened(self.text)}"; write a colon')
        return left.strip(), right.strip()

    def alone(self) -> "Line":
        """This, if nothing is indented below it."""
        for below in self.body[:1]:
            below.fault(f'expected no indented line below "{shortened(self.text)}", got "{shortened(below.text)}"; remove it')
        return self

    def once(self, again: object, what: str, advice: str) -> None:
        """Refuse what the file has said before."""
        if again:
            self.fault(f"expected {what}, got a second; {advice}")

    def name(self, name: str, what: str) -> str:
        """`name`, if it is one."""
        if not NAME.fullmatch(name):
            self.fault(f'expected the name of {what}, got "{shortened(name)}"; use letters, digits, "-" and "_"')
        return name

    def weight(self, text: str) -> float:
        """The number that is written there."""
        try:
            weight = float(text)
        except ValueError:
            self.fault(f'expected a weight such as 3 or 0.5, got "{shortened(text)}"; write a number')
        if not 1e-9 <= weight <= 1e9:
            self.fault(f"expected a weight from 1e-9 to 1e9, got {text}; delete the line if it is never to be used")
        return weight

    def slot(self, text: str) -> Slot:
        """`<name:column@label feature feature>`"""
        words = text[1:-1].split()
        match = re.fullmatch(r"<([^:@]+)(?::([^:@]+))?(?:@([^:@]+))?>", f"{text[:1]}{words[0]}{text[-1:]}") if words else None
        if match is None:
            self.fault(f'expected <name>, <name:column> or <name@label>, got "{shortened(text)}"; mend it')
        return Slot(self.name(match[1], "a symbol"), match[2] or "", match[3] or "", tuple(words[1:]))
