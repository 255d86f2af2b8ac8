"""The study of the networks that answer, as `gensq study` finds it."""
from gensq_course.studies.networks import STUDY

__all__ = ["STUDY"]
