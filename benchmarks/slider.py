"""How long one move of the interpolation slider of lesson 09 takes in the kernel: two paths, decoded, as HTML.

A picture follows the hand when it comes within 16 ms. Nothing here is asserted; `--record` keeps the numbers in
docs/results/slider.json.
"""
import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from benchmarks._timing import Spread, seconds
from gensq_course import widgets
from gensq_course.shipped.latent_space import shipped_latent_space
from gensq_course.talk.space import DECODERS, Space
from gensq_course.report import budget
from gensq_lib.diagnostics import interpolation
from gensq_lib.ground.places import atomic_write, cores
from gensq_lib.text import corpora

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results" / "slider.json"


def moves(space: Space, *, how: str, num: int) -> Spread:
    """Milliseconds per move, from the new value of the slider to the new text; the first move does not count."""
    first, second = (space.text.show(sentence) for sentence in space.text.test[:2])

    def between(t: float) -> widgets.Picture:
        a, b = space.at(first), space.at(second)
        points = torch.stack([walk(a, b, t) for walk in interpolation.KINDS.values()])
        return widgets.cards(dict(zip(interpolation.KINDS, space.texts(points, how), strict=True)))

    box = widgets.explorer(between, t=(0.0, 1.0, 0.001))
    slider = box.children[0]
    took = [seconds(lambda i=i: setattr(slider, "value", (i + 1) / (num + 2)))[0] for i in range(num + 1)]
    return Spread.of([1000 * each for each in took[1:]])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="gensq bench", description="Measure one move of a slider.")
    parser.add_argument("--record", action="store_true", help="keep the numbers in docs/results/slider.json")
    parser.add_argument("--moves", type=int, default=60, metavar="N", help="moves for each way to decode (default: 60)")
    options, _ = parser.parse_known_args(arguments)
    settings = budget.setup()
    space = Space(shipped_latent_space(), corpora.load("world", num_train=50))
    found = {how: moves(space, how=how, num=options.moves) for how in DECODERS}
    print("\nOne move of the interpolation slider, milliseconds in the kernel: median (min-max)")
    print("\n".join(f"  {how:26}{it.median:.1f} ({it.least:.1f}-{it.most:.1f})" for how, it in found.items()))
    if options.record:
        facts = {"command": "gensq bench --record", "machine": f"{cores()} cores, {platform.machine()}",
                 "settings": str(settings), "milliseconds": {how: asdict(it) for how, it in found.items()}}
        with atomic_write(RESULTS) as temporary:
            temporary.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        print(f"Recorded in {RESULTS.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
