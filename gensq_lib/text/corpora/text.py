"""Text to tokens and back: words, numbers and punctuation; single characters for Chinese and Japanese.

What is lost is what a reader would not miss: spaces, control characters, curly quotes. `show` puts the spaces back
where a person expects them, and `tokens(show(sentence))` is `sentence` again.
"""
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from gensq_lib.text.vocab import Sentence

HAN = ("\u3005\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309b-\u30ff\u31f0-\u31ff"
       "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff")  # and kana: scripts without spaces
MARKS = "".join(chr(i) for i in range(0x10000) if unicodedata.category(chr(i)) in ("Mn", "Mc"))  # accents, vowel signs
JOINERS = "\u200c\u200d"
LETTER = rf"(?:(?![{HAN}])[\w{MARKS}{JOINERS}])"
WORD = rf"(?![{HAN}])\w{LETTER}*"
SYMBOL = rf"[^\w\s{MARKS}{JOINERS}][{MARKS}]*"
TOKEN = re.compile(
    rf"\d+(?:[.,:]\d+)+(?!{LETTER})"  # 3.5  10,000  7:30
    rf"|(?:[^\W\d_]\.){{2,}}"  # p.m.  U.S.
    rf"|{WORD}(?:['-]{WORD})*"  # word  don't  well-known
    rf"|[{HAN}][{MARKS}]*"
    rf"|{SYMBOL}(?:\u200d{SYMBOL})*")  # punctuation; emoji with what joins them
CLITIC = re.compile(r"(.+)('(?:s|m|re|ve|ll|d))", re.IGNORECASE)  # Tom|'s  I|'m, but don't stays whole

QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u00b4\u1ffd\u1fef`"), "'") | dict.fromkeys(map(ord, "\u201c\u201d"), '"')
HALF_WIDTH = {code: chr(code - 0xFEE0).translate(QUOTES) for code in range(0xFF01, 0xFF5F)}
PLAIN = QUOTES | HALF_WIDTH
PLAIN_CHINESE = {code: half for code, half in HALF_WIDTH.items() if half.isalnum() or half in "%-\"'$+"}
CHINESE_POINTS = {
    ",": "\uff0c", "?": "\uff1f", "!": "\uff01", ":": "\uff1a", ";": "\uff1b", ".": "\u3002", "(": "\uff08",
    ")": "\uff09", "\ufe50": "\uff0c", "\u300c": "\u201c", "\u300d": "\u201d"}

CLOSE = set(".,?!;:%)]}'/\u00b0\u2026")  # no space before these
OPEN = set("([{/$\u20ac\u00a3\u00a5")  # no space after these
WIDE = re.compile(rf"[{HAN}\u3001-\u3003\u3008-\u301f\uff01-\uff60\u2018\u2019\u201c\u201d]")  # no space on either side
REMEMBERED, SHORT = 2**14, 400  # pieces of text between spaces whose tokens are kept at hand; characters of a line with such
STOPS = set(".?!")
BREAKS = STOPS | set(":\"'(-\u2026")  # after these a capital letter says nothing about the word


def tokens(text: str, language: str = "") -> Sentence:
    """The tokens of one sentence; "zh" gives it Chinese punctuation. Any string will do, even an empty one."""
    if language == "zh":
        return tuple(CHINESE_POINTS.get(token, token) for token in TOKEN.findall(_clean(text, PLAIN_CHINESE)))
    of_piece = _at_hand if len(text) <= SHORT else _tokens_of_piece
    return tuple(chain.from_iterable(map(of_piece, text.split())))  # no token reaches beyond a space


def spaced(text: str) -> Sentence:
    """Ready-made tokens with spaces between."""
    return tuple(text.split())


def show(sentence: Iterable[str]) -> str:
    """The sentence as a person writes it."""
    text, before, quoted = "", "", False
    for token in sentence:
        quote = token == '"'
        glued = (not text or token in CLOSE or (token[0] == "'") or (quote and quoted) or before in OPEN
                 or WIDE.match(token) or WIDE.match(text[-1]))
        text += token if glued else " " + token
        quoted ^= quote
        before = "(" if quote and quoted else token  # an opening quotation mark holds on to its word
    return text


def key(sentence: Sentence) -> str:
    """What spellings of one sentence share: its words without case and punctuation (everything if it has no word)."""
    return " ".join(filter(None, map(_as_word, sentence))) or " ".join(sentence)


def is_chinese(text: str) -> bool:
    """True when most of the letters are written without spaces between words."""
    wide = len(re.findall(f"[{HAN}]", text))
    return 2 * wide > sum(map(str.isalpha, text))


@dataclass(frozen=True)
class Script:
    """How a corpus is written: tokens to text and text to tokens, for people.

    "The" at the beginning of a sentence and "the" are one word, and "Tom" stays: the usual spelling of a word is
    counted where a capital letter is no matter of position.
    """

    language: str
    usual: Mapping[str, str]  # lower case -> usual spelling, where that is not lower case itself
    seen: frozenset[str]

    @classmethod
    def of(cls, sentences: Sequence[Sentence], language: str) -> "Script":
        """How these sentences are written."""
        counts = Counter(word for sentence in sentences for before, word in zip(sentence, sentence[1:], strict=False)
                         if before not in BREAKS)
        usual: dict[str, str] = {}
        for word, _ in counts.most_common():
            usual.setdefault(word.lower(), word)
        seen = frozenset(word for sentence in sentences for word in sentence)
        return cls(language, {lower: word for lower, word in usual.items() if lower != word}, seen)

    def spell(self, sentence: Sentence) -> Sentence:
        """The sentence with its first word spelled as it would be further inside."""
        said = list(sentence)
        for i in _beginnings(sentence):
            if _is_capitalised(said[i]):
                lower = said[i].lower()
                said[i] = self.usual.get(lower, lower)
        return tuple(said)

    def read(self, written: str) -> Sentence:
        """The tokens of what a person typed; the case of words that are not known as typed is forgiven."""
        return tuple(map(self._forgiven, self.spell(tokens(written, self.language))))

    def _forgiven(self, word: str) -> str:
        lower = word.lower()
        return word if word in self.seen else self.usual.get(lower, lower if lower in self.seen else word)

    def show(self, sentence: Sentence) -> str:
        """The sentence as a person writes it, with its capitals."""
        return show(capitalised(sentence))


def capitalised(sentence: Sentence) -> Sentence:
    """The sentence with a capital letter at its beginning and after each full stop."""
    said = list(sentence)
    for i in _beginnings(sentence):
        said[i] = said[i][:1].upper() + said[i][1:]
    return tuple(said)


def _is_capitalised(word: str) -> bool:
    """True for "The", "Tom" and "I", not for "the" or "NASA"."""
    return word[:1].isupper() and (len(word) == 1 or not word.isupper())


def _beginnings(sentence: Sentence) -> list[int]:
    """Where a sentence begins: the place of its first word, and of the signs before it."""
    several = not STOPS.isdisjoint(sentence[:-1])
    if not several and sentence and sentence[0].isalnum():
        return [0]  # as most do
    places, begins = [], True
    for i, token in enumerate(sentence):
        if begins:
            places.append(i)
            begins = not any(map(str.isalnum, token))
        elif not several:
            break  # nothing begins behind the first word
        begins |= token in STOPS
    return places


def _tokens_of_piece(piece: str) -> Sentence:
    found = TOKEN.findall(_clean(piece, PLAIN))
    return tuple(part for token in found for part in (_without_clitics(token) if "'" in token else (token,)))


@lru_cache(maxsize=REMEMBERED)
def _as_word(token: str) -> str:
    """A token without case; nothing of one without letter or digit."""
    return token.casefold() if any(map(str.isalnum, token)) else ""


_at_hand = lru_cache(maxsize=REMEMBERED)(_tokens_of_piece)  # so a word is one string, too, however often it is read


def _clean(text: str, plain: Mapping[int, str]) -> str:
    if not text.isprintable():  # control characters, byte-order marks, exotic spaces
        kept = (c if c.isprintable() or c in JOINERS else " " * c.isspace() for c in text)
        text = "".join(kept)
    return unicodedata.normalize("NFC", text.translate(plain))


def _without_clitics(token: str) -> tuple[str, ...]:
    found = CLITIC.fullmatch(token)
    return (*_without_clitics(found[1]), found[2]) if found else (token,)
