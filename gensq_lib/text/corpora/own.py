"""Text that a reader brings: sentences (`file:`, `words:`, `chars:`) and pairs (`pairs:`), with an account of their reading.

What has no word, and what is too long, is left out of all parts and counted. Repeated lines count as often as they come,
and spellings of one sentence (of one prompt) stay in one part.
"""
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from gensq_lib.ground.errors import GensqError, listed
from gensq_lib.text.grammar import TURN
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

from . import text
from .chats import one_prompt, read_turns, show_turns, spelled, turns
from .corpus import (
    MAX_DOCUMENT, MAX_TOKENS, MAX_WORDS, MIN_COUNT, OTHER, Corpus, PairCorpus, Read, Show, both_sides, left_out)
from .files import lines
from .splits import Parts, alone, components, split, subset
from .tables import TABLES, column_of

MIN_SENTENCES, MAX_LABELS = 100, 50
MAX_CHARACTERS = 300  # of a sentence that is read by characters
LONG_LINES = 0.1  # a share of too long lines that makes paragraphs of them
LONGEST_LINE = 10_000  # characters: more is a whole text, left out before any work
CODES = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~])?")  # with which a terminal colours its text, ECMA-48
CODED = "terminal codes"
CUT = "gensq corpus cut PATH -o NEW"  # the way out for what is not one sentence a line
SPACE = "\u2423"  # what stands for a space among characters
TAB, UNKNOWN = "\t", Vocab.SPECIALS[Vocab.UNK]
TABS_OF_PAIRS = (1, 2)
PARTS = {"train": ("train", "training"), "valid": ("valid", "validation", "val", "dev"), "test": ("test", "testing")}
HELD_OUT = ("valid", "test")
Tokens, Counts = Callable[[str], Sentence], dict[str, int]


def own_sentences(path: Path, *, column: str = "", longest: int = MAX_TOKENS, **facts) -> Corpus:
    """One sentence a line, or in each cell of a column, in any language."""
    return sentences_of(texts(path, column=column), path, longest=longest, **facts)[0]


def sentences_of(written: Sequence[str], path: Path, *, longest: int = MAX_TOKENS, **facts) -> tuple[Corpus, text.Script]:
    """Of these lines of a file, and how they are written."""
    language = language_of(written)
    kept, account = _sorted_out(written, partial(text.tokens, language=language), path, longest=longest)
    parts = split(kept, list(map(text.key, kept)))
    script = text.Script.of(parts.train, language)
    return _corpus(path, parts.each(lambda part: list(map(script.spell, part))), account, language=language, show=script.show,
                   read=script.read, **facts), script


def language_of(written: Sequence[str]) -> str:
    """"zh" where the first lines are written without spaces between words."""
    return "zh" if text.is_chinese("".join(written[:1000])) else ""


def own_characters(path: Path, *, column: str = "", **facts) -> Corpus:
    """One sentence a line; each character, with the accents on it, is a token."""
    kept, account = _sorted_out(texts(path, column=column), characters, path, longest=MAX_CHARACTERS)
    return _corpus(path, split(kept, list(map(text.key, kept))), account, show="".join, read=characters, **facts)


def characters(written: str) -> Sentence:
    """The characters of a text; a space is `SPACE`."""
    plain = SPACE.join(unicodedata.normalize("NFC", written).split())
    return tuple(re.findall(f"[^{text.MARKS}][{text.MARKS}]*", "".join(filter(str.isprintable, plain))))


def own_words(path: Path, **facts) -> Corpus:
    """Ready-made tokens with spaces between, in a file or in a folder with files for train, valid and test.

    `<unk>` is the vocabulary's own unknown. Where training has it, somebody has chosen the words: all of them are kept.
    """
    paths = files_of_parts(path) if path.is_dir() else {"": path}
    read = {part: _sorted_out(texts(place), text.spaced, place, least=1 if part in HELD_OUT else MIN_SENTENCES)
            for part, place in paths.items()}
    account = {reason: sum(counts.get(reason, 0) for _, counts in read.values())
               for reason in dict.fromkeys(chain(*(counts for _, counts in read.values())))}
    kept = [sentences for sentences, _ in read.values()]
    parts = Parts(*kept) if path.is_dir() else split(kept[0], list(map(text.key, kept[0])))
    return _corpus(path, parts, account, show=" ".join, read=text.spaced, **facts)


def files_of_parts(folder: Path) -> dict[str, Path]:
    """Files such as train.txt, ptb.valid.txt and wiki.test.tokens."""
    found, inside = {}, sorted(path for path in folder.iterdir() if path.is_file())
    for part, names in PARTS.items():
        fitting = [path for path in inside if set(names) & set(re.split(r"[\W_]+", path.name.lower()))]
        if len(fitting) != 1:
            got = f"{len(fitting)} of them ({listed(path.name for path in fitting[:5])})" if fitting else "none"
            raise GensqError(f"expected one file for {part} in {folder}, such as {part}.txt, got {got}; give a folder with "
                             "train.txt, valid.txt and test.txt, or one file")
        found[part] = fitting[0]
    return found


def pair_lines(path: Path) -> list[str]:
    """Lines with a tab or two; what has none is refused."""
    written = texts(path)
    refuse_pairs(path, [(i, line.count(TAB)) for i, line in enumerate(written, start=1)
                        if line.strip() and line.count(TAB) not in TABS_OF_PAIRS])
    return written


def refuse_pairs(path: Path, wrong: Sequence[tuple[int, int]]) -> None:
    """The first of lines (their numbers, how many tabs) that are no pairs."""
    if len(wrong):
        raise GensqError(f"expected prompt<TAB>reply or prompt<TAB>reply<TAB>label in line {wrong[0][0]} of {path}, got "
                         f"{wrong[0][1]} tabs ({len(wrong):,} such lines); write one tab before each reply")


def own_translations(path: Path, **facts) -> PairCorpus:
    """A sentence, a tab, its translation on each line. What is linked by a shared sentence is in one part."""
    return translations_of(pair_lines(path), path, **facts)[0]


def translations_of(written: Sequence[str], path: Path, *, name: str, seed: int = 0, num_train: int = 0,
                    max_words: int = MAX_WORDS, linked: bool = True) -> tuple[PairCorpus, list[text.Script]]:
    """Of these lines of a file, and how both sides are written. Not `linked`: a pair goes where its source alone belongs."""
    columns = [line.split(TAB) for line in written]
    languages = [language_of(side) for side in list(zip(*(c for c in columns[:1000] if c[1:])))[:2]]
    kept, account = _sorted_out(written, partial(translated, languages=languages), path)
    keys = [(text.key(pair.source), text.key(pair.target)) for pair in kept]
    parts = split(kept, components(keys) if linked else [alone(source) for source, _ in keys])
    scripts = [text.Script.of([getattr(pair, side) for pair in parts.train], code)
               for side, code in zip(("source", "target"), languages, strict=True)]
    source, target = scripts
    parts = parts.each(lambda part: [Pair(source.spell(pair.source), target.spell(pair.target)) for pair in part])
    train = subset(parts.train, min(num_train, len(parts.train)), seed=seed)
    vocabs = (vocab_of([getattr(pair, side) for pair in train], path, max_words) for side in ("source", "target"))
    return PairCorpus(name, train, parts.valid, parts.test, *vocabs, source.show, target.show, source.read, target.read,
                      grammar=None, languages=tuple(languages), **facts_of(path, parts, account)), scripts


def translated(line: str, languages: Sequence[str]) -> Pair:
    """Both sides of a line."""
    return Pair(*(text.tokens(side, code) for side, code in zip(line.split(TAB), languages)))


def own_summaries(path: Path, **sizes: object) -> PairCorpus:
    """A document, a tab, its summary on each line; " // " may part the sentences of a document."""
    return own_pairs(path, longest=MAX_DOCUMENT, **sizes)


def own_pairs(path: Path, **facts) -> PairCorpus:
    """A prompt, a tab, its reply on each line, and, if you like, a tab and a label; " // " parts the turns of a prompt."""
    return pairs_of(pair_lines(path), path, **facts)[0]


def pairs_of(written: Sequence[str], path: Path, *, name: str, seed: int = 0, num_train: int = 0, num_prompts: int = 0,
             longest: int = MAX_TOKENS, max_words: int = MAX_WORDS) -> tuple[PairCorpus, text.Script]:
    """Of these lines of a file, and how they are written."""
    language = language_of(written)
    kept, account = _sorted_out(written, partial(pair_in, tokens=partial(text.tokens, language=language)), path, longest=longest)
    parts = split(kept, [text.key(pair.source) for pair in kept])
    script = text.Script.of([s for e in parts.train for s in (*turns(e.source), e.target)], language)
    parts = parts.each(lambda part: [spelled(pair, script) for pair in part])
    train = subset(parts.train, min(num_train, len(parts.train)), seed=seed)
    labels = sorted({pair.labels[0] for pair in train} | {OTHER})
    if len(labels) > MAX_LABELS:
        raise GensqError(f"expected at most {MAX_LABELS} labels behind the second tab in {path}, got {len(labels):,}; leave the "
                         "third column out, or write a mood or an intent there")
    vocab = vocab_of([s for pair in train for s in (pair.source, pair.target)], path, max_words)
    return PairCorpus(name, train, parts.valid, parts.test, **both_sides(vocab, show_turns(script), read_turns(script)),
                      conditions={"label": tuple(labels)}, grammar=None,
                      sources=[pair.source for pair in train][:num_prompts or None], **facts_of(path, parts, account)), script


def pair_in(line: str, tokens: Tokens) -> Pair:
    """Prompt, reply and label of a line."""
    prompt, reply, label = (line.split(TAB) + ["", ""])[:3]
    said = filter(None, map(tokens, re.split(rf"\s{TURN}\s", prompt)))
    return Pair(one_prompt(said), tokens(reply), (label.strip() or OTHER,))


def labelled_lines(path: Path) -> list[str]:
    """A sentence, a tab, its label on each line; what has another form is refused."""
    written = texts(path)
    refuse_labelled(path, [(i, line.count(TAB)) for i, line in enumerate(written, start=1)
                           if line.strip() and not re.fullmatch(r"[^\t]*\t[^\t]+", line)])
    return written


def refuse_labelled(path: Path, wrong: Sequence[tuple[int, int]]) -> None:
    """The first of lines (their numbers, how many tabs) without a label."""
    if len(wrong):
        raise GensqError(f"expected text<TAB>label in line {wrong[0][0]} of {path}, got {wrong[0][1]} tabs or no label "
                         f"({len(wrong):,} such lines); write one tab and a label behind each sentence")


def examples_of(written: Sequence[str], path: Path) -> tuple[Parts[Pair], Counts, str]:
    """Labelled lines as pairs whose target is the label, an account of them, their language."""
    language = language_of(written)
    kept, account = _sorted_out(written, partial(example_in, tokens=partial(text.tokens, language=language)), path)
    parts = split(kept, [text.key(each.source) for each in kept])
    labels = {each.target for each in parts.train}
    if not 2 <= len(labels) <= MAX_LABELS:
        raise GensqError(f"expected 2 to {MAX_LABELS} different labels behind the tabs in {path}, got {len(labels):,}; join "
                         "those that mean the same, or take a longer text")
    return parts, account, language


def example_in(line: str, tokens: Tokens) -> Pair:
    """A labelled line."""
    said, _, label = line.partition(TAB)
    return Pair(tokens(said), (label.strip(),))


def texts(path: Path, *, column: str | None = None) -> list[str]:
    """The lines of a text file, without the nothing behind the last line end; of a table the cells of a column."""
    if column or column is not None and path.suffix.lower() in TABLES:
        return column_of(path, column)
    written = lines(path)
    return written[:-1] if written[-1] == "" else written


def _sorted_out(written: Iterable[str], tokens: Tokens, path: Path, *, longest: int = MAX_TOKENS,
                least: int = MIN_SENTENCES) -> tuple[list, Counts]:
    """What is kept of these lines, as tokens, and how many were left out for what reason."""
    account, kept = {"lines": 0, "empty": 0, "too long": 0, "no words": 0, CODED: 0}, []
    for coded in written:
        line, codes = CODES.subn("", coded)
        account[CODED] += codes
        account["lines"] += 1
        item, reason = read_line(line, tokens, longest)
        if reason:
            account[reason] += 1
        else:
            kept.append(item)
    if len(set(kept)) < least:
        parted = ", ".join(f"{reason}: {num:,}" for reason, num in account.items() if num)
        raise GensqError(f"expected at least {least} different sentences of 1 to {longest} tokens in {path}, got "
                         f"{len(set(kept)):,}{parted and f' ({parted})'}; {_way_out(account, longest)}")
    return kept, {reason: num for reason, num in account.items() if num or reason != CODED}


def read_line(line: str, tokens: Tokens, longest: int = MAX_TOKENS) -> tuple[Sentence | Pair | None, str]:
    """The tokens of a line, and the reason to leave it out ("": there is none)."""
    item = tokens(line) if len(line) <= LONGEST_LINE else None
    sides = () if item is None else (item.source, item.target) if isinstance(item, Pair) else (item,)
    if not line.strip():
        return item, "empty"
    if item is None or max(map(len, sides)) > longest:
        return item, "too long"
    return item, "" if all(map(has_word, sides)) else "no words"


def _way_out(account: Counts, longest: int) -> str:
    """What to do with too few sentences: many long lines are paragraphs."""
    if (num := account["too long"]) > LONG_LINES * (some := account["lines"] - account["empty"]):
        return f"{num:,} of {some:,} lines with text are longer than {longest} tokens: paragraphs? cut them at . ! ?: {CUT}"
    return "write one sentence a line, or take a longer text"


def has_word(sentence: Sentence | str) -> bool:
    """Whether there is a letter, a digit or an emoji in these tokens (or in a text: in its characters)."""
    return any(map(str.isalnum, sentence)) or any(
        c.isalnum() or unicodedata.category(c) == "So" for token in sentence for c in token)


def _corpus(path: Path, parts: Parts[Sentence], account: Counts, *, name: str, show: Show, read: Read, language: str = "",
            seed: int = 0, num_train: int = 0, max_words: int = MAX_WORDS) -> Corpus:
    train = subset(parts.train, min(num_train, len(parts.train)), seed=seed)
    return Corpus(name, language, train, parts.valid, parts.test, vocab_of(train, path, max_words), show, read, grammar=None,
                  **facts_of(path, parts, account))


def vocab_of(train: list[Sentence], path: Path, max_words: int = MAX_WORDS) -> Vocab:
    """At most so many words of the training part; what is written as `<unk>` is unknown."""
    chosen = any(UNKNOWN in sentence for sentence in train)
    vocab = Vocab.from_sentences(([word for word in sentence if word != UNKNOWN] for sentence in train),
                                 min_count=1 if chosen else MIN_COUNT, max_size=max_words)
    if len(vocab) == len(Vocab.SPECIALS):
        raise GensqError(f"expected words that training has at least {MIN_COUNT} times in {path}, got none: every word would be "
                         "<unk>; read the text by characters (chars:PATH), or take a longer one")
    return vocab


def facts_of(path: Path, parts: Parts, account: Counts) -> dict:
    """What a corpus of a reader's file says of itself; refused where a part of it is empty."""
    if not (parts.train and parts.valid and parts.test):
        raise GensqError(f"expected sentences for training, validation and test in {path}, got too few; take a longer text")
    notes = (left_out(f"left out, {reason}", num) for reason, num in list(account.items())[1:])
    return dict(origin=f"the file {path.name}", licence="as its owner says", account=account, notes=sum(notes, ()))
