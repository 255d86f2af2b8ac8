"""Lesson 04: two likelihoods of pixels and their level."""
from gensq_course.lessons.dense_vae import checks as checks
