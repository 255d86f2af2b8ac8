"""A study of lesson 11, as `gensq study` finds it."""
from gensq_course.studies.one_to_one import STUDY

__all__ = ["STUDY"]
