"""Where a sentence ends: at . ! ? and their Chinese forms, not behind an abbreviation, an initial or inside a number."""
import re

from gensq_lib.text.corpora.own import has_word

STOPS = tuple(".?!…:;,\"'”’»)]。？！")  # a line that ends in none of them goes on, or is a heading
CLOSE, OPEN = "\"'”’»)\\]」』）", "\"'“‘„«(\\[¿¡「『（—–-"
END = re.compile(rf"(?P<stop>[.!?…]+)[{CLOSE}]*(?=\s+[{OPEN}]*\s?(?P<next>\w))|[。！？]+[{CLOSE}]*(?!\s*\d+:\d)")
ABBREVIATIONS = frozenset(  # their full stop ends no sentence
    "mr mrs ms dr prof st sr jr rev hon gen col capt lt sgt vs e.g i.e cf no vol p pp ch fig ca approx mt "  # English
    "z.b d.h u.a bzw hr fr nr str evtl ggf abb bd inkl "  # German
    "mm mme mlle sra srta ud uds av pág núm".split())  # French, Spanish


def sentences(written: str) -> list[str]:
    """A text of one line, cut behind each stop; what has no word stays with what it stands beside."""
    found, last = [], 0
    for stop in END.finditer(written):
        if _ends(stop, written) and has_word(written[last:stop.end()]) and has_word(written[stop.end():]):
            found.append(written[last:stop.end()].strip())
            last = stop.end()
    return [*found, written[last:].strip()]


def _ends(stop: re.Match, written: str) -> bool:
    """Not before a small letter or a number, nor behind an abbreviation or an initial ("I" is none)."""
    if not stop["next"]:
        return True
    word = re.search(r"[^\W_]?[\w.]*$", written[:stop.start()])[0]
    short = word.lower() in ABBREVIATIONS or len(word) == 1 and word.isupper() and word != "I"
    return not (stop["stop"] == "." and short or stop["next"].islower() or stop["next"].isdigit())
