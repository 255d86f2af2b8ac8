"""What studies of text VAEs share: the world's sentences, and the numbers by which a VAE is judged."""
from functools import cache, lru_cache, partial

from torch.distributions import Normal

from gensq_course.studies.rows import Record, records
from gensq_lib import diagnostics
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.maths.divergences import reparameterize
from gensq_lib.text import batching, corpora

Parts = dict[str, list[list[int]]]  # train, valid and test, encoded


@lru_cache(maxsize=1)
def world(seed: int) -> tuple[corpora.Corpus, Parts]:
    """The corpus and its encoded parts; rows of one seed follow each other, so a process needs one at a time."""
    text = corpora.load("world", seed=seed)
    return text, encoded(text)


def encoded(text: corpora.Corpus) -> Parts:
    """All sentences of a corpus as numbers."""
    return {part: [text.vocab.encode(sentence) for sentence in getattr(text, part)] for part in ("train", "valid", "test")}


def brief(model, lm, batches, *, num_samples: int, seed: int) -> dict[str, float]:
    """The four numbers by which a cure is judged, and what the language model says; nats per sentence."""
    noise, found = partial(runtime.generator, seed), diagnostics.encode(model, batches())
    information = diagnostics.mutual_information(found.mean, found.stddev, generator=noise("information"))
    bound = objectives.evaluate(
        model, lambda b: objectives.iwae(model, b, num_samples=num_samples, generator=noise("iwae")), batches())
    return {"nll": -bound.mean().item(), "nll_lm": -objectives.evaluate(lm, lm.log_likelihood, batches()).mean().item(),
            "rate": found.kl.sum(-1).mean().item(), "dimensions": int((found.kl.mean(0) > 0.1).sum()),
            "mutual_information": information.lower,
            "shuffled_cost": diagnostics.z_controls(model, batches, generator=noise("controls")).shuffled_cost}


def known(model, sentences: list[list[int]], *, seed: int) -> list[Record]:
    """Information of a draw of z about each attribute, on all test sentences."""
    q = diagnostics.encode(model, batching.in_order(sentences))
    z = reparameterize(Normal(q.mean, q.stddev), generator=runtime.generator(seed, "known"))[0]
    return [record for name, values in true_attributes().items()
            for record in records({"known": diagnostics.attribute_information(z, values)}, attribute=name)]


@cache
def true_attributes() -> dict[str, list[str]]:
    """What the grammar says of the test sentences, which are the same for all seeds."""
    text, _ = world(0)
    parses = [text.grammar.parse(sentence).attributes for sentence in text.test]
    return {name: [parse[name] for parse in parses] for name in text.grammar.attributes}


def prepare(*, seed: int, **others) -> None:
    """What every row of a seed needs."""
    true_attributes()
    world(seed)
