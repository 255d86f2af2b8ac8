"""What is done before the chat of this lesson is served as a page."""
from collections.abc import Mapping
from typing import Any

from gensq_course.shipped.voices import SHIPPED, dialogues_of, voices_of


def prepare(values: Mapping[str, Any]) -> None:
    """Voices that do not come with the course are trained here, where a progress bar is seen: a page would only wait."""
    corpus = values.get("corpus", SHIPPED[0])
    if corpus not in SHIPPED:
        voices_of(dialogues_of(corpus))
