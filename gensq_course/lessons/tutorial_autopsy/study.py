"""The recorded table of lesson 20: what the two small programs reach, and what a mistake costs that is put back.

Steps and rates were tried on seed 100; no table has it.
"""
from gensq_course.lessons.tutorial_autopsy import programs
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.maths.stats import estimate

SEEDS, VAE_STEPS, MLE_STEPS, GAME_STEPS, SHORT = range(5), 1000, 450, 40, 300


def run(*, seed: int, part: str) -> list[Record]:
    """Nats per sentence, shares; of "mistakes" after a third of the steps, for all alike."""
    if part == "programs":
        found = programs.gan_reached(steps=MLE_STEPS, game_steps=GAME_STEPS, seed=seed)
        gains = {name: estimate(valid - found.valid["likelihood"]).mean for name, valid in found.valid.items()}
        return [*records(programs.vae_reached(steps=VAE_STEPS, seed=seed).numbers, program="text VAE"),
                *(record for name, valid in found.valid.items()
                  for record in records({"valid": valid.mean().item(), "gain": gains[name]}, program="dialogue GAN", way=name)),
                *(record for name, right in found.right.items()
                  for record in records({"right": right.mean().item()}, judge=name))]
    plants = {"none": programs.small_text_vae} | {name: programs.with_mistake(name) for name in programs.PLANTS}
    return [record for name, program in plants.items()
            for record in records(programs.vae_reached(program, steps=SHORT, seed=seed).numbers, mistake=name)]


STUDY = Study("tutorial_autopsy", "What do the repaired programs reach, and what does one mistake cost?",
              [{"seed": seed, "part": part} for part in ("programs", "mistakes") for seed in SEEDS], run)
