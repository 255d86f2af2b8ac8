"""The checks of lesson 00: right answers in many forms, each usual mistake with its own message, and mistakes together."""
import math

import pytest
import torch

from answers import verdict_of
from gensq_course.checks import attempts, registry

RIGHT = {
    "surprise": [lambda p: -torch.log(p), lambda p: (1 / p).log(), lambda p: torch.stack([-x.log() for x in p]),
                 lambda p: torch.distributions.Geometric(probs=p).log_prob(torch.zeros_like(p)).neg()],
    "standard_error": [
        lambda v: v.std(dim=0) / len(v) ** 0.5, lambda v: (v.var(0) / v.shape[0]).sqrt(),
        lambda v: ((v - v.mean(0)).square().sum(0) / (len(v) * (len(v) - 1))).sqrt(),
        lambda v: torch.stack([column.std() for column in v.T]) / math.sqrt(len(v))],
    "at_temperature": [
        lambda lp, t: lp / t - (lp / t).logsumexp(-1, keepdim=True),
        lambda lp, temperature: (lp.exp() ** (1 / temperature) / (lp.exp() ** (1 / temperature)).sum(-1, True)).log(),
        lambda lp, t: torch.distributions.Categorical(logits=lp / t).logits,
        lambda lp, t: torch.softmax(lp / t, dim=1).log()],
}


@pytest.mark.parametrize("name, function", [(name, f) for name in RIGHT for f in RIGHT[name]])
def test_a_right_answer_written_differently_is_right(name, function):
    verdict, text = verdict_of(name, function)
    assert verdict == "right", text


@pytest.mark.parametrize("name", RIGHT)
def test_reference_and_stub(name):
    def stub(*inputs):
        """Words."""
        ...
    assert verdict_of(name, registry.exercise(name).reference)[0] == "right"
    assert verdict_of(name, stub)[0] == "not attempted"
    assert len(set(registry.exercise(name).hints)) == 3 and len(registry.exercise(name).mistakes) >= 4


def log_row(function):
    return ("at_temperature", function)


WRONG = [
    ("surprise", lambda p: p.log(), ["sign is turned"]),
    ("surprise", lambda p: -p.log2(), ["bits"]),
    ("surprise", lambda p: -p.log10(), ["base 10"]),
    ("surprise", lambda p: 1 - p, ["1 - p"]),
    ("surprise", lambda p: 1 / p, ["logarithm is missing"]),
    ("surprise", lambda p: (-p).exp(), ["exp(-p)"]),
    ("surprise", lambda p: -p * p.log(), ["-p log p"]),
    ("surprise", lambda p: -(1 + p).log(), ["log1p"]),
    ("surprise", lambda p: -p.log().mean(), ["averages over the batch"]),
    ("surprise", lambda p: -p.log().sum().item(), ["python float", "sums over the batch"]),
    ("surprise", lambda p: p * p.log2(), ["-p log p", "bits", "sign"]),
    ("surprise", lambda p: p.log2(), ["bits", "sign"]),
    ("surprise", lambda p: p.log10(), ["base 10", "sign"]),
    ("surprise", lambda p: -(p.double().log()), ["float64"]),
    ("standard_error", lambda v: v.std(0), ["standard deviation of one value"]),
    ("standard_error", lambda v: v.std(0) / len(v), ["divides by n;"]),
    ("standard_error", lambda v: v.var(0) / math.sqrt(len(v)), ["variance stands"]),
    ("standard_error", lambda v: v.std(0, unbiased=False) / math.sqrt(len(v)), ["n - 1"]),
    ("standard_error", lambda v: v.std(1) / math.sqrt(v.shape[1]), ["batch axis (1)"]),
    ("standard_error", lambda v: v.mean(0) / math.sqrt(len(v)), ["mean stands"]),
    ("standard_error", lambda v: v.std(0).mean() / math.sqrt(len(v)), ["averages over the batch"]),
    ("standard_error", lambda v: v.var(0), ["variance stands", "one value"]),
    ("standard_error", lambda v: v.var(0) / len(v), ["variance stands", "divides by n;"]),
    ("standard_error", lambda v: v.std(0, unbiased=False), ["n - 1", "one value"]),
    ("standard_error", lambda v: v.std(1), ["batch axis (1)", "one value"]),
    ("standard_error", lambda v: -v.std(0), ["one value", "sign"]),
    (*log_row(lambda lp, t: (lp * t).log_softmax(-1)), ["multiplies"]),
    (*log_row(lambda lp, t: lp / t), ["not normalised"]),
    (*log_row(lambda lp, t: (lp / t).log_softmax(0)), ["batch axis (0)"]),
    (*log_row(lambda lp, t: (lp / t).softmax(-1)), ["asks for log-probabilities"]),
    (*log_row(lambda lp, t: lp.log_softmax(-1)), ["no effect"]),
    (*log_row(lambda lp, t: lp - math.log(t)), ["log p - log t"]),
    (*log_row(lambda lp, t: lp / t - (lp / t).sum(-1, keepdim=True)), ["logsumexp"]),
    (*log_row(lambda lp, t: lp * t), ["multiplies", "not normalised"]),
    (*log_row(lambda lp, t: (lp * t).softmax(-1)), ["multiplies", "log-probabilities"]),
    (*log_row(lambda lp, t: (lp / t).exp()), ["not normalised", "log-probabilities"]),
    (*log_row(lambda lp, t: (lp / t).softmax(0)), ["batch axis (0)", "log-probabilities"]),
    (*log_row(lambda lp, t: -(lp / t).log_softmax(-1)), ["sign"]),
    (*log_row(lambda lp, t: lp.div_(t).log_softmax(-1)), ["in place"]),
    (*log_row(lambda lp, t: (lp / t).log_softmax(-1).detach()), ["gradient"]),
]


@pytest.mark.parametrize("name, function, words", WRONG)
def test_mistakes_are_named(name, function, words):
    verdict, text = verdict_of(name, function)
    assert verdict == "wrong" and registry.BANNER in text
    assert all(word in text.lower() for word in words), text


@pytest.mark.parametrize("name", RIGHT)
def test_planted_mistakes_are_found_again(name):
    asked = registry.exercise(name)
    for keys in [(key,) for key in asked.mistakes] + [(key, "doubled") for key in asked.mistakes]:
        finding = asked.judge(attempts.Attempt(lambda *case, keys=keys: asked.with_mistakes(keys, case)))
        assert finding.mistakes and "unlisted" not in finding.mistakes, (name, keys)


def test_an_unlisted_mistake_shows_expected_and_got():
    _, text = verdict_of("surprise", lambda p: -p.log() * 1.7)
    assert "expected [0.6931]" in text and "got      [1.178]" in text
