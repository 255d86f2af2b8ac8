"""Two recorded tables of lesson 13: every voice left out once, who recognises it, and what generated digits are like.

Sizes were tried on seed 100, which no table has.
"""
from collections.abc import Iterator, Sequence

import torch

from gensq_course.studies import speaking
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Setting, Study
from gensq_lib.ground import runtime
from gensq_lib.models.speech import SpeechClassifier, SpeechVAE, Spoken

SEEDS, FSDD_SEEDS = range(5), range(3)  # every speaker is left out once for each
NUM_VOICES = {"spoken": 8, "fsdd": 6}
FSDD_STEPS = 800  # four times the clips of the built-in set
MOVED = ", moved copies"  # of a recogniser without a network that saw them as well
ASKED = 80  # clips of a part that are asked of the bounds with more than one draw


def voices(corpus: str, left_out: int, seed: int) -> Iterator[Record]:
    """Everybody's accuracy on known voices and on the new one; what is drawn, rebuilt and played, beside controls."""
    bench = speaking.prepared(corpus, left_out, seed)
    parts = {part: bench.spoken(part) for part in speaking.PARTS[1:]}
    for copies in (False, True):
        for name, answers in speaking.plain_answers(bench, moved=copies).items():
            yield from records({part: speaking.accuracy(answers[part], parts[part]) for part in parts},
                               who=name + MOVED * copies)
    cnn, apart = bench.classifier(), bench.judges_apart()
    vae = bench.vae(steps=FSDD_STEPS if corpus == "fsdd" else speaking.VAE_STEPS)
    yield from records({part: speaking.accuracy(speaking.answered(cnn, batch.pictures), batch) for part, batch in parts.items()},
                       who="convolutional network")
    yield from by_bounds(vae, parts, seed, prior="N(0, I)", nums=(1,))
    drawn = torch.arange(200) % 10
    noise = runtime.generator(seed, "drawn")
    before = vae.drawn(drawn, generator=noise)
    vae.fit_prior(bench.spoken("train"), generator=noise)
    yield from by_bounds(vae, parts, seed, prior="fitted", nums=(1, 10))
    for prior, shown in {"N(0, I)": before, "fitted": vae.drawn(drawn, generator=noise)}.items():
        yield from records({"drawn, named right": speaking.named_by_all([cnn], shown, drawn),
                            "drawn, by both apart": speaking.named_by_all(apart, shown, drawn)}, prior=prior)
    yield from of_nobody(bench, vae, cnn, parts["known"], seed)
    chosen = torch.randperm(len(parts["known"]), generator=noise)[:30]
    found = speaking.views(bench, cnn, apart, parts["known"].digits[chosen],
                           speaking.pretenders(bench, vae, chosen, seed=seed), bench.pictures["known"][chosen])
    for name, row in found.items():
        yield from records(row, shown=name)


def of_nobody(bench: speaking.Bench, vae: SpeechVAE, cnn: SpeechClassifier, known: Spoken, seed: int) -> Iterator[Record]:
    """How likely, by the bound with ten draws, pictures without a word are, beside the clips of "known" that are asked."""
    asked = speaking.no_digits(bench, generator=runtime.generator(seed, "no digits"))
    seen = speaking.looked_at(vae, cnn, {**asked, "known voices": some_of(known).pictures}, seed=seed)
    for name, (nats, *_) in seen.items():
        yield from records({"nats": nats}, given=name)


def some_of(batch: Spoken) -> Spoken:
    """As many as are asked of the bounds, from all over it."""
    return batch.select(torch.linspace(0, len(batch) - 1, min(ASKED, len(batch))).long())


def by_bounds(vae: SpeechVAE, parts: dict[str, Spoken], seed: int, *, prior: str, nums: Sequence[int]) -> Iterator[Record]:
    """Accuracy of the bounds with so many draws on the same clips; what more draws add, for right digits and for wrong ones."""
    for part, batch in parts.items():
        some = some_of(batch)
        bounds = {k: speaking.answered_by_bounds(vae, some, num_samples=k, seed=seed) for k in nums}
        for k, found in bounds.items():
            yield from records({part: speaking.accuracy(found.argmax(1), some), f"nats, {part}": found.gather(
                1, some.digits[:, None]).mean().item()}, who=f"bounds, {k} draws", prior=prior)
        raised, own = bounds[nums[-1]] - bounds[nums[0]], torch.nn.functional.one_hot(some.digits, 10).bool()
        yield from records({f"raised, {part}": raised[own].mean().item()}, digit="right", prior=prior)
        yield from records({f"raised, {part}": raised[~own].mean().item()}, digit="wrong", prior=prior)


def settings(corpus: str, seeds: Sequence[int]) -> list[Setting]:
    """Every speaker left out once for each seed."""
    return [{"corpus": corpus, "left_out": speaker, "seed": seed} for seed in seeds for speaker in range(NUM_VOICES[corpus])]


def run_voices(*, corpus: str, left_out: int, seed: int) -> list[Record]:
    """Shares, nats per clip, and decibels."""
    return list(voices(corpus, left_out, seed))


VOICES = Study("speech_voices", "Who recognises a digit that a new voice says, and what do generated digits sound like?",
               settings("spoken", SEEDS), run_voices)
PEOPLE = Study("speech_people", "The same for six people (fsdd).", settings("fsdd", FSDD_SEEDS), run_voices)
