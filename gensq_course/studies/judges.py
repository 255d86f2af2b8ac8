"""What makes a learned judge good? At decoding time, where nothing is trained but the judge: width, features, number, reading.

Every learned judge has the same lessons and the rate that a search chose for its network. Its loss on sentences kept aside is
looked at after every `EVERY` of them, to the end, and the weights of the best look are kept: none is stopped by an unlucky look
or learns its sentences by heart.
"""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.studies.fair import all_judges
from gensq_course.studies.rows import Record, Row, by, records
from gensq_course.studies.study import Study
from gensq_course.studies.village import MORE_JUDGE_STEPS, NUM_TRAIN, SMALL, Bench
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluating
from gensq_lib.maths.stats import Estimate
from gensq_lib.models.judges import ConvolutionalJudge, Judge, RecurrentJudge
from gensq_lib.text.batching import Batch, TrainingBatches, any_length, collate
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.games.judging import judge_loss, judge_step
from gensq_lib.training.loop import EarlyStopping, fit
from gensq_lib.training.steps import make_optimizer

FEW_STEPS, MORE_STEPS, EVERY = 800, MORE_JUDGE_STEPS, 100  # lessons of a judge of 2,000 sentences, of more; between looks


class PairsJudge(Judge):
    """A logistic regression: a weight for each pair of words that stand in a sentence, wherever, and for each word."""

    def __init__(self, *, vocab_size: int):
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(vocab_size, vocab_size))
        self.bias = nn.Parameter(torch.zeros(()))

    def logits(self, batch: Batch) -> Float[Tensor, "batch"]:
        there = torch.zeros(len(batch), len(self.weights)).scatter(1, batch.targets, 1.0)
        there[:, Vocab.PAD] = 0.0
        return ((there @ self.weights) * there).sum(-1) + self.bias


class MeanJudge(Judge):
    """Several judges, whose log-odds are averaged: what one of them has by chance the others have not."""

    def __init__(self, *, members: Sequence[Judge]):
        super().__init__()
        self.members = nn.ModuleList(members)

    def logits(self, batch: Batch) -> Float[Tensor, "batch"]:
        return torch.stack([member.logits(batch) for member in self.members]).mean(0)


class Kind(NamedTuple):
    """Of learned judges: which network, how many sentences it reads that the player has not (0: the player's own), how many."""

    network: str = "usual"
    others: int = 0
    members: int = 1


NETWORKS: dict[str, Callable[..., Judge]] = {
    "usual": RecurrentJudge, "four times as wide": partial(RecurrentJudge, hidden_dim=256), "phrases": ConvolutionalJudge,
    "pairs of words": PairsJudge,
}
TRIED = dict.fromkeys(NETWORKS, (5e-4, 2e-3)) | {"pairs of words": (1e-4, 5e-4)}
RATES = {"usual": 2e-3, "four times as wide": 5e-4, "phrases": 5e-4, "pairs of words": 5e-4}  # as `SEARCH` chose
KINDS = {
    **{network: Kind(network) for network in NETWORKS}, "mean of five": Kind(members=5),
    **{f"{num:,} others": Kind(others=num) for num in (2_000, 10_000, 40_000)},
}


def taught(bench: Bench, kind: Kind, *, rate: float, member: int = 0) -> tuple[Judge, EarlyStopping]:
    """A new judge with the weights of its best look, and that look."""
    seed = 1_000 * member + bench.seed
    torch.manual_seed(seed)
    judge = NETWORKS[kind.network](vocab_size=len(bench.text.vocab))
    read = bench.more[:kind.others] if kind.others else bench.read(bench.text.train)
    steps = MORE_STEPS if len(read) > NUM_TRAIN else FEW_STEPS
    lessons = TrainingBatches(read, batch_size=SMALL, seed=10_000 + seed, length=any_length)
    optimizer = make_optimizer(judge, learning_rate=rate)
    stopping = EarlyStopping(partial(loss_on, judge, *aside(bench)), every=EVERY, patience=steps)
    step = judge_step(judge, replace(bench.game, seed=seed).refused(bench.start, pooled=True), optimizer)
    fit(step, lessons, model=judge, optimizer=optimizer, steps=steps, seed=seed, show="judge_loss", stopping=stopping)
    return judge, stopping


def loss_on(judge: Judge, real: Batch, fake: Batch) -> float:
    """Nats per pair of a real sentence and a made one; a judge that says nothing has 2 log 2."""
    with evaluating(judge):
        return judge_loss(judge, real, [(1.0, fake)]).item()


@lru_cache(maxsize=1)
def aside(bench: Bench) -> tuple[Batch, Batch]:
    """Real and made sentences that no judge learns from."""
    real = collate(bench.read(bench.text.valid))
    return real, bench.game.draw(bench.start, len(real), runtime.generator(bench.seed, "aside"))


def run(*, seed: int) -> list[Record]:
    """What each judge makes of what the start says, and how long it was taught.

    Of the same start by itself, under models as judges and under the perfect one, `text_gan` tells.
    """
    bench, judges, found = Bench(seed), {}, []
    alone = cache(lambda kind, member: taught(bench, kind, rate=RATES[kind.network], member=member))  # one is in the mean, too
    for name, kind in KINDS.items():
        members, looks = zip(*(alone(kind._replace(members=1), i) for i in range(kind.members)), strict=True)
        judges[name] = MeanJudge(members=members)
        found += records({"steps": sum(look.best_step for look in looks) / len(looks)}, judge=name)
    return found + all_judges(bench, judges)


def searched(*, network: str, seed: int) -> list[Record]:
    """The loss on sentences kept aside at every rate, and after how many steps."""
    bench, found = Bench(seed), []
    for rate in TRIED[network]:
        _, look = taught(bench, Kind(network), rate=rate)
        found += records({"aside": look.best_value, "steps": look.best_step}, rate=rate)
    return found


def chosen(rows: Sequence[Row]) -> dict[str, float]:
    """The rate of each network with the least loss on sentences kept aside."""
    losses = by(rows, "network", "rate", measure="aside")
    return {network: min(rates, key=lambda rate: losses[network, rate].mean) for network, rates in TRIED.items()}


COLUMNS = ("learned judge", "lessons", "accuracy", "KL(p‖R) at s = 1", "reached at the best s", "± standard error")


def in_rows(rows: Sequence[Row], reach: Mapping[str, Estimate]) -> list[list[str | float]]:
    """A row of `COLUMNS` for each kind of judge, with the share of the perfect judge's gain that it reaches."""
    found = by(rows, "judge", "scale", "measure")
    return [[kind, found[kind, None, "steps"].mean, found[kind, None, "accuracy"].mean,
             round(found[kind, 1.0, "kl_forward"].mean, 4), f"{reach[kind].mean:+.3f}", round(reach[kind].error, 3)]
            for kind in KINDS]


def in_words(reach: Mapping[str, Estimate], best_possible: float) -> str:
    """The best possible accuracy, and what the best learned judge and models as judges reach."""
    best = max(KINDS, key=lambda kind: reach[kind].mean)
    return (f"The best possible judge sorts {best_possible:.3f} rightly. Of the perfect judge's gain\n"
            f"the best learned one here, {best}, reaches {reach[best].mean:.2f};\n"
            f"a model as judge {reach['model'].mean:.2f}, one that read more {reach['model, read more'].mean:.2f}.")


STUDY = Study("text_gan_judges", "What makes a learned judge good, and how much of the perfect judge's gain does each reach?",
              [{"seed": seed} for seed in range(4)], run)
SEARCH = Study("text_gan_judges_search", "Which rate is best for each network that judges?",
               [{"network": network, "seed": 100} for network in NETWORKS], searched)
