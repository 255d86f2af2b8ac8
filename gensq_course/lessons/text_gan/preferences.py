"""How language models are tuned to preferences: a frozen judge pays, a leash holds."""
import copy

from torch import nn
from torch.optim import Optimizer

from gensq_lib.maths.adversarial import policy
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.judges import Judge
from gensq_lib.training import Step, fit, make_optimizer, update
from gensq_lib.training.games.judging import SaidBatches
from gensq_lib.training.games.saying import Game
from gensq_lib.training.games.ways import Played


def leashed_step(game: Game, player: nn.Module, reference: nn.Module, judge: Judge, optimizer: Optimizer, *,
                 leash: float, group: int, clip: float = 1.0) -> Step:
    """Maximise a reward model less `leash` times KL(player ‖ reference), as language models are tuned to preferences.

    The reward model is a judge that stays as it is. Each sentence is compared with the others of its group, in units of the
    spread of all.
    """
    def step(next_batch, i):
        player.eval()
        said = game.draw(player, game.asked(i), game.noise(i))
        log_probs = player.token_log_likelihood(said)
        with evaluating(reference), evaluating(judge):
            log_ratio = log_probs.detach().sum(-1) - reference.log_likelihood(said)
            rewards = judge.logits(said)
        earned = rewards - leash * log_ratio
        advantages = (earned - policy.group_baseline(earned, group=group)) / earned.std().clamp(min=1e-6)
        loss = policy.reinforce_loss(log_probs, advantages[:, None].expand_as(log_probs), said.mask).mean()
        norm = update(loss, optimizer, clip=clip)
        return {"reward": rewards.mean().item(), "kl": log_ratio.mean().item(), "gradient_norm": norm}

    return step


def tuned(game: Game, player: nn.Module, judge: Judge, batches: SaidBatches, *, leash: float, steps: int, group: int = 8,
          learning_rate: float = 1e-3) -> Played:
    """`steps` times `leashed_step`, for a copy of the player; the player itself is the reference."""
    moving = copy.deepcopy(player)
    optimizer = make_optimizer(moving, learning_rate=learning_rate)
    step = leashed_step(game, moving, player, judge, optimizer, leash=leash, group=group)
    history = fit(step, batches, model=moving, optimizer=optimizer, steps=steps, seed=game.seed, show="reward", name="tuned")
    return Played(moving, judge, history)
