"""The ways to tag, as `gensq study` finds it."""
from gensq_course.studies.family_more import WAYS_TO_TAG as STUDY

__all__ = ["STUDY"]
