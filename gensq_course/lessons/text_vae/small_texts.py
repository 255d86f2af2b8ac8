"""What a small real text gives: n-grams, the language model and the VAE of lesson 06, on the same test sentences."""
from functools import cache, partial

import torch

from gensq_course.lessons.text_vae import recipe
from gensq_course.report.reading import progress
from gensq_course.shipped.language_model import SIZES, Finished, finished_language_model
from gensq_course.studies.rows import Record, records
from gensq_lib import diagnostics
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import Score, evaluate, iwae
from gensq_lib.models.ngram import NGram
from gensq_lib.models.parts import WordModel
from gensq_lib.models.text_vae import BagOfWordsVAE
from gensq_lib.text import corpora
from gensq_lib.text.batching import in_order
from gensq_lib.training import History, sizing

LM_STEPS, VAE_STEPS = 3_500, 1_400  # what lesson 06 takes: at most so many, of the language model more as its plan says
FREE_BITS = {"VAE": sizing.FREE_BITS, "VAE, λ .5": sizing.FEWER}  # nats per dimension: as lesson 06 has it, and fewer
LM_BATCH, VAE_BATCH, LATENT_DIM, NUM_TEST, NUM_IMPORTANCE = 64, 128, 8, 500, 50


@cache
def text(num: int, seed: int) -> tuple[corpora.Corpus, dict[str, list[list[int]]]]:
    """So many everyday sentences to train on (0: all), in integers; validation and test are the same for all."""
    cut = corpora.load("tatoeba-en-zh", seed=seed, num_train=num)
    return cut, {part: [cut.vocab.encode(sentence) for sentence in getattr(cut, part)] for part in ("train", "valid", "test")}


def prepare(*, num: int, model: str, seed: int) -> None:
    """The language model that a VAE starts from is no part of its seconds."""
    if model in FREE_BITS:
        language_model(num, seed)


def language_model(num: int, seed: int) -> Finished:
    """Of the sizes of the lesson; trained once, then out of the cache."""
    cut, _ = text(num, seed)
    return finished_language_model(cut, steps=LM_STEPS, batch_size=LM_BATCH, seed=seed, **SIZES)


def vae(num: int, seed: int, free_bits: float) -> tuple[BagOfWordsVAE, History]:
    """As lesson 06 trains it, free bits and a bag of words."""
    cut, encoded = text(num, seed)
    start = language_model(num, seed)
    torch.manual_seed(seed)
    model = BagOfWordsVAE(vocab_size=len(cut.vocab), latent_dim=LATENT_DIM, share_embedding=True, **SIZES, **start.plan.options)
    return model, recipe.train_live(model, encoded["train"], encoded["valid"], steps=VAE_STEPS, batch_size=VAE_BATCH, seed=seed,
                                    free_bits=free_bits, start=start.model, plan=start.plan, key={"corpus": cut.fingerprint})


def best_ngram(num: int, seed: int) -> NGram:
    """The order, 2 to 5, that validation likes best; Kneser-Ney."""
    cut, encoded = text(num, seed)
    orders = [NGram(order=order, vocab_size=len(cut.vocab)).fit(encoded["train"]) for order in range(2, 6)]
    return max(orders, key=lambda model: evaluate(model, model.log_likelihood, in_order(encoded["valid"])).mean().item())


def run(*, num: int, model: str, seed: int) -> list[Record]:
    """Train one model and read it; nats per test sentence."""
    cut, encoded = text(num, seed)
    tests = encoded["test"][:NUM_TEST]
    facts = {"sentences": len(cut.train), "vocabulary": len(cut.vocab), "unknown": cut.unknown_rate(cut.test[:NUM_TEST])}
    if model == "n-gram":
        counted = best_ngram(num, seed)
        return records(facts | nats(counted, tests) | {"order": counted.order})
    with_z = model in FREE_BITS
    if with_z:
        made, history = vae(num, seed, FREE_BITS[model])
    else:
        made, history = (lm := language_model(num, seed)).model, lm.history
    found = progress(history, len(encoded["train"]), batch_size=VAE_BATCH if with_z else LM_BATCH)
    read = {"readings": found.readings, "best_reading": found.best_reading, "validation": found.best}
    return records(facts | read | (bounds(made, tests, seed) if with_z else nats(made, tests)))


def nats(model: WordModel, tests: list[list[int]]) -> dict[str, float]:
    """Of a model whose log p(x) is exact."""
    return scored(evaluate(model, model.log_likelihood, in_order(tests)), tests)


def scored(log_p: torch.Tensor, tests: list[list[int]]) -> dict[str, float]:
    score = Score(log_p, torch.tensor([len(ids) + 1 for ids in tests]))
    return {"nll": score.nll.mean, "perplexity": score.perplexity}


def bounds(model: BagOfWordsVAE, tests: list[list[int]], seed: int) -> dict[str, float]:
    """Of a VAE: -log p(x) at most, by importance sampling, and what z holds."""
    noise = partial(runtime.generator, seed)
    bound = evaluate(model, lambda batch: iwae(model, batch, num_samples=NUM_IMPORTANCE, generator=noise("iwae")),
                     in_order(tests, batch_size=64))
    once = evaluate(model, lambda batch: iwae(model, batch, num_samples=1, generator=noise("elbo")), in_order(tests))
    coded = diagnostics.encode(model, in_order(tests))
    told = diagnostics.mutual_information(coded.mean, coded.stddev, generator=noise("information"))
    return scored(bound, tests) | {
        "negative_elbo": -once.mean().item(), "kl": coded.kl.sum(-1).mean().item(), "mutual_information": told.lower,
        "active_units": diagnostics.active_units(coded.mean)}
