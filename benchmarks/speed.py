"""How fast the library is: training against a naive loop, sampling from the grammar, decoding and evaluation.

Ratios come first, because they hold on other machines, too. Nothing here is asserted; `--record` keeps the numbers in
docs/results/bench.json. About four minutes on two cores.
"""
import argparse
import contextlib
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
from jaxtyping import Float

from gensq_course.lessons.scaling_up.naive import naive_batches, naive_optimizer, naive_step
from benchmarks._timing import Comparison, Spread, compared, rates
from gensq_course.report import budget
from gensq_lib import training
from gensq_lib.cures import Cure
from gensq_lib.ground import runtime
from gensq_lib.ground.places import atomic_write, cores
from gensq_lib.maths import objectives
from gensq_lib.models.outputs import SMALLEST
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text import corpora, decoding, grammar
from gensq_lib.text.batching import Batch, TrainingBatches, in_order
from gensq_lib.text.corpora import Corpus

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "results" / "bench.json"
RATE = 1e-3  # the learning rate of both loops
HELD_OUT = 200  # sentences
USUAL, FP32, MIXED = "as the lessons train", "the same in fp32", "the same, lengths mixed"
WAIT = """
import sys, time
from gensq_lib.text import corpora
started = time.perf_counter()
corpora.load(sys.argv[1])
print(time.perf_counter() - started)"""  # in a process of its own, as a lesson loads its corpus


@dataclass(frozen=True)
class Setting:
    """A model and the sentences of one epoch."""

    name: str
    encoded: list[list[int]]
    sizes: dict[str, int]
    batch_size: int
    held_out: list[list[int]] = field(default_factory=list)  # drawn in the same way, for the loss after training

    @property
    def steps(self) -> int:
        return -(-len(self.encoded) // self.batch_size)

    def model(self, device: str, **options: Any) -> TextVAE:
        torch.manual_seed(0)
        model = TextVAE(**self.sizes, **options).to(device)
        model.count_words(self.encoded)
        return model


def ptb_like(*, num: int = 384, vocab_size: int = 10_000) -> Setting:
    """Integers with the lengths (mean 21, standard deviation 10) and word frequencies (Zipf) of the Penn Treebank."""
    rng = np.random.default_rng(2)
    lengths = rng.gamma(4.41, 4.76, num + HELD_OUT).round().clip(1, 80).astype(int)
    chances = 1 / np.arange(1, vocab_size - 3)
    encoded = [(4 + rng.choice(len(chances), n, p=chances / chances.sum())).tolist() for n in lengths]
    sizes = dict(vocab_size=vocab_size, embed_dim=300, hidden_dim=256, latent_dim=16)
    name = f"PTB-like: V {vocab_size:,}, {np.mean(lengths[:num]):.0f} ± {np.std(lengths[:num]):.0f} words"
    return Setting(name, encoded[:num], sizes, 32, encoded[num:])


def of_corpus(corpus: Corpus) -> Setting:
    """The lesson's model at the standard budget."""
    encoded = [corpus.vocab.encode(sentence) for sentence in corpus.train]
    lengths = [len(ids) for ids in encoded]
    name = f"{corpus.name}: V {len(corpus.vocab):,}, {np.mean(lengths):.0f} ± {np.std(lengths):.0f} words"
    held_out = [corpus.vocab.encode(sentence) for sentence in corpus.valid[:HELD_OUT]]
    return Setting(name, encoded, dict(vocab_size=len(corpus.vocab), embed_dim=128, hidden_dim=192, latent_dim=8), 64, held_out)


# --- training

def our_epochs(setting: Setting, model: TextVAE, device: str) -> Callable[[int], object]:
    """`train(i)` is epoch i as the lessons train."""
    batches = TrainingBatches(setting.encoded, batch_size=setting.batch_size, seed=0, device=device)
    return our_loop(setting, model, lambda epoch: lambda i: batches(epoch * setting.steps + i))


def mixed_epochs(setting: Setting, model: TextVAE, device: str) -> Callable[[int], object]:
    """The same loop on the naive one's batches, which hold sentences of all lengths: what sorting by length is worth."""
    def of_epoch(epoch: int) -> Callable[[int], Batch]:
        batches = naive_batches(setting.encoded, batch_size=setting.batch_size, seed=epoch, device=device)
        return lambda i: next(batches)

    return our_loop(setting, model, of_epoch)


def our_loop(setting: Setting, model: TextVAE, of_epoch: Callable[[int], Callable[[int], Batch]]) -> Callable[[int], object]:
    """`of_epoch(epoch)(i)` is batch i of an epoch."""
    optimizer = training.make_optimizer(model, learning_rate=RATE)
    step = training.vae_step(model, optimizer, cure=Cure(), seed=0)
    return lambda epoch: training.fit(step, of_epoch(epoch), model=model, optimizer=optimizer, steps=setting.steps, seed=epoch)


def naive_epochs(setting: Setting, model: TextVAE, device: str) -> Callable[[int], object]:
    """The same sentences, the naive loop."""
    optimizer = naive_optimizer(model, learning_rate=RATE)

    def train(epoch: int) -> None:
        for batch in naive_batches(setting.encoded, batch_size=setting.batch_size, seed=epoch, device=device):
            naive_step(model, optimizer, batch)

    return train


def in_fp32(train: Callable[[int], object]) -> Callable[[int], object]:
    """The same, as on a chip that has no bf16."""
    def wrapped(epoch: int) -> None:
        with mock.patch.dict(os.environ, GENSQ_PRECISION="fp32"):
            train(epoch)

    return wrapped


def training_ratios(setting: Setting, model: TextVAE, *, device: str, pairs: int) -> dict[str, Comparison]:
    """Our loop, as it is, in fp32, on batches of mixed lengths and (of many words) with two cheaper softmaxes, against the naive
    one; `model` is trained on the way. Each comparison says the bound of both models on held-out sentences afterwards: they
    have read the same.
    """
    models = {USUAL: model, FP32: setting.model(device), MIXED: setting.model(device)}
    if len(model.decoder.embed.weight) >= SMALLEST:
        models["with an adaptive softmax"] = setting.model(device, output="adaptive", tie=False)
        models["with a sampled softmax"] = setting.model(device, output="sampled", tie=False)
    plain = setting.model(device)
    ways = {name: (mixed_epochs if name == MIXED else our_epochs)(setting, each, device) for name, each in models.items()}
    ways[FP32] = in_fp32(ways[FP32])
    found = compared(ways, naive_epochs(setting, plain, device), num=len(setting.encoded), pairs=pairs)
    naive = needed(plain, setting, device)
    return {name: replace(it, our_nats=needed(models[name], setting, device), naive_nats=naive) for name, it in found.items()}


@contextlib.contextmanager
def threads(number: int) -> Iterator[None]:
    """Compute on so many; on one a processor-second is work, on several some of it is waiting for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def needed(model: TextVAE, setting: Setting, device: str) -> float:
    """-ELBO of held-out sentences, nats per sentence, in fp32."""
    noise = runtime.generator(2)
    return -objectives.evaluate(model, lambda batch: objectives.elbo_terms(model, batch, generator=noise).elbo,
                                in_order(setting.held_out, device=device)).mean().item()


# --- sampling, decoding, evaluation

def waits(name: str) -> dict[str, float]:
    """Seconds until a corpus is there."""
    def once() -> float:
        command = [sys.executable, "-c", WAIT, name]
        variables = os.environ | {"PYTHONPATH": str(ROOT)}
        return float(subprocess.run(command, env=variables, check=True, stdout=subprocess.PIPE, text=True).stdout)

    return {"the first time": once(), "from the cache": once()}


def grammar_rate(name: str, *, num: int) -> Spread:
    """Fresh sentences per second."""
    world = grammar.load(name.partition(":")[2] or None)
    return rates(lambda: world.sentences(num, generator=runtime.generator(0)), num=num)


def model_rates(model: TextVAE, corpus: Corpus, *, device: str, num: int) -> dict[str, Spread]:
    """Sentences per second of a trained model, as the lesson decodes and evaluates."""
    z = torch.randn(num, model.latent_dim, generator=runtime.generator(0)).to(device)
    encoded = [corpus.vocab.encode(sentence) for sentence in corpus.test[:num]]
    few, longest, noise = encoded[:64], max(map(len, encoded)) + 5, runtime.generator(1)

    def elbo(batch: Batch) -> Float[torch.Tensor, "batch"]:
        return objectives.elbo_terms(model, batch, generator=noise).elbo

    def iwae(dtype: torch.dtype = torch.float32) -> Callable[[], object]:
        def bound(batch: Batch) -> Float[torch.Tensor, "batch"]:
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                return objectives.iwae(model, batch, num_samples=100, generator=noise)

        return lambda: objectives.evaluate(model, bound, in_order(few, device=device))

    return {
        "greedy decoding": rates(lambda: decoding.greedy(model, num=num, z=z, max_length=longest), num=num),
        "sampling, T = 1": rates(lambda: decoding.sample(model, num=num, z=z, max_length=longest, generator=noise), num=num),
        "ELBO, 1 sample": rates(lambda: objectives.evaluate(model, elbo, in_order(encoded, device=device)), num=len(encoded)),
        "IWAE, 100 samples": rates(iwae(), num=len(few)),
        "the same in bf16": rates(iwae(torch.bfloat16), num=len(few)),
    }


# --- what is shown and kept

def measured(options: argparse.Namespace, device: str) -> dict:
    """Everything, by name."""
    corpus = corpora.load(options.corpus, num_train=options.sentences * 4)
    world, ptb = of_corpus(corpus), ptb_like(num=options.sentences)
    ratios = {}
    for setting, number in itertools.product((ptb, world), sorted({1, torch.get_num_threads()})):
        name = f"{setting.name}, {number} thread{'s' * (number > 1)}"
        print(f"training, {name} ...", file=sys.stderr, flush=True)
        with threads(number):
            ratios[name] = training_ratios(setting, trained := setting.model(device), device=device, pairs=options.pairs)
    print("sampling, decoding, evaluation ...", file=sys.stderr, flush=True)
    fresh = {"fresh from the grammar": grammar_rate(options.corpus, num=100 * options.sentences)}
    return {"training": ratios, "waits": waits(options.corpus),
            "rates": fresh | model_rates(trained, corpus, device=device, num=options.sentences)}


def table(found: dict) -> list[str]:
    """For people: ratios first, then rates, then waiting."""
    row = "  {:26}{:20}{:20}{:26}{}".format
    lines = ["Training, times faster than a naive padded loop: median (min-max) of pairs run in turn"]
    for name, ways in found["training"].items():
        lines += ["", row(name, "", "", "", ""), row("", "by the clock", "per CPU-second", "sentences/s: ours, naive",
                                                   "-ELBO afterwards: ours, naive")]
        lines += [row(way, times(it.by_clock), times(it.by_processor), f"{it.ours_per_second:,.0f}, {it.naive_per_second:,.0f}",
                      f"{it.our_nats:.1f}, {it.naive_nats:.1f}") for way, it in ways.items()]
    lines += ["", "Sentences per second: median (min-max)"]
    lines += [row(name, per_second(rate), "", "", "") for name, rate in found["rates"].items()]
    lines += ["", "Waiting for the 200,000 training sentences of a lesson, seconds"]
    lines += [row(name, f"{seconds:.1f}", "", "", "") for name, seconds in found["waits"].items()]
    return [line.rstrip() for line in lines]


def times(spread: Spread) -> str:
    return f"x{spread.median:.2f} ({spread.least:.2f}-{spread.most:.2f})"


def per_second(spread: Spread) -> str:
    return f"{spread.median:,.0f} ({spread.least:,.0f}-{spread.most:,.0f})"


def record(found: dict, *, command: str, settings: str, path: Path = RESULTS) -> None:
    """Keep the numbers, with what a reader needs to judge them; no path, no host name."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    facts = {"command": command, "commit": commit.stdout.strip() or "unknown", "date": f"{datetime.now(UTC):%Y-%m-%d}",
             "machine": f"{cores()} cores, {platform.machine()}", "settings": settings}
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(facts | found, indent=1, default=asdict) + "\n", encoding="utf-8")
    print(f"Recorded in {path.name}.")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="gensq bench", description="Measure speed, as ratios where possible.")
    parser.add_argument("--record", action="store_true", help="keep the numbers in docs/results/bench.json")
    parser.add_argument("--corpus", default="world", help="world or grammar:PATH (default: world)")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="pairs of runs behind a ratio (default: 5)")
    parser.add_argument("--sentences", type=int, default=384, metavar="N", help="sentences in a run (default: 384)")
    options = parser.parse_args(arguments)
    started, settings = time.perf_counter(), budget.setup()
    os.environ["GENSQ_PROGRESS"] = "0"
    with tempfile.TemporaryDirectory(prefix="gensq-bench-") as cache:
        os.environ["GENSQ_CACHE"] = cache
        found = measured(options, settings.device)
    print("\n".join(table(found)))
    print(f"Took {time.perf_counter() - started:.0f} s.")
    if options.record:
        record(found, command=" ".join(["gensq bench", *(arguments or sys.argv[1:])]), settings=str(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
