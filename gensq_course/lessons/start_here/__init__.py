"""Lesson 00: surprise, a standard error, temperature."""
from gensq_course.lessons.start_here import checks as checks
