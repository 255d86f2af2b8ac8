"""gensq_course: what turns notebooks on `gensq_lib` into lessons: exercises, reports, recorded tables, classes, commands."""
