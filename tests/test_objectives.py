import math

import pytest
import torch
from toys import LinearGaussian

from gensq_lib.maths import objectives
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import collate, in_order
from gensq_lib.maths.objectives import (
    LatentVariableModel,
    Likelihood,
    Score,
    elbo_terms,
    evaluate,
    evaluating,
    iwae,
    log_mean_exp,
    log_weights,
)
from gensq_lib.maths.stats import estimate


@pytest.fixture
def data(generator):
    return LinearGaussian().draw(400, generator)


def mean_and_error(values):
    found = estimate(values)
    return found.mean, found.error


def test_with_the_exact_posterior_the_elbo_is_log_p(data, generator):
    model = LinearGaussian()
    terms = elbo_terms(model, data, num_samples=200, generator=generator)
    gap, error = mean_and_error((model.log_marginal(data) - terms.elbo).detach())
    assert abs(gap) < 4 * error
    torch.testing.assert_close(iwae(model, data, num_samples=3, generator=generator), model.log_marginal(data))


def test_log_p_minus_elbo_is_the_kl_to_the_true_posterior(data, generator):
    model = LinearGaussian(shift=0.3, scale=1.5)
    terms = elbo_terms(model, data, num_samples=300, generator=generator)
    gap = model.log_marginal(data) - terms.elbo
    true_gap = torch.distributions.kl_divergence(model.posterior(data), model.exact_posterior(data)).sum(-1)
    difference, error = mean_and_error((gap - true_gap).detach())
    assert abs(difference) < 4 * error
    assert true_gap.mean() > 0.5  # the encoder is spoilt for real


def test_iwae_is_a_bound_that_tightens(data, generator):
    model = LinearGaussian(shift=0.3, scale=1.5)
    means = [iwae(model, data, num_samples=k, generator=generator).mean().item() for k in (1, 5, 50, 2000)]
    assert means == sorted(means)
    assert means[-1] <= model.log_marginal(data).mean().item() + 0.02


def test_iwae_is_the_log_of_an_unbiased_estimate(generator):
    """exp(IWAE) averages to p(x): on one point, over many repetitions, within 4 standard errors."""
    model, point = LinearGaussian(scale=1.5), torch.tensor([[0.5, -1.0, 0.2]], dtype=torch.float64)
    repeated = point.expand(20_000, -1)
    ratio = (iwae(model, repeated, num_samples=3, generator=generator) - model.log_marginal(repeated)).exp().detach()
    assert abs(estimate(ratio).errors_from(1)) < 4


def test_chunks_do_not_change_the_estimator(data):
    model = LinearGaussian(scale=1.3)
    one, many = (iwae(model, data, num_samples=60, chunk=c, generator=torch.Generator().manual_seed(1)) for c in (60, 7))
    torch.testing.assert_close(one, many)


def test_one_sample_is_the_single_sample_elbo(data):
    model = LinearGaussian(scale=1.3)
    again = torch.Generator().manual_seed(1)
    weights = log_weights(model, data, num_samples=1, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(iwae(model, data, num_samples=1, generator=again), weights[0])


def test_log_mean_exp_is_safe_far_from_zero():
    values = torch.tensor([[-1000.0], [-1001.0]])
    torch.testing.assert_close(log_mean_exp(values), torch.tensor([-1000 + math.log((1 + math.exp(-1)) / 2)]))


def test_elbo_of_a_text_vae_bounds_its_enumerated_likelihood(generator):
    """One latent dimension, quadrature over z gives p(x) itself: the ELBO must lie below, IWAE must approach it."""
    torch.manual_seed(1)
    model = TextVAE(vocab_size=9, embed_dim=5, hidden_dim=8, latent_dim=1).double().eval()
    with torch.no_grad():
        for parameter in model.decoder.parameters():
            parameter.mul_(3)  # a decoder that cares about z
        _, batch = next(in_order([[4, 5, 6], [7, 8], [5]]))
        grid = torch.linspace(-8, 8, 2001, dtype=torch.float64)
        z = grid[:, None, None].expand(-1, 3, 1)
        log_p_z = torch.distributions.Normal(0.0, 1.0).log_prob(grid)[:, None]
        exact = (model.log_likelihood(batch, z) + log_p_z).logsumexp(0) + math.log(16 / 2000)
        wide = lambda b: torch.distributions.Normal(torch.zeros(3, 1).double(), torch.ones(3, 1).double())  # noqa: E731
        model.posterior, model.prior = wide, wide
        elbo = elbo_terms(model, batch, num_samples=4000, generator=generator).elbo
        bound = iwae(model, batch, num_samples=20_000, chunk=2000, generator=generator)
    assert (elbo < exact).all()
    torch.testing.assert_close(bound, exact, atol=0.05, rtol=0)


def test_score_units():
    score = Score(torch.tensor([-4.0, -6.0]), torch.tensor([2, 3]))
    assert score.nats_per_sentence == 5.0
    assert score.tokens_per_sentence == 2.5
    assert score.perplexity == pytest.approx(math.exp(10 / 5))
    assert score.nll.error == pytest.approx(1.0)


def test_excess_is_paired():
    ours, exact = (Score(torch.tensor(log_prob), torch.tensor([2, 3])) for log_prob in ([-4.0, -60.0], [-3.0, -59.0]))
    found = ours.excess(exact)
    assert (found.mean, found.error) == (pytest.approx(1.0), pytest.approx(0.0))


def test_evaluate_restores_order_and_mode(vae, encoded):
    vae.train()
    lengths = evaluate(vae, lambda b: b.lengths, in_order(encoded, batch_size=2))
    assert lengths.tolist() == [len(ids) + 1 for ids in encoded]
    assert vae.training


def test_evaluation_keeps_no_graph(vae, batch):
    """Trap 18: autograd left on at evaluation."""
    with evaluating(vae):
        assert not elbo_terms(vae, batch).elbo.requires_grad
        assert not vae.training


def test_contracts(vae, language_model):
    assert isinstance(vae, LatentVariableModel) and isinstance(language_model, Likelihood)


def test_an_evaluation_in_pieces_is_the_same_evaluation(monkeypatch, encoded):
    """And it is in pieces: never more rows than asked for, unless one sample has more."""
    torch.manual_seed(0)
    model, batch, rows = TextVAE(vocab_size=14, embed_dim=8, hidden_dim=8, latent_dim=3).eval(), collate(encoded), []
    compute = model.log_likelihood
    monkeypatch.setattr(model, "log_likelihood", lambda batch, z: rows.append(z.shape[0] * z.shape[1]) or compute(batch, z))

    def found(most):
        monkeypatch.setattr(objectives, "ROWS", most)
        rows.clear()
        with torch.no_grad():
            return objectives.log_weights(model, batch, num_samples=25, generator=torch.Generator().manual_seed(1)), max(rows)

    (whole, all_rows), (pieces, some), (single, least) = found(10_000), found(12), found(1)
    assert (all_rows, some, least) == (50, 10, 5)
    torch.testing.assert_close(pieces, whole, atol=1e-5, rtol=0)
    torch.testing.assert_close(single, whole, atol=1e-5, rtol=0)
    objectives.log_weights(model, batch, num_samples=10)
    assert rows[-1] == 50, "what is learnt from is computed at once"
