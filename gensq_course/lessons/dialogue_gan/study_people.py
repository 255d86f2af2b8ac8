"""What have the voices learnt from people? No truth is known: likelihood, variety, a fresh judge with its two tests, and reading.

What is typed stands in `data/typed.toml`, written before there were voices; what they answer is recorded as it comes. The judge
learns from validation and test exchanges, which no voice has learnt from (the validation ones ended their training).
"""
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from gensq_course.shipped.recipes import recipe_of
from gensq_course.shipped.voices import VOICES, dialogues_of, kept_voices, voices_of
from gensq_course.studies.answering import Bench, quality, rates
from gensq_course.studies.people import controls, judged, variety
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.ground.places import DATA

READS = ("typed.toml",)
CORPORA, TEMPERATURES = ("sgd", "topical-chat"), (1.0, 0.5)


def run(*, corpus: str) -> list[Record]:
    """Nats per reply, n-grams per word, shares that a fresh judge sorts rightly, minutes of one core; and texts."""
    recipe, (models, seconds) = recipe_of(corpus), kept_voices(corpus)
    text = recipe.load(corpus)
    bench = Bench(text, text.test, recipe.seed, hidden_dim=recipe.hidden_dim)
    pool = [e for e in (*text.valid, *text.test) if not text.target_vocab.unknown(e.target)]  # no model says another word
    said = {(voice, t): bench.answered(models[voice], pool, temperature=t) for voice in VOICES for t in TEMPERATURES}
    found = [record for (name, t), replies in (controls(bench, pool) | said).items()
             for record in records(variety(replies) | {"judge": judged(bench, pool, replies)}, voice=name, temperature=t)]
    for voice in VOICES:
        found += records(quality(models[voice], bench) | {"minutes": sum(seconds[voice]) / 60}, voice=voice)
    found += records({"KL": rates(models["vae"], bench).sum().item()}, voice="vae")
    return [*found, *exchanges(corpus, tomllib.loads((DATA / "typed.toml").read_text("utf-8"))[corpus])]


def exchanges(corpus: str, typed: Mapping[str, Sequence[str]]) -> Iterator[Record]:
    """What each voice of the chat answers, unselected: to each prompt by itself, and in a conversation."""
    speakers = voices_of(dialogues_of(corpus))
    for voice in VOICES:
        turns: tuple[str, ...] = ()
        for said in typed["prompts"]:
            yield {"voice": voice, "said": said, "measure": "reply", "value": speakers.answer(said, voice=voice).text}
        for said in typed["conversation"]:
            turns = speakers.answer(said, turns, voice=voice).turns
            yield {"voice": voice, "said": said, "measure": "turn", "value": turns[-1]}


STUDY = Study("dialogue_people", "What have the voices learnt from people?", [{"corpus": corpus} for corpus in CORPORA], run)
