"""The recorded table of lesson 20: what the two small programs reach, and what a mistake costs that is put back.

Steps and rates were tried on seed 100; no table has it.
"""
from gensq_course.lessons.tutorial_autopsy import programs
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.maths.stats import estimate

SEEDS, VAE_STEPS, MLE_STEPS, GAME_STEPS, SHORT = range(5), 1000, 450, 40, 300
LONGER = {"steps": 100, "replies": 16, "weight": 30.0}  # for a perfect judge and its control; on seed 100 it gained .023 so, less
# with 4 replies in 250 rounds whatever the weight, .017 with a weight of 10 and a rate of 1e-3, and least at a rate of 3e-3
MANY = 1000  # draws of z for a bound, beside the usual 50, of the mistake that leaves q far from the prior and of its partner


def run(*, seed: int, part: str) -> list[Record]:
    """Nats per sentence, shares; of "mistakes" after a third of the steps, for all alike."""
    return {"programs": of_programs, "without": of_what_is_taken_away, "mistakes": of_mistakes}[part](seed)


def of_programs(seed: int) -> list[Record]:
    """Both programs, and the judges of the game."""
    found = programs.gan_reached(steps=MLE_STEPS, game_steps=GAME_STEPS, seed=seed, longer=LONGER)
    return [*records(programs.vae_reached(steps=VAE_STEPS, seed=seed).numbers, program="text VAE"),
            *(record for name, valid in found.valid.items() for record in records(
                {"valid": valid.mean().item(), "gain": estimate(valid - found.valid["likelihood"]).mean},
                program="dialogue GAN", way=name)),
            *(record for name, right in found.right.items()
              for record in records({"right": right.mean().item()}, judge=name))]


def of_what_is_taken_away(seed: int) -> list[Record]:
    """The text VAE without free bits, and with a decoder that never sees z."""
    return [record for name in programs.WITHOUT for record in records(
        programs.vae_reached(programs.without(name), steps=VAE_STEPS, seed=seed).numbers, without=name)]


def of_mistakes(seed: int) -> list[Record]:
    """A mistake put back; of one that spoils the scorer its weights under the program as it is, too."""
    made = {"none": programs.small_text_vae} | {name: programs.with_mistake(name) for name in programs.PLANTS} | {
        "without free bits": programs.without("free bits")}
    found = []
    for name, program in made.items():
        reached = programs.vae_reached(program, steps=SHORT, seed=seed)
        more = {}
        if name in programs.SPOILED_SCORERS:
            more["unspoiled"] = programs.above(programs.unspoiled(reached.model), seed=seed).mean
        if name in (*programs.PARTNER, *programs.PARTNER.values()):
            more["many draws"] = programs.above(reached.model, num=MANY, seed=seed).mean
        found += records(reached.numbers | more, mistake=name)
    return found


STUDY = Study("tutorial_autopsy", "What do the repaired programs reach, and what does one mistake cost?",
              [{"seed": seed, "part": part} for part in ("programs", "without", "mistakes") for seed in SEEDS], run)
