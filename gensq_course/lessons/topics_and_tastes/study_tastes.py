"""The study of lesson 18 on tastes, as `gensq study` finds it."""
from gensq_course.studies.tasting_study import STUDY as STUDY
