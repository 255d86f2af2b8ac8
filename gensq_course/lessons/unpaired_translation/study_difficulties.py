"""A study of lesson 17, as `gensq study` finds it."""
from gensq_course.studies.difficulties import STUDY as STUDY
