"""Lesson 00: surprise, a standard error, temperature, a sentence drawn word by word."""
from gensq_course.lessons.start_here import checks as checks, drawing as drawing
