"""The exercises of lesson 19: a mixture's likelihood, discoveries, sure differences, whom to recommend, what misleads."""
from gensq_course.checks.registry import register
from gensq_course.lessons.vae_or_gan.counting import DISCOVERIES, MIXTURE
from gensq_course.lessons.vae_or_gan.deciding import POSSIBLE, SIGNS
from gensq_course.lessons.vae_or_gan.misleading import MISLED

register(MIXTURE, DISCOVERIES, SIGNS, POSSIBLE, MISLED)
