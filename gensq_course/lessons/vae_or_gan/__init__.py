"""The exercises of lesson 19: the likelihood of a mixture, discoveries, sure and open differences, and whom to recommend."""
from gensq_course.checks.registry import register
from gensq_course.lessons.vae_or_gan.counting import DISCOVERIES, MIXTURE
from gensq_course.lessons.vae_or_gan.deciding import POSSIBLE, SIGNS

register(MIXTURE, DISCOVERIES, SIGNS, POSSIBLE)
