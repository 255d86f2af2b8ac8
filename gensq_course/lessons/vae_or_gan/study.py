"""The table of all families, as `gensq study` finds it."""
from gensq_course.studies.family_tables import TABLE as STUDY

__all__ = ["STUDY"]
