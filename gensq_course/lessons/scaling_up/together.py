"""What lesson 22 lets two processes do, and one alone. A program starts processes, no notebook does: this is one, too."""
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from gensq_course.lessons.scaling_up.layers import SIZES
from gensq_course.lessons.scaling_up.source import ZipfText
from gensq_lib import training
from gensq_lib.cures import Cure
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import expect
from gensq_lib.ground.places import atomic_write
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.training import processes
from gensq_lib.training.loop import fit

EACH = 33  # sentences a step, which no two processes share evenly


def losses(num_words: int, steps: int, seed: int) -> list[float]:
    """-ELBO of each step of a text VAE, nats per sentence, in fp32: by this process, or by all that were started together."""
    if processes.num_processes() > 1:
        runtime.use_threads(1)
    text = ZipfText(num_words)
    torch.manual_seed(seed)
    model = TextVAE(vocab_size=text.vocab_size, latent_dim=8, **SIZES)
    optimizer = training.make_optimizer(model, learning_rate=1e-2)
    step = training.vae_step(model, optimizer, cure=Cure(), seed=seed, mixed=False)
    batches = TrainingBatches(text.sentences(steps * EACH, seed=seed), batch_size=EACH, seed=seed)
    return fit(step, batches, model=model, optimizer=optimizer, steps=steps, seed=seed, show="elbo", name="together")["loss"]


def losses_of_two(num_words: int, steps: int, seed: int) -> list[float]:
    """The same by two processes, started by a program of its own."""
    with TemporaryDirectory() as folder:
        found = Path(folder) / "losses.json"
        command = [sys.executable, "-m", __name__, str(found), *map(str, (num_words, steps, seed))]
        done = subprocess.run(command, capture_output=True, text=True)
        told = (done.stdout + done.stderr).strip().splitlines()
        expect(done.returncode == 0 and found.exists(), "expected two processes that train together, got: "
               f"{told[-1] if told else 'no word'}; try `gensq doctor`")
        return json.loads(found.read_text(encoding="utf-8"))


def keep_losses(path: str, *asked: int) -> None:
    """In each process; the first one writes what was found."""
    found = losses(*asked)
    if processes.rank() == 0:
        with atomic_write(Path(path)) as temporary:
            temporary.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    from gensq_course.lessons.scaling_up import together  # under its own name: the processes look it up

    processes.in_processes(together.keep_losses, 2, sys.argv[1], *map(int, sys.argv[2:]))
