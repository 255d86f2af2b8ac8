"""The masked denoiser of the page of lesson 23, trained once as the lesson does, for longer, and committed.

`gensq checkpoint masks` makes it anew.
"""
from gensq_course.lessons.masked_diffusion.village import Village, trained
from gensq_course.shipped.every import MASKS
from gensq_course.shipped.files import save_model
from gensq_lib.ground import runtime

STEPS, NUM_TRAIN, SEED = 9_600, 40_000, 0


def write_masks() -> None:
    """Train it and write the file; with one thread, so that it is the same on machines that have more."""
    runtime.use_threads(1)
    village = Village(SEED, NUM_TRAIN)
    model = trained("masked diffusion", village, steps=STEPS)
    facts = {"corpus": "village", "fingerprint": village.text.fingerprint, "steps": STEPS, "seed": SEED,
             "words": list(village.text.vocab.words[len(village.text.vocab.SPECIALS):])}
    save_model(MASKS, model, facts=facts, half=True)
