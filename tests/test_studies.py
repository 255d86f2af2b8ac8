"""Studies: every row once, kept one by one, written with where they come from; the cures' rows hold what they say."""
import json
import math
import subprocess
import sys

import pytest
import torch

from gensq_course import cli, studies
from gensq_course.lessons.curing_collapse import study as cures, study_strengths as strengths
from gensq_course.lessons.posterior_collapse import study as lagging
from gensq_course.report import results
from gensq_course.studies import recorded, study
from gensq_lib import diagnostics
from gensq_lib.cures import CURES, cure
from gensq_lib.ground.errors import GensqError


def double(*, number: int) -> list[dict]:
    if number < 0:
        raise ValueError("a row that fails")
    return studies.records({"doubled": 2.0 * number})


@pytest.fixture
def toy(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "place", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))
    return studies.Study("toy", "How much is twice?", [{"number": n} for n in range(4)], double)


@pytest.mark.slow
def test_rows_come_in_the_order_of_the_settings(toy):
    content = json.loads(studies.perform(toy, jobs=2).read_text("utf-8"))
    assert [studies.value(row["found"]) for row in content["rows"]] == [0, 2, 4, 6]
    assert content["command"] == "gensq study toy" and content["commit"] and content["machine"] and content["torch"]
    digest = content.pop(results.DIGEST)
    assert studies.read("toy") == content and digest == results.digest(content)
    assert studies.source(content) == (f"Recorded, not run here: gensq study toy, {content['date']}, commit {content['commit']}, "
                                       f"{content['machine']}")
    assert studies.recompute(toy, content["rows"][3]) == content["rows"][3]["found"]


@pytest.mark.slow
def test_a_stopped_study_keeps_its_rows(toy):
    broken = studies.Study("toy", "", [*toy.settings, {"number": -1}], double)
    with pytest.raises(ValueError, match="a row that fails"):
        studies.perform(broken, jobs=1)
    assert len(study.kept_rows(toy)) == 4
    study.keep(toy, {key: row | {"found": studies.records({"doubled": -1.0})} for key, row in study.kept_rows(toy).items()})
    rows = json.loads(studies.perform(toy, jobs=1).read_text("utf-8"))["rows"]
    assert {studies.value(row["found"]) for row in rows} == {-1.0}, "the kept rows are used, not run again"


def test_what_is_missing_is_said(toy, capsys):
    with pytest.raises(GensqError, match="gensq study toy"):
        studies.read("toy")
    assert cli.main(["study", "cure"]) == 2
    assert 'did you mean "cures"' in capsys.readouterr().err


def test_the_study_of_cures_has_every_cure_at_equal_and_double_steps_and_its_record_has_the_same_rows():
    named = {part for setting in cures.STUDY.settings for part in setting["cure"].split("+")}
    assert named >= set(CURES) - {"sigmoid", "high_rate"}  # the last one is what lesson 09 is trained with
    assert {(s["seed"], s["steps"] // cures.STEPS) for s in cures.STUDY.settings} == {(i, k) for i in range(5) for k in (1, 2)}
    assert [row["setting"] for row in studies.read("cures")["rows"]] == cures.STUDY.settings


def test_every_cure_is_tuned_with_equal_care():
    assert {len(set(positions)) for positions, _ in strengths.KNOBS.values()} == {2}
    assert [row["setting"] for row in studies.read("cures_strengths")["rows"]] == strengths.STUDY.settings
    before = dict(CURES)
    with strengths.at_strength("free_bits", 0.4) as (free, _), strengths.at_strength("group_free_bits", 3.6) as (group, _):
        assert (cure(free, steps=9).floor, cure(group, steps=9).floor) == (0.4, 3.6)
    with strengths.at_strength("batch_norm", 0.9) as network, strengths.at_strength("none", None) as plain:
        assert (network, plain) == (("batch_norm", {"gamma": 0.9}), ("none", {}))
    assert before == CURES, "a strength has a name of its own for a while"


def test_frequencies_alone_are_the_entropy_of_words_that_are_all_alike():
    words = list(range(4))
    encoded = {"train": [words] * 500, "test": [words[:3]] * 2}
    assert lagging.frequencies_alone(encoded) == pytest.approx(3 * math.log(4), abs=1e-6)


def test_the_rows_of_the_lagging_encoder_have_about_as_many_updates():
    extra = cure("aggressive", steps=lagging.AGGRESSIVE_STEPS)
    updates = sum(1 + extra.encoder_steps(i) for i in range(lagging.AGGRESSIVE_STEPS))
    assert updates == pytest.approx(lagging.STEPS, rel=0.01)
    assert {s["seed"] for s in lagging.STUDY.settings} == set(range(5))


def test_provenance_has_no_path_and_no_name_of_a_machine():
    assert set(results.provenance()) == {"commit", "date", "machine", "torch"}


def test_attribute_information_is_a_lower_bound_that_a_clear_case_reaches():
    noise = torch.Generator().manual_seed(0)
    coin = torch.randint(2, (2000,), generator=noise)
    clear = torch.stack([coin * 8.0, torch.randn(2000, generator=noise)], 1)
    labels = ["heads" if c else "tails" for c in coin.tolist()]
    assert diagnostics.attribute_information(clear, labels) == pytest.approx(0.693, abs=0.01)
    assert abs(diagnostics.attribute_information(torch.randn(2000, 2, generator=noise), labels)) < 0.01
    assert diagnostics.attribute_information(clear, ["same"] * 2000) == 0
    few = ["long"] * 4 + ["short"]  # five sentences, one of them of a kind of its own: nothing to learn it from
    assert diagnostics.attribute_information(clear[:5], few) == 0
    assert diagnostics.attribute_information(clear[:7], [*few, "short", "odd"]) < 0.7
    means = 1e-6 * coin.float()  # means that differ by next to nothing: draws do not show it
    draws = means[:, None] + torch.randn(2000, 1, generator=noise)
    assert abs(diagnostics.attribute_information(draws, labels)) < 0.01


def test_rows_are_summed_up_by_keys_of_settings_and_records():
    rows = [{"setting": {"cure": cure, "seed": seed}, "found": studies.records({"x": x}, word=1), "seconds": 2.0}
            for cure, seed, x in (("a", 0, 1.0), ("a", 1, 3.0), ("b", 0, 5.0))]
    found = studies.by(rows, "cure", measure="x")
    assert (found["a"].mean, found["a"].deviation, found["a"].n) == (2.0, pytest.approx(2**0.5), 2)
    assert found["b"].mean == 5.0 and math.isnan(found["b"].error)
    assert studies.by(rows, "cure", "word", "measure")["a", None, "seconds"].mean == 2.0
    with pytest.raises(GensqError, match="expected one record"):
        studies.value(rows[0]["found"], measure="y")


@pytest.mark.parametrize("study, name, keys", [
    ("cures", "gain at word 10", {"measure": "gain", "word": 10}),
    ("cures", "waterfall -ELBO", {"measure": "waterfall", "bar": "-ELBO"}),
    ("cures", "knows topic", {"measure": "knows", "attribute": "topic"}), ("cures", "rate", {"measure": "rate"}),
    ("seqgan_oracle", "T=0.9 entropy", {"measure": "entropy", "temperature": 0.9}),
    ("seqgan_oracle", "oracle entropy", {"measure": "oracle entropy"})])
def test_names_of_old_rows_become_keys(study, name, keys):
    assert recorded.tidy(study, {name: 1.5}) == [{**keys, "value": 1.5}]


def test_tidy_rows_stay_as_they_are():
    found = studies.records({"valid": 0.5}, way="start")
    assert recorded.tidy("text_gan", found) is found


@pytest.mark.slow
def test_a_recorded_row_comes_out_again():
    """As far as another processor's rounding and number of threads allow."""
    content = studies.read("cures")
    row = next(row for row in content["rows"] if row["setting"]["cure"] == "batch_norm" and row["setting"]["seed"] == 0)
    again, found = ([record for record in records if not record["measure"].startswith("know")]  # of means in older rows
                    for records in (studies.recompute(cures.STUDY, row), row["found"]))
    assert [{**record, "value": 0} for record in again] == [{**record, "value": 0} for record in found]
    for measure, near in {"dimensions": {"abs": 0}, "active_units": {"abs": 0}, "nll": {"abs": 0.1}, "rate": {"rel": 0.2},
                          "shuffled_cost": {"rel": 0.25}}.items():
        assert studies.value(again, measure=measure) == pytest.approx(studies.value(found, measure=measure), **near)


@pytest.mark.slow
def test_studies_before_reports():
    """Whatever is imported first, `report.recorded` is the function: a module of that name once hid it."""
    code = ("import sys; from gensq_course import studies, report; assert callable(report.recorded), report.recorded; "
            "assert not {'sklearn', 'scipy.stats'} & sys.modules.keys(), 'what takes a second is imported where it is used'")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120).returncode == 0
