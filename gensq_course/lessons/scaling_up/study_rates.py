"""The learning rates of the three output layers, tried on a seed that no other table shows."""
from gensq_course.lessons.scaling_up.layers import learn
from gensq_course.lessons.scaling_up.source import ZipfText
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.models.outputs import OUTPUTS

SEED, TRIED = 100, (5e-3, 1e-2, 2e-2, 4e-2, 8e-2)
WORDS, TRAIN, HELD_OUT, STEPS = 10_000, 8_000, 300, 240  # the standard budget of the lesson


def run(*, output: str, rate: float, words: int = WORDS, num_train: int = TRAIN, steps: int = STEPS) -> list[Record]:
    """Held-out nats per sentence after the last step."""
    text = ZipfText(words)
    lines = text.sentences(HELD_OUT + num_train, seed=SEED)
    learnt = learn(output, lines[HELD_OUT:], lines[:HELD_OUT], text.vocab_size, steps=steps, seed=SEED, device="cpu", looks=1,
                   rate=rate)
    return records({"nats": learnt.nats[-1], "spent": learnt.seconds[-1]})


STUDY = Study("scaling_rates", "Which learning rate suits which output layer?",
              [{"output": output, "rate": rate} for output in OUTPUTS for rate in TRIED], run)
