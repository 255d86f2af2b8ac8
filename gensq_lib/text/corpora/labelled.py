"""Sentences with one label each: of a grammar, whose attributes are the labels, of two real corpora, and a reader's own.

No sentence is in two parts. What has a label that training never shows is left out (and counted in `notes`): nobody can
learn it.
"""
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.ground.runtime import generator
from gensq_lib.text import grammar
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

from . import chats, own, text, world
from .corpus import MAX_TOKENS, MAX_WORDS, MIN_COUNT, TOO_LONG, Corpus, LabelledCorpus, left_out
from .files import fetched, lines, remotes_in
from .splits import Parts, split, subset

GOEMOTIONS = remotes_in("goemotions")
NUM_TRAIN = 20_000  # sentences of a grammar; the first ones of those that its unlabelled corpus has
USUAL = "sentiment"  # what is asked of a grammar that has it
Example = Pair  # a sentence; its label is the one word of the target


def of_world(*, language: str, **choice: object) -> LabelledCorpus:
    """The built-in world in one language."""
    name = "world" if language == "en" else f"world:{language}"
    return _of_grammar(grammar.load(), language, name=name, origin=world.ORIGIN, licence=world.LICENCE, **choice)


def of_village(**choice: object) -> LabelledCorpus:
    """The small world."""
    return _of_grammar(grammar.shipped("village"), "en", name="village", origin=world.ORIGIN, licence=world.LICENCE, **choice)


def of_own_world(path: Path, *, name: str, language: str = "", **choice: object) -> LabelledCorpus:
    """A grammar file of the reader's."""
    g = grammar.load(path)
    return _of_grammar(g, g.language(language), name=name, origin=f"the grammar {path.name}", licence="as its owner says",
                       **choice)


def _of_grammar(g: Grammar, language: str, *, attribute: str, seed: int, num_train: int, **facts: str) -> LabelledCorpus:
    """The sentences of `corpora.load`, drawn once more together with their attributes."""
    chosen = attribute or (USUAL if USUAL in g.attributes else next(iter(g.attributes), "none"))
    if chosen not in g.attributes:
        raise GensqError(f'expected an attribute of {g.path}, {listed(g.attributes)}, got "{chosen}"'
                         f"{nearest(chosen, g.attributes) or '; choose one of these'}")
    draws = {"train": g.sample(num_train or NUM_TRAIN, generator=generator(seed, "train")),
             **{part: g.sample(world.NUM_HELD_OUT, generator=generator(part)) for part in world.HELD_OUT}}
    said = {part: [derivation.words(language) for derivation in drawn] for part, drawn in draws.items()}
    labels = {part: [derivation.attributes[chosen] for derivation in drawn] for part, drawn in draws.items()}
    corpus = Corpus(language=language, **said, vocab=Vocab(g.terminals(language), closed=True), grammar=g,
                    show=partial(g.show, language=language), read=partial(g.read, language=language), **facts)
    return LabelledCorpus(corpus, chosen, Parts(**labels))


def goemotions(*, seed: int, num_train: int, attribute: str = "") -> LabelledCorpus:
    """Comments in which readers saw one emotion (Demszky et al. 2020); those in which they saw several are left out."""
    examples, several = _comments()
    return _of_people(examples, [text.key(each.source) for each in examples], name="goemotions", kind="emotion",
                      attribute=attribute, seed=seed, num_train=num_train, origin="GoEmotions", licence=GOEMOTIONS[0].licence,
                      notes=left_out("comments with several emotions left out", several))


@cache
def _comments() -> tuple[list[Example], int]:
    """All comments with one emotion, and how many had more."""
    *files, names = map(fetched, GOEMOTIONS)
    emotions = [name.strip() for name in lines(names) if name.strip()]
    rows = [line.split("\t") for file in files for line in lines(file) if line.strip()]
    single = [row for row in rows if "," not in row[1]]
    return [Pair(text.tokens(row[0]), (emotions[int(row[1])],)) for row in single], len(rows) - len(single)


def sgd(*, seed: int, num_train: int, attribute: str = "") -> LabelledCorpus:
    """What users say, with what they want of the system at that moment (Rastogi et al. 2020); whole dialogues stay together.

    People say "yes, please" in many dialogues: such a sentence is left out of validation and test where training has it.
    """
    said = _user_turns()
    return _of_people([example for _, example in said], [key for key, _ in said], name="sgd", kind="intent",
                      attribute=attribute, seed=seed, num_train=num_train, origin="Schema-Guided Dialogue",
                      licence=chats.SGD[0].licence)


@cache
def _user_turns() -> list[tuple[str, Example]]:
    """Each turn of a user with its intent, and the dialogue that it is from."""
    return [(key, Pair(turn.words, (turn.label,))) for key, turns in chats.KINDS["sgd"].dialogues()
            for turn in turns if turn.label]


def _of_people(examples: list[Example], keys: list[str], *, kind: str, attribute: str, seed: int, num_train: int,
               notes: tuple[str, ...] = (), **facts: str) -> LabelledCorpus:
    _refuse_other(attribute, kind, facts["name"])
    kept = [(each, key) for each, key in zip(examples, keys, strict=True) if 0 < len(each.source) <= MAX_TOKENS]
    parts = split([each for each, _ in kept], [key for _, key in kept])
    script = text.Script.of([each.source for each in parts.train], "en")
    return _labelled(parts, script.spell, kind, seed=seed, num_train=num_train, language="en", show=script.show,
                     read=script.read, notes=notes + left_out(TOO_LONG, len(examples) - len(kept)), **facts)


def own_labelled(path: Path, **facts) -> LabelledCorpus:
    """A sentence, a tab, its label on each line."""
    return examples_labelled(own.labelled_lines(path), path, **facts)[0]


def examples_labelled(written: Sequence[str], path: Path, *, name: str, seed: int = 0, num_train: int = 0, attribute: str = "",
                      max_words: int = MAX_WORDS) -> tuple[LabelledCorpus, text.Script]:
    """Of these lines of a file, and how they are written."""
    _refuse_other(attribute, "label", name)
    parts, account, language = own.examples_of(written, path)
    script = text.Script.of([each.source for each in parts.train], language)
    found = _labelled(parts, script.spell, "label", seed=seed, num_train=min(num_train, len(parts.train)), language=language,
                      show=script.show, read=script.read, name=name, max_words=max_words, **own.facts_of(path, parts, account))
    own.vocab_of(found.text.train, path)  # refuses a text of words that come once
    return found, script


def _refuse_other(attribute: str, kind: str, name: str) -> None:
    if attribute not in ("", kind):
        raise GensqError(f'expected "{kind}", the labels of {name}, got "{attribute}"; leave it empty')


def _labelled(parts: Parts[Example], spell: Callable[[Sentence], Sentence], attribute: str, *, seed: int, num_train: int,
              notes: tuple[str, ...] = (), max_words: int = MAX_WORDS, **facts: object) -> LabelledCorpus:
    """The vocabulary and the labels are those of the training part."""
    train = subset(parts.train, num_train, seed=seed)
    labels, said = {each.target for each in train}, {text.key(each.source) for each in train}
    told = [each for part in (parts.valid, parts.test) for each in part]
    fresh = [each for each in told if text.key(each.source) not in said]
    known = Parts(train, *([each for each in part if each.target in labels and text.key(each.source) not in said]
                           for part in (parts.valid, parts.test)))
    notes += left_out("held-out sentences that training has, too, left out", len(told) - len(fresh))
    notes += left_out("with a label that training lacks", len(fresh) - len(known.valid) - len(known.test))
    sentences = known.each(lambda part: [spell(each.source) for each in part])
    vocab = Vocab.from_sentences(sentences.train, min_count=MIN_COUNT, max_size=max_words)
    corpus = Corpus(train=sentences.train, valid=sentences.valid, test=sentences.test, vocab=vocab, grammar=None, notes=notes,
                    **facts)
    return LabelledCorpus(corpus, attribute, known.each(lambda part: [each.target[0] for each in part]))
