"""SIGKILL at random moments: children are forked, killed while they train or write, and what they leave is examined.

`python tests/kills.py SEED KIND=NUMBER ...` prints one JSON row per kill. Everything is loaded once, before the forks,
so a kill costs a moment. A row says what was running, when it was killed, how far it had come, what was left half
written (nothing) and whether the run that went on from there, or began anew, gives the same bits as an undisturbed one.
"""
import functools
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["OMP_NUM_THREADS"] = "1"  # a forked child must not wait for another's threads
os.environ["GENSQ_PROGRESS"] = "0"

import nbformat  # noqa: E402
import torch  # noqa: E402
import torch._dynamo  # noqa: E402, F401 (an optimizer loads it, which takes seconds)

from gensq_lib.text import grammar  # noqa: E402
from gensq_course.setup import copies as desk  # noqa: E402
from gensq_lib.text.corpora import world  # noqa: E402
from gensq_lib.models.text_vae import TextVAE  # noqa: E402
from gensq_course.execute.held_out import write_held_out  # noqa: E402
from gensq_course.execute import running
from gensq_course.report import lessons  # noqa: E402
from gensq_lib.ground import seals  # noqa: E402
from gensq_lib.training import Checkpoint, train_vae  # noqa: E402
from gensq_lib.training.checkpoint import as_state  # noqa: E402

ENCODED = [[4 + (i * j) % 9 for j in range(1, 2 + i % 5)] for i in range(40)]
STEPS, EVERY = 70, 2  # checkpoints are frequent, so that many kills come while one is written
GRAMMAR = """\
languages: en, zh by characters
attribute mood: glad 60, sad 40
start: <sentence mood>
columns pet zipf 0.5: en | zh
table <pet>
    cat | \u732b ; dog | \u72d7
<sentence glad>
    en: the <pet> is glad .
    zh: <pet> \u9ad8 \u5174 \u3002
<sentence sad>
    en: is the <pet> sad ?
    zh: <pet> \u96be \u8fc7 \u5417 \uff1f
"""
NOTEBOOKS = [nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# Report {number}\n\n" + "words " * 20_000)])
             for number in (0, 1)]


@dataclass(frozen=True)
class Kind:
    """Work that is killed; `again` does it undisturbed, and `state` is what must then be the same."""

    work: Callable[[Path], None]
    again: Callable[[Path], None]
    state: Callable[[Path], dict[str, str]]
    half: Callable[[Path], list[str]]  # what is found half written after the kill
    progress: Callable[[Path], str]


# --- training: a cached run with checkpoints, dropout, a cure, early stopping

def train(folder: Path) -> None:
    os.environ["GENSQ_CACHE"] = str(folder)
    Checkpoint.__init__.__kwdefaults__["every"] = EVERY
    torch.manual_seed(5)
    model = TextVAE(vocab_size=13, embed_dim=6, hidden_dim=8, latent_dim=2, dropout=0.2)
    train_vae(model, ENCODED, ENCODED[:9], cure="free_bits+word_dropout", steps=STEPS, batch_size=4, seed=1, key={})


def trained(folder: Path) -> dict[str, str]:
    """A digest of every weight and every logged number."""
    (path,) = (folder / "runs").glob("*.pt")
    found = loaded(path)
    weights = b"".join(tensor.numpy().tobytes() for _, tensor in sorted(found["model"].items()))
    return {path.name: hashlib.sha256(weights + json.dumps(found["history"], sort_keys=True).encode()).hexdigest()}


def loaded(path: Path) -> dict:
    """A file of the cache; a damaged one is an error."""
    return as_state(seals.unseal(path, name=path.name))


def half_trained(folder: Path) -> list[str]:
    """Checkpoints that do not load."""
    wrong = []
    for path in (folder / "runs").glob("[!.]*"):
        try:
            loaded(path)
        except ValueError:
            wrong.append(path.name)
    return wrong


def steps_done(folder: Path) -> str:
    parts = [loaded(path)["done"] for path in (folder / "runs").glob("[!.]*.part")]
    return f"step {parts[0]} of {STEPS} kept" if parts else "finished" if list(folder.glob("runs/*.pt")) else "nothing kept"


# --- writing: the same files again and again in two versions, each known whole

def versions(folder: Path, write: Callable[[Path, int], None]) -> dict[str, set[str]]:
    """Name -> the digests that a whole file may have."""
    found: dict[str, set[str]] = {}
    for number in (0, 1):
        place = Path(tempfile.mkdtemp(dir=TOY))
        write(place, number)
        for name, digest in contents(place).items():
            found.setdefault(name, set()).add(digest)
        shutil.rmtree(place)
    return found


def contents(folder: Path) -> dict[str, str]:
    """Of what a reader sees: files being written have a name that begins with a dot and ends with .part."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.endswith(".part") and path.name != desk.MANIFEST}


def writing(write: Callable[[Path, int], None], folder: Path) -> Kind:
    """Work without an end; afterwards every file is one of its two whole versions."""
    whole = versions(folder, write)

    def work(place: Path) -> None:
        number = 0
        while True:
            write(place, number % 2)
            number += 1

    def half(place: Path) -> list[str]:
        if (place / desk.MANIFEST).exists():
            json.loads((place / desk.MANIFEST).read_text())  # it grows with each copy, but is always whole
        wrong = [name for name, digest in contents(place).items() if digest not in whole.get(name, set())]
        return [name for name in wrong if running.INCOMPLETE not in (place / name).read_text()] + mixed(place)

    return Kind(work, lambda place: write(place, 1), contents, half, lambda place: f"{len(contents(place))} files, all whole")


def mixed(place: Path) -> list[str]:
    """Of a report: whether its files are of two runs and nothing says so."""
    if not (metrics := place / "09_tiny.metrics.json").exists():
        return []
    told = json.loads(metrics.read_text())
    pages = [(place / f"09_tiny.{kind}").read_text() for kind in ("ipynb", "html")]
    same = "seconds" in told and all(f"Report {told['seconds']:.0f}" in page for page in pages)
    return [] if same or told["status"] == "incomplete" else ["files of two runs"]


def write_report(folder: Path, number: int) -> None:
    lesson = lessons.Lesson(folder / "09_tiny.ipynb", "Tiny", "")
    running.write(lesson, {}, folder, NOTEBOOKS[number], "", float(number))


def write_cache(folder: Path, number: int) -> None:
    os.environ["GENSQ_CACHE"] = str(folder)
    for path in folder.glob(f"worlds/*-{number}-*.txt"):
        path.unlink()
    world._train(toy_grammar(TOY / "world.grammar"), "en", seed=number, num=300)


def write_data(folder: Path, number: int) -> None:
    world.NUM_TRAIN = world.NUM_HELD_OUT = 300 + number
    if not (folder / "world.grammar").exists():
        os.link(TOY / "world.grammar", folder / "world.grammar")
    g = toy_grammar(TOY / "world.grammar")
    g.path = folder / "world.grammar"
    write_held_out(g)


def write_lessons(folder: Path, number: int) -> None:
    said = desk.copy_lessons(TOY / f"notebooks{number}", folder)
    assert not any("you changed it" in sentence for sentence in said), said


def write_carelessly(folder: Path, number: int) -> None:
    """A planted mistake: a file that is opened, and filled bit by bit."""
    with open(folder / "careless.txt", "w") as file:
        for line in range(2000):
            print(number, line, file=file)


KINDS = {"report": write_report, "cache": write_cache, "data": write_data, "lessons": write_lessons, "careless": write_carelessly}
SHARED = "/dev/shm" if os.path.isdir("/dev/shm") else None  # in memory, because every file is forced to the disk
TOY = Path(tempfile.mkdtemp(prefix="gensq-kills-", dir=SHARED))
toy_grammar = functools.cache(grammar.load)


def prepare() -> None:
    """A grammar, and two versions of three notebooks."""
    (TOY / "world.grammar").write_text(GRAMMAR, encoding="utf-8")
    for number in (0, 1):
        (TOY / f"notebooks{number}").mkdir()
        for name in "abc":
            (TOY / f"notebooks{number}" / f"{name}.ipynb").write_text(f"{name}{number}" * 100_000)


def kind(name: str) -> Kind:
    if name == "training":
        return Kind(train, train, trained, half_trained, steps_done)
    return writing(KINDS[name], TOY)


# --- forks

def fork(work: Callable[[Path], None], folder: Path) -> int:
    """The process id of a child that works."""
    if child := os.fork():
        return child
    try:
        work(folder)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        os._exit(1)
    os._exit(0)


def finished(work: Callable[[Path], None], folder: Path) -> float:
    """Seconds that the undisturbed work takes."""
    started = time.monotonic()
    _, status = os.waitpid(fork(work, folder), 0)
    assert status == 0, "an undisturbed run failed"
    return time.monotonic() - started


def killed(work: Callable[[Path], None], folder: Path, seconds: float) -> bool:
    """Whether the child was still at work after so many seconds; now it is dead."""
    child = fork(work, folder)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def rows(name: str, number: int, rng: random.Random):
    """`number` kills of one kind of work."""
    this, calm = kind(name), TOY / f"{name}-calm"
    calm.mkdir()
    longest, wanted = finished(this.again, calm), this.state(calm)
    if name != "training":
        longest = max(0.3, 2 * longest)
    while number:
        place = Path(tempfile.mkdtemp(dir=TOY))
        seconds = rng.uniform(0.02, longest)
        if not killed(this.work, place, seconds):
            continue  # it was faster
        number -= 1
        half, progress = this.half(place), this.progress(place)
        finished(this.again, place)
        yield {"work": name, "killed after": round(seconds, 3), "left": progress, "half written": half,
               "same bits": wanted.items() <= this.state(place).items()}


if __name__ == "__main__":
    prepare()
    try:
        for wish in sys.argv[2:]:
            wished, many = wish.split("=")
            for row in rows(wished, int(many), random.Random(f"{sys.argv[1]}/{wished}")):
                print(json.dumps(row), flush=True)
    finally:
        shutil.rmtree(TOY, ignore_errors=True)
