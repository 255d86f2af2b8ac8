"""What can be read on a run of the clinic, at what price, and how a reading is written down."""
from collections.abc import Sequence
from dataclasses import dataclass

from gensq_course.clinic.readings import THRESHOLDS, Chart

LABELS = {
    "reported_kl": "KL as the log states it",
    "reported_nelbo": "-ELBO as the log states it",
    "reported_mmd": "MMD² as the log states it",
    "kl": "KL to the prior, summed over dimensions",
    "kl_each": "KL of each dimension",
    "dimensions_used": "dimensions above 0.1 nat",
    "latent_dim": "dimensions of z",
    "active_units": "active units at 0.01",
    "active_curve": "active units at " + ", ".join(f"{t:g}" for t in THRESHOLDS),
    "information_lower": "mutual information, lower estimate",
    "information_upper": "mutual information, upper estimate",
    "shuffled_cost": "cost of a stranger's z",
    "zeroed_cost": "cost of z = 0",
    "gain": "gain from z at words 1 to 6",
    "first_word_share": "share of the gain at word 1",
    "aggregate_lower": "KL(q(z) ‖ p(z)), lower estimate",
    "aggregate_upper": "KL(q(z) ‖ p(z)), upper estimate",
    "aggregate_sum": "KL(q(z_j) ‖ p(z_j)), added over dimensions",
    "exact_nll": "exact NLL of the test sentences",
    "iwae_nll": "NLL, importance-weighted bound",
    "elbo_nll": "-ELBO, measured anew",
    "bound_gap": "gap of the two bounds",
    "excess": "NLL above the exact one",
    "excess_longest": "the same, longest sentences only",
    "beta_end": "beta at the last step",
    "rate_at_full_beta": "learning rate once beta stands still, largest, of its peak",
    "share_read": "share of the corpus in an epoch",
    "moved_by_equals": "posterior mean, moved by neighbours of the same length",
    "moved_by_longer": "posterior mean, moved by a longer neighbour",
    "decoder_moved": "log p(x | z) at a fixed z, moved by an encoder-only step",
    "kl_over_reported": "true KL over the KL of the log",
    "reported_below_truth": "exact NLL minus the -ELBO of the log",
}


@dataclass(frozen=True)
class Instrument:
    """Some readings that are bought together."""

    name: str
    cost: int
    asks: str
    readings: tuple[str, ...]

    def show(self, chart: Chart) -> list[tuple[str, str]]:
        """Label and value of each reading that this run has."""
        return [(LABELS[reading], written(chart[reading])) for reading in self.readings if reading in chart]


def written(value: float | Sequence[float]) -> str:
    """Three digits; a list with commas."""
    if isinstance(value, Sequence):
        return ", ".join(map(written, value))
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e6 else f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


INSTRUMENTS = {instrument.name: instrument for instrument in (
    Instrument("training log", 0, "What did the run itself write down?",
               ("reported_kl", "reported_nelbo", "reported_mmd", "latent_dim")),
    Instrument("KL per dimension", 2, "What does each dimension of z cost?",
               ("kl", "kl_each", "dimensions_used", "kl_over_reported")),
    Instrument("active units", 2, "Do the posterior means vary, at which threshold?", ("active_units", "active_curve")),
    Instrument("mutual information", 4, "How much of the sentence do the codes hold?",
               ("information_lower", "information_upper")),
    Instrument("z shuffled and zeroed", 4, "What is lost when z is taken away?", ("shuffled_cost", "zeroed_cost")),
    Instrument("gain by position", 4, "At which words does z help?", ("gain", "first_word_share")),
    Instrument("aggregate posterior", 4, "Do all codes together look like the prior?",
               ("aggregate_lower", "aggregate_upper", "aggregate_sum")),
    Instrument("bounds against the truth", 6, "What do the sentences cost, and what should they?",
               ("exact_nll", "iwae_nll", "elbo_nll", "bound_gap", "excess", "excess_longest", "reported_below_truth")),
    Instrument("schedules", 3, "What were beta and the learning rate?", ("beta_end", "rate_at_full_beta")),
    Instrument("count of sentences", 3, "Does an epoch hold every sentence?", ("share_read",)),
    Instrument("a sentence alone and in company", 5, "Does a posterior depend on the rest of the batch?",
               ("moved_by_equals", "moved_by_longer")),
    Instrument("one encoder-only step", 5, "Does the decoder stand still in it?", ("decoder_moved",)),
)}


def instrument_of(reading: str) -> Instrument:
    """Where a reading can be bought."""
    return next(instrument for instrument in INSTRUMENTS.values() if reading in instrument.readings)
