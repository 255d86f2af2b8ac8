"""Traps 1, 4, 6, 7, 15, 28, 32: numbers in nats, and what they are called."""
import math
from types import SimpleNamespace

import torch
from toys import LinearGaussian

from gensq_lib.cures import Annealing, FreeBits
from gensq_lib.maths.divergences import kl
from gensq_lib.maths.objectives import ElboTerms, Score, elbo_terms, iwae, log_mean_exp, log_weights
from gensq_lib.maths.stats import Estimate
from gensq_lib.maths.schedules import constant
from gensq_lib.text.batching import Batch
from gensq_lib.training import make_optimizer, vae_step
from traps.trap import Trap, a_batch, close, noise, tiny_vae


def stepped(decoder, batch, z):
    """log p of each target word, one step after the other; what follows the end is noise."""
    state, found = decoder.start(z, len(batch)), []
    for tokens, target in zip(batch.inputs.T, batch.targets.T, strict=True):
        log_probs, state = decoder.step(tokens, state)
        found.append(log_probs.gather(1, target[:, None])[:, 0])
    return torch.stack(found, 1)


# 1: units


def is_in_nats_per_sentence(negative_elbo):
    model, batch = tiny_vae(), a_batch()
    q, p = model.posterior(batch), model.prior()
    z = q.mean + q.stddev * torch.randn(1, *q.mean.shape, generator=noise())
    words = stepped(model, batch, z[0]) * batch.mask
    expected = torch.distributions.kl_divergence(q, p).sum() / len(batch) - words.sum() / len(batch)
    close(negative_elbo(model, batch, noise()), expected)


def combined(combine):
    """`combine(log p of each word, KL of each dimension, mask)` on one draw of z."""
    def negative_elbo(model, batch, generator):
        terms = elbo_terms(model, batch, generator=generator)
        return combine(model.token_log_likelihood(batch, terms.z)[0], terms.kl, batch.mask)

    return negative_elbo


# 4: weighted terms reported as ELBO or KL


def logs_what_its_names_say(step):
    model, batch = tiny_vae(), a_batch()
    logged = step(model, batch, Annealing(constant(0.1), FreeBits(4.0)))
    rate = kl(model.posterior(batch), model.prior()).sum(-1).mean().item()
    assert math.isclose(logged["kl"], rate, abs_tol=1e-4)
    assert math.isclose(logged["elbo"], logged["reconstruction"] - rate, abs_tol=1e-4)


def one_step(model, batch, cure):
    return vae_step(model, make_optimizer(model, learning_rate=0.0), cure=cure, seed=0)(lambda: batch, 0)


def renamed(change):
    """The library's step, with some of its numbers under another name."""
    def step(model, batch, cure):
        logged = one_step(model, batch, cure)
        return logged | change(SimpleNamespace(**logged))

    return step


# 6: importance weights


def approaches_log_p(estimate):
    model = LinearGaussian(shift=0.2, scale=1.4)
    data = model.draw(200, noise(1))
    with torch.no_grad():
        exact = model.log_marginal(data)
        for num_samples in (1500, 3000):
            close(estimate(model, data, num_samples, noise()).mean(), exact.mean(), atol=0.01)


def sign_turned(model, data, num_samples, generator):
    """... times q / p, where the weight is p / q."""
    weights = log_weights(model, data, num_samples=num_samples, generator=generator)
    q = model.posterior(data)
    z = q.mean + q.stddev * torch.randn(num_samples, *q.mean.shape, generator=noise(), dtype=q.mean.dtype)
    return log_mean_exp(2 * model.log_likelihood(data, z) - weights)


def by_weights(average, num_samples=0):
    """`average(log weights)`; `num_samples` stands for a number that is not the one asked for."""
    def estimate(model, data, asked, generator):
        return average(log_weights(model, data, num_samples=num_samples or asked, generator=generator))

    return estimate


# 7: perplexity


def has_units_that_agree(scored):
    """A uniform model has as its perplexity the number of words, whatever the lengths; nats = log perplexity * tokens."""
    batch, words = a_batch(), 12
    score = scored(-batch.lengths * math.log(words), batch)
    assert math.isclose(score.perplexity, words, rel_tol=1e-5)
    assert math.isclose(score.tokens_per_sentence, batch.lengths.float().mean(), rel_tol=1e-5)
    score = scored(torch.tensor([-4.0, -3.0, -9.0, -2.0, -5.0]), batch)
    assert math.isclose(score.nats_per_sentence, math.log(score.perplexity) * score.tokens_per_sentence, rel_tol=1e-5)


def perplexity_of_sentences(log_prob, batch):
    """The mean of each sentence's own perplexity."""
    score = Score(log_prob, batch.lengths)
    return SimpleNamespace(perplexity=(-log_prob / batch.lengths).exp().mean().item(),
                           nats_per_sentence=score.nats_per_sentence, tokens_per_sentence=score.tokens_per_sentence)


# 15: free bits


def is_free_bits_per_dimension_on_the_batch_mean(price):
    """Batch means .4 and 2 nats, floor .5: the price is .5 + 2, and only the second dimension feels it."""
    nats = torch.tensor([[0.1, 1.0], [0.7, 3.0]], requires_grad=True)
    found = price(nats, 0.5)
    assert math.isclose(found.item(), 2.5, abs_tol=1e-6)
    found.backward()
    close(nats.grad, torch.tensor([[0.0, 0.5], [0.0, 0.5]]))


def free_bits(nats, floor):
    return FreeBits(floor).penalty(ElboTerms(torch.zeros(len(nats)), nats, torch.zeros(1, *nats.shape)), 0)


# 28: the entropy is not the NLL of these sentences


def compares_the_same_sentences(excess):
    """A lucky draw of likely sentences: the true model has an excess of 0 +- 0, one that is worse by 0.1 has 0.1 +- 0."""
    p = torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64)
    exact = Score(p[torch.tensor([0] * 17 + [1] * 2 + [2])].log(), torch.ones(20, dtype=torch.long))
    entropy = -(p * p.log()).sum().item()
    for worse in (0.0, 0.1):
        found = excess(Score(exact.log_prob - worse, exact.tokens), exact, entropy)
        assert math.isclose(found.mean, worse, abs_tol=1e-6) and math.isclose(found.error, 0, abs_tol=1e-6)


# 32: log-probabilities in bf16


def sums_to_one_under_autocast(word_log_likelihood):
    """Each word of the vocabulary in turn as the next one: the probabilities must add up."""
    batch, z = a_batch(), torch.randn(5, 3, generator=noise())
    total = torch.zeros(batch.targets.shape)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for word in range(14):
            targets = torch.full_like(batch.targets, word)
            total += word_log_likelihood(tiny_vae().decoder, Batch(batch.inputs, targets, batch.lengths), z).double().exp()
    close(total[batch.mask], torch.ones(int(batch.mask.sum())), atol=2e-6)


def softmax_where_the_logits_are(decoder, batch, z):
    """The log-softmax takes the type of the matmul before it."""
    hidden, _ = decoder.read(batch.inputs, decoder.start(z, len(batch)))
    logits = decoder.to_vocab(decoder.to_embed(hidden))
    return logits.log_softmax(-1).gather(-1, batch.targets[..., None])[..., 0]


def steps_where_the_logits_are(decoder, batch, z):
    """The same, a word at a time: the model that speaks is not the one that was scored."""
    def step(tokens, state):
        hidden, after = decoder.read(tokens[:, None], state)
        return decoder.to_vocab(decoder.to_embed(hidden[:, 0])).log_softmax(-1), after

    return stepped(SimpleNamespace(start=decoder.start, step=step), batch, z)


TRAPS = [
    Trap(1, "KL and reconstruction in one unit", is_in_nats_per_sentence,
         lambda model, batch, generator: -elbo_terms(model, batch, generator=generator).elbo.mean(), {
             "words averaged, KL summed": combined(lambda words, nats, mask: nats.sum(-1).mean() - words.sum() / mask.sum()),
             "mean over latent dimensions": combined(lambda words, nats, mask: nats.mean() - words.sum(-1).mean()),
             "KL summed over the batch": combined(lambda words, nats, mask: nats.sum() - words.sum(-1).mean()),
             "mean over padding, too": combined(lambda words, nats, mask: nats.sum(-1).mean() - words.mean()),
         }),
    Trap(4, "weighted terms reported as ELBO or KL", logs_what_its_names_say, one_step, {
        "minus the loss called ELBO": renamed(lambda m: {"elbo": -m.loss}),
        "the price of free bits called KL": renamed(lambda m: {"kl": m.loss + m.reconstruction}),
        "beta * KL called KL": renamed(lambda m: {"kl": 0.1 * m.kl, "elbo": m.reconstruction - 0.1 * m.kl}),
    }),
    Trap(6, "importance-weighted log p", approaches_log_p,
         lambda model, data, k, generator: iwae(model, data, num_samples=k, generator=generator), {
             "the mean of the logs": by_weights(lambda weights: weights.mean(0)),
             "without - log K": by_weights(lambda weights: weights.logsumexp(0)),
             "sign turned": sign_turned,
             "minus log p called log p": by_weights(lambda weights: -log_mean_exp(weights)),
             "three samples, whatever was asked": by_weights(log_mean_exp, num_samples=3),
         }),
    Trap(7, "perplexity", has_units_that_agree, lambda log_prob, batch: Score(log_prob, batch.lengths), {
        "end of sentence not counted": lambda log_prob, batch: Score(log_prob, batch.lengths - 1),
        "padding counted": lambda log_prob, batch: Score(log_prob, torch.full_like(batch.lengths, batch.targets.shape[1])),
        "mean of the sentences' perplexities": perplexity_of_sentences,
    }),
    Trap(15, "free bits", is_free_bits_per_dimension_on_the_batch_mean, free_bits, {
        "a hard mask per sentence": lambda nats, floor: (nats * (nats > floor)).sum(-1).mean(),
        "per sentence and dimension": lambda nats, floor: nats.clamp(min=floor).sum(-1).mean(),
        "on the total": lambda nats, floor: nats.sum(-1).mean().clamp(min=floor),
        "on the total of all dimensions": lambda nats, floor: nats.sum(-1).mean().clamp(min=floor * nats.shape[-1]),
        "mean over dimensions": lambda nats, floor: nats.mean(0).clamp(min=floor).mean(),
    }),
    Trap(28, "NLL against the entropy", compares_the_same_sentences, lambda ours, exact, entropy: ours.excess(exact), {
        "minus the entropy": lambda ours, exact, entropy: Estimate(ours.nll.mean - entropy, 0.0, len(ours.log_prob)),
        "error as if unpaired": lambda ours, exact, entropy: ours.nll - exact.nll,
    }),
    Trap(32, "log-softmax in bf16", sums_to_one_under_autocast,
         lambda decoder, batch, z: decoder.token_log_likelihood(batch, z), {
             "where the logits are": softmax_where_the_logits_are,
             "cast too late": lambda decoder, batch, z: softmax_where_the_logits_are(decoder, batch, z).float(),
         }),
    Trap(32, "steps in bf16", sums_to_one_under_autocast, stepped, {
        "where the logits are": steps_where_the_logits_are,
    }),
]
