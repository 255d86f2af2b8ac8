"""Sick runs of the reader's own text, one illness each, and the readings by which the checklist knows them.

The networks with something broken inside are those of the clinic (lesson 07), and so is what a sign is.
"""
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import torch

from gensq_course.clinic import Sign
from gensq_course.clinic.models import PaddingVAE
from gensq_lib import cures, diagnostics
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate, evaluating, iwae
from gensq_lib.models.text_vae import BlindVAE, TextVAE
from gensq_lib.text.batching import TrainingBatches, collate, in_order
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Vocab
from gensq_lib.training import fit, make_optimizer, vae_step
from gensq_lib.training.steps import NonFinite

Ids = list[list[int]]
Chart = dict[str, float]
LATENT_DIM, BATCH_SIZE, NUM_TEST, FEW = 4, 32, 200, 60
FREE_BITS = 0.5  # of the healthy run, nats per dimension
LOOKS = 6  # at validation, in a run
HEALTHY = "healthy"
PLAIN = ("a leaky split", "few unknown words", "units of the KL")  # their reading is of what was planted: it cannot miss


@dataclass(frozen=True)
class Recipe:
    """A small training run; an illness changes one part (the notebook says where another comes with it)."""

    model: Callable[..., TextVAE] = BlindVAE
    price: Callable[[], cures.Cure] = partial(cures.FreeBits, FREE_BITS)
    learning_rate: float = 1e-2
    times: int = 1  # as many steps
    data: Callable[[Corpus], Corpus] = lambda text: text
    logged: Callable[[float], float] = float  # from the KL of a sentence to what the log shows


@dataclass(frozen=True)
class Row:
    """A row of the checklist."""

    patient: str
    symptom: str
    instrument: str
    sign: Sign
    cause: str
    cure: str
    lesson: str


@cache
def checklist() -> tuple[Row, ...]:
    """From the data to the model."""
    rows = tomllib.loads(Path(__file__).with_name("checklist.toml").read_text(encoding="utf-8"))["row"]
    return tuple(Row(sign=Sign(row.pop("reading"), row["cause"], low=row.pop("above", -float("inf")),
                               high=row.pop("below", float("inf"))), **row) for row in rows)


def leaky(text: Corpus) -> Corpus:
    """Half of the test sentences in training, too."""
    return replace(text, train=text.train + text.test[::2] * 3)


def few_words(text: Corpus) -> Corpus:
    """Only the thirty most frequent words."""
    return replace(text, vocab=Vocab.from_sentences(text.train, max_size=30))


PATIENTS = {
    HEALTHY: Recipe(),
    "a leaky split": Recipe(data=leaky),
    "few unknown words": Recipe(data=few_words),
    "learning rate": Recipe(learning_rate=1.0),
    "learnt by heart": Recipe(data=lambda text: replace(text, train=text.train[:FEW]), times=2),
    "units of the KL": Recipe(price=lambda: cures.Annealing(1 / LATENT_DIM), logged=lambda kl: kl / LATENT_DIM),
    "empty z": Recipe(model=TextVAE, price=cures.Cure),
    "padding": Recipe(model=PaddingVAE),
}


def examined(name: str, text: Corpus, *, steps: int, seed: int) -> Chart:
    """Train one patient on this text, a second or two, and read every instrument."""
    recipe = PATIENTS[name]
    text = recipe.data(text)
    train, valid, test = ([text.vocab.encode(sentence) for sentence in part[:most]] for part, most in (
        (text.train, None), (text.valid, NUM_TEST), (text.test, NUM_TEST)))
    torch.manual_seed(seed)
    model = recipe.model(vocab_size=len(text.vocab), embed_dim=24, hidden_dim=32, latent_dim=LATENT_DIM, decoder="gru")
    model.count_words(train)
    rise = trained(model, recipe, train, valid, steps=recipe.times * steps, seed=seed)
    kl = diagnostics.encode(model, in_order(test)).kl.sum(-1).mean().item()
    seen, usual = set(text.train), single_words(train, test, len(text.vocab))
    knows = bound(model, train[:NUM_TEST], seed) < usual
    return {"seen": sum(sentence in seen for sentence in text.test) / len(text.test), "unknown": text.unknown_rate(text.test),
            "rise_while_training_fell": rise if knows else 0.0, "above_single_words": bound(model, test, seed) - usual,
            "kl_over_logged": kl / max(recipe.logged(kl), 1e-9), "kl": kl, "moved_by_longer": moved_by_longer(model, test)}


def trained(model: TextVAE, recipe: Recipe, train: Ids, valid: Ids, *, steps: int, seed: int) -> float:
    """Some steps; how far the validation bound has risen from its best look to the last, nats per sentence."""
    optimizer = make_optimizer(model, learning_rate=recipe.learning_rate)
    step = vae_step(model, optimizer, cure=recipe.price(), seed=seed, clip=float("inf"))
    batches, looks = TrainingBatches(train, batch_size=BATCH_SIZE, seed=seed), []
    for turn in range(LOOKS):
        part = max(steps // LOOKS, 1)
        try:
            fit(step, lambda i, done=turn * part: batches(done + i), model=model, optimizer=optimizer, steps=part,
                seed=seed + turn, name="a patient")
        except (NonFinite, ArithmeticError, ValueError):
            break  # the weights are those before the step that broke
        looks.append(bound(model, valid, seed))
    return looks[-1] - min(looks) if looks else 0.0


def bound(model: TextVAE, ids: Ids, seed: int) -> float:
    """-ELBO, nats per sentence."""
    noise = runtime.generator(seed, "bound")
    return -evaluate(model, lambda batch: iwae(model, batch, num_samples=1, generator=noise), in_order(ids)).mean().item()


def single_words(train: Ids, test: Ids, vocab_size: int) -> float:
    """What word frequencies alone cost, one added to every count; nats per sentence."""
    counts = torch.bincount(torch.tensor([i for ids in train for i in (*ids, Vocab.EOS)]), minlength=vocab_size) + 1.0
    log_p = (counts / counts.sum()).log()
    return -sum(log_p[[*ids, Vocab.EOS]].sum().item() for ids in test) / len(test)


def moved_by_longer(model: TextVAE, test: Ids) -> float:
    """The posterior means of short sentences, alone and beside the longest one."""
    by_length = sorted(test, key=len)
    with evaluating(model):
        alone = torch.cat([model.posterior(collate([ids])).mean for ids in by_length[:8]])
        beside = model.posterior(collate([*by_length[:8], by_length[-1]])).mean[:8]
    return (beside - alone).abs().max().item()


def rows_for(healthy: Chart) -> list[Row]:
    """The rows of the checklist that say something on this text: those whose sign a healthy run does not show by itself."""
    return [row for row in checklist() if not row.sign.shows(healthy)]


def named(chart: Chart, rows: Sequence[Row]) -> list[Row]:
    """Those of these rows whose sign this run shows, in their order."""
    return [row for row in rows if row.sign.shows(chart)]


def walked(charts: dict[str, Chart], rows: Sequence[Row]) -> tuple[list[list[str]], list[str]]:
    """A line for each instrument, from top to bottom as the checklist goes, a column for each run, ● where a reading is a sign;
    and the names of the columns."""
    read = [[f"{row.instrument} ({row.sign.bound})",
             *(f"{'● ' if row.sign.shows(chart) else ''}{tidy(chart[row.sign.reading])}" for chart in charts.values())]
            for row in rows]
    return read, ["instrument (and a sign)", *charts]


def tidy(reading: float) -> str:
    """Three digits, or all before the point; two of a fraction, and 0 of what is left of sums that should be 0."""
    size = abs(reading)
    return "0" if size < 1e-4 else f"{reading:.2g}" if size < 1 else f"{reading:.3g}" if size < 100 else f"{reading:,.0f}"


def right(charts: dict[str, Chart]) -> Sequence[str]:
    """The sick runs that the rows for this text name rightly: by their own row first."""
    rows = rows_for(charts[HEALTHY])
    return [name for name, chart in charts.items() if [row.patient for row in named(chart, rows)][:1] == [name]]
