"""The exercises of lesson 06: KL to the prior, likelihood of a sentence, word dropout, importance-weighted NLL,
and what z is worth.

Each is a reference, the same formula with mistakes that can be planted in it, inputs to try, and three hints.
Most of the mistakes were met in published code for text VAEs.
"""
from gensq_course.checks.registry import register
from gensq_course.lessons.text_vae.importance import IMPORTANCE
from gensq_course.lessons.text_vae.kl import KL
from gensq_course.lessons.text_vae.likelihood import LIKELIHOOD
from gensq_course.lessons.text_vae.word_dropout import DROP
from gensq_course.lessons.text_vae.worth import WORTH

register(KL, LIKELIHOOD, DROP, IMPORTANCE, WORTH)
