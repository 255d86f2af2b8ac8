"""Judging replies where all valid ones are known: what a model gives to each of them, by enumeration and so exact.

Nothing is sampled in `ReplyScores`: validity, KL(world ‖ model), JS and coverage are sums over the valid replies to a prompt.
For people, and for a model whose probabilities are not known, there are samples and `verdicts`. All divergences are nats per
reply.
"""
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.diagnostics.validity import Share
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import Score, evaluate
from gensq_lib.text.scoring import log_likelihood_at
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.grammar import DialogueGrammar
from gensq_lib.text.pairs import Pair, PairBatch, PairIds, pairs_in_order
from gensq_lib.text.vocab import Sentence

LogProb = Callable[[PairBatch], Float[Tensor, "batch"]]
LOOKS = 8  # replies among which the valid ones are looked for


@dataclass(frozen=True)
class ReplyScores:
    """log-probabilities of every valid reply to some prompts, under the world and under a model."""

    world: Float[Tensor, "reply"]
    model: Float[Tensor, "reply"]
    prompt: Int[Tensor, "reply"]  # the place of its prompt

    def _sums(self, values: Float[Tensor, "reply"]) -> Float[Tensor, "batch"]:
        """Of the replies to each prompt."""
        return torch.zeros(int(self.prompt.max()) + 1, dtype=values.dtype).index_add_(0, self.prompt, values)

    @property
    def valid(self) -> Float[Tensor, "batch"]:
        """The probability that the model's reply to this prompt is a valid one."""
        return self._sums(self.model.exp())

    @property
    def entropy(self) -> Float[Tensor, "batch"]:
        """Of the world: no model has a lower expected NLL."""
        return self._sums(-self.world.exp() * self.world)

    @property
    def nll(self) -> Float[Tensor, "batch"]:
        """The expected NLL of the model, over all replies and not over one that was drawn."""
        return self._sums(-self.world.exp() * self.model)

    @property
    def kl(self) -> Float[Tensor, "batch"]:
        """KL(world ‖ model)."""
        return self.nll - self.entropy

    @property
    def js(self) -> Float[Tensor, "batch"]:
        """The Jensen-Shannon divergence, from 0 to log 2; what the model says outside the world costs log 2 / 2 of its mass."""
        p, q = self.world.exp(), self.model.exp()
        middle = ((p + q) / 2).log()
        inside = self._sums(p * (self.world - middle) + q * (self.model - middle)) / 2
        return inside + (1 - self.valid).clamp(min=0) * math.log(2) / 2

    @property
    def diversity(self) -> Float[Tensor, "batch"]:
        """The entropy of the model's reply, given that it is a valid one."""
        share = self.model - self.valid.log()[self.prompt]
        return self._sums(-share.exp() * share)

    @property
    def judge(self) -> Float[Tensor, "batch"]:
        """The accuracy of the best possible judge on half real, half generated replies."""
        apart = self._sums((self.world.exp() - self.model.exp()).abs()) + (1 - self.valid).clamp(min=0)
        return 0.5 + apart / 4

    @property
    def means(self) -> dict[str, float]:
        """A row of a table: every measure, averaged over the prompts."""
        found = {"valid": self.valid, "NLL": self.nll, "KL(world‖model)": self.kl, "JS": self.js, "entropy": self.diversity,
                 f"coverage by {LOOKS}": self.coverage(LOOKS), "best judge": self.judge}
        return {name: values.mean().item() for name, values in found.items()}

    def coverage(self, num: int, *, of_world: bool = False) -> Float[Tensor, "batch"]:
        """The expected share of the valid replies that occur among `num` samples, of the model or of the world itself."""
        p = (self.world if of_world else self.model).exp()
        return self._sums(1 - (1 - p.clamp(max=1)) ** num) / self._sums(torch.ones_like(p))


@dataclass(frozen=True)
class Obedience:
    """How a model's probability is spread when it is asked for one value of a condition: `mass[asked, said]`."""

    values: tuple[str, ...]
    mass: Float[Tensor, "asked said"]  # rows sum to the share of valid replies

    @property
    def obeyed(self) -> float:
        """Of what is valid at all, the share with the value that was asked for."""
        return (self.mass.diagonal().sum() / self.mass.sum()).item()


def reply_scores(model: nn.Module, exchanges: Sequence[Pair], corpus: PairCorpus, *, log_prob: LogProb | None = None,
                 device: str = "cpu") -> ReplyScores:
    """Score all valid replies to the prompts under their labels. `log_prob` is the model's own, unless a bound is given."""
    world, pairs, places = _everything(exchanges, corpus)
    found = evaluate(model, log_prob or model.log_likelihood, pairs_in_order(pairs, batch_size=512, device=device))
    return ReplyScores(world, found.double(), places)


def reply_frontier(model: nn.Module, exchanges: Sequence[Pair], corpus: PairCorpus, *, temperatures: Sequence[float],
                   device: str = "cpu") -> dict[float, ReplyScores]:
    """The scores of what is sampled from at each temperature, for models without a z.

    Validity and diversity of one point belong to one temperature: careful samples beside daring ones prove nothing.
    """
    def score(batch: PairBatch) -> Float[Tensor, "batch sample"]:
        return log_likelihood_at(model.answering(batch.prompts), batch.reply, temperatures=temperatures).T

    world, pairs, places = _everything(exchanges, corpus)
    found = evaluate(model, score, pairs_in_order(pairs, batch_size=512, device=device)).double()
    return {temperature: ReplyScores(world, column, places) for temperature, column in zip(temperatures, found.T, strict=True)}


def reply_quality(model: nn.Module, exchanges: Sequence[Pair], corpus: PairCorpus, *, log_prob: LogProb | None = None,
                  device: str = "cpu") -> dict[str, float]:
    """What is known of a model's replies: every exact measure where the world is known, else the NLL of people's replies."""
    if corpus.grammar is not None:
        return reply_scores(model, exchanges, corpus, log_prob=log_prob, device=device).means
    pairs = corpus.encoded(exchanges)
    found = evaluate(model, log_prob or model.log_likelihood, pairs_in_order(pairs, device=device))
    score = Score(found, torch.tensor([len(reply) + 1 for _, reply, _ in pairs]))
    return {"NLL": score.nats_per_sentence, "perplexity per token": score.perplexity}


def _everything(exchanges: Sequence[Pair], corpus: PairCorpus
                ) -> tuple[Float[Tensor, "reply"], list[PairIds], Int[Tensor, "reply"]]:
    """All valid replies to the prompts: the world's log-probabilities, integers, and the place of each one's prompt."""
    world, pairs, places = [], [], []
    for place, exchange in enumerate(exchanges):
        replies = known(corpus).replies(exchange.source, **dict(zip(corpus.conditions, exchange.labels)))
        pairs += corpus.encoded(Pair(exchange.source, reply, exchange.labels) for reply in replies)
        world += replies.values()
        places += [place] * len(replies)
    return torch.tensor(world, dtype=torch.float64).log(), pairs, torch.tensor(places)


def obedience(model: nn.Module, exchanges: Sequence[Pair], corpus: PairCorpus, condition: str, *,
              log_prob: LogProb | None = None, device: str = "cpu") -> Obedience:
    """For each value that is asked for, the mean probability of the replies that other values would give."""
    values, column = corpus.conditions[condition], list(corpus.conditions).index(condition)
    pairs, cells = [], []
    for exchange in exchanges:
        asked = dict(zip(corpus.conditions, exchange.labels))
        for said, value in enumerate(values):
            replies = known(corpus).replies(exchange.source, **{**asked, condition: value})
            pairs += corpus.encoded(Pair(exchange.source, reply, exchange.labels) for reply in replies)
            cells += [(values.index(exchange.labels[column]), said)] * len(replies)
    found = evaluate(model, log_prob or model.log_likelihood, pairs_in_order(pairs, batch_size=512, device=device))
    mass = torch.zeros(len(values), len(values), dtype=torch.float64)
    mass.index_put_(tuple(torch.tensor(cells).T), found.double().exp(), accumulate=True)
    asked_for = torch.bincount(torch.tensor([values.index(e.labels[column]) for e in exchanges]), minlength=len(values))
    return Obedience(values, mass / asked_for.clamp(min=1)[:, None])


def verdicts(replies: Sequence[Sentence], exchanges: Sequence[Pair], grammar: DialogueGrammar) -> dict[str, Share]:
    """Of sampled replies: how many are valid, and of those that somebody could give, how many obey each condition."""
    names = list(grammar.conditions)
    possible = [grammar.labels(reply, e.source) for reply, e in zip(replies, exchanges, strict=True)]
    valid = sum(e.labels in labels for labels, e in zip(possible, exchanges))
    some = [(labels, e.labels) for labels, e in zip(possible, exchanges) if labels]
    obeyed = {name: Share(sum(asked[i] in {label[i] for label in labels} for labels, asked in some), max(len(some), 1))
              for i, name in enumerate(names)}
    return {"valid": Share(valid, len(replies)), **obeyed}


def sampled_coverage(samples: Sequence[Sequence[Sentence]], exchanges: Sequence[Pair], grammar: DialogueGrammar) -> float:
    """The mean share of the valid replies to a prompt that occur among its samples."""
    found = []
    for drawn, exchange in zip(samples, exchanges, strict=True):
        replies = grammar.replies(exchange.source, **dict(zip(grammar.conditions, exchange.labels)))
        found.append(len(set(drawn) & set(replies)) / len(replies))
    return sum(found) / len(found)


def distinct_n(sentences: Sequence[Sentence], n: int) -> float:
    """The number of different n-grams divided by the number of words (Li et al. 2016). It falls with more sentences, so
    compare only sets of one size.
    """
    grams = {sentence[i : i + n] for sentence in sentences for i in range(len(sentence) - n + 1)}
    return len(grams) / max(sum(map(len, sentences)), 1)


def known(corpus: PairCorpus) -> DialogueGrammar:
    """The grammar behind the corpus."""
    if corpus.grammar is None:
        raise GensqError(f'expected dialogues whose replies are all known, got "{corpus.name}"; use "dialogue"')
    return corpus.grammar
