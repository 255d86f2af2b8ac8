"""Wrong calls of the library, as lessons and readers might make them; `python tests/border_calls.py` prints what each answers.

It runs outside of pytest's process: there every annotation is checked by a hook, which readers do not have.
"""
import contextlib
import io
import json
import math
import sys
import warnings
from pathlib import Path

import torch
from torch.distributions import Categorical, Laplace, MultivariateNormal, Normal

sys.path.insert(0, str(Path(__file__).parents[1]))

from gensq_lib import cures, diagnostics, sounds, training  # noqa: E402
from gensq_lib.diagnostics import calibration, interpolation, quadrature, ranking, summaries, topics, translations  # noqa: E402
from gensq_lib.ground import runtime  # noqa: E402
from gensq_lib.ground.errors import GensqError  # noqa: E402
from gensq_lib.maths import adversarial, divergences, objectives, schedules, stats  # noqa: E402
from gensq_lib.maths.adversarial import policy  # noqa: E402
from gensq_lib.models import bags, recommenders  # noqa: E402
from gensq_lib.models.dense_vae import DenseVAE  # noqa: E402
from gensq_lib.models.language_model import LanguageModel  # noqa: E402
from gensq_lib.models.m2 import M2  # noqa: E402
from gensq_lib.models.ngram import NGram  # noqa: E402
from gensq_lib.models.speech import SpeechVAE  # noqa: E402
from gensq_lib.models.text_vae import TextVAE, cured_vae  # noqa: E402
from gensq_lib.models import unseen  # noqa: E402
from gensq_lib.models.transducers import Transducer, TwoTables  # noqa: E402
from gensq_lib.training import deciphering, unpaired  # noqa: E402
from gensq_lib.text import batching, ciphers, consensus, corpora, decoding, grammar, labelled, pairs, scoring  # noqa: E402
from gensq_lib.text.noise import noisy  # noqa: E402
from gensq_lib.text.vocab import Vocab  # noqa: E402
from gensq_lib.training.bags import train_bags  # noqa: E402
from gensq_lib.training.topics import fit_lda  # noqa: E402
from gensq_lib.vectors import clicks, digits, tastes  # noqa: E402
from gensq_lib.vectors.ring import Ring  # noqa: E402

ENCODED = [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7]]
NAN = float("nan")


def noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ones(*shape) -> torch.Tensor:
    return torch.ones(shape)


def normal(*shape) -> Normal:
    return Normal(torch.zeros(shape), torch.ones(shape))


def small(**sizes) -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(**{"vocab_size": 14, "embed_dim": 4, "hidden_dim": 4, **sizes}).eval()


def vae(**sizes) -> TextVAE:
    torch.manual_seed(0)
    return TextVAE(**{"vocab_size": 14, "embed_dim": 4, "hidden_dim": 4, "latent_dim": 2, **sizes}).eval()


def sampled(**options):
    return decoding.sample(small(), **{"num": 2, "max_length": 3, "generator": noise(), **options})


def trained(**options):
    model = small()
    return training.train_language_model(model, ENCODED, ENCODED, **{
        "steps": 2, "batch_size": 2, "seed": 0, "key": {"border": 1}, **options})


MASK = torch.tensor([[True, True, False], [True, True, True]])
VOCAB = Vocab("a b c".split())
OPTIMIZER = training.make_optimizer(small(), learning_rate=1e-3)

CALLS = {
    # batches and vocabularies
    "collate nothing": lambda: batching.collate([]),
    "collate a string": lambda: batching.collate("the cat"),
    "collate words": lambda: batching.collate([["the", "cat"]]),
    "collate one sentence": lambda: batching.collate([4, 5, 6]),
    "collate None": lambda: batching.collate(None),
    "collate floats": lambda: batching.collate([[4.5, 5.0]]),
    "batches of none": lambda: batching.TrainingBatches([], batch_size=2, seed=0),
    "batches of size 0": lambda: batching.TrainingBatches(ENCODED, batch_size=0, seed=0),
    "batches of half a size": lambda: batching.TrainingBatches(ENCODED, batch_size=2.5, seed=0),
    "batches, the size a string": lambda: batching.TrainingBatches(ENCODED, batch_size="32", seed=0),
    "batches, a negative seed": lambda: batching.TrainingBatches(ENCODED, batch_size=2, seed=-1)(0),
    "in_order of size 0": lambda: list(batching.in_order(ENCODED, batch_size=0)),
    "in_order of a number": lambda: list(batching.in_order(3)),
    "decode past the end": lambda: VOCAB.decode([99]),
    "decode a negative id": lambda: VOCAB.decode([-1]),
    "decode a word": lambda: VOCAB.decode(["cat"]),
    "decode a fraction": lambda: VOCAB.decode([4.5]),
    "encode a string": lambda: VOCAB.encode("a b c"),
    "encode None": lambda: VOCAB.encode(None),
    "encode an unknown word, closed": lambda: Vocab(["a"], closed=True).encode(("b",)),
    "vocabulary of a string": lambda: Vocab("the cat sat"),
    "vocabulary of numbers": lambda: Vocab([1, 2, 3]),
    "pairs of none": lambda: pairs.collate_pairs([]),
    "pairs without labels": lambda: pairs.collate_pairs([([4], [5])]),
    "pairs, unequal labels": lambda: pairs.collate_pairs([([4], [5], [0]), ([4], [5], [0, 1])]),
    "pairs, an empty prompt": lambda: pairs.collate_pairs([([], [5], [0])]),
    "labelled sentences of none": lambda: labelled.collate_labelled([]),
    "labelled sentences without labels": lambda: labelled.collate_labelled(ENCODED),
    "M2 of one label": lambda: M2(vocab_size=9, num_classes=1),
    "M2 without a z": lambda: M2(vocab_size=9, num_classes=2, latent_dim=0),
    "a prior of M2 for other labels": lambda: M2(vocab_size=9, num_classes=2).set_prior(ones(3)),
    "probabilities that sum to 2": lambda: calibration.Predictions(ones(2, 2), torch.tensor([0, 1])),
    "more labels than probabilities": lambda: calibration.Predictions(ones(2, 2) / 2, torch.tensor([0, 1, 1])),
    "noise of an unknown kind": lambda: noisy([("a", "b")], "typos", share=0.1, generator=noise()),
    "noise of more than all": lambda: noisy([("a", "b")], "typo", share=1.1, generator=noise()),
    "noise without a generator": lambda: noisy([("a", "b")], "typo", share=0.1, generator=None),
    # decoding
    "sample none": lambda: sampled(num=0),
    "sample a fraction": lambda: sampled(num=2.5),
    "sample a string": lambda: sampled(num="2"),
    "sample of length 0": lambda: sampled(max_length=0),
    "temperature 0": lambda: sampled(temperature=0.0),
    "temperature NaN": lambda: sampled(temperature=NAN),
    "temperature, a string": lambda: sampled(temperature="hot"),
    "top_p above 1": lambda: sampled(top_p=1.5),
    "top_p NaN": lambda: sampled(top_p=NAN),
    "top_k below 0": lambda: sampled(top_k=-1),
    "top_k a fraction": lambda: sampled(top_k=2.5),
    "avoid a token that is not there": lambda: sampled(avoid=(99,)),
    "z for another number": lambda: decoding.sample(vae(), num=2, z=ones(3, 2), max_length=3, generator=noise()),
    "z of another width": lambda: decoding.sample(vae(), num=2, z=ones(2, 5), max_length=3, generator=noise()),
    "sample without a decoder": lambda: decoding.sample(3, num=2, max_length=3, generator=noise()),
    "sample with a seed for a generator": lambda: sampled(generator=0),
    "greedy of length -1": lambda: decoding.greedy(small(), num=2, max_length=-1),
    "beam of width 0": lambda: decoding.beam(small(), num=2, width=0, max_length=3),
    "beam of half a width": lambda: decoding.beam(small(), num=2, width=1.5, max_length=3),
    "nucleus of NaN": lambda: decoding.nucleus_logits(ones(2, 5), NAN),
    "nucleus of 0": lambda: decoding.nucleus_logits(ones(2, 5), 0.0),
    "nucleus of a row": lambda: decoding.nucleus_logits(ones(5), 0.5),
    "top-k of -3": lambda: decoding.top_k_logits(ones(2, 5), -3),
    "top-k of a fraction": lambda: decoding.top_k_logits(ones(2, 5), 1.5),
    "likelihood at temperature 0": lambda: scoring.log_likelihood_at(small(), batching.collate(ENCODED), temperatures=[0.0]),
    "likelihood of a list": lambda: scoring.log_likelihood_at(small(), ENCODED, temperatures=[1.0]),
    "completed with length -2": lambda: scoring.completed(
        small(), batching.collate(ENCODED), -2, max_length=8, generator=noise()),
    # divergences, bounds, statistics
    "kl of other shapes": lambda: divergences.kl(normal(3, 2), normal(4, 5)),
    "kl of tensors": lambda: divergences.kl(ones(3), ones(3)),
    "kl of a pair without a form": lambda: divergences.kl(normal(3), Laplace(0.0, 1.0)),
    "kl of other numbers of outcomes": lambda: divergences.kl(Categorical(ones(3)), Categorical(ones(4))),
    "kl of other widths, full": lambda: divergences.kl(MultivariateNormal(torch.zeros(3), torch.eye(3)), normal(1, 2)),
    "renyi of order 0": lambda: divergences.renyi(normal(2), normal(2), order=0.0),
    "renyi of order NaN": lambda: divergences.renyi(normal(2), normal(2), order=NAN),
    "renyi of order infinity": lambda: divergences.renyi(normal(2), normal(2), order=math.inf),
    "reparameterize a tensor": lambda: divergences.reparameterize(ones(3)),
    "reparameterize, no samples": lambda: divergences.reparameterize(normal(3, 2), num_samples=0),
    "reparameterize, -1 samples": lambda: divergences.reparameterize(normal(3, 2), num_samples=-1),
    "reparameterize a categorical": lambda: divergences.reparameterize(Categorical(ones(3))),
    "mmd of one point": lambda: divergences.mmd(ones(1, 2), ones(5, 2)),
    "mmd of other widths": lambda: divergences.mmd(ones(5, 2), ones(5, 3)),
    "mmd, bandwidth 0": lambda: divergences.mmd(ones(5, 2), torch.zeros(5, 2), bandwidth=0.0),
    "estimate of nothing": lambda: stats.estimate([]),
    "estimate of a number": lambda: stats.estimate(3.0),
    "estimate of words": lambda: stats.estimate(["a", "b"]),
    "interval of one value": lambda: stats.estimate([1.0]).interval,
    "errors of one value": lambda: stats.estimate([1.0]).errors_from(0.0),
    "share above 1": lambda: stats.Share(5, 3).interval,
    "share of a negative count": lambda: stats.Share(-1, 3).error,
    "share of fractions": lambda: stats.Share(0.5, 1).interval,
    "elbo of a language model": lambda: objectives.elbo_terms(small(), batching.collate(ENCODED)),
    "elbo, no samples": lambda: objectives.elbo_terms(vae(), batching.collate(ENCODED), num_samples=0),
    "elbo of a list": lambda: objectives.elbo_terms(vae(), ENCODED),
    "iwae, K = 0": lambda: objectives.iwae(vae(), batching.collate(ENCODED), num_samples=0),
    "iwae, chunk 0": lambda: objectives.iwae(vae(), batching.collate(ENCODED), num_samples=4, chunk=0),
    "iwae, K a fraction": lambda: objectives.iwae(vae(), batching.collate(ENCODED), num_samples=2.5),
    "evaluate no batches": lambda: objectives.evaluate(small(), small().log_likelihood, []),
    "evaluate batches without places": lambda: objectives.evaluate(
        small(), small().log_likelihood, [batching.collate(ENCODED)]),
    "evaluate a mean": lambda: objectives.evaluate(small(), lambda batch: small().log_likelihood(batch).mean(),
                                                   batching.in_order(ENCODED)),
    "evaluate without a model": lambda: objectives.evaluate(None, small().log_likelihood, batching.in_order(ENCODED)),
    # schedules, cures
    "linear of 0 steps": lambda: schedules.linear(0.0, 1.0, steps=0),
    "linear of NaN steps": lambda: schedules.linear(0.0, 1.0, steps=NAN),
    "linear, steps a string": lambda: schedules.linear(0.0, 1.0, steps="100"),
    "cyclical of ratio 0": lambda: schedules.cyclical(0.0, 1.0, period=10, ratio=0.0),
    "cyclical of ratio 2": lambda: schedules.cyclical(0.0, 1.0, period=10, ratio=2.0),
    "sigmoid of steepness 0": lambda: schedules.sigmoid(0.0, 1.0, steps=10, steepness=0.0)(3),
    "sigmoid of steepness 1e6": lambda: schedules.sigmoid(0.0, 1.0, steps=10, steepness=1e6)(3),
    "warm-up of 0": lambda: schedules.warmup_cosine(1.0, steps=10, warmup=0),
    "a cure that is none": lambda: cures.cure("free_bit", steps=10),
    "a cure for 0 steps": lambda: cures.cure("linear", steps=0),
    "cures in the wrong order": lambda: cures.cure("word_dropout+free_bits", steps=10),
    "cure of nothing": lambda: cures.cure("", steps=10),
    "free bits of NaN": lambda: cures.FreeBits(NAN),
    "free bits below 0": lambda: cures.FreeBits(-1.0),
    "drop more than all words": lambda: cures.drop_words(ones(2, 3).long(), 1.5, generator=noise()),
    # rewards
    "a reward for other sentences": lambda: policy.at_the_end(ones(3), MASK),
    "to go, another mask": lambda: policy.reward_to_go(ones(2, 4), MASK),
    "to go, a number mask": lambda: policy.reward_to_go(ones(2, 3), ones(2, 3)),
    "baseline of other shapes": lambda: policy.position_baseline(ones(3, 3), MASK),
    "groups of 1": lambda: policy.group_baseline(ones(4), group=1),
    "groups that do not divide": lambda: policy.group_baseline(ones(5), group=2),
    "reinforce, other advantages": lambda: policy.reinforce_loss(ones(2, 3), ones(3, 3), MASK),
    "rollouts, none": lambda: policy.rollout_values(MASK, complete=lambda n: n, score=lambda x: ones(2), num_rollouts=0),
    "a loss that is none": lambda: adversarial.LOSSES["hing"],
    # instruments
    "frechet of other widths": lambda: diagnostics.frechet_distance(torch.randn(9, 2), torch.randn(9, 3)),
    "frechet of one point": lambda: diagnostics.frechet_distance(ones(1, 2), ones(9, 2)),
    "frechet of NaN": lambda: diagnostics.frechet_distance(torch.full((9, 2), NAN), torch.randn(9, 2)),
    "coverage of other widths": lambda: diagnostics.coverage(torch.randn(9, 3), torch.randn(4, 2), stddev=0.1),
    "coverage of no points": lambda: diagnostics.coverage(torch.zeros(0, 2), torch.randn(4, 2), stddev=0.1),
    "coverage, negative spread": lambda: diagnostics.coverage(torch.randn(9, 2), torch.randn(4, 2), stddev=-0.1),
    "precision of 2 points": lambda: diagnostics.precision_recall(torch.randn(2, 2), torch.randn(9, 2)),
    "precision, 0 neighbours": lambda: diagnostics.precision_recall(torch.randn(9, 2), torch.randn(9, 2), neighbours=0),
    "active units of one sentence": lambda: diagnostics.active_units(torch.randn(1, 4)),
    "active units of a vector": lambda: diagnostics.active_units(torch.randn(9)),
    "active units, a NaN": lambda: diagnostics.active_units(torch.full((9, 2), NAN)),
    "information of one sentence": lambda: diagnostics.mutual_information(ones(1, 2), ones(1, 2), generator=noise()),
    "information, a spread of 0": lambda: diagnostics.mutual_information(ones(9, 2), torch.zeros(9, 2), generator=noise()),
    "information, a negative spread": lambda: diagnostics.mutual_information(ones(9, 2), -ones(9, 2), generator=noise()),
    "information, other shapes": lambda: diagnostics.mutual_information(ones(9, 2), ones(8, 2), generator=noise()),
    "information, chunk 0": lambda: diagnostics.mutual_information(ones(9, 2), ones(9, 2), generator=noise(), chunk=0),
    "aggregate of one sentence": lambda: diagnostics.aggregate_kl(ones(1, 2), ones(1, 2), generator=noise()),
    "labels of other sentences": lambda: diagnostics.attribute_information(torch.randn(9, 2), ["a", "b"] * 5),
    "length judge of none": lambda: diagnostics.length_judge(torch.tensor([], dtype=torch.long), torch.tensor([3])),
    "length judge of words": lambda: diagnostics.length_judge([["a"]], [["b"]]),
    "length judge, negative": lambda: diagnostics.length_judge(torch.tensor([-3]), torch.tensor([3])),
    "outcomes of other lengths": lambda: diagnostics.Outcomes(ones(3), ones(2), torch.zeros(3).long()).valid,
    "outcomes of a negative group": lambda: diagnostics.Outcomes(ones(2), ones(2), torch.tensor([0, -1])).valid,
    "encode a language model": lambda: diagnostics.encode(small(), batching.in_order(ENCODED)),
    "encode batches without places": lambda: diagnostics.encode(vae(), [batching.collate(ENCODED)]),
    "all sentences of a large world": lambda: diagnostics.all_sentences(grammar.load(), VOCAB),
    "agreement of unequal numbers": lambda: diagnostics.attribute_agreement([("a",)], [], grammar.load()),
    # paths
    "a path of one point": lambda: interpolation.path(ones(2), ones(2), 1),
    "a path of another kind": lambda: interpolation.path(ones(2), ones(2), 5, "linera"),
    "a path between widths": lambda: interpolation.path(ones(2), ones(3), 5),
    "a path of half a step": lambda: interpolation.path(ones(2), ones(2), 2.5),
    "a vector to no label": lambda: interpolation.attribute_vector(ones(3, 2), ["a", "b", "a"], source="a", target="c"),
    "a vector, too few labels": lambda: interpolation.attribute_vector(ones(3, 2), ["a", "b"], source="a", target="b"),
    "a path of points of another width": lambda: interpolation.decode_path(vae(), ones(2, 7), max_length=3),
    # models and training
    "a decoder that is none": lambda: small(decoder="grru"),
    "a vocabulary of 0": lambda: small(vocab_size=0),
    "hidden units below 0": lambda: small(hidden_dim=-4),
    "an option that is none": lambda: small(hiden_dim=4),
    "a cured VAE of no cure": lambda: cured_vae("non", vocab_size=14, latent_dim=2),
    "no latent dimension": lambda: DenseVAE(data_dim=4, latent_dim=0),
    "bigrams of order 1": lambda: NGram(order=1, vocab_size=9),
    "n-grams of no sentence": lambda: NGram(order=2, vocab_size=9).fit([]),
    "n-grams beyond the vocabulary": lambda: NGram(order=2, vocab_size=9).fit([[4, 99]]),
    "n-grams without counts": lambda: NGram(order=2, vocab_size=14).log_likelihood(batching.collate(ENCODED)),
    "likelihood beyond the vocabulary": lambda: small().log_likelihood(batching.collate([[4, 99]])),
    "likelihood of lists": lambda: small().log_likelihood(ENCODED),
    "a negative rate": lambda: training.make_optimizer(small(), learning_rate=-1.0),
    "a rate of NaN": lambda: training.make_optimizer(small(), learning_rate=NAN),
    "an optimizer of no model": lambda: training.make_optimizer(None, learning_rate=1e-3),
    "a loss for each sentence": lambda: training.update(ones(3).requires_grad_(), OPTIMIZER, clip=1.0),
    "a loss that is a number": lambda: training.update(1.0, OPTIMIZER, clip=1.0),
    "training on nothing": lambda: training.train_language_model(
        small(), [], ENCODED, steps=2, batch_size=2, seed=0, key={}),
    "training without validation": lambda: training.train_language_model(
        small(), ENCODED, [], steps=2, batch_size=2, seed=0, key={"border": 2}),
    "training of -5 steps": lambda: trained(steps=-5),
    "training of half a step": lambda: trained(steps=2.5),
    "training with seed None": lambda: trained(seed=None),
    "training, another metric": lambda: training.fit(
        training.language_model_step(small(), OPTIMIZER), batching.TrainingBatches(ENCODED, batch_size=2, seed=0),
        model=small(), optimizer=OPTIMIZER, steps=1, seed=0, show="los"),
    "a VAE with a wrong cure": lambda: training.train_vae(
        vae(), ENCODED, ENCODED, cure="free_bit", steps=2, batch_size=2, seed=0, key={}),
    "a checkpoint that is not there": lambda: training.load_state("/nowhere/x.pt"),
    # worlds and vectors
    "a corpus that is none": lambda: corpora.load("wrld"),
    "a corpus that is a number": lambda: corpora.load(3),
    "a corpus of -1 sentences": lambda: corpora.load("village", num_train=-1),
    "a corpus of half a sentence": lambda: corpora.load("village", num_train=2.5),
    "a corpus of seed text": lambda: corpora.load("village", seed="zero", num_train=5),
    "dialogues of sentences": lambda: corpora.load_dialogues("village"),
    "pairs of dialogues": lambda: corpora.load_pairs("dialogue"),
    "-5 pairs": lambda: corpora.load_pairs("crossing:zh-en", num_train=-5),
    "pairs in a language that is none": lambda: corpora.load_pairs("crossing:zh-fr"),
    "utilities without weights": lambda: consensus.expected_utility([], [("a",)]),
    "ROUGE of streams": lambda: summaries.Rouge().each(["a b"], ["a b"]),
    "ROUGE of no references": lambda: summaries.Rouge().means([], []),
    "ROUGE-L above ROUGE-1": lambda: summaries.checked({"ROUGE-1": [29.7], "ROUGE-L": [32.6]}),
    "summaries of what has none": lambda: corpora.load_summaries("doorstep"),
    "documents of what has none": lambda: corpora.load_documents("reports"),
    "one topic of a world": lambda: corpora.load_documents("village", num_topics=1),
    "a bag of no items": lambda: bags.BagVAE(num_items=1),
    "alpha of 0": lambda: bags.laplace_approximation(ones(2) * 0),
    "a bag of words": lambda: train_bags(bags.BagVAE(num_items=3), ones(3), steps=2, seed=0, key={}),
    "LDA with one topic": lambda: fit_lda(ones(3, 4), ones(3, 4), num_topics=1, seed=0),
    "the exact likelihood of eight topics": lambda: quadrature.exact_log_likelihood(bags.BagVAE(num_items=4), ones(2, 4)),
    "fewer topics than there are": lambda: topics.matched(ones(1, 4) / 4, ones(2, 4) / 4),
    "ten words of four": lambda: topics.top_words(ones(2, 4) / 4, 10),
    "perplexity of an empty document": lambda: topics.perplexities(ones(1), ones(1, 3) * 0),
    "probabilities that sum to more than 1": lambda: topics.normalised(ones(2, 3)),
    "metrics of streams": lambda: translations.Metrics("en").scores(["a b"], ["a b"]),
    "the best of a list of 0": lambda: decoding.n_best(small(), num=1, width=0, max_length=3),
    "a bound with tables of two sizes": lambda: unseen.corpus_terms(ones(9, 9), ones(8, 8), ones(9, 9), ones(9, 9)),
    "a bound of sentences without lengths": lambda: unseen.sentence_terms(
        ones(2, 3, 9), ones(2, 3).long(), None, ones(9, 9), ones(9, 9)),
    "languages of one": lambda: unpaired.languages_apart([ones(3, 1)]),
    "a bound with tables of other words": lambda: unpaired.both_bounds(
        TwoTables(vocab_size=9), [ones(8, 8)] * 2, [ones(9, 9)] * 2),
    "neighbours of one language": lambda: unpaired.neighbours_apart(TwoTables(vocab_size=9), [ones(9, 9)]),
    "tables without a gain": lambda: unpaired.train_tables(TwoTables(vocab_size=9), None, steps=1, seed=0),
    "a warm-up without keys": lambda: unpaired.train_transducer(
        Transducer(vocab_size=10, embed_dim=4, hidden_dim=4), [ENCODED] * 2, unpaired.Recipe(warm_up=1), steps=1, seed=0),
    "a transducer of one language": lambda: unpaired.train_transducer(
        Transducer(vocab_size=10, embed_dim=4, hidden_dim=4), [ENCODED], unpaired.Recipe(), steps=1, seed=0),
    "batches of no sentences": lambda: unpaired.in_batches([], batch_size=2, seed=0),
    "a kept word that is none": lambda: ciphers.draw_cipher(["a"], generator=noise(), kept=["b"]),
    "a cipher of numbers": lambda: ciphers.draw_cipher([1, "a"], generator=noise()),
    "no secret sentence": lambda: ciphers.unpaired(num_plain=3, num_secret=0),
    "half a plain sentence": lambda: ciphers.unpaired(num_plain=0.5, num_secret=3),
    "a cipher of a text that nobody knows": lambda: ciphers.unpaired("tatoeba-en-zh", num_plain=3, num_secret=3),
    "a cipher of dialogues": lambda: ciphers.unpaired("doorstep", num_plain=3, num_secret=3),
    "bigrams of nothing": lambda: deciphering.bigram_counts([], Vocab(["a", "b"])),
    "a bigram model of nothing": lambda: deciphering.bigram_log_p([], Vocab(["a", "b"])),
    "a key of other words": lambda: deciphering.key_log_likelihood(torch.arange(9), ones(8, 8), ones(8, 8)),
    "frequencies of fewer words": lambda: deciphering.frequency_key(ones(8, 8), ones(9, 9)),
    "an assignment of other sizes": lambda: deciphering.assignment_key(ones(8, 8), ones(9, 9), generator=noise()),
    "swaps of half a key": lambda: deciphering.swapped_key(torch.arange(6), ones(9, 9), ones(9, 9), generator=noise()),
    "how often nothing came": lambda: deciphering.weighed([], Vocab(["a", "b"])),
    "emissions near other words": lambda: deciphering.random_emissions(9, generator=noise(), closeness=ones(8, 8)),
    "readings by other words": lambda: deciphering.hmm_log_likelihood(ones(8, 8), ones(10, 10), batching.collate(ENCODED)),
    "counts without weights": lambda: deciphering.expected_counts(ones(10, 10), ones(10, 10), batching.collate(ENCODED), None),
    "EM with weights of others": lambda: deciphering.em_round(ones(10, 10), ones(10, 10), batching.collate(ENCODED), ones(3)),
    "one to one of a list": lambda: deciphering.one_to_one([1, 2]),
    "the grammar of None": lambda: corpora.grammar_of(None),
    "a grammar that is not there": lambda: grammar.load("/nowhere/x.grammar"),
    "-1 sentences of a world": lambda: grammar.shipped("village").sample(-1, generator=noise()),
    "a world in another language": lambda: grammar.load().log_prob(("the",), language="fr"),
    "the likelihood of a string": lambda: grammar.shipped("village").log_prob("the cat sat"),
    "the likelihood of numbers": lambda: grammar.shipped("village").log_prob([4, 5]),
    "sounds of sentences": lambda: corpora.load_sounds("world"),
    "bands of no bins": lambda: sounds.filterbank(num_bands=0),
    "a speaker who is not there": lambda: corpora.load_sounds("spoken").parts(99),
    "distance of other shapes": lambda: sounds.log_spectral_distance(ones(2, 32, 48), ones(3, 32, 48)),
    "Griffin-Lim of a log-mel picture": lambda: sounds.griffin_lim(ones(32, 48), generator=noise()),
    "Griffin-Lim of decibels": lambda: sounds.griffin_lim(-ones(257, 48), generator=noise()),
    "a WAV file that is none": lambda: sounds.from_wav(b"RIFF"),
    "a speech VAE without z": lambda: SpeechVAE(latent_dim=0),
    "a ring of no modes": lambda: Ring(num_modes=0).centres,
    "a ring without spread": lambda: Ring(stddev=0.0).log_prob(ones(2, 2)),
    "-3 points of a ring": lambda: Ring().sample(-3, generator=noise()),
    "a ring in space": lambda: Ring().log_prob(ones(4, 3)),
    "clicks of a name that is none": lambda: clicks.load("taste"),
    "clicks of half a user": lambda: clicks.load("tastes", num_train=2.5),
    "nothing held out": lambda: clicks.hold_out(ones(2, 3), share=1.0, generator=noise()),
    "no neighbours": lambda: tastes.load().sample(0, generator=noise()),
    "a taste of other things": lambda: tastes.load().posterior(ones(2, 3)),
    "a thing that is none": lambda: tastes.load().named(["braed"]),
    "EASE without a strength": lambda: recommenders.ease(ones(3, 2), strength=0.0),
    "neighbours of no item": lambda: recommenders.item_knn(ones(3, 2), neighbours=0, shrink=1.0),
    "popularity of a list": lambda: recommenders.popularity([1, 2]),
    "nDCG of other users": lambda: ranking.ndcg(ones(2, 3), ones(3, 3), ones(3, 3)),
    "nDCG at 0": lambda: ranking.ndcg(ones(2, 3), ones(2, 3), ones(2, 3), k=0),
    "places of nobody's scores": lambda: ranking.places(ones(3), ones(2, 3), ones(2, 3)),
    "a discount that is none": lambda: ranking.discounts(5, 3, "ncdg"),
    "digits of seed text": lambda: digits.dequantised(ones(2, 64).long(), generator=3),
    "threads below 0": lambda: runtime.use_threads(-2),
    "threads in words": lambda: runtime.use_threads("two"),
}

BARE = {  # not answered in a sentence, and why; when one is mended, its row goes
    "hot: a step would pay for the look": [
        "collate floats", "reparameterize, no samples", "reparameterize a categorical", "elbo, no samples",
        "drop more than all words", "likelihood beyond the vocabulary", "likelihood of lists"],
    "NaN says so: 'of 1: no standard error'": [
        "estimate of nothing", "interval of one value", "errors of one value"],
    "a dict, with Python's own answer": ["a loss that is none"],
}


def answer(call) -> list[str]:
    """["refused", sentence], ["raised", type and first line] or ["passed", what came out]."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = call()
    except GensqError as error:
        return ["refused", str(error)]
    except Exception as error:
        return ["raised", f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:150]]
    return ["passed", repr(found)[:100]]


if __name__ == "__main__":
    print(json.dumps({name: answer(call) for name, call in CALLS.items()}))
