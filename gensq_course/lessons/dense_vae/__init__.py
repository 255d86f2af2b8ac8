"""Lesson 04: two likelihoods of pixels and their level, the directions that wake up, and figures."""
from gensq_course.lessons.dense_vae import checks as checks
