"""The exercises of lesson 05: units of likelihood, a Kneser-Ney bigram, an LSTM cell, attention, a nucleus, beam search.

Each is a reference, the same formula with mistakes that can be planted in it, inputs to try, and three hints.
"""
from gensq_course.checks.registry import register
from gensq_course.lessons.language_models.attention import ATTEND
from gensq_course.lessons.language_models.beams import BEAM_SEARCH
from gensq_course.lessons.language_models.kneser_ney import KNESER_NEY
from gensq_course.lessons.language_models.lstm import LSTM_CELL
from gensq_course.lessons.language_models.nucleus import NUCLEUS
from gensq_course.lessons.language_models.units import UNITS

register(LSTM_CELL, UNITS, KNESER_NEY, ATTEND, NUCLEUS, BEAM_SEARCH)
