"""Rows that must stand beside lesson 17's tables of networks: the same few pairs without any heap, or as a dictionary; a noise
that two rows share; EM that begins at the truth; which sentences of one heap the other translates.

A row has the setting of a row of `difficulties` or `unpaired_styles`, the same draws and the same names, so that both are read as
one. Steps of `TENDED` were chosen on seed 100, which no table has, out of 300 to 1,200 (of languages 1,000 and 2,000), with and
without mending the pairs' own sentences: more steps gave no more on average, and mending helped one language and harmed most.
"""
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.studies import deciphering, difficulties, manners, translating
from gensq_course.studies import unpaired_styles as heaps
from gensq_course.studies.deciphering import Bench
from gensq_course.studies.difficulties import marked, translated
from gensq_course.studies.rewriting import PAIRS_ALONE, Ids, network, rewritten_by, train_rewriter, word_for_word
from gensq_course.studies.rows import Record, records
from gensq_course.studies.unpaired_styles import Way
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

FEW = 100  # pairs
TENDED = {"difficulty": 600, "languages": 1_000, "style": 600}  # steps of pairs alone
BY_FEW, TENDED_PAIRS = "IBM model 1, 100 pairs", "100 pairs alone, tended"
FALSE = 1e-4  # weight of a false name where EM begins at the truth: one that is 0 stays 0


def tended(pairs: Sequence[tuple[Ids, Ids]], vocab: Vocab, *, steps: int, seed: int) -> Seq2Seq:
    """A network that has seen these pairs and nothing else."""
    model = network(vocab, seed=seed)
    train_rewriter(model, [[source for source, _ in pairs], [target for _, target in pairs]], steps=steps, seed=seed,
                   pairs=pairs, **PAIRS_ALONE)
    return model


def in_integers(pairs: Sequence[Pair], vocab: Vocab) -> list[tuple[list[int], list[int]]]:
    """Source and target of each pair, by one vocabulary for both."""
    return [(vocab.encode(pair.source), vocab.encode(pair.target)) for pair in pairs]


# Foreign languages of the village

def counted(pairs: Sequence[Pair], bench: Bench) -> dict[str, str]:
    """The plain word of each secret one that the pairs have, by IBM model 1; several may have one."""
    size = len(bench.log_p)
    secret, plain = (deciphering.bags(side, vocab, size) for side, vocab in (
        ([pair.source for pair in pairs], bench.sides.secret_vocab), ([pair.target for pair in pairs], bench.sides.plain_vocab)))
    likeliest = bench.sides.as_key(deciphering.ibm1(secret, plain).argmax(0))
    return {word: likeliest[word] for pair in pairs for word in pair.source}


def true_closeness(bench: Bench) -> Float[Tensor, "vocab vocab"]:
    """[plain, secret]: 1 for the names that a plain word has, `FALSE` for all others."""
    sides = bench.sides
    near = torch.full((len(sides.plain_vocab), len(sides.secret_vocab)), FALSE)
    for secret, plain in sides.dictionary.items():
        near[sides.plain_vocab.encode((plain,))[0], sides.secret_vocab.encode((secret,))[0]] = 1
    return near


def by_em_from(bench: Bench, start: str, closeness: Float[Tensor, "vocab vocab"]) -> dict[str, float]:
    """Types and tokens that are right by the likeliest plain word of each secret one; nats per secret sentence."""
    counts, curve = deciphering.em_counts(bench, start, closeness=closeness)
    right = bench.sides.right(bench.sides.as_key(counts.argmax(0)))
    return {"types": right.types, "tokens": right.tokens, "nats": curve[-1]}


def of_difficulty(*, difficulty: str, seed: int, what: str, steps: int = difficulties.STEPS) -> list[Record]:
    """`what`: whether EM failed to find what is likelier ("EM"), or what 100 pairs do "alone", or as a "dictionary"."""
    bench = difficulties.foreign(difficulty, seed=seed)
    if what == "EM":
        from_truth = by_em_from(bench, "truth", true_closeness(bench))
        ahead = from_truth["nats"] - by_em_from(bench, "shaped", deciphering.log_closeness(bench).exp())["nats"]
        return records(from_truth | {"nats ahead": ahead}, by="EM, from the truth")  # of the EM that `difficulties` has
    vocab = difficulties.one_vocabulary(bench)
    pairs = bench.sides.pairs(bench.sides.text.grammar.sentences(FEW, generator=bench.noise("pairs")))
    test = difficulties.unread(bench, pairs)
    sources, wanted = [pair.source for pair in test], [pair.target for pair in test]
    words = counted(pairs, bench)
    if what == "dictionary":
        said = translated(bench, vocab, sources, steps=steps, dictionary=words)
        return records(marked(said, wanted), by="network", start=BY_FEW)
    right = bench.sides.right(words)
    alone = tended(in_integers(pairs, vocab), vocab, steps=TENDED["difficulty"], seed=seed)
    return [
        *records(marked(by_dictionary(sources, words), wanted) | {"types": right.types, "tokens": right.tokens}, by=BY_FEW),
        *records(marked(rewritten_by(alone, sources, [0] * len(sources), vocab), wanted), by="network", start=TENDED_PAIRS)]


def by_dictionary(sentences: Sequence[Sentence], words: Mapping[str, str]) -> list[Sentence]:
    """Word by word; what the dictionary lacks is left out."""
    return [tuple(words[word] for word in sentence if word in words) for sentence in sentences]


# Chinese and Esperanto

def of_languages(*, languages: str, seed: int, what: str, steps: int = heaps.STEPS["languages"]) -> list[Record]:
    """`what`: what 100 pairs do "alone" (and what the heaps share), or as a "dictionary"."""
    text, sides, pairs, vocab = heaps.two_languages(languages, seed)
    test = translating.fresh_test(text, 200, seed=seed)
    sources, where = [pair.source for pair in test], [0] * len(test)
    if what == "dictionary":
        model, words = network(vocab, seed=seed), heaps.dictionaries(pairs[:FEW], text, vocab)
        train_rewriter(model, [[vocab.encode(sentence) for sentence in side] for side in sides], steps=steps, seed=seed,
                       dictionaries=words)
        plainly = word_for_word([vocab.encode(source) for source in sources], words[0], np.random.default_rng(seed))
        said = {"a dictionary of 100 pairs, word by word": [tuple(vocab.words[i] for i in ids) for ids in plainly],
                "and a dictionary of 100 pairs": rewritten_by(model, sources, where, vocab)}
    else:
        alone = tended(in_integers(pairs[:FEW], vocab), vocab, steps=TENDED["languages"], seed=seed)
        said = {TENDED_PAIRS: rewritten_by(alone, sources, where, vocab)}
    found = [] if what == "dictionary" else records(shared(sides, test, text), by="heaps")
    for name, sentences in said.items():
        found += records(translating.measured(sentences, test, text), by=name)
    return found


def shared(sides: Sequence[Sequence[Sentence]], test: Sequence[Pair], text: PairCorpus) -> dict[str, float]:
    """Shares: test sentences and sentences of the first heap of which some translation stands in the second heap."""
    there = set(sides[1])

    def told(pair: Pair) -> bool:
        return not there.isdisjoint(text.targets(pair))
    first = [Pair(source, ()) for source in sides[0]]
    return {"test answers in the heap": fmean(map(told, test)), "translations in the heap": fmean(map(told, first))}


# Manners

GATE, STYLED_PAIRS = "with a copy gate", "noise of a style, and 100 pairs"
STYLES = {"sentiment": {"as little noise, of any word": Way("little"), GATE: heaps.WAYS["sentiment"][GATE]},
          "register": {STYLED_PAIRS: Way("style", pairs=FEW)}}


def of_style(*, style: str, seed: int, what: str = "noise", steps: int = 0) -> list[Record]:
    """Noise that two rows share, and a sentence of each way; or 100 pairs "alone"."""
    data = manners.sides(style, seed=seed)
    judge, found = manners.style_judge(data), []
    if what == "alone":
        alone = tended(manners.some_pairs(data, FEW, seed=seed), data.vocab, steps=TENDED["style"], seed=seed)
        said = {TENDED_PAIRS: rewritten_by(alone, data.test, [data.side_of(words) for words in data.test], data.vocab)}
    else:
        said = {name: heaps.rewritten(data, way, seed=seed, steps=steps or heaps.STEPS[style])[0]
                for name, way in STYLES[style].items()}
    for name, sentences in said.items():
        if name != GATE:  # its shares stand in `unpaired_styles`
            found += records(manners.measured(sentences, data, judge) | manners.kept(sentences, data), by=name)
        found += [{"by": name, "measure": measure, "value": " ".join(some[0])} for measure, some in (
            ("source", data.test), ("says", sentences))]
    return found


def beside(**setting: str | int) -> list[Record]:
    """Of one row, by what its setting names."""
    kinds = {"difficulty": of_difficulty, "languages": of_languages, "style": of_style}
    return next(run for kind, run in kinds.items() if kind in setting)(**setting)

