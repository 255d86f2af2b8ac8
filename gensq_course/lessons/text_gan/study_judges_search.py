"""The search of the rates of judges, as `gensq study` finds it."""
from gensq_course.studies.judges import SEARCH as STUDY

__all__ = ["STUDY"]
