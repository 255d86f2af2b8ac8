"""The exercises of lesson 06: KL to the prior, likelihood, word dropout, importance-weighted NLL, what z is worth.

Each is a reference, the same formula with mistakes that can be planted in it (most were met in published code), inputs, hints.
"""
from gensq_course.checks.registry import register
from gensq_course.lessons.text_vae.nats import IMPORTANCE, KL, LIKELIHOOD, WORTH
from gensq_course.lessons.text_vae.word_dropout import DROP

register(KL, LIKELIHOOD, DROP, IMPORTANCE, WORTH)
