"""Everything that a small world can say, listed once, and what a model gives to all of it."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.diagnostics.outcomes import Outcomes
from gensq_lib.ground.errors import expect
from gensq_lib.maths.objectives import evaluate
from gensq_lib.text.scoring import log_likelihood_at
from gensq_lib.text.batching import Batch, in_order
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.pairs import PairBatch
from gensq_lib.text.vocab import Vocab

LogProb = Callable[[Any], Float[Tensor, "batch"]]


@dataclass(frozen=True)
class Enumeration:
    """All outcomes, what the world gives them (nats), and the batches that a model is asked for. A group is a prompt."""

    world: Float[Tensor, "outcome"]
    batches: list[tuple[Any, Batch | PairBatch]]  # as `in_order` gives them
    group: Int[Tensor, "outcome"]

    def outcomes(self, model: nn.Module, *, log_prob: LogProb | None = None) -> Outcomes:
        """Under a model, or under `log_prob` in its place: a bound, say."""
        return Outcomes(self.world, evaluate(model, log_prob or model.log_likelihood, self.batches).double(), self.group)

    def frontier(self, model: nn.Module, *, temperatures: Sequence[float] = (1.0,)) -> dict[float, Outcomes]:
        """Under what the model samples from at each temperature; for models without a z.

        Quality and diversity of a point belong to one temperature: careful samples beside daring ones prove nothing.
        """
        def score(batch: Batch | PairBatch) -> Float[Tensor, "batch sample"]:
            decoder, said = (model.answering(batch.prompts), batch.reply) if isinstance(batch, PairBatch) else (model, batch)
            return log_likelihood_at(decoder, said, temperatures=temperatures).T

        columns = evaluate(model, score, self.batches).double().T
        return {t: Outcomes(self.world, column, self.group) for t, column in zip(temperatures, columns, strict=True)}


def all_sentences(grammar: Grammar, vocab: Vocab, *, language: str = "en", most: int = 100_000, batch_size: int = 4096
                  ) -> Enumeration:
    """Every sentence of the grammar, in one group; refused where there are too many. Taught in lesson 15."""
    num = grammar.num_sentences()
    expect(num <= most, f"expected a grammar of at most {most:,} sentences, got one of {num:,}; take the corpus village")
    everything = list(grammar.derivations())
    encoded = [vocab.encode(derivation.words(language)) for derivation in everything]
    world = torch.tensor([derivation.log_prob for derivation in everything], dtype=torch.float64)
    return Enumeration(world, list(in_order(encoded, batch_size=batch_size)), torch.zeros(len(encoded), dtype=torch.long))
