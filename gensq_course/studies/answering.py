"""What lesson 16 and its studies work on: dialogues at a seed, with fresh test exchanges, and what is made of them."""
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.report.reading import told
from gensq_course.talk.instruments import obedience, reply_measures
from gensq_course.talk import chat
from gensq_course.talk.replies import Replies, game_of, train_seq2seq
from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.maths.divergences import kl
from gensq_lib.maths.objectives import evaluate, iwae, log_mean_exp
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora
from gensq_lib.text.batching import TrainingBatches, any_length
from gensq_lib.text.corpora import PairCorpus, dialogues
from gensq_lib.text.pairs import Pair, PairBatch, PairBatches, collate_pairs, pairs_in_order
from gensq_lib.training import ReadingPlan, games, plan_for

CORPUS, NUM_TRAIN, NUM_PROMPTS, NUM_TEST = "doorstep", 1_000, 6_000, 300
HIDDEN, DROPOUT, RATE = 128, 0.3, 5e-3  # chosen by validation; the rate is Adam's, of likelihood training, at first
DRAWS, EDGE = 64, 1e-6  # of z, and how near a share may come to 0 and 1
LEARNT_AT_ONCE = 64  # exchanges in a step of likelihood training
SMALL, JUDGE_RATE = 32, 2e-3  # exchanges in a lesson of the judge: many small lessons teach it faster than few large ones


@dataclass(frozen=True)
class Bench:
    """Dialogues at a seed, with fresh test exchanges, and what is made of them in the same way again and again."""

    text: PairCorpus
    test: Sequence[Pair]
    seed: int
    hidden_dim: int = HIDDEN
    dropout: float = DROPOUT
    learning_rate: float = RATE  # of likelihood training, at first
    batch_size: int = 48  # of the game

    @property
    def labels(self) -> dict[str, Any]:
        """What every network must know of the corpus."""
        known = {"vocab_size": len(self.text.target_vocab), "label_sizes": [len(v) for v in self.text.conditions.values()]}
        return known if self.one_language else {**known, "source_vocab_size": len(self.text.source_vocab)}

    @property
    def one_language(self) -> bool:
        """Whether a target may repeat words of its source; a translation has words of its own."""
        return self.text.source_vocab is self.text.target_vocab

    @cached_property
    def plan(self) -> ReadingPlan:
        """How prompts and replies are read of which there are few; those of a world are as many as one likes."""
        return plan_for([side for pair in self.text.encoded(self.text.train) for side in pair[:2]], self.text.target_vocab)

    @property
    def sizes(self) -> dict[str, Any]:
        """Of models that answer."""
        return {**self.labels, "embed_dim": self.hidden_dim // 2, "hidden_dim": self.hidden_dim,
                "dropout": max(self.dropout, self.plan.dropout), "copy": self.one_language}

    @cached_property
    def game(self) -> Replies:
        """The same prompts at each step, whoever plays."""
        return game_of(self.text, seed=self.seed, batch_size=self.batch_size)

    @property
    def asked(self) -> str:
        """What is known of the prompts of the game, in words."""
        draws, read = self.text.sources, {e.source for e in self.text.train}
        again = sum(prompt in read for prompt in draws) / max(len(draws), 1)
        return (f"{len(draws):,} draws of prompts without a reply: {len({*draws}):,} different ones, of which "
                f"{len({*draws} & read):,} have a reply in training ({again:.0%} of the draws)")

    def batches(self, stream: int, **options: Any) -> TrainingBatches:
        """Training exchanges, in another order for each use."""
        train = self.text.encoded(self.text.train)
        return PairBatches(train, **{"batch_size": self.batch_size, "seed": 1_000 * stream + self.seed} | options)

    def lessons(self, stream: int) -> TrainingBatches:
        """For a judge: small, and of all lengths, or the length alone would give away what is real."""
        return self.batches(stream, batch_size=SMALL, length=any_length)

    def seq2seq(self, *, steps: int, **options: bool) -> Seq2Seq:
        """Trained by likelihood, to convergence."""
        torch.manual_seed(self.seed)
        model = Seq2Seq(**self.sizes | options)
        self._tell(model, train_seq2seq(model, **self._options(steps)), "mle_steps")
        return model

    def conditional_vae(self, start: Seq2Seq, *, steps: int, cure: str, latent_dim: int = 4, **options: float) -> ConditionalVAE:
        """The same sizes, the weights of a finished model, and a z that has to earn its own; `learning_rate` may be another."""
        torch.manual_seed(self.seed)
        model = ConditionalVAE(**self.sizes, latent_dim=latent_dim)
        history = training.train_vae(model, cure=cure, start=start, **self._options(steps) | options)
        self._tell(model, history, "vae_steps")
        return model

    def _options(self, steps: int) -> dict[str, Any]:
        """Of the training by likelihood."""
        train, valid = map(self.text.encoded, (self.text.train, self.text.valid))
        return {"train": train, "valid": valid, "steps": steps, "batch_size": LEARNT_AT_ONCE, "seed": self.seed,
                "learning_rate": self.learning_rate, "key": {"corpus": self.text.fingerprint}, "plan": self.plan}

    def _tell(self, model: nn.Module, history: training.History, parameter: str) -> None:
        """How a small text was read, in steps of which a lesson's parameter is the most."""
        if self.plan.small:
            read = told(history, len(self.text.train), batch_size=LEARNT_AT_ONCE, parameter=parameter)
            print(f"{type(model).__name__}, dropout {self.sizes['dropout']}: {read}")

    def judge(self) -> ReplyJudge:
        """A new one."""
        torch.manual_seed(self.seed)
        return ReplyJudge(**self.labels)

    def taught(self, model: Seq2Seq, *, steps: int, **options: float) -> ReplyJudge:
        """A judge that knows this model's replies; `others` may be another share than that of the game."""
        judge = self.judge()
        games.taught(replace(self.game, **options), judge, model, self.lessons(1), steps=steps,
                     learning_rate=JUDGE_RATE)
        return judge.eval()

    def answered(self, model: nn.Module, exchanges: Sequence[Pair], *, temperature: float = 1.0) -> list[Pair]:
        """The same exchanges, answered by the model."""
        drawn = chat.replies(model, collate_pairs(self.text.encoded(exchanges)).prompts, max_length=self.game.max_length,
                             temperature=temperature, generator=runtime.generator(self.seed, "answers"))
        return [replace(e, target=reply) for e, reply in zip(exchanges, drawn.sentences(self.text.target_vocab), strict=True)]


def quality(model: nn.Module, bench: Bench) -> dict[str, float]:
    """On the test exchanges."""
    return reply_measures(model, bench.test, bench.text, log_prob=log_prob_of(model, bench))


def log_prob_of(model: nn.Module, bench: Bench):
    """log p(reply | prompt) of a model with a z, for the instruments: None says that the model has its own.

    Where all replies are known they are compared with each other, and a bound would be loose for each in another way; by draws
    they are replies of one distribution. Elsewhere a bound by 20 samples must do: z has more dimensions, and draws would miss.
    """
    if not hasattr(model, "posterior"):
        return None
    if bench.text.grammar is not None:
        return partial(by_draws, model, seed=bench.seed)
    return partial(iwae, model, num_samples=20, generator=runtime.generator(bench.seed, "bound"))


def by_draws(model: ConditionalVAE, batch: PairBatch, *, seed: int, num: int = DRAWS) -> Float[Tensor, "batch"]:
    """Log of the mean of p(reply | prompt, z) over z from the prior, nats per reply: the same draws for every reply.

    So they are log-probabilities under one distribution, a mixture of `num` decoders, and nothing is bounded. The draws are
    spread evenly (a scrambled Sobol sequence): 64 of them came as near as 1,000 that are independent.
    """
    even = torch.quasirandom.SobolEngine(model.latent_dim, scramble=True, seed=seed).draw(num).clamp(EDGE, 1 - EDGE)
    prior, noise = model.prior(batch), (math.sqrt(2) * torch.erfinv(2 * even - 1)).to(batch.targets.device)
    drawn = (prior.mean + prior.stddev * some[:, None] for some in noise.split(16))
    return log_mean_exp(torch.cat([model.log_likelihood(batch, z) for z in drawn]))


def rates(model: ConditionalVAE, bench: Bench) -> Float[Tensor, "latent"]:
    """Mean KL(q ‖ prior) of each dimension on the test exchanges, nats per reply."""
    found = evaluate(model, lambda batch: kl(model.posterior(batch), model.prior(batch)),
                     pairs_in_order(bench.text.encoded(bench.test)))
    return found.mean(0)


def obeyed(model: nn.Module, bench: Bench, *, num: int = 100) -> float:
    """Of what could be answered at all, the share under the first label (the mood) that was asked for."""
    first = next(iter(bench.text.conditions))
    return obedience(model, bench.test[:num], bench.text, first, log_prob=log_prob_of(model, bench)).obeyed


def prepared(seed: int, *, num_train: int = NUM_TRAIN) -> Bench:
    """The doorstep at a seed."""
    text = corpora.load_dialogues(CORPUS, seed=seed, num_train=num_train, num_prompts=NUM_PROMPTS)
    return Bench(text, dialogues.fresh(text.grammar, "test", NUM_TEST, seed=1_000 + seed), seed)
