"""Two small models of pictures for the pages of lessons 04 and 14, trained once as those lessons do, and committed.

A VAE with two numbers in z, whose plane can be walked, and a conditional GAN. `gensq checkpoint digits` makes them anew.
"""
import torch

from gensq_course.lessons.gan.study import DIGIT_STEPS, DIGITS_BELONG, digit_game
from gensq_course.shipped.every import DIGITS
from gensq_course.shipped.files import save_model
from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives, schedules
from gensq_lib.models.dense_vae import DenseVAE
from gensq_lib.vectors import digits

STEPS, BATCH_SIZE, LEARNING_RATE, HIDDEN_DIM, SEED = 1_000, 128, 3e-3, 128, 0


def trained_plane(*, steps: int = STEPS, seed: int = SEED) -> DenseVAE:
    """The VAE of section 7 of lesson 04."""
    torch.manual_seed(seed)
    model = DenseVAE(data_dim=digits.NUM_PIXELS, latent_dim=2, hidden_dim=HIDDEN_DIM)
    levels, falling = digits.load(seed=seed)["train"].levels, schedules.linear(LEARNING_RATE, 0.0, steps=steps)
    optimizer = training.make_optimizer(model, learning_rate=LEARNING_RATE)
    for i in range(steps):
        draw = runtime.generator(seed, "plane", i)
        chosen = torch.randint(len(levels), (BATCH_SIZE,), generator=draw)
        optimizer.param_groups[0]["lr"] = falling(i)
        terms = objectives.elbo_terms(model, digits.dequantised(levels[chosen], generator=draw), generator=draw)
        training.update((terms.kl.sum(-1) - terms.reconstruction).mean(), optimizer, clip=1000.0)
    return model.eval()


def write_digits() -> None:
    """Train both and write the files; with one thread, so that they are the same on machines that have more."""
    runtime.use_threads(1)
    facts = {"corpus": "the digits of scikit-learn", "seed": SEED}
    save_model(DIGITS["dense"], trained_plane(), facts=facts | {"steps": STEPS}, half=True)
    pair, _ = digit_game(seed=SEED, steps=DIGIT_STEPS, network="convolutional", **DIGITS_BELONG["non_saturating"])
    save_model(DIGITS["gan"], pair, facts=facts | {"steps": DIGIT_STEPS}, half=True)
