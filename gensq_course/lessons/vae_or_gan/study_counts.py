"""The counts in noise, as `gensq study` finds it."""
from gensq_course.studies.family_checks import COUNTED as STUDY

__all__ = ["STUDY"]
