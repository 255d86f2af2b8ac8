"""Traps of lesson 10, numbered by themselves: 1 the KL to p(y) turned, 2 a posterior that has seen the answer, 3 choosing by more
labels than one learns from, 4 a calibration error read as if it were 0 for who is calibrated, 5 labels that a key forgets.
"""
import copy
from functools import cache

import torch

from gensq_course.lessons.understanding.truth import chance_deviations
from gensq_course.studies import labelling
from gensq_course.studies.pool import Few, Pool
from gensq_lib.diagnostics.calibration import Predictions
from gensq_lib.maths.objectives import label_summed_out
from gensq_lib.text import corpora
from gensq_lib.text.labelled import LabelledBatch, collate_labelled, with_every_label
from traps.labels import LABELS, tiny_m2
from traps.trap import ENCODED, Trap, noise


def rises_with_the_likelier_label(summed_out):
    """Where all labels explain a sentence alike, the best q(y | x) is p(y); any other costs its KL to p(y)."""
    log_prior = torch.tensor([[0.6, 0.3, 0.1]]).log()
    explained = torch.full((1, LABELS), -20.0) + log_prior  # L(x, y) of a decoder that does not listen to y
    assert abs(summed_out(explained, log_prior, log_prior) + 20.0).item() < 1e-5
    sure = torch.tensor([[0.05, 0.05, 0.9]]).log()
    expected = -20.0 - (sure.exp() * (sure - log_prior)).sum()
    assert abs(summed_out(explained, sure, log_prior) - expected).item() < 1e-5


def with_reversed_kl(bounds, log_q, log_prior):
    """KL(p(y) to q(y | x)): log p(y) - log q, weighed by p(y)."""
    return (log_q.exp() * (bounds - log_prior)).sum(-1) - (log_prior.exp() * (log_prior - log_q)).sum(-1)


def with_negative_kl(bounds, log_q, log_prior):
    """log p(y) - log q(y | x) taken for the price."""
    return (log_q.exp() * (bounds - log_prior)).sum(-1) + (log_q.exp() * (log_q - log_prior)).sum(-1)


def is_blind_to_the_answer(classify):
    """Other labels beside the same sentences change nothing."""
    model = tiny_m2()
    found = [classify(model, collate_labelled([(ids, (i + turn) % LABELS) for i, ids in enumerate(ENCODED)]))
             for turn in range(LABELS)]
    assert all(torch.equal(found[0], other) for other in found)


def by_its_classifier(model, batch: LabelledBatch):
    return model.label_posterior(batch).probs


def by_bounds(model, batch: LabelledBatch):
    """Each label with the z that it would have."""
    return model.bounds(batch.text, generator=noise())[0].softmax(-1)


def with_z_of_the_answer(model, batch: LabelledBatch):
    """z of q(z | x, the true y), whatever label is tried."""
    q, every = model.posterior(batch), with_every_label(batch.text, LABELS)
    z = (q.mean + q.stddev * torch.randn(q.mean.shape, generator=noise())).repeat(LABELS, 1)
    return model.log_likelihood(every, z[None])[0].view(LABELS, len(batch)).T.softmax(-1)


@cache
def small_pool() -> Pool:
    return Pool(corpora.load_labelled("village", attribute="tense", num_train=400), None, None)


def chooses_by_no_more_than_it_learns_from(draw):
    pool = small_pool()
    for num in (2, 10, 40):
        few = draw(pool, num)
        assert len(few.dev) <= len(few.known) == num and not set(few.dev) & set(few.known)


def with_a_large_dev_set(pool, num):
    return Few(pool.draw(num, seed=0).known, pool.hidden(pool.draw(num, seed=0))[:200])


def with_its_own_labels(pool, num):
    known = pool.draw(num, seed=0).known
    return Few(known, known)


def trusts_who_is_calibrated(accepted):
    """Nearly all sets of 150 sentences with labels from the probabilities themselves; and no classifier that is far too sure."""
    draw, sets = noise(7), 60
    probs = (2 * torch.randn(sets, 150, 3, generator=draw, dtype=torch.float64)).softmax(-1)
    honest = [Predictions(p, torch.zeros(150, dtype=torch.long)).as_if_right(generator=draw) for p in probs]
    assert sum(map(accepted, honest)) >= 0.9 * sets
    assert sum(accepted(Predictions((3 * found.probs.log()).softmax(-1), found.labels)) for found in honest) <= 0.1 * sets


def beside_chance(found):
    return chance_deviations(found, seed=0) < 3


def changes_with_the_labels(key):
    """A network that learnt from other labels of the same sentences is another one: it may not come out of the cache."""
    pool = small_pool()
    few, other = pool.draw(20, seed=0), copy.copy(pool)
    other.labels = pool.labels | {"train": pool.labels["train"][::-1].copy()}
    assert key(pool, few) == key(pool, few) != key(other, few)


TRAPS = [
    Trap(1, "the KL to p(y) turned", rises_with_the_likelier_label, lambda bounds, log_q, _: label_summed_out(bounds, log_q), {
        "from the prior": with_reversed_kl, "its sign": with_negative_kl}),
    Trap(2, "a posterior that has seen the answer", is_blind_to_the_answer, by_its_classifier, {"z": with_z_of_the_answer}),
    Trap(2, "bounds that have seen the answer", is_blind_to_the_answer, by_bounds, {"z": with_z_of_the_answer}),
    Trap(3, "a large set to choose by", chooses_by_no_more_than_it_learns_from, lambda pool, num: pool.draw(num, seed=0), {
        "200 sentences": with_a_large_dev_set, "the same sentences": with_its_own_labels}),
    Trap(4, "the bias of the calibration error", trusts_who_is_calibrated, beside_chance, {
        "below .05": lambda found: found.reliability().error < 0.05,
        "below .3": lambda found: found.reliability().error < 0.3}),
    Trap(5, "a cache that forgets labels", changes_with_the_labels, labelling.key_of, {
        "sentences alone": lambda pool, few: {name: part for name, part in labelling.key_of(pool, few).items()
                                              if name != "labels"}}),
]
