"""No game, and orders by tag words, as `gensq study` finds it."""
from gensq_course.studies.family_more import MORE as STUDY

__all__ = ["STUDY"]
