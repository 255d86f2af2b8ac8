"""A trained model out of the lessons: one file that holds weights, words, rules of reading and a card, and what loads it again.

The file is that of `files` with three more facts: how text is read, the words, and the card. Other programs find it described
in docs/export.md. It is told what it needs of a text, and never the text.
"""
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any


from gensq_course.report.results import commit
from gensq_course.shipped.cards import LICENCE, Card, Measure, card_from, without_folders
from gensq_course.shipped.files import load_model, save_model, saved_facts, vocabulary_digest
from gensq_course.shipped.measuring import longest, measured, prior_draws  # noqa: F401 (`exported.measured` is for lessons)
from gensq_course.shipped.reading import WAYS, Reading, reading_from, reading_of
from gensq_course.shipped.scoring import Scored, Summary, scored, summary  # noqa: F401 (so is `exported.summary`)
from gensq_lib import __version__
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError, expect, whole
from gensq_lib.maths import objectives
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.parts import WordModel
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text import decoding
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Sentence, Vocab

FORMAT = 1  # of the facts; a later one may add facts, and must keep these
KINDS: dict[type[WordModel], str] = {LanguageModel: "language model", TextVAE: "text VAE"}
MOST = 100_000  # sentences that are drawn at once


@dataclass(frozen=True)
class Exported:
    """A model of sentences out of a file, with all that reads, shows, scores and draws."""

    model: WordModel
    vocab: Vocab = field(repr=False)
    reading: Reading = field(repr=False)
    card: Card = field(repr=False)
    longest: int  # tokens of a sentence that is drawn
    read: Callable[[str], Sentence] = field(repr=False)
    show: Callable[[Sentence], str] = field(repr=False)

    def sample(self, num: int, *, temperature: float = 1.0, seed: int = 0) -> list[str]:
        """Sentences as people write them, the same ones for the same seed; <unk> is never said. Taught in lesson 21."""
        expect(whole(num, 1) and num <= MOST, f"expected a number of sentences from 1 to {MOST:,}, got {num!r}; try 10")
        expect(temperature > 0, f"expected a temperature above 0, got {temperature}; 1 is the model itself, .8 is more careful")
        with objectives.evaluating(self.model):
            drawn = decoding.sample(self.model, num=num, z=prior_draws(self.model, num, seed=seed), max_length=self.longest,
                                    temperature=temperature, avoid=(Vocab.UNK,), generator=runtime.generator(seed, "words"))
        return list(map(self.show, drawn.sentences(self.vocab)))

    def score(self, lines: Sequence[str], *, num_samples: int = 50, seed: int = 0) -> list[Scored]:
        """Nats of each typed sentence and of each of its words. Taught in lesson 21."""
        found = self.score_sentences([self.read(line) for line in lines], num_samples=num_samples, seed=seed)
        return [each.typed(line) for each, line in zip(found, lines, strict=True)]

    def score_sentences(self, sentences: Sequence[Sentence], *, num_samples: int = 50, seed: int = 0) -> list[Scored]:
        """The same of sentences that are read already, such as `text.test`."""
        return scored(self.model, self.vocab, self.show, sentences, num_samples=num_samples, seed=seed)


def export(path: Path | str, model: WordModel, text: Corpus, *, made: Mapping[str, Any], measures: Sequence[Measure],
           half: bool = False) -> Card:
    """Write one file: the model, how its text is read, and its card. `half` halves it: float16, measured before the rounding.

    >>> exported.export("mine.safetensors", model, text, made={"lesson": here.lesson, "seed": here.seed},
    ...                 measures=exported.measured(model, text))

    Taught in lesson 21.
    """
    kind = next((name for of, name in KINDS.items() if isinstance(model, of)), None)
    expect(kind, f"expected a language model or a text VAE to export, got a {type(model).__name__}; "
                 "see docs/export.md for what a file can hold")
    expect(model.config.get("vocab_size") == len(text.vocab),
           f"expected the model of {without_folders(text.name)} with {len(text.vocab):,} words, got one with "
           f"{model.config.get('vocab_size', 0):,}; give the corpus that it was trained on")
    reading = reading_of(text)
    card = Card(kind, _sizes(model), _about(text), WAYS[reading.way], _provenance(made, half), tuple(measures),
                LICENCE.format(licence=text.licence))
    facts = {"format": FORMAT, "reading": reading.as_dict(), "words": list(text.vocab.words[len(Vocab.SPECIALS):]),
             "vocabulary": vocabulary_digest(text.vocab), "corpus": text.fingerprint, "longest": longest(text),
             "card": card.as_dict()}
    save_model(path, model, facts=facts, half=half)
    return card


def load(path: Path | str) -> Exported:
    """The model in a file, ready to use; whatever is wrong with the file is one sentence. Nothing in it runs.

    Taught in lesson 21.
    """
    facts = saved_facts(path)
    if "format" not in facts and "config" in facts:
        raise GensqError(f"expected an exported model in {path}, got one without its words, of an older version or of dialogues; "
                         "export it again with `gensq export`, or talk to a voice of the course with `gensq chat`")
    expect(facts.get("format") == FORMAT, f"expected an exported model of format {FORMAT} in {path}, got "
           f"{facts.get('format', 'none')!r:.20}; export it again, or use a newer version of gensq")
    try:
        reading, card, words, longest_of = *_parts(facts), facts.get("longest")
    except GensqError as error:
        raise GensqError(f"expected an exported model in {path}, but {error}; export it again") from None
    vocab = Vocab(words)
    right = len(vocab) == len(words) + len(Vocab.SPECIALS) and facts.get("vocabulary") == vocabulary_digest(vocab)
    expect(right and whole(longest_of, 1) and longest_of <= 10_000,
           f"expected the words of the model in {path}, got others: the file is damaged; export it again")
    model = load_model(path)
    expect(isinstance(model, tuple(KINDS)) and model.config.get("vocab_size") == len(vocab),
           f"expected a language model or a text VAE of {len(vocab):,} words in {path}, got a {type(model).__name__} of others; "
           "export it again")
    return Exported(model, vocab, reading, card, longest_of, *reading.functions(words))


def _parts(facts: Mapping[str, Any]) -> tuple[Reading, Card, list[str]]:
    words = facts.get("words")
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise GensqError("got no list of its words")
    return reading_from(facts.get("reading")), card_from(facts.get("card")), words


def _sizes(model: WordModel) -> dict[str, Any]:
    numbers = sum(parameter.numel() for parameter in model.parameters())
    return {**model.config, "parameters": numbers}


def _about(text: Corpus) -> dict[str, Any]:
    return {"name": without_folders(text.name), "fingerprint": text.fingerprint, "origin": text.origin,
            "language": text.language, "licence": text.licence, "vocabulary": len(text.vocab),
            "sentences": {part: len(getattr(text, part)) for part in ("train", "valid", "test")}}


def _provenance(made: Mapping[str, Any], half: bool) -> dict[str, Any]:
    """Where it comes from: what the caller says, without folders and without what is no plain value, and the versions."""
    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(key): plain(inner) for key, inner in value.items()}
        fine = value is None or isinstance(value, bool | int | str) or isinstance(value, float) and math.isfinite(value)
        return without_folders(value) if fine else str(value)

    versions = {"gensq": __version__, "torch": metadata.version("torch"), "commit": commit()}
    return {**versions, "numbers": "float16" if half else "float32", **plain(made)}
