"""Tables and pictures of lesson 18 on documents."""
import copy
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course import widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.studies import topic_models
from gensq_course.studies.rows import Row, by, value
from gensq_course.studies.topic_models import frequencies, of_topics
from gensq_lib import plots
from gensq_lib.diagnostics.topics import coherence, matched, top_words
from gensq_lib.maths.objectives import evaluating
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.bags import BagVAE
from gensq_lib.text.corpora.documents import Documents

MOST = 12  # different words of a document that are shown


def in_words(counts: Float[Tensor, "word"], documents: Documents) -> str:
    """The most frequent words of one document: "tea 3, cake 2, ..."."""
    order = counts.argsort(descending=True, stable=True)[:MOST]
    return ", ".join(f"{documents.words[i]} {int(counts[i])}" if counts[i] > 1 else documents.words[i]
                     for i in order.tolist() if counts[i])


def shares_in_words(shares: Float[Tensor, "topic"], names: Sequence[str], least: float = 0.05) -> str:
    """Of theta what is not small, the largest first."""
    return ", ".join(f"{names[i]} {shares[i]:.2f}" for i in shares.argsort(descending=True).tolist() if shares[i] >= least)


def some_documents(documents: Documents, num: int = 4) -> widgets.Table:
    """Test documents, with their topics where these are known, else with their titles."""
    rows = []
    for i, counts in enumerate(documents.test[:num]):
        about = (shares_in_words(documents.known.shares["test"][i], documents.known.names) if documents.known
                 else documents.titles[i] if documents.titles else "")
        rows.append([i + 1, about, int(counts.sum()), in_words(counts, documents)])
    return widgets.table(rows, ["document", "theta" if documents.known else "title", "words", "the most frequent"])


def lists(topics: Float[Tensor, "topic item"], documents: Documents, *, names: Sequence[str] = (), num: int = 10,
          caption: str = "") -> widgets.Table:
    """The likeliest words of each topic, with its coherence; where the truth is known, with the true topic it stands for."""
    npmi, rows = coherence(topics, documents.train, num=num), []
    stands_for = dict.fromkeys(range(len(topics)), ("", ""))
    if documents.known and not names and len(topics) >= len(documents.known.names):
        match = matched(topics, documents.known.topics)
        stands_for |= {k: (name, f"{shared:.2f}") for k, name, shared in zip(
            match.ours.tolist(), documents.known.names, match.shared.tolist(), strict=True)}
    for k, words in enumerate(top_words(topics, num).tolist()):
        name, shared = (names[k], "") if names else stands_for[k]
        rows.append([k + 1, name, shared, round(npmi[k].item(), 3), " ".join(documents.words[i] for i in words)])
    return widgets.table(rows, ["topic", "stands for", "shared", "NPMI", f"its {num} likeliest words"], caption)


def beside_truth(models: Mapping[str, nn.Module], documents: Documents, document: int) -> widgets.Table:
    """theta of one test document by everybody: each model's topics have the names of the true ones they are matched with."""
    rows = [["truth", shares_in_words(documents.known.shares["test"][document], documents.known.names)]]
    for name, model in models.items():
        with evaluating(model):
            shares = model.shares(documents.test[document:document + 1])[0]
            ours = matched(model.topics(), documents.known.topics).ours
        rows.append([name, shares_in_words(shares[ours], documents.known.names)])
    return widgets.table(rows, ["who says", "theta"], in_words(documents.test[document], documents))


def shared_shares(models: Mapping[str, nn.Module], documents: Documents) -> dict[str, Estimate]:
    """How much theta of everybody shares with the true theta, sum over topics of the smaller one: means over test documents."""
    truth, said = documents.known.shares["test"], {}
    for name, model in models.items():
        with evaluating(model):
            said[name] = model.shares(documents.test)[:, matched(model.topics(), documents.known.topics).ours]
    said["chance"] = documents.known.shares["train"].mean(0).expand_as(truth)
    return {name: estimate(torch.minimum(each, truth).sum(-1)) for name, each in said.items()}


def alone_in_training_mode(model: BagVAE, counts: Float[Tensor, "document item"]) -> Float[Tensor, "document latent"]:
    """The mistake: posterior means of documents one by one, in training mode.

    PyTorch refuses a batch of one row there, so each document comes twice: a batch whose mean is that document, too.
    """
    twin = copy.deepcopy(model).train()
    with torch.no_grad():
        return torch.stack([twin.posterior(row.expand(2, -1)).mean[0] for row in counts])


def words_of_all(topics: Float[Tensor, "topic item"], documents: Documents) -> float:
    """Of the ten words of a list, how many stand in the lists of at least half of the true topics: the mean over lists."""
    true = top_words(documents.known.topics).flatten().bincount(minlength=len(documents.words))
    common = true >= len(documents.known.topics) / 2
    return common[top_words(topics)].double().sum(-1).mean().item()


def scatter(found: Mapping[str, tuple[float, float]], *, xlabel: str, ylabel: str, title: str) -> Picture:
    """A point for each name, with the name beside it, and the same in words."""
    axes = plots.frontier({name: ([x], [y]) for name, (x, y) in found.items()}, xlabel=xlabel, ylabel=ylabel, title=title)
    axes.get_legend().remove()
    plots.names_beside(axes, found)
    return axes, f"{ylabel} over {xlabel}: " + "; ".join(f"{name} {y:.2f} at {x:.2f}" for name, (x, y) in found.items()) + "."


def rank_agreement(rows: Sequence[Row], measure: str, truth: str, *, names: Sequence[str]) -> list[float]:
    """Spearman's rank correlation of two measures over the same models, one for each seed.

    An interval over seeds would say nothing of other models, and which models are taken decides: so no mean is taken.
    """
    from scipy.stats import spearmanr

    def column(row: Row, of: str) -> list[float]:
        return [value(row["found"], model=name, measure=of) for name in names]
    return [float(spearmanr(column(row, measure), column(row, truth)).statistic) for row in rows]


def agreement(rows: Sequence[Row], groups: Mapping[str, Sequence[str]]) -> widgets.Table:
    """Recorded: how NPMI ranks each group of models, beside two measures of the truth, seed by seed; and whether C_V differs."""
    shown = [[group, truth, *(f"{each:+.2f}" for each in rank_agreement(rows, "NPMI", truth, names=names))]
             for group, names in groups.items() for truth in ("shared", "leading topic")]
    alike = sum(each > 1 - 1e-9 for names in groups.values() for each in rank_agreement(rows, "NPMI", "C_V", names=names))
    return widgets.table(shown, ["models", "NPMI beside", *(f"seed {row['setting']['seed']}" for row in rows)],
                         f"Rank correlation; C_V ranks as NPMI does in {alike} of {len(groups) * len(rows)} cases")


def lost_by_elbo(rows: Sequence[Row], names: Sequence[str]) -> widgets.Table:
    """Recorded, three topics: what the ELBO loses, and how much of it a q of each document's own brings back."""
    def over_seeds(name: str, kind: str) -> str:
        return str(estimate([value(row["found"], few=name, measure="ELBO") - value(row["found"], few=name, measure=kind)
                             for row in rows]))
    return widgets.table([[name, over_seeds(name, "exact"), over_seeds(name, "fitted")] for name in names],
                         ["model", "lost by the ELBO", "comes back"], f"Recorded: {len(rows)} seeds, nats per document")


def floor(documents: Documents, num_topics: int) -> dict[str, float]:
    """What every model has to beat: the unigram's nats, chance, and what its one list, for every topic, shares with the truth."""
    alike = of_topics(frequencies(documents).expand(num_topics, -1), documents)
    return topic_models.floor(documents) | {key: alike[key] for key in ("distinct", "shared") if key in alike}


def columns(rows: Sequence[Row], key: str, measures: Sequence[str], names: Sequence[str] = (), **where: str) -> list[list]:
    """Recorded rows of a table: mean ± error over the seeds; a measure that a row lacks is empty."""
    found = by([{**row, "found": [r for r in row["found"] if all(r.get(k) == v for k, v in where.items())]} for row in rows],
               key, "measure")
    names = names or [name for name in dict.fromkeys(name for name, _ in found) if name]
    shown = {key: str(each) if each.n > 1 else f"{each.mean:.3f}" for key, each in found.items()}
    return [[name, *(shown.get((name, measure), "") for measure in measures)] for name in names]
