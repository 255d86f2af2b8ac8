"""What each page of `live` holds beside its script: made here from the models, grammars and tables of the course.

An asset is JSON. Several pages share one (the rules of the world, the language model); `NEEDS` says which page has which.
"""
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import torch

from gensq_course import clinic
from gensq_course.clinic.page import contents
from gensq_course.lessons.latent_space.information import dimension_information
from gensq_course.lessons.latent_space.maps import principal_plane
from gensq_course.live.overheard import overheard
from gensq_course.live.packing import packed, rules_of
from gensq_course.shipped import language_model, latent_space
from gensq_course.shipped.every import DIGITS, MASKS
from gensq_course.shipped.voices import JUDGE, TEMPERATURE, VOICES, dialogues_of, file_of, menus_of
from gensq_course.talk import guard as guarding
from gensq_course.talk import topics
from gensq_course.talk.chat import MAX_LENGTH, SURE, TRIES, TURNS, UNSURE
from gensq_course.talk.space import Space
from gensq_lib.diagnostics import encode, interpolation
from gensq_lib.ground import runtime
from gensq_lib.text import batching, corpora, grammar
from gensq_lib.text.corpora import Corpus

FACTS = ("words", "reading", "longest")  # of an exported model, for a page
EXAMPLES, MAPPED, TURNED = 40, 400, 4  # sentences in a menu, sentences on the map, dimensions with a slider, as in lesson 09
STUDENTS = 8  # rounds of the clinic


@cache
def world() -> Corpus:
    """The corpus of lessons 05 and 09."""
    return corpora.load("world", num_train=50)


def world_rules() -> dict[str, Any]:
    """The grammar behind it, in English."""
    return rules_of(grammar.load(), world().vocab)


def village_rules() -> dict[str, Any]:
    """The small world of lessons 15 and 23, whose sentences can all be listed."""
    text = corpora.load("village", num_train=50)
    return rules_of(text.grammar, text.vocab)


def space() -> dict[str, Any]:
    """Of lesson 09: example sentences, a map, dimensions that know something, and directions of attributes."""
    text, model = world(), latent_space.shipped_latent_space()
    q = encode(model, batching.in_order([text.vocab.encode(sentence) for sentence in text.valid]))
    draws = q.sample(generator=runtime.generator(0, "draws"))
    parsed = [text.grammar.parse(sentence).attributes for sentence in text.valid]
    labels = {name: [each[name] for each in parsed] for name in text.grammar.attributes}
    knows = torch.stack([dimension_information(draws, values) for values in labels.values()])
    told = knows.amax(0).argsort(descending=True)[:TURNED].tolist()
    names = {j: list(labels)[knows[:, j].argmax()] for j in told}
    plane, heaps = principal_plane(q.mean[:MAPPED]), labels["topic"][:MAPPED]
    groups = sorted(set(heaps))
    moods = [text.grammar.parse(sentence).attributes["sentiment"] for sentence in text.test[:EXAMPLES]]
    return {
        "examples": [text.show(sentence) for sentence in text.test[:EXAMPLES]],
        "gloomy": moods.index("negative"),  # the first of them whose mood can be turned
        "dimensions": [{"place": j, "knows": names[j]} for j in told],
        "changes": _changes(q.mean, labels),
        "map": {"points": [[round(x, 3), round(y, 3), groups.index(kind)] for (x, y), kind in zip(plane.places.tolist(), heaps)],
                "groups": groups, "titles": [text.show(sentence) for sentence in text.valid[:MAPPED]],
                "centre": _rounded(plane.centre), "axes": [_rounded(axis) for axis in plane.axes]},
        "longest": Space.max_length}


def _changes(means: torch.Tensor, labels: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Every change of an attribute, that of the mood first, with its direction."""
    found = [{"name": f"{name}: {a} → {b}",
              "vector": _rounded(interpolation.attribute_vector(means, values, source=a, target=b))}
             for name, values in labels.items() for a in sorted({*values}) for b in sorted({*values}) if a != b]
    return sorted(found, key=lambda change: not change["name"].startswith("sentiment: negative → pos"))


def _rounded(numbers: torch.Tensor) -> list[float]:
    return [round(number, 4) for number in numbers.tolist()]


def doorstep() -> dict[str, Any]:
    """Of lesson 16: the three voices and the judge, what they may be asked for, and the guard of what they know."""
    text = dialogues_of("doorstep")
    made = guarding.Guard(text)
    return {
        "voices": {name: packed(file_of(text.name, name)) for name in VOICES}, "judge": packed(file_of(text.name, JUDGE)),
        "prompts": rules_of(text.grammar.prompts, text.target_vocab), "menus": menus_of(text), "guard": guard(made),
        "examples": made.examples, "temperature": TEMPERATURE[True],
        "says": {"tries": TRIES, "longest": MAX_LENGTH, "turns": TURNS[True], "unsure": UNSURE, "sure": SURE}}


def guard(made: guarding.Guard) -> dict[str, Any]:
    """A guard as numbers, for guard.js."""
    foreign, vocab = made.foreign, made.corpus.source_vocab
    worth = foreign.model.coef_[0]
    ordered = sorted(foreign.vectors.vocabulary_.items(), key=lambda item: item[1])
    terms = [[term, _short(worth[i]), _short(foreign.vectors.idf_[i])] for term, i in ordered]
    pieces = [{piece if isinstance(piece, str) else " ".join(piece): num for piece, num in counts.items()}
              for counts in foreign.heard.counts]
    return {"known": list(vocab.words[len(vocab.SPECIALS):]), "heard": [list(each.items()) for each in pieces], "terms": terms,
            "weights": [_short(w) for w in worth[len(terms):]], "bias": _short(foreign.model.intercept_[0]),
            "threshold": made.threshold, "least": guarding.ALIKE[vocab.closed], "rare": guarding.RARE, "novel": guarding.NEW,
            "short": sorted(" ".join(said) for said in made.short),
            "refusals": [topics.sentence(made.corpus, example) for example in made.examples]}


def _short(number: float) -> float:
    return float(f"{number:.7g}")


def rounds() -> dict[str, Any]:
    """Of lesson 07: the rounds of the first students."""
    return {"games": [contents(clinic.new_game(student, clinic.recorded())) for student in range(1, STUDENTS + 1)]}


ASSETS: dict[str, Callable[[], Any]] = {
    "world": world_rules,
    "language_model": lambda: packed(language_model.FILE, keep=FACTS),
    "latent_space": lambda: packed(latent_space.FILE, keep=FACTS),
    "space": space, "doorstep": doorstep, "elbo": overheard, "clinic": rounds,
    "dense": lambda: packed(DIGITS["dense"]), "gan": lambda: packed(DIGITS["gan"]),
    "masks": lambda: packed(MASKS, keep=("words",)), "village": village_rules,
}
NEEDS: dict[str, tuple[str, ...]] = {  # of each page, in the order of the lessons
    "elbo": ("elbo",), "kl": (), "dense": ("dense",), "language": ("language_model", "world"),
    "sampler": ("language_model", "world"), "clinic": ("clinic",), "space": ("latent_space", "world", "space"),
    "gan": ("gan",), "doorstep": ("doorstep",), "mine": (), "masks": ("masks", "village")}


@cache
def asset(name: str) -> Any:
    """One of `ASSETS`, made once."""
    return ASSETS[name]()
