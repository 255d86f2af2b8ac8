"""What every test shares: one torch thread a process, and a cache of its own, so that no test reads a reader's files."""
import os
import tempfile

# Before torch is imported: two threads on two busy cores are many times slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("MPLBACKEND", "agg")
os.environ["GENSQ_CACHE"] = tempfile.mkdtemp(prefix="gensq-tests-")
