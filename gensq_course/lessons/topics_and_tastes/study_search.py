"""The search behind the study of lesson 18 on tastes, as `gensq study` finds it."""
from gensq_course.studies.tasting_search import STUDY as STUDY
