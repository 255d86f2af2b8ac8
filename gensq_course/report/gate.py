"""What became of a corpus: one look at it before anything runs. It is refused where no lesson can work with it.

`look` loads the corpus as a lesson does, so that what passes here loads there, and counts. What is poor becomes a warning:
a sentence with the number and what to do.
"""
import html
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from statistics import fmean

from gensq_course.report.signs import HEAD, again, is_table, is_wrapped, num_cue_numbers, same_tabs, separator, signs_in
from gensq_course.report.stops import sentences
from gensq_course.report.words import say
from gensq_lib.ground.errors import GensqError, listed
from gensq_lib.sounds import RATE, Clips
from gensq_lib.text import corpora
from gensq_lib.text.corpora import Corpus, LabelledCorpus, PairCorpus, disk, own, tables
from gensq_lib.text.corpora.corpus import MAX_TOKENS, MAX_WORDS
from gensq_lib.text.corpora.documents import Documents
from gensq_lib.text.corpora.registry import Found
from gensq_lib.text.large import Large, looked_at
from gensq_lib.text.vocab import Sentence, Vocab

UNKNOWN, LEFT_OUT, TWICE, LEAK, OFTEN_SAID = 0.05, 0.1, 0.5, 0.01, 0.005  # shares from which on there is a warning
MANY = 1_000  # sentences that are drawn from a grammar to be looked at
SMALL, SMALL_TEST, LONG, LONG_WORD = 1_000, 50, 40, 15  # sentences, tokens in a sentence, letters in a word


@dataclass(frozen=True)
class Look:
    """What a corpus became, as rows (what, how much), and what is poor about it."""

    name: str
    rows: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()  # about the lines as they were written, then about the parts that were made of them
    of_lines: int = 0  # how many of the warnings are about lines
    sizes: tuple[int, ...] = ()  # of training, validation and test

    @property
    def html(self) -> str:
        """The same for a page."""
        cells = "".join(f'<tr><th style="text-align:left">{html.escape(what)}</th><td style="text-align:left">{html.escape(much)}'
                        "</td></tr>" for what, much in self.rows)
        words = "".join(f"<li>{html.escape(warning)}</li>" for warning in self.warnings)
        return (f"<table><caption>{html.escape(say('gate', 'caption', name=self.name))}</caption>{cells}</table>"
                + (f"<p>{html.escape(say('gate', 'warnings'))}</p><ul>{words}</ul>" if words else ""))

    def __str__(self) -> str:
        wide = max(len(what) for what, _ in self.rows)
        return "\n".join([self.name, *(f"  {what:{wide}}  {much}" for what, much in self.rows),
                          *(f"! {warning}" for warning in self.warnings)])


def look(name: str, kind: str = "sentences") -> Look:
    """Load the corpus and count; what no lesson can work with is refused."""
    it = corpora.found(name, kind)
    inside = [] if it.path is None else sorted(it.path.iterdir()) if it.path.is_dir() else [it.path]
    return _look(name, kind, tuple((path.stat().st_mtime_ns, path.stat().st_size) for path in inside))


@lru_cache(maxsize=4)
def _look(name: str, kind: str, stamp: tuple) -> Look:
    """`stamp` changes with the file."""
    it = corpora.found(name, kind)
    if kind == "sounds":
        return Look(name, tuple(_sounds(it.load(kind)).items()), ())
    own_text = it.path is not None and it.entry.grammar is None
    written = _written(it, kind) if own_text else []
    if own_text and name.startswith(("file:", "chars:")) and not it.column:
        refuse_table(written, it.path)
    corpus, labels = it.load(kind, **sizes(it, kind)), {}
    if isinstance(corpus, Documents):
        return Look(name, tuple(_documents(corpus).items()))
    if isinstance(corpus, LabelledCorpus):
        corpus, labels = corpus.text, _labels(corpus)
    told, corpus = _read(corpus), replace(corpus, train=looked_at(corpus.train))
    became = (_pairs(corpus) if isinstance(corpus, PairCorpus) else _sentences(corpus)) | told | labels
    facts = {**_lines(corpus), **_signs(written, name), **became, **_truth(corpus)}
    poor = list(_about_lines(corpus, written, name)) if own_text else []
    warnings = [*poor, *_about_text(corpus, name, cut_first=any(own.CUT in each for each in poor))] if own_text else []
    parts = tuple(map(len, (corpus.train, corpus.valid, corpus.test)))
    return Look(name, tuple(facts.items()), tuple(warnings), len(poor), parts)


def sizes(it: Found, kind: str) -> dict[str, int]:
    """How much is loaded to be looked at: of a grammar a few sentences, else everything."""
    few = MANY if it.entry.grammar else 0
    return {"seed": 0, "num_train": few} | {"dialogues": {"num_prompts": few}, "labelled": {"attribute": ""}}.get(kind, {})


def _written(it: Found, kind: str) -> list[str]:
    """The lines of a reader's text; of a file that is read line by line those that are looked at."""
    if it.path.is_dir():
        return [line for path in own.files_of_parts(it.path).values() for line in own.texts(path)]
    if kind in disk.KINDS and not it.column and disk.is_large(it.path):
        return [own.CODES.sub("", line) for line in disk.Drawn(it.path).first]
    return [own.CODES.sub("", line) for line in own.texts(it.path, column=it.column if it.entry.behind else None)]


def refuse_table(written: Sequence[str], path: Path) -> None:
    """A table that was given as prose, with the columns that can be named instead."""
    lines = [line.strip() for line in written if line.strip()]
    if not is_table(lines):
        return
    rows = tables.table(path)
    numbered = "" if all(map(HEAD.fullmatch, rows[0])) else f" (or, by number, 1 to {len(rows[0])})"
    pairs = ", or pairs:PATH for prompts and replies" if len(rows[0]) in (2, 3) and same_tabs(lines) else ""
    raise GensqError(f"expected one sentence a line in {path}, got a table with the columns {listed(tables.first_few(rows[0]))}"
                     f"{numbered}; choose one, for example file:{path}#{tables.best(rows)}{pairs}")


def _lines(corpus: Corpus | PairCorpus) -> dict[str, str]:
    """What was read, and what was left out for what reason."""
    if not corpus.account:
        return {}
    lines, *reasons = corpus.account.items()
    return {"lines read": f"{lines[1]:,}", "left out": ", ".join(f"{num:,} {reason}" for reason, num in reasons if num) or "none"}


def _read(corpus: Corpus | PairCorpus) -> dict[str, str]:
    """How large a corpus is that is read line by line, and what was looked at."""
    if not isinstance(corpus.train, Large):
        return {}
    return {"pairs" if isinstance(corpus, PairCorpus) else "sentences": _sizes(corpus), "looked at": corpus.notes[0]}


def _signs(written: Sequence[str], name: str) -> dict[str, str]:
    found = {f"lines with {sign.name}": num for sign, num in signs_in(written, name) if num}
    return {what: f"{num:,}" for what, num in found.items()}


def _sentences(corpus: Corpus) -> dict[str, str]:
    lengths = sorted(map(len, chain(corpus.train, corpus.valid, corpus.test)))
    return {"sentences": _sizes(corpus),
            "tokens": f"{sum(lengths):,}, {fmean(lengths):.1f} in a sentence (longest {lengths[-1]})",
            **_words(corpus.vocab, corpus.train, corpus.test),
            "said again": f"{_repeated(corpus.train):.1%} of the training sentences come more than once",
            "in two parts": f"{_leaks(corpus.train, corpus.test):.1%} of the test sentences are in training, too"}


def _documents(found: Documents) -> dict[str, str]:
    """How many, how long, of which words."""
    words, sizes = found.train.sum(-1), " / ".join(f"{len(part):,}" for part in (found.train, found.valid, found.test))
    return {"documents": f"{sizes} (train / valid / test)",
            "words": f"{words.mean():.1f} that count in a document (longest {words.max():.0f})",
            "vocabulary": f"{len(found.words):,}", **({"left out": "; ".join(found.notes)} if found.notes else {})}


def _sounds(clips: Clips) -> dict[str, str]:
    """Whose voices, and how long."""
    seconds = sorted(len(wave) / RATE for wave in clips.waves)
    return {"recordings": f"{len(clips):,} of {len(clips.digits.unique())} digits, {sum(seconds) / 60:.1f} minutes",
            "voices": f"{len(clips.voices)}: {', '.join(clips.voices)}",
            "seconds of one": f"{seconds[0]:.2f} to {seconds[-1]:.2f}, half of them below {seconds[len(seconds) // 2]:.2f}"}


def _labels(corpus: LabelledCorpus) -> dict[str, str]:
    """How many there are of each label, the most frequent first."""
    counts = Counter(looked_at(corpus.labels.train)).most_common()
    shown = ", ".join(f"{label} {num / sum(num for _, num in counts):.0%}" for label, num in counts)
    return {f"labels: {corpus.attribute}": f"{len(counts)}: {shown}"[:200]}


def _pairs(corpus: PairCorpus) -> dict[str, str]:
    said, tested = ([side for pair in part for side in (pair.source, pair.target)] for part in (corpus.train, corpus.test))
    labels = {f"labels: {name}": f"{len(values)}: {', '.join(values)[:80]}" for name, values in corpus.conditions.items()}
    different = " and ".join(f"{len(set(side)):,}" for side in (said[::2], said[1::2]))
    return {"pairs": _sizes(corpus), "prompts, replies": f"{different} different ones in training",
            "tokens": f"{fmean(map(len, said[::2])):.1f} in a prompt, {fmean(map(len, said[1::2])):.1f} in a reply",
            **labels, **_words(corpus.target_vocab, said, tested),
            "in two parts": f"{corpus.repeated:.1%} of the test prompts are in training, too"}


def _truth(corpus: Corpus | PairCorpus) -> dict[str, str]:
    """Of a grammar."""
    if corpus.grammar is None or not hasattr(corpus.grammar, "num_sentences"):
        return {}
    return {"known truth": f"{corpus.grammar.num_sentences():,} sentences, {corpus.grammar.entropy():.2f} nats each"}


def _sizes(corpus: Corpus | PairCorpus) -> str:
    drawn = " (some drawn to look at)" if corpus.grammar else ""
    return " / ".join(f"{len(part):,}" for part in (corpus.train, corpus.valid, corpus.test)) + f" (train / valid / test){drawn}"


def _words(vocab: Vocab, train: Sequence[Sentence], test: Sequence[Sentence]) -> dict[str, str]:
    if vocab.closed:
        return {"vocabulary": f"{len(vocab):,}, closed"}
    return {"vocabulary": f"{len(vocab):,}, {len(_cut(vocab, train)):,} rarer words are unknown",
            "unknown tokens": f"{_unknown(vocab, train):.1%} of training, {_unknown(vocab, test):.1%} of test"}


def _cut(vocab: Vocab, train: Sequence[Sentence]) -> set[str]:
    return set(chain(*train)) - set(vocab.words)


def _unknown(vocab: Vocab, sentences: Sequence[Sentence]) -> float:
    return sum(len(vocab.unknown(sentence)) for sentence in sentences) / max(sum(map(len, sentences)), 1)


def _repeated(sentences: Sequence[Sentence]) -> float:
    """The share that another sentence of the same part says, too."""
    return sum(num for num in Counter(sentences).values() if num > 1) / len(sentences)


def _leaks(train: Sequence[Sentence], test: Sequence[Sentence]) -> float:
    seen = set(train)
    return sum(sentence in seen for sentence in test) / len(test)


def _about_lines(corpus: Corpus | PairCorpus, written: Sequence[str], name: str) -> Iterator[str]:
    """What is poor about the lines as they were written."""
    some = corpus.account["lines"] - corpus.account["empty"]
    mark, marks = separator(written)
    kept = 0 if isinstance(corpus, PairCorpus) else sum(map(len, chain(corpus.train, corpus.valid, corpus.test)))
    least = (MAX_TOKENS + 1) * (num := corpus.account["too long"])  # tokens in lines that are too long
    if num > LEFT_OUT * some or kept and least > LEFT_OUT * (least + kept):
        several = any(len(sentences(line)) > 1 for line in written)
        way = f"paragraphs are cut at . ! ? by {own.CUT}" if several else "each is one sentence: break the longest, or do without"
        yield (f"{num:,} of {some:,} lines with text ({num / some:.0%}) are left out, too long"
               f"{_tokens_lost(corpus, written, name)}: a sentence has at most {MAX_TOKENS} tokens "
               f"(characters: {own.MAX_CHARACTERS}); {way}.")
    if marks:
        yield (f"the line {mark[:20]} comes {marks:,} times and is left out, no words: it parts items; "
               f"{own.CUT} keeps what they say.")
    if (num := corpus.account["no words"] - marks) > LEFT_OUT * some:
        yield f"{num / some:.0%} of the lines with text are left out, no words: lines without a letter are no sentences."
    for sign, num in signs_in(written, name):
        if sign.share * len(written) < num <= sign.most * len(written):
            cues = f" and {num_cue_numbers(written):,} the number of a cue" if sign.name == "time codes" else ""
            yield f"{num / some:.1%} of the lines with text have {sign.name}{cues}: {sign.advice}."
    line, num = again(written)
    if num > OFTEN_SAID * len(written) and not isinstance(corpus, PairCorpus):
        yield (f'the line "{line[:40]}" comes {num:,} times: a heading, a name? Equal lines stand in one part, so parts differ; '
               "take it out, unless people say it.")
    if name.startswith("file:") and is_wrapped(written):
        yield f"many lines look cut at a margin, inside sentences: a model learns pieces; {own.CUT} joins them."


def _tokens_lost(corpus: Corpus | PairCorpus, written: Sequence[str], name: str) -> str:
    """How much of the text went with lines that were left out; of pairs it is not counted."""
    if isinstance(corpus, PairCorpus):
        return ""
    tokens = {"chars": own.characters, "words": own.text.spaced}.get(name.partition(":")[0], own.text.tokens)
    kept = sum(map(len, chain(corpus.train, corpus.valid, corpus.test)))
    return f" (with what has no words {1 - kept / max(sum(len(tokens(line)) for line in written), 1):.0%} of all tokens)"


def _about_text(corpus: Corpus | PairCorpus, name: str, *, cut_first: bool) -> Iterator[str]:
    """What is poor about the corpus that was made of them."""
    pairs = isinstance(corpus, PairCorpus)
    train, test = (([side for pair in part for side in (pair.source, pair.target)] if pairs else part)
                   for part in (corpus.train, corpus.test))
    vocab = corpus.target_vocab if pairs else corpus.vocab
    other = "" if name.startswith("chars:") or pairs or corpus.language == "zh" else "try chars:PATH or "
    if (share := _unknown(vocab, test)) > UNKNOWN:
        way = "cut the text first" if cut_first else f"{other}take a larger text"
        ready = " (what came as <unk> among them)" if name.startswith("words:") else ""
        yield (f"{share:.0%} of test tokens are unknown{ready}: they are read as one word, <unk>, which is easy to foresee, so "
               f"compare no likelihood with one of another vocabulary; {way}.")
    if len(vocab) >= MAX_WORDS and (cut := _cut(vocab, train)):
        yield f"{len(cut):,} words are unknown because only the {MAX_WORDS:,} most frequent are kept."
    if len(corpus.train) < SMALL:
        yield f"{len(corpus.train):,} training sentences: soon learnt by heart; take some thousands."
    if len(corpus.test) < SMALL_TEST:
        yield f"{len(corpus.test):,} test sentences: a mean over so few says little; take a longer text."
    if not pairs:
        yield from _about_sentences(corpus, other)
    if pairs and (most := Counter(pair.target for pair in corpus.train).most_common(1)[0][1]) > 0.3 * len(corpus.train):
        yield f"{most / len(corpus.train):.0%} of the replies are the same one: a model may say nothing else."


def _about_sentences(corpus: Corpus, other: str) -> Iterator[str]:
    tokens, length = Counter(chain(*corpus.train)), fmean(map(len, corpus.train))
    if (share := _repeated(corpus.train)) > TWICE:
        yield f"{share:.0%} of the training sentences come more than once: a model may know little else; take each once."
    if (share := _leaks(corpus.train, corpus.test)) > LEAK:
        yield f"{share:.0%} of the test sentences are in training, too: the test is too easy."
    if length < 2:
        yield f"{length:.1f} tokens in a sentence: there is no order to learn; {other}give sentences."
    if length > LONG * (1 if other else 4):  # by characters a sentence has four times as many
        yield f"{length:.0f} tokens in a sentence: training takes several times as long as on the lesson's own sentences."
    letters = sum(len(token) * num for token, num in tokens.items()) / sum(tokens.values())
    if letters > LONG_WORD and other:
        yield f"{letters:.0f} letters in a word: perhaps a script without spaces; {other}part its words by spaces."
    if other and (share := sum(num for token, num in tokens.items() if token[0].isdigit()) / sum(tokens.values())) > 0.5:
        yield f"{share:.0%} of the tokens are numbers: no lesson says much about them."
