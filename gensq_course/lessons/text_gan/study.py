"""Does adversarial training help a language model that was trained by likelihood? Every control, five seeds, counted exactly.

The world is the village, whose sentences can all be counted, so that the only noise in the table is that of training.
All ways go on from the same language model and the same judge, for equally many steps.
"""
from collections.abc import Sequence

import torch

from gensq_course.studies.frontiers import Seed, frontier, paired
from gensq_course.studies.rows import Record, records, value
from gensq_course.studies.study import Study
from gensq_course.studies.ways import continued
from gensq_lib import training
from gensq_lib.diagnostics import Enumeration, all_sentences
from gensq_lib.ground import runtime
from gensq_lib.maths.stats import Estimate
from gensq_lib.models.judges import RecurrentJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import corpora
from gensq_lib.text.batching import Batch, TrainingBatches, collate
from gensq_lib.text.decoding import sample
from gensq_lib.training import games

NUM_TRAIN, MAX_LENGTH = 40_000, 20
SIZES = {"embed_dim": 16, "hidden_dim": 32, "decoder": "gru"}
LM_STEPS, JUDGE_STEPS, STEPS, BATCH_SIZE = 1_000, 500, 150, 96
SMALL = 32  # sentences per lesson of the judge: many small lessons teach it faster than few large ones
LONGER = 2  # times as many likelihood steps, from the beginning: about what judge and game cost in computing
TEMPERATURES = (1.0, 0.9, 0.8, 0.7)
WAYS = ("likelihood", "adversarial", "shuffled", "constant", "best of 8")
LOST = 1.0  # nats of entropy: a model that has collapsed so far says less at temperature 1 than others do when cold
SEEDS = range(5)


def run(*, seed: int) -> list[Record]:
    """One language model, one judge, every way to go on; nats per sentence, shares and accuracies."""
    text = corpora.load("village", seed=seed, num_train=NUM_TRAIN)
    everything = all_sentences(text.grammar, text.vocab)
    start = language_model(text, seed=seed, steps=LM_STEPS)
    game = games.Sentences(seed=seed, num=BATCH_SIZE, max_length=MAX_LENGTH)
    judge = taught(game, start, text, stream=1)
    found = frontier("start", start, everything, temperatures=TEMPERATURES)
    found += records({"fresh judge": held_out_accuracy(judge, start, text)}, way="start")
    for how in WAYS:
        played = continued(game, start, judge, batches(text, seed, 2), how=how, steps=STEPS)
        found += with_fresh_judge(how, everything, played.player, text, game)
    for leash in (0.0, 0.3):
        tuned = games.tuned(game, start, judge, batches(text, seed, 2), leash=leash, steps=STEPS // 2)
        found += frontier(f"leash {leash:g}", tuned.player, everything, temperatures=TEMPERATURES)
        gained = tuned.history.mean("reward", last=10) - first(tuned.history["reward"])
        found += records({"reward gained": gained}, way=f"leash {leash:g}")
    longer = language_model(text, seed=seed, steps=LONGER * LM_STEPS)
    return found + with_fresh_judge("longer", everything, longer, text, game)


def language_model(text: corpora.Corpus, *, seed: int, steps: int) -> LanguageModel:
    """By likelihood, from the beginning."""
    torch.manual_seed(seed)
    model = LanguageModel(vocab_size=len(text.vocab), **SIZES)
    train, valid = ([text.vocab.encode(sentence) for sentence in part] for part in (text.train, text.valid))
    training.train_language_model(model, train, valid, steps=steps, batch_size=64, seed=seed,
                                  key={"corpus": text.fingerprint})
    return model


def batches(text: corpora.Corpus, seed: int, stream: int, size: int = BATCH_SIZE) -> TrainingBatches:
    """Real sentences; another order for each use."""
    encoded = [text.vocab.encode(sentence) for sentence in text.train]
    return TrainingBatches(encoded, batch_size=size, seed=1000 * stream + seed)


def taught(game: games.Sentences, model: LanguageModel, text: corpora.Corpus, *, stream: int) -> RecurrentJudge:
    """A new judge that knows the sentences of this model."""
    torch.manual_seed(game.seed)
    judge = RecurrentJudge(vocab_size=len(text.vocab))
    games.taught(game, judge, model, batches(text, game.seed, stream, SMALL), steps=JUDGE_STEPS)
    return judge


def with_fresh_judge(way: str, everything: Enumeration, model: LanguageModel, text: corpora.Corpus, game: games.Sentences
                     ) -> list[Record]:
    """The frontier, and the accuracy of a judge that was not there when the model learnt, taught as long."""
    judge = taught(game, model, text, stream=4)
    fresh = records({"fresh judge": held_out_accuracy(judge, model, text)}, way=way)
    return frontier(way, model, everything, temperatures=TEMPERATURES) + fresh


def held_out_accuracy(judge: RecurrentJudge, model: LanguageModel, text: corpora.Corpus) -> float:
    """On sentences that the judge has not learnt from."""
    real: Batch = collate([text.vocab.encode(sentence) for sentence in text.test])
    fake = sample(model, num=len(real), max_length=MAX_LENGTH, generator=runtime.generator("held out")).batch()
    return games.accuracy(judge, real, fake)


def first(values: list[float]) -> float:
    """The mean of the first ten, before anything has moved."""
    return sum(values[:10]) / 10


def margins(seeds: Sequence[Seed], *, against: str = "likelihood") -> dict[str, Estimate]:
    """By how much the valid share of each way exceeds that of `against` where both have the same entropy, the lower of
    their two at temperature 1. Pairs share seed, start and judge.

    A way that has `LOST` entropy against `against` says less at temperature 1 than the other does when cold: left out.
    """
    def entropy(way: str) -> float:
        return sum(value(found, way=way, temperature=1.0, measure="entropy") for found in seeds) / len(seeds)

    ways = [way for way in ("start", *WAYS, "longer") if way != against and entropy(against) - entropy(way) < LOST]
    return paired(seeds, ways, against=against)


STUDY = Study("text_gan", "Does adversarial training help a language model that was trained by likelihood?",
              [{"seed": seed} for seed in SEEDS], run)
