"""The exercises of lesson 05: an LSTM cell, units of likelihood, a Kneser-Ney bigram, nucleus sampling.

Each is a reference, the same formula with mistakes that can be planted in it, inputs to try, and three hints.
"""
from gensq_lib.checks.language_models.kneser_ney import KNESER_NEY
from gensq_lib.checks.language_models.lstm import LSTM_CELL
from gensq_lib.checks.language_models.nucleus import NUCLEUS
from gensq_lib.checks.language_models.units import UNITS
from gensq_lib.checks.registry import register

register(LSTM_CELL, UNITS, KNESER_NEY, NUCLEUS)
