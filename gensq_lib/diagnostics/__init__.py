"""Instruments: what a latent variable holds, what a model costs, and where the nats went."""
from gensq_lib.diagnostics.clouds import Coverage, PrecisionRecall, coverage, frechet_distance, precision_recall
from gensq_lib.diagnostics.enumeration import Enumeration, Obedience, all_replies, all_sentences, obedience, reply_measures
from gensq_lib.diagnostics.information import (
    Bounds,
    active_units,
    active_units_over,
    aggregate_kl,
    aggregate_kl_per_dimension,
    attribute_information,
    mutual_information,
)
from gensq_lib.diagnostics.ledger import Item, Ledger, Measured, bound_gap, measure, nats_ledger, refine
from gensq_lib.diagnostics.outcomes import TITLES, Outcomes
from gensq_lib.diagnostics.posteriors import Posteriors, ZControls, encode, z_controls, z_gain
from gensq_lib.diagnostics.samples import attribute_agreement, distinct_n, length_judge, valid_share, verdicts

__all__ = ["Bounds", "Coverage", "Enumeration", "Item", "Ledger", "Measured", "Obedience", "Outcomes", "Posteriors",
           "PrecisionRecall", "TITLES", "ZControls", "active_units", "active_units_over", "aggregate_kl",
           "aggregate_kl_per_dimension", "all_replies", "all_sentences", "attribute_agreement", "attribute_information",
           "bound_gap", "coverage", "distinct_n", "encode", "frechet_distance", "length_judge", "measure",
           "mutual_information", "nats_ledger", "obedience", "precision_recall", "refine", "reply_measures", "valid_share",
           "verdicts", "z_controls", "z_gain"]
