"""The curve over training sentences, as `gensq study` finds it."""
from gensq_course.studies.family_tables import AMOUNT as STUDY

__all__ = ["STUDY"]
