"""The recorded charts: every disease and the healthy run, at several seeds, made anew by `gensq clinic --remake`."""
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from gensq_course.clinic import readings, runs
from gensq_course.clinic.diseases import DISEASES, HEALTHY
from gensq_course.clinic.readings import Chart
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import atomic_write

FILE = Path(__file__).with_name("charts.json")
SEEDS = (0, 1, 2)
RECIPES = {"healthy": HEALTHY, **{name: disease.recipe for name, disease in DISEASES.items()}}


@cache
def recorded() -> dict[str, list[Chart]]:
    """Charts by diagnosis, one for each seed."""
    try:
        found = json.loads(FILE.read_text(encoding="utf-8"))
        if not (isinstance(found, dict) and found.keys() == RECIPES.keys() and all(found.values())):
            raise ValueError("other diagnoses")
        return found
    except (OSError, ValueError, RecursionError) as error:
        raise GensqError(f"expected the recorded charts in {FILE}, got a damaged file ({error}); get it again, for example with "
                         "`git checkout gensq_course/clinic`, or run: gensq clinic --remake") from None


def make(name: str, *, seed: int) -> Chart:
    """Train one run and read its chart: some seconds."""
    return readings.chart(runs.train(RECIPES[name], seed=seed))


def remake(path: Path = FILE, *, seeds: Iterable[int] = SEEDS) -> Iterable[str]:
    """All of them, into the file; yields a line for each."""
    seeds, made = list(seeds), {}
    for name in RECIPES:
        made[name] = [make(name, seed=seed) for seed in seeds]
        yield f"{name}: {len(seeds)} runs"
    entries = [f"{json.dumps(name)}: [\n{rows(charts)}]" for name, charts in made.items()]
    with atomic_write(path) as temporary:
        temporary.write_text("{" + ",\n".join(entries) + "}\n", encoding="utf-8")


def rows(charts: list[Chart]) -> str:
    """A line for each, so that a change can be read."""
    return ",\n".join(map(json.dumps, charts))
