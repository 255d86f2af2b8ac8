"""The latent space as a place: paths through it, directions in it, and sentences in and out."""
from gensq_lib.diagnostics.interpolation.paths import KINDS, decode_path, path, spherical
from gensq_lib.diagnostics.interpolation.space import DECODERS, Space
from gensq_lib.diagnostics.interpolation.vectors import attribute_vector, moved

__all__ = ["DECODERS", "KINDS", "Space", "attribute_vector", "decode_path", "moved", "path", "spherical"]
