"""Who recommends, how each was tuned, and how a list is measured: on clicks that were held out, and by the exact truth.

Every rival has the same care: twelve settings (of neighbours 25), or twelve looks at a training, chosen on the validation users.
The networks had one round more: each of the three the same 25 sizes and dropouts (`GRID`), Mult-DAE, which has no beta to choose,
all of them with each of five weight decays, on validation users of seed 100, which no table of results has (`tasting_search`).
"""
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.diagnostics import ranking
from gensq_lib.maths.schedules import linear
from gensq_lib.maths.stats import Estimate
from gensq_lib.models.bags import BagVAE
from gensq_lib.models.recommenders import OfBags, Popularity, Recommender, ease, item_knn, popularity
from gensq_lib.training.bags import train_bags
from gensq_lib.vectors.clicks import SHARE, Clicks, FoldIn

K = 5  # items of a list, wherever one is measured or shown: so many are said at a door
STEPS, EVERY, LEARNING_RATE = 1_200, 100, 2e-3  # of a network: twelve looks
KNN = [{"neighbours": num, "shrink": shrink} for num in (5, 10, 20, 40, 2_000) for shrink in (0.0, 3.0, 30.0, 300.0, 3_000.0)]
EASE = [{"strength": float(strength)} for strength in (1, 3, 10, 30, 60, 100, 200, 300, 500, 1_000, 2_000, 4_000)]
GRID = [{"latent_dim": size, "input_dropout": share} for size in (4, 8, 16, 32, 64) for share in (0.3, 0.5, 0.7, 0.8, 0.9)]
DECAYS = (0.0, 0.001, 0.003, 0.01, 0.03)  # nats for each unit of the sum of squared weights: of Mult-DAE, in place of a beta
KINDS = {  # name -> the decoder, and how it is trained
    "Mult-VAE": ("deep", {}), "Mult-VAE, linear decoder": ("linear", {}), "Mult-DAE": ("deep", {"drawn": False})}
CHOSEN = {  # of the grid, by the search
    "Mult-VAE": {"latent_dim": 32, "input_dropout": 0.5, "weight_decay": 0.0},
    "Mult-VAE, linear decoder": {"latent_dim": 16, "input_dropout": 0.5, "weight_decay": 0.0},
    "Mult-DAE": {"latent_dim": 64, "input_dropout": 0.8, "weight_decay": 0.003}}
SIMPLE = ("popularity", "item-kNN", "EASE")
Scores = Float[Tensor, "user item"]


@dataclass(frozen=True)
class Chosen:
    """What was chosen on the validation users, and what each setting was worth to them (nDCG@K)."""

    recommender: Recommender
    setting: Mapping[str, Any]
    tried: Sequence[float]


def worth_to(who: Recommender, users: FoldIn, *, k: int = K) -> float:
    """nDCG@k, the mean over users from whom something was held out."""
    return ranking.mean_of(ranking.ndcg(who.scores(users.given), users.given, users.held_out, k=k)).mean


def tuned(make: Callable[..., Recommender], settings: Sequence[Mapping[str, Any]], train: Tensor, valid: FoldIn) -> Chosen:
    """The best of these settings on the validation users; of equal ones the first."""
    tried = [worth_to(make(train, **setting), valid) for setting in settings]
    best = settings[max(range(len(tried)), key=tried.__getitem__)]
    return Chosen(make(train, **best), best, tried)


def network(data: Clicks, name: str, *, seed: int, steps: int = STEPS, anneal: int = 0, cap: float = 1.0,
            setting: Mapping[str, Any] | None = None) -> Chosen:
    """A network of bags whose beta rises from 0 to `cap` within `anneal` steps (0: all of them); the weights of the best look.

    So the look chooses beta, too: what is found is said as "beta". `setting` is one of the search, in place of the chosen one.
    """
    decoder, way = KINDS[name]
    sizes = dict(setting or CHOSEN[name])
    decay = sizes.pop("weight_decay")
    torch.manual_seed(seed)
    model = BagVAE(num_items=len(data.items), hidden_dim=64, decoder=decoder, **sizes)
    beta = linear(0.0, cap, steps=anneal or steps)
    history = train_bags(model, data.train, steps=steps, seed=seed, learning_rate=LEARNING_RATE, beta=beta, weight_decay=decay,
                         **way, validate=lambda: -worth_to(OfBags(model), data.valid), every=min(EVERY, steps),
                         key={"clicks": data.name, "data": seed, "train": len(data.train), "valid": len(data.valid), "k": K})
    tried = [-value for value in history["validation"]]
    step = int(history["validation_step"][max(range(len(tried)), key=tried.__getitem__)])
    return Chosen(OfBags(model), {"step": step} | ({"beta": round(beta(step), 3)} if way.get("drawn", True) else {}), tried)


def chance(data: Clicks) -> Recommender:
    """Who knows nothing: all items are equal, and share their places."""
    return Popularity(torch.zeros(len(data.items)))


def recommenders(data: Clicks, *, seed: int, steps: int = STEPS, networks: Iterable[str] = KINDS) -> dict[str, Chosen]:
    """Everybody who learns, tuned on the validation users."""
    count = popularity(data.train)
    return {"popularity": Chosen(count, {}, [worth_to(count, data.valid)]),
            "item-kNN": tuned(item_knn, KNN, data.train, data.valid), "EASE": tuned(ease, EASE, data.train, data.valid),
            **{name: network(data, name, seed=seed, steps=steps) for name in networks}}


def scores_of(data: Clicks, chosen: Mapping[str, Chosen], users: FoldIn | None = None) -> dict[str, Scores]:
    """What everybody makes of the tested users; chance (all items equal) and, of the world, the perfect recommender."""
    users = users or data.test
    found = {"random": chance(data).scores(users.given)}
    found |= {name: one.recommender.scores(users.given) for name, one in chosen.items()}
    return found | ({"perfect": data.world.expected_clicks(users.given, share=SHARE)} if data.world else {})


def on_clicks(scores: Scores, users: FoldIn, *, k: int = K) -> dict[str, Float[Tensor, "user"]]:
    """nDCG and recall of each user, on the clicks that were held out."""
    both = {"nDCG": ranking.ndcg, "recall": ranking.recall}
    return {f"{name}@{k}": measure(scores, users.given, users.held_out, k=k) for name, measure in both.items()}


def best_simple(chosen: Mapping[str, Chosen]) -> str:
    """Of those without a network the one that the validation users like best: the row that the others are held against."""
    return max((name for name in SIMPLE if name in chosen), key=lambda name: max(chosen[name].tried))


def ahead(found: Mapping[str, Mapping[str, Float[Tensor, "user"]]], of: str, *,
          measure: str = f"nDCG@{K}") -> dict[str, Estimate]:
    """How far everybody is ahead of one of them, user by user: what all users share cancels."""
    return {name: ranking.mean_of(each[measure] - found[of][measure]) for name, each in found.items()}


def by_truth(data: Clicks, scores: Scores, users: FoldIn | None = None, *, k: int = K) -> dict[str, Float[Tensor, "user"]]:
    """How many of the first k each user is expected to have clicked on ("hits") and to like ("liked"): exactly, nothing drawn."""
    given = (users or data.test).given
    first = ranking.worth(scores, given, k=k, kind="recall")
    return {"hits": (first * data.world.expected_clicks(given, share=SHARE)).sum(-1),
            "liked": (first * data.world.expected_likes(given, share=SHARE)).sum(-1)}


def clicked_and_liked(data: Clicks, scores: Mapping[str, Scores]) -> dict[str, dict[str, Estimate]]:
    """Of everybody's list what is clicked on, what is liked, and what is liked once scores are divided by the chance to be seen.

    The last row is the perfect list of things that are liked: nobody's can have more.
    """
    found = {name: by_truth(data, each) | {"corrected": by_truth(data, corrected(name, each, data))["liked"]}
             for name, each in scores.items()}
    found["perfect for likes"] = by_truth(data, data.world.expected_likes(data.test.given, share=SHARE))
    return {name: {key: ranking.mean_of(each) for key, each in row.items()} for name, row in found.items()}


def corrected(name: str, scores: Scores, data: Clicks) -> Scores:
    """Scores of clicks divided by the chance that the thing was seen: what is liked, not what stands in the window.

    Probabilities, counts and the weighted clicks of EASE and kNN, which estimate them up to a scale, are divided; from log p of a
    network log seen is subtracted.
    """
    if name.startswith("Mult"):
        return scores - data.world.seen.log()
    return scores / data.world.seen
