"""Documents with a summary each: the newspaper of a grammar, whose facts are known, and abstracts of papers (SciTLDR).

A document of people is its sentences, with `TURN` between them. Where several people have summarised one document there is a
pair for each of their summaries.
"""
import json
from dataclasses import replace
from functools import cache

from gensq_lib.text.grammar import TURN
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

from . import dialogues, text
from .chats import one_prompt, read_turns, show_turns, spelled, turns
from .corpus import MAX_DOCUMENT, MAX_TOKENS, MAX_WORDS, MIN_COUNT, PairCorpus, both_sides, left_out
from .files import Remote, fetched, lines, remotes_in
from .splits import subset

SCITLDR = remotes_in("scitldr")
NUM_TRAIN = 5_000  # reports


def reports(*, seed: int = 0, num_train: int = 0) -> PairCorpus:
    """The small newspaper: all headlines of a report, and the facts that they must not change, are known."""
    found = dialogues.built_in("reports", seed=seed, num_train=num_train or NUM_TRAIN, num_prompts=1)
    return replace(found, sources=[])  # nobody asks for reports without headlines


def scitldr(*, seed: int = 0, num_train: int = 0) -> PairCorpus:
    """Abstracts of papers in one sentence (Cachola et al. 2020), in the parts of their authors; `titles` has their titles.

    A handful of papers stand in two of these parts: they are left out of training.
    """
    (every, valid, test), titles, num_left_out = _papers()
    held_out = {pair.source for pair in (*valid, *test)}
    own = [pair for pair in every if pair.source not in held_out]
    train = subset(own, min(num_train, len(own)), seed=seed)
    script = text.Script.of([s for pair in train for s in (*turns(pair.source), pair.target)], "en")
    parts = {part: [spelled(pair, script) for pair in pairs]
             for part, pairs in (("train", train), ("valid", valid), ("test", test))}
    vocab = Vocab.from_sentences((s for pair in parts["train"] for s in (pair.source, pair.target)), min_count=MIN_COUNT,
                                 max_size=MAX_WORDS)
    named = {spelled(Pair(source, title), script) for source, title in titles.items()}
    return PairCorpus(
        name="scitldr", **parts, **both_sides(vocab, show_turns(script), read_turns(script)), grammar=None,
        titles={pair.source: pair.target for pair in named}, origin="SciTLDR", licence=SCITLDR[0].licence,
        notes=(*left_out(f"abstracts of more than {MAX_DOCUMENT} tokens or summaries of more than {MAX_TOKENS} left out",
                         num_left_out),
               *left_out("left out of training because another part has them", len(every) - len(own))))


@cache
def _papers() -> tuple[list[list[Pair]], dict[Sentence, Sentence], int]:
    """The pairs of each part, titles by document, and how many pairs were left out."""
    titles, parts, num_left_out = {}, [], 0
    for remote in SCITLDR:
        pairs = []
        for paper in _rows(remote):
            document = one_prompt(filter(None, map(text.tokens, paper["source"])))
            every = [Pair(document, text.tokens(summary)) for summary in paper["target"]]
            kept = [pair for pair in every if pair.target and 0 < len(document) <= MAX_DOCUMENT
                    and len(pair.target) <= MAX_TOKENS]
            num_left_out += len(every) - len(kept)
            pairs += kept
            titles[document] = text.tokens(paper["title"])
        parts.append(pairs)
    return parts, titles, num_left_out


def _rows(remote: Remote) -> list[dict]:
    return [json.loads(line) for line in lines(fetched(remote)) if line.strip()]


def sentences(document: Sentence) -> list[Sentence]:
    """The sentences of a document: between `TURN`s, and where there are none, up to each full stop. Taught in lesson 12."""
    if TURN in document:
        return list(turns(document))
    ends = [i + 1 for i, word in enumerate(document) if word in text.STOPS]
    return [document[start:end] for start, end in zip([0, *ends], [*ends, len(document)]) if start < end]
