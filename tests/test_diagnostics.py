"""Every instrument against a world where the answer is known."""
import math

import pytest
import torch
from toys import KnowsFirstWord, LinearGaussian

from gensq_lib.text.batching import collate, in_order
from gensq_lib.diagnostics import (
    Measured,
    active_units,
    encode,
    measure,
    mutual_information,
    nats_ledger,
    refine,
    valid_share,
    z_controls,
    z_gain,
)
from gensq_lib.diagnostics.posteriors import _derangement
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import elbo_terms
from gensq_lib.maths.stats import Share


@pytest.fixture
def data(generator):
    return LinearGaussian().draw(1000, generator)


# Mutual information


def test_mutual_information_brackets_the_truth(data, generator):
    model = LinearGaussian(noise=1.0)
    data = model.draw(1500, generator)
    q = model.posterior(data)
    found = mutual_information(q.mean.detach(), q.stddev.detach(), generator=generator)
    assert found.lower - 0.1 <= model.mutual_information() <= found.upper + 0.1
    assert found.lower < found.upper <= found.lower + 0.1
    assert found.log_n == pytest.approx(math.log(1500))


def test_the_lower_estimate_saturates_at_log_n(generator):
    """Trap 5: with 64 sentences no estimate of 12 nats is possible, and the two sides say so by disagreeing."""
    mean, stddev = 100 * torch.randn(64, 4, generator=generator), torch.full((64, 4), 0.01)
    found = mutual_information(mean, stddev, generator=generator)
    assert found.lower == pytest.approx(math.log(64), abs=1e-3)
    assert found.upper > 1000


def test_a_collapsed_encoder_holds_nothing(generator):
    found = mutual_information(torch.zeros(300, 4), torch.ones(300, 4), generator=generator)
    assert abs(found.lower) < 1e-4 and abs(found.upper) < 1e-4


def test_kl_is_not_information(generator):
    """A posterior far from the prior but the same for every sentence: KL 8 nats, information none."""
    mean, stddev = torch.full((300, 4), 2.0), torch.ones(300, 4)
    assert mutual_information(mean, stddev, generator=generator).upper < 1e-3


# Active units


def test_active_units_counts_means_that_vary(generator):
    mean = torch.randn(5000, 4, generator=generator) * torch.tensor([1.0, 0.5, 0.05, 0.0])
    assert active_units(mean) == 2
    assert active_units(mean, threshold=0.3) == 1


# Does the decoder use z?


SENTENCES = [[4 + i % 3, *range(4, 4 + i % 4)] for i in range(30)]


def batches():
    return in_order(SENTENCES, batch_size=7)


def test_z_controls_cost_what_was_taken_away(generator):
    controls = z_controls(KnowsFirstWord(), batches, generator=generator)
    first = torch.tensor([float(ids[0]) for ids in SENTENCES])
    torch.testing.assert_close(controls.own - controls.zeroed, first, atol=0.02, rtol=0)
    assert 0.3 < controls.shuffled_cost < 1.5
    assert controls.zeroed_cost == pytest.approx(first.mean().item(), abs=0.02)


def test_z_gain_finds_the_memorised_first_word(generator):
    gain = z_gain(KnowsFirstWord(), batches, generator=generator)
    assert gain[0] > 0.3 and (gain[1:].abs() < 1e-5).all() and len(gain) == 5


def test_a_decoder_without_z_gains_nothing(vae, generator):
    with torch.no_grad():
        vae.decoder.to_state.weight.zero_()
        vae.decoder.rnn.weight_ih_l0[:, -3:] = 0
    controls = z_controls(vae, batches, generator=generator)
    assert controls.shuffled_cost == pytest.approx(0, abs=1e-5) and controls.zeroed_cost == pytest.approx(0, abs=1e-5)


def test_a_derangement_leaves_nothing_in_place(generator):
    for n in (2, 3, 50):
        permutation = _derangement(n, generator=generator)
        assert sorted(permutation.tolist()) == list(range(n)) and (permutation != torch.arange(n)).all()


def test_encode_keeps_the_order(vae, encoded):
    found = encode(vae, in_order(encoded, batch_size=2))
    q = vae.posterior(collate(encoded))
    torch.testing.assert_close(found.mean, q.mean)
    torch.testing.assert_close(found.kl.sum(-1), elbo_terms(vae, collate(encoded)).kl.sum(-1))


# Where did the nats go?


def test_refine_finds_the_exact_posterior(data, generator):
    model = LinearGaussian(shift=0.4, scale=1.6)
    q = refine(model, data[:50], steps=300, generator=generator)
    exact = model.exact_posterior(data[:50])
    torch.testing.assert_close(q.mean, exact.mean.detach(), atol=0.1, rtol=0)
    torch.testing.assert_close(q.stddev, exact.stddev.detach(), atol=0.1, rtol=0)


def measured_toy(data, model, generator):
    from gensq_lib.maths.objectives import iwae

    with torch.no_grad():
        terms = elbo_terms(model, data, num_samples=200, generator=generator)
        bound = iwae(model, data, num_samples=2000, generator=generator)
        q = refine(model, data, steps=200, generator=generator)
        best = elbo_terms(model, data, q=q, num_samples=200, generator=generator).elbo
    return Measured(terms.reconstruction, terms.kl, bound, best, torch.ones(len(data), dtype=torch.long))


def test_the_ledger_finds_the_planted_gaps(data, generator):
    """The encoder is spoilt by a known KL; the family holds the exact posterior; the model is the truth."""
    model, data = LinearGaussian(shift=0.3, scale=1.4), data[:300]
    ledger = nats_ledger(measured_toy(data, model, generator), model.log_marginal(data).detach())
    spoilt = torch.distributions.kl_divergence(model.posterior(data), model.exact_posterior(data)).sum(-1).mean().item()
    assert ledger["model gap"].nats.mean == pytest.approx(0, abs=0.02)
    assert ledger["approximate family"].nats.mean == pytest.approx(0, abs=0.03)
    assert ledger["amortisation"].nats.mean == pytest.approx(spoilt, abs=0.05) and spoilt > 0.3


def a_measurement(n=100):
    noise = torch.Generator().manual_seed(1)
    iwae = -20 + torch.randn(n, generator=noise)
    return Measured(iwae - 0.8 + 5, torch.full((n, 2), 2.5), iwae, iwae - 0.5, torch.full((n,), 9))


@pytest.mark.parametrize("valid", [None, Share(95, 100)])
def test_the_ledger_adds_up(valid):
    measured = a_measurement()
    ledger = nats_ledger(measured, measured.iwae + 0.4, valid=valid)
    steps = sum(item.nats.mean for item in ledger.items if item.kind == "step")
    assert ledger.items[0].nats.mean + steps == pytest.approx(ledger["-ELBO"].nats.mean, abs=1e-4)
    assert ledger.rate + ledger.distortion == pytest.approx(ledger["-ELBO"].nats.mean, abs=1e-4)
    assert ledger["amortisation"].nats.mean == pytest.approx(0.3, abs=1e-4)


def test_invalid_mass_costs_minus_log_of_the_valid_share():
    ledger = nats_ledger(a_measurement(), a_measurement().iwae + 0.4, valid=Share(90, 100))
    assert ledger["invalid mass"].nats.mean == pytest.approx(-math.log(0.9))
    assert ledger["wrong weights"].nats.mean == pytest.approx(0.4 + math.log(0.9), abs=1e-5)


def test_errors_of_gaps_are_paired():
    """A constant gap has no error, however much the sentences differ."""
    measured = a_measurement()
    ledger = nats_ledger(measured, measured.iwae + 0.4)
    assert ledger["model gap"].nats.error < 1e-6 < 0.05 < ledger["exact NLL"].nats.error


def test_the_ledger_refuses_other_sentences():
    """Trap 28: compare with the truth of the *same* sentences."""
    with pytest.raises(GensqError, match="expected log p of the same 100 sentences, got 99"):
        nats_ledger(a_measurement(), torch.zeros(99))


def test_measure_agrees_with_its_parts(vae, encoded):
    found = measure(vae, lambda: in_order(encoded), num_samples=200, elbo_samples=200, refine_steps=40, seed=1)
    assert found.tokens.tolist() == [len(ids) + 1 for ids in encoded]
    again = measure(vae, lambda: in_order(encoded), num_samples=200, elbo_samples=200, refine_steps=40, seed=1)
    assert torch.equal(found.iwae, again.iwae) and torch.equal(found.refined_elbo, again.refined_elbo)
    assert (found.elbo <= found.refined_elbo + 0.05).all() and (found.refined_elbo <= found.iwae + 0.05).all()
    assert all(p.grad is None for p in vae.parameters())


# Shares


def test_valid_share_counts():
    from gensq_lib.text import grammar

    world = grammar.load()
    good = world.sentences(20, generator=torch.Generator().manual_seed(0))
    assert valid_share(good, world).count == 20
    assert valid_share([s[:-2] + ("zebra",) for s in good], world).count == 0
