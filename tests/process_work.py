"""What tests/test_processes.py lets several processes do, and one alone: a module that they can import."""
import os
import signal
from pathlib import Path
from typing import Any

import torch

from gensq_lib import cures
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import elbo_terms
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import BagOfWordsVAE, BatchNormVAE
from gensq_lib.text.batching import TrainingBatches, collate
from gensq_lib.text.pairs import collate_pairs
from gensq_lib.training import Checkpoint, processes, save_state, train_vae
from gensq_lib.training.loop import EarlyStopping, fit
from gensq_lib.training.steps import language_model_step, make_optimizer, vae_step

SIZES = {"vocab_size": 13, "embed_dim": 6, "hidden_dim": 8}
ENCODED = [[4 + (i * j) % 9 for j in range(1, 2 + i % 7)] for i in range(22)]  # batches of 5: the last has 2
STEPS = 13
CURE = cures.BagOfWords(0.5, cures.WordDropout(0.3, cures.FreeBits(0.02)))  # some dimensions are below the floor, some above


def language_model() -> LanguageModel:
    torch.manual_seed(5)
    return LanguageModel(**SIZES)


def vae() -> BagOfWordsVAE:
    torch.manual_seed(5)
    return BagOfWordsVAE(**SIZES, latent_dim=3)


def step_of(model, optimizer):
    if isinstance(model, LanguageModel):
        return language_model_step(model, optimizer, mixed=False)
    return vae_step(model, optimizer, cure=CURE, seed=1, mixed=False)


def first_step(make, sentences) -> dict[str, Any]:
    """Loss, norm and gradients of one update on one batch. A learning rate of 0: the weights stay."""
    model = make()
    logged = step_of(model, make_optimizer(model, learning_rate=0.0))(lambda: collate(sentences), 0)
    return {"logged": logged, "gradients": {name: weight.grad for name, weight in model.named_parameters()}}


def first_steps() -> dict[str, Any]:
    """By the number of sentences: equal parts, unequal ones, a process without any."""
    return {f"{make.__name__} of {num}": first_step(make, ENCODED[3 : 3 + num])
            for make in (language_model, vae) for num in (6, 5, 1)}


def aggressive() -> dict[str, Any]:
    """Encoder-only updates first: only some parameters move."""
    model, cure = vae(), cures.AggressiveEncoder(2, until=9, inner=CURE)
    step = vae_step(model, make_optimizer(model, learning_rate=1e-2), cure=cure, seed=1, mixed=False)
    batches = iter(map(collate, (ENCODED[:5], ENCODED[5:8], ENCODED[8:9])))
    return {"logged": step(lambda: next(batches), 0), "gradients": dict(model.state_dict())}


def replies() -> dict[str, Any]:
    """Exchanges, where the prior has weights: it depends on the prompt. Five on two processes."""
    torch.manual_seed(5)
    model = ConditionalVAE(**SIZES, label_sizes=(2,), latent_dim=2)
    exchanges = [(ENCODED[i + 7], ENCODED[i + 8], (i % 2,)) for i in range(5)]
    step = vae_step(model, make_optimizer(model, learning_rate=0.0), cure=cures.Cure(), seed=1, mixed=False)
    logged = step(lambda: collate_pairs(exchanges), 0)
    moved = {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}
    return {"logged": logged, "gradients": moved}


def trained(folder: Path, make, die: int = -1) -> dict[str, Any]:
    """With validation, early stopping and checkpoints; at step `die` the last process kills itself."""
    model = make()
    optimizer = make_optimizer(model, learning_rate=1e-2)
    stopping = EarlyStopping(lambda: -model.decoder.to_vocab.bias.sum().item(), every=4, patience=9)

    def batches(i: int):
        if i == die and processes.rank() == processes.num_processes() - 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return TrainingBatches(ENCODED, batch_size=5, seed=2)(i)

    step = step_of(model, optimizer)
    history = fit(step, batches, model=model, optimizer=optimizer, steps=STEPS, seed=3, stopping=stopping,
                  show="gradient_norm", checkpoint=Checkpoint(folder / "run.part", every=5))
    return {"weights": dict(model.state_dict()), "history": dict(history)}


def resumed(folder: str, die: int = -1) -> None:
    """`trained`, as a file of each process."""
    save_state(Path(folder) / f"resumed {processes.rank()}.pt", trained(Path(folder) / "resumed", vae, die))


def kept(folder: str, dropout: float = 0.0) -> dict[str, Any]:
    """A recipe with validation, a schedule and the cache."""
    os.environ["GENSQ_CACHE"] = folder
    torch.manual_seed(5)
    model = BagOfWordsVAE(**SIZES, latent_dim=3, dropout=dropout)
    history = train_vae(model, ENCODED, ENCODED[:9], cure="free_bits+bag_of_words", steps=12, batch_size=5, seed=1, key={})
    return {"weights": dict(model.state_dict()), "history": dict(history)}


def everything(folder: str) -> None:
    """All that is compared, from one start of the processes, as a file of each."""
    found = {"steps": first_steps(), "aggressive": aggressive(), "replies": replies(), "refused": refused(), "scaled": scaled(),
             "kept": kept(folder), "dropout": kept(folder, 0.2), "dropout again": kept(folder, 0.2)}
    for make in (language_model, vae):
        found[make.__name__] = trained(Path(folder) / make.__name__, make)
    save_state(Path(folder) / f"{processes.rank()}.pt", found)


def refused() -> str:
    try:
        processes.shared(BatchNormVAE(**SIZES, latent_dim=3))
    except GensqError as error:
        return str(error)
    return ""


def no_number() -> None:
    """Stops with a sentence."""
    model = language_model()
    model.decoder.to_vocab.bias.data.fill_(torch.nan)
    optimizer = make_optimizer(model, learning_rate=1e-2)
    fit(step_of(model, optimizer), lambda i: collate(ENCODED), model=model, optimizer=optimizer, steps=3, seed=3, show="nll")


# Ways to scale what one process knows of an ELBO, where gradients are averaged over the processes, as DDP does it.

def by_sums(reconstruction, kl, tokens, num):
    """Right: local sums times R / N, both terms by sentences (N: of all processes)."""
    return (kl - reconstruction).sum() * processes.num_processes() / num


def by_means(reconstruction, kl, tokens, num):
    """Wrong: a mean of means counts a sentence more where its process has few."""
    return (kl - reconstruction).mean()


def by_tokens(reconstruction, kl, tokens, num):
    """Wrong: one term by tokens (times their usual number), the other by sentences: a beta that depends on the batch."""
    usual = sum(map(len, ENCODED)) / len(ENCODED) + 1
    return (-reconstruction.sum() / every(tokens.sum()) * usual + kl.sum() / num) * processes.num_processes()


def every(number: torch.Tensor) -> torch.Tensor:
    """The sum over the processes."""
    if processes.num_processes() > 1:
        torch.distributed.all_reduce(number)
    return number


def scaled() -> dict[str, Any]:
    """The gradients that each way gives."""
    return {way.__name__: averaged(way) for way in (by_sums, by_means, by_tokens)}


def averaged(way) -> dict[str, torch.Tensor]:
    model, batch = vae(), collate(ENCODED[3:8])
    terms = elbo_terms(processes.shared(model), batch, generator=runtime.generator(1))
    own = slice(*processes._part(len(batch)))
    way(terms.reconstruction[own], terms.kl.sum(-1)[own], batch.lengths[own], len(batch)).backward()
    weights = {name: weight for name, weight in model.named_parameters() if weight.grad is not None}
    for weight in weights.values():
        weight.grad /= processes.num_processes()
    processes.sum_gradients(weights.values())
    return {name: weight.grad for name, weight in weights.items()}
