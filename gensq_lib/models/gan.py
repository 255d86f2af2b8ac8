"""Generators and their judges: dense for vectors, convolutional for 8 x 8 pictures, both with a class if wanted.

A generator has `sample(num, condition)`, a judge (the discriminator of Goodfellow et al. 2014) `logits(batch, condition)`,
large for "real"; a condition is one label per example. Nothing here normalises over a batch: the judgement of an
example would then depend on the others of its batch. *Taught in lesson 14.*
"""
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import one_hot
from torch.nn.utils.parametrizations import spectral_norm

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.parts import Model

Labels = Int[Tensor, "batch"]
SLOPE = 0.2  # of a leaky unit below 0: a unit that is off must still pass a gradient on to the generator


class VectorGenerator(nn.Module):
    """z ~ N(0, I), beside it the class as one of `num_classes` numbers, through `body` into an example."""

    def __init__(self, body: nn.Module, *, latent_dim: int, num_classes: int = 0):
        super().__init__()
        self.body, self.latent_dim, self.num_classes = body, latent_dim, num_classes

    def forward(self, z: Float[Tensor, "batch latent"], condition: Labels | None = None) -> Float[Tensor, "batch pixel"]:
        """The example that z stands for, of the class asked for."""
        _check_labels(condition, self.num_classes)
        given = z if condition is None else torch.cat([z, one_hot(condition, self.num_classes).to(z)], 1)
        return self.body(given)

    def sample(self, num: int, condition: Labels | None = None, *, generator: torch.Generator) -> Float[Tensor, "batch pixel"]:
        """`num` examples from fresh noise."""
        z = torch.randn(num, self.latent_dim, generator=generator, device=generator.device)
        return self(z.to(next(self.parameters())), condition)


class VectorJudge(nn.Module):
    """Features of an example, then a score; with classes, another that asks whether the example is one of its class.

    That second score is a product of the features with a vector of the class (Miyato and Koyama 2018).
    """

    def __init__(self, body: nn.Module, *, hidden_dim: int, num_classes: int = 0, spectral: bool = False):
        super().__init__()
        self.body, self.num_classes = body, num_classes
        self.score = bounded(nn.Linear(hidden_dim, 1), spectral)
        self.of_class = bounded(nn.Embedding(num_classes, hidden_dim), spectral) if num_classes else None

    def logits(self, batch: Float[Tensor, "batch pixel"], condition: Labels | None = None) -> Float[Tensor, "batch"]:
        """Large: taken for real."""
        _check_labels(condition, self.num_classes)
        features = self.body(batch)
        score = self.score(features)[:, 0]
        return score if condition is None else score + (self.of_class(condition) * features).sum(-1)


class GAN(Model):
    """The two players, trained and saved together; a class below says how each is built."""

    generator: VectorGenerator
    judge: VectorJudge


class DenseGAN(GAN):
    """Two hidden layers on each side; `squash` keeps the generator's numbers in (-1, 1).

    >>> gan = DenseGAN(data_dim=2)
    >>> gan.judge.logits(gan.generator.sample(64, generator=noise))  # 64 logits, large for "real"
    """

    def __init__(self, *, data_dim: int, latent_dim: int = 8, hidden_dim: int = 64, num_classes: int = 0, spectral: bool = False,
                 squash: bool = False):
        super().__init__()
        end = [nn.Tanh()] if squash else []
        body = nn.Sequential(nn.Linear(latent_dim + num_classes, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, hidden_dim),
                             nn.ReLU(), nn.Linear(hidden_dim, data_dim), *end)
        features = nn.Sequential(bounded(nn.Linear(data_dim, hidden_dim), spectral), nn.LeakyReLU(SLOPE),
                                 bounded(nn.Linear(hidden_dim, hidden_dim), spectral), nn.LeakyReLU(SLOPE))
        self.generator = VectorGenerator(body, latent_dim=latent_dim, num_classes=num_classes)
        self.judge = VectorJudge(features, hidden_dim=hidden_dim, num_classes=num_classes, spectral=spectral)


class ConvolutionalGAN(GAN):
    """For pictures of 8 x 8 pixels in (-1, 1): 2 x 2, doubled twice, and back."""

    def __init__(self, *, latent_dim: int = 16, channels: int = 16, num_classes: int = 0, spectral: bool = False):
        super().__init__()
        wide = 2 * channels
        body = nn.Sequential(nn.Linear(latent_dim + num_classes, wide * 4), nn.ReLU(), nn.Unflatten(1, (wide, 2, 2)),
                             nn.ConvTranspose2d(wide, channels, 4, stride=2, padding=1), nn.ReLU(),
                             nn.ConvTranspose2d(channels, 1, 4, stride=2, padding=1), nn.Tanh(), nn.Flatten())
        features = nn.Sequential(nn.Unflatten(1, (1, 8, 8)),
                                 bounded(nn.Conv2d(1, channels, 4, stride=2, padding=1), spectral), nn.LeakyReLU(SLOPE),
                                 bounded(nn.Conv2d(channels, wide, 4, stride=2, padding=1), spectral), nn.LeakyReLU(SLOPE),
                                 nn.Flatten())
        self.generator = VectorGenerator(body, latent_dim=latent_dim, num_classes=num_classes)
        self.judge = VectorJudge(features, hidden_dim=wide * 4, num_classes=num_classes, spectral=spectral)


def bounded(layer: nn.Module, spectral: bool) -> nn.Module:
    """The layer itself, or with a largest singular value of 1 (Miyato et al. 2018), so that its slope is at most 1."""
    return spectral_norm(layer) if spectral else layer


def _check_labels(condition: Labels | None, num_classes: int) -> None:
    """A class where there are classes, none where there are none."""
    if (condition is None) == bool(num_classes):
        got = "none" if condition is None else f"{len(condition)} labels"
        wanted = f"a label below {num_classes} for each example" if num_classes else "no labels (num_classes=0)"
        raise GensqError(f"expected {wanted}, got {got}; give what the model was built for")
