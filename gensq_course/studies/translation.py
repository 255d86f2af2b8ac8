"""The recorded tables of lesson 11: networks, ways to decode, rescoring, few pairs, unseen topics, many languages, a judge.

Sizes, cures and rates were tried on seeds from 100 on; no table has these. Each part of a seed is computed by itself.
"""
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from statistics import fmean

import torch
from torch import Tensor, nn

from gensq_course.studies import translating
from gensq_course.studies.answering import Bench, by_draws, quality, rates
from gensq_course.studies.fair import Way, all_ways, frontiers
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.translating import (
    CORPUS, CURE, MLE_STEPS, NUM_TRAIN, VAE_STEPS, Crossing, back_translated, best_lists, consensus, drawn_lists, fresh_test, likeliest,
    measured, picked, prepared, scored_lists, verdicts, world_systems)
from gensq_course.talk.instruments import all_replies, told_by_z
from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms, evaluate, iwae
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.models.text_vae import cured_vae
from gensq_lib.text import grammar
from gensq_lib.text.batching import in_order
from gensq_lib.text.corpora import PairCorpus, translations
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

SEEDS = range(5)
CURES = {"plain": "linear", "free bits": "free_bits", "free bits and bag of words": CURE}
ONE_TO_ONE = {"crossing:en-eo": 300, "world": 300}  # steps of likelihood
FEW, MONOLINGUAL = (200, 600), 2_000  # pairs, sentences of the target language alone
WIDTHS, DRAWS = (1, 2, 4, 8, 16, 32), (4, 32)  # of a beam, of minimum Bayes risk
WEIGHTS = (0.0, 0.1, 0.3, 1.0, 3.0)  # of what is added to log p(translation | source); the best one on validation is taken
TOPICS, EXTRA = ("ferry", "market", "school", "workshop"), 50  # that are trained on; pairs of the others that are added
GAME = {"likelihood": Way("likelihood", "nobody"), "adversarial": Way("adversarial"), "shuffled": Way("shuffled"),
        "perfect judge": Way("perfect judge", "perfect")}
RATES = {"likelihood": 1e-4, "adversarial": 1e-4, "shuffled": 1e-4, "perfect judge": 1e-3}


def networks(seed: int) -> Iterator[Record]:
    """What z holds where there is something to say, and where there is not; a model without z that has as many weights."""
    bench = prepared(seed, num_test=80)
    start = bench.seq2seq(steps=MLE_STEPS)
    yield from records(quality(start, bench), corpus=CORPUS, way="without z")
    for name, cure in CURES.items():
        yield from with_z(bench, start, name, cure)
    larger = replace(bench, hidden_dim=88)
    yield from records(quality(larger.seq2seq(steps=MLE_STEPS), bench), corpus=CORPUS, way="without z, as many weights")
    for corpus, steps in ONE_TO_ONE.items():
        bench = prepared(seed, name=corpus, num_test=80)
        start = bench.seq2seq(steps=steps)
        yield from records(quality(start, bench), corpus=corpus, way="without z")
        yield from with_z(bench, start, "plain", "linear", steps=100)


def with_z(bench: Bench, start: Seq2Seq, name: str, cure: str, *, steps: int = VAE_STEPS) -> list[Record]:
    """A conditional VAE that goes on from a finished model; scored with the prior, as the other rows, and wrongly beside it."""
    model = bench.conditional_vae(start, steps=steps, cure=cure).eval()
    spent, everything = rates(model, bench), all_replies(bench.test, bench.text)
    told = told_by_z(model, everything, generator=runtime.generator(bench.seed, "told"))
    posterior = partial(seen_the_answer, model, seed=bench.seed)
    found = quality(model, bench) | {"KL": spent.sum().item(), "told": told, "weights": float(sum(p.numel() for p in model.parameters())),
                                     "nll, posterior": everything.outcomes(model, log_prob=posterior).means["nll"]}
    return records(found, corpus=bench.text.name, way=f"VAE, {name}")


def seen_the_answer(model: nn.Module, batch: object, *, seed: int) -> Tensor:
    """The wrong score: log p(translation | source, z) with a z from a posterior that has read this very translation."""
    return elbo_terms(model, batch, generator=runtime.generator(seed, "seen")).reconstruction


def decoding(seed: int) -> Iterator[Record]:
    """Every way to decode the same model, what needs no model, and choices from a list of the best."""
    bench = prepared(seed)
    text, test, start = bench.text, bench.test, bench.seq2seq(steps=MLE_STEPS).eval()
    lists = {num: drawn_lists(start, test, bench, num=num) for num in DRAWS}
    said = {f"beam of {width}": likeliest(start, test, bench, width=width) for width in WIDTHS}
    said |= {"a sample": [some[0] for some in lists[4]]}
    said |= {f"least risk of {num}": consensus(some) for num, some in lists.items()}
    said |= {"least risk in a beam of 32": consensus(best_lists(start, test, bench, num=32))}
    said |= world_systems(test, text, generator=runtime.generator(seed, "world"))
    for name, sentences in said.items():
        log_p = scored_lists(start.log_likelihood, start, test, [[s] for s in sentences], text).mean().item() if "copied" not in name else 0
        yield from records(measured(sentences, test, text) | {"log p of the model": log_p}, said_by=name)
    yield from rescoring(bench, start)


def rescoring(bench: Bench, start: Seq2Seq) -> Iterator[Record]:
    """Choices from the same lists of the best: each weight is chosen on validation, and measured on test."""
    reverse = Bench(bench.text.turned, (), bench.seed, hidden_dim=bench.hidden_dim).seq2seq(steps=MLE_STEPS).eval()
    second = replace(bench, seed=1_000 + bench.seed).seq2seq(steps=MLE_STEPS).eval()
    alone = language_models(bench)
    found = {}
    for part, pairs in (("valid", bench.text.valid[:150]), ("test", bench.test)):
        lists = best_lists(start, pairs, bench)
        direct = scored_lists(start.log_likelihood, start, pairs, lists, bench.text)
        added = {"language model": of_sentences(alone["lm"], alone["lm"].log_likelihood, lists, bench.text),
                 "VAE language model": of_sentences(alone["vae"], partial(iwae, alone["vae"], num_samples=10,
                                                                          generator=runtime.generator(bench.seed, "iwae")), lists, bench.text),
                 "second model of the same size": scored_lists(second.log_likelihood, second, pairs, lists, bench.text)}
        back = scored_lists(reverse.log_likelihood, reverse, pairs, lists, bench.text, turned=True)
        lengths = torch.tensor([[len(s) + 1.0 for s in some] for some in lists])
        sources = torch.tensor([[len(pair.source) + 1.0] for pair in pairs])
        added |= {"noisy channel, no length term": back + added["language model"]}
        with_length = (direct / lengths, (back + added["language model"]) / sources)
        found[part] = (pairs, lists, {name: (direct, more) for name, more in added.items()} | {"noisy channel": with_length})
    pairs, lists, scores = found["test"]
    noise = torch.rand(len(lists), len(lists[0]), generator=runtime.generator(bench.seed, "random choice"))
    right = torch.tensor([[s in bench.text.targets(pair) for s in some] for some, pair in zip(lists, pairs, strict=True)]).double()
    choices = {"the first": picked(lists, -torch.arange(len(lists[0])).expand(len(lists), -1).double()), "a random choice": picked(lists, noise),
               "the oracle": picked(lists, right)}
    for name in scores:
        weight = max(WEIGHTS, key=lambda w: verdicts(chosen(found["valid"], name, w), found["valid"][0], bench.text)["valid"])
        choices[name] = chosen(found["test"], name, weight)
        yield from records({"weight": weight}, choice=name)
    for name, sentences in choices.items():
        yield from records(measured(sentences, pairs, bench.text), choice=name)


def chosen(found: tuple, name: str, weight: float) -> list[Sentence]:
    """The best of each list by the sum of two scores."""
    _, lists, scores = found
    direct, more = scores[name]
    return picked(lists, direct + weight * more)


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
    return translations.fresh(bench.text.grammar, bench.text.languages, "train", MONOLINGUAL, seed=5_000 + bench.seed)


def of_sentences(model: nn.Module, log_prob: Callable[..., Tensor], lists: Sequence[Sequence[Sentence]], text: PairCorpus) -> Tensor:
    """log p of every listed sentence by itself, nats."""
    encoded = [text.target_vocab.encode(said) for some in lists for said in some]
    return evaluate(model, log_prob, in_order(encoded)).double().view(len(lists), -1)


def little(seed: int) -> Iterator[Record]:
    """Few pairs, and the same with translated sentences of the target language; topics that training lacks."""
    whole = prepared(seed, num_test=150)
    for num in FEW:
        bench = replace(whole, text=replace(whole.text, train=whole.text.train[:num]))
        yield from graded(bench, pairs=num, back=0)
        reverse = Bench(bench.text.turned, (), seed, hidden_dim=bench.hidden_dim).seq2seq(steps=300).eval()
        more = back_translated(reverse, Bench(bench.text.turned, (), seed), [pair.target for pair in monolingual(bench)])
        yield from graded(replace(bench, text=replace(bench.text, train=[*bench.text.train, *more])), pairs=num, back=1)
    yield from graded(whole, pairs=len(whole.text.train), back=0)
    yield from topics(whole)


def graded(bench: Bench, **keys: object) -> list[Record]:
    """Exact measures, and BLEU of the likeliest words."""
    model = bench.seq2seq(steps=MLE_STEPS).eval()
    return records(quality(model, bench) | {"greedy " + k: v for k, v in measured(likeliest(model, bench.test, bench), bench.test, bench.text).items()}, **keys)


def topics(whole: Bench) -> Iterator[Record]:
    """Trained on four topics, tested on the two others; with a few pairs of these; and a model that has read all six."""
    draw = partial(translations.fresh, whole.text.grammar, whole.text.languages, "train", seed=whole.seed)
    four = draw(NUM_TRAIN, keep=seen_topic)
    two = draw(EXTRA, keep=lambda derivation: not seen_topic(derivation))
    tests = {"seen": seen_topic, "unseen": lambda derivation: not seen_topic(derivation)}
    tests = {name: fresh_test(whole.text, 100, seed=whole.seed, keep=keep) for name, keep in tests.items()}
    for trained, train in (("four topics", four), (f"four, and {EXTRA} pairs of the others", [*four, *two]), ("six topics", whole.text.train)):
        model = replace(whole, text=replace(whole.text, train=train)).seq2seq(steps=MLE_STEPS).eval()
        for name, pairs in tests.items():
            yield from records(quality(model, replace(whole, test=pairs)), trained=trained, topics=name)


def seen_topic(derivation: grammar.Derivation) -> bool:
    """Whether it is about one of the four."""
    return derivation.attributes["topic"] in TOPICS


TRAINED = (("zh", "en"), ("en", "zh"), ("en", "eo"), ("eo", "en"))  # directions; the others were never seen
PER_DIRECTION = 1_000


def tag(language: str) -> str:
    """The word in front of a source that says into which language (Johnson et al. 2017)."""
    return f"<to {language}>"


def tagged(pairs: Sequence[Pair], language: str) -> list[Pair]:
    """With that word."""
    return [replace(pair, source=(tag(language), *pair.source)) for pair in pairs]


def together(seed: int) -> PairCorpus:
    """All trained directions as one corpus with one vocabulary, tags among its words."""
    g = grammar.shipped("crossing")
    vocab = Vocab([*map(tag, g.languages), *(word for code in g.languages for word in g.terminals(code))], closed=True)
    parts = {part: [pair for languages in TRAINED for pair in
                    tagged(translations.fresh(g, languages, part, num, seed=seed), languages[1])]
             for part, num in (("train", PER_DIRECTION), ("valid", 100))}
    base = prepared(seed, num_train=20, num_test=1).text
    return replace(base, name="the crossing, many directions", **parts, test=[], source_vocab=vocab, target_vocab=vocab)


def many(seed: int) -> Iterator[Record]:
    """One model for four directions, tried in the two that it never saw; through English in two steps; and two models of one."""
    text, g = together(seed), grammar.shipped("crossing")
    bench = Bench(text, (), seed, hidden_dim=96)
    model = bench.seq2seq(steps=2 * MLE_STEPS, copy=False).eval()
    for languages in product(g.languages, g.languages):
        if languages[0] == languages[1]:
            continue
        pairs = translations.fresh(g, languages, "test", 100, seed=1_000 + seed)
        direct = likeliest(model, tagged(pairs, languages[1]), bench)
        yield from records(in_language(direct, pairs, languages), direction="-".join(languages), way="one model")
        if "en" not in languages:
            english = likeliest(model, tagged(pairs, "en"), bench)
            through = [Pair(said or ("<to en>",), ()) for said in english]
            second = likeliest(model, tagged(through, languages[1]), bench)
            yield from records(in_language(second, pairs, languages), direction="-".join(languages), way="through English")


def in_language(said: Sequence[Sentence], pairs: Sequence[Pair], languages: tuple[str, str]) -> dict[str, float]:
    """Shares that are right, and that are of the language that was asked for."""
    g = grammar.shipped("crossing")
    right = [s in g.translations(pair.source, into=languages[1], language=languages[0]) for s, pair in zip(said, pairs, strict=True)]
    words = set(g.terminals(languages[1]))
    return {"valid": fmean(right), "its language": fmean(bool(s) and set(s) <= words for s in said)}


def game(seed: int) -> Iterator[Record]:
    """An adversary beside equally many steps of likelihood, rewards that say nothing, and the perfect judge."""
    bench = Crossing(seed)
    yield from frontiers(bench, {"start": bench.start})
    yield from all_ways(bench, GAME, {kind: bench.judge(kind) for kind in ("own", "perfect")}, RATES)


PARTS: Mapping[str, Callable[[int], Iterator[Record]]] = {
    "networks": networks, "decoding": decoding, "little": little, "many": many, "game": game}


def run(*, part: str, seed: int) -> list[Record]:
    """Shares, nats per translation, and scores from 0 to 100."""
    return list(PARTS[part](seed))


STUDY = Study("translation", "What does a translation model know, and which way of asking it is best?",
              [{"part": part, "seed": seed} for seed in SEEDS for part in PARTS], run)
