"""A study of lesson 13, as `gensq study` finds it."""
from gensq_course.studies.speech import PEOPLE as STUDY

__all__ = ["STUDY"]
