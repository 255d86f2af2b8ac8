"""gensq_lib: small, readable parts for learning deep generative models of text."""

__version__ = "0.1.0"
