"""Names of corpora: what is refused, with which words, and that the check and the loading agree. Nothing is downloaded."""
from pathlib import Path

import pytest

from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora
from gensq_lib.text.corpora import registry, world
from small_worlds import SMALL, TINY

LOADERS = {"sentences": corpora.load, "translations": corpora.load_pairs, "dialogues": corpora.load_dialogues,
           "labelled": lambda name, **sizes: corpora.load_labelled(name, **sizes).text,
           "summaries": corpora.load_summaries, "documents": corpora.load_documents,
           "sounds": lambda name, **sizes: corpora.load_sounds(name)}
CROSSINGS = ("crossing:zh-en", "crossing:zh-eo", "crossing:en-zh", "crossing:en-eo", "crossing:eo-zh", "crossing:eo-en")
OFFERED = {
    "world": ("sentences", "translations", "labelled", "documents"), "world:zh": ("sentences", "labelled"),
    "village": ("sentences", "labelled", "documents"),
    "tatoeba-en-zh": ("sentences", "translations"), "tatoeba-en-zh:zh": ("sentences",), "he2019-synthetic": ("sentences",),
    "file:PATH": ("sentences", "documents"), "words:PATH": ("sentences",), "chars:PATH": ("sentences",),
    "pairs:PATH": ("translations", "dialogues", "summaries"), "reports": ("summaries",), "scitldr": ("summaries", "documents"),
    **{name: ("translations",) for name in CROSSINGS},
    "grammar:PATH": ("sentences", "labelled", "documents"), "goemotions": ("labelled",), "labelled:PATH": ("labelled",),
    "dialogue": ("dialogues",), "doorstep": ("dialogues",), "spoken": ("sounds",), "fsdd": ("sounds",),
    "sgd": ("dialogues", "labelled"), "topical-chat": ("dialogues",), "dialogue:PATH": ("dialogues",)}
DIALOGUES = SMALL.format(numbers=" ; ".join(f"n{i}" for i in range(60)), more="please .")


@pytest.fixture
def home(monkeypatch, cut_off, tmp_path):
    """A home with files of the reader's, which is also the folder where the reader works."""
    for name, content in {"x.txt": "\n".join(f"Word {i} is here." for i in range(300)), "w.grammar": TINY, "C": "",
                          "l.tsv": "\n".join(f"Word {i} is here.\t{'odd' if i % 2 else 'even'}" for i in range(300)),
                          "p.tsv": "\n".join(f"Word {i} is here.\tLa vorto {i} ." for i in range(300)),
                          "d.grammar": DIALOGUES, "bad.grammar": "languages: en\nstrat: <x>\n", "C:zh": "", "odd:zh": TINY
                          }.items():
        (tmp_path / name).write_text(content, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(world, "NUM_TRAIN", 50)


VERDICTS = [  # name, kind, words of the refusal ("": loaded)
    ("world", "sentences", ""), ("world", "translations", ""),
    ("world", "dialogues", "which has sentences and translations and labelled"),
    ("world:zh", "sentences", ""),
    ("world:zh", "translations",
     "expected pairs out of world, tatoeba-en-zh, crossing:FROM-INTO .zh, en, eo., pairs:PATH, got"),
    ("crossing:eo-en", "translations", ""), ("crossing:eo-fr", "translations", 'did you mean "crossing:eo-zh"'),
    ("crossing:zh-en", "sentences", "which has translations"), ("pairs:p.tsv", "translations", ""),
    ("pairs:p.tsv", "dialogues", ""), ("pairs:p.tsv", "summaries", ""), ("reports", "summaries", ""),
    ("report", "summaries", 'did you mean "reports"'), ("reports", "dialogues", "which has summaries"),
    ("pairs:x.txt", "translations", "in line 1 of"),
    ("village", "sentences", ""), ("doorstep", "dialogues", ""),
    ("doorstep", "sentences", 'out of world, world:zh, .*, got "doorstep", which has dialogues; choose one'),
    ("wrld", "sentences", 'expected a corpus out of world, .*did you mean "world"'),
    ("tatoeba-zh-en", "sentences", 'did you mean "tatoeba-en-zh"'), ("tatoeba", "translations", 'did you mean "tatoeba-en-zh"'),
    ("sdg",
        "dialogues",
        'expected dialogues out of dialogue, doorstep, sgd, topical-chat, pairs:PATH, dialogue:PATH, got "sdg"; did you '
                         'mean "sgd"'),
    ("topical", "dialogues", 'did you mean "topical-chat"'),
    ("", "sentences", "choose one of these"), ("pickle:x", "sentences", "expected a corpus"), ("world:fr", "sentences", "world"),
    ("file:", "sentences", "file:PATH"), ("grammar:", "sentences", "grammar:PATH"), ("dialogue:", "dialogues", "dialogue:PATH"),
    ("file:PATH", "sentences", "No such file"),
    ("file:~/x.txt", "sentences", ""), ("file:x.txt", "sentences", ""), ("file:x.txt", "dialogues", "which has sentences"),
    ("file:~/none.txt", "sentences", 'expected a file after "file:" that can be read, got: No such file'),
    ("file:~nobody-of-this-name/x.txt", "sentences", "No such file"), ("file:.", "sentences", "got a folder"),
    ("file:/dev/zero", "sentences", "a pipe or device"), ("file:a\0b", "sentences", "null"),
    ("file:x.txt:zh", "sentences", "No such"),
    ("chars:x.txt", "sentences", ""), ("words:x.txt", "sentences", ""), ("words:.", "sentences", "one file for train"),
    ("file:x.txt#a", "sentences", "expected a column of"), ("pairs:x.txt", "dialogues", "in line 1 of"),
    ("pairs:x.txt", "sentences", "which has translations and dialogues and summaries"),
    ("x.txt", "dialogues", "put pairs: before it"),
    ("x.txt", "sentences", "got a path, \"x.txt\"; put file: before it"), ("~/x.txt", "sentences", "put file: before it"),
    ("w.grammar", "sentences", "put grammar: before it"), ("d.grammar", "dialogues", "put dialogue: before it"),
    ("grammar:w.grammar", "sentences", ""), ("grammar:~/w.grammar", "sentences", ""), ("grammar:w.grammar:zh", "sentences", ""),
    ("labelled:l.tsv", "labelled", ""), ("labelled:x.txt", "labelled", "expected text<TAB>label in line 1 of"),
    ("labelled:l.tsv", "sentences", "which has labelled"), ("l.tsv", "labelled", "put labelled: before it"),
    ("village", "labelled", ""), ("world:zh", "labelled", ""), ("goemotion", "labelled", 'did you mean "goemotions"'),
    ("tatoeba-en-zh", "labelled", "which has sentences and translations; choose"), ("grammar:w.grammar", "labelled", ""),
    ("grammar:w.grammar:fr", "sentences", 'got "fr"'), ("grammar:odd:zh", "sentences", ""),
    ("grammar:none.grammar", "sentences", "No such file"), ("grammar:bad.grammar", "sentences", "strat"),
    ("world", "sounds", 'expected recordings out of spoken, fsdd, got "world", which has sentences and translations'),
    ("spoken", "sentences", "which has sounds"), ("fsd", "sounds", 'did you mean "fsdd"'),
    ("grammar:w.grammar", "dialogues", "which has sentences"), ("dialogue:~/d.grammar", "dialogues", ""),
    ("dialogue:w.grammar", "dialogues", "reply"), ("dialogue:d.grammar", "sentences", "which has dialogues")]


@pytest.mark.parametrize("name, kind, words", VERDICTS, ids=lambda value: repr(value)[:40])
def test_what_is_checked_is_what_is_loaded(home, name, kind, words):
    if not words:
        corpora.check(name, kind)
        assert kind in corpora.kinds(name)
        made = LOADERS[kind](name, num_train=20)
        assert made.train and (made.name == name)
        return
    said = []
    for ask in (lambda: corpora.check(name, kind), lambda: LOADERS[kind](name, num_train=20)):
        with pytest.raises(GensqError, match=words) as refusal:
            ask()
        said.append(str(refusal.value))
    assert said[0] == said[1] and "\n" not in said[0]


def test_the_table_says_what_each_corpus_offers():
    assert {name: entry.kinds for name, entry in registry.ENTRIES.items()} == OFFERED
    assert set(corpora.names()) == set(OFFERED) and all(line and "\n" not in line for line in corpora.names().values())
    for kind in registry.KINDS:
        assert set(corpora.names(kind)) == {name for name, kinds in OFFERED.items() if kind in kinds}


@pytest.mark.parametrize("name, known", [
    ("world", True), ("world:zh", True), ("village", True), ("grammar:w.grammar", True), ("doorstep", True),
    ("dialogue:d.grammar", True), ("file:x.txt", False), ("sgd", False), ("tatoeba-en-zh", False)])
def test_grammars_behind_names(home, name, known):
    assert (corpora.grammar_of(name) is not None) == known


@pytest.mark.parametrize("place, path, language", [
    ("a.grammar", "a.grammar", ""), ("a.grammar:zh", "a.grammar", "zh"), ("C:\\a.grammar", "C:\\a.grammar", ""),
    ("C:\\a.grammar:en", "C:\\a.grammar", "en"), ("a:b.grammar", "a:b.grammar", ""), ("C:zh", "C:zh", "")])
def test_path_and_language(home, place, path, language):
    assert registry._parted(place, "language") == (Path(path), language)
