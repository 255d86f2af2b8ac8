"""A study of lesson 11, as `gensq study` finds it."""
from gensq_course.studies.crossing import SEARCH

STUDY = SEARCH
