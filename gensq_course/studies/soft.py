"""A player that its judge can push: every word a soft choice, through which the judge's gradient flows back to the player.

Gumbel noise on the log-probabilities, then a softmax at a temperature (Jang et al. 2017; for recurrent text GANs Kusner and
Hernández-Lobato 2016). `hard` choices are straight-through: words forwards, soft choices backwards. The loss is relativistic, and
the temperature may fall during the game, as in RelGAN (Nie et al. 2019); player, judge and teacher are those of the other ways.
"""
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from gensq_lib.ground import runtime
from gensq_lib.maths.schedules import Schedule
from gensq_lib.models.judges import RecurrentJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.recurrent import reverse_words
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import speakable
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.games.saying import Sentences
from gensq_lib.training.steps import Step, update


@dataclass(frozen=True)
class SoftWords:
    """Sentences of choices, which add up to 1 over the vocabulary; what stands behind a sentence counts for nothing."""

    choices: Float[Tensor, "batch time vocab"]
    lengths: Int[Tensor, "batch"]  # up to the first choice that would say <eos>, this one counted


class SoftJudge(RecurrentJudge):
    """The judge of the other ways, who can also read a mixture of words: as the mixture of their embeddings."""

    def soft_logits(self, said: SoftWords) -> Float[Tensor, "batch"]:
        """The log-odds of each sentence. For hard choices they are those of its words."""
        forwards, backwards = self.encoder.forwards, self.encoder.backwards
        embedded = said.choices @ self.embed.weight
        ahead, behind = forwards(embedded)[0], backwards(reverse_words(embedded, said.lengths))[0]
        hidden = torch.cat([ahead, reverse_words(behind, said.lengths)], -1)
        padding = torch.arange(hidden.shape[1]) >= said.lengths[:, None]
        return self.to_logit(hidden.masked_fill(padding[..., None], -torch.inf).amax(1)).squeeze(-1)


def soft_choice(log_probs: Float[Tensor, "batch vocab"], *, temperature: float, hard: bool, generator: torch.Generator
                ) -> Float[Tensor, "batch vocab"]:
    """One word of each row by Gumbel-softmax, differentiable in `log_probs`. Taught in lesson 15."""
    noise = -torch.empty_like(log_probs).exponential_(generator=generator).log()
    soft = ((log_probs + noise) / temperature).softmax(-1)
    return F.one_hot(soft.argmax(-1), soft.shape[-1]) + soft - soft.detach() if hard else soft


def rollout(player: LanguageModel, *, num: int, max_length: int, temperature: float, hard: bool, generator: torch.Generator
            ) -> SoftWords:
    """What a recurrent language model says when it reads its own soft choices."""
    choices = torch.stack(list(_choices(player, num, max_length, temperature, hard, generator)), 1)
    ended = choices.argmax(-1) == Vocab.EOS
    first = torch.where(ended.any(1), ended.int().argmax(1) + 1, max_length)
    return SoftWords(choices[:, : int(first.max())], first)


def _choices(player: LanguageModel, num: int, max_length: int, temperature: float, hard: bool, generator: torch.Generator
             ) -> Iterator[Float[Tensor, "batch vocab"]]:
    """Word by word, until all have said <eos>; each enters the next step as the mixture of embeddings that it stands for."""
    decoder, going = player.decoder, torch.ones(num, dtype=torch.bool)
    state = decoder.start(None, num)[0].transpose(0, 1).contiguous()
    embedded = decoder.embed(torch.full((num, 1), Vocab.BOS))
    for _ in range(max_length):
        hidden, state = decoder.rnn(embedded, state)
        log_probs = speakable(decoder.logits(hidden[:, 0]).log_softmax(-1))
        choice = soft_choice(log_probs, temperature=temperature, hard=hard, generator=generator)
        embedded = (choice @ decoder.embed.weight)[:, None]
        yield choice
        going &= choice.argmax(-1) != Vocab.EOS
        if not going.any():
            return


def relativistic_loss(better: Float[Tensor, "batch"], worse: Float[Tensor, "batch"]) -> Float[Tensor, ""]:
    """-log of the probability that the one is more real than the other. The judge pays it for real ones, the player for its."""
    return F.softplus(worse - better).mean()


def soft_step(game: Sentences, player: LanguageModel, judge: SoftJudge, optimizer: torch.optim.Optimizer, *,
              temperature: Schedule, hard: bool, reads: Callable[[], Batch] | None = None, teacher: float = 0.5,
              judge_steps: int = 2, clip: float = 1.0) -> Step:
    """The judge's lessons, then one step of the player along the judge's gradient plus `teacher` times the likelihood.

    As `games.adversarial_step`, but for the way in which the player learns what the judge thinks. The judge `reads` what the
    player learns from, or something else.
    """
    def says(num: int, i: int, *keys: int | str) -> SoftWords:
        player.eval()
        return rollout(player, num=num, max_length=game.max_length, temperature=temperature(i), hard=hard,
                       generator=runtime.generator(game.seed, "soft", i, *keys))

    def lesson(real: Batch, i: int, k: int) -> None:
        with torch.no_grad():  # here the player must not move
            said = says(len(real), i, "lesson", k)
        judge.train()
        update(relativistic_loss(judge.logits(real), judge.soft_logits(said)), optimizer, clip=5.0, parameters=judge.parameters())

    def step(next_batch: Callable[[], Batch], i: int) -> dict[str, float]:
        for k in range(judge_steps):
            lesson((reads or next_batch)(), i, k)
        judge.eval()
        real = (reads or next_batch)()
        of_real, of_said = judge.logits(real), judge.soft_logits(says(len(real), i))
        player.train()
        nll, paid = -player.log_likelihood(next_batch()).mean(), relativistic_loss(of_said, of_real)
        norm = update(paid + teacher * nll, optimizer, clip=clip, parameters=player.parameters())
        wins = (of_real > of_said).float().mean().item()
        return {"paid": paid.item(), "nll": nll.item(), "gradient_norm": norm, "judge_wins": wins}

    return step
