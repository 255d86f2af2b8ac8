"""One way to run many things: rows of studies, lessons over seeds, points of a sweep.

    for done in run_many(work, points, jobs=2):    # as they finish, in whatever order
        print(done.point, done.value or done.error)

Here one after another, in processes of this machine, or on the workers of a Dask cluster. A point that fails, and a process
that dies, cost that point only.
"""
from gensq_course.many.engine import Done, run_many

__all__ = ["Done", "run_many"]
