"""Checks: right answers are right however they are written, wrong ones are named, and nothing a learner does hangs."""
import html
import math
import time

import pytest
import torch
from torch.distributions import Normal, kl_divergence
from torch.nn.functional import cross_entropy, nll_loss

from answers import same_as_reference, verdict_of
from gensq_course import checks, widgets
from gensq_course.checks import attempts, boxes, predictions, registry
from gensq_course.report.words import say
from gensq_course.widgets import guesses
from gensq_lib.ground.errors import GensqError
from gensq_lib.text.vocab import Vocab

NAMES = ("kl_to_prior", "sentence_log_likelihood", "drop_words", "importance_nll")
PAD, BOS, UNK = Vocab.PAD, Vocab.BOS, Vocab.UNK


def real(targets, lengths):
    return torch.arange(targets.shape[1]) < lengths[:, None]


def picked(log_probs, targets):
    return log_probs.gather(-1, targets[..., None]).squeeze(-1)


def lengthwise(log_probs, targets, lengths):
    rows = range(len(targets))
    return torch.stack([sum(log_probs[i, t, targets[i, t]] for t in range(int(lengths[i]))) for i in rows])


def by_cross_entropy(log_probs, targets, lengths):
    each = cross_entropy(log_probs.transpose(1, 2), targets, reduction="none", ignore_index=PAD)
    return -each.sum(1)


def by_one_hot(log_probs, targets, lengths):
    hot = torch.nn.functional.one_hot(targets, log_probs.shape[-1]).to(log_probs)
    return torch.einsum("btv,btv,bt->b", log_probs, hot, real(targets, lengths).to(log_probs))


def shifted_max(log_joint, log_q):
    weight = log_joint - log_q
    top = weight.max(0).values.detach()
    return -(top + (weight - top).exp().mean(0).log())


def bernoulli_drop(tokens, *, rate, generator):
    coin = torch.bernoulli(torch.full(tokens.shape, rate), generator=generator).bool()
    return torch.where(coin & (tokens > BOS), UNK, tokens)


def loop_drop(tokens, rate, generator):
    out = tokens.clone()
    coins = torch.rand(tokens.shape, generator=generator).tolist()
    for i, row in enumerate(tokens.tolist()):
        for t, token in enumerate(row):
            if token not in (PAD, BOS) and coins[i][t] < rate:
                out[i, t] = UNK
    return out


def index_drop(tokens, rate, generator):
    out = tokens.clone()
    words = (tokens != PAD) & (tokens != BOS)
    values = out[words]
    values[torch.rand(len(values), generator=generator) >= 1 - rate] = UNK
    out[words] = values
    return out


RIGHT = {
    "kl_to_prior": [
        lambda mean, log_var: kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0)).sum(-1),
        lambda mean, log_var: -0.5 * torch.sum(1 + log_var - mean**2 - torch.exp(log_var), dim=1),
        lambda mean, log_var: torch.stack([0.5 * (m @ m + v.exp().sum() - len(m) - v.sum())
                                           for m, v in zip(mean, log_var, strict=True)]),
        lambda mean, log_var: kl_divergence(
            torch.distributions.Independent(Normal(mean, log_var.exp().sqrt()), 1),
            torch.distributions.Independent(Normal(torch.zeros_like(mean), torch.ones_like(mean)), 1)),
    ],
    "sentence_log_likelihood": [
        lengthwise, by_cross_entropy, by_one_hot,
        lambda log_probs, targets, lengths: (picked(log_probs, targets) * (targets != PAD)).sum(1),
        lambda log_probs, targets, lengths: -nll_loss(
            log_probs.flatten(0, 1), targets.flatten(), ignore_index=PAD, reduction="none").view_as(targets).sum(-1),
    ],
    "drop_words": [bernoulli_drop, loop_drop, index_drop],
    "importance_nll": [
        shifted_max,
        lambda log_joint, log_q: -torch.logsumexp(log_joint - log_q - math.log(log_joint.size(0)), dim=0),
        lambda log_joint, log_q: math.log(len(log_q)) - torch.logaddexp(
            log_joint[0] - log_q[0], (log_joint - log_q)[1:].logsumexp(0)) if len(log_q) > 1 else -(log_joint - log_q)[0],
    ],
}


@pytest.mark.parametrize("name, function", [(n, f) for n in NAMES for f in RIGHT[n]])
def test_a_right_answer_written_differently_is_right(name, function):
    verdict, text = verdict_of(name, function)
    assert verdict == "right", text


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_right(name):
    assert verdict_of(name, same_as_reference(name))[0] == "right"


def stub_dots(mean, log_var): ...
def stub_pass(mean, log_var):
    """A docstring."""
    pass
def stub_return_dots(mean, log_var):
    return ...
def stub_raise(*inputs, **keywords):
    raise NotImplementedError
def stub_raise_text(*inputs, **keywords):
    """A docstring."""
    raise NotImplementedError("your turn")


@pytest.mark.parametrize("stub", [stub_dots, stub_pass, stub_return_dots, stub_raise, stub_raise_text, ..., None])
@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_stub_is_not_attempted(name, stub):
    verdict, text = verdict_of(name, stub)
    assert verdict == "not attempted" and say("check", "banner") in text


# One mistake each: the verdict must contain these words.
def kl_terms(mean, log_var):
    return 0.5 * (mean**2 + log_var.exp() - 1 - log_var)


def kl_wrong(f):
    return ("kl_to_prior", f)


def ll(mask, pick=picked, reduce=lambda x: x.sum(-1)):
    return ("sentence_log_likelihood", lambda log_probs, targets, lengths: reduce(
        pick(log_probs, targets) * mask(targets, lengths)))


def drop(chance=lambda r: r, keep=(PAD, BOS), put=UNK, shape=lambda s: s, seed=None, generator=True):
    def f(tokens, rate, generator_):
        if seed is not None:
            generator_.manual_seed(seed)
        coin = torch.rand(shape(tokens.shape), generator=generator_ if generator else None) < chance(rate)
        for token in keep:
            coin = coin & (tokens != token)
        return tokens.masked_fill(coin, put)
    return ("drop_words", lambda tokens, rate, generator: f(tokens, rate, generator))


def iw(f):
    return ("importance_nll", lambda log_joint, log_q: f(log_joint, log_q, math.log(len(log_q))))


def in_place_drop(tokens, rate, generator):
    coin = torch.rand(tokens.shape, generator=generator) < rate
    tokens[coin & (tokens > BOS)] = UNK
    return tokens


def first_words_drop(tokens, rate, generator):
    out = tokens.clone()
    out[:, 1:][:, : int(rate * (tokens.shape[1] - 1))] = UNK
    return torch.where(tokens == PAD, PAD, out)


SINGLE = [
    (*kl_wrong(lambda m, v: kl_terms(m, v).mean(-1)), ["mean over the latent", "1/latent_dim"]),
    (*kl_wrong(lambda m, v: kl_terms(m, v).sum(-1).mean()), ["averages over the batch"]),
    (*kl_wrong(lambda m, v: kl_terms(m, v).sum()), ["sums over the batch"]),
    (*kl_wrong(lambda m, v: 2 * kl_terms(m, v).sum(-1)), ["1/2 is missing"]),
    (*kl_wrong(lambda m, v: 0.5 * (m**2 + v**2 - 1 - (v**2).log()).sum(-1)), ["standard deviation"]),
    (*kl_wrong(lambda m, v: 0.5 * (m**2 + (2 * v).exp() - 1 - 2 * v).sum(-1)), ["log sigma"]),
    (*kl_wrong(lambda m, v: -kl_terms(m, v).sum(-1)), ["sign is turned"]),
    (*kl_wrong(lambda m, v: kl_divergence(Normal(0.0, 1.0), Normal(m, (v / 2).exp())).sum(-1)), ["reverse kl"]),
    (*kl_wrong(lambda m, v: 0.5 * (m**2 + v.exp() - v).sum(-1)), ["- 1 is missing"]),
    (*kl_wrong(kl_terms), ["one number per latent dimension"]),
    (*kl_wrong(lambda m, v: kl_terms(m, v).sum(0)), ["batch axis (0)"]),
    (*kl_wrong(lambda m, v: 0.5 * (m**2 + v - 1 - v).sum(-1)), ["exp is missing"]),
    (*kl_wrong(lambda m, v: 0.5 * (m + v.exp() - 1 - v).sum(-1)), ["squared"]),
    (*ll(lambda t, n: torch.ones_like(t)), ["padding is counted"]),
    (*ll(real, reduce=lambda x: x.sum(-1) / (x != 0).sum(-1)), ["mean per token"]),
    (*ll(lambda t, n: real(t, n - 1)), ["<eos> is left out"]),
    ("sentence_log_likelihood", lambda p, t, n: (picked(p[:, :-1], t[:, 1:]) * real(t, n)[:, 1:]).sum(-1), ["shifted"]),
    (*ll(real, reduce=lambda x: -x.sum(-1)), ["negative log-likelihood"]),
    (*ll(real, reduce=lambda x: x.sum(-1).mean()), ["averages over the batch"]),
    (*ll(real, pick=lambda p, t: p.gather(1, t[..., None]).squeeze(-1)), ["along the time axis"]),
    (*ll(real, reduce=lambda x: x), ["one number per token"]),
    (*ll(real, reduce=lambda x: x.mean(-1)), ["mean over time"]),
    (*drop(chance=lambda r: 1 - r), ["share of words to keep"]),
    (*drop(keep=(PAD,)), ["<bos> is dropped"]),
    (*drop(keep=(BOS,)), ["padding is turned"]),
    (*drop(put=PAD), ["become vocab.pad"]),
    (*drop(shape=lambda s: s[1:]), ["same positions"]),
    (*drop(shape=lambda s: (s[0], 1)), ["all of its words or none"]),
    ("drop_words", in_place_drop, ["in place"]),
    (*drop(seed=0), ["do not seed inside"]),
    (*drop(generator=False), ["generator is not used"]),
    (*drop(chance=lambda r: 0.5), ["does not depend on rate"]),
    (*drop(chance=lambda r: 0), ["no word is ever dropped"]),
    ("drop_words", lambda tokens, rate, generator: tokens, ["no word is ever dropped"]),
    (*iw(lambda j, q, k: -(j - q).mean(0)), ["that is the elbo"]),
    (*iw(lambda j, q, k: -(j - q).logsumexp(0)), ["log k is missing"]),
    (*iw(lambda j, q, k: (j - q).logsumexp(0) - k), ["sign is turned"]),
    (*iw(lambda j, q, k: math.log(j.shape[1]) - (j - q).logsumexp(1)), ["batch axis (1)"]),
    (*iw(lambda j, q, k: -(j - q).exp().mean(0).log()), ["logsumexp", "underflow", "-500"][::2]),
    (*iw(lambda j, q, k: k - (j + q).logsumexp(0)), ["subtracted"]),
    (*iw(lambda j, q, k: (k - (j - q).logsumexp(0)).mean()), ["averages over the batch"]),
    (*iw(lambda j, q, k: k - j.logsumexp(0)), ["log q is missing"]),
    (*iw(lambda j, q, k: -(j - q).max(0).values), ["largest weight only"]),
]


@pytest.mark.parametrize("name, function, words", SINGLE)
def test_a_usual_mistake_has_its_own_message(name, function, words):
    verdict, text = verdict_of(name, function)
    assert verdict == "wrong" and say("check", "banner") in text
    assert all(word in text.lower() for word in words), text
    assert "More than one" not in text


# Several mistakes at once, written by hand: at least 80 % must be named completely.
kl_var = lambda m, v: (m**2 + v.exp() - 1 - v)  # noqa: E731
COMPOSED = [
    (*kl_wrong(lambda m, v: -kl_var(m, v).sum(-1)), ["1/2", "sign"]),
    (*kl_wrong(lambda m, v: kl_var(m, v).mean(-1)), ["1/2", "mean over the latent"]),
    (*kl_wrong(lambda m, v: -kl_terms(m, v).mean(-1)), ["sign", "mean over the latent"]),
    (*kl_wrong(lambda m, v: kl_var(m, v).mean()), ["1/2", "mean over the latent", "averages over the batch"]),
    (*kl_wrong(lambda m, v: kl_terms(m, v).mean()), ["mean over the latent", "averages over the batch"]),
    (*kl_wrong(lambda m, v: -kl_terms(m, v)), ["sign", "one number per latent"]),
    (*kl_wrong(kl_var), ["1/2", "one number per latent"]),
    (*kl_wrong(lambda m, v: (m**2 + v.exp() - v).sum(-1)), ["1/2", "- 1 is missing"]),
    (*kl_wrong(lambda m, v: -0.5 * (m**2 + v.exp() - v).sum(-1)), ["sign", "- 1 is missing"]),
    (*kl_wrong(lambda m, v: 0.5 * (m**2 + (2 * v).exp() - 2 * v).sum(-1)), ["log sigma", "- 1 is missing"]),
    (*kl_wrong(lambda m, v: 0.5 * (m**2 + v**2 - 1 - (v**2).log()).mean(-1)), ["standard dev", "mean over the latent"]),
    (*kl_wrong(lambda m, v: (m**2 + v**2 - 1 - (v**2).log()).sum(-1)), ["standard dev", "1/2"]),
    (*kl_wrong(lambda m, v: -kl_divergence(Normal(0.0, 1.0), Normal(m, (v / 2).exp())).sum(-1)), ["reverse", "sign"]),
    (*kl_wrong(lambda m, v: kl_divergence(Normal(0.0, 1.0), Normal(m, (v / 2).exp())).mean(-1)), ["reverse", "mean over"]),
    (*kl_wrong(lambda m, v: 0.5 * (m**2 + (v / 2).exp() - 1 - v).mean(-1)), ["variance", "mean over the latent"]),
    (*kl_wrong(lambda m, v: (kl_terms(m, v).sum(-1)).double()), ["dtype"]),
    (*kl_wrong(lambda m, v: -(kl_terms(m, v).sum(-1)).double()), ["dtype", "sign"]),
    (*kl_wrong(lambda m, v: kl_var(m, v).sum(-1).half()), ["dtype", "1/2"]),
    (*kl_wrong(lambda m, v: kl_terms(m, v).sum().item()), ["python float", "sums over the batch"]),
    (*kl_wrong(lambda m, v: kl_var(m, v).sum(0)), ["1/2", "batch axis (0)"]),
    (*kl_wrong(lambda m, v: 0.5 * (m + v.exp() - v).sum(-1)), ["squared", "- 1 is missing"]),
    (*kl_wrong(lambda m, v: -(m.mul_(m) + v.exp() - 1 - v).sum(-1) / 2), ["in place", "sign"]),
    (*ll(lambda t, n: torch.ones_like(t), reduce=lambda x: -x.sum(-1)), ["padding", "negative"]),
    (*ll(lambda t, n: torch.ones_like(t), reduce=lambda x: x.mean(-1)), ["padding", "mean"]),
    (*ll(lambda t, n: torch.ones_like(t), reduce=lambda x: x.sum(-1).mean()), ["padding", "averages over the batch"]),
    (*ll(lambda t, n: real(t, n - 1), reduce=lambda x: -x.sum(-1)), ["<eos>", "negative"]),
    (*ll(real, reduce=lambda x: -x.sum(-1) / (x != 0).sum(-1)), ["mean per token", "negative"]),
    (*ll(real, reduce=lambda x: -x.sum(-1).mean()), ["negative", "averages over the batch"]),
    (*ll(real, reduce=lambda x: -x.sum()), ["negative", "sums over the batch"]),
    (*ll(real, reduce=lambda x: -x), ["negative", "one number per token"]),
    ("sentence_log_likelihood", lambda p, t, n: picked(p[:, :-1], t[:, 1:]).sum(-1), ["shifted", "padding"]),
    ("sentence_log_likelihood", lambda p, t, n: -(picked(p[:, :-1], t[:, 1:]) * real(t, n)[:, 1:]).sum(-1),
     ["shifted", "negative"]),
    (*ll(lambda t, n: torch.ones_like(t), pick=lambda p, t: p.gather(1, t[..., None]).squeeze(-1)),
     ["time axis", "padding"]),
    (*ll(real, pick=lambda p, t: picked(p, t).exp(), reduce=lambda x: -x.sum(-1)), ["probabilities", "negative"]),
    (*drop(chance=lambda r: 1 - r, put=PAD), ["words to keep", "become vocab.pad"]),
    (*drop(chance=lambda r: 1 - r, keep=()), ["words to keep", "<bos>", "padding is turned"]),
    (*drop(shape=lambda s: s[1:], chance=lambda r: 1 - r), ["same positions", "words to keep"]),
    (*drop(shape=lambda s: s[1:], generator=False), ["same positions", "generator is not used"]),
    (*drop(shape=lambda s: s[1:], keep=(PAD,), seed=3), ["same positions", "do not seed inside"]),
    (*drop(chance=lambda r: 0.3, put=PAD, keep=(PAD,)), ["does not depend on rate", "become vocab.pad", "<bos>"]),
    ("drop_words", first_words_drop, ["do not seed inside", "same positions"]),
    (*drop(seed=0, keep=(BOS,)), ["do not seed inside", "padding is turned"]),
    (*iw(lambda j, q, k: (j - q).mean(0)), ["elbo", "sign is turned"]),
    (*iw(lambda j, q, k: (j - q).logsumexp(0)), ["log k", "sign is turned"]),
    (*iw(lambda j, q, k: -(j - q).mean()), ["elbo", "averages over the batch"]),
    (*iw(lambda j, q, k: -(j + q).mean(0)), ["elbo", "subtracted"]),
    (*iw(lambda j, q, k: -(j - q).logsumexp(1)), ["batch axis (1)", "log k"]),
    (*iw(lambda j, q, k: -(j - q).exp().sum(0).log()), ["logsumexp", "log k"]),
    (*iw(lambda j, q, k: (j - q).exp().mean(0).log()), ["logsumexp", "sign is turned"]),
    (*iw(lambda j, q, k: -(j - q).logsumexp(0).mean()), ["log k", "averages over the batch"]),
    (*iw(lambda j, q, k: -(j + q).logsumexp(0)), ["log k", "subtracted"]),
    (*iw(lambda j, q, k: (k - (j - q).logsumexp(0)) / math.log(2)), ["bits"]),
    (*iw(lambda j, q, k: ((j - q).logsumexp(0) - k).double()), ["dtype", "sign is turned"]),
    # mistakes that nobody listed: they need not be named, only answered
    (*kl_wrong(lambda m, v: kl_terms(m, v).sum(-1).sqrt()), ["root"]),
    (*kl_wrong(lambda m, v: -kl_terms(m, v).sum(-1) + m[:, 0]), ["first mean"]),
    (*ll(real, reduce=lambda x: x.sum(-1).exp()), ["exp"]),
    (*iw(lambda j, q, k: k - (j - 2 * q).logsumexp(0)), ["twice"]),
]


def test_most_composed_mistakes_are_named():
    missed = []
    for i, (name, function, words) in enumerate(COMPOSED):
        verdict, text = verdict_of(name, function)
        assert verdict == "wrong", (i, text)
        if not all(word in text.lower() for word in words):
            missed.append((i, words, text))
    assert len(COMPOSED) >= 40
    assert len(missed) <= 0.2 * len(COMPOSED), missed


def test_an_unlisted_mistake_gets_expected_and_got_on_the_smallest_input():
    _, text = verdict_of("kl_to_prior", lambda mean, log_var: kl_terms(mean, log_var).sum(-1) * 1.7)
    assert "times 1.7" in text
    assert "mean = [[1.0]], log_var = [[0.0]]" in text
    assert "expected [0.5]" in text and "got      [0.85]" in text


def test_random_planted_mistakes_are_found_again():
    """Whatever set of mistakes is planted, the explanation reproduces it (or one with the same numbers)."""
    for name in ("kl_to_prior", "sentence_log_likelihood", "importance_nll"):
        asked = registry.exercise(name)
        for keys in [(key,) for key in asked.mistakes] + [(key, "batch mean") for key in asked.mistakes]:
            finding = asked.judge(attempts.Attempt(lambda *case, keys=keys, asked=asked: asked.with_mistakes(keys, case)))
            assert finding.mistakes and "unlisted" not in finding.mistakes, (name, keys)


# What else a function may do.
def endless(mean, log_var):
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            pass


def exits(mean, log_var):
    raise SystemExit


class Odd:
    pass


@pytest.mark.parametrize("function, words", [
    (lambda mean, log_var: mean @ log_var, ["raises runtimeerror", "smallest input", "log_var"]),
    (lambda mean: mean, ["raises typeerror"]),
    (exits, ["raises systemexit"]),
    (lambda mean, log_var: None if mean is not None else 1, ["returns none"]),
    (lambda mean, log_var: print(end=""), ["returns none"]),
    (lambda mean, log_var: 3.0, ["python float"]),
    (lambda mean, log_var: Odd(), ["python odd"]),
    (lambda mean, log_var: (mean, log_var), ["python tuple"]),
    (lambda mean, log_var: "0.5", ["python str"]),
    (lambda mean, log_var: kl_terms(mean, log_var).sum(-1).tolist(), ["python list"]),
    (lambda mean, log_var: kl_terms(mean, log_var).sum(-1).numpy(), ["python ndarray"]),
    (lambda mean, log_var: kl_terms(mean, log_var).sum(-1).double(), ["float64 comes out"]),
    (lambda mean, log_var: kl_terms(mean, log_var).sum(-1).long(), ["int64 comes out"]),
    (lambda mean, log_var: kl_terms(mean, log_var).sum(-1).to("meta"), ["device meta"]),
    (lambda mean, log_var: kl_terms(mean, log_var).sum(-1, keepdim=True), ["axis of length 1"]),
    (lambda mean, log_var: torch.full((len(mean),), math.nan), ["nan"]),
    (lambda mean, log_var: torch.complex(mean, log_var).sum(-1), ["dtype"]),
    (lambda mean, log_var: kl_terms(mean, log_var).sum(-1).to_sparse(), []),
    (lambda mean, log_var: kl_terms(mean, log_var).sum(-1).detach(), ["gradient"]),
    (lambda mean, log_var: torch.tensor(kl_terms(mean, log_var).sum(-1).tolist()), ["gradient"]),
    (lambda mean, log_var: torch.as_tensor(kl_terms(mean, log_var).sum(-1).numpy()), ["gradient"]),
    (lambda mean, log_var: kl_terms(mean, log_var.detach()).sum(-1), ["gradient"]),
    (lambda mean, log_var: (mean.mul_(mean) / 2 + kl_terms(0 * mean, log_var)).sum(-1), ["in place"]),
    (3.0, ["expected a function, got float"]),
    (lambda mean, log_var: kl_divergence(Normal(mean, 1.0), torch.distributions.Cauchy(mean, 1.0)),
     ["raises notimplementederror"]),
])
def test_whatever_a_function_does_ends_in_a_sentence(function, words):
    verdict, text = verdict_of("kl_to_prior", function)
    assert verdict == "wrong"
    assert all(word in text.lower() for word in words), text


def test_an_endless_loop_ends(monkeypatch):
    monkeypatch.setattr(attempts, "SECONDS", 0.3)
    verdict, text = verdict_of("kl_to_prior", endless)
    assert verdict == "wrong" and "did not finish within 0.3 seconds" in text
    import threading
    assert threading.active_count() < 10 and not [t for t in threading.enumerate() if "within_time" in t.name]


def test_waiting_is_no_endless_loop(monkeypatch):
    """On a busy machine a right answer takes long by the clock; what never comes back is stopped all the same."""
    monkeypatch.setattr(attempts, "SECONDS", 0.5)
    right, late = RIGHT["kl_to_prior"][0], iter([0.7])

    def slow(*inputs):
        time.sleep(next(late, 0.0))
        return right(*inputs)
    assert verdict_of("kl_to_prior", slow)[0] == "right"
    monkeypatch.setattr(attempts, "SECONDS", 0.1)
    assert "did not finish" in verdict_of("kl_to_prior", lambda *inputs: time.sleep(1) or right(*inputs))[1]


def test_a_check_draws_nothing_from_the_global_generator():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    checks.drop_words(drop(generator=False)[1])
    assert torch.equal(before, torch.get_rng_state())


def test_returns_the_learners_function_only_when_it_is_right(capsys):
    mine = RIGHT["kl_to_prior"][0]
    assert checks.kl_to_prior(mine) is mine
    assert say("check", "banner") not in capsys.readouterr().out
    reference = registry.exercise("kl_to_prior").reference
    assert checks.kl_to_prior(stub_dots) is reference
    assert say("check", "banner") in capsys.readouterr().out
    assert checks.kl_to_prior(kl_terms) is reference


def test_record_says_whose_function_is_in_use():
    for function, verdict, use in ((stub_dots, "not attempted", "reference"), (kl_terms, "wrong", "reference"),
                                   (RIGHT["kl_to_prior"][0], "right", "yours")):
        _, box = registry.judged(registry.exercise("kl_to_prior"), function)
        bundle = box._repr_mimebundle_()
        record = bundle[boxes.MIME]
        assert (record["verdict"], record["in_use"]) == (verdict, use)
        assert bool(record["mistake"]) == (verdict == "wrong")
        assert (say("check", "banner") in bundle["text/html"]) == (use == "reference")


def test_box_escapes_what_a_learner_wrote():
    def evil(mean, log_var):
        raise ValueError("<script>alert(1)</script>")
    _, box = registry.judged(registry.exercise("kl_to_prior"), evil)
    assert "<script>" not in box.html() and "&lt;script&gt;" in box.html()


def test_hints_come_one_by_one(capsys):
    registry.forget_hints()
    for given in (1, 2, 3, 3):
        checks.hint("kl_to_prior")
        text = capsys.readouterr().out
        assert f"hint {given} of 3" in text
        assert sum(hint in text for hint in registry.exercise("kl_to_prior").hints) == given


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_complete(name):
    asked = registry.exercise(name)
    assert len(asked.hints) == len(set(asked.hints)) == 3
    assert len(asked.mistakes) >= 4 and all(text.endswith(".") for text in asked.mistakes.values())
    assert name in dir(checks)


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(AttributeError, match="kl_to_prior"):
        checks.kl_to_priors  # noqa: B018
    with pytest.raises(GensqError, match='did you mean "kl_to_prior"'):
        checks.hint("kl_to_priors")


def test_predictions_and_calibration(capsys):
    predictions.forget_predictions()
    assert checks.predict("kl", guess=5.0, sure=0.8) == 5.0
    assert checks.predict("nll") is None
    checks.predict("mi", guess=9.0, sure=0.4)
    checks.outcome("kl", 5.5, 1.0)
    checks.outcome("nll", torch.tensor(17.3), 0.5)
    checks.outcome("mi", 5.8, 1.0)
    capsys.readouterr()
    checks.calibration()
    text = capsys.readouterr().out
    assert "50% of 2 guesses" in text and "60% sure" in text
    assert f"{(0.2**2 + 0.4**2) / 2:.2f}" in text and "nll: no guess; it is 17.3" in text


def test_calibration_without_guesses_and_wrong_sureness(capsys):
    predictions.forget_predictions()
    checks.predict("kl")
    checks.calibration()
    assert "no guess" in capsys.readouterr().out
    with pytest.raises(GensqError, match="0.7 for 70"):
        checks.predict("kl", guess=1.0, sure=70)


@pytest.fixture
def forms(monkeypatch):
    """The forms that `predict` shows where a kernel listens, and what it displays."""
    made, real = [], widgets.guess_form
    predictions.forget_predictions()
    monkeypatch.setattr(predictions, "in_notebook", lambda: True)
    monkeypatch.setattr(predictions, "display", lambda bundle, raw: made.append(bundle))
    monkeypatch.setattr(widgets, "guess_form", lambda *args, **more: made.append(real(*args, **more)) or made[-1])
    return made


def fill(form, guess, percent):
    _, number, row, buttons, status = form.children
    number.value, row.children[1].value = str(guess), percent
    buttons.children[0].click()
    return status.value


def test_a_form_keeps_a_guess_and_the_outcome_answers_it(forms, capsys):
    assert checks.predict("kl") is None
    form, shown = forms
    assert shown[boxes.MIME] == {"prediction": "kl", "guess": None, "sure": None} and shown["text/plain"] == "→ kl: no guess"
    assert shown["application/vnd.jupyter.widget-view+json"]["model_id"] == form.model_id
    assert "Kept. kl: you guessed 5, 80% sure" in fill(form, 5.0, 80)
    checks.outcome("kl", 5.5, 1.0)
    assert "you guessed 5, 80% sure; it is 5.5, within" in capsys.readouterr().out
    checks.calibration()
    assert "100% of 1 guesses were near enough, you were 80% sure" in capsys.readouterr().out


def test_a_form_filled_in_later_counts_when_the_outcome_is_run_again(forms, capsys):
    checks.predict("kl")
    checks.outcome("kl", 5.5, 1.0)
    assert "kl: no guess; it is 5.5" in capsys.readouterr().out
    fill(forms[0], -2, 35)
    checks.outcome("kl", 5.5, 1.0)
    assert "you guessed -2, 35% sure; it is 5.5, not within" in capsys.readouterr().out


@pytest.mark.parametrize("written", ["", "  ", "40 %", "about 3", "nan", "inf", "1,500", "<b>"])
def test_a_form_without_a_number_keeps_nothing_and_says_so(forms, capsys, written):
    checks.predict("kl")
    said = fill(forms[0], written, 80)
    assert "Expected a number such as 2.5, got" in said and html.escape(f'"{written}"') in said and "Kept" not in said
    checks.outcome("kl", 0.0, 1.0)
    assert "kl: no guess; it is 0" in capsys.readouterr().out


@pytest.mark.parametrize("written, number", [
    ("5", 5), (" -0.5 ", -0.5), ("2,5", 2.5), ("1e-3", 0.001), ("−2", -2), ("0", 0), ("1,5000", 1.5)])
def test_a_number_is_read_as_people_write_it(forms, written, number):
    checks.predict("kl")
    assert "Kept" in fill(forms[0], written, 80) and checks.predict("kl") == number


def test_a_cell_that_is_run_again_shows_what_was_kept(forms):
    checks.predict("kl")
    fill(forms[0], 5.0, 80)
    assert checks.predict("kl") == 5.0
    _, number, row, _, _ = forms[2].children
    assert (number.value, row.children[0].value, row.children[1].value) == ("5", 80, 80)
    assert forms[3][boxes.MIME] == {"prediction": "kl", "guess": 5.0, "sure": 0.8}


def test_a_change_that_comes_just_after_the_button_is_kept_a_later_one_is_not(forms, monkeypatch):
    """The page holds a change back while the kernel answers the one before: the button may be heard first."""
    now = [100.0]
    monkeypatch.setattr(guesses, "monotonic", lambda: now[0])
    checks.predict("kl")
    _, number, row, _, status = forms[0].children
    number.value = "5.2"
    assert not status.value
    fill(forms[0], 5.2, 60)
    row.children[1].value = 65
    assert "5.2, 65% sure" in status.value and predictions._predictions["kl"].sure == 0.65
    now[0] += guesses.LATE + 0.1
    row.children[1].value = 90
    assert predictions._predictions["kl"].sure == 0.65


def test_a_guess_in_the_code_needs_no_form(forms, capsys):
    assert checks.predict("kl", guess=0.0, sure=0.7) == 0.0
    assert forms == [] and "kl: you guessed 0, 70% sure" in capsys.readouterr().out


def test_the_fields_of_a_form_are_labelled_and_agree():
    title, number, row, buttons, _ = widgets.guess_form("<b>", lambda guess, sure: "").children
    field, slider = row.children
    assert number.description == "my guess" and field.description == "how sure, %" and "&lt;b&gt;" in title.value
    slider.value = 15
    assert field.value == 15 and buttons.children[0].description == "Keep my guess"
