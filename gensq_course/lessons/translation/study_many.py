"""A study of lesson 11, as `gensq study` finds it."""
from gensq_course.studies.many_languages import STUDY

__all__ = ["STUDY"]
