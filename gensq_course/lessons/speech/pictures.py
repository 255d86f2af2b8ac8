"""Pictures, players and tables of lesson 13."""
from collections.abc import Callable, Mapping, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course import widgets
from gensq_course.studies.rows import Row, by
from gensq_course.studies.speaking import Bench, over_speakers
from gensq_lib import plots
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.speech import SpeechClassifier, SpeechVAE, between_digits
from gensq_lib.sounds import sound_of

DARK, BRIGHT = -30.0, 25.0  # dB that are drawn white and black
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
Pictures = Float[Tensor, "clip band frame"]
STEPS = 9  # of a walk from one digit to another


def grey(shown: Pictures) -> Pictures:
    """For `picture_grid`: loud is dark, low tones are at the bottom, time goes to the right."""
    return ((shown - DARK) / (BRIGHT - DARK)).clamp(0, 1).flip(-2)


def grid(shown: Pictures, title: str, *, columns: int = 5):
    """Log-mel pictures in rows."""
    return plots.picture_grid(grey(shown), columns=columns, title=title)


def small(shown: Float[Tensor, "band frame"], alt: str) -> widgets.Picture:
    """One picture, as wide as a player."""
    return widgets.picture(plots.png(plots.picture_grid(grey(shown[None]), columns=1)), alt, width=200)


def in_words(shown: Float[Tensor, "band frame"]) -> str:
    """When it is loud and how high the sound is, for those who see no picture: halves of its power above the background."""
    power = 10 ** (shown / 10)
    loud = (power.sum(0) > 0.1 * power.sum(0).max()).nonzero().flatten()
    centre = (power.sum(1).cumsum(0) < 0.5 * power.sum()).sum().item()
    return f"loud from {loud[0] * 0.016:.2f} to {loud[-1] * 0.016 + 0.016:.2f} s, half of its power below band {centre + 1} of 32"


def player(shown: Float[Tensor, "band frame"], words: str, *, generator: torch.Generator) -> widgets.Picture:
    """A picture (dB) with the sound that Griffin-Lim makes of it."""
    says = f"{words}: {in_words(shown)}"
    return widgets.sound(sound_of(shown, generator=generator), says, shown=small(shown, f"Log-mel picture of {says}"))


def walk(bench: Bench, vae: SpeechVAE, cnn: SpeechClassifier, first: int, second: int, *, steps: int = STEPS,
         shares: Sequence[float] = (), seed: int = 0) -> list[tuple[widgets.Picture, str]]:
    """From one digit to another: at each step its sound, and what a classifier names it.

    Both ends of z are the mean of the encoder's z for the training clips of that digit.
    """
    train = bench.spoken("train")
    shares = list(shares) or [i / (steps - 1) for i in range(steps)]
    with evaluating(vae), evaluating(cnn):
        own = [train.select((train.digits == digit).nonzero().flatten()) for digit in (first, second)]
        ends = [vae.posterior(clips).mean.mean(0) for clips in own]
        z = torch.stack([(1 - share) * ends[0] + share * ends[1] for share in shares])
        shown = vae.decode(z, between_digits(first, second, shares))
        named = cnn(shown).exp()
    found = []
    for picture, share, p in zip(bench.scale.undo(shown), shares, named, strict=True):
        answer = (f"{share:.0%} of the way from {WORDS[first]} to {WORDS[second]}; the classifier says "
                  f"{WORDS[int(p.argmax())]}, {p.max():.2f}")
        found.append((player(picture, answer, generator=runtime.generator(seed, "walk")), WORDS[int(p.argmax())]))
    return found


def morph(bench: Bench, vae: SpeechVAE, cnn: SpeechClassifier) -> Callable[..., widgets.Picture]:
    """For an explorer: two digits and a share between them."""
    def show(first: str, second: str, share: float) -> widgets.Picture:
        return walk(bench, vae, cnn, WORDS.index(first), WORDS.index(second), shares=[share])[0][0]
    return show


def swapped_voice(bench: Bench, vae: SpeechVAE, from_voice: int, to_voice: int) -> tuple[Pictures, Pictures, Int[Tensor, "clip"]]:
    """z - mean of one voice + mean of another, the digit kept: pictures (dB) before and after, and the digits.

    Of the first voice's test takes; the means are of training clips.
    """
    train, known = bench.spoken("train"), bench.spoken("known")
    mine = known.select((bench.clips["known"].speakers == from_voice).nonzero().flatten())
    with evaluating(vae):
        z = vae.posterior(train).mean
        means = [z[bench.clips["train"].speakers == voice].mean(0) for voice in (from_voice, to_voice)]
        told = torch.nn.functional.one_hot(mine.digits, 10).float()
        moved = vae.decode(vae.posterior(mine).mean - means[0] + means[1], told)
    return bench.scale.undo(mine.pictures), bench.scale.undo(moved), mine.digits


def nearest_voices(bench: Bench, shown: Pictures, digits: Int[Tensor, "clip"]) -> list[int]:
    """Of each picture the training voice whose clips of the same digit, in the mean, it is nearest to."""
    train, found = bench.clips["train"], []
    voices = train.speakers.unique().tolist()
    for picture, digit in zip(shown, digits.tolist(), strict=True):
        means = [bench.pictures["train"][(train.digits == digit) & (train.speakers == voice)].mean(0) for voice in voices]
        found.append(voices[int(torch.stack([(picture - mean).square().mean() for mean in means]).argmin())])
    return found


def over_voices(rows: Sequence[Row], who: str, part: str, **where: str) -> str:
    """Recorded: mean over speakers, each the mean of its seeds, and a 95 % interval with the speaker as the unit."""
    each = by(rows, "left_out", who=who, measure=part, **where)
    mean, low, high = over_speakers([value.mean for value in each.values()])
    return f"{mean:.3f} ({max(low, 0):.3f} to {min(high, 1):.3f})"


def rescoring_rows(found: Mapping, who: Sequence[str], lists: Sequence[str]) -> list[list]:
    """A row for everybody who chooses: word errors and whole sentences on each kind of list."""
    return [[name, *(str(found[name, kind, measure]) for kind in lists for measure in ("word error rate", "whole sentences"))]
            for name in who]
