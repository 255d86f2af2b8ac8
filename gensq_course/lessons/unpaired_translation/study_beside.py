"""A study of lesson 17, as `gensq study` finds it."""
from gensq_course.studies.unpaired_beside import STUDY as STUDY
