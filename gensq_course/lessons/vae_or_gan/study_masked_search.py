"""Its trials, as `gensq study` finds them."""
from gensq_course.studies.family_masked import SEARCH as STUDY

__all__ = ["STUDY"]
