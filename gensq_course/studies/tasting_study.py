"""The recorded table of lesson 18 on tastes: who recommends best to how many users' worth of clicks, and by which measure.

Grids and the lists of the sampled metrics were set on seeds 100 and 101, which are not recorded here.
"""
from collections.abc import Iterator

from gensq_course.studies import tasting, tasting_leaks
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.diagnostics.ranking import mean_of
from gensq_lib.models.recommenders import item_knn
from gensq_lib.vectors import clicks
from gensq_lib.vectors.clicks import Clicks

SEEDS, TRAINED, USUAL = range(5), (300, 1_000, 3_000), clicks.SIZES["train"]
SLOW = 20  # times as many steps until beta is 1 as are trained
CAPS = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0)  # of beta, reached after half of the steps and held
DRAWN = (5, 10, 20, 50)  # irrelevant items of the sampled metrics
LEAKED = ("random", "popularity", "item-kNN", "EASE", "Mult-VAE")
NARROW = {"neighbours": 3, "shrink": 0.0}  # a rival that is good at the top of its list and knows nothing of the rest


def tastes(data: Clicks, seed: int) -> Iterator[Record]:
    """Everybody by clicks and by the truth; of the usual size held betas, leaks and sampled metrics, too."""
    chosen = tasting.recommenders(data, seed=seed)
    chosen["Mult-VAE, slow anneal"] = tasting.network(data, "Mult-VAE", seed=seed, anneal=SLOW * tasting.STEPS)
    for name, one in chosen.items():
        yield from records({key: float(value) for key, value in one.setting.items()}, who=name)
    scores = tasting.scores_of(data, chosen)
    for name, each in scores.items():
        yield from records({key: mean_of(users).mean for key, users in tasting.on_clicks(each, data.test).items()}, who=name)
    for name, row in tasting.clicked_and_liked(data, scores).items():
        yield from records({key: each.mean for key, each in row.items()}, who=name)
    if len(data.train) == USUAL:
        yield from held(data, seed)
        yield from leaks_and_samples(data, chosen)


def held(data: Clicks, seed: int) -> Iterator[Record]:
    """Mult-VAE once more, with a beta that is held: which one is best, with as many steps for each?"""
    for cap in CAPS:
        one = tasting.network(data, "Mult-VAE", seed=seed, anneal=tasting.STEPS // 2, cap=cap)
        found = tasting.on_clicks(one.recommender.scores(data.test.given), data.test)
        yield from records({key: mean_of(users).mean for key, users in found.items()}, held=cap)


def leaks_and_samples(data: Clicks, chosen: dict[str, tasting.Chosen]) -> Iterator[Record]:
    """Of some all leaks; full and sampled metrics of everybody."""
    rivals = {"random": tasting.chance(data), **{name: one.recommender for name, one in chosen.items()}}
    for who in LEAKED:
        for name, leak in tasting_leaks.leaks(who, rivals[who], data).items():
            yield from records({"honest": leak.honest, "leaked": leak.leaked}, who=who, leak=name)
    rivals["3 neighbours"] = item_knn(data.train, **NARROW)
    for num in DRAWN:
        for who, found in tasting_leaks.sampled_against_full(rivals, data.test, num=num).items():
            yield from records({kind: mean_of(values).mean for kind, values in found.items()}, who=who, drawn=num)


def run(*, seed: int, trained: int) -> list[Record]:
    """Shares of an ideal list, and things out of five."""
    return list(tastes(clicks.load(seed=seed, num_train=trained), seed))


STUDY = Study("tastes", "Who recommends best, by clicks and by the truth, and which measures say so?",
              [{"seed": seed, "trained": trained} for trained in TRAINED for seed in SEEDS], run)
