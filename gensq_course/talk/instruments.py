"""Instruments for a model that answers: against every valid reply, or, where these are not known, against people's."""
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal

from gensq_lib.diagnostics.enumeration import Enumeration, LogProb
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import Score, evaluate, evaluating
from gensq_lib.maths.stats import Share
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.judges import Judge
from gensq_lib.text.batching import any_length
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.grammar import DialogueGrammar
from gensq_lib.text.pairs import Pair, PairBatches, PairIds, collate_pairs, pairs_in_order
from gensq_lib.text.vocab import Sentence
from gensq_lib.training.games.judging import accuracy, judge_step
from gensq_lib.training.loop import fit
from gensq_lib.training.steps import device_of, make_optimizer


def told_apart(real: Sequence[PairIds], fake: Sequence[PairIds], judge: Judge, *, steps: int, seed: int, batch_size: int = 64,
               learning_rate: float = 2e-3) -> float:
    """How well a fresh judge tells two sets of exchanges apart: trained on their first halves, its accuracy on the second.

    1/2 where it finds nothing. What it finds is there; what it misses may be there, too. Its lessons are of all lengths: those of
    real replies and of others come in different orders, and like lengths would part them.
    """
    halves = [(pairs[: len(pairs) // 2], pairs[len(pairs) // 2:]) for pairs in (real, fake)]
    optimizer, device = make_optimizer(judge, learning_rate=learning_rate), device_of(judge)
    genuine, other = (PairBatches(first, batch_size=batch_size, seed=seed + i, device=device, length=any_length)
                      for i, (first, _) in enumerate(halves))
    step = judge_step(judge, lambda real, i: [(1.0, other(i))], optimizer)
    fit(step, genuine, model=judge, optimizer=optimizer, steps=steps, seed=seed, show="judge_loss", name="fresh judge")
    return accuracy(judge, *(collate_pairs(second, device=device) for _, second in halves))


def all_replies(exchanges: Sequence[Pair], corpus: PairCorpus, *, device: str = "cpu") -> Enumeration:
    """Every valid reply to the prompts under their labels (every translation of the sources), a group for each."""
    world, pairs, places = [], [], []
    for place, exchange in enumerate(exchanges):
        replies = corpus.targets(exchange)
        pairs += corpus.encoded(Pair(exchange.source, reply, exchange.labels) for reply in replies)
        world += replies.values()
        places += [place] * len(replies)
    batches = list(pairs_in_order(pairs, batch_size=512, device=device))
    return Enumeration(torch.tensor(world, dtype=torch.float64).log(), batches, torch.tensor(places))


def grammar_behind(corpus: PairCorpus) -> DialogueGrammar:
    """Of dialogues whose replies are all known; others are refused."""
    if corpus.grammar is None:
        raise GensqError(f'expected dialogues whose replies are all known, got "{corpus.name}"; use "dialogue"')
    return corpus.grammar


def reply_measures(model: nn.Module, exchanges: Sequence[Pair], corpus: PairCorpus, *, log_prob: LogProb | None = None,
                   device: str = "cpu") -> dict[str, float]:
    """What is known of a model's replies: every exact measure where the world is known, else the NLL of people's replies."""
    if corpus.grammar is not None:
        return all_replies(exchanges, corpus, device=device).outcomes(model, log_prob=log_prob).means
    pairs = corpus.encoded(exchanges)
    found = evaluate(model, log_prob or model.log_likelihood, pairs_in_order(pairs, device=device))
    score = Score(found, torch.tensor([len(reply) + 1 for _, reply, _ in pairs]))
    return {"nll": score.nats_per_sentence, "perplexity per token": score.perplexity}


@torch.no_grad()
def told_by_z(model: ConditionalVAE, everything: Enumeration, *, generator: torch.Generator, num_samples: int = 20) -> float:
    """I(reply; z | prompt, labels), nats: what a z from the posterior tells about which valid reply it is, by the world's p.

    It is E[log q(z | reply) - log q(z)], where q(z) is the mixture of the posteriors of all valid replies; only z is sampled.
    At most the entropy of a reply and at most the KL: what the KL holds beyond it is paid for nothing.
    """
    with evaluating(model):
        found = [model.posterior(batch) for _, batch in everything.batches]
    places = torch.tensor([place for places, _ in everything.batches for place in places]).argsort()
    mean, stddev = (torch.cat([getattr(q, name) for q in found])[places].double() for name in ("mean", "stddev"))
    told = []
    for group in range(int(everything.group.max()) + 1):
        mine = (everything.group == group).nonzero().squeeze(1)
        q, log_p = Normal(mean[mine], stddev[mine]), everything.world[mine].log_softmax(0)
        z = q.mean + q.stddev * torch.randn(num_samples, *q.mean.shape, generator=generator, dtype=torch.float64)
        under = q.log_prob(z[:, :, None]).sum(-1)  # "sample reply reply": z of one reply under the posterior of another
        gain = under.diagonal(dim1=1, dim2=2) - (under + log_p).logsumexp(-1)
        told.append((log_p.exp() * gain.mean(0)).sum())
    return torch.stack(told).mean().item()


@dataclass(frozen=True)
class Obedience:
    """How a model's probability is spread when it is asked for one value of a condition: `mass[asked, said]`."""

    values: tuple[str, ...]
    mass: Float[Tensor, "asked said"]  # rows sum to the share of valid replies

    @property
    def obeyed(self) -> float:
        """Of what is valid at all, the share with the value that was asked for."""
        return (self.mass.diagonal().sum() / self.mass.sum()).item()


def obedience(model: nn.Module, exchanges: Sequence[Pair], corpus: PairCorpus, condition: str, *,
              log_prob: LogProb | None = None, device: str = "cpu") -> Obedience:
    """For each value that is asked for, the mean probability of the replies that other values would give."""
    values, column = corpus.conditions[condition], list(corpus.conditions).index(condition)
    pairs, cells = [], []
    for exchange in exchanges:
        asked = dict(zip(corpus.conditions, exchange.labels))
        for said, value in enumerate(values):
            replies = grammar_behind(corpus).replies(exchange.source, **{**asked, condition: value})
            pairs += corpus.encoded(Pair(exchange.source, reply, exchange.labels) for reply in replies)
            cells += [(values.index(exchange.labels[column]), said)] * len(replies)
    found = evaluate(model, log_prob or model.log_likelihood, pairs_in_order(pairs, batch_size=512, device=device))
    mass = torch.zeros(len(values), len(values), dtype=torch.float64)
    mass.index_put_(tuple(torch.tensor(cells).T), found.double().exp(), accumulate=True)
    asked_for = torch.bincount(torch.tensor([values.index(e.labels[column]) for e in exchanges]), minlength=len(values))
    return Obedience(values, mass / asked_for.clamp(min=1)[:, None])


def verdicts(replies: Sequence[Sentence], exchanges: Sequence[Pair], grammar: DialogueGrammar) -> dict[str, Share]:
    """Of sampled replies: how many are valid, and of those that somebody could give, how many obey each condition.
    """
    names = list(grammar.conditions)
    possible = [grammar.labels(reply, e.source) for reply, e in zip(replies, exchanges, strict=True)]
    valid = sum(e.labels in labels for labels, e in zip(possible, exchanges))
    some = [(labels, e.labels) for labels, e in zip(possible, exchanges) if labels]
    obeyed = {name: Share(sum(asked[i] in {label[i] for label in labels} for labels, asked in some), max(len(some), 1))
              for i, name in enumerate(names)}
    return {"valid": Share(valid, len(replies)), **obeyed}
