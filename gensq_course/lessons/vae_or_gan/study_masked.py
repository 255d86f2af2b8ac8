"""Masked diffusion on the same budget, as `gensq study` finds it."""
from gensq_course.studies.family_masked import ROW as STUDY

__all__ = ["STUDY"]
