"""A study of lesson 17, as `gensq study` finds it. Which rows it has stands here: another one makes none of the others old."""
from gensq_course.studies.difficulties import CHANGES
from gensq_course.studies.study import Study
from gensq_course.studies.unpaired_beside import beside

SEEDS = range(5)
ROWS = [{"style": "sentiment", "what": "noise"}, *({"style": "register", "what": what} for what in ("alone", "noise")),
        *({"difficulty": name, "what": what} for what in ("EM", "alone") for name in CHANGES),
        *({"languages": name, "what": "alone"} for name in ("zh-en", "eo-en")),
        {"difficulty": "two names", "what": "dictionary"}]
STUDY = Study("unpaired_beside", "What are few pairs worth without any heap, and as a dictionary? Where did a search fail?",
              [{**row, "seed": seed} for row in ROWS for seed in SEEDS], beside)
