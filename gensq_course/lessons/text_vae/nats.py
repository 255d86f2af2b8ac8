"""Exercises of lesson 06 in nats per sentence: KL to the prior, likelihood, importance-weighted NLL, what z is worth."""
import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_course.checks.answers import number, same
from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import Exact, Finding, Has, Inputs, Values, words, instead
from gensq_lib.text.vocab import Vocab


def kl_to_prior(mean: Float[Tensor, "batch latent"], log_var: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch"]:
    """KL(N(mean, e^log_var) || N(0, I)), nats per sentence (Kingma & Welling 2014, appendix B)."""
    return 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(-1)


def spoiled_kl(has: Has, mean: Tensor, log_var: Tensor) -> Tensor:
    if has("one draw"):  # any noise will do: it is found by chance itself
        mean = mean + torch.randn_like(mean)
    log_var = instead(has, log_var, {"sigma": log_var.square().log(), "log sigma": 2 * log_var,
                                    "log var for variance": log_var.log()})
    variance = instead(has, log_var.exp(), {"no exp": log_var, "no square": (log_var / 2).exp()})
    square = mean if has("mean not squared") else mean.square()
    log = (variance + 1e-3).log() if has("small number") else log_var
    terms = instead(has, square + variance - log, {"reverse": (square + 1) / variance + log_var,
                                                  "log var sign": square + variance + log_var})
    terms = (terms if has("minus one") else terms - 1) * (1.0 if has("half") else 0.5)
    terms = terms.clamp(min=0.1) if has("floor") else terms
    return instead(has, terms.sum(-1), {"per dimension": terms, "wrong axis": terms.sum(0), "mean over latent": terms.mean(-1)})


def kl_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(6)
    small = [(torch.full((1, 1), mean), torch.full((1, 1), log_var)) for mean, log_var in ((1.0, 0.0), (0.0, 1.0))]
    small += [(torch.tensor([[0.1, -0.2]]), torch.tensor([[0.1, 0.0]])), (torch.zeros(1, 2), torch.tensor([[-16.0, 3.0]]))]
    return small + [tuple(torch.randn(2, batch, latent, generator=draw)) for batch, latent in ((1, 3), (3, 5))]


class ClosedForm(Exact):
    """A right result is the same each time."""

    def judge(self, attempt: Attempt) -> Finding:
        with torch.no_grad():
            first, again = (number(attempt(*self.cases()[-1])) for _ in range(2))
        by_chance = not first.is_meta and first.shape == again.shape and not same(first, again)
        return Finding(self.named(["one draw"])) if by_chance else super().judge(attempt)


KL = ClosedForm(**words(__file__, "kl_to_prior"), reference=kl_to_prior, spoiled=spoiled_kl, cases=kl_cases, together=2)


def sentence_log_likelihood(log_probs: Float[Tensor, "batch time vocab"], targets: Int[Tensor, "batch time"],
                            lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    """log p of each sentence: the log-probabilities of its own tokens, <eos> too, padding not. Nats per sentence."""
    of_targets = log_probs.gather(-1, targets[..., None]).squeeze(-1)
    return of_targets.where(real(targets, lengths), 0.0).sum(-1)


def real(targets: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"]) -> Bool[Tensor, "batch time"]:
    """Where tokens are part of a sentence, not padding."""
    return torch.arange(targets.shape[1], device=targets.device) < lengths[:, None]


def spoiled_likelihood(has: Has, log_probs: Tensor, targets: Tensor, lengths: Tensor) -> Tensor:
    mask = real(targets, instead(has, lengths, {"no eos": lengths - 1, "longer": lengths + 1, "padding": lengths + 10**6}))
    if has("shifted left"):
        log_probs, targets, mask = log_probs[:, :-1], targets[:, 1:], mask[:, 1:]
    if has("shifted right"):
        log_probs, targets, mask = log_probs[:, 1:], targets[:, :-1], mask[:, :-1]
    picked = log_probs.gather(1 if has("wrong axis") else -1, targets[..., None]).squeeze(-1)
    picked = instead(has, picked, {"best word": log_probs.max(-1).values, "all words": log_probs.sum(-1)})
    picked = (picked.exp() if has("probabilities") else picked).where(mask, 0.0)
    if has("last token"):
        return picked[torch.arange(len(lengths)), lengths - 1]
    return instead(has, picked.sum(-1), {
        "per token": picked, "mean over time": picked.mean(-1), "wrong sum": picked.sum(0),
        "token mean": picked.sum(-1) / mask.sum(-1), "column kept": picked.sum(-1, keepdim=True),
        "product": picked.exp().prod(-1).log()})


def likelihood_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(7)
    small = [likelihood_case([size], draw, vocab=vocab, scale=scale)  # the last is long and improbable: exp() of its sum is 0
             for size, vocab, scale in ((1, 3, 1.0), (2, 5, 1.0), (30, 9, 20.0))]
    return small + [likelihood_case(lengths, draw, vocab=8) for lengths in ([4, 2], [9, 4, 7])]


def likelihood_case(lengths: list[int], draw: torch.Generator, *, vocab: int, scale: float = 1.0) -> Inputs:
    """Random log-probabilities; targets are words, then <eos>, then padding."""
    size, time = torch.tensor(lengths), max(*lengths, vocab) + 1
    words = torch.randint(min(4, vocab - 1), vocab, (len(lengths), time), generator=draw)
    words[torch.arange(len(lengths)), size - 1] = Vocab.EOS
    targets = words.where(real(words, size), Vocab.PAD)
    return (scale * torch.randn(*targets.shape, vocab, generator=draw)).log_softmax(-1), targets, size


LIKELIHOOD = Exact(
    **words(__file__, "sentence_log_likelihood"), reference=sentence_log_likelihood, spoiled=spoiled_likelihood,
    cases=likelihood_cases, together=2, free=lambda logits, targets, lengths: (logits.log_softmax(-1), targets, lengths))


def importance_nll(log_joint: Float[Tensor, "sample batch"], log_q: Float[Tensor, "sample batch"]) -> Float[Tensor, "batch"]:
    """-log (1/K) sum_k p(x, z_k) / q(z_k | x), nats per sentence (Burda et al. 2016)."""
    return math.log(len(log_joint)) - (log_joint - log_q).logsumexp(0)


def spoiled_importance(has: Has, log_joint: Tensor, log_q: Tensor) -> Tensor:
    weight = instead(has, log_joint - log_q, {"q added": log_joint + log_q, "no q": log_joint, "upside down": log_q - log_joint})
    axis = 1 if has("wrong axis") else 0
    num = math.log(weight.shape[1 - axis if has("batch size") else axis])
    total = weight.exp().sum(axis).log() if has("underflow") else weight.logsumexp(axis)
    top = weight.max(axis).values
    return instead(has, num - total, {
        "mean of logs": -weight.mean(axis), "best sample": -top, "no log K": -total, "log K sign": -num - total,
        "no log": -total.exp() / weight.shape[axis], "log divided": -total / weight.shape[axis],
        "underflow in double": -weight.double().exp().mean(axis).log().float(),
        "small number": -(weight.exp().mean(axis) + 1e-10).log(),
        "one maximum": -weight.max() - (weight - weight.max()).exp().mean(axis).log(),
        "maximum lost": num - (weight - top.unsqueeze(axis)).exp().sum(axis).log(),
        "own weights": -(weight.softmax(axis) * weight).sum(axis), "ratio of means": log_q.logsumexp(0) - log_joint.logsumexp(0)})


def importance_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(9)
    small = [(torch.tensor([[-3.0]]), torch.tensor([[-1.0]])), (torch.tensor([[-3.0], [-2.0]]), torch.zeros(2, 1))]
    sizes = ((5, 3, -20.0), (3, 2, -900.0), (6, 4, -500.0))  # weights of long sentences: exp(-500) is 0, exp(-900) in float64
    cases = [(level + 3 * torch.randn(num, batch, generator=draw), -5 + torch.randn(num, batch, generator=draw))
             for num, batch, level in sizes]
    uneven = torch.tensor([[-30.0, -400.0], [-32.0, -401.0]])  # a short and a long sentence in one batch
    return [*small, (uneven, torch.full((2, 2), -4.0)), *cases]


IMPORTANCE = Values(  # a measurement: nobody differentiates it
    **words(__file__, "importance_nll"), reference=importance_nll, spoiled=spoiled_importance, cases=importance_cases, together=2)


def worth_of_z(log_p: Float[Tensor, "sentence code"]) -> Float[Tensor, "sentence three"]:
    """From log p(x_i | z_j), where z_j is a draw for sentence j, three readings for each sentence i.

    What a stranger's z costs on average (nats); what the own z tells beyond "it is one of these N" (nats, at most log N; on
    average a lower bound on the information, Poole et al. 2019); 1 where no other z fits better, else 0.
    """
    own, num = log_p.diagonal(), len(log_p)
    strangers = (log_p.sum(1) - own) / (num - 1)
    anyone = log_p.logsumexp(1) - math.log(num)
    first = (own >= log_p.max(1).values).to(log_p.dtype)
    return torch.stack([own - strangers, own - anyone, first], 1)


def spoiled_worth(has: Has, log_p: Tensor) -> Tensor:
    log_p = instead(has, log_p, {"by column": log_p.T, "probabilities": log_p.exp()})
    own, num = log_p.diagonal(), len(log_p)
    strangers = instead(has, (log_p.sum(1) - own) / (num - 1), {
        "own among strangers": log_p.mean(1), "divided by N": (log_p.sum(1) - own) / num,
        "one stranger": log_p.roll(1, 1).diagonal(), "next stranger": log_p.roll(-1, 1).diagonal()})
    others = log_p.masked_fill(torch.eye(num, dtype=torch.bool), float("-inf"))
    pool = others if has("own left out") or has("own left out of the sum") else log_p
    total = pool.exp().sum(1).log() if has("underflow") else pool.logsumexp(0 if has("bet by column") else 1)
    size = math.log(num - 1 if has("own left out") else num)
    anyone = instead(has, total - size, {"no log N": total, "log N sign": total + size, "mean of logs": log_p.mean(1),
                                        "best instead of mean": pool.max(1).values, "probabilities": log_p.mean(1)})
    first = instead(has, own >= log_p.max(1).values, {
        "share beaten": (own[:, None] >= log_p).to(log_p).mean(1), "never first": own > log_p.max(1).values,
        "number of the best": log_p.argmax(1)})
    cost, fair = own - strangers, own - anyone
    cost, fair = (fair, cost) if has("columns exchanged") else (cost, fair)
    cost = -cost if has("costs turned") or has("first turned") else cost
    fair = -fair if has("costs turned") or has("second turned") else fair
    return torch.stack([cost, fair, first.to(log_p.dtype)], 0 if has("rows for columns") else 1)


def worth_cases() -> list[Inputs]:
    """Two sentences; a table where the own z is not always the best; log-likelihoods whose exp() is 0."""
    draw = torch.Generator().manual_seed(12)
    small = [(torch.tensor([[-1.0, -3.0], [-2.0, -4.0]]),)]
    return small + [(level + 3 * torch.randn(num, num, generator=draw) + 2 * torch.eye(num),)
                    for num, level in ((4, -18.0), (6, -400.0))]


WORTH = Values(**words(__file__, "worth_of_z"), reference=worth_of_z, spoiled=spoiled_worth, cases=worth_cases, together=2)
