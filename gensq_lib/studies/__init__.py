"""Tables that are recorded once, by a command, and shown in the lessons as recorded.

    gensq study cures        # remakes docs/results/cures.json

A study is a list of settings and a function that turns one of them into a row of numbers. To add one: a module with
`STUDY`, and one line in `STUDIES`.
"""
from gensq_lib.studies.cures import STUDY as CURES
from gensq_lib.studies.dialogue import STUDY as DIALOGUE
from gensq_lib.studies.gan import STUDY as GAN
from gensq_lib.studies.lagging import STUDY as LAGGING
from gensq_lib.studies.seqgan_oracle import STUDY as SEQGAN_ORACLE
from gensq_lib.studies.study import Study, by, perform, read, recompute, source
from gensq_lib.studies.text_gan import STUDY as TEXT_GAN

STUDIES: dict[str, Study] = {study.name: study for study in (CURES, LAGGING, GAN, TEXT_GAN, SEQGAN_ORACLE, DIALOGUE)}

__all__ = ["STUDIES", "Study", "by", "perform", "read", "recompute", "source"]
