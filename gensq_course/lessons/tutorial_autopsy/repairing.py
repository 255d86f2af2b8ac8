"""Exercises of lesson 20: lines of the tutorial to repair, and a round of the game to write."""
from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from gensq_course.checks.exercises import Inputs, Values, words
from gensq_lib.ground.errors import chosen

Number, Each, Latent = Float[Tensor, ""], Float[Tensor, "batch"], Float[Tensor, "latent"]
Codes, Players = Float[Tensor, "batch latent"], Float[Tensor, "2 latent"]


def noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def sentence_codes(h: Float[Tensor, "2 batch hidden"]) -> Float[Tensor, "batch both"]:
    """The two directions of each sentence side by side, forward first."""
    return torch.cat([h[0], h[1]], -1)


JOINED = "torch.cat([h[0], h[1]], -1)"
CODE_SLIPS = {
    "reshaped": (JOINED, "h.reshape(h.shape[1], -1)"), "sum": (JOINED, "h.sum(0)"), "mean": (JOINED, "h.mean(0)"),
    "one direction": (JOINED, "h[1]"), "other order": (JOINED, "torch.cat([h[1], h[0]], -1)"),
    "interleaved": (JOINED, "h.permute(1, 2, 0).reshape(h.shape[1], -1)"),
    "batch turned": (JOINED, "torch.cat([h[0], h[1]], -1).flip(0)"), "not joined": (JOINED, "h.transpose(0, 1)"),
    "below each other": (JOINED, "torch.cat([h[0], h[1]], 0)"),
}
CODES = Values(**words(__file__, "sentence_codes"), reference=sentence_codes, slips=CODE_SLIPS, together=1,
               cases=lambda: [(torch.randn(2, *size, generator=noise(sum(size))),) for size in ((2, 1), (3, 4), (5, 2))])


def elbo_loss(nll: Float[Tensor, "batch time"], real: Bool[Tensor, "batch time"], mean: Codes, log_var: Codes) -> Number:
    """-log p(x | z) + KL(q ‖ N(0, I)), nats per sentence, averaged over the batch."""
    words = (nll * real).sum(1)
    kl = 0.5 * (mean**2 + log_var.exp() - 1 - log_var)
    return (words + kl.sum(1)).mean()


WORDS = "(nll * real).sum(1)"
ELBO_SLIPS = {
    "padding": ("nll * real", "nll"), "token mean": (WORDS, "(nll * real).sum() / real.sum()"),
    "per word": (WORDS, "(nll * real).sum(1) / real.sum(1)"),
    "mean over places": (WORDS, "(nll * real).mean(1)"), "mean over latent": ("kl.sum(1)", "kl.mean(1)"),
    "minus": ("words + kl", "words - kl"), "no kl": (" + kl.sum(1)", ""), "no words": ("words + kl", "kl"),
    "no half": ("0.5 * ", ""), "log sigma": (("log_var.exp()", "(2 * log_var).exp()"), ("- log_var)", "- 2 * log_var)")),
    "no exp": (".exp()", ""), "no minus one": (" - 1", ""), "no log": (" - log_var", ""),
    "log turned": ("- log_var", "+ log_var"), "no square": ("**2", ""), "each sentence": (".mean()", ""),
    "summed batch": (".mean()", ".sum()"),
}


def tutorial_loss(nll: Float[Tensor, "batch time"], real: Bool[Tensor, "batch time"], mean: Codes, log_var: Codes) -> Number:
    """The mistakes: lines 47 to 51 as they stand in the tutorial."""
    return nll.sum() / nll.numel() - (0.5 * (mean**2 + log_var.exp() - 1 - log_var)).mean()


def elbo_cases() -> list[Inputs]:
    def case(seed: int, batch: int, time: int, latent: int) -> Inputs:
        draw = noise(seed)
        lengths = torch.randint(1, time, (batch, 1), generator=draw)
        return (torch.rand(batch, time, generator=draw) * 3, torch.arange(time) < lengths,
                torch.randn(batch, latent, generator=draw), torch.randn(batch, latent, generator=draw))
    small = (torch.tensor([[1.0, 2.0]]), torch.tensor([[True, False]]), torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, -1.0]]))
    return [small, case(1, 2, 4, 3), case(2, 5, 7, 2)]


ELBO = Values(**words(__file__, "elbo_loss"), reference=elbo_loss, slips=ELBO_SLIPS, cases=elbo_cases,
              forms={"tutorial": tutorial_loss})


def real_fake_loss(real: Each, fake: Float[Tensor, "other"]) -> Number:
    """Cross-entropy of a judge's logits, nats: the mean over reals plus the mean over fakes."""
    of_real = functional.softplus(-real).mean()
    of_fake = functional.softplus(fake).mean()
    return of_real + of_fake


REAL, FAKE, BOTH = "functional.softplus(-real)", "functional.softplus(fake)", "of_real + of_fake"
POOLED = f"torch.cat([{REAL}, {FAKE}]).mean()"
JUDGE_SLIPS = {
    "swapped": (("softplus(-real)", "softplus(real)"), ("softplus(fake)", "softplus(-fake)")),
    "output": ((REAL, "real"), (FAKE, "fake")), "output, squeezed": ((REAL, "real.sigmoid()"), (FAKE, "fake.sigmoid()")),
    "output, turned": ((REAL, "-real"), (FAKE, "fake")),
    "sigmoid twice": (("softplus(-real)", "softplus(-real.sigmoid())"), ("softplus(fake)", "softplus(fake.sigmoid())")),
    "real alone": (BOTH, "of_real"), "fake alone": (BOTH, "of_fake"), "both real": ("softplus(fake)", "softplus(-fake)"),
    "both fake": ("softplus(-real)", "softplus(real)"), "difference": (BOTH, "of_real - of_fake"),
    "saturating": ((REAL, "-functional.softplus(-real)"), (FAKE, "-functional.softplus(fake)")),
    "probabilities": ((REAL, "(1 - real.sigmoid())"), (FAKE, "fake.sigmoid()")), "product": (BOTH, "of_real * of_fake"),
    "pooled": (BOTH, POOLED), "pooled twice": (BOTH, "2 * " + POOLED),
    "divided by two": (BOTH, "(of_real + of_fake) / 2"),
    "sum": ((REAL + ".mean()", REAL + ".sum()"), (FAKE + ".mean()", FAKE + ".sum()")),
    "squares": ((REAL, "((real - 1) ** 2)"), (FAKE, "(fake**2)")),
}


def judge_cases() -> list[Inputs]:
    def case(seed: int, num: int, other: int) -> Inputs:
        return tuple(3 * torch.randn(size, generator=noise(seed + size)) for size in (num, other))
    sure = torch.tensor([90.0, -90.0]), torch.tensor([-90.0, 95.0])
    return [(torch.tensor([1.0]), torch.tensor([-0.5])), sure, case(3, 4, 6)]


JUDGE = Values(**words(__file__, "real_fake_loss"), reference=real_fake_loss, slips=JUDGE_SLIPS, cases=judge_cases, together=1)


def corpus_perplexity(nats: Each, words: Each) -> Number:
    """Of all batches together: `nats` is -log p of each batch, `words` how many words it has."""
    return (nats.sum() / words.sum()).exp()


RATE = "(nats.sum() / words.sum()).exp()"
PERPLEXITY_SLIPS = {
    "mean of perplexities": (RATE, "(nats / words).exp().mean()"), "mean of rates": (RATE, "(nats / words).mean().exp()"),
    "no exp": (".exp()", ""), "per batch": (RATE, "nats.mean().exp()"), "base two": (RATE, "2 ** (nats.sum() / words.sum())"),
    "words by nats": (RATE, "(words.sum() / nats.sum()).exp()"), "largest": (RATE, "(nats / words).exp().amax()"),
    "weighted by words": (RATE, "((nats / words).exp() * words).sum() / words.sum()"),
    "negative": (RATE, "(-nats.sum() / words.sum()).exp()"),
}
BATCHES = [([6.0], [3.0]), ([3.0, 14.0], [3.0, 4.0]), ([12.0, 9.0, 2.0], [5.0, 4.0, 2.0])]
PERPLEXITY = Values(**words(__file__, "corpus_perplexity"), reference=corpus_perplexity, slips=PERPLEXITY_SLIPS, together=1,
                    cases=lambda: [tuple(map(torch.tensor, batch)) for batch in BATCHES])


def one_round(generator: Latent, judge: Latent, real: Codes, noise: Codes, fresh: Codes, rate: Number) -> Players:
    """A round of a small game: first the judge learns, then the generator against the new judge; their new weights.

    A fake is noise + generator, a logit x @ judge; the losses are cross-entropy and its non-saturating form, means over examples.
    """
    judge, generator = (weights.detach().clone().requires_grad_() for weights in (judge, generator))
    fakes = (noise + generator).detach()
    of_real, of_fake = functional.softplus(-(real @ judge)), functional.softplus(fakes @ judge)
    slope = torch.autograd.grad((of_real.mean() + of_fake.mean()), judge)[0]
    taught = (judge - rate * slope).detach()
    fooled = functional.softplus(-((fresh + generator) @ taught))
    uphill = torch.autograd.grad(fooled.mean(), generator)[0]
    moved = (generator - rate * uphill).detach()
    return torch.stack([moved, taught])


LOSS = "(of_real.mean() + of_fake.mean())"
ROUND_SLIPS = {
    "same noise": ("fresh + generator", "noise + generator"), "old judge": ("@ taught))", "@ judge.detach()))"),
    "saturating": ("functional.softplus(-((fresh + generator) @ taught))", "-functional.softplus((fresh + generator) @ taught)"),
    "helps the judge": ("-((fresh + generator) @ taught)", "(fresh + generator) @ taught"),
    "swapped": (("-(real @ judge)", "real @ judge"), ("softplus(fakes @ judge)", "softplus(-(fakes @ judge))")),
    "real alone": (LOSS, "of_real.mean()"), "fake alone": (LOSS, "of_fake.mean()"),
    "judge climbs": ("judge - rate * slope", "judge + rate * slope"),
    "generator climbs": ("generator - rate * uphill", "generator + rate * uphill"),
    "sum": (("of_real.mean() + of_fake.mean()", "of_real.sum() + of_fake.sum()"), ("fooled.mean()", "fooled.sum()")),
    "fresh for the judge": ("(noise + generator)", "(fresh + generator)"),
    "noises swapped": (("(noise + generator)", "(fresh + generator)"), ("((fresh + generator)", "((noise + generator)")),
    "bare noise": ("(noise + generator).detach()", "noise"), "judge halved": (LOSS, LOSS + " / 2"),
    "no rate": (("judge - rate * slope", "judge - slope"), ("generator - rate * uphill", "generator - uphill")),
    "judge stays": ("(judge - rate * slope)", "judge"), "generator stays": ("(generator - rate * uphill)", "generator"),
    "other order": ("[moved, taught]", "[taught, moved]"),
    "outputs": (("functional.softplus(-(real @ judge))", "(real @ judge)"),
                ("functional.softplus(fakes @ judge)", "(fakes @ judge)")),
    "outputs, squeezed": (("functional.softplus(-(real @ judge))", "(real @ judge).sigmoid()"),
                          ("functional.softplus(fakes @ judge)", "(fakes @ judge).sigmoid()")),
    "sigmoid twice": (("-(real @ judge)", "-(real @ judge).sigmoid()"),
                      ("softplus(fakes @ judge)", "softplus((fakes @ judge).sigmoid())")),
}


def both_move(generator: Latent, judge: Latent, real: Codes, noise: Codes, fresh: Codes, rate: Number) -> Tensor:
    """The mistake: fakes are not detached, so the judge's loss moves the generator, too."""
    judge, generator = (weights.detach().clone().requires_grad_() for weights in (judge, generator))
    price = functional.softplus(-(real @ judge)).mean() + functional.softplus((noise + generator) @ judge).mean()
    slopes = torch.autograd.grad(price, (judge, generator))
    taught, helped = (judge - rate * slopes[0]).detach(), (generator - rate * slopes[1]).detach().requires_grad_()
    uphill = torch.autograd.grad(functional.softplus(-((fresh + helped) @ taught)).mean(), helped)[0]
    return torch.stack([(helped - rate * uphill).detach(), taught])


def generator_first(generator: Latent, judge: Latent, real: Codes, noise: Codes, fresh: Codes, rate: Number) -> Tensor:
    """The mistake: the generator moves, and then the judge sees the fakes of the new one."""
    generator = generator.detach().clone().requires_grad_()
    uphill = torch.autograd.grad(functional.softplus(-((fresh + generator) @ judge)).mean(), generator)[0]
    moved = (generator - rate * uphill).detach()
    judge = judge.detach().clone().requires_grad_()
    price = functional.softplus(-(real @ judge)).mean() + functional.softplus((noise + moved) @ judge).mean()
    return torch.stack([moved, (judge - rate * torch.autograd.grad(price, judge)[0]).detach()])


def round_cases() -> list[Inputs]:
    def case(seed: int, batch: int, latent: int) -> Inputs:
        draw = noise(seed)
        weights = [torch.randn(latent, generator=draw) for _ in range(2)]
        return (*weights, *(torch.randn(batch, latent, generator=draw) + shift for shift in (1.0, 0.0, 0.0)), torch.tensor(0.3))
    return [case(1, 2, 1), case(2, 4, 3), case(3, 6, 2)]


ROUND = Values(**words(__file__, "one_round"), reference=one_round, slips=ROUND_SLIPS, cases=round_cases, together=1,
               forms={"both move": both_move, "generator first": generator_first})


def round_with(name: str) -> Callable[..., Players]:
    """A round with one of the mistakes that the check knows, to play with: round_with("both move")."""
    chosen("a mistake of a round", name, ROUND.mistakes)
    return partial(ROUND.with_one, name)
