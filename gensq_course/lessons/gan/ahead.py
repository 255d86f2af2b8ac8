"""Lesson 14: a judge far ahead of a new generator, and what each loss and optimiser makes of it."""
import torch
from torch import nn

from gensq_lib.ground import runtime
from gensq_lib.maths import adversarial
from gensq_lib.models.gan import GAN, DenseGAN
from gensq_lib.vectors.ring import Ring


def judge_ahead(ring: Ring, *, seed: int, steps: int) -> tuple[GAN, float]:
    """A new pair whose judge alone was trained, against a generator that stood still; the judge's last loss."""
    torch.manual_seed(seed)
    pair, prices = DenseGAN(data_dim=2), adversarial.LOSSES["non_saturating"]
    optimizer = torch.optim.Adam(pair.judge.parameters(), lr=1e-2)
    for i in range(steps):
        noise = runtime.generator(seed, "ahead", i)
        with torch.no_grad():
            fake = pair.generator.sample(128, generator=noise)
        loss = prices.judge(*(pair.judge.logits(x) for x in (ring.sample(128, generator=noise), fake))).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return pair, loss.item()


def layer_norms(pair: GAN, loss: str, *, seed: int) -> tuple[list[float], float]:
    """The norm of the gradient in each layer of the generator, and the mean logit of its fakes."""
    weights = [layer.weight for layer in pair.generator.body if isinstance(layer, nn.Linear)]
    logits = pair.judge.logits(pair.generator.sample(500, generator=runtime.generator(seed, "layers")))
    slopes = torch.autograd.grad(adversarial.LOSSES[loss].generator(logits).mean(), weights)
    return [slope.norm().item() for slope in slopes], logits.mean().item()


def way(pair: GAN, loss: str, kind: type[torch.optim.Optimizer], *, seed: int, steps: int = 20) -> float:
    """How far the generator's weights move in some steps against the frozen judge; they are put back afterwards."""
    start = {name: value.clone() for name, value in pair.generator.state_dict().items()}
    optimizer = kind(pair.generator.parameters(), lr=2e-3)
    for i in range(steps):
        fake = pair.generator.sample(128, generator=runtime.generator(seed, "way", i))
        optimizer.zero_grad()
        adversarial.LOSSES[loss].generator(pair.judge.logits(fake)).mean().backward()
        optimizer.step()
    moved = sum((value - start[name]).square().sum() for name, value in pair.generator.state_dict().items())
    pair.generator.load_state_dict(start)
    return moved.sqrt().item()
