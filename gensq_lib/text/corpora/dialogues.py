"""Dialogues: the built-in ones, a reader's own, and those of people.

A prompt is one or several turns; a reply comes with one label for each condition of the corpus (a mood, an intent). No
prompt of the built-in dialogues and no dialogue of a real corpus is in two parts.
"""
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

from gensq_lib.ground.errors import GensqError, listed
from gensq_lib.ground.runtime import generator
from gensq_lib.text import grammar
from gensq_lib.text.grammar import DialogueGrammar, Exchange
from gensq_lib.text.vocab import Sentence, Vocab

from . import chats
from .corpus import Read, Show
from .splits import digest, subset
from .world import LICENCE

NUM_TRAIN = 20_000
NUM_PROMPTS = 20_000
NUM_HELD_OUT = 1_000
OTHER = "other"  # the label of what the training part never says


@dataclass(frozen=True)
class DialogueCorpus:
    """Exchanges of one language. `grammar` is there when all replies to a prompt are known, else None."""

    name: str
    conditions: Mapping[str, tuple[str, ...]]  # what the labels of an exchange are called -> their values
    train: list[Exchange] = field(repr=False)
    valid: list[Exchange] = field(repr=False)
    test: list[Exchange] = field(repr=False)
    prompts: list[Sentence] = field(repr=False)  # without replies; where all have one, the prompts of the training part
    vocab: Vocab = field(repr=False)
    show: Show = field(repr=False)
    read: Read = field(repr=False)
    grammar: DialogueGrammar | None = field(repr=False)
    source: str
    licence: str
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A hash of what a model can learn from: the key of a cached run."""
        rows = [*(e.prompt + ("=>",) + e.reply + e.labels for e in (*self.train, *self.valid)), *self.prompts]
        return hashlib.sha256("\n".join(map(" ".join, rows)).encode()).hexdigest()[:16]

    @property
    def repeated(self) -> float:
        """The share of test prompts that training has, too: two people may say the same, and a model knows it by heart."""
        seen = {e.prompt for e in self.train}
        return sum(e.prompt in seen for e in self.test) / max(len(self.test), 1)

    def label_ids(self, labels: tuple[str, ...]) -> tuple[int, ...]:
        """The place of each label among the values of its condition; one that is not among them is `OTHER`."""
        return tuple(values.index(label if label in values else OTHER)
                     for label, values in zip(labels, self.conditions.values(), strict=True))

    def encoded(self, exchanges: Iterable[Exchange]) -> list[tuple[list[int], list[int], tuple[int, ...]]]:
        """Integers of prompt, reply and labels."""
        return [(self.vocab.encode(e.prompt), self.vocab.encode(e.reply), self.label_ids(e.labels)) for e in exchanges]

    def __str__(self) -> str:
        sizes = " / ".join(f"{len(part):,}" for part in (self.train, self.valid, self.test))
        mean = sum(len(e.reply) for e in self.train) / len(self.train)
        labels = ", ".join(f"{len(values)} of {name}" for name, values in self.conditions.items())
        again = () if self.grammar else (f"test prompts that training has, too: {self.repeated:.1%}",)
        return "; ".join([
            f"{self.name}: {sizes} exchanges (train / valid / test), replies of {mean:.1f} tokens on average",
            f"{len(self.prompts):,} prompts without replies", f"labels: {labels}", f"vocabulary {len(self.vocab):,}",
            *again, *self.notes, f"{self.source}, {self.licence}"])


def built_in(name: str, *, seed: int = 0, num_train: int = 0, num_prompts: int = 0) -> DialogueCorpus:
    """The dialogues that come with the course: "dialogue" or "doorstep"."""
    g = doorstep_grammar() if name == "doorstep" else grammar.load_dialogue()
    return _of_grammar(g, name=name, source="the built-in dialogues", licence=LICENCE, seed=seed, num_train=num_train,
                       num_prompts=num_prompts)


@cache
def doorstep_grammar() -> DialogueGrammar:
    """The grammar of the small dialogues, made once."""
    return grammar.load_dialogue(grammar.world_path().with_name("doorstep.grammar"))


def own(path: Path, *, name: str, seed: int = 0, num_train: int = 0, num_prompts: int = 0) -> DialogueCorpus:
    """A dialogue file of the reader's."""
    return _of_grammar(grammar.load_dialogue(path), name=name, source=f"the dialogues {path.name}",
                       licence="as their owner says", seed=seed, num_train=num_train, num_prompts=num_prompts)


def part_of(prompt: Sentence) -> str:
    """Where a prompt of a grammar belongs, whatever else is drawn: about 80 %, 10 % and 10 %."""
    place = digest("prompt", *prompt) % 10
    return {0: "test", 1: "valid"}.get(place, "train")


def fresh(g: DialogueGrammar, part: str, num: int, *, seed: int = 0) -> list[Exchange]:
    """`num` exchanges whose prompts belong to this part; another seed draws others."""
    kept = g.exchanges(generator=generator(seed, "dialogue", part), keep=lambda prompt: part_of(prompt) == part)
    return list(islice(kept, num))


@cache
def held_out(g: DialogueGrammar, part: str) -> tuple[Exchange, ...]:
    """The exchanges of validation or test, the same for every seed."""
    return tuple(fresh(g, part, NUM_HELD_OUT))


def _of_grammar(g: DialogueGrammar, *, seed: int, num_train: int, num_prompts: int, **facts) -> DialogueCorpus:
    """Held-out exchanges do not depend on the seed. All words of the grammar are known."""
    if min(num_train, num_prompts) < 0:
        raise GensqError(f"expected num_train and num_prompts of 0 or more, got {num_train} and {num_prompts}; 0 takes "
                         f"{NUM_TRAIN:,}")
    _check_parts(g)
    without = g.exchanges(generator=generator(seed, "dialogue", "prompts"), keep=lambda prompt: part_of(prompt) == "train")
    return DialogueCorpus(
        conditions={name: tuple(values) for name, values in g.conditions.items()},
        train=fresh(g, "train", num_train or NUM_TRAIN, seed=seed), valid=list(held_out(g, "valid")),
        test=list(held_out(g, "test")), prompts=[e.prompt for e in islice(without, num_prompts or NUM_PROMPTS)],
        vocab=Vocab(g.terminals, closed=True), show=g.show, read=g.read, grammar=g, **facts)


def _check_parts(g: DialogueGrammar) -> None:
    """A grammar with a handful of prompts may have none in some part: its draw would never end."""
    seen = {part_of(e.prompt) for e in g.sample(200, generator=generator("parts"))}
    if len(seen) < 3:
        raise GensqError(f"expected prompts for training, validation and test, got {g.num_prompts():,} different ones in "
                         f"{g.path}, of which 200 drawn ones are all in {listed(sorted(seen))}; write more prompts")


def real(name: str, *, seed: int = 0, num_train: int = 0, num_prompts: int = 0) -> DialogueCorpus:
    """Dialogues of people. The vocabulary and the labels are those of the training part."""
    read = chats.exchanges(name)
    train = subset(read.parts.train, num_train, seed=seed)
    labels = sorted({e.labels[0] for e in train} | {OTHER})
    vocab = Vocab.from_sentences((s for e in train for s in (e.prompt, e.reply)), min_count=chats.MIN_COUNT,
                                 max_size=chats.MAX_WORDS)
    return DialogueCorpus(
        name=name, conditions={read.condition: tuple(labels)}, train=train, valid=read.parts.valid, test=read.parts.test,
        prompts=[e.prompt for e in train][: num_prompts or None], vocab=vocab, show=read.show, read=read.read, grammar=None,
        source=read.source, licence=read.licence, notes=read.notes)
