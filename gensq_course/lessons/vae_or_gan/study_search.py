"""The search of settings, as `gensq study` finds it."""
from gensq_course.studies.family_tables import SEARCH as STUDY

__all__ = ["STUDY"]
