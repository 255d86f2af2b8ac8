"""The recorded tables of lesson 11: what z holds, ways to decode and metrics, choices from lists of the best.

Sizes and cures were tried on seeds from 100 on; no table has these.
"""
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from gensq_course.studies.answering import Bench, quality, rates
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.translating import (
    CORPUS, CURE, MLE_STEPS, NUM_TRAIN, VAE_STEPS, best_lists, drawn_lists, likeliest,
    measured, picked, prepared, scored_lists, verdicts, world_systems)
from gensq_course.talk.instruments import all_replies, told_by_z
from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import expect
from gensq_lib.maths.objectives import elbo_terms, evaluate, iwae
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.models.text_vae import cured_vae
from gensq_lib.text.batching import in_order
from gensq_lib.text.consensus import least_risk
from gensq_lib.text.corpora import PairCorpus, translations
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence

SEEDS, AS_MANY = range(5), 132  # hidden units with which a model without z has as many weights as one with z
CURES = {"plain": "linear", "free bits": "free_bits", "free bits and bag of words": CURE}
ONE_TO_ONE, SHORT = "crossing:en-eo", 300  # where each source has one translation; steps of likelihood
FEW, MONOLINGUAL = 600, 2_000  # pairs, sentences of the target language alone
WIDTHS, DRAWS = (1, 2, 4, 8, 16, 32), (4, 32)  # of a beam, of minimum Bayes risk
WEIGHTS = (0.0, 0.1, 0.3, 1.0, 3.0)  # of what is added to log p(translation | source); validation chooses


def networks(seed: int) -> Iterator[Record]:
    """What z holds where there is something to say, and where there is not; a model without z that has as many weights."""
    bench = prepared(seed, num_test=80)
    start = bench.seq2seq(steps=MLE_STEPS)
    yield from records(quality(start, bench), corpus=CORPUS, way="without z")
    for name, cure in CURES.items():
        yield from with_z(bench, start, name, cure)
    larger = replace(bench, hidden_dim=AS_MANY)
    yield from records(quality(larger.seq2seq(steps=MLE_STEPS), bench), corpus=CORPUS, way="without z, as many weights")
    bench = prepared(seed, name=ONE_TO_ONE, num_test=80)
    start = bench.seq2seq(steps=SHORT)
    yield from records(quality(start, bench), corpus=ONE_TO_ONE, way="without z")
    yield from with_z(bench, start, "free bits and bag of words", CURE)


def with_z(bench: Bench, start: Seq2Seq, name: str, cure: str, *, steps: int = VAE_STEPS) -> list[Record]:
    """A conditional VAE that goes on from a finished model; scored with the prior, as the other rows, and wrongly beside it."""
    model = bench.conditional_vae(start, steps=steps, cure=cure).eval()
    spent, everything = rates(model, bench), all_replies(bench.test, bench.text)
    told = told_by_z(model, everything, generator=runtime.generator(bench.seed, "told"))
    posterior = partial(seen_the_answer, model, seed=bench.seed)
    found = quality(model, bench) | {"KL": spent.sum().item(), "told": told,
                                     "nll, posterior": everything.outcomes(model, log_prob=posterior).means["nll"]}
    return records(found, corpus=bench.text.name, way=f"VAE, {name}")


def seen_the_answer(model: nn.Module, batch: object, *, seed: int) -> Tensor:
    """The wrong score: log p(translation | source, z) with a z from a posterior that has read this very translation."""
    return elbo_terms(model, batch, generator=runtime.generator(seed, "seen")).reconstruction


def decoding(seed: int) -> Iterator[Record]:
    """Every way to decode a model of many pairs and one of few; what needs no model; choices from lists of the second."""
    many = prepared(seed)
    few = replace(many, text=replace(many.text, train=many.text.train[:FEW]))
    starts = {NUM_TRAIN: (many, many.seq2seq(steps=MLE_STEPS).eval()), FEW: (few, few.seq2seq(steps=MLE_STEPS).eval())}
    for num, (bench, start) in starts.items():
        yield from records(quality(start, bench), pairs=num)
        for name, said in decoded(bench, start).items():
            score = scored_lists(start.log_likelihood, start, bench.test, [[s] for s in said], bench.text).mean().item()
            yield from records(measured(said, bench.test, bench.text) | {"log p of the model": score}, said_by=name, pairs=num)
    for name, said in world_systems(many.test, many.text, generator=runtime.generator(seed, "world")).items():
        yield from records(measured(said, many.test, many.text), said_by=name)
    yield from rescoring(*starts[FEW])


def decoded(bench: Bench, start: Seq2Seq) -> dict[str, list[Sentence]]:
    """What each way to decode says to the test sources."""
    test = bench.test
    draws = {num: drawn_lists(start, test, bench, num=num) for num in DRAWS}
    said = {f"beam of {width}": likeliest(start, test, bench, width=width) for width in WIDTHS}
    said |= {"a sample": [some[0] for some in draws[DRAWS[0]]]}
    said |= {f"least risk of {num} samples": [least_risk(some) for some in lists] for num, lists in draws.items()}
    return said | {"least risk in a beam of 32": [least_risk(some) for some in best_lists(start, test, bench, num=32)]}


def rescoring(bench: Bench, start: Seq2Seq) -> Iterator[Record]:
    """Choices from the same lists of the best: each weight is chosen on validation, and measured on test."""
    others = {"reverse": Bench(bench.text.turned, (), bench.seed, hidden_dim=bench.hidden_dim).seq2seq(steps=MLE_STEPS).eval(),
              "second": replace(bench, seed=1_000 + bench.seed).seq2seq(steps=MLE_STEPS).eval(), **language_models(bench)}
    valid, test = (scored(bench, start, others, pairs) for pairs in (bench.text.valid[:150], bench.test))
    noise = torch.rand(len(test.lists), len(test.lists[0]), generator=runtime.generator(bench.seed, "random choice"))
    right = torch.tensor([[s in bench.text.targets(pair) for s in some]
                          for some, pair in zip(test.lists, test.pairs, strict=True)]).double()
    choices = {"the first": [some[0] for some in test.lists], "a random choice": picked(test.lists, noise),
               "the oracle": picked(test.lists, right)}
    for name in test.scores:
        weight, choices[name] = tuned(name, valid, test, bench.text)
        yield from records({"weight": weight}, choice=name)
    for name, sentences in choices.items():
        yield from records(measured(sentences, test.pairs, bench.text), choice=name)


@dataclass(frozen=True)
class Scored:
    """Lists of the best; for each way to choose, two scores of every sentence: the direct one, and what is added."""

    pairs: Sequence[Pair]
    lists: list[list[Sentence]]
    scores: dict[str, tuple[Tensor, Tensor]]  # "batch sample" each, nats or nats per word

    def chosen(self, name: str, weight: float) -> list[Sentence]:
        """The best of each list by the sum of the two."""
        direct, added = self.scores[name]
        return picked(self.lists, direct + weight * added)


def tuned(name: str, valid: Scored, test: Scored, text: PairCorpus) -> tuple[float, list[Sentence]]:
    """The weight that is right most often on validation pairs, the smallest of equals, and what it chooses on others."""
    expect(not {*valid.pairs} & {*test.pairs}, "expected a weight chosen on other pairs than it is measured on, got some of the "
           "same; take validation pairs")
    weight = max(WEIGHTS, key=lambda w: verdicts(valid.chosen(name, w), valid.pairs, text)["valid"])
    return weight, test.chosen(name, weight)


def scored(bench: Bench, start: Seq2Seq, others: dict[str, nn.Module], pairs: Sequence[Pair]) -> Scored:
    """What every model says of the lists of the first."""
    lists, text = best_lists(start, pairs, bench), bench.text
    bound = partial(iwae, others["vae"], num_samples=10, generator=runtime.generator(bench.seed, "iwae"))
    of_pairs = {name: scored_lists(model.log_likelihood, model, pairs, lists, text, turned=name == "reverse")
                for name, model in {"start": start, **others}.items() if name in ("start", "second", "reverse")}
    alone = of_sentences(others["lm"], others["lm"].log_likelihood, lists, text)
    direct, channel = of_pairs["start"], of_pairs["reverse"] + alone
    words = torch.tensor([[len(said) + 1.0 for said in some] for some in lists])  # <eos> counted
    read = torch.tensor([[len(pair.source) + 1.0] for pair in pairs])
    return Scored(pairs, lists, {
        "language model": (direct, alone), "VAE language model": (direct, of_sentences(others["vae"], bound, lists, text)),
        "second model of the same size": (direct, of_pairs["second"]), "noisy channel, no lengths": (direct, channel),
        "noisy channel": (direct / words, channel / read)})


def language_models(bench: Bench) -> dict[str, nn.Module]:
    """Of the target language alone, from translations nobody needs a source for."""
    sentences = [bench.text.target_vocab.encode(pair.target) for pair in monolingual(bench)]
    valid = [bench.text.target_vocab.encode(pair.target) for pair in bench.text.valid]
    options = {"batch_size": 64, "seed": bench.seed, "key": {"corpus": bench.text.fingerprint, "alone": MONOLINGUAL}}
    torch.manual_seed(bench.seed)
    lm = LanguageModel(vocab_size=len(bench.text.target_vocab), embed_dim=32, hidden_dim=64)
    training.train_language_model(lm, sentences, valid, steps=300, **options)
    vae = cured_vae(CURE, vocab_size=len(bench.text.target_vocab), latent_dim=8, embed_dim=32, hidden_dim=64)
    training.train_vae(vae, sentences, valid, cure=CURE, steps=300, start=lm, **options)
    return {"lm": lm.eval(), "vae": vae.eval()}


def monolingual(bench: Bench) -> list[Pair]:
    """Fresh draws whose sources are thrown away."""
    return translations.drawn_pairs(bench.text.grammar, bench.text.languages, "train", MONOLINGUAL, seed=5_000 + bench.seed)


def of_sentences(model: nn.Module, log_prob: Callable[..., Tensor], lists: Sequence[Sequence[Sentence]], text: PairCorpus
                 ) -> Tensor:
    """log p of every listed sentence by itself, nats."""
    encoded = [text.target_vocab.encode(said) for some in lists for said in some]
    return evaluate(model, log_prob, in_order(encoded)).double().view(len(lists), -1)


PARTS: dict[str, tuple[str, Callable[[int], Iterator[Record]]]] = {  # a table each: its question, and how a seed of it is made
    "decoding": ("Which way to decode a translation model is best, and which metric says so?", decoding),
    "networks": ("What does z hold where several translations are right, and where one is?", networks)}


def run(*, part: str, seed: int) -> list[Record]:
    """Shares, nats per translation, and scores from 0 to 100."""
    return list(PARTS[part][1](seed))


def study(part: str) -> Study:
    """The recorded table of a part."""
    return Study(f"translation_{part}", PARTS[part][0], [{"part": part, "seed": seed} for seed in SEEDS], run)
