"""The study of the voices that learnt from people, as `gensq study` finds it."""
from gensq_course.studies.people_study import STUDY

__all__ = ["STUDY"]
