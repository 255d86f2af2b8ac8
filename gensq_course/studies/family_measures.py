"""What is measured of a player of lesson 19, always beside the truth: likelihood, samples, both directions, orders, costs.

p is the world's probability, exact. q is the player's: exact, or of a VAE its bound; then what is made of it is an estimate.
"""
import math
import time
from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np
import torch
from jaxtyping import Float
from sklearn import feature_extraction, linear_model, pipeline
from torch import Tensor

from gensq_course.studies.families import NUM_TEST, Place, exact
from gensq_course.studies.players import Labelled, Latent, Order, Player, Words, order_of
from gensq_course.studies.rows import Record, records
from gensq_lib.diagnostics import encode
from gensq_lib.ground import runtime
from gensq_lib.text.batching import in_order
from gensq_lib.text.vocab import Sentence

COOL = 0.8  # a second temperature
DRAWS, REPEATS = (1, 4, 16), 16  # sentences drawn for an order, and how often each order is given
SHOWN = 3
Nats = Float[Tensor, "sentence"]  # of sentences of the world
Said = Float[Tensor, "said"]  # of sentences of the player


def measured(player: Player, place: Place, *, num: int = NUM_TEST) -> list[Record]:
    """Of one player, everything but coolness and orders: `num` sentences of the world, and as many said."""
    began = time.process_time()
    said, there = player.say(num, generator=runtime.generator(place.seed, "said")), tuple(place.text.test[:num])
    costs = {"sample_seconds": (time.process_time() - began) * 1_000 / num, "train_seconds": player.seconds,
             "parameters": player.size, "steps": player.steps}
    p_there, q_there, p_here, q_here = truth(place, there), player.log_q(there), exact(place, said), player.log_q(said)
    found = likelihood(p_there, q_there) | samples(said, p_here, place) | both_ways(p_there, q_there, p_here, q_here)
    if isinstance(player, Latent):
        found["rate"] = encode(player.model, in_order(list(map(place.vocab.encode, there)))).kl.sum(-1).mean().item()
    return [*records(found | costs), *({"measure": "said", "value": " ".join(sentence)} for sentence in said[:SHOWN])]


def cooled(player: Words, place: Place, *, num: int = NUM_TEST) -> list[Record]:
    """Samples at a lower temperature: more of them are valid, and they are more alike. A VAE's q is not known there."""
    said, there = player.say(num, temperature=COOL, generator=runtime.generator(place.seed, "said")), place.text.test[:num]
    p_here, found = exact(place, said), {}
    if not isinstance(player, Latent):
        q_there, q_here = (player.log_q(sentences, temperature=COOL) for sentences in (there, said))
        found = both_ways(truth(place, tuple(there)), q_there, p_here, q_here)
    return records(samples(said, p_here, place) | found, temperature=COOL)


@cache
def truth(place: Place, sentences: tuple[Sentence, ...]) -> Nats:
    """log p of each, found once for all players of a place."""
    return exact(place, sentences)


def likelihood(log_p: Nats, log_q: Nats) -> dict[str, float]:
    """On the same sentences of the world: nats per sentence, nats above the truth (in expectation KL(world ‖ player)), and the
    share to which the player gives anything. Of one that never says some of them the first two are infinite, and left out.
    """
    seen = log_q.isfinite().double().mean().item()
    return {"seen": seen} | ({"nll": -log_q.mean().item(), "gap": (log_p - log_q).mean().item()} if seen == 1 else {})


def read_by(place: Place) -> set[Sentence]:
    """Training sentences, spoilt as they were read and clean as they were meant."""
    return {*place.sentences, *place.text.train}


def samples(said: Sequence[Sentence], p_here: Said, place: Place) -> dict[str, float]:
    """Shares of what was said: inside the grammar; different ones inside, each counted once; copies of training sentences; inside
    and new; different ones that are inside and new. Nothing is new that only undoes the noise of a training sentence.
    """
    inside, read = p_here.isfinite(), read_by(place)
    different = {sentence for sentence, valid in zip(said, inside.tolist(), strict=True) if valid}
    copied = torch.tensor([sentence in read for sentence in said])
    return {"valid": inside.double().mean().item(), "distinct": len(different) / len(said),
            "copied": copied.double().mean().item(), "new": (inside & ~copied).double().mean().item(),
            "discovered": len(different - read) / len(said)}


def both_ways(p_there: Nats, q_there: Nats, p_here: Said, q_here: Said) -> dict[str, float]:
    """From log p and log q of sentences of the world (there) and of the player (here): JS, and of the player given that it is
    valid KL(player ‖ world) and the entropy; nats. Where nothing valid was said the last two are missing.

    JS = log 2 - (E_p[log(1 + q/p)] + E_q[log(1 + p/q)]) / 2, so what is invalid (p = 0) adds nothing to the second mean.
    """
    near = [torch.nn.functional.softplus(other - own).mean().item() for other, own in ((q_there, p_there), (p_here, q_here))]
    found, valid = {"js": math.log(2) - sum(near) / 2}, p_here.isfinite()
    if valid.any():
        share = math.log(valid.double().mean().item())
        found |= {"kl_valid": (q_here - p_here)[valid].mean().item() - share, "entropy": share - q_here[valid].mean().item()}
    return found


def controlled(player: Player, place: Place) -> list[Record]:
    """Every pair of topic and tense is ordered; of all draws for an order a reader of words chooses what is said.

    Shares of orders that were met, by the grammar's own reading: of both, and of each alone; seconds for an order; and, all
    orders taken together, different sentences that met theirs, and those among them that were never read, for each order.
    """
    grammar, reader, found = place.text.grammar, Reader(place.labelled), []
    orders = [Order(*pair) for pair in product(*(grammar.attributes[part] for part in Order._fields))] * REPEATS
    for draws in DRAWS:
        began = time.process_time()
        drawn = player.told(orders, place.labelled, draws, generator=runtime.generator(place.seed, "told", draws))
        said = [reader.choose(order, drawn[i * draws : (i + 1) * draws]) for i, order in enumerate(orders)]
        seconds = (time.process_time() - began) / len(orders)
        met = [order_of(grammar.parse(sentence).attributes) or Order("", "") for sentence in said]
        shares = {part: np.mean([getattr(a, part) == getattr(b, part) for a, b in zip(met, orders)]).item()
                  for part in Order._fields}
        obeyed = [sentence for sentence, a, b in zip(said, met, orders) if a == b]
        found += records({"obeyed": len(obeyed) / len(orders), **shares, "order_seconds": seconds,
                          "order_distinct": len(set(obeyed)) / len(orders),
                          "order_discovered": len(set(obeyed) - read_by(place)) / len(orders)}, draws=draws)
    return found


class Reader:
    """Learns topic and tense from labelled sentences: two logistic regressions on words."""

    def __init__(self, labelled: Labelled):
        sentences = [sentence for sentence, _ in labelled]
        self.parts = {part: pipeline.make_pipeline(
            feature_extraction.text.CountVectorizer(analyzer=list, binary=True),
            linear_model.LogisticRegression(C=10.0, max_iter=300)).fit(sentences, [getattr(order, part) for _, order in labelled])
            for part in Order._fields}

    def choose(self, order: Order, drawn: Sequence[Sentence]) -> Sentence:
        """Of several, the one that fits an order best."""
        if len(drawn) == 1:
            return drawn[0]
        scores = sum(reader.predict_log_proba(drawn)[:, list(reader.classes_).index(getattr(order, part))]
                     for part, reader in self.parts.items())
        return drawn[int(np.argmax(scores))]

    def guess(self, sentences: Sequence[Sentence]) -> list[Order]:
        """What each speaks of, likely."""
        if not sentences:
            return []
        return list(map(Order, *(self.parts[part].predict(sentences).tolist() for part in Order._fields)))
