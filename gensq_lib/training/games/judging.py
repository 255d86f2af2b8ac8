"""The judge's side of a game of words: what it pays, how it is taught, and what it thinks of each word.

Nothing is scored in training mode: dropout would make the judge's opinion another one each time.
"""
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.maths.adversarial import LOSSES, policy
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.judges import CausalJudge, Judge
from gensq_lib.text.batching import joined
from gensq_lib.training.games.saying import Game, Kinds, Said
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import Step, make_optimizer, update

PRICE = LOSSES["minimax"]  # what a judge pays: binary cross-entropy
CLIP = 5.0  # of the reward of one word: an untrained judge's surprise at a rare word is no verdict

SaidBatches = Callable[[int], Said]


def judge_loss(judge: Judge, real: Said, refused: Kinds) -> Float[Tensor, ""]:
    """Binary cross-entropy, nats per example; a judge of beginnings is asked after every word.

    Words are summed, not averaged: a beginning must count as often as it occurs, or its logit is no log ratio.
    """
    of_real, *of_fakes = _judgements(judge, [real, *(fake for _, fake in refused)])
    paid = (weight * PRICE.fake(logits).sum() / len(fake) for (weight, fake), logits in zip(refused, of_fakes, strict=True))
    return PRICE.real(of_real).sum() / len(real) + sum(paid)


def _judgements(judge: Judge, batches: Sequence[Said]) -> Sequence[Float[Tensor, "judgement"]]:
    """Every logit that is trained, of each batch; of exchanges in one pass, which takes hardly longer than one of them."""
    if not hasattr(batches[0], "prompts"):
        return [judge.judgements(batch) for batch in batches]
    return judge.judgements(joined(batches)).split([int(batch.mask.sum()) for batch in batches])


def judged(judge: Judge, said: Said, *, whole: bool = False) -> Float[Tensor, "batch time"]:
    """The reward of each word: what it adds to the log-odds of its beginning, clipped.

    From a judge that knows only whole sentences, or `whole`: the log-odds of the sentence, paid at its last word.
    Taught in lesson 15.
    """
    with evaluating(judge):
        if whole or not isinstance(judge, CausalJudge):
            return policy.at_the_end(judge.logits(said), said.mask)
        return policy.increments(judge.prefix_logits(said), said.mask, clip=CLIP)


def accuracy(judge: Judge, real: Said, fake: Said) -> float:
    """The share that the judge sorts rightly by its logit of the whole, half of them real. Taught in lesson 15."""
    with evaluating(judge):
        return ((judge.logits(real) > 0).float().mean() + (judge.logits(fake) <= 0).float().mean()).item() / 2


def judge_step(judge: Judge, refused: Callable[[Said, int], Kinds], optimizer: torch.optim.Optimizer, *, clip: float = 5.0,
               watched: bool = False) -> Step:
    """One lesson: fresh real examples against what is to be refused beside them at this step.

    `watched` logs its accuracy on them after the lesson, which takes another seventh of the time.
    """
    def step(next_batch, i):
        real = next_batch()
        fakes = refused(real, i)
        judge.train()
        loss = judge_loss(judge, real, fakes)
        norm = update(loss, optimizer, clip=clip, parameters=judge.parameters())
        seen = {"judge_accuracy": accuracy(judge, real, fakes[0][1])} if watched else {}
        return {"judge_loss": loss.item(), "judge_norm": norm, **seen}

    return step


def taught(game: Game, judge: Judge, player: nn.Module, batches: SaidBatches, *, steps: int, learning_rate: float = 2e-3
           ) -> History:
    """Let the judge learn while the player stays as it is. Taught in lesson 15."""
    optimizer = make_optimizer(judge, learning_rate=learning_rate)
    step = judge_step(judge, game.refused(player, pooled=True), optimizer)
    return fit(step, batches, model=judge, optimizer=optimizer, steps=steps, seed=game.seed, show="judge_loss", name="judge")
