"""The exercises of lesson 05: units of likelihood, a Kneser-Ney bigram, an LSTM cell, attention, a nucleus, beam search."""
from gensq_course.checks.registry import register
from gensq_course.lessons.language_models.choosing import BEAM_SEARCH, NUCLEUS
from gensq_course.lessons.language_models.counting import KNESER_NEY, UNITS
from gensq_course.lessons.language_models.layers import ATTEND, LSTM_CELL

register(LSTM_CELL, UNITS, KNESER_NEY, ATTEND, NUCLEUS, BEAM_SEARCH)
