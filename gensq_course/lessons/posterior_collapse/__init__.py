"""Lesson 07: misfits, true posterior means, information, gain by position."""
from gensq_course.lessons.posterior_collapse import checks as checks
