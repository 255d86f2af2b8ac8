"""Pictures, players and tables of lesson 13."""
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course import widgets
from gensq_course.studies.rows import Row, by, value
from gensq_course.studies.speaking import Bench, over_speakers
from gensq_lib import plots
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms, evaluating, log_weights
from gensq_lib.models.speech import SpeechClassifier, SpeechVAE, Spoken, between_digits
from gensq_lib.sounds import WORDS, sound_of

DARK, BRIGHT = -30.0, 25.0  # dB that are drawn white and black
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


def unnamed(shown: Float[Tensor, "band frame"], wave: Float[Tensor, "time"], number: int) -> widgets.Picture:
    """A sound that a reader is to name: its picture is folded, and no word says what it was to be."""
    says = f"sound {number}: {in_words(shown)}"
    folded = f"<details><summary>its picture</summary>{small(shown, f'Log-mel picture of {says}').html}</details>"
    return widgets.together(widgets.sound(wave, says), widgets.Picture(folded))


def walk(bench: Bench, vae: SpeechVAE, cnn: SpeechClassifier, first: int, second: int, *, steps: int = STEPS,
         shares: Sequence[float] = (), seed: int = 0) -> list[tuple[widgets.Picture, str]]:
    """From one digit to another: at each step its sound, and what a classifier names it.

    Both ends of z are the mean of the encoder's z for the training clips of that digit.
    """
    shares = list(shares) or [i / (steps - 1) for i in range(steps)]
    shown, answers, sure = on_the_way(bench, vae, cnn, first, second, shares)
    found = []
    for picture, share, answer, p in zip(shown, shares, answers, sure, strict=True):
        says = (f"{share:.0%} of the way from {WORDS[first]} to {WORDS[second]}; the classifier says {WORDS[answer]}, {p:.2f}")
        found.append((player(picture, says, generator=runtime.generator(seed, "walk")), WORDS[answer]))
    return found


def on_the_way(bench: Bench, vae: SpeechVAE, cnn: SpeechClassifier, first: int, second: int, shares: Sequence[float]
               ) -> tuple[Pictures, list[int], list[float]]:
    """Pictures (dB) between two digits, the digit that the classifier names, and how sure it is."""
    train = bench.spoken("train")
    with evaluating(vae), evaluating(cnn):
        own = [train.select((train.digits == digit).nonzero().flatten()) for digit in (first, second)]
        ends = [vae.posterior(clips).mean.mean(0) for clips in own]
        z = torch.stack([(1 - share) * ends[0] + share * ends[1] for share in shares])
        shown = vae.decode(z, between_digits(first, second, shares))
        p = cnn(shown).exp()
    return bench.scale.undo(shown), p.argmax(1).tolist(), p.amax(1).tolist()


def changes_of_mind(bench: Bench, vae: SpeechVAE, cnn: SpeechClassifier) -> tuple[float, float]:
    """Of the ways between all pairs of digits: shares on which the classifier changes its mind once; names a third digit."""
    shares = [i / (STEPS - 1) for i in range(STEPS)]
    once, third, pairs = 0, 0, list(permutations(range(10), 2))
    for pair in pairs:
        _, said, _ = on_the_way(bench, vae, cnn, *pair, shares)
        once += sum(a != b for a, b in zip(said, said[1:])) == 1
        third += bool(set(said) - set(pair))
    return once / len(pairs), third / len(pairs)


def morph(bench: Bench, vae: SpeechVAE, cnn: SpeechClassifier) -> Callable[..., widgets.Picture]:
    """For an explorer: two digits and a share between them."""
    def show(first: str, second: str, share: float) -> widgets.Picture:
        return walk(bench, vae, cnn, WORDS.index(first), WORDS.index(second), shares=[share])[0][0]
    return show


def swapped_voice(bench: Bench, vae: SpeechVAE, from_voice: int, to_voice: int) -> tuple[Pictures, Pictures, Int[Tensor, "clip"]]:
    """z - mean of one voice + mean of another, the digit kept: pictures (dB) before and after, and the digits.

    Of the first voice's test takes, decoded without and with the move; the means are of training clips.
    """
    train, known = bench.spoken("train"), bench.spoken("known")
    mine = known.select((bench.clips["known"].speakers == from_voice).nonzero().flatten())
    with evaluating(vae):
        z = vae.posterior(train).mean
        means = [z[bench.clips["train"].speakers == voice].mean(0) for voice in (from_voice, to_voice)]
        told = torch.nn.functional.one_hot(mine.digits, 10).float()
        here = vae.posterior(mine).mean
        kept, moved = (vae.decode(each, told) for each in (here, here - means[0] + means[1]))
    return bench.scale.undo(kept), bench.scale.undo(moved), mine.digits


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


def less_the_network(rows: Sequence[Row], who: str, **where: str) -> str:
    """Recorded: the accuracy on the new voice less that of the convolutional network, speaker by speaker."""
    mean, low, high = paired(rows, {"who": who, **where}, {"who": "convolutional network"})
    return f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"


def likelier_than_clips(rows: Sequence[Row], given: str) -> str:
    """Recorded: bound on log p(x) of what is no digit less that of test clips of known voices, nats: mean (least to most)."""
    runs = [value(row["found"], given=given, measure="nats") - value(row["found"], given="known voices", measure="nats")
            for row in rows]
    return f"{sum(runs) / len(runs):+,.0f} ({min(runs):+,.0f} to {max(runs):+,.0f})"


def gain_of_fitted_prior(rows: Sequence[Row]) -> tuple[float, float, float]:
    """Recorded: what it adds to the accuracy of the bounds (one draw) on a new voice, and its interval."""
    ours, theirs = ({"who": "bounds, 1 draws", "prior": prior} for prior in ("fitted", "N(0, I)"))
    return paired(rows, ours, theirs)


def paired(rows: Sequence[Row], ours: dict[str, str], theirs: dict[str, str]) -> tuple[float, float, float]:
    """Mean and 95 % interval of the difference on the new voice, over speakers; each is the mean of its seeds."""
    one, other = (by(rows, "left_out", measure="new", **where) for where in (ours, theirs))
    return over_speakers([one[speaker].mean - other[speaker].mean for speaker in one])


def with_noise(shown: Pictures, bench: Bench, vae: SpeechVAE, *, generator: torch.Generator) -> Pictures:
    """Means of p(x | z, y), in dB, made draws from it."""
    return shown + bench.scale.stddev * vae.log_noise.exp().detach() * torch.randn(shown.shape, generator=generator)


def all_log_weights(vae: SpeechVAE, batch: Spoken, *, num_samples: int, seed: int) -> Float[Tensor, "sample clip class"]:
    """log w = log p(x, z | y) - log q(z | x, y) of every draw, for every clip under every digit."""
    with evaluating(vae):
        return torch.stack([log_weights(vae, said_to_be(batch, digit), num_samples=num_samples,
                                        generator=runtime.generator(seed, "weights", digit)) for digit in range(10)], -1)


def reconstructions(vae: SpeechVAE, batch: Spoken, *, seed: int) -> Float[Tensor, "clip class"]:
    """WRONG as a bound: log p(x | z, y) with z drawn from q(z | x, y), which pays no price for what z was told."""
    with evaluating(vae):
        return torch.stack([elbo_terms(vae, said_to_be(batch, digit), generator=runtime.generator(seed, "colleague", digit)
                                       ).reconstruction for digit in range(10)], -1)


def said_to_be(batch: Spoken, digit: int) -> Spoken:
    """The same pictures, all of them told to be this digit."""
    return Spoken(batch.pictures, torch.full_like(batch.digits, digit))


def raised_by_digit(log_w: Float[Tensor, "sample clip class"], digits: Int[Tensor, "clip"]) -> list[list[str | float]]:
    """For each digit that is tried: what all draws add to its bound with the first, when it is right, when wrong."""
    grew = log_w.logsumexp(0) - math.log(len(log_w)) - log_w[0]
    return [[word, grew[digits == d, d].mean().item(), grew[digits != d, d].mean().item()]
            for d, word in enumerate(WORDS) if (digits == d).any()]


def of_one_voice(bench: Bench) -> list[int]:
    """Places of ten clips of "known", one of each digit, all by the speaker of the first clip."""
    clips = bench.clips["known"]
    same = clips.speakers == clips.speakers[0]
    return [int((same & (clips.digits == digit)).nonzero()[0]) for digit in range(10)]


def sure_when_wrong(posterior: Float[Tensor, "batch class"], digits: Int[Tensor, "batch"]) -> float | str:
    """The mean probability of the answer where it is wrong; empty where none is."""
    wrong = posterior.argmax(1) != digits
    return posterior.amax(1)[wrong].exp().mean().item() if wrong.any() else ""


def rescoring_rows(found: Mapping, who: Sequence[str], lists: Sequence[str]) -> list[list]:
    """A row for everybody who chooses: word errors and whole sentences on each kind of list."""
    return [[name, *(str(found[name, kind, measure]) for kind in lists for measure in ("word error rate", "whole sentences"))]
            for name in who]
