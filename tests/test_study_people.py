"""The voices of people: what is typed was written before, a tiny run has every number and text, tables show them as they are."""
import tomllib
from dataclasses import replace

import pytest

from gensq_course import lessons, studies
from gensq_course.lessons.dialogue_gan import study_guard, study_people
from gensq_course.shipped import recipes, voices
from gensq_course.shipped.voices import VOICES
from gensq_course.studies import people
from gensq_lib.ground.places import DATA
from gensq_lib.text import corpora

TYPED = tomllib.loads((DATA / "typed.toml").read_text("utf-8"))


def test_ten_prompts_and_a_conversation_are_typed_for_each_corpus():
    for typed in map(TYPED.get, study_people.CORPORA):
        assert len(set(typed["prompts"])) == 10 and len(set(typed["conversation"])) == 6
        assert not set(typed["prompts"]) & set(typed["conversation"])


def test_both_studies_are_in_the_registry_and_recorded():
    for study in (study_people.STUDY, study_guard.STUDY):
        assert lessons.studies()[study.name] is study
        recorded = [row["setting"] for row in studies.read(study.name)["rows"]]
        assert recorded == list(study.settings)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A world in the place of a corpus of people, and voices of a few steps."""
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    recipe = replace(recipes.SMALL_WORLD, num_pairs=60, num_prompts=30, hidden_dim=8, likelihood_steps=4, vae_steps=4,
                     judge_steps=2, game_steps=2)
    monkeypatch.setattr(recipes, "RECIPES", {"doorstep": recipe})
    monkeypatch.setattr(voices, "SHIPPED", ())
    monkeypatch.setattr(people, "LESSONS", people.LESSONS | {"steps": 2})
    monkeypatch.setattr(study_people, "quality", lambda model, bench: {"nll": 9.0, "perplexity per token": 3.0})
    monkeypatch.setattr(study_people.tomllib, "loads", lambda _: {"doorstep": {
        "prompts": ["Have you seen my keys?", "How do whales sleep?"], "conversation": ["Have you seen my hat?", "My hat."]}})
    monkeypatch.setattr(study_people, "dialogues_of", lambda name: small_text(name))


def small_text(name):
    return corpora.load_dialogues(name, num_train=60, num_prompts=30)


@pytest.mark.slow
def test_a_tiny_run_has_every_number_and_every_text(small):
    found = study_people.run(corpus="doorstep")
    rows = people.numbers(found)
    assert [row[0] for row in rows] == ["real", "random words", "training replies", *(v for v in VOICES for _ in range(2))]
    assert all(len(row) == len(people.COLUMNS) for row in rows)
    assert all(row[2] == (9.0 if row[1] == 1 else "") for row in rows)
    assert all(isinstance(value, float) for row in rows for value in row[5:])
    assert all(studies.value(found, voice=voice, measure="minutes") > 0 for voice in VOICES)
    columns, answered = people.replies(found, "reply")
    assert columns == ["typed", *VOICES] and [row[0] for row in answered] == ["Have you seen my keys?", "How do whales sleep?"]
    assert all(text for row in answered for text in row)
    assert "I can talk about" in answered[1][1], "what is refused is recorded so"
    assert [len(row) for row in people.replies(found, "turn")[1]] == [4, 4]


def test_texts_have_no_mean_and_are_found_by_their_keys():
    found = [*studies.records({"nll": 2.0}, voice="vae"), {"voice": "vae", "said": "Hi", "measure": "reply", "value": "Hello."}]
    rows = [{"setting": {"corpus": "a"}, "seconds": 1.0, "found": found}]
    assert [record["value"] for record in studies.texts(found, voice="vae")] == ["Hello."] and not studies.texts(found, voice="x")
    means = studies.by(rows, "voice", "measure")
    assert means["vae", "nll"].mean == 2.0 and ("vae", "reply") not in means


def test_real_against_real_is_split_and_others_are_not(monkeypatch):
    seen = []
    monkeypatch.setattr(people, "told_apart", lambda real, other, judge, **_: seen.append((len(real), len(other))) or 0.5)
    bench = people.Bench(small_text("doorstep"), (), 0, hidden_dim=8)
    pool = bench.text.train[:40]
    for said in people.controls(bench, pool).values():
        people.judged(bench, pool, said)
    assert seen == [(20, 20), (40, 40), (40, 40)]


def test_what_is_refused_is_counted_with_the_number_of_sentences():
    found = people.refusals("some", lambda said: "No." * ("whales" in said), ["My keys.", "How do whales sleep?"])
    assert found == {"kind": "some", "of": 2, "measure": "refused", "value": 0.5}
