"""The voices of a corpus of dialogues: three models that answer, the judge that shades their words, the guard of what they know.

Those of the built-in worlds come with the course (`data/doorstep.likelihood.safetensors` and so on, numbers only, float16);
`gensq checkpoint doorstep` makes them anew. Those of other corpora are trained once, by their recipe, and kept in the cache.
"""
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from gensq_course.shipped.files import load_model, save_model, saved_facts, vocabulary_digest
from gensq_course.shipped.recipes import recipe_of, train_voices, untrained, voices_key
from gensq_course.talk import chat
from gensq_course.talk.chat import Answer
from gensq_course.talk.guard import Guard, mended
from gensq_course.talk.labels import LabelGuess
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError, chosen
from gensq_lib.ground.places import DATA
from gensq_lib.text import corpora
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.checkpoint import cached

READS = ("*.likelihood.safetensors", "*.vae.safetensors", "*.adversarial.safetensors", "*.judge.safetensors")
SHIPPED = ("doorstep", "dialogue")
VOICES, JUDGE = ("adversarial", "likelihood", "vae"), "judge"
GUARDED = 4_000  # exchanges of a built-in world that are drawn to talk about; its voices know many more
GUESSED = "as it seems"  # a label that is guessed from what was typed
TEMPERATURE = {True: 0.8, False: 0.5}  # of a small world; of people, whose rarer words no model has learnt well


@dataclass(frozen=True)
class Voices:
    """Models that answer, by name, and everything that an answer needs."""

    text: PairCorpus
    models: Mapping[str, nn.Module]
    judge: nn.Module | None
    guard: Guard
    guess: LabelGuess | None = None  # of people's dialogues

    @property
    def temperature(self) -> float:
        """The usual one."""
        return TEMPERATURE[self.text.grammar is not None]

    def answer(self, said: str, turns: Sequence[str] = (), *, voice: str = VOICES[0], temperature: float = 0.0, **labels: str
               ) -> Answer:
        """A reply, or what this corpus talks about; the same one to the same words at the same place of a conversation."""
        model = chosen("a voice", voice, self.models)
        if refusal := self.guard.refusal(said):
            return Answer(refusal, ((refusal, 0.0),), (), (), (*turns, said[:chat.LONGEST], refusal))
        heard = self._heard(turns)
        read = mended(self.text, said[:chat.LONGEST])
        found = chat.answer(model, self.text, read, turns=heard, temperature=temperature or self.temperature, judge=self.judge,
                            generator=runtime.generator("chat", said, len(turns)), **self._labels(said, heard, labels))
        return replace(found, turns=(*turns, said[:chat.LONGEST], found.text))

    def _labels(self, said: str, turns: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
        """Those that were chosen; of people's dialogues the others are guessed."""
        given = {name: value for name, value in labels.items() if value != GUESSED}
        return (self.guess.labels(said, turns) if self.guess else {}) | given

    def _heard(self, turns: Sequence[str]) -> list[str]:
        """The conversation without what was refused: no model has seen the like."""
        pairs = zip(turns[::2], turns[1::2], strict=False)
        return [turn for said, reply in pairs if reply not in self.guard.refusals for turn in (said, reply)]


def voices_of(text: PairCorpus, *, own: Mapping[str, nn.Module] | None = None, judge: nn.Module | None = None) -> Voices:
    """The voices of this corpus: shipped; else a lesson's `own` and its judge, if it has trained any; else kept or trained.

    Where they are shipped, those of a lesson stand behind them in the menu.
    """
    own = dict(own or {})
    if text.name in SHIPPED:
        models = shipped_voices(text)
        found = models | {f"{name}, trained above": model for name, model in own.items()}
        judge = found.pop(JUDGE)
    elif own:
        found = own
    else:
        found = dict(trained_voices(text.name).items())
        judge = found.pop(JUDGE)
    return Voices(text, found, judge, Guard(text), LabelGuess(text) if text.grammar is None else None)


def dialogues_of(corpus: str) -> PairCorpus:
    """The dialogues of this name, as many of them as it takes to talk about them."""
    known = corpora.grammar_of(corpus, "dialogues") is not None
    return corpora.load_dialogues(corpus, **({"num_train": GUARDED, "num_prompts": 1} if known else {}))


def menus_of(text: PairCorpus) -> dict[str, list[str]]:
    """Of each condition what may be chosen, the usual one first; of people's dialogues labels may be guessed."""
    return {name: [GUESSED] * (text.grammar is None) + list(values) for name, values in text.conditions.items()}


def file_of(corpus: str, name: str) -> Path:
    """Where a shipped voice, or the judge, is kept."""
    return DATA / f"{corpus}.{name}.safetensors"


def shipped_voices(text: PairCorpus) -> dict[str, nn.Module]:
    """The committed voices and their judge, ready to use."""
    return {name: read_voice(file_of(text.name, name), text.name, text.target_vocab) for name in (*VOICES, JUDGE)}


def read_voice(path: Path, corpus: str, vocab: Vocab) -> nn.Module:
    """A shipped voice or judge, if it belongs to this world."""
    again = f"run: gensq checkpoint {corpus}"
    try:
        facts = saved_facts(path)
        if facts.get("vocabulary") == vocabulary_digest(vocab):
            return load_model(path)
    except GensqError as error:
        raise GensqError(f"expected a voice of the course in {path}, but {error}; fetch the file again, or {again}") from None
    raise GensqError(f"expected {path.name} to know the words of data/{corpus}.grammar, got a model of another world; {again}")


def trained_voices(corpus: str) -> nn.ModuleDict:
    """By the recipe of the corpus: from the cache, or trained now, with a progress bar for each part."""
    return kept_voices(corpus)[0]


def kept_voices(corpus: str) -> tuple[nn.ModuleDict, dict[str, list[float]]]:
    """The same, and how many seconds the processor worked on each when they were trained."""
    recipe = recipe_of(corpus)
    text = recipe.load(corpus)
    voices = untrained(recipe, text)

    def train(checkpoint: object) -> dict[str, list[float]]:
        print(f"The voices of {text.name} are trained once and kept; this takes minutes.", file=sys.stderr, flush=True)
        return train_voices(voices, recipe, text)

    seconds = cached(voices, voices_key(recipe, text), train)
    return voices.eval(), seconds


def write_shipped_voices(corpus: str, folder: Path = DATA) -> list[Path]:
    """Train them and write the files; with one thread, so that they are the same on machines that have more."""
    runtime.use_threads(1)
    text, voices = recipe_of(corpus).load(corpus), trained_voices(corpus)
    facts = {"vocabulary": vocabulary_digest(text.target_vocab), "corpus": text.fingerprint, "torch": torch.__version__,
             "recipe": voices_key(recipe_of(corpus), text)["voices"]}
    paths = [folder / file_of(corpus, name).name for name in (*VOICES, JUDGE)]
    for path, name in zip(paths, (*VOICES, JUDGE), strict=True):
        save_model(path, voices[name], facts=facts, half=True)
    return paths
