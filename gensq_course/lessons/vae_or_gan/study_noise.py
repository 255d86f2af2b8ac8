"""The curves over noise, as `gensq study` finds it."""
from gensq_course.studies.family_tables import NOISE as STUDY

__all__ = ["STUDY"]
