"""Lesson 07: means, information, gain by position; and its clinic."""
from gensq_course.lessons.posterior_collapse import checks as checks
