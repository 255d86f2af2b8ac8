"""What lesson 18 says about documents: who finds the topics of a world, trained alike, and how all of them are measured.

Rates, priors and tricks of the networks were tried at seeds 100 and 101, eleven settings for each kind. Of those whose topics all
differed at both seeds the one with the highest ELBO of validation documents was kept: the truth was not asked. No table has
these seeds.
"""
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.diagnostics import topics
from gensq_lib.diagnostics.ledger import refine
from gensq_lib.diagnostics.quadrature import exact_log_likelihood
from gensq_lib.maths.objectives import elbo_terms, evaluating, iwae
from gensq_lib.maths.schedules import constant, linear
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.bags import OF_TOPICS, BagVAE
from gensq_lib.models.topics import DirichletTopics
from gensq_lib.text import corpora
from gensq_lib.text.corpora.documents import Documents
from gensq_lib.training.bags import train_bags
from gensq_lib.training.topics import fit_lda, validation_elbo

STEPS, IMPORTANCE, REFINED = 800, 50, 150  # of training; importance samples of a bound; steps that fit one q
FEW = 3  # topics of a world in which log p(x) can be added up


@dataclass(frozen=True)
class Recipe:
    """A network for bags and how it is trained: everything but the documents and the seed."""

    model: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float = 2e-3
    momentum: float = 0.9  # Adam's beta1
    starts: int = 1  # of which the best by validation is kept
    longer: int = 1  # times as many steps
    anneal: float = 0.0  # share of the steps in which beta rises from 0 to 1
    beta: float = 1.0  # the price of the KL, where it is not annealed


PLAIN = {kind: Recipe({"decoder": kind, "concentration": 0.1}) for kind in OF_TOPICS}  # as a VAE is usually trained
RECIPES = {
    "mixture, plain": PLAIN["mixture"], "product, plain": PLAIN["product"],
    "NVDM": Recipe({"decoder": "linear"}, learning_rate=1e-2, starts=2),
    "mixture": Recipe({"decoder": "mixture", "concentration": 0.3, "batch_norm": True}, learning_rate=2e-2, starts=2),
    "product": Recipe({"decoder": "product", "concentration": 0.3}, learning_rate=5e-2, starts=2),
    "product, published": Recipe({"decoder": "product", "concentration": 1.0, "batch_norm": True, "dropout": 0.6},
                                 momentum=0.99),  # keeps .4 of the units, rate 2e-3
}


def tricks(kind: str) -> dict[str, Recipe]:
    """Those of ProdLDA (Srivastava & Sutton 2017) one by one, each on top of those before it, and two of them alone."""
    plain = PLAIN[kind]
    rate = replace(plain, learning_rate=2e-2)
    momentum = replace(rate, momentum=0.99)
    norm = replace(momentum, model={**momentum.model, "batch_norm": True})
    return {"plain": plain, "+ high rate": rate, "+ momentum .99": momentum, "+ batch norm": norm,
            "+ dropout": replace(norm, model={**norm.model, "dropout": 0.2}),
            "+ prior of alpha 1": replace(norm, model={**norm.model, "dropout": 0.2, "concentration": 1.0}),
            "momentum alone": replace(plain, momentum=0.99),
            "batch norm alone": replace(plain, model={**plain.model, "batch_norm": True})}


CONTROLS = {  # is the plain mixture stuck, or slow?
    "plain": PLAIN["mixture"], "plain, ten times the steps": replace(PLAIN["mixture"], longer=10),
    "plain, KL annealed": replace(PLAIN["mixture"], anneal=0.5), "plain, KL free": replace(PLAIN["mixture"], beta=0.0),
    "high rate, batch norm, alpha .3": replace(RECIPES["mixture"], starts=1)}


def trained(recipe: Recipe, documents: Documents, *, num_topics: int, seed: int, steps: int = STEPS) -> BagVAE:
    """A network of this recipe after so many steps; of several starts the one with the highest ELBO on validation documents."""
    made = [_trained_once(recipe, documents, num_topics, seed + 1_000 * start, steps) for start in range(recipe.starts)]
    return max(made, key=lambda model: validation_elbo(model, documents.valid, seed=seed))


def _trained_once(recipe: Recipe, documents: Documents, num_topics: int, seed: int, steps: int) -> BagVAE:
    torch.manual_seed(seed)
    model = BagVAE(num_items=len(documents.words), latent_dim=num_topics, **recipe.model)
    steps *= recipe.longer
    beta = linear(0.0, 1.0, steps=math.ceil(recipe.anneal * steps)) if recipe.anneal else constant(recipe.beta)
    train_bags(model, documents.train, steps=steps, seed=seed, key={"documents": documents.fingerprint}, beta=beta,
               learning_rate=recipe.learning_rate, momentum=recipe.momentum)
    return model.eval()


def lda(documents: Documents, *, num_topics: int, seed: int) -> DirichletTopics:
    """The rival that is not a network."""
    return fit_lda(documents.train, documents.valid, num_topics=num_topics, seed=seed)


def truth(documents: Documents) -> DirichletTopics:
    """The perfect player: the true topics and the true alpha. It still has to find theta of each document."""
    return DirichletTopics(topics=documents.known.topics, alpha=documents.known.alpha)


def frequencies(documents: Documents) -> Float[Tensor, "word"]:
    """How often each word stands in training documents, each counted once more than it was."""
    counts = 1.0 + documents.train.sum(0)
    return counts / counts.sum()


def unigram(documents: Documents) -> Float[Tensor, "document"]:
    """log p of each test document where every document has the same words: the floor."""
    return documents.test @ frequencies(documents).log()


def floor(documents: Documents) -> dict[str, float]:
    """What every model has to beat: the unigram's nats, and whose theta always says the most frequent topic."""
    found = {"bound": -unigram(documents).mean().item()}
    if documents.known:
        leading = documents.known.shares["test"].argmax(-1).bincount()
        found["leading topic"] = leading.max().item() / leading.sum().item()
    return found


def behind(models: Mapping[str, nn.Module], documents: Documents, *, seed: int) -> dict[str, Estimate]:
    """Nats per test document by which each model's bound lies behind that of the first model, document by document."""
    bounds = {name: scores(model, documents.test, seed=seed)["importance"] for name, model in models.items()}
    first = next(iter(bounds.values()))
    return {name: estimate(first - bound) for name, bound in bounds.items()}


def refined_elbo(model: nn.Module, counts: Float[Tensor, "document item"], *, seed: int) -> Float[Tensor, "document"]:
    """The ELBO with a q that is fitted to each document by itself, from the encoder's answer on: what one pass costs."""
    noise = torch.Generator().manual_seed(seed)
    with evaluating(model):
        q = refine(model, counts, steps=REFINED, generator=noise)
        return elbo_terms(model, counts, q=q, num_samples=20, generator=noise).elbo


def scores(model: nn.Module, counts: Float[Tensor, "document item"], *, seed: int, exact: bool = False
           ) -> dict[str, Float[Tensor, "document"]]:
    """Bounds on log p(x) of each document, from loose to tight, and log p(x) itself where a grid can be afforded."""
    noise = torch.Generator().manual_seed(seed)
    with evaluating(model):
        found = {"ELBO": elbo_terms(model, counts, num_samples=5, generator=noise).elbo,
                 "importance": iwae(model, counts, num_samples=IMPORTANCE, generator=noise)}
    return found | ({"exact": exact_log_likelihood(model, counts)} if exact else {})


def of_topics(found: Float[Tensor, "topic item"], documents: Documents) -> dict[str, float]:
    """Of lists of words: how many differ, coherence in training documents, and, where it is known, how much is true.

    "own words" is NPMI once more, of lists that begin with what a topic has more often than the others.
    """
    measured = {"distinct": topics.num_distinct(found), "NPMI": topics.coherence(found, documents.train).mean().item(),
                "C_V": topics.coherence_v(found, documents.train).mean().item(),
                "own words": topics.coherence(topics.own_words_first(found), documents.train).mean().item()}
    if documents.known and len(found) >= len(documents.known.names):
        matched = topics.matched(found, documents.known.topics)
        measured |= {"shared": matched.mean, "found": matched.found}
    return measured


def of_documents(model: nn.Module, documents: Documents) -> dict[str, float]:
    """Of theta: in how many test documents the leading topic is right."""
    if not documents.known or getattr(model, "kind", "mixture") not in OF_TOPICS:
        return {}
    with evaluating(model):
        return {"leading topic": topics.leading_right(model.shares(documents.test), documents.known.shares["test"])}


def measured(model: nn.Module, documents: Documents, *, seed: int) -> dict[str, float]:
    """Nats per test document, topics, documents."""
    bounds = scores(model, documents.test, seed=seed)
    with evaluating(model):
        found = model.topics()
    return {"-ELBO": -bounds["ELBO"].mean().item(), "bound": -bounds["importance"].mean().item(),
            **of_topics(found, documents), **of_documents(model, documents)}


def few_topics(seed: int, *, name: str = "world", num_train: int = 0) -> Documents:
    """Documents of so few topics that log p(x) can be added up."""
    return corpora.load_documents(name, seed=seed, num_train=num_train, num_topics=FEW)


def doubtful(documents: Documents, *, generator: torch.Generator) -> dict[str, Float[Tensor, "topic item"]]:
    """Lists of words that nobody has learnt, to try a measure on: the truth, the truth scrambled, one topic for all."""
    known = documents.known.topics
    best = topics.coherence(known, documents.train).argmax()
    return {"true topics": known, "scrambled": topics.scrambled(known, generator=generator),
            "one true topic, eight times": known[best].expand_as(known)}
