"""Tables that are recorded once, by a command, and shown in the lessons as recorded.

    gensq study cures        # remakes docs/results/cures.json

A study is a list of settings and a function that turns one of them into records (`rows`). To add one: a module `study`
with a `STUDY` in the folder of its lesson.
"""
from gensq_course.studies.frontiers import curve, frontier, in_words, js_gain, judge_gain, margin, paired, reached
from gensq_course.studies.rows import by, records, texts, value, values
from gensq_course.studies.study import Study, perform, read, recompute, source

__all__ = ["Study", "by", "curve", "frontier", "in_words", "js_gain", "judge_gain", "margin", "paired", "perform", "reached",
           "read", "recompute", "records", "source", "texts", "value", "values"]
