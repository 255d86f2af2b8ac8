"""A study of lesson 18, as `gensq study` finds it."""
from gensq_course.studies.topics import STUDY as STUDY
