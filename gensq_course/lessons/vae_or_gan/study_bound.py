"""The slack of the VAE's bound, as `gensq study` finds it."""
from gensq_course.studies.family_checks import BOUND as STUDY

__all__ = ["STUDY"]
