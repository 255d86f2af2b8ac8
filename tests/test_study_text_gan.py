"""The studies of lesson 15: margins are paired by seed at one entropy; the oracle is the one whose hash is kept."""
from dataclasses import astuple

import pytest
import torch

from gensq_course import lessons, studies
from gensq_course.lessons.text_gan import study as text_gan, study_oracle as seqgan_oracle
from gensq_lib.ground import runtime
from gensq_lib.text.batching import Batch
from gensq_lib.text.scoring import log_likelihood_at
from gensq_lib.text.vocab import Vocab

NAMES = ("start", *text_gan.WAYS, "longer")


def made_up(seed, gain, colder=None):
    """Straight frontiers: valid = 4 - 0.4 entropy, and the adversarial one above it."""
    found = []
    for way in NAMES:
        for t in text_gan.TEMPERATURES:
            entropy = 9 * t + 0.01 * seed - (colder or {}).get(way, 0.0)
            valid = 4 - 0.4 * entropy + gain * (way == "adversarial")
            found += studies.records({"entropy": entropy, "valid": valid}, way=way, temperature=t)
    return found


def test_margins_are_paired_and_at_an_entropy_that_both_reach():
    margins = text_gan.margins([made_up(seed, gain) for seed, gain in enumerate((0.01, 0.02, 0.03))])
    assert set(margins) == set(NAMES) - {"likelihood"}
    assert astuple(margins["adversarial"]) == (pytest.approx(0.02), pytest.approx(0.01 / 3**0.5), 3)
    assert astuple(margins["shuffled"]) == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9), 3)


def test_a_colder_copy_has_no_margin_and_a_collapsed_one_is_left_out():
    """More valid because less diverse is no gain; a parrot has no place on the frontier."""
    margins = text_gan.margins([made_up(seed, 0.0, {"adversarial": 0.5, "best of 8": 5.0}) for seed in range(3)])
    assert astuple(margins["adversarial"])[:2] == (pytest.approx(0, abs=1e-9),) * 2 and "best of 8" not in margins


def test_both_studies_are_in_the_registry_with_their_seeds():
    assert [setting["seed"] for setting in lessons.studies()["text_gan"].settings] == [0, 1, 2, 3, 4]
    assert len(lessons.studies()["seqgan_oracle"].settings) == 3


def test_the_oracle_speaks_in_words_only_and_its_probabilities_add_up():
    drawn = seqgan_oracle.draw(seqgan_oracle.oracle(), num=8, generator=runtime.generator("draw"))
    assert drawn.targets.shape == (8, 20) and (drawn.targets > 3).all() and (drawn.inputs[:, 1:] == drawn.targets[:, :-1]).all()
    words = torch.arange(4, seqgan_oracle.SIZES["vocab_size"])
    one = Batch(torch.full_like(words, Vocab.BOS)[:, None], words[:, None], torch.ones_like(words))
    log_p = log_likelihood_at(seqgan_oracle.oracle(), one, temperatures=[0.7], avoid=seqgan_oracle.NEVER)
    assert log_p.exp().sum().item() == pytest.approx(1.0, abs=1e-4)


def test_cold_samples_have_less_entropy():
    oracle = seqgan_oracle.oracle()
    at = runtime.generator
    hot, cold = (seqgan_oracle.nats_per_word(oracle, seqgan_oracle.draw(oracle, num=50, temperature=t, generator=at(0)),
                                             temperature=t) for t in (1.0, 0.5))
    assert cold < hot < 8.5


@pytest.mark.slow
def test_recorded_rows_come_out_again():
    """As far as another processor's rounding allows: games amplify it, likelihood hardly."""
    content = studies.read("text_gan")
    again, found = studies.recompute(text_gan.STUDY, content["rows"][0]), content["rows"][0]["found"]
    for name, margin in {"start": 0.01, "likelihood": 0.01, "longer": 0.01, "adversarial": 0.03}.items():
        for measure, near in (("valid", margin), ("entropy", 0.2)):
            now, then = (studies.value(records, way=name, temperature=1.0, measure=measure) for records in (again, found))
            assert now == pytest.approx(then, abs=near)


def test_the_recorded_oracle_is_ours_and_its_numbers_are_in_order():
    """Real sequences surprise the oracle least, random words most; a colder model surprises it less and says less."""
    content = studies.read("seqgan_oracle")
    for row in content["rows"]:
        real, random = (studies.value(row["found"], measure=name) for name in ("oracle entropy", "random words"))
        assert real < studies.value(row["found"], measure="oracle on model", temperature=1.0) < random
        hot_first = studies.values(row["found"], measure="entropy")
        assert hot_first == sorted(hot_first, reverse=True) and len(hot_first) == len(seqgan_oracle.TEMPERATURES)


def test_the_oracle_is_about_as_uncertain_as_the_published_one():
    """Yu et al. (2017) give 5.750 nats per word for their oracle and 10.310 for random words; other weights, other digits."""
    oracle = seqgan_oracle.oracle()
    drawn = seqgan_oracle.draw(oracle, num=200, generator=runtime.generator("published"))
    assert seqgan_oracle.nats_per_word(oracle, drawn) == pytest.approx(5.75, abs=0.5)
    assert seqgan_oracle.nats_per_word(oracle, seqgan_oracle.random_words(0)) == pytest.approx(10.31, abs=1.5)
