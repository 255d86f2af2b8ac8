"""What a corpus of dialogues talks about, in words for the person who types: its topics, and examples to try.

A small world declares kinds of things to say; of people's dialogues the labels tell, where they name what was wanted.
"""
import re
from collections.abc import Iterable

from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.corpora.chats import turns

KINDS = {  # of the built-in worlds, and things that people want; a kind of a reader's own is its own name
    "hotel": "hotels", "media": "songs to play", "movie": "films to play", "oneway flight": "one-way flights", "ride": "rides",
    "greeting": "greetings", "farewell": "farewells", "thanks": "thanks", "apology": "broken things", "where": "lost things",
    "when": "when something begins", "who": "whose turn it is", "request": "help", "borrow": "borrowing",
    "invitation": "invitations", "offer": "drinks", "glad": "good news", "sad": "bad news", "purchase": "purchases",
    "meeting": "meetings", "opinion": "new sights", "advice": "presents"}
WANTED = re.compile("[A-Z][a-z]+")  # "SearchOnewayFlight": what is done, then with what
SHORT = 12  # words of an example


def topics(corpus: PairCorpus) -> tuple[str, ...]:
    """What it talks about; nothing where no label tells."""
    if corpus.grammar is not None:
        kind, *_ = corpus.grammar.source.start.features
        return tuple(KINDS.get(name, name.replace("_", " ")) for name in corpus.grammar.source.features[kind].weights[""])
    cut = [WANTED.findall(label) for label in next(iter(corpus.conditions.values()), ())]
    wanted = _once(" ".join(things).lower() for _, *things in filter(None, cut) if things)
    return tuple(KINDS.get(name, name) for name in wanted)


def _once(names: Iterable[str]) -> list[str]:
    """Each thing, in the plural where both forms occur."""
    found: dict[str, str] = {}
    for name in sorted(names, key=len, reverse=True):
        found.setdefault(name.removesuffix("s"), name)
    return sorted(found.values())


def examples(corpus: PairCorpus, *, most: int = 20) -> list[str]:
    """Short test prompts of one turn, of different beginnings first."""
    short = [e.source for e in corpus.test if len(e.source) <= SHORT and len(list(turns(e.source))) == 1]
    varied = list({source[:2]: source for source in reversed(short)}.values())
    return [corpus.show_source(source) for source in dict.fromkeys([*reversed(varied), *short])][:most]


def sentence(corpus: PairCorpus, example: str) -> str:
    """What it can talk about, and something to try."""
    *most, last = topics(corpus) or ("",)
    about = f"{', '.join(most)} and {last}" if most else last
    return f'{f"I can talk about {about}." if about else "Too few of these words are known to me."} Try: "{example}"'
