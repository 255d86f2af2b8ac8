"""All corpora, in one table. A new one is a function that loads it and an entry of `ENTRIES`.

A corpus offers sentences, translations (sentences in two languages), dialogues, labelled sentences or documents with
summaries, documents as bags of words, some several of these; or recordings of spoken digits.
A name is read in one place, `found`: what `check` lets pass is what `load` finds.
"""
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from pathlib import Path

from gensq_lib.ground.errors import GensqError, expect, nearest, whole
from gensq_lib.ground.textfiles import bytes_of
from gensq_lib.sounds import Clips
from gensq_lib.text import grammar
from gensq_lib.text.grammar import DialogueGrammar, Grammar

from . import chats, dialogues, disk, documents, labelled, own, real, spoken, summaries, translations, world
from .corpus import Corpus, LabelledCorpus, PairCorpus
from .documents import Documents
from .files import LARGEST, Remote

KINDS = {"sentences": "a corpus", "translations": "pairs", "dialogues": "dialogues", "labelled": "labelled sentences",
         "summaries": "documents with summaries", "documents": "documents",
         "sounds": "recordings"}  # kind -> how a message calls it
PATH = ":PATH"  # ends the name of an entry that takes a path
LANGUAGES = {"zh": "Chinese", "en": "English", "eo": "Esperanto"}  # of the translation world
FEW = 20  # sentences that are drawn to see whether a grammar can be drawn from


@dataclass(frozen=True)
class Entry:
    """One line for readers, and what loads each kind that the corpus offers.

    The loaders take `seed` and `num_train`, those of dialogues `num_prompts`, too, those of labels `attribute`. Where the name
    has a path, all of them, and `grammar`, take it first, and the loaders the whole `name`; those of sentences and labels take
    `language`, those of sentences `column` where it has one.
    """

    line: str
    sentences: Callable[..., Corpus] | None = None
    translations: Callable[..., PairCorpus] | None = None
    dialogues: Callable[..., PairCorpus] | None = None
    labelled: Callable[..., LabelledCorpus] | None = None
    summaries: Callable[..., PairCorpus] | None = None
    documents: Callable[..., Documents] | None = None
    sounds: Callable[[], Clips] | None = None
    grammar: Callable[..., Grammar | DialogueGrammar] | None = None  # there when all probabilities are known
    language: str = ""
    behind: str = ""  # what may follow a path: a "language" (":zh") or a "column" ("#text")
    takes_folder: bool = False
    files: tuple[Remote, ...] = ()  # to be fetched, or to be in the data folder

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that it offers."""
        return tuple(kind for kind in KINDS if getattr(self, kind))


ENTRIES = {
    "world": Entry("the built-in world in English; the probability of every sentence is known", world.world,
                   world.world_pairs, labelled=labelled.of_world, documents=documents.documents_of_world,
                   grammar=grammar.load, language="en"),
    "world:zh": Entry("the built-in world in Chinese, by characters", world.world, labelled=labelled.of_world,
                      grammar=grammar.load, language="zh"),
    "village": Entry("a small world of 17,280 English sentences, so few that they can all be counted", world.village,
                     labelled=labelled.of_village, documents=documents.documents_of_village,
                     grammar=partial(grammar.shipped, "village")),
    "tatoeba-en-zh": Entry("27,661 short English sentences of tatoeba.org (fetched, 4 MB, CC BY 2.0 FR)", real.tatoeba,
                           real.tatoeba_pairs, language="en", files=(real.TATOEBA,)),
    "tatoeba-en-zh:zh": Entry("their Chinese translations, by characters", real.tatoeba, language="zh", files=(real.TATOEBA,)),
    "he2019-synthetic": Entry("10,000 sequences of numbers from the authors of the aggressive encoder (fetched, .4 MB, MIT)",
                              real.he2019, files=(real.HE2019,)),
    **{f"crossing:{source}-{target}": Entry(
        f"the translation world, {LANGUAGES[source]} into {LANGUAGES[target]}; all translations of a sentence are known",
        translations=partial(translations.crossing, (source, target)), grammar=partial(grammar.shipped, "crossing"))
       for source, target in permutations(LANGUAGES, 2)},
    "file:PATH": Entry("a text of your own, one sentence a line; file:PATH#NAME reads a column of CSV, TSV or JSONL",
                       disk.lines_of_text, documents=documents.own_documents, behind="column"),
    "words:PATH": Entry("a text of tokens with spaces between, <unk> among them, or a folder of train, valid and test",
                        own.own_words, takes_folder=True),
    "chars:PATH": Entry("a text of your own by characters, in any script", own.own_characters, behind="column"),
    "labelled:PATH": Entry("sentences of your own with a label each, a tab between them", labelled=disk.lines_with_labels),
    "grammar:PATH": Entry("a world of your own: a grammar file; :zh behind the path chooses a language", world.own_world,
                          labelled=labelled.of_own_world, documents=documents.documents_of_own_world, grammar=grammar.load,
                          behind="language"),
    "dialogue": Entry("the built-in dialogues; all replies to a prompt and their probabilities are known",
                      dialogues=partial(dialogues.built_in, "dialogue"), grammar=grammar.load_dialogue),
    "doorstep": Entry("small ones of the same kind, 10,800 prompts: a model is trained to the end in seconds",
                      dialogues=partial(dialogues.built_in, "doorstep"), grammar=partial(grammar.shipped, "doorstep")),
    "sgd": Entry("a user's turn and the system's answer, with the user's intent (fetched, 18 MB, CC BY-SA 4.0)",
                 dialogues=partial(chats.real, "sgd"), labelled=labelled.sgd, files=chats.SGD),
    "topical-chat": Entry("chats about facts, with the emotion of each turn (fetched, 4 MB, CDLA-Sharing-1.0)",
                          dialogues=partial(chats.real, "topical-chat"), files=(chats.TOPICAL_CHAT,)),
    "goemotions": Entry("comments with the emotion that readers saw in them (fetched, 4 MB, CC BY 4.0)",
                        labelled=labelled.goemotions, files=labelled.GOEMOTIONS),
    "reports": Entry("reports of a small newspaper with headlines; all headlines of a report and its facts are known",
                     summaries=summaries.reports, grammar=partial(grammar.shipped, "reports")),
    "scitldr": Entry("abstracts of papers in one sentence (fetched, 5 MB, Apache-2.0)", summaries=summaries.scitldr,
                     documents=documents.abstracts, files=summaries.SCITLDR),
    "spoken": Entry("800 digits spoken by eight synthetic voices, made for this course", sounds=spoken.synthetic),
    "fsdd": Entry("3,000 digits spoken by six people (fetched, 16 MB, CC BY-SA 4.0)", sounds=spoken.fsdd, files=spoken.FSDD),
    "pairs:PATH": Entry("pairs of your own with a tab between: prompts and replies, and labels behind a second tab; sentences "
                        "and translations; or documents and summaries", translations=disk.lines_of_translations,
                        dialogues=disk.lines_of_pairs, summaries=own.own_summaries),
    "dialogue:PATH": Entry("dialogues of your own", dialogues=dialogues.own_dialogues, grammar=grammar.load_dialogue),
}


@dataclass(frozen=True)
class Found:
    """What a name stands for: its entry, the path in it if there is one, the language or column that is chosen ("": none)."""

    name: str
    entry: Entry
    path: Path | None = None
    language: str = ""
    column: str = ""

    def load(self, kind: str, **sizes: int | float | str) -> Corpus | PairCorpus | LabelledCorpus | Documents | Clips:
        """The corpus as one of its kinds."""
        path = (self.path,) if self.path else ()
        chosen = {"sentences": {"language": self.language, "column": self.column}, "labelled": {"language": self.language},
                  "documents": {"column": self.column}}
        facts = {key: value for key, value in {"name": self.path and self.name, **chosen.get(kind, {})}.items() if value}
        return getattr(self.entry, kind)(*path, **facts, **sizes)


def names(kind: str = "") -> dict[str, str]:
    """Every name (of this kind), and what it stands for in one line; paths are written as PATH."""
    return {name: entry.line for name, entry in ENTRIES.items() if not kind or kind in entry.kinds}


def kinds(name: str) -> tuple[str, ...]:
    """What the corpus of this name offers: "sentences", "translations", "dialogues", "labelled", "documents", "sounds"."""
    return found(name).entry.kinds


def check(name: str, kind: str = "sentences") -> None:
    """Refuse what `load` would: a reader's own file is read whole, a grammar drawn from; nothing else is loaded."""
    it = found(name, kind)
    if it.path:
        it.load(kind, seed=0, num_train=FEW * bool(it.entry.grammar), **({"attribute": ""} if kind == "labelled" else {}))


def load(name: str, *, seed: int = 0, num_train: int = 0, max_words: int = 0) -> Corpus:
    """The corpus of this name. `seed` draws training sentences (real text: chooses `num_train` of them); 0 is all.

    A text of your own keeps its 10,000 most frequent words, or `max_words`; a file of more than 20 MB is read line by line.
    Taught in lesson 06.

        text = corpora.load("world", seed=0, num_train=1000)
    """
    _check_sizes(seed, num_train)
    return found(name, "sentences").load("sentences", seed=seed, num_train=num_train, **_words(name, max_words))


def load_pairs(name: str, *, seed: int = 0, num_train: int = 0, max_words: int = 0) -> PairCorpus:
    """Sentences with their translations. `seed` draws (real ones: chooses) training pairs; 0 takes the usual number or all.

    `max_words` as for `load`. Taught in lesson 09.
    """
    _check_sizes(seed, num_train)
    return found(name, "translations").load("translations", seed=seed, num_train=num_train, **_words(name, max_words))


def load_dialogues(name: str, *, seed: int = 0, num_train: int = 0, num_prompts: int = 0, max_words: int = 0) -> PairCorpus:
    """The dialogues of this name. `seed` draws (real ones: chooses) training exchanges; 0 takes the usual number or all.

    Taught in lesson 16.
    """
    _check_sizes(seed, num_train, num_prompts)
    return found(name, "dialogues").load("dialogues", seed=seed, num_train=num_train, num_prompts=num_prompts,
                                         **_words(name, max_words))


def load_labelled(name: str, *, attribute: str = "", seed: int = 0, num_train: int = 0, max_words: int = 0) -> LabelledCorpus:
    """The labelled sentences of this name; of a grammar `attribute` says what is asked for ("": the mood, else the first).

    Taught in lesson 10.
    """
    _check_sizes(seed, num_train)
    sizes = {"seed": seed, "num_train": num_train, **_words(name, max_words)}
    return found(name, "labelled").load("labelled", attribute=attribute, **sizes)


def load_sounds(name: str) -> Clips:
    """The recordings of this name. Taught in lesson 13."""
    return found(name, "sounds").load("sounds")


def load_summaries(name: str, *, seed: int = 0, num_train: int = 0) -> PairCorpus:
    """Documents (the sources) with their summaries. `seed` draws (real ones: chooses) training pairs; 0 takes the usual number.

    Taught in lesson 12.
    """
    _check_sizes(seed, num_train)
    return found(name, "summaries").load("summaries", seed=seed, num_train=num_train)


def load_documents(name: str, *, seed: int = 0, num_train: int = 0, **how: float) -> Documents:
    """Documents as counts of words. Of a grammar `how` may say `num_topics`, `alpha`, `length` and `whole`. 0: as usual, or all.

        documents = corpora.load_documents("world", seed=0, num_topics=3)

    Taught in lesson 18.
    """
    _check_sizes(seed, num_train)
    return found(name, "documents").load("documents", seed=seed, num_train=num_train, **how)


def grammar_of(name: str, kind: str = "") -> Grammar | DialogueGrammar | None:
    """The grammar behind a name (of this kind), if all probabilities are known. Taught in lesson 16."""
    it = found(name, kind)
    if it.entry.grammar is None:
        return None
    g = it.entry.grammar(it.path) if it.path else it.entry.grammar()
    if it.language:
        g.language(it.language)  # refuses one that the grammar lacks
    return g


def _words(name: str, max_words: int) -> dict[str, int]:
    """The size of a vocabulary for a loader; refused where words are not counted."""
    expect(whole(max_words), f"expected max_words of 0 or more, got {max_words!r}; 0 is as usual")
    it = found(name) if max_words else None
    expect(not it or it.path and not it.entry.grammar, f"expected max_words with a text of your own, got {name}, which has a "
           "vocabulary; leave it out")
    return {"max_words": max_words} if max_words else {}


def _check_sizes(*numbers: int) -> None:
    right = all(map(whole, numbers))
    expect(right, f"expected seed, num_train and num_prompts of 0 or more, got {numbers}; 0 is all or as usual")


def remotes() -> dict[str, tuple[Remote, ...]]:
    """The corpora that are fetched, and the files of each; those of one file are named once."""
    once = {entry.files: name for name, entry in reversed(ENTRIES.items()) if entry.files}
    return {name: files for files, name in reversed(once.items())}


def found(name: str, kind: str = "") -> Found:
    """What a name stands for; refused when it is unknown, when its path is no file, or when it is of another kind."""
    expect(isinstance(name, str), f'expected {_choices(kind)}, got {name!r}; give a name such as "world"')
    prefix, _, place = name.partition(":")
    if name in ENTRIES and not name.endswith(PATH):
        it = Found(name, ENTRIES[name], language=ENTRIES[name].language)
    elif place and (prefix + PATH) in ENTRIES:
        entry = ENTRIES[prefix + PATH]
        path, behind = _parted(place, entry.behind)
        it = Found(name, entry, path, **({entry.behind: behind} if behind else {}))
    else:
        raise GensqError(_unknown(name, kind))
    if kind and kind not in it.entry.kinds:
        raise GensqError(f'expected {_choices(kind)}, got "{name}", which has {" and ".join(it.entry.kinds)}; '
                         "choose one of these")
    if it.path and not (os.path.isfile(it.path) or entry.takes_folder and it.path.is_dir()):
        bytes_of(it.path, kind=f'a file after "{prefix}:"', largest=LARGEST)  # says what it is instead
    return it


def _parted(place: str, behind: str) -> tuple[Path, str]:
    """A path, and the column behind "#", or the language, a short name in small letters behind ":"; "C:\\worlds" has none."""
    mark, form = {"language": (":", "[a-z]{2,3}"), "column": ("#", ".*")}.get(behind, ("", ""))
    path, _, chosen = place.rpartition(mark) if mark else ("", "", "")
    if path and re.fullmatch(form, chosen) and not os.path.isfile(_expanded(place)):
        return _expanded(path), chosen
    return _expanded(place), ""


def _expanded(path: str) -> Path:
    return Path(os.path.expanduser(path))  # unlike Path.expanduser it does not fail on "~nobody"


def _unknown(name: str, kind: str) -> str:
    """Why there is no such corpus; somebody who gave a path is told what to put before it."""
    if os.path.isfile(_expanded(name)):
        taken = [choice.removesuffix("PATH") for choice in names(kind or "sentences") if choice.endswith(PATH)]
        prefix = taken[-1] if len(taken) == 1 or name.endswith(".grammar") else taken[0]
        return f'expected {_choices(kind)}, got a path, "{name}"; put {prefix} before it'
    return f'expected {_choices(kind)}, got "{name}"{nearest(name, names(kind)) or "; choose one of these"}'


def _choices(kind: str) -> str:
    """What there is; the six directions of the crossing are told once."""
    told = dict.fromkeys(re.sub("^crossing:.*", "crossing:FROM-INTO (zh, en, eo)", name) for name in names(kind))
    return f'{KINDS[kind or "sentences"]} out of {", ".join(told)}'
