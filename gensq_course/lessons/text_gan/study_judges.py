"""The study of judges, as `gensq study` finds it."""
from gensq_course.studies.judges import STUDY

__all__ = ["STUDY"]
