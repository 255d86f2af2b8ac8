"""One game for vectors, sentences and replies: a judge learns what is real, a player learns from its judgement.

    game = Sentences(seed=1, num=64, max_length=20)  # or Replies(seed=1, prompts=..., max_length=20)
    taught(game, judge, model, batches, steps=500)
    played = continued(game, model, judge, batches, how="adversarial", steps=150)

Words are chosen, not moved: their player is paid by REINFORCE (`ways`). A vector has a gradient: its game is a `GAN` (`vectors`).
"""
from gensq_lib.training.games.judging import accuracy, judge_loss, judge_step, judged, taught, told_apart
from gensq_lib.training.games.saying import Game, Replies, Sentences, mismatched
from gensq_lib.training.games.vectors import Snapshots, gan_step, train_gan
from gensq_lib.training.games.ways import (
    WAYS,
    Played,
    constant_rewards,
    continued,
    leashed_step,
    player_loss,
    shuffled_rewards,
    tuned,
)

__all__ = ["Game", "Played", "Replies", "Sentences", "Snapshots", "WAYS", "accuracy", "constant_rewards", "continued",
           "gan_step", "judge_loss", "judge_step", "judged", "leashed_step", "mismatched", "player_loss", "shuffled_rewards",
           "taught", "told_apart", "train_gan", "tuned"]
