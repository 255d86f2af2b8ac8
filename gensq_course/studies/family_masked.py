"""A row that lesson 19's table lacked: masked diffusion, on the same sentences, within the same seconds of one processor.

It was tuned as the others were, six trials on the same seed: two sizes and three rates, judged by what it maximises. Its log q is
exact, by 2^L questions a sentence (lesson 23), so fewer sentences are asked than of the others.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.studies.families import BATCH_SIZE, BUDGET, Place, exact
from gensq_course.studies.family_measures import both_ways, likelihood, samples, truth
from gensq_course.studies.family_tables import SEEDS, TUNED_ON
from gensq_course.studies.players import Player
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.ground import runtime
from gensq_lib.maths.orders import any_order_bound
from gensq_lib.models.masked_diffusion import MaskedDenoiser, exact_log_prob, sampled
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training.recipes import train_denoiser

MASKED = "masked diffusion"
SIZES = {"medium": 64, "large": 96}  # of an embedding; feed-forward layers are twice as wide
PACE = {"medium": 0.0105, "large": 0.019}  # seconds of one processor for a step, on seed 100 on a busy machine
RATES, CHOSEN = (5e-3, 1e-2, 2e-2), {"size": "medium", "rate": 5e-3}
NUM_EXACT, NUM_SAID, NUM_TUNED = 200, 2_000, 60  # sentences


@dataclass
class Masked(Player):
    """Draws a length, then fills holes one by one in random order."""

    model: MaskedDenoiser | None = None
    vocab: Vocab | None = None

    @property
    def size(self) -> int:
        return sum(p.numel() for p in self.model.parameters())

    def say(self, num: int, *, generator: torch.Generator, temperature: float = 1.0) -> list[Sentence]:
        return [self.vocab.decode(ids) for ids in sampled(self.model, num, temperature=temperature, generator=generator)]

    def log_q(self, sentences: Sequence[Sentence], *, temperature: float = 1.0, **how: Any) -> Float[Tensor, "sentence"]:
        return exact_log_prob(self.model, [self.vocab.encode(sentence) for sentence in sentences], **how)


def masked(place: Place, *, size: str = CHOSEN["size"], rate: float = CHOSEN["rate"], seconds: float = BUDGET) -> Masked:
    """Trained within so many seconds by the pace."""
    steps = int(seconds / PACE[size])
    torch.manual_seed(place.seed)
    model = MaskedDenoiser(vocab_size=len(place.vocab), embed_dim=SIZES[size], hidden_dim=2 * SIZES[size])
    train_denoiser(model, place.train, place.valid, steps=steps, batch_size=BATCH_SIZE, seed=place.seed, learning_rate=rate,
                   key=place.key)
    return Masked(steps * PACE[size], steps, model.eval(), place.vocab)


def row(*, seed: int) -> list[Record]:
    """What the first table measures, likelihoods on fewer sentences; and how far its bound lies above the truth."""
    place = Place(seed)
    player = masked(place)
    said, there = player.say(NUM_SAID, generator=runtime.generator(seed, "said")), tuple(place.text.test[:NUM_EXACT])
    p_there, p_said = truth(place, there), exact(place, said)
    q_there, q_here = player.log_q(there), player.log_q(said[:NUM_EXACT])
    bound = player.log_q(there, of=any_order_bound)
    found = {**likelihood(p_there, q_there), **samples(said, p_said, place), "bound": (p_there - bound).mean().item(),
             "js": both_ways(p_there, q_there, p_said[:NUM_EXACT], q_here)["js"],
             "train_seconds": player.seconds, "parameters": player.size, "steps": player.steps}
    return [{"family": MASKED, **record} for record in records(found)]


def trial(*, seed: int, size: str, rate: float) -> list[Record]:
    """The bound on validation sentences, nats above the truth."""
    place = Place(seed)
    there = tuple(place.text.valid[:NUM_TUNED])
    return records({"bound": (truth(place, there) - masked(place, size=size, rate=rate).log_q(there, of=any_order_bound))
                    .mean().item()})


ROW = Study("families_masked", "How good is masked diffusion on the corpus and budget of lesson 19?",
            [{"seed": seed} for seed in SEEDS], row)
SEARCH = Study("families_masked_search", "Which size and rate for masked diffusion within that budget?",
               [{"seed": TUNED_ON, "size": size, "rate": rate} for size in SIZES for rate in RATES], trial)
