"""The recorded table of lesson 22: what four sizes of one language model reach, over sentences, multiplications and seconds.

Sizes and rates to choose from were fixed before; which rate, each row finds on validation, with as many trials for every size.
All in fp32, so that no size gains by bf16 what another one pays for casts.
"""
import math
import time

import torch

from gensq_course.lessons.scaling_up.layers import needed
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib import training
from gensq_lib.maths.schedules import Schedule
from gensq_lib.maths.stats import estimate
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import corpora
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.training.loop import fit

SEEDS, HIDDEN = range(5), (16, 32, 64, 128)
STEPS, LOOKS, BATCH, WARMUP = 3000, (94, 188, 375, 750, 1500, 3000), 64, 50
RATES, TRIAL = (1e-2, 2e-2, 4e-2, 8e-2, 0.16), 300  # tried for so many steps each
NUM_VALID, NUM_TEST = 300, 1000


def falling(peak: float) -> Schedule:
    """Up to `peak`, then down with the root of the step: it does not know where training will end, so every look is fair."""
    return lambda i: peak * min((i + 1) / WARMUP, math.sqrt(WARMUP / (i + 1)))


def language_model(vocab_size: int, hidden_dim: int, encoded: list, *, seed: int) -> LanguageModel:
    """An LSTM whose words have as many numbers as its state."""
    torch.manual_seed(seed)
    model = LanguageModel(vocab_size=vocab_size, embed_dim=hidden_dim, hidden_dim=hidden_dim, tie=False)
    model.decoder.start_from_frequencies(encoded)
    return model


def multiplications(model: LanguageModel) -> int:
    """For a token forwards: every number of the model that is no word's own row; backwards it is twice as many again."""
    return sum(p.numel() for name, p in model.named_parameters() if p.dim() == 2 and not name.endswith(".embed.weight"))


def run(*, seed: int, hidden_dim: int, steps: int = STEPS, trial: int = TRIAL) -> list[Record]:
    """Nats per sentence at each look, and what had been spent by then."""
    text = corpora.load("world", seed=seed)
    ids = {part: [text.vocab.encode(s) for s in getattr(text, part)] for part in ("train", "valid", "test")}
    batches = TrainingBatches(ids["train"], batch_size=BATCH, seed=seed)

    def trained(rate: float, until: int, model: LanguageModel | None = None, optimizer: torch.optim.Optimizer | None = None,
                done: int = 0) -> tuple[LanguageModel, torch.optim.Optimizer]:
        if model is None:
            model = language_model(len(text.vocab), hidden_dim, ids["train"], seed=seed)
            optimizer = training.make_optimizer(model, learning_rate=rate)
        step = training.language_model_step(model, optimizer, learning_rate=lambda i: falling(rate)(done + i), mixed=False)
        fit(step, lambda i: batches(done + i), model=model, optimizer=optimizer, steps=until - done, seed=seed, show="nll")
        return model, optimizer

    tried = {rate: needed(trained(rate, trial)[0], ids["valid"][:NUM_VALID], "cpu") for rate in RATES}
    rate = min(tried, key=tried.get)
    found, state, done, spent = [], (None, None), 0, 0.0
    for look in (look for look in LOOKS if look <= steps):
        began = time.process_time()
        state = trained(rate, look, *state, done=done)
        spent, done = spent + time.process_time() - began, look
        tokens = sum(int(batches(i).lengths.sum()) for i in range(done))
        found += records({"nats": needed(state[0], ids["test"][:NUM_TEST], "cpu"), "spent": spent, "sentences": done * BATCH,
                          "multiplications": 3 * multiplications(state[0]) * tokens}, look=look)
    truth = estimate([-text.grammar.log_prob(s, language=text.language) for s in text.test[:NUM_TEST]]).mean
    parameters = sum(p.numel() for p in state[0].parameters())
    trials = [record for each, nats in tried.items() for record in records({"trial": nats}, rate=each)]
    return [*found, *trials, *records({"truth": truth, "parameters": parameters, "rate": rate})]


STUDY = Study("scaling", "What do four sizes of a language model reach, over sentences, multiplications and seconds?",
              [{"seed": seed, "hidden_dim": hidden_dim} for seed in SEEDS for hidden_dim in HIDDEN], run)
