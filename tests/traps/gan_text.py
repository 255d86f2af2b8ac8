"""Traps of text GANs, by their numbers in the list for GANs: 1, 2, 6, 7, 8, 10, 11, 13-17, 19, 20, 22, 25."""
import copy
import math

import torch
from tiny_language import all_sentences, tiny_generator
from torch.nn.functional import one_hot

from gensq_course.lessons.text_gan import study_oracle as seqgan_oracle
from gensq_course.lessons.text_gan.study import WAYS
from gensq_course.lessons.text_gan import relaxed
from gensq_lib.diagnostics import Enumeration, Outcomes, length_judge
from gensq_lib.ground import runtime
from gensq_lib.maths.adversarial import policy
from gensq_lib.maths.objectives import Score, evaluate
from gensq_lib.models.judges import Judge, RecurrentJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import Batch, collate, in_order
from gensq_lib.text.decoding import Decoded, sample
from gensq_lib.text.vocab import Vocab
from gensq_lib.training import games
from traps.trap import ENCODED, Trap, close

MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]]).bool()


# 1: rewards that reach another sentence or another word


def pays_each_word_for_itself(values):
    """The score of a beginning tells whose it is and how long."""
    tokens = torch.arange(3)[:, None].expand(3, 4)
    found = values(tokens, torch.ones(3, 4).bool(), lambda t, length: t[:, :length], lambda t: 10.0 * t[:, 0] + t.shape[1])
    assert found.tolist() == [[10 * i + t for t in (1, 2, 3, 4)] for i in range(3)]


def by_rollouts(tokens, mask, complete, score):
    return policy.rollout_values(mask, complete=lambda length: complete(tokens, length), score=score)[0]


def viewed(tokens, mask, complete, score):
    """Collected as (time, batch), reshaped where it must be transposed."""
    return torch.stack([score(complete(tokens, t + 1)) for t in range(mask.shape[1])]).view(mask.shape)


def one_late(tokens, mask, complete, score):
    return by_rollouts(tokens, mask, complete, score).roll(1, -1)


def of_another_batch(tokens, mask, complete, score):
    return by_rollouts(tokens.flip(0), mask, complete, score)


# 2: a detach that is not kept, rewards changed in place


def only_weighs(loss):
    log_probs, advantages = (torch.randn(3, 4, generator=runtime.generator(name)).requires_grad_() for name in "ab")
    kept = advantages.detach().clone()
    flows = torch.autograd.grad(loss(log_probs, advantages, MASK).sum(), (log_probs, advantages), allow_unused=True)
    close(flows[0], -kept * MASK)
    assert flows[1] is None or not flows[1].any()
    assert torch.equal(advantages, kept)


def detached_and_forgotten(log_probs, advantages, mask):
    advantages.detach()
    return -(advantages * log_probs * mask).sum(-1)


def changed_in_place(log_probs, advantages, mask):
    weights = advantages.detach()
    weights -= 1
    return -((weights + 1) * log_probs * mask).sum(-1)


# 6: no baseline


def compares_with_the_others(advantages):
    returns = torch.tensor([[3.0], [3.0], [3.0]])
    close(advantages(returns, torch.ones(3, 1).bool()), torch.zeros(3, 1))
    close(advantages(torch.tensor([[1.0], [4.0]]), torch.ones(2, 1).bool()), torch.tensor([[-3.0], [3.0]]))


def less_the_others(returns, mask):
    return returns - policy.position_baseline(returns, mask)


# 7, 8: the judge as a source of rewards


class Says(Judge):
    def __init__(self, *, says):
        super().__init__()
        self.says = torch.tensor(says)

    def logits(self, batch):
        return self.says


def ranks_what_a_sure_judge_rejects(rewards):
    """It has learnt to reject everything; even so one fake is worse than the other."""
    paid = rewards(Says(says=[-30.0, -40.0, -120.0]), collate(ENCODED[:3])).sum(-1)
    assert (paid[:-1] - paid[1:] > 0.1).all()


def probability(judge, batch):
    return policy.at_the_end(judge.logits(batch).sigmoid(), batch.mask)


def says_the_same_twice(rewards):
    torch.manual_seed(0)
    judge = RecurrentJudge(vocab_size=14, dropout=0.5).train()
    batch = collate(ENCODED)
    assert torch.equal(rewards(judge, batch), rewards(judge, batch)) and judge.training


def in_training_mode(judge, batch):
    return policy.at_the_end(judge.logits(batch).detach(), batch.mask)


# 10, 14: measured on what was learnt


class KnowsByHeart:
    """Words below 9 are in what it has learnt."""

    def log_likelihood(self, batch: Batch) -> torch.Tensor:
        return torch.where(batch.targets[:, 0] < 9, 0.0, -50.0)

    logits = log_likelihood


HEARD, FRESH = [[4, 5], [6, 7], [8, 4]], [[9, 5], [10, 7], [11, 4]]


def nll_sees_what_was_not_learnt(nll):
    assert nll(KnowsByHeart(), HEARD, FRESH) > 10


def on_test(model, train, test):
    holder = torch.nn.Identity()
    found = evaluate(holder, model.log_likelihood, in_order(test))
    return Score(found, torch.tensor([len(s) + 1 for s in test])).nats_per_sentence


def on_train(model, train, test):
    return on_test(model, train, train)


class Memory(Judge):
    def logits(self, batch):
        return torch.where((batch.targets[:, 0] < 9), 5.0, -5.0)


def memory_is_no_judgement(accuracy):
    """Real sentences that it has not learnt look like fakes to it: at most even odds."""
    assert accuracy(Memory(), collate(HEARD), collate(FRESH), collate([[12, 4], [13, 5], [12, 7]])) <= 0.5


def on_fresh(judge, heard, fresh, fake):
    return games.accuracy(judge, fresh, fake)


def on_heard(judge, heard, fresh, fake):
    return games.accuracy(judge, heard, fake)


# 11: quality and diversity of different temperatures


def of_one_temperature(report):
    """(valid share, entropy): a pair that one distribution has."""
    everything, model = all_sentences(), tiny_generator()
    ends = (everything.targets == Vocab.EOS).any(-1)
    log_p = torch.full((int(ends.sum()),), -math.log(int(ends.sum())), dtype=torch.float64)
    world = Enumeration(log_p, [(range(len(log_p)), everything.select(ends))], torch.zeros(len(log_p)).long())
    curve = world.frontier(model, temperatures=[k / 20 for k in range(8, 31)])
    pair = report(world, model)
    assert any(math.dist(pair, (q.valid.item(), q.entropy.item())) < 1e-3 for q in curve.values())


def one_quality(world, model):
    measures = world.frontier(model, temperatures=[0.5])[0.5].means
    return measures["valid"], measures["entropy"]


def best_of_both(world, model):
    curve = world.frontier(model, temperatures=[0.5, 1.5]).values()
    return max(q.valid.item() for q in curve), max(q.entropy.item() for q in curve)


# 13: overlap with the training set


def copying_is_no_quality(measure):
    """The grammar says (4|5) (4|5) <eos>; training happened to see two of the four."""
    train, fresh = [[4, 4], [4, 5]], [[5, 4], [5, 5]]
    assert measure(train, train) <= measure(fresh, train)


def valid(sentences, train):
    return sum(len(s) == 2 and set(s) <= {4, 5} for s in sentences) / len(sentences)


def bigrams_seen(sentences, train):
    seen = {pair for s in train for pair in zip(s, s[1:])}
    return sum(pair in seen for s in sentences for pair in zip(s, s[1:])) / len(sentences)


# 15: padding or length gives the label away


def looks_like_real(batch_of):
    """The same sentences, drawn with room behind them."""
    real = collate(ENCODED)
    tokens = torch.nn.functional.pad(real.targets, (0, 4))
    fake = batch_of(Decoded(tokens, torch.zeros(5)))
    assert length_judge(real.lengths, fake.lengths) == 0.5
    torch.manual_seed(0)
    judge = RecurrentJudge(vocab_size=14).eval()
    close(judge.logits(fake), judge.logits(real))


def padding_as_words(decoded):
    batch = decoded.batch()
    return Batch(batch.inputs, batch.targets, torch.full_like(batch.lengths, batch.targets.shape[1]))


def without_eos(decoded):
    batch = decoded.batch()
    return Batch(batch.inputs, batch.targets.masked_fill(batch.targets == Vocab.EOS, Vocab.PAD), batch.lengths - 1)


# 16: hard real words against soft generated ones


def sharpness_says_nothing(shown):
    """A judge that looks only at the largest entry must be wrong half of the time."""
    real = one_hot(torch.arange(40) % 5, 5).float()
    soft = torch.randn(40, 5, generator=runtime.generator("soft")).softmax(-1)
    assert ((real.amax(-1) > 0.99).float().mean() + (shown(soft).amax(-1) < 0.99).float().mean()) / 2 == 0.5


# 17: scored under another dropout mask


def starts_at_no_distance(kl):
    """A generator that has not moved is at distance 0 from the reference, its own copy."""
    torch.manual_seed(0)
    model = LanguageModel(vocab_size=14, embed_dim=6, hidden_dim=8, decoder="gru", dropout=0.5).train()
    assert abs(kl(model, copy.deepcopy(model))) < 1e-5


def of_the_step(model, reference):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    game = games.Sentences(seed=0, num=8, max_length=6)
    judge = RecurrentJudge(vocab_size=14)
    step = games.leashed_step(game, model, reference, judge, optimizer, leash=0.1, group=4)
    return step(None, 0)["kl"]


def with_dropout(model, reference):
    batch = sample(model, num=8, max_length=6, generator=runtime.generator(0)).batch()
    return (model.log_likelihood(batch) - reference.log_likelihood(batch)).mean().item()


# 19: a random baseline that is not what it says; 20: no equal further likelihood; 22: an oracle without a hash


def every_word_alike(words):
    counts = torch.bincount(words.flatten(), minlength=seqgan_oracle.SIZES["vocab_size"])[len(Vocab.SPECIALS):].float()
    assert counts.max() < 25 and (counts == 0).float().mean() < 0.04  # 4 expected


def shuffled_words():
    share = 1 / torch.arange(1.0, seqgan_oracle.WORDS + 1)
    return torch.multinomial(share, 40_000, replacement=True, generator=runtime.generator("zipf")) + len(Vocab.SPECIALS)


def likelihood_goes_on_as_long(ways):
    assert {"likelihood", "shuffled", "best of 8", "perfect judge"} <= set(ways)


def the_same_as_ever(digest):
    assert digest() == seqgan_oracle.DIGEST


def unseeded():
    torch.manual_seed(1)
    return seqgan_oracle.digest(LanguageModel(**seqgan_oracle.SIZES))


# 25: one sentence, again and again


def a_parrot_is_worse(badness):
    log_p = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64).log()
    parrot = torch.tensor([1 - 3e-9, 1e-9, 1e-9, 1e-9], dtype=torch.float64).log()
    honest = torch.tensor([0.3, 0.3, 0.2, 0.1], dtype=torch.float64).log()  # and a tenth of nonsense
    assert badness(log_p, parrot) > badness(log_p, honest)


TRAPS = [
    Trap(1, "rewards of another word", pays_each_word_for_itself, by_rollouts,
         {"view instead of transpose": viewed, "one late": one_late, "another batch": of_another_batch}),
    Trap(2, "a detach that is lost", only_weighs, policy.reinforce_loss,
         {"not assigned": detached_and_forgotten, "in place": changed_in_place}),
    Trap(6, "no baseline", compares_with_the_others, less_the_others,
         {"the return itself": lambda returns, mask: returns, "its own mean": lambda returns, mask: returns - returns.mean(0)}),
    Trap(7, "a judge that is too sure", ranks_what_a_sure_judge_rejects, games.judged, {"probabilities": probability}),
    Trap(8, "a judge that scores in training mode", says_the_same_twice, games.judged, {"as it is": in_training_mode}),
    Trap(10, "NLL of the training data", nll_sees_what_was_not_learnt, on_test, {"train": on_train}),
    Trap(11, "two temperatures", of_one_temperature, one_quality, {"the best of each": best_of_both}),
    Trap(13, "overlap with the training set", copying_is_no_quality, valid, {"bigrams of the training set": bigrams_seen}),
    Trap(14, "a judge that knows its sentences by heart", memory_is_no_judgement, on_fresh, {"its own sentences": on_heard}),
    Trap(15, "length gives it away", looks_like_real, Decoded.batch, {"padding": padding_as_words, "no <eos>": without_eos}),
    Trap(16, "hard against soft", sharpness_says_nothing, relaxed.straight_through, {"soft": lambda soft: soft}),
    Trap(17, "another dropout mask", starts_at_no_distance, of_the_step, {"in training mode": with_dropout}),
    Trap(19, "a random baseline that is not random", every_word_alike, seqgan_oracle.random_words(0).targets,
         {"shuffled unigrams": shuffled_words()}),
    Trap(20, "no equal further likelihood", likelihood_goes_on_as_long, WAYS, {"none": ("adversarial",)}),
    Trap(22, "an oracle without a hash", the_same_as_ever, seqgan_oracle.digest, {"unseeded": unseeded}),
    Trap(25, "oracle NLL alone", a_parrot_is_worse,
         lambda log_p, log_g: Outcomes(log_p, log_g, torch.zeros(len(log_p)).long()).kl_forward.item(),
         {"oracle NLL": lambda log_p, log_g: -(log_g.softmax(-1) * log_p).sum().item()}),
]
