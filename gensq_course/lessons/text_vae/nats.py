"""Exercises of lesson 06 in nats per sentence: KL to the prior, likelihood, importance-weighted NLL, what z is worth."""
import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_course.checks.answers import number, same
from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import Exact, Finding, Has, Inputs, Values, words
from gensq_lib.text.vocab import Vocab


def kl_to_prior(
    mean: Float[Tensor, "batch latent"], log_var: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch"]:
    """KL(N(mean, e^log_var) || N(0, I)), nats per sentence (Kingma & Welling 2014, appendix B)."""
    return 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(-1)


def spoiled_kl(has: Has, mean: Tensor, log_var: Tensor) -> Tensor:
    if has("sigma"):
        log_var = log_var.square().log()
    if has("log sigma"):
        log_var = 2 * log_var
    variance = log_var if has("no exp") else log_var.exp()
    if has("no square"):
        variance = (log_var / 2).exp()
    square = mean if has("mean not squared") else mean.square()
    terms = square + variance - log_var
    if has("reverse"):
        terms = (square + 1) / variance + log_var
    if has("log var sign"):
        terms = terms + 2 * log_var
    terms = (terms if has("minus one") else terms - 1) * (1.0 if has("half") else 0.5)
    if has("per dimension"):
        return terms
    if has("wrong axis"):
        return terms.sum(0)
    return terms.mean(-1) if has("mean over latent") else terms.sum(-1)


def kl_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(6)
    small = [(torch.full((1, 1), mean), torch.full((1, 1), log_var)) for mean, log_var in ((1.0, 0.0), (0.0, 1.0))]
    small += [(torch.tensor([[0.1, -0.2]]), torch.tensor([[0.1, 0.0]])), (torch.zeros(1, 2), torch.tensor([[-16.0, 3.0]]))]
    return small + [tuple(torch.randn(2, batch, latent, generator=draw)) for batch, latent in ((1, 3), (3, 5))]


def one_draw(mean: Tensor, log_var: Tensor) -> Tensor:
    """An estimate where the closed form is asked for; `KL.judge` looks for the chance in it."""
    z = mean + (log_var / 2).exp() * torch.randn(mean.shape)
    return 0.5 * (z.square() - (z - mean).square() / log_var.exp() - log_var).sum(-1)


class ClosedForm(Exact):
    """A right result is the same each time."""

    def judge(self, attempt: Attempt) -> Finding:
        case = self.cases()[-1]
        with torch.no_grad():
            first, again = number(attempt(*case)), number(attempt(*case))
        return Finding(self.named(["one draw"])) if not same(first, again) else super().judge(attempt)


KL_FORMS = {
    "log var for variance": lambda mean, log_var: 0.5 * (mean.square() + log_var - log_var.log() - 1).sum(-1),
    "small number": lambda mean, log_var: 0.5 * (mean.square() + log_var.exp() - (log_var.exp() + 1e-3).log() - 1).sum(-1),
    "smaller number": lambda mean, log_var: 0.5 * (mean.square() + log_var.exp() - (log_var.exp() + 1e-6).log() - 1).sum(-1),
    "floor": lambda mean, log_var: (0.5 * (mean.square() + log_var.exp() - log_var - 1)).clamp(min=0.1).sum(-1),
    "floor before half": lambda mean, log_var: 0.5 * (mean.square() + log_var.exp() - log_var - 1).clamp(min=0.1).sum(-1),
    "one draw": one_draw,
}

KL = ClosedForm(**words(__file__, "kl_to_prior"), reference=kl_to_prior, spoiled=spoiled_kl, cases=kl_cases, forms=KL_FORMS)


def sentence_log_likelihood(
    log_probs: Float[Tensor, "batch time vocab"], targets: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"]
) -> Float[Tensor, "batch"]:
    """log p of each sentence: the log-probabilities of its own tokens, <eos> too, padding not. Nats per sentence."""
    of_targets = log_probs.gather(-1, targets[..., None]).squeeze(-1)
    return of_targets.where(real(targets, lengths), 0.0).sum(-1)


def real(targets: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"]) -> Bool[Tensor, "batch time"]:
    """Where tokens are part of a sentence, not padding."""
    return torch.arange(targets.shape[1], device=targets.device) < lengths[:, None]


def spoiled_likelihood(has: Has, log_probs: Tensor, targets: Tensor, lengths: Tensor) -> Tensor:
    mask = real(targets, lengths - 1 if has("no eos") else lengths)
    if has("longer"):
        mask = real(targets, lengths + 1)
    if has("padding"):
        mask = torch.ones_like(mask)
    if has("shifted left"):
        log_probs, targets, mask = log_probs[:, :-1], targets[:, 1:], mask[:, 1:]
    if has("shifted right"):
        log_probs, targets, mask = log_probs[:, 1:], targets[:, :-1], mask[:, :-1]
    picked = log_probs.gather(1 if has("wrong axis") else -1, targets[..., None]).squeeze(-1)
    if has("best word"):
        picked = log_probs.max(-1).values
    if has("all words"):
        picked = log_probs.sum(-1)
    picked = (picked.exp() if has("probabilities") else picked).where(mask, 0.0)
    if has("per token"):
        return picked
    if has("last token"):
        return picked[torch.arange(len(lengths)), lengths - 1]
    if has("column kept"):
        return picked.sum(-1, keepdim=True)
    if has("product"):
        return picked.exp().prod(-1).log()
    if has("mean over time"):
        return picked.mean(-1)
    total = picked.sum(0 if has("wrong sum") else -1)
    return total / mask.sum(-1) if has("token mean") else total


def likelihood_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(7)
    small = [likelihood_case([1], draw, vocab=3), likelihood_case([2], draw, vocab=5)]
    small.append(likelihood_case([30], draw, vocab=9, scale=20.0))  # a long, improbable sentence: exp() of its sum is 0
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
    cases=likelihood_cases, free=lambda logits, targets, lengths: (logits.log_softmax(-1), targets, lengths))


def importance_nll(
    log_joint: Float[Tensor, "sample batch"], log_q: Float[Tensor, "sample batch"]
) -> Float[Tensor, "batch"]:
    """-log (1/K) sum_k p(x, z_k) / q(z_k | x), nats per sentence (Burda et al. 2016)."""
    return math.log(len(log_joint)) - (log_joint - log_q).logsumexp(0)


def spoiled_importance(has: Has, log_joint: Tensor, log_q: Tensor) -> Tensor:
    weight = log_joint + log_q if has("q added") else log_joint if has("no q") else log_joint - log_q
    axis = 1 if has("wrong axis") else 0
    if has("mean of logs"):
        return -weight.mean(axis)
    if has("best sample"):
        return -weight.max(axis).values
    if has("upside down"):
        weight = -weight
    total = weight.exp().sum(axis).log() if has("underflow") else weight.logsumexp(axis)
    if has("no log"):
        return -total.exp() / weight.shape[axis]
    log_num = math.log(weight.shape[1 - axis] if has("batch size") else weight.shape[axis])
    if has("log divided"):
        return -total / weight.shape[axis]
    return -total if has("no log K") else (-log_num if has("log K sign") else log_num) - total


def importance_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(9)
    small = [(torch.tensor([[-3.0]]), torch.tensor([[-1.0]])), (torch.tensor([[-3.0], [-2.0]]), torch.zeros(2, 1))]
    sizes = ((5, 3, -20.0), (3, 2, -900.0), (6, 4, -500.0))  # weights of long sentences: exp(-500) is 0, exp(-900) in float64
    cases = [(level + 3 * torch.randn(num, batch, generator=draw), -5 + torch.randn(num, batch, generator=draw))
             for num, batch, level in sizes]
    uneven = torch.tensor([[-30.0, -400.0], [-32.0, -401.0]])  # a short and a long sentence in one batch
    return [*small, (uneven, torch.full((2, 2), -4.0)), *cases]


def shifted(weight: Tensor, top: Tensor) -> Tensor:
    return -(top + (weight - top).exp().mean(0).log())


IMPORTANCE_FORMS = {
    "underflow in double": lambda joint, q: -(joint - q).double().exp().mean(0).log().float(),
    "small number": lambda joint, q: -((joint - q).exp().mean(0) + 1e-10).log(),
    "smaller number": lambda joint, q: -((joint - q).exp().mean(0) + 1e-8).log(),
    "one maximum": lambda joint, q: shifted(joint - q, (joint - q).max()),
    "maximum lost": lambda joint, q: -((joint - q) - (joint - q).max(0).values).exp().mean(0).log(),
    "own weights": lambda joint, q: -((joint - q).softmax(0) * (joint - q)).sum(0),
    "ratio of means": lambda joint, q: q.logsumexp(0) - joint.logsumexp(0),
    "ratio of means, log K": lambda joint, q: math.log(len(q)) - joint.logsumexp(0) + q.logsumexp(0),
}

IMPORTANCE = Values(  # a measurement: nobody differentiates it
    **words(__file__, "importance_nll"), reference=importance_nll, spoiled=spoiled_importance, cases=importance_cases,
    forms=IMPORTANCE_FORMS)


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
    if has("by column"):
        log_p = log_p.T
    own, num = log_p.diagonal(), len(log_p)
    others = log_p.masked_fill(torch.eye(num, dtype=torch.bool), float("-inf"))
    strangers = log_p.mean(1) if has("own among strangers") else (log_p.sum(1) - own) / (num - 1)
    if has("divided by N"):
        strangers = (log_p.sum(1) - own) / num
    pool, size = (others, num - 1) if has("own left out") else (others if has("own left out of the sum") else log_p, num)
    if has("one stranger"):
        strangers = log_p.roll(1, 1).diagonal()
    if has("next stranger"):
        strangers = log_p.roll(-1, 1).diagonal()
    anyone = pool.exp().sum(1).log() if has("underflow") else pool.logsumexp(1)
    log_num = 0 if has("no log N") else -math.log(size) if has("log N sign") else math.log(size)
    anyone = pool.max(1).values if has("best instead of mean") else anyone - log_num
    if has("bet by column"):
        anyone = log_p.logsumexp(0) - log_num
    if has("mean of logs"):
        anyone = log_p.mean(1)
    share = (own[:, None] >= log_p).to(log_p).mean(1) if has("share beaten") else (own >= log_p.max(1).values).to(log_p)
    if has("never first"):
        share = (own > log_p.max(1).values).to(log_p)
    if has("number of the best"):
        share = log_p.argmax(1).to(log_p)
    columns = torch.stack([own - strangers, own - anyone, share], 1)
    if has("costs turned"):
        columns = columns * columns.new_tensor([-1.0, -1.0, 1.0])
    if has("first turned"):
        columns = columns * columns.new_tensor([-1.0, 1.0, 1.0])
    if has("second turned"):
        columns = columns * columns.new_tensor([1.0, -1.0, 1.0])
    columns = columns[:, [1, 0, 2]] if has("columns exchanged") else columns
    return columns.T if has("rows for columns") else columns


def worth_cases() -> list[Inputs]:
    """Two sentences; a table where the own z is not always the best; log-likelihoods whose exp() is 0."""
    draw = torch.Generator().manual_seed(12)
    small = [(torch.tensor([[-1.0, -3.0], [-2.0, -4.0]]),)]
    return small + [(level + 3 * torch.randn(num, num, generator=draw) + 2 * torch.eye(num),)
                    for num, level in ((4, -18.0), (6, -400.0))]


def of_probabilities(log_p: Tensor) -> Tensor:
    p, own = log_p.exp(), log_p.exp().diagonal()
    strangers = (p.sum(1) - own) / (len(p) - 1)
    return torch.stack([own - strangers, own - p.mean(1), (own >= p.max(1).values).to(p)], 1)


WORTH = Values(**words(__file__, "worth_of_z"), reference=worth_of_z, spoiled=spoiled_worth, cases=worth_cases,
               forms={"probabilities": of_probabilities}, together=2)
