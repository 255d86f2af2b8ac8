"""The study of lesson 12, as `gensq study` finds it."""
from gensq_course.studies.summarisation import STUDY as STUDY
