"""gensq_lib: small, readable parts for learning deep generative models of text."""
import os

__version__ = "0.1.0"

# Read once, when torch is loaded, so they stand before everything else. Threads that spin while they wait cost a factor
# of 10 to 50 where several kernels share the cores; threads that sleep at once cost a factor of 2 where they do not.
# A short spin, then sleep, is near the best of both: 1.2 and 2.5 times the best time (measured on two cores).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "2000")

# oneDNN keeps a program for each shape that a layer has met, up to 1,024 of them. An LSTM takes some thirty for each length of a
# batch: where fewer are kept than a training meets it makes them anew all the time. With 512 training is a quarter faster than
# with 64 (batches of nine lengths, on two cores) and holds up to 190 MB more; those are bounded, whatever the corpus.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "512")
