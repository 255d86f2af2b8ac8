"""What a lesson says of a training: how often the text was read, where validation was best, whether it was learnt by heart."""
from dataclasses import asdict

from gensq_course.report.words import say
from gensq_lib.training.sizing import Progress


def told(progress: Progress) -> str:
    """A sentence or two; of a text that was not read twice there is nothing to be said but how often."""
    keys = ["times", *["best"] * (progress.readings > 1), *["by_heart"] * progress.by_heart]
    return " ".join(say("reading", key, **asdict(progress)) for key in keys)
