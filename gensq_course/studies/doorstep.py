"""The fair trial of lesson 16: a finished model of replies at the doorstep, and judges from poor to perfect.

Lesson 11 holds the same trial over translations (`translating`).
"""
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from gensq_course.studies.answering import JUDGE_RATE, Bench, prepared
from gensq_course.talk.instruments import all_replies
from gensq_course.studies import fair
from gensq_course.studies.perfect import PerfectJudge
from gensq_course.talk.replies import Replies
from gensq_lib.diagnostics import Enumeration
from gensq_lib.ground import runtime
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.text.corpora import PairCorpus, dialogues
from gensq_lib.text.pairs import Pair, PairBatch, collate_pairs
from gensq_lib.training import games

NUM_MORE, NUM_UNSEEN, NUM_DRAWN = 20_000, 2_000, 32  # exchanges of judges that read more, of a reading; replies to each prompt
MLE_STEPS, MORE_MLE_STEPS, JUDGE_STEPS, MORE_JUDGE_STEPS = 1_200, 2_000, 800, 2_000
POOL = 800  # batches of replies for the lessons of a judge: of few it learns the replies by heart


@dataclass(frozen=True)
class Answers(fair.Bench):
    """At a seed, a model that answers: replies to prompts, or translations of sources."""

    seed: int
    steps = 150
    mle_steps = MLE_STEPS

    @property
    @abstractmethod
    def own(self) -> Bench:
        """What the player reads."""

    @property
    @abstractmethod
    def more(self) -> Bench:
        """What it never sees."""

    @property
    @abstractmethod
    def fresh(self) -> list[Pair]:
        """Exchanges of prompts that nobody has learnt from."""

    @cached_property
    def everything(self) -> Enumeration:
        return all_replies(self.own.test, self.own.text)

    @cached_property
    def start(self) -> Seq2Seq:
        return self.own.seq2seq(steps=self.mle_steps)

    @property
    def longer(self) -> Seq2Seq:
        return self.own.seq2seq(steps=2 * self.mle_steps)

    def reader(self, *, more: bool) -> Seq2Seq:
        another = replace(self.own, seed=1_000 + self.seed)
        return self.more.seq2seq(steps=MORE_MLE_STEPS) if more else another.seq2seq(steps=self.mle_steps)

    @cached_property
    def game(self) -> Replies:
        """The judge refuses the player's replies alone: its logit shall be a log ratio."""
        return replace(self.own.game, others=0.0, pool=POOL)

    def batches(self, stream: int, *, more: bool = False) -> TrainingBatches:
        return (self.more if more else self.own).batches(stream)

    def lessons(self, stream: int, *, more: bool = False) -> TrainingBatches:
        return (self.more if more else self.own).lessons(stream)

    def learned(self, *, more: bool = False, longer: bool = False) -> ReplyJudge:
        judge = self.own.judge()
        games.taught(self.game, judge, self.start, self.lessons(1, more=more),
                     steps=MORE_JUDGE_STEPS if more or longer else JUDGE_STEPS, learning_rate=JUDGE_RATE)
        return judge.eval()

    def perfect(self) -> PerfectJudge:
        return perfect_judge(self.start, self.own.text, [*self.own.test, *self.fresh])

    def unseen(self) -> tuple[PairBatch, PairBatch]:
        real = collate_pairs(self.own.text.encoded(self.fresh))
        return real, self.game.draw(self.start, real.prompts, runtime.generator(self.seed, "unseen"))

    def drawn(self) -> PairBatch:
        prompts = collate_pairs(self.own.text.encoded(self.own.test)).prompts
        return self.game.draw(self.start, prompts.repeated(NUM_DRAWN), runtime.generator(self.seed, "drawn"))


class Doorstep(Answers):
    """The small dialogues."""

    @cached_property
    def own(self) -> Bench:
        return prepared(self.seed)

    @cached_property
    def more(self) -> Bench:
        return prepared(10_000 + self.seed, num_train=NUM_MORE)

    @cached_property
    def fresh(self) -> list[Pair]:
        return dialogues.fresh(self.own.text.grammar, "test", NUM_UNSEEN, seed=2_000 + self.seed)


def perfect_judge(player: Seq2Seq, text: PairCorpus, test: Iterable[Pair]) -> PerfectJudge:
    """Of replies to all prompts of the corpus, and to those of `test`, under all labels."""
    prompts = dict.fromkeys([*text.sources, *(e.source for e in [*text.train, *test])])
    asked = [Pair(prompt, (), labels) for prompt, labels in product(prompts, product(*text.conditions.values()))]
    return PerfectJudge(everything=all_replies(asked, text), player=player)
