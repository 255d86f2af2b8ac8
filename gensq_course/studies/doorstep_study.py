"""Can a judge help a finished model that answers? Every control, judges from poor to perfect, eight seeds, exact.

All ways go on from the same finished player for equally many steps, each at the rate that was best for it in `study_search`. The
judges serve twice: as adversaries, and at decoding time, where nothing is trained. Test prompts are fresh ones for every seed.
"""
from gensq_course.studies.doorstep import Doorstep
from gensq_course.studies.fair import NOBODY, TAUGHT_LONGER, WAYS as TUNED, Way, all_judges, all_ways, references
from gensq_course.studies.rows import Record
from gensq_course.studies.study import Study

SEEDS = range(8)
RATES = {"likelihood": 1e-5, "adversarial": 3e-5, "best of 8": 1e-5,
         "judge that read more": 3e-5, "model as judge": 1e-4, "model that read more": 1e-3, "perfect judge": 2e-3,
         "likelihood, more to read": 3e-4}
CONTROLS = {"shuffled": Way("shuffled"), "judge taught longer": Way("adversarial", TAUGHT_LONGER)}
WAYS = TUNED | CONTROLS
RATES |= dict.fromkeys(CONTROLS, RATES["adversarial"])  # they differ from it in nothing but what their names say
PARTS = {  # of a seed, that are computed by themselves: judges that are known or are models, judges that learn, controls
    "exact": ("likelihood", "model as judge", "model that read more", "perfect judge", "likelihood, more to read"),
    "learned": ("adversarial", "best of 8", "judge that read more"),
    "control": ("judge taught longer",),
    "shuffled": ("shuffled",)}
JUDGED = ("adversarial", "best of 8", "judge taught longer", "judge that read more", "model as judge", "model that read more")
ROWS = ("longer", "likelihood", "shuffled", *JUDGED, "perfect judge", "likelihood, more to read", "the model itself")
PAIRS = (("judge that read more", "likelihood, more to read"), ("model that read more", "likelihood, more to read"),
         ("the model itself", "perfect judge"))


def run(*, seed: int, part: str) -> list[Record]:
    """Shares, and nats per reply."""
    bench = Doorstep(seed)
    ways = {name: WAYS[name] for name in PARTS[part]}
    kinds = dict.fromkeys(way.judge for way in ways.values() if way.judge != NOBODY)  # in order, unlike a set
    judges = {kind: bench.judge(kind) for kind in kinds}
    found = all_ways(bench, ways, judges, RATES)
    if part != "shuffled":  # its judge is that of the game
        found += all_judges(bench, judges)
    return references(bench) + found if part == "exact" else found


STUDY = Study("dialogue", "Can a judge help a finished model that answers?",
              [{"seed": seed, "part": part} for part in PARTS for seed in SEEDS], run)
