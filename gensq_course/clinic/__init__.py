"""The clinic: sick training runs of a tiny world, instruments that cost points, and a diagnosis explained.

    game = clinic.new_game(student=7, charts=clinic.recorded())
    visit = game.visits[0]
    visit.buy("KL per dimension").show(visit.patient.chart)
    visit.diagnose("decoder too strong").text
    widgets.clinic(clinic.contents(game))

A disease is one entry of `diseases.DISEASES`: one changed part of a healthy recipe, and the signs by which it is known.
"""
from gensq_course.clinic.charts import RECIPES, make, recorded, remake
from gensq_course.clinic.diseases import DISEASES, Disease, Sign
from gensq_course.clinic.game import DIAGNOSES, Game, Patient, Verdict, Visit, new_game, signature_hits
from gensq_course.clinic.instruments import INSTRUMENTS, LABELS, Instrument
from gensq_course.clinic.page import contents, page

__all__ = ["DIAGNOSES", "DISEASES", "INSTRUMENTS", "LABELS", "RECIPES", "Disease", "Game", "Instrument", "Patient", "Sign",
           "Verdict", "Visit", "contents", "make", "new_game", "page", "recorded", "remake", "signature_hits"]
