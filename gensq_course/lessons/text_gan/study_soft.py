"""The study of the players that learn through soft choices, as `gensq study` finds it."""
from gensq_course.studies.soft_study import STUDY

__all__ = ["STUDY"]
