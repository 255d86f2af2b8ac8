"""Pictures of lesson 16, each with the words that stand for it: where a model looks, validity over entropy, judges' weights."""
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from gensq_course.lessons.dialogue_gan.plugged import Plugged
from gensq_course.studies.fair import JUDGES, SCALES
from gensq_course.studies.rows import Row, by
from gensq_lib import plots
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.pairs import Pair, collate_pairs
from gensq_lib.text.scoring import log_likelihood_at

Functions = tuple[Callable[..., Tensor], Callable[..., Tensor]]  # attention and copying
Picture = tuple[Any, str]  # its axes, and the words that stand for it


def where_it_looks(model: Seq2Seq, corpus: PairCorpus, exchange: Pair, functions: Functions, *, shown: int = 16) -> Picture:
    """Before each of a reply's first words: the weight of each of the prompt's, and the probability that a word is copied."""
    attended, with_copies = functions
    looks: list[list[float]] = []

    def watched(gate: Tensor, own: Tensor, weights: Tensor, prompt: Tensor) -> Tensor:
        looks.append([*weights[0, :shown].tolist(), 1 - gate.item()])
        return with_copies(gate, own, weights, prompt)

    batch = collate_pairs(corpus.encoded([exchange]))
    log_likelihood_at(Plugged(model, attended, watched).answering(batch.prompts), batch.reply, temperatures=[1.0])
    prompt, reply, looks = exchange.source[:shown], (*exchange.target, "<eos>")[:shown], looks[:shown]
    axes = plots.information_table(looks, reply, [*prompt, "copied"], title="Where it looks before each word of a real reply")
    axes.set(xlabel="weight of each word of the prompt; probability that a word is copied (1 - g)")
    axes.tick_params(axis="x", rotation=60)
    most = [max(range(len(prompt)), key=row.__getitem__) for row in looks]
    said = ", ".join(f"{word}: {prompt[at]} ({row[at]:.2f}, copied {row[-1]:.2f})"
                     for word, at, row in zip(reply, most, looks, strict=True))
    return axes, f"Attention on the prompt {corpus.show_source(prompt)}. Before each word of the reply it looks most at: {said}."


def valid_over_entropy(points: Mapping[str, Sequence[Mapping[str, float]]], *, of_world: float) -> Picture:
    """A curve for each model, a point for each temperature; `of_world` is the entropy of its replies, nats."""
    curves = {name: tuple(zip(*((at["entropy"], at["valid"]) for at in curve), strict=True)) for name, curve in points.items()}
    words = {"xlabel": "entropy given valid, nats per reply (the world: dashed)", "ylabel": "valid share"}
    axes = plots.frontier(curves, reference=of_world, **words)
    return axes, "Valid share over entropy as the temperature falls from 1, a curve for each model: " + "; ".join(
        f"{name} from {y[0]:.3f} at {x[0]:.2f} nats to {y[-1]:.3f} at {x[-1]:.2f}" for name, (x, y) in curves.items()) + "."


def by_weight(rows: Sequence[Row], *, start: float) -> Picture:
    """JS to the world of what is drawn again, over the weight of each judge's word; `start` is that of the model as it is."""
    found = by(rows, "judge", "scale", measure="js")
    curves = {kind: [start, *(found[kind, s].mean for s in SCALES)] for kind in JUDGES}
    axes = plots.curves_over([0.0, *SCALES], curves, xlabel="s, the weight of the judge's word (0: the model as it is)",
                             ylabel="JS to the world, nats", title="The judges' word at decoding time")
    return axes, f"JS to the world at s = 0, {', '.join(map(str, SCALES))}: " + "; ".join(
        f"{kind} " + ", ".join(f"{y:.4f}" for y in curve) for kind, curve in curves.items()) + "."
