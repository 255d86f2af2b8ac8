"""Orders, as `gensq study` finds them."""
from gensq_course.studies.family_more import ORDERS as STUDY

__all__ = ["STUDY"]
