"""The study of lesson 17, as `gensq study` finds it."""
from gensq_course.studies.deciphering import STUDY as STUDY
