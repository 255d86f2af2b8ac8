"""Which learning rate for whom: four for each family of lesson 23, on a seed that is not reported."""
from gensq_course.lessons.masked_diffusion.village import SIZES, Village, nats, trained
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study

SEED, STEPS, NUM_VALID = 100, 2_400, 100
TRIED = {"masked diffusion": (2e-3, 5e-3, 1e-2, 2e-2), "Transformer": (2e-3, 5e-3, 1e-2, 2e-2), "LSTM": (5e-3, 1e-2, 2e-2, 4e-2),
         "VAE": (2e-3, 5e-3, 1e-2, 2e-2)}


def run(*, family: str, rate: float, steps: int = STEPS) -> list[Record]:
    """What was maximised, on validation sentences; nats."""
    village = Village(SEED)
    _, bound = nats(trained(family, village, steps=steps, rate=rate), village.part("valid", NUM_VALID), seed=SEED)
    return records({"nats": -bound.mean().item()})


STUDY = Study("masked_diffusion_rates", "Which learning rate is best for each family of lesson 23?",
              [{"family": family, "rate": rate} for family in SIZES for rate in TRIED[family]], run)
