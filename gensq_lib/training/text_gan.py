"""Steps of a text GAN: a judge learns to tell real sentences from generated ones, a generator learns from its judgement.

One Adam serves both players; each update moves one of them. Nothing is scored in training mode: dropout would make
the judge's opinion, and the generator's own probabilities, different ones each time.
"""
import copy
from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.ground import runtime
from gensq_lib.maths.adversarial import policy
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_gan import PrefixDiscriminator, draw_batch
from gensq_lib.text.batching import Batch
from gensq_lib.training.games import CLIP, CONTROLS, GAME, Played, Rewards, imitation_step, play, rewarded_step
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import Step, language_model_step, make_optimizer, update

Batches = Callable[[int], Batch]


def judge_loss(judge: nn.Module, real: Batch, fake: Batch) -> Float[Tensor, ""]:
    """Binary cross-entropy, nats per pair of sentences; a judge of beginnings is asked after every word.

    Words are summed, not averaged: a beginning must count as often as it occurs, or its logit is no log ratio.
    """
    of_real, of_fake = (judgements(judge, batch) for batch in (real, fake))
    return (GAME.real(of_real).sum() + GAME.fake(of_fake).sum()) / len(real)


def judgements(judge: nn.Module, batch: Batch) -> Float[Tensor, "judgement"]:
    """Every logit that is trained."""
    return judge.prefix_logits(batch)[batch.mask] if isinstance(judge, PrefixDiscriminator) else judge.logits(batch)


def judged(judge: nn.Module, batch: Batch) -> Rewards:
    """The reward of each word: what it adds to the log-odds of its beginning, or, from a judge of whole sentences,
    the log-odds of the sentence at its last word.
    """
    with evaluating(judge):
        if isinstance(judge, PrefixDiscriminator):
            return policy.increments(judge.prefix_logits(batch), batch.mask, clip=CLIP)
        return policy.at_the_end(judge.logits(batch), batch.mask)


def judge_step(judge: nn.Module, generator: LanguageModel, optimizer: torch.optim.Optimizer, *, seed: int, max_length: int,
               clip: float = 5.0) -> Step:
    """One lesson for the judge: fresh real sentences against as many fresh fakes."""
    def step(next_batch, i):
        real = next_batch()
        with evaluating(generator):
            fake = draw_batch(generator, num=len(real), max_length=max_length, noise=runtime.generator(seed, "fakes", i))
        judge.train()
        loss = judge_loss(judge, real, fake)
        norm = update(loss, optimizer, clip=clip, parameters=judge.parameters())
        return {"judge_loss": loss.item(), "judge_accuracy": accuracy(judge, real, fake), "judge_norm": norm}

    return step


def accuracy(judge: nn.Module, real: Batch, fake: Batch) -> float:
    """The share of sentences that the judge sorts rightly, half of them real."""
    with evaluating(judge):
        return ((judge.logits(real) > 0).float().mean() + (judge.logits(fake) <= 0).float().mean()).item() / 2


def adversarial_step(generator: LanguageModel, judge: nn.Module, optimizer: torch.optim.Optimizer, *, seed: int, num: int,
                     max_length: int, control: str = "as judged", teacher: float = 0.5, judge_steps: int = 2,
                     clip: float = 1.0) -> Step:
    """The judge's lessons, then one step along its reward, plus `teacher` times the likelihood."""
    def draw(i: int, noise: torch.Generator) -> Batch:
        return draw_batch(generator, num=num, max_length=max_length, noise=noise)

    def reward(fake: Batch, noise: torch.Generator) -> Rewards:
        return CONTROLS[control](judged(judge, fake), fake, noise)

    lesson = judge_step(judge, generator, optimizer, seed=seed, max_length=max_length)
    return rewarded_step(generator, optimizer, lesson=lesson, judge_steps=judge_steps, draw=draw, reward=reward,
                         noise=partial(runtime.generator, seed, "sentences"), teacher=teacher, clip=clip)


def best_of_step(generator: LanguageModel, judge: nn.Module, optimizer: torch.optim.Optimizer, *, seed: int, num: int,
                 max_length: int, of: int = 8, teacher: float = 0.5, clip: float = 1.0) -> Step:
    """Control: draw `of` times as many sentences, learn the best by heart, as the judge sees it."""
    def chosen(i: int) -> Batch:
        with evaluating(generator):
            fake = draw_batch(generator, num=num * of, max_length=max_length, noise=runtime.generator(seed, "sentences", i))
        with evaluating(judge):
            return fake.select(judge.logits(fake).topk(num).indices)

    return imitation_step(generator, optimizer, chosen=chosen, teacher=teacher, clip=clip)


Score = Callable[[Batch], Float[Tensor, "batch"]]


def leashed_step(generator: LanguageModel, reference: LanguageModel, optimizer: torch.optim.Optimizer, *, reward: Score,
                 leash: float, seed: int, num: int, group: int, max_length: int, clip: float = 1.0) -> Step:
    """Maximise a reward model less `leash` times KL(generator ‖ reference), as language models are tuned to preferences.

    Each sentence is compared with the others of its group, in units of the spread of all.
    """
    def step(next_batch, i):
        generator.eval()
        batch = draw_batch(generator, num=num, max_length=max_length, noise=runtime.generator(seed, "sentences", i))
        log_probs = generator.token_log_likelihood(batch)
        with evaluating(reference):
            log_ratio = log_probs.detach().sum(-1) - reference.log_likelihood(batch)
        rewards = reward(batch)
        earned = rewards - leash * log_ratio
        advantages = (earned - policy.group_baseline(earned, group=group)) / earned.std().clamp(min=1e-6)
        loss = policy.reinforce_loss(log_probs, advantages[:, None].expand_as(log_probs), batch.mask).mean()
        norm = update(loss, optimizer, clip=clip)
        return {"reward": rewards.mean().item(), "kl": log_ratio.mean().item(), "gradient_norm": norm}

    return step


def taught(judge: nn.Module, generator: LanguageModel, batches: Batches, *, steps: int, seed: int, max_length: int,
           learning_rate: float = 2e-3, pool: int = 20_000) -> History:
    """Let the judge learn while the generator stays as it is: its sentences can be drawn in one go, `pool` of them."""
    optimizer = make_optimizer(judge, learning_rate=learning_rate)
    with evaluating(generator):
        fakes = draw_batch(generator, num=pool, max_length=max_length, noise=runtime.generator(seed, "pool"))

    def step(next_batch, i):
        real = next_batch()
        fake = fakes.select(torch.randint(pool, (len(real),), generator=runtime.generator(seed, "fakes", i)))
        loss = judge_loss(judge, real, fake)
        return {"judge_loss": loss.item(), "judge_norm": update(loss, optimizer, clip=5.0)}

    return fit(step, batches, model=judge, optimizer=optimizer, steps=steps, seed=seed, show="judge_loss", name="judge")


def continued(generator: LanguageModel, judge: nn.Module, batches: Batches, *, how: str, steps: int, seed: int, num: int,
              max_length: int, learning_rate: float = 5e-4, judge_rate: float = 1e-3) -> Played:
    """`steps` more steps from the same start with the same optimiser: "adversarial", or one of its controls
    ("likelihood", "shuffled", "constant", "best of 8").
    """
    options = {"seed": seed, "num": num, "max_length": max_length}

    def ways(generator, judge, optimizer):
        adversarial = partial(adversarial_step, generator, judge, optimizer, **options)
        return {"likelihood": partial(language_model_step, generator, optimizer, clip=1.0),
                "best of 8": partial(best_of_step, generator, judge, optimizer, **options | {"num": num // 2}),
                "adversarial": adversarial,
                "shuffled": partial(adversarial, control="shuffled"),
                "constant": partial(adversarial, control="constant", judge_steps=0)}

    return play(generator, judge, batches, ways, how=how, steps=steps, seed=seed, learning_rate=learning_rate,
                judge_rate=judge_rate)


def tuned(generator: LanguageModel, judge: nn.Module, batches: Batches, *, leash: float, steps: int, seed: int, num: int,
          max_length: int, group: int = 8, learning_rate: float = 1e-3) -> Played:
    """The judge, frozen, as a reward model: `leashed_step` from the generator, which is also the reference."""
    player = copy.deepcopy(generator)
    optimizer = make_optimizer(player, learning_rate=learning_rate)

    def reward(batch: Batch) -> Float[Tensor, "batch"]:
        with evaluating(judge):
            return judge.logits(batch)

    step = leashed_step(player, generator, optimizer, reward=reward, leash=leash, seed=seed, num=num, group=group,
                        max_length=max_length)
    history = fit(step, batches, model=player, optimizer=optimizer, steps=steps, seed=seed, show="reward", name="reward model")
    return Played(player, judge, history)
