"""The studies of lesson 15: margins are paired by seed at one entropy; the oracle is the one whose hash is kept."""
import pytest
import torch

from gensq_course import lessons, studies
from gensq_course.lessons.text_gan import study as text_gan, study_oracle as seqgan_oracle
from gensq_lib.ground import runtime
from gensq_lib.text.batching import Batch
from gensq_lib.text.scoring import log_likelihood_at
from gensq_lib.text.vocab import Vocab

NAMES = ("start", *text_gan.WAYS, "longer")


def made_up(seed, gain):
    """Straight frontiers: valid = 4 - 0.4 entropy, and the adversarial one above it."""
    return {f"{name} T={t:g} {measure}": value
            for name in NAMES for t in text_gan.TEMPERATURES
            for measure, value in (("entropy", 9 * t + 0.01 * seed),
                                   ("valid", 4 - 0.4 * (9 * t + 0.01 * seed) + gain * (name == "adversarial")))}


def test_margins_are_paired_and_at_an_entropy_that_both_reach():
    margins = text_gan.margins([made_up(seed, gain) for seed, gain in enumerate((0.01, 0.02, 0.03))])
    assert set(margins) == set(NAMES) - {"likelihood"}
    assert margins["adversarial"] == (pytest.approx(0.02), pytest.approx(0.01 / 3**0.5))
    assert margins["shuffled"] == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))


def test_a_colder_copy_has_no_margin_and_a_collapsed_one_is_left_out():
    """More valid because less diverse is no gain; a parrot has no place on the frontier."""
    rows = [made_up(seed, 0.0) for seed in range(3)]
    for row in rows:
        for name, colder in (("adversarial", 0.5), ("best of 8", 5.0)):
            for t in text_gan.TEMPERATURES:
                row[f"{name} T={t:g} entropy"] -= colder
                row[f"{name} T={t:g} valid"] += 0.4 * colder
    margins = text_gan.margins(rows)
    assert margins["adversarial"] == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9)) and "best of 8" not in margins


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
    assert again.keys() == found.keys()
    for name, margin in {"start": 0.01, "likelihood": 0.01, "longer": 0.01, "adversarial": 0.03}.items():
        assert again[f"{name} T=1 valid"] == pytest.approx(found[f"{name} T=1 valid"], abs=margin)
        assert again[f"{name} T=1 entropy"] == pytest.approx(found[f"{name} T=1 entropy"], abs=0.2)


def test_the_recorded_oracle_is_ours_and_its_numbers_are_in_order():
    """Real sequences surprise the oracle least, random words most; a colder model surprises it less and says less."""
    content = studies.read("seqgan_oracle")
    for row in content["rows"]:
        found = row["found"]
        assert found["oracle entropy"] < found["T=1 oracle on model"] < found["random words"]
        cold, hot = (found[f"T={t:g} entropy"] for t in (min(seqgan_oracle.TEMPERATURES), max(seqgan_oracle.TEMPERATURES)))
        assert cold < hot


def test_the_oracle_is_about_as_uncertain_as_the_published_one():
    """Yu et al. (2017) give 5.750 nats per word for their oracle and 10.310 for random words; other weights, other digits."""
    oracle = seqgan_oracle.oracle()
    drawn = seqgan_oracle.draw(oracle, num=200, generator=runtime.generator("published"))
    assert seqgan_oracle.nats_per_word(oracle, drawn) == pytest.approx(5.75, abs=0.5)
    assert seqgan_oracle.nats_per_word(oracle, seqgan_oracle.random_words(0)) == pytest.approx(10.31, abs=1.5)
