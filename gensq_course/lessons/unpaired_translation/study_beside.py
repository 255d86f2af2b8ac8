"""A study of lesson 17, as `gensq study` finds it. Which rows it has stands here: another one makes none of the others old."""
from gensq_course.studies.difficulties import CHANGES
from gensq_course.studies.study import Study
from gensq_course.studies.unpaired_beside import beside

SEEDS = range(5)
ROWS = [{"style": "register", "what": "alone"}, {"style": "sentiment", "what": "noise"},
        {"difficulty": "two names", "what": "EM"},
        *({"difficulty": name, "what": "alone"} for name in CHANGES), *({"languages": name, "what": "alone"} for name in (
            "zh-en", "eo-en")),
        {"style": "register", "what": "noise"},
        *({"difficulty": name, "what": "dictionary"} for name in ("two names", "neighbours exchanged")),
        {"languages": "zh-en", "what": "dictionary"}, {"languages": "eo-en", "what": "dictionary"},
        *({"difficulty": name, "what": "dictionary"} for name in (
            "exchanged, in parts, left out", "other names", "words in parts", "words left out")),
        *({"difficulty": name, "what": "EM"} for name in CHANGES if name != "two names")]
STUDY = Study("unpaired_beside", "What are few pairs worth without any heap, and as a dictionary? Where did a search fail?",
              [{**row, "seed": seed} for row in ROWS for seed in SEEDS], beside)
