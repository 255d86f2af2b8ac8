"""How the voices of lesson 16 are trained: one recipe for each corpus, one way for all of them.

The likelihood voice comes first and to convergence; the VAE begins with its weights, and so does the adversarial one, after a
judge has learnt what the likelihood voice says. Validation decides when each has learnt enough, never the test exchanges.
"""
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from gensq_course.talk.replies import game_of, train_seq2seq
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora
from gensq_lib.text.batching import any_length
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.pairs import PairBatches
from gensq_lib.training.games import adversarial_step, taught
from gensq_lib.training.loop import Stream, fit
from gensq_lib.training.recipes import train_vae
from gensq_lib.training.steps import players_optimizer

CURE = "bag_of_words+linear"  # a plain conditional VAE leaves its z empty (lesson 16)
SMALL = 32  # exchanges in a lesson of the judge: many small lessons teach it faster than few large ones


@dataclass(frozen=True)
class Recipe:
    """Sizes and steps (at most so many); `num_pairs` and `num_prompts` of 0 take what the corpus has."""

    num_pairs: int
    num_prompts: int
    hidden_dim: int
    learning_rate: float
    likelihood_steps: int
    vae_steps: int
    judge_steps: int
    game_steps: int
    dropout: float = 0.0
    latent_dim: int = 4
    batch_size: int = 64
    judge_rate: float = 4e-3
    game_rate: float = 1e-4
    seed: int = 0

    def load(self, corpus: str) -> PairCorpus:
        """The exchanges that the voices learn from."""
        return corpora.load_dialogues(corpus, seed=self.seed, num_train=self.num_pairs, num_prompts=self.num_prompts)


SMALL_WORLD = Recipe(num_pairs=8_000, num_prompts=6_000, hidden_dim=64, learning_rate=1e-2, likelihood_steps=2_000,
                     vae_steps=1_000, judge_steps=800, game_steps=200)
LARGE_WORLD = Recipe(num_pairs=40_000, num_prompts=20_000, hidden_dim=128, learning_rate=5e-3, likelihood_steps=5_000,
                     vae_steps=4_000, judge_steps=800, game_steps=150, seed=100)
PEOPLE = Recipe(num_pairs=0, num_prompts=0, hidden_dim=128, learning_rate=5e-3, likelihood_steps=1_500, vae_steps=600,
                judge_steps=300, game_steps=60, dropout=0.3)
RECIPES = {"dialogue": LARGE_WORLD, "sgd": PEOPLE, "topical-chat": PEOPLE}


def recipe_of(corpus: str) -> Recipe:
    """A reader's own: pairs are people's dialogues, a grammar is taken for a small world."""
    return RECIPES.get(corpus, PEOPLE if corpus.startswith("pairs:") else SMALL_WORLD)


def voices_key(recipe: Recipe, text: PairCorpus) -> dict[str, Any]:
    """All that the trained voices depend on, but for the code."""
    return {"voices": asdict(recipe), "corpus": text.fingerprint}


def untrained(recipe: Recipe, text: PairCorpus) -> nn.ModuleDict:
    """The three voices and their judge, by name, with the sizes of the recipe."""
    torch.manual_seed(recipe.seed)
    known = {"vocab_size": len(text.target_vocab), "label_sizes": [len(values) for values in text.conditions.values()]}
    sizes = {**known, "embed_dim": recipe.hidden_dim // 2, "hidden_dim": recipe.hidden_dim, "dropout": recipe.dropout}
    return nn.ModuleDict({"likelihood": Seq2Seq(**sizes), "vae": ConditionalVAE(**sizes, latent_dim=recipe.latent_dim),
                          "adversarial": Seq2Seq(**sizes), "judge": ReplyJudge(**known)})


def train_voices(voices: nn.ModuleDict, recipe: Recipe, text: PairCorpus) -> dict[str, list[float]]:
    """Train them all, one after the other. How many seconds the processor worked on each; its judge's count as a voice's own."""
    train, valid = map(text.encoded, (text.train, text.valid))
    options = {"train": train, "valid": valid, "batch_size": recipe.batch_size, "seed": recipe.seed,
               "learning_rate": recipe.learning_rate, "key": {"corpus": text.fingerprint}}
    times = [time.process_time()]
    train_seq2seq(voices["likelihood"], steps=recipe.likelihood_steps, **options)
    times.append(time.process_time())
    train_vae(voices["vae"], start=voices["likelihood"], cure=CURE, steps=recipe.vae_steps, **options)
    times.append(time.process_time())
    voices["adversarial"].load_state_dict(voices["likelihood"].state_dict())
    play(voices["adversarial"], voices["judge"], recipe, text)
    times.append(time.process_time())
    voices.eval()
    return {name: [end - began] for name, (began, end) in zip(("likelihood", "vae", "adversarial"), pairwise(times), strict=True)}


def play(player: Seq2Seq, judge: ReplyJudge, recipe: Recipe, text: PairCorpus) -> None:
    """The judge learns what the player says; then both learn from each other. Its lessons are of all lengths."""
    train, game = text.encoded(text.train), game_of(text, seed=recipe.seed)
    rounds = PairBatches(train, batch_size=game.prompts.batch_size, seed=2_000 + recipe.seed)
    lessons, more = (PairBatches(train, batch_size=SMALL, seed=1_000 * stream + recipe.seed, length=any_length)
                     for stream in (1, 3))
    taught(game, judge, player, lessons, steps=recipe.judge_steps, learning_rate=recipe.judge_rate)
    optimizer = players_optimizer(player, judge, learning_rate=recipe.game_rate, judge_rate=1e-3)
    step = adversarial_step(game, player, judge, optimizer, reads=Stream(more))
    fit(step, rounds, model=nn.ModuleList([player, judge]), optimizer=optimizer,
        steps=recipe.game_steps, seed=recipe.seed, show="reward", name="adversarial")
