"""The two small programs: what they reach, and the text VAE with a mistake of the tutorial put back."""
import ast
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor, nn

from gensq_course.lessons.tutorial_autopsy import small_dialogue_gan as gan, small_text_vae
from gensq_lib.diagnostics import valid_share
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import chosen, expect
from gensq_lib.maths.stats import Estimate, Share, estimate
from gensq_lib.text import corpora
from gensq_lib.text.corpora import Corpus, PairCorpus

SCRIPTS = ("small_text_vae", "small_dialogue_gan")
NUM_TRAIN, NUM_PAIRS, NUM_TEST, NUM_SAID = 20_000, 10_000, 500, 1000
DRAW = "z = mean + (log_var / 2).exp() * torch.randn_like(mean)"
PLANTS = {  # mistakes of the table -> what stands in small_text_vae.py, and what stands there with the mistake
    "not_shifted": ("F.pad(x, (1, 0), value=BOS)[:, :-1]", "x"),
    "noise_for_z": (DRAW, "z = torch.randn_like(mean)"),
    "variance_as_width": (DRAW, "z = mean + log_var.exp() * torch.randn_like(mean)"),
    "mean_over_latent": ("kl.mean(0).clamp(min=free).sum()", "kl.mean()"),
    "softmax_twice": ("F.cross_entropy(logits.mT", "F.cross_entropy(logits.softmax(-1).mT"),
}
SPOILED_SCORERS = ("not_shifted", "softmax_twice")  # they spoil log p(x | z), so what is reported as well as what is learnt
PARTNER = {"mean_over_latent": "without free bits"}  # a mistake that takes them along is held against the program without them
WITHOUT = {  # what is no repair and is taken away -> edits of small_text_vae.py, each everywhere
    "free bits": (("free=0.25", "free=0.0"),),
    "z in the decoder": (("beside = z[:, None]", "beside = 0 * z[:, None]"), ("self.start(z)", "self.start(0 * z)")),
}


@cache
def village(num_train: int = NUM_TRAIN) -> Corpus:
    """The sentences of the text VAE."""
    return corpora.load("village", num_train=num_train)


@cache
def doorstep(num_train: int = NUM_PAIRS) -> PairCorpus:
    """The dialogues of the dialogue GAN."""
    return corpora.load_dialogues("doorstep", num_train=num_train)


def path(name: str) -> Path:
    """A program as a file."""
    return Path(__file__).with_name(f"{name}.py")


def take_away(folder: str | Path) -> list[str]:
    """Both programs as files of the reader's, in a folder that is there; what is there under their names stays as it is."""
    expect(Path(folder).is_dir(), f"expected a folder that is there, got {str(folder)!r:.60}; make it first, or name another")
    for name in SCRIPTS:
        if not (Path(folder) / f"{name}.py").exists():
            shutil.copy(path(name), folder)
    return [f"{name}.py" for name in SCRIPTS]


def num_lines(name: str) -> int:
    """Lines of code of a program: without empty ones, docstrings, comments, imports and what it prints as a script."""
    tree = ast.parse(path(name).read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom | ast.If)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return len(ast.unparse(tree).replace("\n\n", "\n").splitlines())


def with_mistake(name: str) -> ModuleType:
    """small_text_vae with one mistake of the table put back."""
    return _edited(name, [chosen("a mistake that can be put back", name, PLANTS)])


def without(name: str) -> ModuleType:
    """small_text_vae without free bits, or with a decoder that never sees z: a language model with an idle encoder."""
    return _edited(f"without {name}", chosen("what can be taken away", name, WITHOUT))


def _edited(name: str, edits: Iterable[tuple[str, str]]) -> ModuleType:
    text = path("small_text_vae").read_text(encoding="utf-8")
    for right, wrong in edits:
        assert right in text, right
        text = text.replace(right, wrong)
    module = ModuleType(f"small_text_vae_{name}")
    exec(compile(text, f"<small_text_vae, {name}>", "exec"), vars(module))
    return module


@cache
def exact() -> Tensor:
    """The true log p of the test sentences, nats."""
    return torch.tensor([village().grammar.log_prob(sentence) for sentence in village().test[:NUM_TEST]])


def above(model: nn.Module, *, num: int = 50, seed: int = 0) -> Estimate:
    """How far a model's bound lies above the exact -log p of the test sentences, nats, from `num` draws of z."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(runtime.generator(seed, "bound", num).initial_seed())
        return estimate(exact() - small_text_vae.bound(model, *test_batch(), num))


def test_batch() -> tuple[Tensor, Tensor]:
    """The test sentences as integers "batch time", and their lengths."""
    return small_text_vae.batch_of(village().test[:NUM_TEST], village().vocab)


def unspoiled(model: nn.Module) -> nn.Module:
    """The same weights in the program as it is: a mistake in the scorer is gone, what it has taught the weights is not."""
    honest = small_text_vae.SmallTextVAE(len(village().vocab))
    honest.load_state_dict(model.state_dict())
    return honest.eval()


@dataclass(frozen=True)
class Reached:
    """Of a text VAE: its bound above the exact -log p of the same sentences (nats), its KL (nats), what its own sentences are."""

    model: nn.Module
    above: Estimate
    kl: float
    valid: Share
    new: float  # share that no training sentence says
    said: list[str]
    misled: Estimate  # nats that a sentence costs more under the mean of another one's z

    @property
    def exact(self) -> float:
        """-log p, nats per sentence."""
        return -exact().mean().item()

    @property
    def numbers(self) -> dict[str, float]:
        """For a recorded table."""
        return {"bound above the truth": self.above.mean, "error": self.above.error, "exact": self.exact, "KL": self.kl,
                "valid": self.valid.mean, "new": self.new, "misled": self.misled.mean}


def vae_reached(program: ModuleType = small_text_vae, *, steps: int, seed: int) -> Reached:
    """The text VAE after so many steps."""
    text, (x, lengths) = village(), test_batch()
    with torch.random.fork_rng(devices=[]):
        model = program.trained(text, steps=steps, seed=seed)
        said = [text.vocab.decode(ids) for ids in model.sample(NUM_SAID).tolist()]
        with torch.no_grad():
            mean, log_var = model.posterior(x, lengths)
            misled = estimate(model.log_likelihood(x, mean) - model.log_likelihood(x, mean.roll(1, 0)))
    kl = (mean**2 + log_var.exp() - 1 - log_var).sum(1).mean() / 2
    return Reached(model, above(model, seed=seed), kl.item(), valid_share(said, text.grammar),
                   sum(sentence not in seen() for sentence in said) / len(said), list(map(text.show, said)), misled)


@cache
def seen() -> frozenset:
    """All training sentences of the village."""
    return frozenset(village().train)


def new_among_true() -> float:
    """The share of true test sentences that no training sentence says: chance, for `Reached.new`."""
    return sum(sentence not in seen() for sentence in village().test) / len(village().test)


def perfect_judge(asked: Tensor, said: Tensor) -> Tensor:
    """1 for a valid reply, 0 for any other."""
    text, num_words = doorstep(), len(doorstep().target_vocab)
    labels = [(name, label) for name, some in text.conditions.items() for label in some]
    return torch.tensor([float(text.grammar.valid(
        text.target_vocab.decode(reply), text.target_vocab.decode(i for i in prompt if i < num_words),
        **dict(labels[i - num_words] for i in prompt if i >= num_words)))
        for prompt, reply in zip(asked.tolist(), said.tolist(), strict=True)])


def over_prompts(gains: Tensor) -> Estimate:
    """The mean over test pairs; its error counts prompts, since pairs of one prompt are alike."""
    sums: dict[tuple, float] = {}
    for pair, off in zip(doorstep().test, (gains - gains.mean()).tolist(), strict=True):
        sums[pair.source] = sums.get(pair.source, 0.0) + off
    return Estimate(gains.mean().item(), sum(off**2 for off in sums.values()) ** 0.5 / len(gains), len(sums))


RATE = 3e-4  # of the game's Adam
GAME, CONTROL, PERFECT = "after the game", "as many steps of likelihood", "after a game with a perfect judge"
LONGER = ", longer"
WAYS = {GAME: {}, CONTROL: {"weight": 0.0}, PERFECT: {"truth": perfect_judge}}  # what `trained` gets beside the usual


@dataclass(frozen=True)
class Played:
    """Of the dialogue GAN: the share of valid replies to each test pair, and how often each judge is right there."""

    valid: dict[str, Tensor]
    right: dict[str, Tensor]


def gan_reached(*, steps: int, game_steps: int, seed: int, longer: Mapping[str, float] | None = None) -> Played:
    """The start; the game, as many steps of likelihood alone and a game in which a perfect judge pays, with the same noise for
    all; the last two once more with what `longer` says. And the judge of the game, on the replies of the speaker after it."""
    with torch.random.fork_rng(devices=[]):
        text = doorstep()
        start, _ = gan.trained(text, steps=steps, seed=seed)
        usual = {"steps": game_steps, "rate": RATE, "weight": 1.0}
        plays = {name: usual | pays for name, pays in WAYS.items()} | {
            name + LONGER: usual | {**longer} | WAYS[name] for name in (CONTROL, PERFECT) if longer}
        played = {name: gan.trained(text, start, seed=seed, **how) for name, how in plays.items()}
        speakers = {"likelihood": start} | {name: speaker for name, (speaker, _) in played.items()}
        torch.manual_seed(runtime.generator(seed, "verdict").initial_seed())
        asked, _ = gan.batch_of(text.test, text)
        return Played({name: same_noise(lambda speaker=speaker: perfect_judge(asked, speaker.sample(asked)), seed)
                       for name, speaker in speakers.items()}, verdicts(played[GAME][1], speakers[GAME]))


@torch.no_grad()
def verdicts(judge: gan.SmallJudge, speaker: gan.Speaker) -> dict[str, Tensor]:
    """Of a held-out reply and one of the speaker's to the same prompt: the share of right verdicts, of each test pair; chance .5.

    Beside the learned judge: one who knows what is valid, and calls that real; and the best possible one, who knows how
    probable each reply is in the world and for the speaker, and names the likelier source: nobody is right more often.
    """
    asked, real = gan.batch_of(doorstep().test, doorstep())
    says_real = {name: [] for name in ("the learned judge", "a judge of validity", "the best possible judge")}
    for said in (real, speaker.sample(asked)):
        learned, valid = judge(asked, said) > 0, perfect_judge(asked, said) > 0.5
        best = world_log_prob(said) > speaker.log_likelihood(asked, said)
        for name, found in zip(says_real, (learned, valid, best), strict=True):
            says_real[name].append(found.float())
    return {name: (of_real + 1 - of_fake) / 2 for name, (of_real, of_fake) in says_real.items()}


def world_log_prob(said: Tensor) -> Tensor:
    """log p of a reply to each test pair's prompt in the world, nats; minus infinity where it cannot be said."""
    text = doorstep()
    return torch.tensor([
        text.grammar.log_prob(text.target_vocab.decode(ids), pair.source, **dict(zip(text.conditions, pair.labels)))
        for ids, pair in zip(said.tolist(), text.test, strict=True)])


def same_noise(measure: Callable[[], Tensor], seed: int) -> Tensor:
    """Measured twice, with noise that the seed alone decides."""
    found = []
    for i in range(2):
        torch.manual_seed(runtime.generator(seed, "reply", i).initial_seed())
        found.append(measure())
    return torch.stack(found).mean(0)
