"""A study of lesson 17, as `gensq study` finds it."""
from dataclasses import replace

from gensq_course.studies.unpaired_ciphers import TRANSDUCERS

STUDY = replace(TRANSDUCERS, settings=TRANSDUCERS.settings[:3])  # networks are dear
