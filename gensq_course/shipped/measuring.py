"""What is measured of a model before it goes into a file: likelihood or bound, units, unknown words, and what it has by heart."""
import torch
from torch import Tensor

from gensq_course.shipped.cards import Measure
from gensq_lib import diagnostics
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.maths.stats import Estimate, Share, estimate
from gensq_lib.models.parts import LatentModel, WordModel
from gensq_lib.text import batching, decoding
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.large import looked_at
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.steps import device_of

NATS, SHARE = "nats per sentence", "share"
DRAWN = 200  # sentences


def measured(model: WordModel, text: Corpus, *, num_test: int = 500, num_samples: int = 50, seed: int = 0) -> tuple[Measure, ...]:
    """The figures of a card, on the first `num_test` test sentences; the bound of a VAE takes `num_samples` draws of z (K).

    Taught in lesson 21.
    """
    tested = text.test[:num_test]
    encoded, on = [text.vocab.encode(sentence) for sentence in tested], f"{len(tested):,} test sentences"
    score = objectives.Score(log_probs(model, encoded, num_samples=num_samples, seed=seed),
                             torch.tensor([len(ids) + 1 for ids in encoded]))
    what, how, latent = "NLL", "exact", []
    if isinstance(model, LatentModel):
        what, how = "bound on the NLL", f"importance-weighted, K = {num_samples}"
        latent = [_mean("KL of q(z | x) to the prior", _kl(model, encoded), NATS, on)]
    per_token = score.nats_per_sentence / score.tokens_per_sentence
    return (_mean(f"{what} ({how})", score.nll, NATS, on), *latent,
            Measure(f"{what} per token", per_token, "nats per token, <eos> counted", on),
            Measure(f"{what} as perplexity", score.perplexity, "per token, <eos> counted", on),
            Measure("unknown words (<unk>)", text.unknown_rate(tested), "share of the test tokens", on),
            *_of_samples(model, text, seed=seed), *_truth(text, num_test))


def log_probs(model: WordModel, encoded: list[list[int]], *, num_samples: int, seed: int) -> Tensor:
    """log p(x) of each sentence, or of a VAE the bound on it, nats."""
    batches = batching.in_order(encoded, batch_size=64, device=device_of(model))
    if not isinstance(model, LatentModel):
        return objectives.evaluate(model, model.log_likelihood, batches)
    noise = runtime.generator(seed, "score")
    return objectives.evaluate(
        model, lambda batch: objectives.iwae(model, batch, num_samples=num_samples, generator=noise), batches)


def prior_draws(model: WordModel, num: int, *, seed: int) -> Tensor | None:
    """z of `num` sentences; None for a model without z."""
    if not isinstance(model, LatentModel):
        return None
    return torch.randn(num, model.latent_dim, generator=runtime.generator(seed, "prior")).to(device_of(model))


def _kl(model: LatentModel, encoded: list[list[int]]) -> Estimate:
    codes = diagnostics.encode(model, batching.in_order(encoded, device=device_of(model)))
    return estimate(codes.kl.sum(-1))


def _mean(name: str, found: Estimate, unit: str, on: str) -> Measure:
    return Measure(name, found.mean, unit, on, found.interval)


def _share(name: str, found: Share, on: str) -> Measure:
    return Measure(name, found.mean, SHARE, on, found.interval)


def _of_samples(model: WordModel, text: Corpus, *, seed: int) -> list[Measure]:
    """What a model says by heart, beside how often people say the same twice; of a grammar how much of it is valid."""
    with objectives.evaluating(model):
        said = decoding.sample(model, num=DRAWN, z=prior_draws(model, DRAWN, seed=seed), max_length=longest(text),
                               avoid=(Vocab.UNK,), generator=runtime.generator(seed, "words")).sentences(text.vocab)
    tested = text.test[:DRAWN]
    known = {*said, *tested}.intersection(text.train)  # not the set of a text that may be large
    on, found = f"{DRAWN} sentences drawn at T = 1", []
    if text.grammar is not None:
        found = [_share("valid", diagnostics.valid_share(said, text.grammar, language=text.language), on)]
    return [*found, _share("drawn, and word for word in the training text", Share(sum(s in known for s in said), DRAWN), on),
            _share("the same of test sentences", Share(sum(s in known for s in tested), len(tested)),
                   f"{len(tested):,} test sentences")]


def _truth(text: Corpus, num_test: int) -> list[Measure]:
    if text.grammar is None:
        return []
    exact = [-text.grammar.log_prob(sentence, language=text.language) for sentence in text.test[:num_test]]
    return [_mean("exact NLL of the grammar itself", estimate(exact), NATS, f"the same {len(exact):,} test sentences")]


def longest(text: Corpus) -> int:
    """Tokens that a sentence of a model of this text may have."""
    return max(map(len, looked_at(text.train))) + 5
