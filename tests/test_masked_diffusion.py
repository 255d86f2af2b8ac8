"""Masked diffusion against enumeration: all orders of a table, all sentences of a denoiser, the truth of a small world."""
import itertools
import math

import pytest
import torch

from gensq_lib.diagnostics import all_sentences
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths import orders
from gensq_lib.maths.stats import estimate
from gensq_lib.models import masked_diffusion as diffusion
from gensq_lib.models.masked_diffusion import Canvas, MaskedDenoiser, TrueDenoiser, blank, canvas, fill, last_of
from gensq_lib.text import corpora
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.text.vocab import Vocab

WORDS = range(4, 7)  # of a vocabulary of 7


@pytest.fixture(scope="module")
def denoiser():
    torch.manual_seed(0)
    model = MaskedDenoiser(vocab_size=7, embed_dim=8, num_layers=2, num_heads=2, max_length=5).double().eval()
    with torch.no_grad():  # at the start all words are nearly alike
        for parameter in model.parameters():
            parameter.mul_(2.0)
    model.start_from_frequencies([[4, 5, 6], [4, 5], [4]])
    return model


@pytest.fixture(scope="module")
def table():
    """Of three sentences of five words, each entry drawn by itself."""
    return torch.rand(3, 32, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64).log()


@pytest.fixture(scope="module")
def village():
    text = corpora.load("village", seed=0, num_train=200)
    everything = list(text.grammar.derivations())
    encoded = [text.vocab.encode(each.words("en")) for each in everything]
    log_prob = torch.tensor([each.log_prob for each in everything], dtype=torch.float64)
    return text, encoded, log_prob, TrueDenoiser(encoded, log_prob, vocab_size=len(text.vocab))


def by_orders(table):
    """log p of each order: "sentence order"."""
    found = []
    for order in itertools.permutations(range(table.shape[-1])):
        known, total = 0, 0.0
        for place in order:
            total, known = total + table[:, known, place], known + (1 << place)
        found.append(total)
    return torch.stack(found, -1)


def test_the_recursion_is_the_mean_over_all_orders(table):
    each = by_orders(table)
    assert torch.allclose(orders.any_order_log_prob(table), each.logsumexp(-1) - math.log(120))
    assert torch.allclose(orders.any_order_bound(table), each.mean(-1))
    assert torch.allclose(orders.in_order_log_prob(table, (3, 1, 0, 4, 2)),
                          each[:, list(itertools.permutations(range(5))).index((3, 1, 0, 4, 2))])


def test_the_bound_is_the_integral_over_time(table):
    """∫ 1/t E[hidden nats] dt with each word hidden with probability t, by the midpoint rule."""
    t = (torch.arange(4_000, dtype=torch.float64) + 0.5) / 4_000
    known = orders.known_places(5)
    m = 5 - known.sum(-1)
    hidden = -table.masked_fill(known, 0.0).sum(-1)
    integral = (hidden[:, None] * t[:, None] ** m * (1 - t[:, None]) ** (5 - m) / t[:, None]).sum(-1).mean(-1)
    assert torch.allclose(-integral, orders.any_order_bound(table), rtol=1e-5)


def test_with_one_step_words_are_independent_and_more_steps_are_a_better_bound(table):
    assert torch.allclose(orders.steps_bound(table, 1), table[:, 0].sum(-1))
    far = orders.steps_bound(table, 4_000)
    assert torch.allclose(far, orders.any_order_bound(table), atol=0.02)
    assert torch.allclose(torch.stack([orders.steps_bound(table, 1 << k) for k in range(3)]), by_steps(table), atol=1e-9)


def by_steps(table):
    """E[sum over steps] of the T-step bound for T = 1, 2, 4: each place has its step, uniform and independent."""
    found = []
    for steps in (1, 2, 4):
        total = torch.zeros(len(table), dtype=table.dtype)
        for at in itertools.product(range(steps), repeat=5):
            for place, mine in enumerate(at):
                total += table[:, sum(1 << other for other in range(5) if at[other] < mine), place]
        found.append(total / steps**5)
    return torch.stack(found)


@pytest.mark.parametrize("weight", [
    lambda m, length: 1.0,  # the loss of BERT, as a likelihood
    lambda m, length: 1 / length,
    lambda m, length: m / length,
    lambda m, length: (length + 1 - m) / length,
    lambda m, length: 1 / m,
])
def test_other_weights_are_no_mean_over_orders(table, weight):
    """Traps: hidden nats of m hidden places count L/m under uniform m, that is 1/m in a sum over m; nothing else does."""
    nats = orders.hidden_nats(table)
    loss = sum(weight(5 - k, 5) * nats[:, k] for k in range(5))
    right = torch.allclose(loss, -orders.any_order_bound(table))
    assert right == (weight(2, 5) == 1 / 2)


def test_probabilities_of_all_sentences_sum_to_one(denoiser):
    total = 0.0
    for length in range(1, 6):
        everything = list(itertools.product(WORDS, repeat=length))
        if length <= 4:
            total += diffusion.exact_log_prob(denoiser, everything).exp().sum().item()
        else:
            total += denoiser.log_length[length - 1].exp().item()
    unknown = everything_with_unknown(denoiser)
    assert total < 1 and total + unknown == pytest.approx(1, abs=1e-5)


def everything_with_unknown(denoiser):
    """Of sentences of up to four words that say <unk> somewhere."""
    total = 0.0
    for length in range(1, 5):
        everything = [ids for ids in itertools.product((Vocab.UNK, *WORDS), repeat=length) if Vocab.UNK in ids]
        total += diffusion.exact_log_prob(denoiser, everything).exp().sum().item()
    return total


def test_the_bound_lies_below_and_its_estimate_around_it(denoiser):
    sentence = [4, 6, 5, 4]
    one = diffusion.any_order_table(denoiser, [sentence])
    bound = (orders.any_order_bound(one) + denoiser.log_length[3]).item()
    assert bound < diffusion.exact_log_prob(denoiser, [sentence]).item()
    with torch.no_grad():
        batch = canvas([sentence] * 64)
        drawn = torch.stack([denoiser.elbo(batch, generator=runtime.generator(seed)).mean() for seed in range(900)])
    found = estimate(drawn)
    assert abs(found.mean - bound) < 4 * found.error and found.error < 0.05


def test_hidden_words_and_padding_change_nothing(denoiser):
    seen = canvas([[4, None, 6], [None, 5]])
    other = Canvas(seen.targets.masked_fill(seen.hidden | ~seen.mask, 5), seen.lengths, seen.hidden)
    alone = denoiser.log_probs(canvas([[None, 5]]))
    assert torch.equal(denoiser.log_probs(seen)[seen.mask], denoiser.log_probs(other)[seen.mask])
    assert torch.allclose(denoiser.log_probs(seen)[1, :2], alone[0])


def test_places_see_each_other_on_both_sides(denoiser):
    middle = [denoiser.log_probs(canvas([ids]))[0, 1] for ids in ([4, None, 6], [5, None, 6], [4, None, 5])]
    assert not torch.allclose(middle[0], middle[1]) and not torch.allclose(middle[0], middle[2])


def test_what_is_never_said(denoiser):
    log_probs = denoiser.log_probs(blank([3]))
    assert torch.allclose(log_probs.exp().sum(-1), torch.ones(1, 3).double())
    assert (log_probs[..., list(diffusion.SILENT)] == -torch.inf).all()


def test_lengths_are_counted_and_are_no_present(denoiser):
    assert torch.allclose(denoiser.log_length.exp(), torch.tensor([2, 2, 2, 1, 1]).double() / 8)
    words = orders.any_order_log_prob(diffusion.any_order_table(denoiser, [[4, 5]]))
    apart = diffusion.exact_log_prob(denoiser, [[4, 5]]) - words
    assert apart.item() == pytest.approx(math.log(2 / 8))


def test_hiding_is_uniform(denoiser):
    batch = canvas([[4] * 5] * 1_000)
    m = torch.cat([diffusion.hide(batch, generator=runtime.generator(seed)).hidden.sum(-1) for seed in range(4)])
    assert (torch.bincount(m, minlength=6)[1:] - 800).abs().max() <= 8  # stratified: nearly the same number of each
    where = diffusion.hide(batch, generator=runtime.generator(9)).hidden.double().mean(0)
    assert (where - 0.6).abs().max() < 0.06


def test_the_true_denoiser_is_the_world(village):
    """Whatever the order, whatever the sentence: the bound touches."""
    text, encoded, log_prob, truth = village
    some = [i for i, ids in enumerate(encoded) if len(ids) == 8][::150]
    tables = diffusion.any_order_table(truth, [encoded[i] for i in some])
    length = truth.length_log_prob(torch.tensor([8]))
    for found in (orders.any_order_log_prob(tables), orders.any_order_bound(tables), orders.in_order_log_prob(tables, range(8))):
        assert torch.allclose(found + length, log_prob[some])
    assert (orders.steps_bound(tables, 4) < orders.any_order_bound(tables) - 0.1).all()


def test_the_true_denoiser_says_what_the_world_says_one_by_one_and_not_at_once(village):
    text, _, _, truth = village
    worlds = all_sentences(text.grammar, text.vocab).world
    entropy = -(worlds.exp() * worlds).sum().item()

    def said(steps, order="random"):
        sentences = diffusion.sampled(truth, 400, steps=steps, order=order, generator=runtime.generator(steps, order))
        found = torch.tensor([text.grammar.log_prob(text.vocab.decode(ids), language="en") for ids in sentences])
        return found.isfinite().float().mean().item(), -found[found.isfinite()]

    for order in diffusion.ORDERS:
        valid, nats = said(64, order)
        assert valid == 1
        if order != "most certain":
            assert abs(nats.mean().item() - entropy) < 4 * nats.std().item() / 20
    assert said(1)[0] < 0.05 < said(4)[0] < 0.6


def test_fixed_words_stay_and_steps_are_counted(denoiser):
    seen = canvas([[4, None, None, None, 5], [None, 6]])
    for steps, num in ((1, 1), (2, 2), (9, 3)):
        for order in diffusion.ORDERS:
            frames = list(fill(denoiser, seen, steps=steps, order=order, generator=runtime.generator(0)))
            assert len(frames) == num and not frames[-1].hidden.any()
            assert frames[-1].words()[0] == 4 and frames[-1].words()[4] == 5 and frames[-1].words(1)[1] == 6
    places = [next(i for i, word in enumerate(frame.words()) if word is None) for frame in frames_of(denoiser, seen)[:-1]]
    assert places == sorted(places)


def frames_of(denoiser, seen):
    return list(fill(denoiser, seen, order="left to right", generator=runtime.generator(1)))


def test_samples_have_the_exact_probability(denoiser):
    """Two words: the share of each sentence among many drawn at random order is exp of the exact log p."""
    everything = list(itertools.product(WORDS, repeat=2))
    expected = (diffusion.exact_log_prob(denoiser, everything) - denoiser.log_length[1]).exp()
    last = last_of(fill(denoiser, blank([2] * 20_000), generator=runtime.generator(3)))
    counted = torch.tensor([(last.targets == torch.tensor(ids)).all(-1).double().mean() for ids in everything])
    error = (expected * (1 - expected) / 20_000).sqrt()
    assert ((counted - expected).abs() < 4 * error).all()


def coarse(there, generator):
    """A planted mistake: Gumbel noise in bf16, with a grid of 1/256 under it."""
    uniform = torch.rand(there.shape, generator=generator, dtype=torch.bfloat16)
    return (there.float() - (-(uniform.float() + 1e-9).log()).log()).argmax(-1)


def test_coarse_noise_never_says_rare_words():
    there = (torch.arange(1, 201).double() ** -1.0)
    log_p = (there / there.sum()).log().expand(20_000, 200)
    fine = diffusion.shown(Canvas(torch.zeros(20_000, 1).long(), torch.ones(20_000).long(), torch.ones(20_000, 1).bool()),
                           log_p[:, None], torch.ones(20_000, 1).bool(), generator=runtime.generator(0)).targets[:, 0]
    exact = -(log_p[0].exp() * log_p[0]).sum().item()

    def entropy(words):
        share = torch.bincount(words, minlength=200) / len(words)
        return -(share[share > 0] * share[share > 0].log()).sum().item()

    assert abs(entropy(fine) - exact) < 0.03
    assert entropy(coarse(log_p, runtime.generator(0))) < exact - 0.1


def test_training_learns(encoded):
    torch.manual_seed(0)
    model = MaskedDenoiser(vocab_size=14, embed_dim=16, num_heads=2, max_length=6)
    model.start_from_frequencies(encoded)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    batches = TrainingBatches(encoded * 20, batch_size=20, seed=0, collate=canvas)
    before = -diffusion.exact_log_prob(model, encoded).mean().item()
    for i in range(60):
        optimizer.zero_grad()
        (-model.elbo(batches(i)).mean()).backward()
        optimizer.step()
    after = -diffusion.exact_log_prob(model, encoded).mean().item()
    assert after < before - 3 and math.isfinite(after)


@pytest.mark.parametrize(("call", "said"), [
    (lambda model: canvas([]), "expected sentences of at least one word"),
    (lambda model: canvas([[4], []]), "expected sentences of at least one word"),
    (lambda model: model.log_probs(blank([6])), "of at most 5 words, got one of 6"),
    (lambda model: model.start_from_frequencies([[4] * 9]), "of at most 5 words, got one of 9"),
    (lambda model: list(fill(model, blank([2]), steps=0)), "expected at least 1 step, got 0"),
    (lambda model: list(fill(model, blank([2]), order="backwards")), "expected a"),
    (lambda model: orders.known_places(21), "expected a sentence of 1 to 20 words, got 21"),
    (lambda model: orders.in_order_log_prob(torch.zeros(1, 4, 2), (0, 0)), "expected each place from 0 to 1 once"),
    (lambda model: orders.steps_bound(torch.zeros(1, 4, 2), 0), "expected at least 1 step"),
    (lambda model: MaskedDenoiser(vocab_size=9, embed_dim=7, num_heads=2), "multiple of num_heads"),
])
def test_what_cannot_be_is_said_in_a_sentence(denoiser, call, said):
    with pytest.raises(GensqError, match=said):
        call(denoiser)
