"""A study of lesson 17, as `gensq study` finds it."""
from gensq_course.studies.unpaired_ciphers import TRANSDUCERS as STUDY

__all__ = ["STUDY"]
