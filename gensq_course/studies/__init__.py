"""Tables that are recorded once, by a command, and shown in the lessons as recorded.

    gensq study cures        # remakes docs/results/cures.json

A study is a list of settings and a function that turns one of them into a row of numbers. To add one: a module `study`
with a `STUDY` in the folder of its lesson.
"""
from gensq_course.studies.study import Study, by, perform, read, recompute, source

__all__ = ["Study", "by", "perform", "read", "recompute", "source"]
