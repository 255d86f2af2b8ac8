"""What can be measured of replies whose truth nobody knows: variety, and what a fresh judge finds, beside controls."""
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from gensq_course.studies.answering import Bench
from gensq_course.studies.rows import Record, Row, by, texts, values
from gensq_course.talk.instruments import told_apart
from gensq_lib.diagnostics.usual import distinct
from gensq_lib.ground import runtime
from gensq_lib.text.pairs import Pair

OF_MODEL, OF_REPLIES = ("nll", "perplexity per token", "minutes"), ("distinct-1", "distinct-2", "judge")
COLUMNS = ("who answers", "temperature", "NLL of a person's reply", "perplexity per token", "minutes of one core",
           "distinct-1", "distinct-2", "fresh judge")
KINDS = ("test prompts", "misspelt", "other words", "foreign")
GUARDED = ("corpus", "refused: test prompts", "the same, misspelt", "in other words", "what is foreign", "of short words alone")
LESSONS = {"steps": 160, "learning_rate": 6e-3, "seed": 0}  # of a fresh judge, as in lesson 16


def controls(bench: Bench, pool: Sequence[Pair]) -> dict[tuple[str, float], list[Pair]]:
    """A judge's two tests, what is real and random words; and a bot that answers with any reply of the training part."""
    train, noise = bench.text.train, runtime.generator(bench.seed, "people")
    babbled = babble(bench, pool, noise)
    parrot = [replace(e, target=train[i].target)
              for e, i in zip(pool, torch.randint(len(train), (len(pool),), generator=noise).tolist(), strict=True)]
    return {("real", 0.0): list(pool), ("random words", 0.0): babbled, ("training replies", 0.0): parrot}


def babble(bench: Bench, pool: Sequence[Pair], noise: torch.Generator) -> list[Pair]:
    """Random words, as many as in each reply."""
    words = bench.text.target_vocab.words[len(bench.text.target_vocab.SPECIALS):]
    return [replace(e, target=tuple(words[i] for i in torch.randint(len(words), (len(e.target),), generator=noise).tolist()))
            for e in pool]


def refusals(kind: str, refusal: Callable[[str], str], sentences: Sequence[str]) -> Record:
    """The share of these that a guard refuses."""
    share = sum(map(bool, map(refusal, sentences))) / len(sentences)
    return {"kind": kind, "of": len(sentences), "measure": "refused", "value": share}


def variety(said: Sequence[Pair]) -> dict[str, float]:
    """Of the replies to the same prompts, so that sets are of one size."""
    return {f"distinct-{n}": distinct([e.target for e in said], n=n) for n in (1, 2)}


def judged(bench: Bench, pool: Sequence[Pair], said: Sequence[Pair]) -> float:
    """How often a fresh judge that reads the prompt is right; of real replies against real ones, in two halves."""
    real, other = (pool[::2], pool[1::2]) if said == pool else (pool, said)
    return told_apart(*map(bench.text.encoded, (real, other)), bench.judge(), **LESSONS)


def numbers(found: Sequence[Record]) -> list[list[str | float]]:
    """A row of `COLUMNS` for each kind of replies; what is known of a model by itself stands once, at temperature 1."""
    kinds = dict.fromkeys((record["voice"], record["temperature"]) for record in found if "temperature" in record)
    return [[voice, t or "", *(_number(found if t == 1 else (), voice=voice, measure=name) for name in OF_MODEL),
             *(_number(found, voice=voice, temperature=t, measure=name) for name in OF_REPLIES)] for voice, t in kinds]


def _number(found: Sequence[Record], **where: str | float) -> float | str:
    """Nothing where nothing is known."""
    return next(iter(values(found, **where)), "")


def replies(found: Sequence[Record], measure: str) -> tuple[list[str], list[list[str]]]:
    """What was typed, and what each voice answered, side by side: columns and rows. `measure` is "reply" or "turn"."""
    said = texts(found, measure=measure)
    voices = list(dict.fromkeys(record["voice"] for record in said))
    asked = list(dict.fromkeys(record["said"] for record in said))
    return ["typed", *voices], [[typed, *(r["value"] for r in texts(said, said=typed))] for typed in asked]


def refused(rows: Sequence[Row]) -> list[list[str]]:
    """A row of `GUARDED` for each corpus: what its guard refuses, in percent."""
    shares = by(rows, "corpus", "kind", measure="refused")
    alone = {row["setting"]["corpus"]: [r["said"] for r in row["found"] if "said" in r and r["value"]] for row in rows}
    percent = {key: f"{share.mean:.1%}" for key, share in shares.items()}
    return [[corpus, *(percent.get((corpus, kind), "") for kind in KINDS), ", ".join(words) or "none"]
            for corpus, words in alone.items()]
