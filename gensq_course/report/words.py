"""What the course says to a reader, in the reader's language: names of sentences in, sentences out.

A second language is a folder of notebooks (`GENSQ_NOTEBOOKS`) with `words/course.toml` (words.toml beside this file),
`words/NOUN.toml` (words.toml of a lesson) and `quiz/NOUN.toml` beside them. What they lack is said in English.
"""
import functools
import re
import tomllib
from pathlib import Path
from typing import Any

from gensq_course.report.parameters import read_table
from gensq_lib.ground.errors import GensqError, listed, nearest


def say(table: str, key: str, **values: object) -> str:
    """A sentence of words.toml, with `values` at its places: `say("check", "right", name="kl_to_prior")`."""
    return translated(english(), "words/course.toml")[table][key].format(**values)


@functools.cache
def english() -> dict[str, dict[str, str]]:
    """words.toml, table by table."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def translated(words: dict, file: str) -> dict:
    """A table of words, with those of `file` (in the folder of the notebooks, if it is there) in their place."""
    return merged(words, read_table(file), file)


def merged(words: Any, given: Any, where: str) -> Any:
    """`given` in the place of `words`, as far as it goes; what does not fit is refused, with the place `where` it stands."""
    match words, given:
        case dict(), dict():
            for name in given.keys() - words.keys():
                raise GensqError(f'expected {listed(words)} in {where}, got "{name}"{nearest(name, words) or "; mend the name"}')
            return words | {name: merged(words[name], text, f"{where}, {name}") for name, text in given.items()}
        case list(), list() if len(given) == len(words):
            return [merged(*pair, f"{where} {i}") for i, pair in enumerate(zip(words, given, strict=True), start=1)]
        case str(), str() if given.strip() and places(given) == places(words):
            return given
        case bool(), bool() if given == words:
            return given
    raise GensqError(f"expected {described(words)} for {where}, got {given!r}; mend it, or leave it out to have it in English")


def places(text: str) -> set[str]:
    """What stands in braces and is filled in: {name}, {value:.4g}."""
    return set(re.findall(r"\{.*?\}", text))


def described(words: Any) -> str:
    """What a translation has to be."""
    match words:
        case dict():
            return "a table"
        case list():
            return f"a list of {len(words)}"
        case str():
            return "a text" + "".join(f" with {place}" for place in sorted(places(words)))
    return str(words).lower()
