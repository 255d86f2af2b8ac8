"""The three output layers on trial: what each multiplies, what it learns from the same sentences, and in how many seconds."""
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_course.lessons.scaling_up.source import ZipfText
from gensq_lib import training
from gensq_lib.cures import Cure
from gensq_lib.maths import objectives
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.outputs import AdaptiveSoftmax, Output, SampledSoftmax
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch, TrainingBatches, in_order
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.loop import fit
from gensq_lib.training.steps import device_of

Encoded = Sequence[Sequence[int]]
RATE = 2e-2  # for each layer the best one of five, `study_rates.py`
BATCH, SIZES = 32, {"embed_dim": 64, "hidden_dim": 64}


def multiplications(layer: Output, targets: Int[Tensor, "token"]) -> float:
    """Multiplications for a token on its way forwards, in training: each number of a table that is read is one of them.

    Of an adaptive softmax the tails count for the tokens whose target is in them.
    """
    if isinstance(layer, AdaptiveSoftmax):
        edges = zip(layer.cutoffs, layer.cutoffs[1:], layer.tail, strict=False)
        tails = (((targets >= low) & (targets < high)).float().mean().item() * sum(part.weight.numel() for part in tail)
                 for low, high, tail in edges)
        return layer.head.weight.numel() + sum(tails)
    if isinstance(layer, SampledSoftmax):
        return (layer.num_sampled + 1) * layer.in_features
    return layer.weight.numel()


def recurrent_products(model: nn.Module) -> int:
    """Of all recurrent layers, for a position forwards."""
    return sum(weight.numel() for part in model.modules() if isinstance(part, nn.RNNBase)
               for weight in part.parameters() if weight.dim() == 2)


@dataclass
class Learnt:
    """A language model and how it came along: after so many sentences and processor-seconds, nats per held-out sentence."""

    model: LanguageModel
    optimizer: torch.optim.Optimizer
    sentences: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    nats: list[float] = field(default_factory=list)

    def after(self, seconds: Sequence[float], unread: float) -> Float[np.ndarray, "second"]:
        """Held-out nats after so much processor time, between looks on a line from `unread`; NaN where it was done."""
        at = np.asarray(seconds, dtype=float)
        return np.where(at <= self.seconds[-1] * 1.001, np.interp(at, [0, *self.seconds], [unread, *self.nats]), np.nan)


def when_the_first_was_done(learnt: Mapping[str, Learnt], unread: float) -> dict[str, float]:
    """Held-out nats of each after as much processor time as the quickest took in all."""
    soonest = min(each.seconds[-1] for each in learnt.values())
    return {name: each.after([soonest], unread)[0].item() for name, each in learnt.items()}


def beginner(output: str, train: Encoded, vocab_size: int, *, seed: int, device: str, rate: float = RATE) -> Learnt:
    """Untrained; it knows how frequent each word is."""
    torch.manual_seed(seed)
    model = LanguageModel(vocab_size=vocab_size, output=output, tie=False, **SIZES).to(device)
    model.decoder.start_from_frequencies(train)
    return Learnt(model, training.make_optimizer(model, learning_rate=rate))


def learn(output: str, train: Encoded, held_out: Encoded, vocab_size: int, *, steps: int, seed: int, device: str,
          looks: int = 4, rate: float = RATE) -> Learnt:
    """Trained on the same batches in the same order, all in fp32, whatever the layer; only training is timed."""
    learnt = beginner(output, train, vocab_size, seed=seed, device=device, rate=rate)
    batches = TrainingBatches(train, batch_size=BATCH, seed=seed, device=device)
    spent, done = 0.0, 0
    for until in np.linspace(0, steps, looks + 1).round().astype(int)[1:]:
        began = time.process_time()
        step = training.language_model_step(learnt.model, learnt.optimizer, mixed=False)
        fit(step, lambda i, done=done: batches(done + i), model=learnt.model, optimizer=learnt.optimizer,
            steps=int(until) - done, seed=seed + done, show="nll", name=output)  # with one seed parts would draw the same words
        spent, done = spent + time.process_time() - began, int(until)
        learnt.sentences.append(done * BATCH)
        learnt.seconds.append(spent)
        learnt.nats.append(needed(learnt.model, held_out, device))
    return learnt


def each_needs(model: LanguageModel, sentences: Encoded, device: str) -> Float[Tensor, "sentence"]:
    """-log p(x) of each, nats, over every word, in fp32."""
    return -objectives.evaluate(model, model.log_likelihood, in_order(sentences, device=device))


def needed(model: LanguageModel, sentences: Encoded, device: str) -> float:
    """Mean -log p(x), nats per sentence."""
    return each_needs(model, sentences, device).mean().item()


def words_and_end(model: LanguageModel, sentences: Encoded, device: str) -> tuple[float, float]:
    """Mean nats of the words of a sentence, and of the question whether it ends, which each word but the last answers with no.

    By the chain rule p(word) = p(no end) p(word | no end).
    """
    def ends(batch: Batch) -> Float[Tensor, "batch"]:
        hidden, _ = model.decoder.read(batch.inputs, model.decoder.start(None, len(batch)))
        log_end = model.decoder.logits(hidden).log_softmax(-1)[..., Vocab.EOS]
        last = batch.targets == Vocab.EOS
        each = torch.where(last, log_end, torch.log1p(-log_end.exp()))
        return each.masked_fill(~batch.mask, 0.0).sum(-1)

    end = -objectives.evaluate(model, ends, in_order(sentences, batch_size=32, device=device)).mean().item()
    return needed(model, sentences, device) - end, end


def by_length(model: LanguageModel, sentences: Encoded, device: str) -> list[tuple[float, float]]:
    """`words_and_end` of the shorter half of them, and of the longer one."""
    in_turn, half = sorted(sentences, key=len), len(sentences) // 2
    return [words_and_end(model, part, device) for part in (in_turn[:half], in_turn[half:])]


def read_once(plan: Sequence[Batch], train: Encoded, vocab_size: int, *, seed: int, device: str) -> LanguageModel:
    """A model with an adaptive softmax after one reading of these batches, in this order."""
    learner = beginner("adaptive", train, vocab_size, seed=seed, device=device)
    step = training.language_model_step(learner.model, learner.optimizer)
    fit(step, lambda i: plan[i].to(device), model=learner.model, optimizer=learner.optimizer, steps=len(plan), seed=seed,
        show="nll", name="one reading")
    return learner.model


def train_briefly(model: TextVAE, train: Encoded, *, steps: int, seed: int) -> None:
    """So that z and its noise are no longer those of a network that has read nothing."""
    optimizer = training.make_optimizer(model, learning_rate=1e-2)
    batches = TrainingBatches(train, batch_size=BATCH, seed=seed, device=device_of(model))
    fit(training.vae_step(model, optimizer, cure=Cure(), seed=seed), batches, model=model, optimizer=optimizer, steps=steps,
        seed=seed, show="elbo", name="text VAE")


def seen(model: LanguageModel, batch: Batch) -> tuple[Float[Tensor, "token embed"], Int[Tensor, "token"]]:
    """What the output layer sees of the words of a batch, padding left out, and the words that are to come."""
    hidden, _ = model.decoder.read(batch.inputs, model.decoder.start(None, len(batch)))
    return model.decoder.shown(hidden)[batch.mask], batch.targets[batch.mask]


def equal_runs(runs: int, *, steps: int, seed: int, device: str, words: int = 200, valid: int = 60, test: int = 1_500
               ) -> tuple[Float[Tensor, "run"], Float[Tensor, "run sentence"]]:
    """Trainings of one setting that differ in their seed alone: mean nats of few validation sentences, nats of fresh ones."""
    text = ZipfText(words)
    lines = text.sentences(valid + test + steps * BATCH, seed=seed)
    parts, train = (lines[:valid], lines[valid : valid + test]), lines[valid + test :]
    found = []
    for run in range(runs):
        model = learn("full", train, parts[0], text.vocab_size, steps=steps, seed=1000 * seed + run, device=device, looks=1).model
        found.append([each_needs(model, part, device) for part in parts])
    by_few, fresh = zip(*found, strict=True)
    return torch.stack(by_few).mean(1), torch.stack(fresh)
