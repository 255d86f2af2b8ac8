"""Links in the prose of a lesson: a term at its first use, a work where it is cited, a lesson where it is named.

What is no prose is left alone: code, formulas, headings, links.
"""
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape

from gensq_course.book.references import NOT_AUTHORS, Work, is_cited_as, plain
from gensq_course.report.parameters import read_table
from gensq_lib.ground.errors import GensqError

PIECES = re.compile(r"(<[^>]*>|\$\$.*?\$\$|\$[^$<]+\$|\\\(.*?\\\)|\\\[.*?\\\])", re.DOTALL)  # tags and formulas
SEALED = ("a", "code", "pre", "h1", "h2", "h3", "h4", "script", "style", "svg", "button", "summary")
NAMED = r"[A-ZÀ-ÞĀ-Ž](?:[\w'’-]*[^\W\d_])"  # as in citations(), but with accents
CITED = rf"\b(?P<first>{NAMED})(?:,? (?P<others>et al\.)| (?:&amp;|&|and) (?P<second>{NAMED}))?,? \(?(?P<year>(?:18|19|20)\d\d)\b"
LESSON = r"\b[Ll]essons? (?P<lesson>\d\d)\b"


@dataclass(frozen=True)
class Term:
    """An entry of the glossary."""

    name: str
    says: str  # plain text
    lesson: str  # the number of the lesson that teaches it
    also: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Its anchor."""
        return re.sub(r"\W+", "-", self.name.lower()).strip("-")


def glossary() -> list[Term]:
    """notebooks/glossary.toml, in the order of the alphabet."""
    try:
        terms = [Term(name, row["says"], row["lesson"], tuple(row.get("also", ())))
                 for name, row in read_table("glossary.toml").items()]
    except (KeyError, TypeError, AttributeError):
        raise GensqError("expected of each term in glossary.toml `says` and `lesson` (and, if you like, `also`), "
                         "got another row; mend the table") from None
    return sorted(terms, key=lambda term: term.name.lower())


@dataclass
class Linker:
    """What links the text cells of one page, one after the other; it remembers which terms and works had their link."""

    terms: Sequence[Term]
    works: Sequence[Work]
    lessons: Mapping[str, str]  # number of a lesson -> its page
    own: str = ""  # the number of this lesson: it does not link to itself
    done: set[str] = field(default_factory=set)

    def __post_init__(self):
        self.by_word = {spelt(word): term for term in self.terms for word in (term.name, *term.also)}
        every = "|".join(sorted(map(pattern, self.by_word), key=len, reverse=True))
        self.rule = re.compile(rf"{CITED}|{LESSON}" + (rf"|\b(?P<term>{every})\b" if every else r"|(?P<term>(?!))"))

    def __call__(self, html: str) -> str:
        """The same text with its links."""
        return "".join(self.rule.sub(self.link, piece) if prose else piece for piece, prose in pieces(html))

    def link(self, found: re.Match) -> str:
        """One match; what has no page, or had its link before, stays text."""
        text = found[0]
        if found["lesson"]:
            page = self.lessons.get(found["lesson"], "") if found["lesson"] != self.own else ""
            return f'<a href="{page}">{text}</a>' if page else text
        if found["first"]:
            work = self.cited(found)
            linked = f'<a class="cited" href="bibliography.html#{work.key}">{text}</a>' if work else text
            return self.once(f"work {work.key}", linked, text) if work else text
        term = self.term(" ".join(unescape(text).split()))
        if term is None:
            return text
        linked = f'<a class="term" href="glossary.html#{term.place}" title="{escape(term.says, quote=True)}">{text}</a>'
        return self.once(f"term {term.name}", linked, text)

    def term(self, text: str) -> Term | None:
        """What is meant, in the plural, too."""
        spellings = (spelt(text), spelt(text.removesuffix("s")), text.lower(), text.lower().removesuffix("s"))
        return next((self.by_word[word] for word in spellings if word in self.by_word), None)

    def once(self, what: str, linked: str, text: str) -> str:
        if what in self.done:
            return text
        self.done.add(what)
        return linked

    def cited(self, found: re.Match) -> Work | None:
        """The one work that is meant."""
        names = tuple(plain(name) for name in (found["first"], found["second"], found["others"]) if name)
        fits = [work for work in self.works if is_cited_as(work, (names, found["year"]))]
        return fits[0] if len(fits) == 1 and names[0] not in NOT_AUTHORS else None


def spelt(word: str) -> str:
    """A word as it is looked up: one with two capitals or more keeps them (ELBO, KL), any other may begin a sentence."""
    return word if sum(letter.isupper() for letter in word) > 1 else word.lower()


def pattern(word: str) -> str:
    """A word of the glossary in HTML, with a plural; its spaces may be line breaks."""
    if spelt(word) == word and word != word.lower():
        return re.sub(r"(\\ )+", r"\\s+", re.escape(escape(word))) + "s?"
    first, rest = word[0], re.sub(r"(\\ )+", r"\\s+", re.escape(escape(word[1:])))
    return f"[{first.lower()}{first.upper()}]{rest}s?"


def pieces(html: str) -> Iterator[tuple[str, bool]]:
    """(piece, whether it is prose) of some HTML."""
    sealed = 0
    for piece in PIECES.split(html):
        if piece.startswith("<") and (tag := re.match(r"</?([a-z0-9]+)", piece)) and tag[1] in SEALED:
            sealed = max(0, sealed + (-1 if piece.startswith("</") else 1))
        yield piece, bool(piece) and piece[0] not in "<$\\" and not sealed
