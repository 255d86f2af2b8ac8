"""The curve over size, as `gensq study` finds it."""
from gensq_course.studies.family_tables import SIZE as STUDY

__all__ = ["STUDY"]
