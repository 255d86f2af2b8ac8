"""How good are the models of a small real text? Everyday sentences, 3,000, 10,000 and all 24,914 of them."""
from gensq_course.lessons.text_vae.small_texts import prepare, run
from gensq_course.studies.study import Study

TEXTS = [(num, seed) for num in (3_000, 10_000) for seed in range(3)] + [(0, 0)]  # training sentences (0: all), seed
USUAL = ("n-gram", "LM", "VAE")
MODELS = {3_000: (*USUAL, "VAE, λ .5"), 10_000: USUAL, 0: USUAL}
SETTINGS = [{"num": num, "model": model, "seed": seed} for num, seed in TEXTS for model in MODELS[num]]
STUDY = Study("small_texts", "Does the language model of a small text beat the n-gram, and does its VAE keep up?", SETTINGS, run,
              prepare)
