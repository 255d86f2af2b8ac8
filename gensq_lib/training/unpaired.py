"""Learning to translate from two languages of which no sentence of one belongs to a sentence of the other.

Tables climb the bound of `models.unseen`, all sentences at once (He et al. 2020), or fool a judge who sees pairs of neighbours.
A transducer denoises both languages and translates its own translations back (Lample et al. 2018), with a judge of its vectors
if asked (the latent adversary of Shen et al. 2017 and Lample et al. 2018). Language 0 is the secret one.
"""
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gensq_lib.cures.kinds import drop_words
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import border, expect
from gensq_lib.models.parts import NEVER
from gensq_lib.models.transducers import Transducer, TwoTables
from gensq_lib.models.unseen import UnseenTerms, corpus_terms
from gensq_lib.text.pairs import Prompts, collate_prompts
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import make_optimizer, update

CLIP = 5.0
Counts = Sequence[Float[Tensor, "vocab vocab"]]  # of language 0 and of language 1


@dataclass(frozen=True)
class TermWeights:
    """What each term of the bound counts; only all ones make a bound. Taught in lesson 17."""

    reconstruction: float = 1.0
    prior: float = 1.0
    entropy: float = 1.0

    def weighed(self, terms: UnseenTerms) -> Float[Tensor, "*batch"]:
        """What is climbed: a bound only where every weight is 1."""
        return self.reconstruction * terms.reconstruction + self.prior * terms.prior + self.entropy * terms.entropy


def both_bounds(model: TwoTables, counts: Counts, log_priors: Counts, weights: TermWeights = TermWeights()
                ) -> Float[Tensor, ""]:
    """The weighted terms of both directions, nats per word: each table is q in one of them and the way back in the other.

    `log_priors` are the language models of what is translated *into*: of language 1, then of language 0. Taught in lesson 17.
    """
    tables, total = model.log_tables(), torch.zeros(())
    for direction in range(2):
        terms = corpus_terms(counts[direction], tables[direction], tables[1 - direction], log_priors[direction])
        total = total + weights.weighed(terms) / counts[direction].sum()
    return total


def neighbours_apart(model: TwoTables, counts: Counts) -> Float[Tensor, ""]:
    """Jensen-Shannon divergence of pairs of neighbours, those of language 1 from those of the translated language 0: what the
    best possible judge of such pairs leaves a player to minimise (Goodfellow et al. 2014, theorem 1). Nats."""
    q, (secret, real) = model.log_tables()[0].exp(), (table / table.sum() for table in counts)
    made = q.T @ secret @ q
    middle = (real + made) / 2

    def entropy(share: Float[Tensor, "vocab vocab"]) -> Float[Tensor, ""]:
        return -(share * share.clamp(min=NEVER).log()).sum()

    return entropy(middle) - (entropy(real) + entropy(made)) / 2


def train_tables(model: TwoTables, gain: Callable[[TwoTables], Float[Tensor, ""]], *, steps: int, seed: int,
                 learning_rate: float = 0.1) -> History:
    """Climb `gain(model)`: every step sees all sentences, because their counts are all that it needs. Taught in lesson 17."""
    optimizer = make_optimizer(model, learning_rate=learning_rate)

    def step(next_batch, i):
        loss = -gain(model)
        return {"gain": -loss.item(), "gradient_norm": update(loss, optimizer, clip=CLIP)}

    return fit(step, lambda i: None, model=model, optimizer=optimizer, steps=steps, seed=seed, show="gain", name="tables")


@dataclass(frozen=True)
class Recipe:
    """What a transducer learns by; each part may be left out. Taught in lesson 17."""

    blank: float = 0.2  # of the words that a denoiser does not see; 0: it copies
    denoising: float = 1.0
    back_translation: float = 1.0
    adversary: float = 0.0  # how much the encoder gains where the judge errs; below 0: it helps the judge, the wrong sign
    warm_up: int = 0  # steps in which a key word for word makes the translations that are translated back


def in_batches(sentences: Sequence[Sequence[int]], *, batch_size: int, seed: int) -> TrainingBatches:
    """Sentences without beginning and end: a transducer says a word at each place."""
    def sides(encoded: Sequence[Sequence[int]], *, device: str) -> Prompts:
        return collate_prompts(encoded, [()] * len(encoded), device=device)

    return TrainingBatches(sentences, batch_size=batch_size, seed=seed, collate=sides)


def said_right(log_probs: Float[Tensor, "batch time vocab"], batch: Prompts) -> Float[Tensor, ""]:
    """Cross-entropy, nats per word."""
    return F.nll_loss(log_probs[batch.mask], batch.tokens[batch.mask])


def judge_of_languages(model: Transducer, hidden_dim: int = 64) -> nn.Module:
    """Which language did this vector come from? One logit for each place, large for language 1."""
    return nn.Sequential(nn.Linear(model.embed.embedding_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, 1))


def languages_apart(logits: Sequence[Tensor], *, turned: bool = False) -> Float[Tensor, ""]:
    """The judge's loss, nats, from its logits, "places 1" of each language: language 0 against language 1. `turned`: the labels
    the other way round, what the encoder wants.

    Taught in lesson 17.
    """
    expect(len(logits) == 2, f"expected logits of two languages, got {len(logits)}; give secret and plain ones")
    losses = [F.binary_cross_entropy_with_logits(of_one, torch.full_like(of_one, float(language != turned)))
              for language, of_one in enumerate(logits)]
    return sum(losses) / len(losses)


def train_transducer(model: Transducer, sides: Sequence[Sequence[Sequence[int]]], recipe: Recipe, *, steps: int, seed: int,
                     keys: Sequence[Int[Tensor, "vocab"]] = (), batch_size: int = 48, learning_rate: float = 5e-3) -> History:
    """Denoise, translate back, fool the judge; `sides` are sentences of language 0 and 1, `keys` a word for each word, from
    each language, for the warm-up. Logged: the three losses, and `judge`, nats: log 2 where it cannot tell the languages.

    Taught in lesson 17.
    """
    expect(len(sides) == 2, f"expected sentences of two languages, got {len(sides)}; give secret and plain ones")
    batches = [in_batches(side, batch_size=batch_size, seed=seed + 1_000 * i) for i, side in enumerate(sides)]
    judge, optimizer = judge_of_languages(model), make_optimizer(model, learning_rate=learning_rate)
    judges = make_optimizer(judge, learning_rate=learning_rate)

    def translated(batch: Prompts, language: int, i: int) -> Int[Tensor, "batch time"]:
        if i < recipe.warm_up:
            return keys[language][batch.tokens]
        return model.translate(batch.tokens, batch.lengths, source=language, target=1 - language)

    def step(next_batch, i):
        noise, now = runtime.generator(seed, "unpaired", i), next_batch()
        denoising, back, known = torch.zeros(()), torch.zeros(()), []
        for language, batch in enumerate(now):
            blanked = drop_words(batch.tokens, recipe.blank, generator=noise)
            known.append(model.read(blanked, batch.lengths, language))
            denoising = denoising + said_right(model.say(known[-1], language), batch) / 2
            if recipe.back_translation:
                seen = translated(batch, language, i)
                log_probs = model.log_translations(seen, batch.lengths, source=1 - language, target=language)
                back = back + said_right(log_probs, batch) / 2
        loss = recipe.denoising * denoising + recipe.back_translation * back
        metrics = {"denoising": denoising.item(), "back_translation": back.item()}
        if recipe.adversary:
            places = [vectors[batch.mask] for vectors, batch in zip(known, now, strict=True)]
            judging = languages_apart([judge(vectors.detach()) for vectors in places])
            update(judging, judges, clip=CLIP)
            loss = loss + recipe.adversary * languages_apart(list(map(judge, places)), turned=True)
            metrics["judge"] = judging.item()
        update(loss, optimizer, clip=CLIP)
        return metrics | {"loss": loss.item()}

    return fit(step, lambda i: [side(i) for side in batches], model=model, optimizer=optimizer, steps=steps, seed=seed,
               name="transducer")


border(globals())
