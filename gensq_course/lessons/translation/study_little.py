"""A study of lesson 11, as `gensq study` finds it."""
from gensq_course.studies.few_pairs import study

STUDY = study("little")
