"""An exported model to play with, as widgets: what it says, what it expects, and of a VAE what lies between two sentences."""
from pathlib import Path

import torch

from gensq_course import widgets
from gensq_course.shipped import exported
from gensq_course.shipped.exported import Exported
from gensq_course.widgets import Picture, Typed
from gensq_lib.ground.errors import expect
from gensq_lib.maths import objectives
from gensq_lib.models.parts import LatentModel
from gensq_lib.text import batching, decoding
from gensq_lib.text.vocab import Vocab

EXAMPLES = 20  # sentences of its own that stand in the menus
CHAPTERS = {
    "says": ("What it says", "Sentences drawn at a temperature: lower, likelier words; higher, rarer ones. A seed, a draw."),
    "expects": ("What it expects", "Type a sentence: the surprise of each word in nats, 0 where the model was sure of it."),
    "between": ("What lies between", "Walk from the code of one sentence to another. At each place stands the likeliest one."),
}


def parts_of(model: Exported) -> dict[str, object]:
    """A widget for each of `CHAPTERS` that this model has."""
    examples = list(dict.fromkeys(model.sample(EXAMPLES, temperature=0.7)))
    found = {"says": widgets.explorer(lambda temperature, seed: said(model, temperature, seed),
                                      temperature=(0.2, 2.0, 0.1, 1.0), seed=(0, 50, 1)),
             "expects": widgets.explorer(lambda sentence: surprises(model, sentence), sentence=Typed(examples))}
    if isinstance(model.model, LatentModel):
        found["between"] = widgets.explorer(lambda first, second, t: between(model, first, second, t), first=Typed(examples),
                                            second=Typed(examples[1:] or examples), t=(0.0, 1.0, 0.05, 0.5))
    return found


def show(path: Path | str) -> None:
    """All of them on the page, and the card below."""
    from IPython.display import display

    model = exported.load(path)
    for name, part in parts_of(model).items():
        display(widgets.cards(dict([CHAPTERS[name]])), part)
    display(facts(model))


def said(model: Exported, temperature: float, seed: int) -> str:
    """Eight sentences, not selected."""
    return "\n".join(model.sample(8, temperature=temperature, seed=seed))


def surprises(model: Exported, sentence: str) -> Picture:
    """A table of words and nats, and the sum."""
    (found,) = model.score([sentence[:5_000]])
    price = [["what z costs", round(found.latent, 2)]] * bool(found.latent)
    rows = [*([word, round(nats, 2)] for word, nats in found.words), *price]
    unknown = f"; unknown to it: {', '.join(found.unknown)}" if found.unknown else ""
    return widgets.together(widgets.table([*rows, ["together", round(found.nats, 2)]], ["word", "nats"],
                                          f"{found.nats:.1f} nats{unknown}"))


def between(model: Exported, first: str, second: str, t: float) -> str:
    """What stands on the straight way between two sentences."""
    read = [model.read(line[:5_000]) for line in (first, second)]
    expect(all(read), "expected two sentences, got one without a word; type another")
    batches = batching.in_order([model.vocab.encode(words) for words in read])
    a, b = objectives.evaluate(model.model, lambda batch: model.model.posterior(batch).mean, batches)
    with objectives.evaluating(model.model):
        found = decoding.greedy(model.model, num=1, z=torch.lerp(a, b, t)[None], max_length=model.longest, avoid=(Vocab.UNK,))
    return model.show(found.sentences(model.vocab)[0])


def facts(model: Exported) -> widgets.Table:
    """What was measured before it was written."""
    rows = [[m.name, m.value, m.unit, m.on] for m in model.card.measures]
    caption = f"{model.card.model} of {model.card.corpus.get('name', 'a text')}"
    return widgets.table(rows, ["measured", "value", "unit", "on"], caption)
