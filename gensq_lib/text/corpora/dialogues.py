"""Dialogues of a grammar: the built-in ones and a reader's own. Those of people are in `chats`.

A prompt is one or several turns; a reply comes with one label for each condition of the corpus (a mood, an intent). No
prompt is in two parts.
"""
from functools import cache
from itertools import islice
from pathlib import Path

from gensq_lib.ground.errors import GensqError, listed
from gensq_lib.ground.runtime import generator
from gensq_lib.text import grammar
from gensq_lib.text.grammar import DialogueGrammar
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Vocab

from .corpus import PairCorpus, both_sides
from .splits import part_of
from .world import LICENCE

NUM_TRAIN = 20_000
NUM_PROMPTS = 20_000
NUM_HELD_OUT = 1_000


def built_in(name: str, **sizes: int) -> PairCorpus:
    """The dialogues that come with the course: "dialogue" or "doorstep"."""
    return _of_grammar(grammar.shipped(name), name=name, origin="the built-in dialogues", licence=LICENCE, **sizes)


def own_dialogues(path: Path, *, name: str, **sizes: int) -> PairCorpus:
    """A dialogue file of the reader's."""
    return _of_grammar(grammar.load_dialogue(path), name=name, origin=f"the dialogues {path.name}",
                       licence="as their owner says", **sizes)


def fresh(g: DialogueGrammar, part: str, num: int, *, seed: int = 0) -> list[Pair]:
    """`num` exchanges whose prompts belong to this part; another seed draws others. Taught in lesson 16."""
    kept = g.exchanges(generator=generator(seed, "dialogue", part), keep=lambda prompt: part_of(prompt) == part)
    return list(islice(kept, num))


@cache
def held_out(g: DialogueGrammar, part: str) -> tuple[Pair, ...]:
    """The exchanges of validation or test, the same for every seed."""
    return tuple(fresh(g, part, NUM_HELD_OUT))


def _of_grammar(g: DialogueGrammar, *, seed: int = 0, num_train: int = 0, num_prompts: int = 0, **facts) -> PairCorpus:
    """Held-out exchanges do not depend on the seed. All words of the grammar are known."""
    _check_parts(g)
    without = g.exchanges(generator=generator(seed, "dialogue", "prompts"), keep=lambda prompt: part_of(prompt) == "train")
    return PairCorpus(
        conditions={name: tuple(values) for name, values in g.conditions.items()},
        train=fresh(g, "train", num_train or NUM_TRAIN, seed=seed), valid=list(held_out(g, "valid")),
        test=list(held_out(g, "test")), sources=[e.source for e in islice(without, num_prompts or NUM_PROMPTS)],
        grammar=g, **both_sides(Vocab(g.terminals, closed=True), g.show, g.read), **facts)


def _check_parts(g: DialogueGrammar) -> None:
    """A grammar with a handful of prompts may have none in some part: its draw would never end."""
    seen = {part_of(e.source) for e in g.sample(200, generator=generator("parts"))}
    if len(seen) < 3:
        raise GensqError(f"expected prompts for training, validation and test, got {g.prompts.num_sentences():,} different "
                         f"ones in {g.path}, of which 200 drawn ones are all in {listed(sorted(seen))}; write more prompts")
