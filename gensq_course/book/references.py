"""The bibliography: docs/references.bib as works, and which of them a text cites."""
import re
import unicodedata
from dataclasses import dataclass
from html import escape

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import PROJECT

NAME = r"[A-Z](?:[\w'-]*[a-z])"
CITATION = re.compile(rf"\b({NAME})(?:,? (et al\.)| (?:&|and) ({NAME}))?,? \(?((?:18|19|20)\d\d)\b")
NOT_AUTHORS = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December", "In", "Since", "Python", "Copyright", "Tatoeba"}
ACCENTS = {"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "c": "\u0327", "v": "\u030c", "=": "\u0304"}
LETTERS = {r"\L": "Ł", r"\l": "ł", r"\o": "ø", r"\O": "Ø", r"\ss": "ß", r"\i": "ı", r"\&": "&", "--": "–", "~": " "}

Citation = tuple[tuple[str, ...], str]  # names ("et al." last, if it is there), year


@dataclass(frozen=True)
class Work:
    """One entry of the bibliography; its texts are plain Unicode."""

    key: str
    authors: tuple[str, ...]  # "Surname, Name"
    year: str
    title: str
    where: str  # journal, proceedings or publisher
    address: str  # of the work itself, "" if none is known

    @property
    def surnames(self) -> tuple[str, ...]:
        """As they are compared: without accents."""
        return tuple(plain(name.split(",")[0]) for name in self.authors)

    @property
    def order(self) -> tuple:
        return (*map(str.lower, self.surnames[:1]), self.year, self.title)


def plain(text: str) -> str:
    """Without accents, LaTeX or Unicode."""
    text = re.sub(r"\\[^a-zA-Z\s]\{?\\?([a-zA-Z])\}?", r"\1", text).replace("{", "").replace("}", "")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def readable(text: str) -> str:
    """LaTeX as Unicode: accents, dashes, no braces."""
    text = re.sub(r"""\{?\\(['`"^~=]|[cv](?=[{ ]))\s*\{?\\?([a-zA-Z])\}?\}?""", lambda found: found[2] + ACCENTS[found[1]], text)
    for code, letter in LETTERS.items():
        text = text.replace(code, letter)
    return unicodedata.normalize("NFC", re.sub(r"[{}\\]", "", text)).strip()


def works(bibliography: str) -> list[Work]:
    """The entries that name authors and a year."""
    found = []
    for entry in re.split(r"^@\w+\{", bibliography, flags=re.MULTILINE)[1:]:
        fields = dict(re.findall(r"^\s*(\w+)\s*=\s*\{(.*)\},?$", entry, re.MULTILINE))
        if "author" in fields and "year" in fields:
            authors = tuple(readable(name) for name in fields["author"].split(" and "))
            where = next((fields[name] for name in ("journal", "booktitle", "publisher", "howpublished") if name in fields), "")
            found.append(Work(entry.split(",")[0], authors, fields["year"], readable(fields.get("title", "")), readable(where),
                              address(fields)))
    return found


def address(fields: dict[str, str]) -> str:
    """Where a work can be read; other schemes than https are none of ours."""
    if fields.get("url", "").startswith(("https://", "http://")):
        return fields["url"]
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}"
    return f"https://arxiv.org/abs/{fields['eprint']}" if fields.get("archiveprefix", "").lower() == "arxiv" else ""


def bibliography() -> list[Work]:
    """All works of the course, by author."""
    path = PROJECT / "docs" / "references.bib"
    if not path.is_file():
        raise GensqError(f"expected the bibliography in {path}, found none; fetch the repository again")
    return sorted(works(path.read_text(encoding="utf-8")), key=lambda work: work.order)


def citations(text: str) -> set[Citation]:
    """What looks like a citation; a line may end inside one."""
    text = plain(re.sub(r"\s*\n\s*(?:# )?", " ", text))
    return {(tuple(filter(None, (first, second, others))), year) for first, others, second, year in CITATION.findall(text)
            if first not in NOT_AUTHORS}


def is_cited_as(work: Work, citation: Citation) -> bool:
    """Two authors are named, more are "et al."."""
    names, year = citation
    named = [name for name in names if name != "et al."]
    right_count = len(work.surnames) > 2 if "et al." in names else len(work.surnames) == len(named)
    same = all(words(name) <= words(surname) for name, surname in zip(named, work.surnames, strict=False))
    return work.year == year and right_count and same


def words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name))


def as_html(work: Work) -> str:
    """One entry of a list of works: who, when, what, where; the title is the link."""
    names = [escape(" ".join(reversed(name.split(", ", 1)))) for name in work.authors]
    who = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    title = escape(work.title)
    linked = f'<a href="{escape(work.address)}" rel="noopener">{title}</a>' if work.address else title
    where = f" <em>{escape(work.where)}</em>." if work.where else ""
    return f"{who} ({escape(work.year)}). {linked}.{where}"
