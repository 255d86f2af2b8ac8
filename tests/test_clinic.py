"""The clinic: a world that adds up, runs that are sick in the stated way and in no other, a game, and a page."""
import itertools
import json
import math

import pytest
import torch

from gensq_course import clinic
from gensq_course.clinic import charts, diseases, models, runs, world
from gensq_course.clinic.game import DIAGNOSES, FREE, HEALTHY, WORTH, WRONG
from gensq_course.report.html import embedded
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.text_vae import BlindVAE
from gensq_lib.text.batching import collate

RECORDED = clinic.recorded()
EVERY_CHART = [(name, seed) for name, found in RECORDED.items() for seed in range(len(found))]

# The tiny world


def test_the_tiny_world_adds_up():
    """All sentences of the shortest length, counted: together they have the chance of that length."""
    names, topics, moods = (range(a, b) for a, b in itertools.pairwise(
        (world.FIRST_NAME, world.FIRST_TOPIC, world.FIRST_MOOD, world.VOCAB_SIZE)))
    turns = [math.exp(world.log_prob([names[0], a, b, c, d])) for a in topics for b in moods for c in topics for d in moods]
    assert len(names) * math.fsum(turns) == pytest.approx(world.LENGTH_CHANCES[0], rel=1e-4)
    assert math.fsum(world.LENGTH_CHANCES) == pytest.approx(1)


def test_its_log_prob_is_that_of_its_sentences():
    """Lengths as often as they should, words where they belong, and the numbers that stand beside the sentences."""
    drawn = world.sentences(4000, generator=runtime.generator(0, "test"))
    share = sum(len(ids) - 1 == world.LENGTHS[0] for ids in drawn.encoded) / 4000
    assert share == pytest.approx(world.LENGTH_CHANCES[0], abs=0.03)
    assert {ids[0] for ids in drawn.encoded} == set(range(world.FIRST_NAME, world.FIRST_NAME + world.NAMES))
    assert all(world.FIRST_TOPIC <= ids[1] < world.FIRST_MOOD <= ids[2] < world.VOCAB_SIZE for ids in drawn.encoded)
    assert drawn.log_prob[5].item() == pytest.approx(world.log_prob(drawn.encoded[5]))


def test_a_topic_prefers_two_words():
    chances = world.word_chances(world.TOPICS)
    assert torch.allclose(chances.sum(-1), torch.ones(world.TOPICS))
    assert chances[1, 2] == chances[1, 3] == pytest.approx(world.FAVOUR / 2)


# Networks with something broken inside


def small(kind, **more):
    torch.manual_seed(0)
    return kind(vocab_size=world.VOCAB_SIZE, embed_dim=6, hidden_dim=32, latent_dim=2, decoder="gru", **more).eval()


SENTENCES = [[5, 13, 22], [6, 14, 23], [5, 15, 22, 13, 20, 14, 21]]


def test_a_blind_decoder_does_not_see():
    model, z = small(BlindVAE), torch.ones(1, 1, 2)
    first, second = collate([[5, 13, 22]]), collate([[6, 14, 22]])
    same_target = [model.token_log_likelihood(batch, z)[0, 0, 2].item() for batch in (first, second)]
    assert same_target[0] == pytest.approx(same_target[1]), "the words before it are hidden"


def test_a_blind_decoder_steps_as_it_reads():
    """Decoding word by word agrees with teacher forcing."""
    model, batch, z = small(BlindVAE), collate([[5, 13, 22]]), torch.ones(1, 2)
    state, found = model.start(z, 1), []
    for t in range(4):
        log_probs, state = model.step(batch.inputs[:, t], state)
        found.append(log_probs[0, batch.targets[0, t]].item())
    assert found == pytest.approx(model.token_log_likelihood(batch, z[None])[0, 0].tolist(), abs=1e-5)


@pytest.mark.parametrize("kind, equals, longer", [(BlindVAE, False, False), (models.PaddingVAE, False, True),
                                                  (models.MixedPairsVAE, True, True), (models.FirstWordVAE, False, False)])
def test_who_moves_the_mean_of_a_sentence(kind, equals, longer):
    model = small(kind)
    alone = model.posterior(collate(SENTENCES[:1])).mean[0]
    moved = [not torch.allclose(model.posterior(collate(company)).mean[0], alone, atol=1e-5)
             for company in (SENTENCES[:2], [SENTENCES[0], SENTENCES[2]])]
    assert moved == [equals, longer]


def test_the_first_word_reader_reads_one_word():
    model = small(models.FirstWordVAE)
    means = model.posterior(collate([[5, 13, 22], [5, 16, 21]])).mean
    assert torch.allclose(means[0], means[1], atol=1e-6)


# Signatures


def test_at_least_twelve_diseases():
    assert len(clinic.DISEASES) >= 12 and set(RECORDED) == {HEALTHY, *clinic.DISEASES}


@pytest.mark.parametrize("name, seed", EVERY_CHART)
def test_each_disease_shows_its_signature_and_no_other(name, seed):
    """The healthy run shows none."""
    assert clinic.signature_hits(RECORDED[name][seed]) == ([] if name == HEALTHY else [name])


@pytest.mark.parametrize("name", clinic.DISEASES)
def test_signs_have_bounds_that_the_healthy_run_does_not_keep(name):
    signs = clinic.DISEASES[name].signs
    assert all(sign.low > -math.inf or sign.high < math.inf for sign in signs)
    assert all(sign.reading in clinic.LABELS for sign in signs)
    assert not all(sign.shows(chart) for sign in signs for chart in RECORDED[HEALTHY])


def test_a_reading_that_is_not_there_is_no_sign():
    assert not clinic.Sign("reported_mmd", "...", high=1.0).shows({})


def test_one_recorded_row_is_recomputed():
    """The cheapest of them, trained anew; readings agree as far as another processor's rounding allows."""
    name = min(charts.RECIPES, key=lambda name: charts.RECIPES[name].steps)
    again, kept = clinic.make(name, seed=0), RECORDED[name][0]
    assert set(again) == set(kept) and clinic.signature_hits(again) == [name]
    for reading in ("kl", "exact_nll", "iwae_nll", "shuffled_cost", "reported_kl"):
        assert again[reading] == pytest.approx(kept[reading], rel=0.05, abs=0.05), reading


def test_recipes_differ_from_the_healthy_one_in_their_sick_part():
    assert diseases.HEALTHY == runs.Recipe()
    for disease in clinic.DISEASES.values():
        changed = [part for part, value in vars(disease.recipe).items() if value != getattr(diseases.HEALTHY, part)]
        assert 1 <= len(changed) <= 3, changed


def test_the_broken_loader_drops_the_long_sentences():
    drawn = world.sentences(1000, generator=runtime.generator(1)).encoded
    kept = diseases.full_batches_only(drawn)
    assert len(kept) < 0.95 * len(drawn) and max(map(len, kept)) < max(map(len, drawn))
    assert all(sum(len(ids) == n for ids in kept) % diseases.DROP_BELOW == 0 for n in range(12))


@pytest.mark.slow
def test_remade_charts_are_readable(tmp_path, monkeypatch):
    monkeypatch.setattr(charts, "RECIPES", {"healthy": runs.Recipe(steps=2), "b": runs.Recipe(steps=1)})
    assert len(list(charts.remake(tmp_path / "charts.json", seeds=(0, 1)))) == 2
    found = json.loads((tmp_path / "charts.json").read_text())
    assert [len(found[name]) for name in ("healthy", "b")] == [2, 2] and "kl" in found["b"][0]


def test_the_recorded_file_is_small():
    assert charts.FILE.stat().st_size < 100_000


# The game


def play(student=7):
    return clinic.new_game(student, RECORDED)


def test_a_students_patients_are_his_own():
    names = [[visit.patient.diagnosis for visit in play(student).visits] for student in range(40)]
    assert names[7] == [visit.patient.diagnosis for visit in play(7).visits]
    assert len({tuple(found) for found in names}) > 35
    assert all(len(set(found)) == len(found) == 6 for found in names)
    assert {name for found in names for name in found} == set(DIAGNOSES), "nobody is left out of every game"


def test_points():
    visit = play().visits[0]
    assert visit.points == 0 and visit.bought == [FREE]
    visit.buy("schedules")
    visit.buy("schedules")
    assert visit.points == -3, "bought once"
    wrong = next(name for name in DIAGNOSES if name != visit.patient.diagnosis)
    assert not visit.diagnose(wrong).right and not visit.diagnose(wrong).right
    assert visit.points == -3 - WRONG, "counted once"
    assert visit.diagnose(visit.patient.diagnosis).right and visit.solved
    assert visit.points == WORTH - 3 - WRONG
    visit.buy("gain by position")
    visit.diagnose(wrong)
    assert visit.points == WORTH - 3 - WRONG, "a closed case costs nothing more"


def test_what_was_not_bought_is_not_shown():
    visit = play().visits[0]
    assert visit.read(FREE)
    with pytest.raises(GensqError, match="buy it first"):
        visit.read("schedules")


@pytest.mark.parametrize("do", [lambda visit: visit.buy("stethoscope"), lambda visit: visit.diagnose("a cold")])
def test_unknown_names_are_refused(do):
    with pytest.raises(GensqError, match="expected an? (instrument|diagnosis)"):
        do(play().visits[0])


@pytest.mark.parametrize("name, seed", EVERY_CHART)
def test_every_answer_has_a_reason(name, seed):
    """The right one names the deciding reading and the cause; a wrong one names a reading that speaks against it."""
    patient = clinic.Patient(name, RECORDED[name][seed])
    for guess in DIAGNOSES:
        verdict = patient.verdict(guess)
        assert verdict.right == (guess == name)
        if verdict.right and name != HEALTHY:
            disease = clinic.DISEASES[name]
            assert clinic.LABELS[disease.signs[0].reading] in verdict.text and disease.cause in verdict.text
        elif not verdict.right and guess != HEALTHY:
            assert "here it is" in verdict.text
        elif not verdict.right:
            assert "can be bought" in verdict.text


def test_every_reading_of_a_sign_can_be_bought():
    sold = {reading for instrument in clinic.INSTRUMENTS.values() for reading in instrument.readings}
    assert {sign.reading for disease in clinic.DISEASES.values() for sign in disease.signs} <= sold == set(clinic.LABELS)


def test_a_negative_student_is_refused():
    with pytest.raises(GensqError, match="student number of at least 0"):
        clinic.new_game(-1, RECORDED)


# The page


def test_the_page_asks_for_nothing_and_escapes():
    text = clinic.page(play())
    assert "default-src 'none'" in text.replace("&#x27;", "'") and "http" not in text.replace("http-equiv", "")
    assert embedded({"a": "</script><b>&"}) == '{"a": "\\u003c/script>\\u003cb>\\u0026"}'
    assert len(text) < 200_000


@pytest.mark.browser
def test_the_page_is_played_by_keyboard_without_a_network(browser, tmp_path):
    """Bought with the space bar, diagnosed with Enter; the points are those of the Python rules."""
    game, file = play(3), tmp_path / "clinic.html"
    file.write_text(clinic.page(game), encoding="utf-8")
    context = browser.new_context(offline=True)
    tab, asked, errors = context.new_page(), [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(file.as_uri())
    tab.keyboard.press("Tab")
    tab.keyboard.press("2")
    visit = game.visits[1]
    for name in ("gain by position", "schedules"):
        cost = visit.buy(name).cost
        tab.locator("section:visible button", has_text=f"{name} ({cost})").focus()
        tab.keyboard.press("Space")
    wrong = next(name for name in DIAGNOSES if name != visit.patient.diagnosis)
    for guess in (wrong, visit.patient.diagnosis):
        visit.diagnose(guess)
        tab.locator("section:visible select").focus()
        tab.locator("section:visible select").select_option(label=guess)
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
    assert f"{game.points} points, 1 of 6".replace("-", "−") in tab.locator(".points").inner_text()
    shown = tab.locator("section:visible").inner_text()
    assert visit.patient.verdict(visit.patient.diagnosis).text[:60] in shown and "gain by position" in shown
    assert tab.evaluate("document.activeElement.textContent") == "Diagnose", "what was pressed keeps the focus"
    assert errors == [] and [url for url in asked if not url.startswith("file:")] == []
    context.close()


def test_the_command_writes_the_page(tmp_path, capsys):
    from gensq_course.cli import main

    assert main(["clinic", "-o", str(tmp_path / "c.html"), "--student", "5"]) == 0
    assert "student 5" in (tmp_path / "c.html").read_text(encoding="utf-8")
    assert "student 5" in capsys.readouterr().out
