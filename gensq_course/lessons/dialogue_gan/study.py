"""The study of judges of replies, as `gensq study` finds it."""
from gensq_course.studies.doorstep_study import STUDY

__all__ = ["STUDY"]
