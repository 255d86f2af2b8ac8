"""How good are the models of a small real text? Everyday sentences, 3,000 and 10,000 of them."""
from gensq_course.lessons.text_vae.small_texts import prepare, run
from gensq_course.studies.study import Study

TEXTS = [(num, seed) for num in (3_000, 10_000) for seed in range(3)]  # training sentences, seed
MODELS = {3_000: ("n-gram", "LM", "VAE", "VAE, λ .5"), 10_000: ("n-gram", "LM", "VAE")}
SETTINGS = [{"num": num, "model": model, "seed": seed} for num, seed in TEXTS for model in MODELS[num]]
STUDY = Study("small_texts", "Does the language model of a small text beat the n-gram, and does its VAE keep up?", SETTINGS, run,
              prepare)
