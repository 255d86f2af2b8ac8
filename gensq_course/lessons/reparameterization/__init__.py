"""Lesson 03: gradient estimates and a baseline."""
from gensq_course.lessons.reparameterization import checks as checks
