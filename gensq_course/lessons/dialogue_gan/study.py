"""Does a judge help a model that answers? Every control and ablation, five seeds, every measure exact.

The world is the doorstep, whose replies are all known and whose model is trained to convergence in seconds. Test prompts are
fresh ones for every seed, and no setting was chosen on them. All ways go on from the same model, for equally many steps, and
from the same judge. Likelihood and adversary have a second match with more exchanges, because a judge can only teach what it
knows and the model does not.
"""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.lessons.dialogue_gan.instruments import all_replies, distinct_n, obedience, reply_measures, told_apart
from gensq_course.talk.replies import PromptBatches, Replies, train_seq2seq
from gensq_course.studies.frontiers import Seed, frontier, paired
from gensq_course.studies.rows import Record, Row, records, value, values
from gensq_course.studies.study import Study
from gensq_course.studies.ways import continued
from gensq_course.talk import chat
from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.maths.divergences import kl
from gensq_lib.maths.objectives import evaluate, iwae
from gensq_lib.maths.stats import Estimate
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora
from gensq_lib.text.corpora import dialogues
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.text.pairs import Pair, PairBatches, collate_pairs, pairs_in_order
from gensq_lib.training import games

CORPUS, NUM_TRAIN, NUM_MORE, NUM_PROMPTS, NUM_TEST, NUM_FRESH = "doorstep", 1_000, 8_000, 6_000, 300, 1_600
HIDDEN, MLE_STEPS, VAE_STEPS, JUDGE_STEPS, STEPS, FRESH_STEPS = 64, 600, 600, 800, 200, 150
SMALL = 32  # exchanges in a lesson of the judge: many small lessons teach it faster than few large ones
RATE, JUDGE_RATE, GAME_RATE = 1e-2, 4e-3, 1e-4  # Adam's: of likelihood training at first, of the judge's lessons, of all ways
REAL = {"dropout": 0.3, "learning_rate": 5e-3}  # for people's words, many of which are said once
TEMPERATURES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
WAYS = ("likelihood", "adversarial", "shuffled", "paid at the end", "no teacher", "best of 8", "self-training")
FASTER = "adversarial, faster"  # at four times the rate
WITH_MORE = {way: f"{way}, {NUM_MORE:,} pairs" for way in ("likelihood", "adversarial")}
PLAIN = {"copying": {}, "attention alone": {"copy": False}, "neither": {"attention": False, "copy": False}}
CURES = {"plain": "none", "bag of words": "bag_of_words+linear"}
FRESH = ("start", "likelihood", "adversarial")  # on these a new judge is trained
SEEDS, PARTS = range(5), ("models", "games", "games with more")


@dataclass(frozen=True)
class Bench:
    """Dialogues at a seed, with fresh test exchanges, and what is made of them in the same way again and again."""

    text: PairCorpus
    test: Sequence[Pair]
    seed: int
    hidden_dim: int = HIDDEN
    dropout: float = 0.0
    learning_rate: float = RATE  # of likelihood training, at first
    batch_size: int = 48  # of the game

    @property
    def labels(self) -> dict[str, Any]:
        """What every network must know of the corpus."""
        return {"vocab_size": len(self.text.target_vocab), "label_sizes": [len(v) for v in self.text.conditions.values()]}

    @property
    def sizes(self) -> dict[str, Any]:
        """Of models that answer."""
        return {**self.labels, "embed_dim": self.hidden_dim // 2, "hidden_dim": self.hidden_dim, "dropout": self.dropout}

    @cached_property
    def game(self) -> Replies:
        """Prompts that have no reply, under the labels of those that have one; replies a little longer than anybody needs."""
        alone = [self.text.source_vocab.encode(prompt) for prompt in self.text.sources]
        labels, longest = [self.text.label_ids(e.labels) for e in self.text.train], max(len(e.target) for e in self.text.train)
        prompts = PromptBatches(alone, batch_size=self.batch_size, labels=labels, seed=self.seed)
        return Replies(seed=self.seed, max_length=longest + 6, prompts=prompts, pool=120)

    def batches(self, stream: int, *, size: int = 0) -> TrainingBatches:
        """Training exchanges, in another order for each use; 0 is the batch of the game."""
        train = self.text.encoded(self.text.train)
        return PairBatches(train, batch_size=size or self.batch_size, seed=1_000 * stream + self.seed)

    def seq2seq(self, *, steps: int, **options: bool) -> Seq2Seq:
        """Trained by likelihood, to convergence."""
        torch.manual_seed(self.seed)
        model = Seq2Seq(**self.sizes, **options)
        train_seq2seq(model, **self._options(steps))
        return model

    def conditional_vae(self, start: Seq2Seq, *, steps: int, cure: str, latent_dim: int = 4) -> ConditionalVAE:
        """The same sizes, the weights of a finished model, and a z that has to earn its own."""
        torch.manual_seed(self.seed)
        model = ConditionalVAE(**self.sizes, latent_dim=latent_dim)
        training.train_vae(model, cure=cure, start=start, **self._options(steps))
        return model

    def _options(self, steps: int) -> dict[str, Any]:
        """Of the training by likelihood."""
        train, valid = map(self.text.encoded, (self.text.train, self.text.valid))
        return {"train": train, "valid": valid, "steps": steps, "batch_size": 64, "seed": self.seed,
                "learning_rate": self.learning_rate, "key": {"corpus": self.text.fingerprint}}

    def judge(self) -> ReplyJudge:
        """A new one."""
        torch.manual_seed(self.seed)
        return ReplyJudge(**self.labels)

    def taught(self, model: Seq2Seq, *, steps: int, **options: float) -> ReplyJudge:
        """A judge that knows this model's replies; `others` may be another share than that of the game."""
        judge = self.judge()
        games.taught(replace(self.game, **options), judge, model, self.batches(1, size=SMALL), steps=steps,
                     learning_rate=JUDGE_RATE)
        return judge.eval()

    def answered(self, model: nn.Module, exchanges: Sequence[Pair], *, temperature: float = 1.0) -> list[Pair]:
        """The same exchanges, answered by the model."""
        drawn = chat.replies(model, collate_pairs(self.text.encoded(exchanges)).prompts, max_length=self.game.max_length,
                             temperature=temperature, generator=runtime.generator(self.seed, "answers"))
        return [replace(e, target=reply) for e, reply in zip(exchanges, drawn.sentences(self.text.target_vocab), strict=True)]


def quality(model: nn.Module, bench: Bench) -> dict[str, float]:
    """On the test exchanges; of a model with a z by an importance-weighted bound."""
    return reply_measures(model, bench.test, bench.text, log_prob=bound(model, bench.seed))


def bound(model: nn.Module, seed: int, *, num_samples: int = 20):
    """log p(reply | prompt) for the instruments: None says that the model has its own."""
    noise = runtime.generator(seed, "bound")
    return partial(iwae, model, num_samples=num_samples, generator=noise) if hasattr(model, "posterior") else None


def rates(model: ConditionalVAE, bench: Bench) -> Float[Tensor, "latent"]:
    """Mean KL(q ‖ prior) of each dimension on the test exchanges, nats per reply."""
    found = evaluate(model, lambda batch: kl(model.posterior(batch), model.prior(batch)),
                     pairs_in_order(bench.text.encoded(bench.test)))
    return found.mean(0)


def obeyed(model: nn.Module, bench: Bench, *, num: int = 100) -> float:
    """Of what could be answered at all, the share under the first label (the mood) that was asked for."""
    first = next(iter(bench.text.conditions))
    return obedience(model, bench.test[:num], bench.text, first, log_prob=bound(model, bench.seed)).obeyed


def prepared(seed: int, *, num_train: int = 0) -> Bench:
    """The doorstep at a seed."""
    text = corpora.load_dialogues(CORPUS, seed=seed, num_train=num_train or NUM_TRAIN, num_prompts=NUM_PROMPTS)
    return Bench(text, dialogues.fresh(text.grammar, "test", NUM_TEST, seed=1_000 + seed), seed)


def run(*, seed: int, part: str) -> list[Record]:
    """One seed; nats per reply, shares and accuracies."""
    return {"models": models, "games": all_ways, "games with more": with_more}[part](prepared(seed))


def models(bench: Bench) -> list[Record]:
    """What likelihood makes of each network."""
    plain = {name: bench.seq2seq(steps=MLE_STEPS, **options) for name, options in PLAIN.items()}
    found = [record for name, model in plain.items() for record in records(quality(model, bench), way=name)]
    for name, cure in CURES.items():
        model = bench.conditional_vae(plain["copying"], steps=VAE_STEPS, cure=cure)
        rate = rates(model, bench)
        more = {"obeyed": obeyed(model, bench), "KL": rate.sum().item(), "dimensions": float((rate > 0.1).sum())}
        found += records(quality(model, bench) | more, way=f"VAE, {name}")
    return found


def all_ways(bench: Bench) -> list[Record]:
    """Every way to go on from one model and one judge."""
    start = bench.seq2seq(steps=MLE_STEPS)
    judge = bench.taught(start, steps=JUDGE_STEPS)
    found = everything("start", start, bench)
    for how in WAYS:
        found += everything(how, played(bench, start, judge, how, steps=STEPS), bench)
    fast = played(bench, start, judge, "adversarial", steps=STEPS, learning_rate=4 * GAME_RATE)
    found += everything(FASTER, fast, bench)
    return found + records({"distinct-2": distinct_n([e.target for e in bench.test], 2)}, way="world")


def with_more(bench: Bench) -> list[Record]:
    """The same model goes on with more exchanges than it was trained on; so does the judge."""
    start, wide = bench.seq2seq(steps=MLE_STEPS), prepared(bench.seed, num_train=NUM_MORE)
    judge = wide.taught(start, steps=JUDGE_STEPS)
    found = []
    for how, name in WITH_MORE.items():
        found += everything(name, played(wide, start, judge, how, steps=STEPS), bench)
    return found


def played(bench: Bench, start: Seq2Seq, judge: ReplyJudge, how: str, *, steps: int, learning_rate: float = GAME_RATE
           ) -> nn.Module:
    """The model after `steps` more steps, the same batches and the same prompts for every way to go on."""
    return continued(bench.game, start, judge, bench.batches(2), how=how, steps=steps, learning_rate=learning_rate).player


def everything(way: str, model: nn.Module, bench: Bench) -> list[Record]:
    """The frontier, and what is read from samples at temperature 1."""
    found = frontier(way, model, all_replies(bench.test, bench.text), temperatures=TEMPERATURES)
    fresh = dialogues.fresh(bench.text.grammar, "test", NUM_FRESH if way in FRESH else NUM_TEST, seed=2_000 + bench.seed)
    said = bench.answered(model, fresh)
    more = {"distinct-2": distinct_n([e.target for e in said[:NUM_TEST]], 2), "obeyed": obeyed(model, bench),
            "best js": min(values(found, measure="js"))}
    if way in FRESH:
        more["fresh judge"] = told_apart(*map(bench.text.encoded, (fresh, said)), bench.judge(), steps=FRESH_STEPS,
                                         seed=bench.seed)
    return found + records(more, way=way)


def seeds_of_games(rows: Sequence[Row]) -> list[Seed]:
    """Everything that was played, for each seed."""
    seeds: dict[int, list[Record]] = {}
    for row in rows:
        if row["setting"]["part"] != "models":
            seeds.setdefault(row["setting"]["seed"], []).extend(row["found"])
    return list(seeds.values())


def divergence_gains(seeds: Sequence[Seed], ways: Sequence[str], *, against: str = "likelihood") -> dict[str, Estimate]:
    """By how much each way is nearer to the world than `against`: JS, each at its own best temperature, nats.

    Beside the margin (`studies.paired`), because JS has no knob left to match: nonsense and monotony both cost.
    """
    def gain(found: Seed, way: str, other: str) -> float:
        return value(found, way=other, measure="best js") - value(found, way=way, measure="best js")

    return paired(seeds, ways, gain, against=against)


STUDY = Study("dialogue", "Does adversarial training help a model of replies that was trained by likelihood?",
              [{"seed": seed, "part": part} for seed in SEEDS for part in PARTS], run)
