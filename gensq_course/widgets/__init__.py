"""Things to click in a notebook: callables and texts in, widget out. The only home of ipywidgets.

What can work without a kernel does: `stepper` and the explanations of `quiz` are linked in the browser, so that they
answer in an HTML report, too. Everything shown is escaped and has a label for screen readers.
"""
from gensq_course.widgets.atlas import atlas
from gensq_course.widgets.clinic import clinic
from gensq_course.widgets.controls import Typed, answer, control, explorer, stepper
from gensq_course.widgets.guesses import guess_form
from gensq_course.widgets.listing import listing
from gensq_course.widgets.live import live_page
from gensq_course.widgets.questions import naming, quiz
from gensq_course.widgets.showing import TEXT, Picture, Table, cards, picture, pixels, rounded, table, text_html, together
from gensq_course.widgets.sounds import sound, sounds
from gensq_course.widgets.talk import blind_rating, chat

__all__ = ["TEXT", "Picture", "Table", "Typed", "answer", "atlas", "blind_rating", "cards", "chat", "clinic", "control",
           "explorer", "guess_form", "listing", "live_page", "naming", "picture", "pixels", "quiz", "rounded", "sound", "sounds",
           "stepper", "table", "text_html", "together"]
