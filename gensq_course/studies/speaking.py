"""What lesson 13 and its studies work on: spoken digits as pictures, networks that were trained on them, and who recognises what.

One speaker is left out of training. "known" are other takes of the speakers that were trained on (the leaky test), "new" is
everything that the one who was left out says.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int
from scipy.stats import t as student
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.speech import NUM_DIGITS, SpeechClassifier, SpeechVAE, Spoken, one_hot
from gensq_lib.sounds import Clips, Scale, log_spectral_distance, pictures, sound_of, windowed
from gensq_lib.text import corpora
from gensq_lib.training.speech import train_speech

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

    def classifier(self, *, steps: int = CNN_STEPS) -> SpeechClassifier:
        """Trained on the training part."""
        torch.manual_seed(self.seed)
        model = SpeechClassifier()
        train_speech(model, self.spoken("train"), steps=steps, seed=self.seed, key=self.key(), moved=True)
        return model.eval()

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


PLAIN = {  # recognisers without a network: what they see, and the estimator
    "logistic regression on the mean over time": (mean_picture, lambda: LogisticRegression(max_iter=500)),
    "logistic regression on all numbers": (all_numbers, lambda: LogisticRegression(C=0.01, max_iter=300)),
    "a Gaussian for each digit": (all_numbers, GaussianNB),
    "a Gaussian for each digit, one covariance": (all_numbers, lambda: LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2)),
}


def plain_answers(bench: Bench, parts: Sequence[str] = PARTS[1:]) -> dict[str, dict[str, Int[Tensor, "clip"]]]:
    """What the recognisers without a network answer, by name and part."""
    train, found = bench.spoken("train"), {}
    for name, (sees, make) in PLAIN.items():
        fitted = make().fit(sees(train).numpy(), train.digits.numpy())
        found[name] = {part: torch.as_tensor(fitted.predict(sees(bench.spoken(part)).numpy())) for part in parts}
    return found


def accuracy(answers: Int[Tensor, "clip"], batch: Spoken) -> float:
    """The share that is right."""
    return (answers == batch.digits).double().mean().item()


def answered_by_bounds(vae: SpeechVAE, batch: Spoken, *, num_samples: int, seed: int) -> Float[Tensor, "clip class"]:
    """Bounds on log p(x | y); the largest is the answer where all digits are as likely."""
    with evaluating(vae):
        return vae.digit_bounds(batch.pictures, num_samples=num_samples, generator=runtime.generator(seed, "bounds", num_samples))


def views(bench: Bench, cnn: SpeechClassifier, digits: Int[Tensor, "_"], candidates: Mapping[str, Tensor],
          references: Float[Tensor, "_ band frame"]) -> dict[str, dict[str, float]]:
    """Of pictures (dB) that should be these digits: their distance to recordings, and how many a classifier names right."""
    with evaluating(cnn):
        return {name: {"distance": log_spectral_distance(shown, references).mean().item(),
                       "named right": accuracy(cnn(bench.scale.apply(shown)).argmax(1), Spoken(shown, digits))}
                for name, shown in candidates.items()}


def pretenders(bench: Bench, vae: SpeechVAE, chosen: Int[Tensor, "_"], *, seed: int) -> dict[str, Float[Tensor, "_ band frame"]]:
    """Pictures (dB) to be held against the recordings `chosen` from "known": played again, rebuilt, drawn, and three controls."""
    noise, known = runtime.generator(seed, "pretenders"), bench.spoken("known").select(chosen)
    recorded, train = bench.pictures["known"][chosen], bench.clips["train"]
    mean = torch.stack([bench.pictures["train"][train.digits == digit].mean(0) for digit in range(NUM_DIGITS)])

    def other(wanted: Tensor, clip: int) -> Tensor:
        """A training picture out of those that are wanted of this clip."""
        places = wanted.nonzero().flatten()
        return bench.pictures["train"][places[int(torch.randint(len(places), (), generator=noise))]]

    with evaluating(vae):
        rebuilt = bench.scale.undo(vae.decode(vae.posterior(known).mean, one_hot(known.digits)))
        drawn = bench.scale.undo(vae.drawn(known.digits, generator=noise))
    whose = bench.clips["known"].speakers[chosen].tolist()
    said = known.digits.tolist()
    return {
        "the recording itself, played from its picture": bench.heard(recorded, generator=noise),
        "rebuilt by the VAE": rebuilt, "rebuilt, played": bench.heard(rebuilt, generator=noise),
        "drawn by the VAE": drawn, "drawn, played": bench.heard(drawn, generator=noise),
        "another voice, the same digit": torch.stack([
            other((train.digits == d) & (train.speakers != v), i) for i, (d, v) in enumerate(zip(said, whose, strict=True))]),
        "the same voice, another digit": torch.stack([
            other((train.digits != d) & (train.speakers == v), i) for i, (d, v) in enumerate(zip(said, whose, strict=True))]),
        "the mean of all of the digit": mean[known.digits]}


def over_speakers(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and 95 % interval by Student's t, one value for each speaker: clips of one speaker are not independent."""
    found = torch.tensor(values, dtype=torch.float64)
    if len(found) < 2:
        return found.mean().item(), float("-inf"), float("inf")
    reach = student.ppf(0.975, len(found) - 1) * found.std().item() / len(found) ** 0.5
    return found.mean().item(), found.mean().item() - reach, found.mean().item() + reach
