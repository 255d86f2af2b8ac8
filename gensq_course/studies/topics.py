"""The recorded tables of lesson 18 on documents: who finds known topics, what tricks do, what coherence says; abstracts."""
from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.studies import topic_models
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.topic_models import RECIPES, lda, measured, of_topics, scores, trained, tricks, truth, unigram
from gensq_lib.diagnostics.topics import halves, perplexities, top_words
from gensq_lib.models.bags import OF_TOPICS
from gensq_lib.text import corpora
from gensq_lib.text.corpora.documents import Documents

SEEDS, SHOWN, OF_PEOPLE = range(5), 10, 10  # seeds; words that are shown of a topic; topics of abstracts
EXACT = ("NVDM", "mixture", "product")
WHOLE = ("mixture", "product")
Counts = Float[Tensor, "document word"]


def run(*, seed: int) -> list[Record]:
    """Nats per test document, counts of topics, shares."""
    return [*of_known(seed), *of_few(seed), *of_sentences(seed)]


def of_known(seed: int) -> Iterator[Record]:
    """Eight topics of the world, words drawn one by one: everything that is said of LDA's world is true."""
    documents = corpora.load_documents("world", seed=seed)
    num = len(documents.known.names)
    models = {"truth": truth(documents), "LDA": lda(documents, num_topics=num, seed=seed)}
    models |= {name: trained(recipe, documents, num_topics=num, seed=seed) for name, recipe in RECIPES.items()}
    yield from records(topic_models.floor(documents), model="unigram")
    for name, each in topic_models.behind(models, documents, seed=seed).items():
        yield from records({"behind": each.mean}, model=name)
    for name, model in models.items():
        yield from records(measured(model, documents, seed=seed), model=name)
    noise = torch.Generator().manual_seed(seed)
    for name, found in topic_models.doubtful(documents, generator=noise).items():
        yield from records(of_topics(found, documents), words_of=name)
    for kind in OF_TOPICS:
        for name, recipe in tricks(kind).items():
            model = trained(recipe, documents, num_topics=num, seed=seed)
            yield from records(measured(model, documents, seed=seed), kind=kind, tricks=name)


def of_controls(*, seed: int) -> list[Record]:
    """The plain mixture with what else could help it, and the setting that this lesson uses."""
    documents, found = corpora.load_documents("world", seed=seed), []
    for name, recipe in topic_models.CONTROLS.items():
        model = trained(recipe, documents, num_topics=len(documents.known.names), seed=seed)
        found += records(measured(model, documents, seed=seed), control=name)
    return found


def of_few(seed: int) -> Iterator[Record]:
    """Three topics: bounds beside log p(x) itself, and perplexities by it."""
    documents = topic_models.few_topics(seed)
    models = {"truth": truth(documents), "LDA": lda(documents, num_topics=topic_models.FEW, seed=seed)}
    models |= {name: trained(RECIPES[name], documents, num_topics=topic_models.FEW - (name == "NVDM"), seed=seed)
               for name in EXACT}
    for name, model in models.items():
        found = scores(model, documents.test, seed=seed, exact=True)
        if name in EXACT:
            found["fitted"] = topic_models.refined_elbo(model, documents.test, seed=seed)
        nats = {measure: -log_prob.mean().item() for measure, log_prob in found.items()}
        both = vars(perplexities(found["exact"], documents.test))
        yield from records({**nats, **both}, few=name)
    floor = unigram(documents)
    yield from records({"exact": -floor.mean().item(), **vars(perplexities(floor, documents.test))}, few="unigram")


def of_sentences(seed: int) -> Iterator[Record]:
    """Documents of whole sentences: words come together, and no topic model is right."""
    documents = corpora.load_documents("world", seed=seed, whole=True)
    num = len(documents.known.names)
    models = {"truth": truth(documents), "LDA": lda(documents, num_topics=num, seed=seed)}
    models |= {name: trained(RECIPES[name], documents, num_topics=num, seed=seed) for name in WHOLE}
    for name, model in models.items():
        yield from records(measured(model, documents, seed=seed), whole=name)


def of_abstracts(*, seed: int) -> list[Record]:
    """Nobody knows the topics: bounds, perplexity of the second half of each document given the first, coherence; and words."""
    documents = corpora.load_documents("scitldr", seed=seed)
    models = {"LDA": lda(documents, num_topics=OF_PEOPLE, seed=seed)}
    models |= {name: trained(RECIPES[name], documents, num_topics=OF_PEOPLE, seed=seed) for name in ("NVDM", *OF_TOPICS)}
    seen, asked = two_halves(documents, seed)
    by_count = asked @ topic_models.frequencies(documents).log()
    found = records(topic_models.floor(documents) | {"second half": perplexities(by_count, asked).corpus}, model="unigram")
    found += records({"second half": float(len(documents.words))}, model="all words alike")
    for name, model in models.items():
        half = perplexities(completed(model, seen, asked), asked).corpus
        found += records(measured(model, documents, seed=seed) | {"second half": half}, model=name)
        found += [{"model": name, "topic": k, "measure": "words", "value": words}
                  for k, words in enumerate(listed(model, documents))]
    return found


def two_halves(documents: Documents, seed: int) -> tuple[Counts, Counts]:
    """Of each test document the words that are read, and those that are asked for: documents that have some of both."""
    seen, asked = halves(documents.test, generator=torch.Generator().manual_seed(seed))
    kept = (seen.sum(-1) > 0) & (asked.sum(-1) > 0)
    return seen[kept], asked[kept]


def completed(model: torch.nn.Module, seen: Counts, asked: Counts) -> Float[Tensor, "document"]:
    """log p of the words that are asked for, with z inferred from those that are read alone, nats per document."""
    with topic_models.evaluating(model):
        return model.log_likelihood(asked, model.posterior(seen).mean[None])[0]


def listed(model: torch.nn.Module, documents: Documents, num: int = SHOWN) -> list[str]:
    """The likeliest words of each topic, in a line."""
    with topic_models.evaluating(model):
        return [" ".join(documents.words[i] for i in row) for row in top_words(model.topics(), num).tolist()]


STUDY = Study("topics", "Who finds the topics that are there, which trick does what, and does coherence say so?",
              [{"seed": seed} for seed in SEEDS], run)
OF_CONTROLS = Study("topics_controls", "Is a topic model that is trained as usual stuck, or slow?",
                    [{"seed": seed} for seed in SEEDS], of_controls)
OF_ABSTRACTS = Study("topics_people", "What are abstracts of papers about, and what does coherence say of the answers?",
                     [{"seed": seed} for seed in SEEDS], of_abstracts)
