"""What is done before the chat of this lesson is served as a page."""
from collections.abc import Mapping
from typing import Any

from gensq_course.shipped.voices import SHIPPED, trained_voices


def prepare(values: Mapping[str, Any]) -> None:
    """Voices that do not come with the course are trained here, where a progress bar is seen: a page would only wait."""
    corpus = values.get("corpus", SHIPPED[0])
    if corpus not in SHIPPED:
        trained_voices(corpus)
