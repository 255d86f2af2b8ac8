"""Adversarial steps for models that answer: a judge reads prompt and reply, the model learns from its judgement of each word.

As in Li et al. (2017), with a judge of every prefix. Some of what the judge is taught to refuse are real replies to other
prompts: it must read the prompt. With such negatives the reward is a shaped one and no estimate of log p_data / p_model.
"""
from collections.abc import Callable, Sequence
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.ground import runtime
from gensq_lib.maths.adversarial import policy
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.models.text_gan import as_batch
from gensq_lib.text.decoding import sample
from gensq_lib.text.pairs import Pair, PairBatch, PairBatches, Prompts, collate_pairs, joined
from gensq_lib.training.games import CLIP, CONTROLS, GAME, Played, Rewards, imitation_step, play, rewarded_step
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import Step, device_of, language_model_step, make_optimizer, update

OTHERS = 0.2  # of what a judge is taught to refuse: real replies to other prompts. With half of them it learns little else
Batches = Callable[[int], PairBatch]
ManyPrompts = Callable[[int], Prompts]
Answerer = Callable[[PairBatch, int], PairBatch]  # (batch, step) -> other replies to its prompts
Pay = Callable[[nn.Module, PairBatch], Rewards]


def answered(model: Seq2Seq, prompts: Prompts, *, max_length: int, temperature: float = 1.0, noise: torch.Generator) -> PairBatch:
    """The model's own replies, ready to be judged or scored."""
    drawn = sample(model.answering(prompts), num=len(prompts), max_length=max_length, temperature=temperature, generator=noise)
    return PairBatch(prompts, as_batch(drawn))


def mismatched(batch: PairBatch) -> PairBatch:
    """Each reply beside its neighbour's prompt and labels."""
    return PairBatch(batch.prompts.select(torch.arange(len(batch), device=batch.lengths.device).roll(1)), batch.reply)


def judge_loss(judge: nn.Module, real: PairBatch, fakes: Sequence[tuple[float, PairBatch]]) -> Float[Tensor, ""]:
    """Binary cross-entropy after every word, nats per reply; each kind of fake has its weight."""
    kinds = [(1.0, real), *fakes]
    logits = judge.prefix_logits(joined([batch for _, batch in kinds]))
    total, start = logits.new_zeros(()), 0
    for i, (weight, batch) in enumerate(kinds):
        rows = logits[start : start + len(batch), : batch.mask.shape[1]][batch.mask]
        total = total + weight * (GAME.fake if i else GAME.real)(rows).sum() / len(batch)
        start += len(batch)
    return total


def judge_step(judge: nn.Module, answer: Answerer, optimizer: torch.optim.Optimizer, *, others: float = OTHERS, clip: float = 5.0
               ) -> Step:
    """One lesson: real replies against those of `answer` and, a share of `others`, against real replies to other prompts."""
    def step(next_batch, i):
        real = next_batch()
        fake = answer(real, i)
        judge.train()
        loss = judge_loss(judge, real, [(1 - others, fake), (others, mismatched(real))])
        norm = update(loss, optimizer, clip=clip, parameters=judge.parameters())
        return {"judge_loss": loss.item(), "judge_accuracy": accuracy(judge, real, fake), "judge_norm": norm}

    return step


def answering(model: Seq2Seq, *, seed: int, max_length: int) -> Answerer:
    """The model's own replies to the prompts of a batch, drawn anew each time."""
    def answer(batch: PairBatch, i: int) -> PairBatch:
        with evaluating(model):
            return answered(model, batch.prompts, max_length=max_length, noise=runtime.generator(seed, "fakes", i))

    return answer


def accuracy(judge: nn.Module, real: PairBatch, fake: PairBatch) -> float:
    """The share of whole replies that the judge sorts rightly, half of them real."""
    with evaluating(judge):
        found = judge.logits(joined([real, fake])) > 0
    return (found[: len(real)].float().mean() + (~found[len(real):]).float().mean()).item() / 2


def rewarded(judge: nn.Module, batch: PairBatch) -> Rewards:
    """What each word adds to the judge's log-odds of the reply so far, clipped."""
    with evaluating(judge):
        return policy.increments(judge.prefix_logits(batch), batch.mask, clip=CLIP)


def rewarded_at_the_end(judge: nn.Module, batch: PairBatch) -> Rewards:
    """Control: the judge's log-odds of the whole reply, paid at its last word."""
    with evaluating(judge):
        return policy.at_the_end(judge.logits(batch), batch.mask)


def adversarial_step(generator: Seq2Seq, judge: nn.Module, optimizer: torch.optim.Optimizer, *, prompts: ManyPrompts, seed: int,
                     max_length: int, control: str = "as judged", pay: Pay = rewarded, teacher: float = 0.5,
                     judge_steps: int = 2, clip: float = 1.0) -> Step:
    """The judge's lessons, then one step of the generator along the reward of its replies to `prompts`, which have none,
    plus `teacher` times the likelihood: without it this is unstable.
    """
    def draw(i: int, noise: torch.Generator) -> PairBatch:
        return answered(generator, prompts(i), max_length=max_length, noise=noise)

    def reward(fake: PairBatch, noise: torch.Generator) -> Rewards:
        return CONTROLS[control](pay(judge, fake), fake, noise)

    lesson = judge_step(judge, answering(generator, seed=seed, max_length=max_length), optimizer)
    return rewarded_step(generator, optimizer, lesson=lesson, judge_steps=judge_steps, draw=draw, reward=reward,
                         noise=partial(runtime.generator, seed, "replies"), teacher=teacher, clip=clip)


def best_of_step(generator: Seq2Seq, judge: nn.Module, optimizer: torch.optim.Optimizer, *, prompts: ManyPrompts, seed: int,
                 max_length: int, of: int = 8, teacher: float = 0.5, clip: float = 1.0) -> Step:
    """Control without a policy gradient: of several replies learn the judge's favourite by heart; `of=1` is self-training."""
    def chosen(i: int) -> PairBatch:
        with evaluating(generator):
            several = answered(generator, prompts(i).repeated(of), max_length=max_length,
                               noise=runtime.generator(seed, "replies", i))
        with evaluating(judge):
            favourite = judge.logits(several).view(-1, of).argmax(1)
        return several.select(torch.arange(len(favourite), device=favourite.device) * of + favourite)

    return imitation_step(generator, optimizer, chosen=chosen, teacher=teacher, clip=clip)


def taught(judge: nn.Module, model: Seq2Seq, batches: Batches, *, steps: int, seed: int, max_length: int,
           learning_rate: float = 2e-3, pool: int = 40, others: float = OTHERS) -> History:
    """Let the judge learn while the model stays as it is: its replies to the first `pool` batches come back again and again."""
    optimizer = make_optimizer(judge, learning_rate=learning_rate)
    fakes = [answering(model, seed=seed, max_length=max_length)(batches(i), i) for i in range(min(pool, steps))]
    step = judge_step(judge, lambda real, i: fakes[i % len(fakes)], optimizer, others=others)
    return fit(step, batches, model=judge, optimizer=optimizer, steps=steps, seed=seed, show="judge_accuracy", name="judge")


def continued(generator: Seq2Seq, judge: nn.Module, batches: Batches, *, how: str, prompts: ManyPrompts, steps: int, seed: int,
              max_length: int, learning_rate: float, judge_rate: float = 1e-3) -> Played:
    """`steps` more steps from the same start with the same optimiser: "adversarial", or one of its controls."""
    options = {"prompts": prompts, "seed": seed, "max_length": max_length}

    def ways(generator, judge, optimizer):
        adversarial = partial(adversarial_step, generator, judge, optimizer, **options)
        best_of = partial(best_of_step, generator, judge, optimizer, **options)
        return {"likelihood": partial(language_model_step, generator, optimizer, clip=1.0, mixed=False),
                "adversarial": adversarial,
                "shuffled": partial(adversarial, control="shuffled"),
                "constant": partial(adversarial, control="constant", judge_steps=0),
                "paid at the end": partial(adversarial, pay=rewarded_at_the_end),
                "no teacher": partial(adversarial, teacher=0.0),
                "best of 8": best_of,
                "self-training": partial(best_of, of=1)}

    return play(generator, judge, batches, ways, how=how, steps=steps, seed=seed, learning_rate=learning_rate,
                judge_rate=judge_rate)


def told_apart(real: Sequence[Pair], fake: Sequence[Pair], judge: nn.Module, *, steps: int, seed: int, batch_size: int = 64,
               learning_rate: float = 2e-3) -> float:
    """How well a fresh judge tells two sets of exchanges apart: trained on their first halves, its accuracy on the second.

    1/2 where it finds nothing. What it finds is there; what it misses may be there, too.
    """
    halves = [(pairs[: len(pairs) // 2], pairs[len(pairs) // 2:]) for pairs in (real, fake)]
    optimizer, device = make_optimizer(judge, learning_rate=learning_rate), device_of(judge)
    streams = [PairBatches(first, batch_size=batch_size, seed=seed + i, device=device) for i, (first, _) in enumerate(halves)]

    def step(next_batch, i):
        genuine, other = next_batch()
        loss = judge_loss(judge, genuine, [(1.0, other)])
        return {"judge_loss": loss.item(), "judge_norm": update(loss, optimizer, clip=5.0)}

    fit(step, lambda i: [stream(i) for stream in streams], model=judge, optimizer=optimizer, steps=steps, seed=seed,
        show="judge_loss", name="fresh judge")
    return accuracy(judge, *(collate_pairs(second, device=device) for _, second in halves))
