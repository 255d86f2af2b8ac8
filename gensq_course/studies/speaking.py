"""What lesson 13 and its studies work on: spoken digits as pictures, networks that were trained on them, and who recognises what.

One speaker is left out of training. "known" are other takes of the speakers that were trained on (the leaky test), "new" is
everything that the one who was left out says.

Nobody of us listens to what is generated. Judges stand in: a network that was trained on the same recordings, and two more
that were trained apart, each on other voices, and so on other clips, than the other.
"""
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int
from scipy.stats import t as student
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.speech import NUM_DIGITS, SpeechClassifier, SpeechVAE, Spoken, one_hot
from gensq_lib.sounds import FRAMES, Clips, Scale, log_spectral_distance, pictures, sound_of, windowed
from gensq_lib.sounds.clips import LOUDNESS, NOISE, WINDOW
from gensq_lib.text import corpora
from gensq_lib.training.speech import moved_by, train_speech

READS = ("spoken.npz",)
CORPUS, LATENT_DIM, VAE_STEPS, CNN_STEPS = "spoken", 8, 500, 250
PARTS = ("train", "known", "new")


@dataclass(frozen=True)
class Bench:
    """The pictures of each part in dB, their scale (of training alone), and what networks read."""

    clips: Mapping[str, Clips]
    pictures: Mapping[str, Float[Tensor, "clip band frame"]] = field(repr=False)
    scale: Scale = field(repr=False)
    left_out: int
    seed: int

    @property
    def new_voice(self) -> str:
        """Who was left out."""
        return self.clips["new"].voices[self.left_out]

    def spoken(self, part: str) -> Spoken:
        """Scaled pictures and their digits."""
        return Spoken(self.scale.apply(self.pictures[part]), self.clips[part].digits)

    def key(self) -> dict:
        """Of the cache."""
        return {"sounds": self.clips["new"].name, "left out": self.left_out, "seed": self.seed}

    def vae(self, *, steps: int = VAE_STEPS, latent_dim: int = LATENT_DIM) -> SpeechVAE:
        """Trained on the training part."""
        torch.manual_seed(self.seed)
        model = SpeechVAE(latent_dim=latent_dim)
        train_speech(model, self.spoken("train"), steps=steps, seed=self.seed, key=self.key(), moved=True)
        return model.eval()

    def classifier(self, *, steps: int = CNN_STEPS, voices: Sequence[int] = ()) -> SpeechClassifier:
        """Trained on the training part, or on the clips of some of its voices alone."""
        train, whose = self.spoken("train"), self.clips["train"].speakers
        if voices:
            train = train.select(torch.isin(whose, torch.tensor(voices)).nonzero().flatten())
        torch.manual_seed(self.seed)
        model = SpeechClassifier()
        train_speech(model, train, steps=steps, seed=self.seed, key=self.key() | {"voices": list(voices)}, moved=True)
        return model.eval()

    def judges_apart(self, *, steps: int = CNN_STEPS) -> list[SpeechClassifier]:
        """Two classifiers that share no training voice: each was taught by half of them."""
        voices = self.clips["train"].speakers.unique().tolist()
        return [self.classifier(steps=steps, voices=voices[half::2]) for half in (0, 1)]

    def heard(self, shown: Float[Tensor, "clip band frame"], *, generator: torch.Generator) -> Float[Tensor, "clip band frame"]:
        """Pictures (dB) made into sounds, and looked at again: what is left of them when they are played."""
        return pictures(torch.stack([sound_of(picture, generator=generator) for picture in shown]))


def prepared(name: str, left_out: int, seed: int) -> Bench:
    """One speaker left out; noise is drawn from the seed."""
    clips = corpora.load_sounds(name).parts(left_out)
    shown = {part: pictures(windowed(clips[part].waves, generator=runtime.generator(seed, "noise", part))) for part in PARTS}
    return Bench(clips, shown, Scale.of(shown["train"]), left_out, seed)


def mean_picture(batch: Spoken) -> Float[Tensor, "clip band"]:
    """The mean over time: 32 numbers, no order."""
    return batch.pictures.mean(-1)


def all_numbers(batch: Spoken) -> Float[Tensor, "clip _"]:
    """All 1,536 numbers in a row."""
    return batch.pictures.flatten(1)


ITERATIONS = 2_000  # more than logistic regression needs: with moved copies of fsdd up to 360, on all else fewer
PLAIN = {  # recognisers without a network: what they see, and the estimator
    "the nearest training picture": (all_numbers, lambda: KNeighborsClassifier(1)),
    "logistic regression on the mean over time": (mean_picture, lambda: LogisticRegression(max_iter=ITERATIONS)),
    "logistic regression on all numbers": (all_numbers, lambda: LogisticRegression(C=0.01, max_iter=ITERATIONS)),
    "a Gaussian for each digit": (all_numbers, GaussianNB),
    "a Gaussian for each digit, one covariance": (all_numbers, lambda: LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2)),
}


COPIES = ((-2, 0), (2, 0), (0, -1), (0, 1))  # frames and bands by which a recogniser without a network sees copies moved


def with_moved_copies(batch: Spoken) -> Spoken:
    """Each picture five times: as it is, earlier, later, lower and higher. Networks are trained on pictures moved so."""
    moved = [batch, *(moved_by(batch, frames=frames, bands=bands) for frames, bands in COPIES)]
    return Spoken(torch.cat([each.pictures for each in moved]), torch.cat([each.digits for each in moved]))


def plain_answers(bench: Bench, parts: Sequence[str] = PARTS[1:], *, moved: bool = False
                  ) -> dict[str, dict[str, Int[Tensor, "clip"]]]:
    """What the recognisers without a network answer, by name and part; `moved`: having seen moved copies as well."""
    train, found = bench.spoken("train"), {}
    if moved:
        train = with_moved_copies(train)
    for name, (sees, make) in PLAIN.items():
        fitted = make().fit(sees(train).numpy(), train.digits.numpy())
        found[name] = {part: torch.as_tensor(fitted.predict(sees(bench.spoken(part)).numpy())) for part in parts}
    return found


def accuracy(answers: Int[Tensor, "clip"], batch: Spoken) -> float:
    """The share that is right."""
    return (answers == batch.digits).double().mean().item()


def answered(judge: SpeechClassifier, shown: Float[Tensor, "clip band frame"]) -> Int[Tensor, "clip"]:
    """What a network names scaled pictures."""
    with evaluating(judge):
        return judge(shown).argmax(1)


def named_by_all(judges: Sequence[SpeechClassifier], shown: Float[Tensor, "clip band frame"], digits: Int[Tensor, "clip"]
                 ) -> float:
    """The share of scaled pictures that every judge names as meant."""
    return torch.stack([answered(judge, shown) == digits for judge in judges]).all(0).double().mean().item()


def answered_by_bounds(vae: SpeechVAE, batch: Spoken, *, num_samples: int, seed: int) -> Float[Tensor, "clip class"]:
    """Bounds on log p(x | y); the largest is the answer where all digits are as likely."""
    with evaluating(vae):
        return vae.digit_bounds(batch.pictures, num_samples=num_samples, generator=runtime.generator(seed, "bounds", num_samples))


def views(bench: Bench, cnn: SpeechClassifier, apart: Sequence[SpeechClassifier], digits: Int[Tensor, "_"],
          candidates: Mapping[str, Tensor], references: Float[Tensor, "_ band frame"]) -> dict[str, dict[str, float]]:
    """Of pictures (dB) that should be these digits: their distance to recordings, and how many a classifier names right, or
    both of two that were trained apart."""
    return {name: {"distance": log_spectral_distance(shown, references).mean().item(),
                   "named right": named_by_all([cnn], bench.scale.apply(shown), digits),
                   "by both apart": named_by_all(apart, bench.scale.apply(shown), digits)}
            for name, shown in candidates.items()}


def pretenders(bench: Bench, vae: SpeechVAE, chosen: Int[Tensor, "_"], *, seed: int) -> dict[str, Float[Tensor, "_ band frame"]]:
    """Pictures (dB) to be held against the recordings `chosen` from "known": played again, rebuilt, drawn, and four controls.

    The controls that somebody says are from "known", too: no judge and no generator has read them.
    """
    noise, known = runtime.generator(seed, "pretenders"), bench.spoken("known").select(chosen)
    recorded, train, clips = bench.pictures["known"][chosen], bench.clips["train"], bench.clips["known"]
    mean = torch.stack([bench.pictures["train"][train.digits == digit].mean(0) for digit in range(NUM_DIGITS)])

    def others(same_voice: bool, same_digit: bool) -> Tensor:
        """For each recording another one by this voice or not, of this digit or not."""
        found = []
        for i in chosen.tolist():
            fits = ((clips.speakers == clips.speakers[i]) == same_voice) & ((clips.digits == clips.digits[i]) == same_digit)
            fits[i] = False
            places = fits.nonzero().flatten()
            found.append(bench.pictures["known"][places[int(torch.randint(len(places), (), generator=noise))]])
        return torch.stack(found)

    with evaluating(vae):
        rebuilt = bench.scale.undo(vae.decode(vae.posterior(known).mean, one_hot(known.digits)))
        drawn = bench.scale.undo(vae.drawn(known.digits, generator=noise))
    return {
        "the recording itself, played from its picture": bench.heard(recorded, generator=noise),
        "rebuilt by the VAE": rebuilt, "rebuilt, played": bench.heard(rebuilt, generator=noise),
        "drawn by the VAE": drawn, "drawn, played": bench.heard(drawn, generator=noise),
        "the same voice and digit, another take": others(True, True),
        "another voice, the same digit": others(False, True), "the same voice, another digit": others(True, False),
        "the mean of all of the digit": mean[known.digits]}


def no_digits(bench: Bench, *, generator: torch.Generator) -> dict[str, Float[Tensor, "_ band frame"]]:
    """Scaled pictures of nobody who says anything: silence, noises, a hum, and the mean of a digit."""
    train = bench.spoken("train")
    loud = LOUDNESS * torch.randn(20, WINDOW, generator=generator)
    hum = train.pictures.mean((0, 2))[None, :, None].expand(-1, -1, FRAMES)
    return {name: bench.scale.apply(pictures(waves)) for name, waves in (
        ("silence", torch.zeros(1, WINDOW)), ("noise as loud as a clip", loud),
        ("the background noise alone", 10 ** (-NOISE / 20) * loud))} | {
        "one frame, 48 times": hum, "the mean picture of seven": train.pictures[train.digits == 7].mean(0)[None]}


def looked_at(vae: SpeechVAE, cnn: SpeechClassifier, shown: Mapping[str, Float[Tensor, "_ band frame"]], *, seed: int
              ) -> dict[str, tuple[float, int, int, float]]:
    """Of each set of scaled pictures: a bound on log p(x) (ten draws), the digit by the bounds, the network's, how sure it is."""
    found = {}
    for name, given in shown.items():
        bounds = answered_by_bounds(vae, Spoken(given, torch.zeros(len(given)).long()), num_samples=10, seed=seed)
        with evaluating(cnn):
            sure = cnn(given).exp().mean(0)
        found[name] = (log_evidence(bounds), int(bounds.mean(0).argmax()), int(sure.argmax()), sure.max().item())
    return found


def log_evidence(bounds: Float[Tensor, "clip class"]) -> float:
    """A bound on log p(x) where all digits are as likely, in the mean over clips, nats."""
    return (bounds.logsumexp(1) - math.log(NUM_DIGITS)).mean().item()


def over_speakers(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and 95 % interval by Student's t, one value for each speaker: clips of one speaker are not independent."""
    found = torch.tensor(values, dtype=torch.float64)
    if len(found) < 2:
        return found.mean().item(), float("-inf"), float("inf")
    reach = student.ppf(0.975, len(found) - 1) * found.std().item() / len(found) ** 0.5
    return found.mean().item(), found.mean().item() - reach, found.mean().item() + reach
