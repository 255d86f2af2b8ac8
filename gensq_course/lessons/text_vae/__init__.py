"""The exercises of lesson 06, each a reference and the same formula with mistakes that can be planted in it; and its recipe."""
from gensq_course.checks.registry import register
from gensq_course.lessons.text_vae.nats import IMPORTANCE, KL, LIKELIHOOD, WORTH
from gensq_course.lessons.text_vae.word_dropout import DROP

register(KL, LIKELIHOOD, DROP, IMPORTANCE, WORTH)
