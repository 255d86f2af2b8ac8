"""The study of the guard of the chat, as `gensq study` finds it."""
from gensq_course.studies.guard_study import STUDY

__all__ = ["STUDY"]
