"""How good are the models of a small real text? Everyday sentences, 3,000, 10,000 and all of them."""
from gensq_course.lessons.text_vae.small_texts import prepare, run
from gensq_course.studies.study import Study

NUM = (3_000, 10_000, 0)  # training sentences; 0: all
MODELS = ("n-gram", "LM", "VAE")
SETTINGS = [{"num": num, "model": model, "seed": seed} for seed in range(3) for num in NUM for model in MODELS]
STUDY = Study("small_texts", "Does the language model of a small text beat the n-gram, and does its VAE keep up?", SETTINGS, run,
              prepare)
