"""A study of lesson 18, as `gensq study` finds it."""
from gensq_course.studies import topics

STUDY = topics.OF_CONTROLS
