"""What a million lines cost beside ten thousand: memory, tokens per second of one core in training, seconds to the first batch.

Of plain, labelled and paired lines, drawn from a grammar and repeated by chance; each measurement in a process of its own, once
batches of all lengths have been met. Nothing here is asserted; `--record` keeps the numbers in docs/results/memory.json. About
ten minutes on two cores.
"""
import argparse
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from benchmarks._timing import Spread
from gensq_course.report import budget
from gensq_lib import training
from gensq_lib.ground.places import atomic_write, cores
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.parts import Model
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.text.labelled import LabelledBatches
from gensq_lib.text.large import looked_at
from gensq_lib.text.pairs import PairBatches

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results" / "memory.json"
FEW, MANY = 10_000, 1_000_000  # lines
DIFFERENT, WARM, STEPS, BATCH_SIZE = 20_000, 700, 100, 64
SIZES = dict(embed_dim=128, hidden_dim=192)
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10  # in units of ru_maxrss
Stream = Callable[[int], object]


def sentences() -> Iterator[str]:
    """Of the built-in world."""
    text = corpora.load("world", num_train=DIFFERENT)
    return map(text.show, text.train)


def labelled() -> Iterator[str]:
    """The same with their mood."""
    corpus = corpora.load_labelled("world", num_train=DIFFERENT)
    return map("{}\t{}".format, map(corpus.text.show, corpus.text.train), corpus.labels.train)


def pairs() -> Iterator[str]:
    """Of the translation world."""
    corpus = corpora.load_pairs("crossing:en-eo", num_train=DIFFERENT)
    return (f"{corpus.show_source(pair.source)}\t{corpus.show_target(pair.target)}" for pair in corpus.train)


def stream_of_sentences(path: Path) -> tuple[Stream, Callable[[], Model]]:
    """Training batches of a file, and a model of its size."""
    text = corpora.load(f"file:{path}")
    batches = TrainingBatches(text.encoded("train"), batch_size=BATCH_SIZE, seed=0)
    return batches, lambda: LanguageModel(vocab_size=len(text.vocab), **SIZES)


def stream_of_labelled(path: Path) -> tuple[Stream, Callable[[], Model]]:
    """A language model of their sentences."""
    corpus = corpora.load_labelled(f"labelled:{path}")
    batches = LabelledBatches(corpus.encoded("train"), batch_size=BATCH_SIZE, seed=0)
    return lambda i: batches(i).text, lambda: LanguageModel(vocab_size=len(corpus.text.vocab), **SIZES)


def stream_of_pairs(path: Path) -> tuple[Stream, Callable[[], Model]]:
    """A translator."""
    corpus = corpora.load_pairs(f"pairs:{path}")
    batches = PairBatches(corpus.encoded(corpus.train), batch_size=BATCH_SIZE, seed=0)
    words = dict(vocab_size=len(corpus.target_vocab), source_vocab_size=len(corpus.source_vocab), copy=False)
    return batches, lambda: Seq2Seq(**words, **SIZES)


KINDS = {"sentences": (sentences, stream_of_sentences), "labelled": (labelled, stream_of_labelled),
         "pairs": (pairs, stream_of_pairs)}


def write(lines: Sequence[str], path: Path, *, num: int) -> Path:
    """`num` of the lines, by chance, the same ones on every machine."""
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in random.Random(0).choices(lines, k=num))
    return path


def measured(kind: str, path: Path, *, steps: int = STEPS) -> dict[str, float]:
    """Of this process: seconds to the first batch, target tokens per second of a core in training (processor time, so that other
    work on the machine does not count), the most memory that it had."""
    torch.set_num_threads(1)
    started = time.perf_counter()
    batches, model_of = KINDS[kind][1](path)
    batches(0)
    waited = time.perf_counter() - started
    torch.manual_seed(0)
    model = model_of()
    step = training.language_model_step(model, training.make_optimizer(model, learning_rate=1e-3))
    given, tokens = iter(range(WARM + steps)), []

    def following() -> object:
        batch = batches(next(given))
        tokens.append(int(batch.lengths.sum()))
        return batch

    for i in range(WARM + steps):
        if i == WARM:
            started = time.process_time()
        step(following, i)
    speed = sum(tokens[WARM:]) / (time.process_time() - started)
    return {"first batch": waited, "tokens": speed, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE}


def compared(kind: str, folder: Path, *, nums: Sequence[int], rounds: int) -> dict[str, dict[str, Spread]]:
    """Number of lines -> what is measured; the sizes in turn, so that a busy moment of the machine meets both."""
    lines = list(looked_at(KINDS[kind][0]()))
    paths = {f"{num:,}": write(lines, folder / f"{kind}.{num}.txt", num=num) for num in nums}
    found: dict[str, list[dict[str, float]]] = {num: [] for num in paths}
    for _ in range(rounds):
        for num, path in paths.items():
            done = subprocess.run([sys.executable, "-m", "benchmarks.memory", "--one", kind, str(path)], capture_output=True,
                                  text=True, check=True, cwd=RESULTS.parents[2])
            found[num].append(json.loads(done.stdout.splitlines()[-1]))
    return {num: {name: Spread.of([one[name] for one in all_]) for name in all_[0]} for num, all_ in found.items()}


def table(found: dict[str, dict[str, dict[str, Spread]]]) -> list[str]:
    """For people: medians, and what many lines cost beside few."""
    lines = ["", "A file of many lines beside one of few: medians (least-most)"]
    for kind, sizes in found.items():
        few, many = list(sizes.values())
        lines += [f"  {kind:12}{num:>10} lines   {_shown(one['megabytes'])} MB   {_shown(one['tokens'])} tokens/s   "
                  f"first batch after {_shown(one['first batch'], 1)} s" for num, one in sizes.items()]
        lines += [f"  {'':12}{many['megabytes'].median - few['megabytes'].median:+,.0f} MB, "
                  f"{many['tokens'].median / few['tokens'].median - 1:+.0%} tokens/s"]
    return lines


def _shown(spread: Spread, places: int = 0) -> str:
    return f"{spread.median:,.{places}f} ({spread.least:,.{places}f}-{spread.most:,.{places}f})"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="gensq bench", description="Measure what a large file costs.")
    parser.add_argument("--record", action="store_true", help="keep the numbers in docs/results/memory.json")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="processes for each number (default: 3)")
    parser.add_argument("--lines", type=int, default=MANY, metavar="N", help=f"lines beside {FEW:,} (default: {MANY:,})")
    parser.add_argument("--one", nargs=2, metavar=("KIND", "PATH"), help=argparse.SUPPRESS)
    options, _ = parser.parse_known_args(arguments)
    settings = budget.setup()
    if options.one:
        print(json.dumps(measured(options.one[0], Path(options.one[1]))))
        return 0
    with tempfile.TemporaryDirectory(prefix="gensq-bench-") as folder:
        found = {kind: compared(kind, Path(folder), nums=(FEW, options.lines), rounds=options.rounds) for kind in KINDS}
    print("\n".join(table(found)))
    if options.record:
        facts = {"command": "gensq bench --record", "machine": f"{cores()} cores, {platform.machine()}",
                 "settings": str(settings), "found": found}
        with atomic_write(RESULTS) as temporary:
            temporary.write_text(json.dumps(facts, indent=1, default=asdict) + "\n", encoding="utf-8")
        print(f"Recorded in {RESULTS.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
