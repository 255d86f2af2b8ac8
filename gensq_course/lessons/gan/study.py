"""Which loss covers the ring, and what are generated digits worth? Several seeds for every setting.

The recipe of the digits is the one of "search" that did best on validation digits, with seeds that no other row has.

Small dense players on the ring of eight Gaussians (standard deviation .1 on a circle of radius 2), Adam at 2e-3 for both
unless a variant says otherwise, batches of 128. Coverage is defined in `diagnostics.clouds`.
"""
import math
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gensq_course.lessons.gan.batches import Snapshots, digit_batches, ring_batches
from gensq_course.lessons.gan.modes import mode_shares
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Setting, Study
from gensq_lib import diagnostics
from gensq_lib.ground import runtime
from gensq_lib.models.gan import GAN, ConvolutionalGAN, DenseGAN
from gensq_lib.training import History
from gensq_lib.training.games import Examples, train_gan
from gensq_lib.vectors import digits
from gensq_lib.vectors.ring import Ring

SEEDS, RING = {"ring": range(10), "digits": range(5), "search": range(100, 102)}, Ring()
STEPS, EARLY, EVERY, BATCH_SIZE, NUM_SAMPLES, RATE = 800, 300, 100, 128, 1000, 2e-3
DIGIT_STEPS, NUM_DIGITS = 1000, 2000

BELONGS: dict[str, dict[str, Any]] = {  # what a loss is used with: options of `train_gan`, and of the players
    "wasserstein": {"penalty": "gradient_penalty", "penalty_weight": 1.0, "judge_steps": 5},
    "hinge": {"spectral": True},
}
FEW, SLOW = 16, {"judge_rate": RATE / 10}
VARIANTS: dict[str, dict[str, Any]] = {
    "minimax": {"loss": "minimax"},
    "non-saturating": {"loss": "non_saturating"},
    "least squares": {"loss": "least_squares"},
    "Wasserstein, gradient penalty": {"loss": "wasserstein", **BELONGS["wasserstein"]},
    "hinge, spectral norm": {"loss": "hinge", **BELONGS["hinge"]},
    "non-saturating, zero-centred penalty": {"loss": "non_saturating", "penalty": "zero_centred", "penalty_weight": 0.1},
    "minimax, slow discriminator": {"loss": "minimax", **SLOW},
    "non-saturating, slow discriminator": {"loss": "non_saturating", **SLOW},
}


SEARCHED: dict[str, dict[str, Any]] = {  # recipes for convolutional digits with the non-saturating loss
    "rate 0.0005": {"learning_rate": 5e-4}, "rate 0.001": {}, "rate 0.002": {"learning_rate": 2e-3},
    **{f"penalty {weight:g}": {"penalty": "zero_centred", "penalty_weight": weight} for weight in (0.1, 1.0)},
}
BEST = "penalty 0.1"
DIGITS_BELONG = BELONGS | {"non_saturating": SEARCHED[BEST]}


def ring_game(*, seed: int, steps: int, loss: str, spectral: bool = False, frozen: bool = False, ring: Ring = RING,
              learning_rate: float = RATE, **options: Any) -> tuple[GAN, Snapshots, History]:
    """A dense pair on the ring, its samples every 100 steps and at the end, its history.

    `frozen`: always the same few real points, the first of the first batch.
    """
    torch.manual_seed(seed)
    gan = DenseGAN(data_dim=2, spectral=spectral)
    album = Snapshots(gan, num=NUM_SAMPLES, seed=seed)
    batches = ring_batches(ring, batch_size=BATCH_SIZE, seed=seed)
    few = batches(0).x[:FEW]
    history = train_gan(gan, (lambda i: Examples(few)) if frozen else batches, loss=loss, steps=steps, seed=seed, look=album,
                        every=EVERY, name=loss, learning_rate=learning_rate, **options)
    album(steps)
    return gan, album, history


def ring_readings(x: Float[Tensor, "sample 2"], ring: Ring, *, seed: int) -> dict[str, float]:
    """Coverage and recall of one cloud of samples."""
    real = ring.sample(len(x), generator=runtime.generator(seed, "real"))
    found = diagnostics.coverage(x, ring.centres, stddev=ring.stddev)
    return {"strict": found.strict, "loose": found.loose, "near": found.near,
            "recall": diagnostics.precision_recall(real, x).recall}


def wandering(album: Snapshots, ring: Ring) -> float:
    """How much of its mass the generator moves to other modes within 100 steps, on average over the second half of the run.

    Total variation between the shares of the modes at neighbouring looks: near 0.07 for samples of a generator that stands
    still on eight modes, 1 for one that has gone elsewhere with everything.
    """
    shares = [mode_shares(x, ring.centres, math.inf) for x in album.seen.values()]
    late = shares[-max(2, len(shares) // 2):]
    return torch.stack([(a - b).abs().sum() / 2 for a, b in zip(late, late[1:])]).mean().item()


def run_ring(*, variant: str, seed: int) -> list[Record]:
    _, album, _ = ring_game(seed=seed, steps=STEPS, **VARIANTS[variant])
    early = diagnostics.coverage(album.seen[EARLY], RING.centres, stddev=RING.stddev)
    late = ring_readings(album.seen[STEPS], RING, seed=seed) | {"wandering": wandering(album, RING)}
    return records({"strict": early.strict, "loose": early.loose}, step=EARLY) + records(late)


def digit_game(*, seed: int, steps: int, network: str, loss: str = "non_saturating", conditional: bool = True,
               key: dict[str, Any] | None = None, spectral: bool = False, **options: Any) -> tuple[GAN, History]:
    """A pair of players for the digits, trained; with a `key` the run is cached."""
    torch.manual_seed(seed)
    shape = {"num_classes": 10 if conditional else 0, "spectral": spectral, "latent_dim": 16}
    dense = {"data_dim": 64, "hidden_dim": 128, "squash": True}
    gan = ConvolutionalGAN(**shape) if network == "convolutional" else DenseGAN(**dense, **shape)
    batches = digit_batches(digits.load(seed=seed)["train"], batch_size=64, seed=seed, conditional=conditional)
    history = train_gan(gan, batches, loss=loss, steps=steps, seed=seed, key=key, name=f"{network} digits", **options)
    return gan, history


def generated_digits(gan: GAN, *, seed: int, num: int = NUM_DIGITS
                     ) -> tuple[Float[Tensor, "sample pixel"], Int[Tensor, "sample"] | None]:
    """Samples, the classes in turn where there are classes."""
    labels = torch.arange(num) % 10 if gan.generator.num_classes else None
    with torch.no_grad():
        return gan.generator.sample(num, labels, generator=runtime.generator(seed, "generated")).cpu(), labels


def trained_classifier(x: Float[Tensor, "batch pixel"], labels: Int[Tensor, "batch"], *, seed: int) -> nn.Sequential:
    """A small classifier, trained on all examples at once; its first three layers are the space of a Fréchet distance."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(x.shape[1], 64), nn.ReLU(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-2)
    for _ in range(200):
        optimizer.zero_grad()
        cross_entropy(model(x), labels).backward()
        optimizer.step()
    return model.eval().requires_grad_(False)


def share_right(classifier: nn.Module, x: Float[Tensor, "batch pixel"], labels: Int[Tensor, "batch"]) -> float:
    return (classifier(x).argmax(-1) == labels).float().mean().item()


def digit_readings(x: Float[Tensor, "sample pixel"], labels: Int[Tensor, "sample"] | None, *, seed: int) -> dict[str, float]:
    """Generated digits against the real ones; pixels in [-1, 1].

    `accuracy`: a classifier trained on them, tested on real test pictures; `accuracy_real`: the same, trained on the real
    training pictures. `frechet`: in the features of that second classifier, between test pictures and as many generated
    ones; `frechet_real` puts training pictures in their place. `nearest`: median distance to the nearest training picture,
    over the same for test pictures: far below 1 for a generator that copies.
    """
    (train, labels_train), (test, labels_test) = (real_digits(part, seed=seed) for part in ("train", "test"))
    classifier = trained_classifier(train, labels_train, seed=seed)
    same, judge = x[:len(test)], classifier[:3]
    shares = diagnostics.precision_recall(test, same)
    to_train = [torch.cdist(cloud, train).min(1).values.median() for cloud in (same, test)]
    found = {"accuracy_real": share_right(classifier, test, labels_test), "precision": shares.precision, "recall": shares.recall,
             "frechet": diagnostics.frechet_distance(judge(test), judge(same)),
             "frechet_real": diagnostics.frechet_distance(judge(test), judge(train[:len(test)])),
             "nearest": (to_train[0] / to_train[1]).item()}
    if labels is not None:
        found["accuracy"] = share_right(trained_classifier(x, labels, seed=seed), test, labels_test)
    return found


def real_digits(part: str, *, seed: int) -> tuple[Float[Tensor, "batch pixel"], Int[Tensor, "batch"]]:
    pictures = digits.load(seed=seed)[part]
    return 2 * pictures.images(generator=runtime.generator(seed, part)) - 1, pictures.labels


def gaussian_digits(*, seed: int) -> tuple[Float[Tensor, "sample pixel"], Int[Tensor, "sample"]]:
    """The control: for each class the mean and covariance of its training pictures, and Gaussian noise. No game at all."""
    train, labels = real_digits("train", seed=seed)
    noise, wanted = runtime.generator(seed, "gaussian"), torch.arange(NUM_DIGITS) % 10
    x = torch.empty(NUM_DIGITS, train.shape[1])
    for digit in range(10):
        own = train[labels == digit].double()
        values, vectors = torch.linalg.eigh(own.T.cov())
        root = vectors * values.clamp_min(0).sqrt() @ vectors.T
        draws = torch.randn(int((wanted == digit).sum()), train.shape[1], generator=noise, dtype=torch.float64)
        x[wanted == digit] = (own.mean(0) + draws @ root).float()
    return x.clamp(-1, 1), wanted


def run_digits(*, variant: str, seed: int) -> list[Record]:
    if variant == "one Gaussian for each class":
        return records(digit_readings(*gaussian_digits(seed=seed), seed=seed))
    gan, _ = digit_game(seed=seed, steps=DIGIT_STEPS, network=variant, **SEARCHED[BEST])
    return records(digit_readings(*generated_digits(gan, seed=seed), seed=seed))


def run_search(*, variant: str, seed: int) -> list[Record]:
    """A classifier trained on what is generated, held against validation digits."""
    gan, _ = digit_game(seed=seed, steps=DIGIT_STEPS, network="convolutional", **SEARCHED[variant])
    classifier = trained_classifier(*generated_digits(gan, seed=seed), seed=seed)
    return records({"accuracy": share_right(classifier, *real_digits("valid", seed=seed))})


RUNS = {"ring": run_ring, "digits": run_digits, "search": run_search}
ROWS = {"ring": VARIANTS, "digits": ("dense", "convolutional", "one Gaussian for each class"), "search": SEARCHED}


def run(*, world: str, variant: str, seed: int) -> list[Record]:
    return RUNS[world](variant=variant, seed=seed)


SETTINGS: list[Setting] = [{"world": world, "variant": variant, "seed": seed}
                           for world, variants in ROWS.items() for variant in variants for seed in SEEDS[world]]
STUDY = Study("gan", "Which loss covers the ring, and what are generated digits worth?", SETTINGS, run)
