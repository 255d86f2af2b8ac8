"""Lesson 14's ward: five runs on the ring, and what can be read off each without looking at its code."""
from statistics import fmean
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.lessons.gan.batches import ring_batches
from gensq_course.lessons.gan.study import BATCH_SIZE, EVERY, FEW, RATE, RING, SLOW, ring_game, wandering
from gensq_lib import diagnostics
from gensq_lib.ground import runtime

TOUCH = 0.05  # a sample this near to a point has hit it
PATIENTS: dict[str, dict[str, Any]] = {  # by the letters on the beds
    "A": {"judge_rate": 1e-12},
    "B": {},
    "C": SLOW,
    "D": {"frozen": True},
    "E": {"learning_rate": 0.0, "judge_rate": RATE},
}


def share_hit(points: Float[Tensor, "sample 2"], x: Float[Tensor, "other 2"]) -> float:
    """The share of points that have a generated one within `TOUCH`."""
    return (torch.cdist(points, x).min(1).values <= TOUCH).float().mean().item()


def ward_readings(letter: str, *, seed: int, steps: int) -> dict[str, float]:
    """One run with the non-saturating loss; the last looks, 100 steps apart, averaged where they can be."""
    _, album, history = ring_game(seed=seed, steps=steps, loss="non_saturating", **PATIENTS[letter])
    looks = list(album.seen.values())[-4:]
    shown = ring_batches(RING, batch_size=BATCH_SIZE, seed=seed)(0).x[:FEW]
    fresh = RING.sample(200, generator=runtime.generator(seed, "fresh"))
    found = [diagnostics.coverage(x, RING.centres, stddev=RING.stddev) for x in looks]
    return {"modes covered, loose": fmean(one.loose for one in found),
            "modes covered, strict": fmean(one.strict for one in found),
            "real above fake": history.mean("d_wins", last=EVERY),
            "first 16 real points, hit": fmean(share_hit(shown, x) for x in looks),
            "200 fresh real points, hit": fmean(share_hit(fresh, x) for x in looks),
            "gradient norm, generator": history.mean("g_gradient", last=EVERY),
            "way of a sample": (looks[-1] - looks[-2]).norm(dim=1).mean().item() if len(looks) > 1 else 0.0,
            "mass moved": wandering(album, RING)}
