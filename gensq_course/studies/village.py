"""What the study of lesson 15 plays with: a village of which little was read, a finished player, and judges from poor to perfect.

The player has read 2,000 sentences, as many as a small real text has, and was trained until validation stopped falling; size and
dropout were chosen by validation. Some judges have read 40,000 sentences more: what they win is what reading is worth.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from gensq_course.studies import fair
from gensq_course.studies.perfect import PerfectJudge
from gensq_lib import training
from gensq_lib.diagnostics import Enumeration, all_sentences
from gensq_lib.ground import runtime
from gensq_lib.models.judges import RecurrentJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import corpora
from gensq_lib.text.batching import Batch, TrainingBatches, any_length, collate
from gensq_lib.text.vocab import Sentence
from gensq_lib.training import games

NUM_TRAIN, NUM_MORE, NUM_DRAWN = 2_000, 40_000, 20_000  # sentences: of the player, of judges that read more, drawn for a reading
SIZES = {"embed_dim": 32, "hidden_dim": 64, "dropout": 0.3, "decoder": "gru"}
MORE_SIZES = {"embed_dim": 32, "hidden_dim": 64, "decoder": "gru"}  # of a model that cannot learn its sentences by heart
LM_STEPS, MORE_LM_STEPS, JUDGE_STEPS, MORE_JUDGE_STEPS = 1_500, 2_000, 500, 2_000
BATCH_SIZE, SMALL = 96, 32  # sentences of a game, and of a judge's lesson: many small lessons teach it faster


@dataclass(frozen=True)
class Bench(fair.Bench):
    """The village at a seed."""

    seed: int
    steps = 150

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
        return self.language_model(more=more, steps=MORE_LM_STEPS if more else LM_STEPS, stream=1)

    @cached_property
    def start(self) -> LanguageModel:
        return self.language_model()

    @property
    def longer(self) -> LanguageModel:
        return self.language_model(steps=2 * LM_STEPS)

    @cached_property
    def game(self) -> games.Sentences:
        return games.Sentences(seed=self.seed, num=BATCH_SIZE, max_length=20)

    def batches(self, stream: int, *, more: bool = False, **options: Any) -> TrainingBatches:
        sentences = self.more if more else self.read(self.text.train)
        return TrainingBatches(sentences, **{"batch_size": BATCH_SIZE, "seed": 1_000 * stream + self.seed} | options)

    def lessons(self, stream: int, *, more: bool = False) -> TrainingBatches:
        return self.batches(stream, more=more, batch_size=SMALL, length=any_length)

    def perfect(self) -> PerfectJudge:
        return PerfectJudge(everything=self.everything, player=self.start)

    def learned(self, *, more: bool = False, longer: bool = False) -> RecurrentJudge:
        torch.manual_seed(self.seed)
        judge = RecurrentJudge(vocab_size=len(self.text.vocab))
        games.taught(self.game, judge, self.start, self.lessons(1, more=more),
                     steps=MORE_JUDGE_STEPS if more or longer else JUDGE_STEPS)
        return judge.eval()

    def unseen(self) -> tuple[Batch, Batch]:
        real = collate(self.read(self.text.test))
        return real, self.drawn(len(real))

    def drawn(self, num: int = NUM_DRAWN) -> Batch:
        return self.game.draw(self.start, num, runtime.generator(self.seed, "drawn"))
