"""How good are the models of a small real text? Everyday sentences: 3,000, 10,000 and all 25,000 of them."""
from gensq_course.lessons.text_vae.small_texts import FREE_BITS, prepare, run
from gensq_course.studies.study import Study

TEXTS = [(3_000, 0), (3_000, 1), (3_000, 2), (10_000, 0), (10_000, 1), (10_000, 2), (0, 0)]  # training sentences (0: all), seed
SETTINGS = [{"num": num, "model": model, "seed": seed} for num, seed in TEXTS for model in ("n-gram", "LM", *FREE_BITS)]
STUDY = Study("small_texts", "Does the language model of a small text beat the n-gram, and does its VAE keep up?", SETTINGS, run,
              prepare)
