"""The diseases of the clinic: what each changes in a healthy run, how it shows, what is wrong, and what to do.

A disease is one entry: a `Recipe` that differs from the healthy one in the sick part, and `signs`, bounds on readings that
this run fulfils and the healthy run does not. The bounds are wide: a sign is meant to be seen, not computed.
"""
from dataclasses import dataclass

from gensq_course.clinic import models
from gensq_course.clinic.readings import Chart
from gensq_course.clinic.runs import PEAK, STEPS, Recipe
from gensq_lib import cures
from gensq_lib.maths.schedules import constant, warmup_cosine
from gensq_lib.models.text_vae import TextVAE

INFINITY = float("inf")


@dataclass(frozen=True)
class Sign:
    """A reading above `low` and below `high`, and what that means."""

    reading: str
    says: str
    low: float = -INFINITY
    high: float = INFINITY

    def shows(self, chart: Chart) -> bool:
        """A reading that this run does not have is no sign."""
        value = chart.get(self.reading)
        return isinstance(value, int | float) and self.low < value < self.high

    @property
    def bound(self) -> str:
        if self.high == INFINITY:
            return f"above {self.low:g}"
        return f"below {self.high:g}" if self.low == -INFINITY else f"between {self.low:g} and {self.high:g}"


@dataclass(frozen=True, kw_only=True)
class Disease:
    """One way to be sick. `signs` together are its signature, the deciding one first."""

    name: str
    cause: str
    repair: str
    recipe: Recipe
    signs: tuple[Sign, ...]

    def shows(self, chart: Chart) -> bool:
        """Is the whole signature there?"""
        return all(sign.shows(chart) for sign in self.signs)


HEALTHY = Recipe()
DROP_BELOW = 256  # the broken loader wants so many sentences of one length in a batch, and drops what is left over


def full_batches_only(encoded: list[list[int]]) -> list[list[int]]:
    """Broken: of each length, the sentences that do not fill a batch are dropped, so long sentences vanish."""
    by_length: dict[int, list[list[int]]] = {}
    for ids in encoded:
        by_length.setdefault(len(ids), []).append(ids)
    return [ids for group in by_length.values() for ids in group[: len(group) // DROP_BELOW * DROP_BELOW]]


class FixedBandwidth(cures.MMD):
    """Broken: a bandwidth of 1, whatever the dimension."""

    def __init__(self):
        super().__init__(20.0, bandwidth=1.0)


DISEASES = {disease.name: disease for disease in (
    Disease(
        name="wrong units of KL",
        cause="The KL is averaged over the dimensions of z, not summed: a hidden beta of 1 / latent_dim.",
        repair="Sum over dimensions, one number per sentence, and hold the ELBO against a known NLL.",
        recipe=Recipe(price=lambda: cures.Annealing(0.25), reported_kl=lambda kl: kl.mean().item()),
        signs=(Sign("kl_over_reported", "the true KL is latent_dim times what the log says", 3.5, 4.5),
               Sign("reported_below_truth", "the reported -ELBO is below the exact NLL, which no bound can be", 0.3))),
    Disease(
        name="beta stuck at zero",
        cause="A warm-up of 0 steps left beta at its start: an autoencoder trained, not a VAE.",
        repair="Print beta beside the loss, and refuse a warm-up of 0 steps.",
        recipe=Recipe(beta=constant(0.0)),
        signs=(Sign("beta_end", "the KL was never paid for", high=0.01),
               Sign("aggregate_sum", "q(z) lies nowhere near the prior, so samples from the prior mean nothing", 1.0))),
    Disease(
        name="decoder too strong",
        cause="The decoder reads every word before, can model the sentences alone, and does.",
        repair="Nothing is broken. If z is wanted, weaken the decoder or pay for z (the next lesson).",
        recipe=Recipe(model=TextVAE, beta=constant(1.0)),
        signs=(Sign("kl", "z is empty", high=0.1),
               Sign("excess", "and yet the model is close to the truth: nothing is missing", high=1.0))),
    Disease(
        name="encoder reads padding",
        cause="Padding takes part in the encoder's pooling, so a sentence's z depends on who is longer.",
        repair="Mask before pooling, and test that a sentence alone and in company gets the same posterior.",
        recipe=Recipe(model=models.PaddingVAE),
        signs=(Sign("moved_by_longer", "a longer neighbour moves the posterior mean", 0.003),
               Sign("moved_by_equals", "neighbours of the same length do not", high=0.001))),
    Disease(
        name="learning rate decayed in the warm-up",
        cause="The learning rate was gone before beta had grown.",
        repair="Plan both over the same steps; let no decay start while beta still grows.",
        recipe=Recipe(learning_rate=warmup_cosine(PEAK, steps=60, warmup=10, floor=PEAK / 1000)),
        signs=(Sign("rate_at_full_beta", "when the KL costs its full price, nothing moves any more", high=0.02),)),
    Disease(
        name="batches dropped",
        cause="The loader drops every batch that is not full; long sentences, being rare, never come.",
        repair="Count the sentences of an epoch. Keep the last batch.",
        recipe=Recipe(keep=full_batches_only),
        signs=(Sign("share_read", "an epoch does not hold every sentence", high=0.95),
               Sign("excess_longest", "the longest sentences cost far more than they should", 3.3))),
    Disease(
        name="z of another sentence",
        cause="The posteriors come back in another order than the sentences went in.",
        repair="Undo every sort; test that a permuted batch gives permuted means.",
        recipe=Recipe(model=models.MixedPairsVAE),
        signs=(Sign("moved_by_equals", "the mean of a sentence changes with its neighbours", 0.003),
               Sign("shuffled_cost", "a stranger's z is as good as its own", high=0.5))),
    Disease(
        name="free bits read as KL",
        cause="The log shows max(lambda, KL) of each dimension: the floor, not the KL.",
        repair="Log the unweighted KL; call what the optimiser sees a loss.",
        recipe=Recipe(model=TextVAE, price=lambda: cures.FreeBits(4.0), reported_kl=lambda kl: kl.clamp(min=4.0).sum().item()),
        signs=(Sign("kl_over_reported", "the true KL is well below what the log says", high=0.9),
               Sign("reported_kl", "which is the floor times latent_dim", 15.9))),
    Disease(
        name="only the first word",
        cause="The encoder's state is taken after the first word; z memorises how sentences begin.",
        repair="Look at the gain by position. Pool over all words.",
        recipe=Recipe(model=models.FirstWordVAE, price=lambda: cures.FreeBits(0.5)),
        signs=(Sign("first_word_share", "nearly all of z's gain is at the first word", 0.8),
               Sign("kl", "though the KL looks fine", 0.5))),
    Disease(
        name="dead MMD bandwidth",
        cause="A kernel of bandwidth 1 in 16 dimensions: all points are far apart, MMD and gradient are 0.",
        repair="Let the bandwidth grow with the dimension (the median distance does).",
        recipe=Recipe(latent_dim=16, price=FixedBandwidth),
        signs=(Sign("reported_mmd", "the log says that q(z) and the prior agree", high=0.02),
               Sign("aggregate_sum", "they do not", 2.0))),
    Disease(
        name="shared embedding in encoder-only steps",
        cause="Encoder-only steps move the embedding, which is the decoder's, too.",
        repair="Give the encoder its own embedding, or leave the shared one out of those steps.",
        recipe=Recipe(model=models.SharedEmbeddingVAE, aggressive=1, steps=STEPS // 2),
        signs=(Sign("decoder_moved", "an encoder-only step changes log p(x | z) at a fixed z", 0.01),)),
    Disease(
        name="over-regularised",
        cause="Beta ends above 1: z costs more than it can bring, even to a decoder that needs it.",
        repair="Let beta end at 1, or say that it is no ELBO.",
        recipe=Recipe(beta=constant(6.0)),
        signs=(Sign("beta_end", "the KL is paid several times over", 1.5),
               Sign("kl", "z is empty", high=0.1),
               Sign("excess", "and is missing: the model is far from the truth", 1.2))),
    Disease(
        name="active, and unread",
        cause="Batch-normalised means are active from the first step; this decoder has not learnt to read them.",
        repair="Never judge by active units alone: shuffle z.",
        recipe=Recipe(model=models.BatchNormBlindVAE, steps=6),
        signs=(Sign("shuffled_cost", "a stranger's z is nearly as good as its own", high=1.0),
               Sign("active_units", "though every unit is active", 3.5),
               Sign("information_lower", "and the codes do tell sentences apart", 0.5))),
)}
