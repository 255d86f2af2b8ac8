"""One game for vectors and for words: a judge learns what is real, a player learns from its judgement.

    game = Sentences(seed=1, num=64, max_length=20)  # replies are a `Game` of lesson 16
    taught(game, judge, model, batches, steps=500)
    step = adversarial_step(game, model, judge, optimizer)  # for `training.fit`

Words are chosen, not moved: their player is paid by REINFORCE (`ways`). A vector has a gradient: its game is a `GAN` (`vectors`).
"""
from gensq_lib.training.games.judging import accuracy, judge_loss, judge_step, judged, taught
from gensq_lib.training.games.saying import Game, Sentences
from gensq_lib.training.games.vectors import Examples, gan_step, train_gan
from gensq_lib.training.games.ways import Played, adversarial_step, best_of_step, leashed_step, player_loss, tuned
