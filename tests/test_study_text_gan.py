"""The studies of lesson 15: margins are paired by seed at one entropy; the oracle is the one whose hash is kept."""
import pytest
import torch

from gensq_lib import runtime, studies
from gensq_lib.studies import seqgan_oracle, text_gan

NAMES = ("start", *text_gan.WAYS, "longer")


def made_up(seed, gain):
    """Straight frontiers: valid = 4 - 0.4 entropy, and the adversarial one above it."""
    return {f"{name} T={t:g} {measure}": value
            for name in NAMES for t in text_gan.TEMPERATURES
            for measure, value in (("entropy", 9 * t + 0.01 * seed),
                                   ("valid", 4 - 0.4 * (9 * t + 0.01 * seed) + gain * (name == "adversarial")))}


def test_margins_are_paired_and_at_an_entropy_that_all_reach():
    level, margins = text_gan.margins([made_up(seed, gain) for seed, gain in enumerate((0.01, 0.02, 0.03))])
    assert level == pytest.approx(9.0) and set(margins) == set(NAMES) - {"likelihood"}
    assert margins["adversarial"] == (pytest.approx(0.02), pytest.approx(0.01 / 3**0.5))
    assert margins["shuffled"] == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))


def test_both_studies_are_in_the_registry_with_their_seeds():
    assert [setting["seed"] for setting in studies.STUDIES["text_gan"].settings] == [0, 1, 2, 3, 4]
    assert len(studies.STUDIES["seqgan_oracle"].settings) == 3


def test_the_oracle_speaks_in_words_only_and_its_probabilities_add_up():
    drawn = seqgan_oracle.draw(seqgan_oracle.oracle(), num=8, noise=runtime.generator("draw"))
    assert drawn.targets.shape == (8, 20) and (drawn.targets > 3).all() and (drawn.inputs[:, 1:] == drawn.targets[:, :-1]).all()
    log_probs, _ = seqgan_oracle.oracle().step(drawn.inputs[:, 0], seqgan_oracle.oracle().start(None, 8))
    said = seqgan_oracle.words_only(log_probs)
    torch.testing.assert_close(said.exp().sum(-1), torch.ones(8), atol=1e-4, rtol=1e-4)
    assert said[:, :4].exp().sum() == 0


def test_cold_samples_have_less_entropy():
    oracle = seqgan_oracle.oracle()
    at = runtime.generator
    hot, cold = (seqgan_oracle.nats_per_word(oracle, seqgan_oracle.draw(oracle, num=50, temperature=t, noise=at(0)),
                                             temperature=t) for t in (1.0, 0.5))
    assert cold < hot < 8.5
