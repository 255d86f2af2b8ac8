"""What lesson 11 and its study work on: translations at a seed, the ways to decode a model, choices from lists of its best.

A translation bench is that of replies (`answering`): all right translations of a source are a group, as all replies to a prompt.
"""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from statistics import fmean

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.studies.answering import Bench
from gensq_course.talk import chat
from gensq_lib.diagnostics.translations import Metrics
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate, evaluating
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora
from gensq_lib.text.corpora import PairCorpus, translations
from gensq_lib.text.decoding import beam, greedy, n_best
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.pairs import Pair, Prompts, collate_pairs, pairs_in_order
from gensq_lib.text.vocab import Sentence, Vocab

CORPUS, NUM_TRAIN, NUM_TEST, HIDDEN = "crossing:zh-en", 2_000, 200, 96
MLE_STEPS, VAE_STEPS, CURE = 600, 200, "free_bits+bag_of_words"
AVOID = (Vocab.UNK,)  # nobody can read it, and samples never say it
LIST, SAMPLES = 8, 32  # sentences of a list of the best, of a draw for minimum Bayes risk


def prepared(seed: int, *, name: str = CORPUS, num_train: int = NUM_TRAIN, num_test: int = NUM_TEST, hidden_dim: int = HIDDEN,
             turned: bool = False) -> Bench:
    """Translations at a seed; of the crossing with fresh test pairs, whose sources are in no training part."""
    text = direction(name, turned=turned, seed=seed, num_train=num_train)
    test = fresh_test(text, num_test, seed=seed) if name.startswith("crossing:") else text.test[:num_test]
    return Bench(text, test, seed, hidden_dim=hidden_dim)


def direction(name: str, *, turned: bool, **sizes: int) -> PairCorpus:
    """Pairs as they are or the other way round; of the crossing each direction has parts of its own."""
    if turned and name.startswith("crossing:"):
        languages = name.removeprefix("crossing:").split("-")
        return corpora.load_pairs(f"crossing:{'-'.join(reversed(languages))}", **sizes)
    text = corpora.load_pairs(name, **sizes)
    return text.turned if turned else text


def fresh_test(text: PairCorpus, num: int, *, seed: int, **options) -> list[Pair]:
    """Of the crossing, another draw for each seed."""
    return translations.drawn_pairs(text.grammar, text.languages, "test", num, seed=1_000 + seed, **options)


def prompts_of(pairs: Sequence[Pair], text: PairCorpus) -> Prompts:
    """Their sources."""
    return collate_pairs(text.encoded(pairs)).prompts


def spelled(ids: Sequence[Sentence], num: int) -> list[list[Sentence]]:
    """A list of sentences in rows of `num`."""
    return [list(ids[i:i + num]) for i in range(0, len(ids), num)]


def likeliest(model: nn.Module, pairs: Sequence[Pair], bench: Bench, *, width: int = 1) -> list[Sentence]:
    """What a beam finds (of width 1: the likeliest word at each step); a z is the mean of its prior."""
    prompts = prompts_of(pairs, bench.text)
    with evaluating(model):
        facts = {"num": len(pairs), "z": model.prior(prompts).mean if hasattr(model, "prior") else None,
                 "max_length": bench.game.max_length, "avoid": AVOID}
        found = greedy(model.answering(prompts), **facts) if width == 1 else beam(model.answering(prompts), width=width, **facts)
    return found.sentences(bench.text.target_vocab)


def best_lists(model: Seq2Seq, pairs: Sequence[Pair], bench: Bench, *, num: int = LIST) -> list[list[Sentence]]:
    """What a beam of this width ends with, for each source, the likeliest first."""
    prompts = prompts_of(pairs, bench.text)
    with evaluating(model):
        found = n_best(model.answering(prompts), num=len(pairs), width=num, max_length=bench.game.max_length,
                       avoid=AVOID)
    return spelled(found.sentences(bench.text.target_vocab), num)


def drawn_lists(model: nn.Module, pairs: Sequence[Pair], bench: Bench, *, num: int = SAMPLES) -> list[list[Sentence]]:
    """Unbiased samples for each source: every word given those that were drawn before it, a z from the prior for each."""
    prompts = prompts_of(pairs, bench.text).repeated(num)
    noise = runtime.generator(bench.seed, "translations")
    found = chat.replies(model, prompts, max_length=bench.game.max_length, generator=noise)
    return spelled(found.sentences(bench.text.target_vocab), num)


@lru_cache(maxsize=20_000)
def meanings(g: Grammar, sentence: Sentence, language: str) -> frozenset[tuple[str, ...]]:
    """Kind, tense and topic of every reading; none of what is no sentence."""
    readings = g.readings(sentence, language=language) if sentence else []
    return frozenset(tuple(reading.attributes.values()) for reading in readings)


def near_miss(pair: Pair, text: PairCorpus, *, generator: torch.Generator) -> Sentence:
    """The reference with one word exchanged, so that it is still a sentence of the language but no translation any more."""
    language = text.languages[1]
    for place in torch.randperm(len(pair.target) - 1, generator=generator).tolist():
        words = text.grammar.next_words(pair.target[:place], language=language)
        for i in torch.randperm(len(words), generator=generator).tolist():
            changed = (*pair.target[:place], words[i], *pair.target[place + 1:])
            if changed not in text.targets(pair) and meanings(text.grammar, changed, language):
                return changed
    return pair.target


def world_systems(pairs: Sequence[Pair], text: PairCorpus, *, generator: torch.Generator) -> dict[str, list[Sentence]]:
    """What needs no model: three that are right by construction, two that are wrong."""
    known = [text.targets(pair) for pair in pairs]
    draws = torch.rand(len(pairs), generator=generator).tolist()
    return {"another right answer": [drawn(shares, at) for shares, at in zip(known, draws, strict=True)],
            "the likeliest right answer": [next(iter(shares)) for shares in known],
            "a near miss": [near_miss(pair, text, generator=generator) for pair in pairs],
            "the source, copied": [pair.source for pair in pairs]}


def drawn(shares: Mapping[Sentence, float], at: float) -> Sentence:
    """The sentence at this place between 0 and 1."""
    for sentence, share in shares.items():
        at -= share
        if at < 0:
            return sentence
    return sentence


def verdicts(said: Sequence[Sentence], pairs: Sequence[Pair], text: PairCorpus) -> dict[str, float]:
    """Shares that are a right translation, that have its kind, tense and topic, and that are a sentence at all."""
    source, target = text.languages
    meant = [meanings(text.grammar, pair.source, source) for pair in pairs]
    heard = [meanings(text.grammar, sentence, target) for sentence in said]
    right = [sentence in text.targets(pair) for sentence, pair in zip(said, pairs, strict=True)]
    return {"valid": fmean(right), "kind, tense, topic": fmean(bool(a & b) for a, b in zip(meant, heard, strict=True)),
            "a sentence": fmean(map(bool, heard)), "length": fmean(map(len, said)), "empty": fmean(not said_ for said_ in said)}


def metrics_of(said: Sequence[Sentence], pairs: Sequence[Pair], text: PairCorpus) -> dict[str, float]:
    """BLEU and chrF against the one translation of the test pair, and against all right ones where these are known."""
    metrics, shown = Metrics(text.languages[1]), [text.show_target(sentence) for sentence in said]
    found = metrics.scores(shown, one_reference(pairs, text))
    if text.grammar is None:
        return found
    every = metrics.scores(shown, [[text.show_target(right) for right in text.targets(pair)] for pair in pairs])
    return found | {f"{name}, all references": score for name, score in every.items()}


def one_reference(pairs: Sequence[Pair], text: PairCorpus) -> list[list[str]]:
    """As `Metrics` wants them."""
    return [[text.show_target(pair.target)] for pair in pairs]


def measured(said: Sequence[Sentence], pairs: Sequence[Pair], text: PairCorpus) -> dict[str, float]:
    """Everything at once."""
    return verdicts(said, pairs, text) | metrics_of(said, pairs, text)


Listed = Sequence[Sequence[Sentence]]


def scored_lists(log_prob: Callable[..., Tensor], model: nn.Module, pairs: Sequence[Pair], lists: Listed, text: PairCorpus, *,
                 turned: bool = False) -> Float[Tensor, "batch sample"]:
    """log p(translation | source) of every listed sentence, nats; `turned`: log p(source | translation) of a reverse model.

    A reverse model cannot read nothing: an empty translation gets the score of one that is never chosen.
    """
    asked = [Pair(pair.source, said) for pair, some in zip(pairs, lists, strict=True) for said in some]
    empty = torch.tensor([turned and not pair.target for pair in asked])
    asked = [replace(pair, target=pair.target or lists[0][0]) for pair in asked] if turned else asked
    encoded = text.encoded(asked)
    encoded = [(target, source, labels) for source, target, labels in encoded] if turned else encoded
    found = evaluate(model, log_prob, pairs_in_order(encoded)).double()
    return found.masked_fill(empty, -1e9).view(len(lists), -1)


def picked(lists: Listed, scores: Float[Tensor, "batch sample"]) -> list[Sentence]:
    """The best of each list."""
    return [some[i] for some, i in zip(lists, scores.argmax(1).tolist(), strict=True)]
