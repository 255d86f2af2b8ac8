"""Experiments on losses: what is minimised in truth, who gets a gradient, and how strong it is."""
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from gensq_course.lessons.tutorial_autopsy.experiments import Found


def noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def arriving(value: Tensor, weights: Tensor) -> Tensor:
    """The gradient of `value` that arrives in `weights`; zeros where no path leads there."""
    slope, = torch.autograd.grad(value, weights, allow_unused=True)
    return torch.zeros_like(weights) if slope is None else slope


def noise_for_z(batch: int = 64) -> Found:
    """Gradient of the reconstruction in the encoder (its norm), when z is fresh noise, and when z is drawn from q(z | x)."""
    encoder, decoder = torch.full((3,), 0.5, requires_grad=True), torch.ones((), requires_grad=True)
    x, fresh = torch.randn(batch, 3, generator=noise()), torch.randn(batch, generator=noise(1))
    told = ((x.sum(1) - decoder * z).square().mean() for z in (fresh, x @ encoder + fresh))
    return Found(*(arriving(error, encoder).norm().item() for error in told))


def softmax_twice(num_words: int = 90) -> Found:
    """The lowest cross-entropy that can be reached, nats per word: of a model that is sure, and right."""
    logits, word = torch.zeros(1, num_words), torch.tensor([3])
    logits[0, 3] = 50.0
    return Found(F.cross_entropy(logits.softmax(-1), word).item(), F.cross_entropy(logits, word).item())


def weight_of_kl(loss: "function", time: int, latent: int, batch: int = 4) -> float:  # noqa: F821
    """By how much a nat of KL counts beside a nat of reconstruction: the β that the loss has in truth."""
    nll, kl = (torch.ones(batch, size, requires_grad=True) for size in (time, latent))
    of_words, of_kl = torch.autograd.grad(loss(nll, kl), (nll, kl))
    return (of_kl.mean() / of_words.mean()).item()


def token_mean(time: int = 10) -> Found:
    """The weight of the KL (one nat of it beside one nat of words); 1 is the ELBO."""
    return Found(weight_of_kl(lambda nll, kl: nll.mean() + kl.sum(1).mean(), time, 16),
                 weight_of_kl(lambda nll, kl: nll.sum(1).mean() + kl.sum(1).mean(), time, 16))


def mean_over_latent(latent: int = 16) -> Found:
    """The weight of the KL; 1 is the ELBO."""
    return Found(weight_of_kl(lambda nll, kl: nll.sum(1).mean() + kl.mean(), 10, latent),
                 weight_of_kl(lambda nll, kl: nll.sum(1).mean() + kl.sum(1).mean(), 10, latent))


def kl_sign(steps: int = 200, x: float = 1.0) -> Found:
    """KL(q ‖ prior) after some steps, nats, where z ~ N(0, 1) and x ~ N(z, 1); that of the true posterior is .2."""
    def after(sign: float) -> float:
        mean, log_var = (torch.zeros((), requires_grad=True) for _ in range(2))
        optimizer = torch.optim.Adam([mean, log_var], lr=0.05)
        for _ in range(steps):
            optimizer.zero_grad()
            kl = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0))
            (((x - mean) ** 2 + log_var.exp()) / 2 + sign * kl).backward()
            optimizer.step()
        return kl.item()
    return Found(after(-1.0), after(1.0))


def numbers_of_words(one: int = 3, other: int = 9) -> Found:
    """Chance that the best guess is a word that can come next, where two words are equally likely."""
    data = torch.tensor([one, other])
    by_squares = data.float().mean().round().long()  # what minimises the mean squared error
    by_likelihood = torch.bincount(data, minlength=12).argmax()
    return Found(*(float(guess in data) for guess in (by_squares, by_likelihood)))


def argmax(num_words: int = 5) -> Found:
    """Norm of the gradient that the generator's logits get from the judge's reward of its word."""
    reward, logits = torch.linspace(0, 1, num_words).requires_grad_(), torch.zeros(num_words, requires_grad=True)
    said = F.one_hot(logits.argmax(), num_words).float()
    expected = (logits.softmax(0) * reward).sum()  # what REINFORCE estimates
    return Found(*(arriving(value, logits).norm().item() for value in ((said * reward).sum(), expected)))


def no_detach(batch: int = 16) -> Found:
    """By how much the judge's own step makes its fakes easier to tell: the judge's loss before less after, nats.

    One optimiser holds both players; only the judge was to learn, and it has learnt all it can.
    """
    def helped(detach: bool) -> float:
        generator, judge = (torch.tensor(weight, requires_grad=True) for weight in (0.5, 1.0))
        fake = generator + torch.randn(batch, generator=noise())
        def price(fake):
            return (F.softplus(judge * (fake.detach() if detach else fake)).mean())
        loss = price(fake)
        moved = generator - arriving(loss, generator)
        return (loss - price(moved + torch.randn(batch, generator=noise()))).item()
    return Found(helped(False), helped(True))


def judged(loss: "function", steps: int, num: int = 500) -> tuple[float, float]:  # noqa: F821
    """A linear judge of N(1, 1) against N(-1, 1) after some steps on `loss(real logits, fake logits)`: its accuracy, its loss."""
    weights, draw = torch.tensor([0.1, 0.0], requires_grad=True), noise()
    optimizer = torch.optim.Adam([weights], lr=0.05)

    def logits() -> list[Tensor]:
        return [weights[0] * (torch.randn(num, generator=draw) + shift) + weights[1] for shift in (1.0, -1.0)]
    for _ in range(steps):
        optimizer.zero_grad()
        loss(*logits()).backward()
        optimizer.step()
    real, fake = logits()
    return ((real > 0).float().mean() + (fake <= 0).float().mean()).item() / 2, loss(real, fake).item()


def outputs(real: Tensor, fake: Tensor) -> Tensor:
    """Line 76 of the tutorial: what the judge puts out, a logit, taken for its loss."""
    return (real + fake).mean()


def output_as_loss(steps: int = 200) -> Found:
    """Accuracy of the judge: its two outputs as the loss, or their cross-entropy. The best possible judge has .84."""
    return Found(judged(outputs, steps)[0], judged(lambda real, fake: (F.softplus(-real) + F.softplus(fake)).mean(), steps)[0])


def sigmoid_twice() -> Found:
    """Loss of a judge that is right and sure of every example, nats."""
    logits, labels = torch.tensor([50.0, -50.0]), torch.tensor([1.0, 0.0])
    price = F.binary_cross_entropy_with_logits
    return Found(price(logits.sigmoid(), labels).item(), price(logits, labels).item())


def no_baseline(replies: int = 8, repeats: int = 500) -> Found:
    """Scatter of the REINFORCE gradient as a multiple of the true gradient, with rewards from .8 to .9."""
    rewards, logits = torch.linspace(0.8, 0.9, 5), torch.zeros(5)
    words = torch.multinomial(logits.softmax(0).expand(repeats, -1), replies, replacement=True, generator=noise())
    slopes = F.one_hot(words, 5) - logits.softmax(0)  # gradient of log p of each word
    got = rewards[words]
    others = (got.sum(1, keepdim=True) - got) / (replies - 1)
    truth = logits.softmax(0) * (rewards - rewards.mean())

    def scatter(weight: Tensor) -> float:
        return ((weight[..., None] * slopes).mean(1).var(0).sum().sqrt() / truth.norm()).item()
    return Found(scatter(got), scatter(got - others))
