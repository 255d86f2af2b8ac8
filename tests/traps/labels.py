"""Trap 26: M2 without log p(y), without the entropy of q(y | x), or with something else in the place of the sum over labels."""
import torch

from gensq_lib.maths.divergences import kl
from gensq_lib.maths.objectives import elbo_terms, label_summed_out
from gensq_lib.models.m2 import M2
from gensq_lib.text.labelled import LabelledBatch, collate_labelled, with_every_label
from gensq_lib.training.labels import log_label
from traps.trap import ENCODED, SIZES, Trap, a_batch, close, noise

LABELS = 3


def tiny_m2() -> M2:
    """The same weights at every call; labels of unlike frequency."""
    torch.manual_seed(0)
    model = M2(**SIZES, num_classes=LABELS).eval()
    model.set_prior(torch.tensor([0.6, 0.3, 0.1]))
    return model


def is_the_sum_over_labels(bound):
    """Label by label, with the same draws of z: E_q[log p(x | y, z) + log p(y) - KL - log q(y | x)]."""
    model, batch = tiny_m2(), a_batch()
    every = with_every_label(batch, LABELS)
    q = model.posterior(every)
    z = q.mean + q.stddev * torch.randn(1, *q.mean.shape, generator=noise())
    elbo = model.log_likelihood(every, z)[0] - torch.distributions.kl_divergence(q, model.prior()).sum(-1)
    log_q = model.label_posterior(batch).logits
    terms = elbo.view(LABELS, len(batch)).T + torch.tensor([0.6, 0.3, 0.1]).log() - log_q
    close(bound(model, batch, noise()), (log_q.exp() * terms).sum(-1))


def by_the_library(model, batch, generator):
    return model.unlabelled_bound(batch, generator=generator)


def without_prior(model, batch, generator):
    bounds, log_q = model.bounds(batch, generator=generator)
    return label_summed_out(bounds - model.log_prior, log_q)


def without_entropy(model, batch, generator):
    bounds, log_q = model.bounds(batch, generator=generator)
    return (log_q.exp() * bounds).sum(-1)


def in_one_pass(model, batch, generator):
    """The decoder hears q(y | x) itself."""
    log_q = model.label_posterior(batch).logits
    summary = model.classifier.summary(batch)
    mean, log_var = model.to_gaussian(torch.cat([summary, log_q.exp()], -1)).chunk(2, -1)
    q = torch.distributions.Normal(mean, (log_var / 2).exp())
    z = q.mean + q.stddev * torch.randn(q.mean.shape, generator=generator)
    spoken = model.decoder.log_likelihood(batch, torch.cat([log_q.exp(), z], -1))
    return spoken - kl(q, model.prior()).sum(-1) - (log_q.exp() * (log_q - model.log_prior)).sum(-1)


def with_turned_ratio(model, batch, generator):
    """log p(y) - log q(y | x) inside of the KL, as a price."""
    bounds, log_q = model.bounds(batch, generator=generator)
    return (log_q.exp() * (bounds - model.log_prior)).sum(-1) - (log_q.exp() * (model.log_prior - log_q)).sum(-1)


def trains_the_classifier_on_labels(loss):
    """The label that is known pulls at q(y | x)."""
    model = tiny_m2()
    batch = collate_labelled([(ids, i % LABELS) for i, ids in enumerate(ENCODED)])
    loss(model, batch).backward()
    found = model.classifier.to_label.weight.grad
    assert found is not None and found.abs().max() > 0


def with_its_own_term(model, batch: LabelledBatch):
    return -(model.labelled_bound(batch, generator=noise()) + 10 * log_label(model, batch)).mean()


def bounds_alone(model, batch: LabelledBatch):
    return -(elbo_terms(model, batch, generator=noise()).elbo + model.log_prior[batch.labels]).mean()


TRAPS = [
    Trap(26, "M2 without log p(y) or the entropy of q(y | x)", is_the_sum_over_labels, by_the_library, {
        "no prior of y": without_prior, "no entropy": without_entropy, "one pass": in_one_pass,
        "turned ratio": with_turned_ratio}),
    Trap(26, "q(y | x) that labels never train", trains_the_classifier_on_labels, with_its_own_term, {
        "bounds alone": bounds_alone}),
]
