"""What the study of lesson 15 plays with: a village of which little was read, a finished player, and judges from poor to perfect.

The player has read 2,000 sentences, as many as a small real text has, and was trained until validation stopped falling; size and
dropout were chosen by validation. Some judges have read 40,000 sentences more: what they win is what reading is worth.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch

from gensq_course.studies.perfect import PerfectJudge, RatioJudge
from gensq_course.studies.ways import continued
from gensq_lib import training
from gensq_lib.diagnostics import Enumeration, all_sentences
from gensq_lib.ground import runtime
from gensq_lib.models.judges import Judge, RecurrentJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import corpora
from gensq_lib.text.batching import Batch, TrainingBatches, collate
from gensq_lib.text.vocab import Sentence
from gensq_lib.training import games
from gensq_lib.training.loop import Stream

NUM_TRAIN, NUM_MORE, NUM_DRAWN = 2_000, 40_000, 20_000  # sentences: of the player, of judges that read more, drawn for a reading
SIZES = {"embed_dim": 32, "hidden_dim": 64, "dropout": 0.3, "decoder": "gru"}
MORE_SIZES = {"embed_dim": 32, "hidden_dim": 64, "decoder": "gru"}  # of a model that cannot learn its sentences by heart
LM_STEPS, MORE_LM_STEPS, JUDGE_STEPS, MORE_JUDGE_STEPS = 1_500, 2_000, 500, 2_000
BATCH_SIZE, SMALL = 96, 32  # sentences of a game, and of a judge's lesson: many small lessons teach it faster
STEPS, TEMPERATURES = 150, (1.0, 0.9, 0.8, 0.7, 0.6)
JUDGES = ("own", "read more", "model", "model, read more", "perfect")


class Way(NamedTuple):
    """To go on: one of `studies.ways`, under which judge, and whether it reads what the player has not."""

    how: str
    judge: str = "own"
    reads_more: bool = False


@dataclass(frozen=True)
class Bench:
    """The village at a seed."""

    seed: int

    @cached_property
    def text(self) -> corpora.Corpus:
        return corpora.load("village", seed=self.seed, num_train=NUM_TRAIN)

    @cached_property
    def everything(self) -> Enumeration:
        return all_sentences(self.text.grammar, self.text.vocab)

    def read(self, sentences: Sequence[Sentence]) -> list[list[int]]:
        return [self.text.vocab.encode(sentence) for sentence in sentences]

    @cached_property
    def more(self) -> list[list[int]]:
        """Sentences that the player never sees."""
        return self.read(corpora.load("village", seed=10_000 + self.seed, num_train=NUM_MORE).train)

    def language_model(self, *, more: bool = False, steps: int = LM_STEPS, stream: int = 0) -> LanguageModel:
        """By likelihood, until validation stops falling."""
        torch.manual_seed(1_000 * stream + self.seed)
        model = LanguageModel(vocab_size=len(self.text.vocab), **(MORE_SIZES if more else SIZES))
        train = self.more if more else self.read(self.text.train)
        training.train_language_model(model, train, self.read(self.text.valid), steps=steps, batch_size=64,
                                      seed=1_000 * stream + self.seed, key={"corpus": self.text.fingerprint, "more": more})
        return model

    def reader(self, *, more: bool) -> LanguageModel:
        """A second model, that read the same sentences as the player or `more`."""
        return self.language_model(more=more, steps=MORE_LM_STEPS if more else LM_STEPS, stream=1)

    @cached_property
    def start(self) -> LanguageModel:
        return self.language_model()

    @cached_property
    def game(self) -> games.Sentences:
        return games.Sentences(seed=self.seed, num=BATCH_SIZE, max_length=20)

    def batches(self, stream: int, *, more: bool = False, size: int = BATCH_SIZE) -> TrainingBatches:
        """Another order for each use."""
        sentences = self.more if more else self.read(self.text.train)
        return TrainingBatches(sentences, batch_size=size, seed=1_000 * stream + self.seed)

    def judge(self, kind: str) -> Judge:
        """One of the `JUDGES` of the start."""
        if kind == "perfect":
            return PerfectJudge(everything=self.everything, player=self.start)
        more = kind.endswith("read more")
        if kind.startswith("model"):
            return RatioJudge(player=self.start, reader=self.reader(more=more))
        return self.taught(self.start, more=more, steps=MORE_JUDGE_STEPS if more else JUDGE_STEPS)

    def taught(self, player: LanguageModel, *, steps: int, more: bool) -> Judge:
        """A new judge that knows the sentences of this player."""
        torch.manual_seed(self.seed)
        judge = RecurrentJudge(vocab_size=len(self.text.vocab))
        games.taught(self.game, judge, player, self.batches(1, more=more, size=SMALL), steps=steps)
        return judge.eval()

    def drawn(self, player: LanguageModel, num: int = NUM_DRAWN) -> Batch:
        return self.game.draw(player, num, runtime.generator(self.seed, "drawn"))

    def accuracy(self, judge: Judge, player: LanguageModel) -> float:
        """On sentences that the judge has not learnt from."""
        real = collate(self.read(self.text.test))
        return games.accuracy(judge, real, self.drawn(player, len(real)))

    def played(self, way: Way, judge: Judge, *, rate: float) -> LanguageModel:
        """The start, some steps later."""
        own = {"reads": Stream(self.batches(3, more=True))} if way.judge == "read more" else {}
        batches = self.batches(2, more=way.reads_more)
        return continued(self.game, self.start, judge, batches, how=way.how, steps=STEPS, learning_rate=rate, **own).player
