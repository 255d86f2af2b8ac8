"""The contracts of models that answer: a new one is one row of ANSWERING. Batches of pairs, and their traps."""
import pytest
import torch

from gensq_lib.cures import cure
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import kl
from gensq_lib.maths.objectives import LatentVariableModel, elbo_terms, evaluate, iwae
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import decoding
from gensq_lib.text.batching import Batch, collate
from gensq_lib.text.decoding import Decoder, sample
from gensq_lib.text.pairs import PairBatch, PairBatches, Prompts, collate_pairs, collate_prompts, pairs_in_order
from gensq_lib.text.vocab import Vocab
from gensq_lib.training import make_optimizer, vae_step

SIZES = dict(vocab_size=14, label_sizes=(3, 2), embed_dim=6, hidden_dim=10)
PAIRS = [([4, 5, 6], [7, 8], (0, 1)), ([7], [4, 9, 5, 8, 6, 7], (2, 0)), ([4, 9, 9, 10, 12, 11], [9], (1, 1)),
         ([13, 4], [13, 13, 4], (0, 0)), ([5, 6, 7, 8], [10, 11, 12, 13], (2, 1))]
SEQ2SEQ = {
    "copying": dict(),
    "attention": dict(copy=False),
    "neither": dict(attention=False, copy=False),
    "dropout": dict(dropout=0.5),
    "a source vocabulary": dict(source_vocab_size=20, copy=False),
}
CVAE = {f"conditional VAE, {name}": options for name, options in SEQ2SEQ.items()}


def build(kind, options):
    torch.manual_seed(0)
    extra = {"latent_dim": 3} if kind is ConditionalVAE else {}
    return kind(**SIZES, **extra, **options).eval()


ANSWERING = [pytest.param(build(kind, options), id=name) for kind, table in ((Seq2Seq, SEQ2SEQ), (ConditionalVAE, CVAE))
             for name, options in table.items()]
ONLY_CVAE = [pytest.param(build(ConditionalVAE, options), id=name) for name, options in CVAE.items()]
JUDGES = [pytest.param(build(ReplyJudge, {}), id="reply judge")]


@pytest.fixture
def pairs():
    return collate_pairs(PAIRS)


def latent(num):
    return torch.randn(num, 3, generator=torch.Generator().manual_seed(3))


def z_of(model, num):
    return latent(num) if isinstance(model, ConditionalVAE) else None


def tokens(model, batch, z=None):
    """log p of each token; z for every row."""
    if isinstance(model, ConditionalVAE):
        return model.token_log_likelihood(batch, (latent(len(batch)) if z is None else z)[None])[0]
    return model.token_log_likelihood(batch)


def padded(batch, prompts=3, reply=2):
    def longer(x, extra):
        return torch.cat([x, torch.zeros(len(x), extra, dtype=torch.long)], 1)
    return PairBatch(Prompts(longer(batch.prompts.tokens, prompts), batch.prompts.lengths, batch.prompts.labels),
                     Batch(longer(batch.inputs, reply), longer(batch.targets, reply), batch.lengths))


@pytest.mark.parametrize("model", ANSWERING)
def test_steps_and_teacher_forcing_agree(model, pairs):
    """One distribution, also where a word of the prompt is copied."""
    decoder, expected = model.answering(pairs.prompts), tokens(model, pairs)
    assert isinstance(decoder, Decoder)
    state = decoder.start(z_of(model, len(pairs)), len(pairs))
    for t in range(pairs.inputs.shape[1]):
        log_probs, state = decoder.step(pairs.inputs[:, t], state)
        stepped = log_probs.gather(1, pairs.targets[:, t, None])[:, 0] * pairs.mask[:, t]
        torch.testing.assert_close(stepped, expected[:, t], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("model", ANSWERING)
def test_next_word_probabilities_sum_to_one(model, pairs):
    decoder = model.answering(pairs.prompts)
    state = decoder.start(z_of(model, len(pairs)), len(pairs))
    for t in range(3):
        log_probs, state = decoder.step(pairs.inputs[:, min(t, 1)], state)
        torch.testing.assert_close(log_probs.exp().sum(-1), torch.ones(len(pairs)))
        assert all(part.shape[0] == len(pairs) for part in state)


@pytest.mark.parametrize("model", ANSWERING)
def test_padding_changes_nothing(model, pairs):
    """Neither of prompts nor of replies, nor what stands in the padding of a prompt."""
    now, longer = tokens(model, pairs), padded(pairs)
    longer.prompts.tokens[~longer.prompts.mask] = 9
    later = tokens(model, longer)
    torch.testing.assert_close(later[:, : now.shape[1]], now)
    assert (later[:, now.shape[1]:] == 0).all()


@pytest.mark.parametrize("model", ANSWERING)
def test_batch_mates_and_order_change_nothing(model, pairs):
    together, order = tokens(model, pairs), torch.tensor([3, 0, 4, 2, 1])
    torch.testing.assert_close(tokens(model, pairs.select(order), latent(5)[order]), together[order])
    for i, pair in enumerate(PAIRS):
        alone = tokens(model, collate_pairs([pair]), latent(5)[i : i + 1])
        torch.testing.assert_close(alone[0], together[i, : alone.shape[1]])


@pytest.mark.parametrize("model", ANSWERING)
def test_prompt_and_labels_reach_every_word(model, pairs):
    before = tokens(model, pairs)
    moved = pairs.prompts.select(torch.tensor([4, 0, 1, 2, 3]))
    other = PairBatch(Prompts(moved.tokens, moved.lengths, pairs.prompts.labels), pairs.reply)
    assert (tokens(model, other) != before)[pairs.mask].all()
    for condition in range(2):
        labels = pairs.prompts.labels.clone()
        labels[:, condition] = 1 - labels[:, condition].clamp(max=1)
        changed = PairBatch(Prompts(pairs.prompts.tokens, pairs.prompts.lengths, labels), pairs.reply)
        assert (tokens(model, changed) != before)[pairs.mask].all()


@pytest.mark.parametrize("model", ANSWERING)
def test_the_decoder_does_not_see_the_word_it_predicts(model, pairs):
    inputs, targets = pairs.inputs.clone(), pairs.targets.clone()
    inputs[1, 4], targets[1, 3] = 13, 13
    changed = PairBatch(pairs.prompts, Batch(inputs, targets, pairs.lengths))
    before, after = tokens(model, pairs), tokens(model, changed)
    torch.testing.assert_close(after[1, :3], before[1, :3])
    assert (after[1, 4:6] != before[1, 4:6]).all()


@pytest.mark.parametrize("model", ANSWERING)
def test_gradients_are_finite_everywhere(model, pairs):
    tokens(model, padded(pairs)).sum().backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert gradients and all(g.isfinite().all() for g in gradients)
    model.zero_grad(set_to_none=True)


@pytest.mark.parametrize("model", ANSWERING)
def test_replies_are_sampled_and_searched(model, pairs):
    prompts, z = pairs.prompts.repeated(2), z_of(model, 10)
    torch.testing.assert_close(prompts.tokens[2:4], pairs.prompts.tokens[[1, 1]])
    drawn = sample(model.answering(prompts), num=10, z=z, max_length=6, generator=torch.Generator().manual_seed(0))
    done = drawn.finished
    rows = [(PAIRS[i // 2][0], [t for t in drawn.tokens[i].tolist() if t > Vocab.EOS], PAIRS[i // 2][2]) for i in range(10)]
    batch = collate_pairs(rows)
    torch.testing.assert_close(tokens(model, batch, z).sum(-1)[done], drawn.log_prob[done], atol=1e-4, rtol=1e-4)
    assert len(decoding.beam(model.answering(prompts), num=10, z=z, width=3, max_length=5).tokens) == 10
    with pytest.raises(GensqError, match="expected num=5, one reply for each prompt, got 3"):
        sample(model.answering(pairs.prompts), num=3, max_length=4, generator=torch.Generator())


def test_a_pointer_can_say_any_word_of_the_prompt(pairs):
    """Where the gate points only, all probability is on the words of the prompt, by attention."""
    model = build(Seq2Seq, {})
    with torch.no_grad():
        model.to_gate.bias.fill_(-60.0)
    decoder = model.answering(pairs.prompts)
    log_probs, _ = decoder.step(pairs.inputs[:, 0], decoder.start(None, 5))
    for i, (prompt, _, _) in enumerate(PAIRS):
        assert log_probs[i, sorted(set(prompt))].exp().sum().item() == pytest.approx(1.0, abs=1e-5)
    assert log_probs[1, 7].exp().item() == pytest.approx(1.0, abs=1e-5)
    with torch.no_grad():
        model.to_gate.bias.fill_(60.0)
    plain = build(Seq2Seq, dict(copy=False))
    plain.load_state_dict({k: v for k, v in model.state_dict().items() if "gate" not in k})
    torch.testing.assert_close(model.log_likelihood(pairs), plain.log_likelihood(pairs))


def test_each_reader_has_seen_one_side_of_a_word(pairs):
    """The memory of a word is made of what stands before it (forwards) and behind it (backwards), and of the word itself."""
    encoder = build(Seq2Seq, {}).encoder
    before = encoder(pairs.prompts).memory
    tokens = pairs.prompts.tokens.clone()
    tokens[2, 3] = 13
    changed = encoder(Prompts(tokens, pairs.prompts.lengths, pairs.prompts.labels)).memory != before
    assert changed[2, :, :5].all(-1).tolist() == [False] * 3 + [True] * 3
    assert changed[2, :, 5:].all(-1).tolist() == [True] * 4 + [False] * 2
    assert not changed[[0, 1, 3, 4]].any()


# The conditional VAE

@pytest.mark.parametrize("model", ONLY_CVAE)
def test_posterior_reads_its_own_reply_and_prompt(model, pairs):
    """Traps 2, 3 and 17: batch mates, order, padding; and both halves matter."""
    together = model.posterior(pairs)
    for i, pair in enumerate(PAIRS):
        torch.testing.assert_close(model.posterior(collate_pairs([pair])).mean[0], together.mean[i])
    longer = padded(pairs)
    longer.targets[~longer.mask] = 9
    torch.testing.assert_close(model.posterior(longer).mean, together.mean)
    moved = PairBatch(pairs.prompts.select(torch.tensor([1, 2, 3, 4, 0])), pairs.reply)
    assert (model.posterior(moved).mean != together.mean).all()
    blind = pairs.with_inputs(torch.full_like(pairs.inputs, Vocab.UNK))
    torch.testing.assert_close(model.posterior(blind).mean, together.mean)


@pytest.mark.parametrize("model", ONLY_CVAE)
def test_prior_knows_the_prompt_alone(model, pairs):
    prior = model.prior(pairs)
    torch.testing.assert_close(prior.mean, model.prior(pairs.prompts).mean)
    other = PairBatch(pairs.prompts, collate([[9]] * 5))
    torch.testing.assert_close(prior.mean, model.prior(other).mean)
    assert (prior.mean[0] != prior.mean[1]).all() and isinstance(model, LatentVariableModel)
    assert (kl(model.posterior(pairs), prior) >= 0).all() and kl(model.posterior(pairs), prior).shape == (5, 3)


@pytest.mark.parametrize("model", ONLY_CVAE)
def test_samples_of_z_are_independent_rows(model, pairs):
    z = torch.randn(4, 5, 3, generator=torch.Generator().manual_seed(1))
    together = model.log_likelihood(pairs, z)
    for k in range(4):
        torch.testing.assert_close(together[k], model.log_likelihood(pairs, z[k : k + 1])[0])
    assert (model.token_log_likelihood(pairs, z) != model.token_log_likelihood(pairs, z + 1))[0][pairs.mask].all()


@pytest.mark.parametrize("model", ONLY_CVAE)
def test_bounds_are_bounds(model, pairs):
    elbo = elbo_terms(model, pairs, num_samples=200, generator=torch.Generator().manual_seed(0)).elbo
    tighter = iwae(model, pairs, num_samples=200, generator=torch.Generator().manual_seed(0))
    assert (tighter >= elbo - 1e-4).all() and elbo.isfinite().all()


def test_bag_of_words_by_hand(pairs):
    """With no weights at all each word has the probability of the bias, and counts what it is worth."""
    model = build(ConditionalVAE, {})
    model.count_words(PAIRS)
    with torch.no_grad():
        model.to_words.weight.zero_()
    found = model.bag_log_likelihood(pairs, latent(5)[None])
    frequency = model.to_words.bias.exp()
    assert frequency.sum().item() == pytest.approx(1.0)
    words = [7, 8, Vocab.EOS]
    expected = sum(frequency[w].log() * min(1.0, (1e-3 / frequency[w].item()) ** 0.5) for w in words)
    torch.testing.assert_close(found[0], expected)


def test_the_encoder_can_be_trained_alone(pairs):
    model = build(ConditionalVAE, {})
    before = model.log_likelihood(pairs, latent(5)[None]).detach()
    with torch.no_grad():
        for parameter in model.encoder_parameters():
            parameter.add_(0.1)
    torch.testing.assert_close(model.log_likelihood(pairs, latent(5)[None]), before)


def test_cures_and_steps_for_text_vaes_work_on_pairs(pairs):
    model = build(ConditionalVAE, {})
    model.count_words(PAIRS)
    optimizer = make_optimizer(model, learning_rate=1e-2)
    step = vae_step(model, optimizer, cure=cure("bag_of_words", steps=10), seed=0)
    history = [step(lambda: pairs, i)["elbo"] for i in range(10)]
    assert history[-1] > history[0]


@pytest.mark.parametrize("kind, options, message", [
    (Seq2Seq, dict(attention=False), "expected attention beside copying"),
    (Seq2Seq, dict(source_vocab_size=14), "expected one vocabulary on both sides to copy words, .* of 14 words; set copy=False"),
    (ConditionalVAE, dict(source_vocab_size=9), "expected one vocabulary on both sides to copy words, .* of 9 words"),
    (Seq2Seq, dict(hidden_dim=11), "expected an even hidden_dim"),
    (ConditionalVAE, dict(latent_dim=0), "expected latent_dim >= 1, got 0"),
])
def test_wrong_sizes_are_refused(kind, options, message):
    with pytest.raises(GensqError, match=message):
        kind(**(SIZES | options))


def test_missing_labels_are_refused(pairs):
    bare = PairBatch(collate_prompts([p for p, _, _ in PAIRS], [()] * 5), pairs.reply)
    with pytest.raises(GensqError, match="expected 2 labels for each prompt, got 0"):
        build(Seq2Seq, {}).log_likelihood(bare)
    torch.manual_seed(0)
    assert Seq2Seq(**(SIZES | dict(label_sizes=()))).log_likelihood(bare).isfinite().all()


# The judge

@pytest.mark.parametrize("judge", JUDGES)
def test_a_word_is_judged_by_what_stands_before_it(judge, pairs):
    before = judge.prefix_logits(pairs)
    targets = pairs.targets.clone()
    targets[1, 3] = 12
    after = judge.prefix_logits(PairBatch(pairs.prompts, Batch(pairs.inputs, targets, pairs.lengths)))
    torch.testing.assert_close(after[1, :3], before[1, :3])
    assert (after[1, 3:7] != before[1, 3:7]).all()
    torch.testing.assert_close(after[[0, 2, 3, 4]], before[[0, 2, 3, 4]])


@pytest.mark.parametrize("judge", JUDGES)
def test_a_judge_ignores_padding_batch_mates_and_order(judge, pairs):
    together, longer, order = judge.prefix_logits(pairs), padded(pairs), torch.tensor([3, 0, 4, 2, 1])
    longer.prompts.tokens[~longer.prompts.mask] = 9
    longer.targets[~longer.mask] = 9
    torch.testing.assert_close(judge.prefix_logits(longer)[:, :7], together)
    assert (judge.prefix_logits(longer)[:, 7:] == 0).all()
    torch.testing.assert_close(judge.prefix_logits(pairs.select(order)), together[order])
    for i, pair in enumerate(PAIRS):
        torch.testing.assert_close(judge.logits(collate_pairs([pair]))[0], together[i, pairs.lengths[i] - 1])
    torch.testing.assert_close(judge.logits(longer), judge.logits(pairs))


@pytest.mark.parametrize("judge", JUDGES)
def test_a_judge_sees_prompt_and_labels(judge, pairs):
    for labels, index in ((pairs.prompts.labels, [1, 2, 3, 4, 0]), (1 - pairs.prompts.labels.clamp(max=1), [0, 1, 2, 3, 4])):
        chosen = pairs.prompts.select(torch.tensor(index))
        other = PairBatch(Prompts(chosen.tokens, chosen.lengths, labels), pairs.reply)
        assert (judge.prefix_logits(other) != judge.prefix_logits(pairs))[pairs.mask].all()


def test_a_judge_is_told_of_copies(pairs, monkeypatch):
    """Its only way to know is the feature, here with weights that see nothing else."""
    judge = build(ReplyJudge, {})
    with torch.no_grad():
        judge.rnn.weight_ih_l0[:, :-1] = 0
    before = judge.prefix_logits(pairs)
    monkeypatch.setattr(PairBatch, "in_prompt", property(lambda batch: torch.zeros_like(batch.mask)))
    changed = (judge.prefix_logits(pairs) != before).any(1)
    assert changed.tolist() == [bool(set(p) & set(r)) for p, r, _ in PAIRS]


# Batches

def test_words_that_stand_in_the_prompt(pairs):
    expected = [[t in prompt for t in reply] for prompt, reply, _ in PAIRS]
    assert [row[: len(e)].tolist() for row, e in zip(pairs.in_prompt, expected)] == expected
    assert not padded(pairs).in_prompt[:, -2:].any(), "padding is nobody's word"


def test_collate_pairs(pairs):
    assert pairs.prompts.tokens[1].tolist() == [7, 0, 0, 0, 0, 0] and pairs.prompts.lengths.tolist() == [3, 1, 6, 2, 4]
    assert pairs.prompts.labels.tolist() == [[0, 1], [2, 0], [1, 1], [0, 0], [2, 1]] and len(pairs) == 5
    assert pairs.targets[2].tolist() == [9, Vocab.EOS, 0, 0, 0, 0, 0] and pairs.lengths.tolist() == [3, 7, 2, 4, 5]
    with pytest.raises(GensqError, match="expected prompts of at least one word"):
        collate_pairs([([], [4], (0,))])


def test_every_epoch_holds_every_pair_once_and_batches_depend_on_the_seed():
    pairs = [([4 + i % 9], [4 + i % 9] * (1 + i % 4), (i,)) for i in range(23)]
    batches = PairBatches(pairs, batch_size=4, seed=0)
    for epoch in range(2):
        seen = [label for i in range(6) for label in batches(epoch * 6 + i).prompts.labels[:, 0].tolist()]
        assert sorted(seen) == list(range(23))
    again = PairBatches(pairs, batch_size=4, seed=0)(7)
    assert again.prompts.labels.tolist() == batches(7).prompts.labels.tolist()
    for row, label in enumerate(again.prompts.labels[:, 0].tolist()):
        assert again.prompts.tokens[row, 0] == again.targets[row, 0] == pairs[label][0][0], "each reply beside its prompt"
        assert again.lengths[row] == len(pairs[label][1]) + 1


def test_evaluation_comes_back_in_order():
    model = build(Seq2Seq, {})
    alone = torch.stack([model.log_likelihood(collate_pairs([pair]))[0] for pair in PAIRS]).detach()
    torch.testing.assert_close(evaluate(model, model.log_likelihood, pairs_in_order(PAIRS, batch_size=2)), alone)
