"""Instruments: what a latent variable holds, what a model costs, and where the nats went."""
from gensq_lib.diagnostics.aggregate import AggregateKL, aggregate_kl, aggregate_kl_per_dimension
from gensq_lib.diagnostics.attributes import attribute_information, dimension_information
from gensq_lib.diagnostics.classifier import Classifier, trained_classifier
from gensq_lib.diagnostics.clouds import (
    Coverage,
    PrecisionRecall,
    coverage,
    frechet_distance,
    nearest_mode_shares,
    precision_recall,
)
from gensq_lib.diagnostics.enumeration import Enumeration, all_replies, all_sentences
from gensq_lib.diagnostics.information import MutualInformation, active_units, active_units_over, mutual_information
from gensq_lib.diagnostics.ledger import Item, Ledger, nats_ledger
from gensq_lib.diagnostics.outcomes import TITLES, Outcomes, Scored, at_entropy, estimated_measures, height_at
from gensq_lib.diagnostics.posteriors import Measured, Posteriors, bound_gap, encode, measure, refine
from gensq_lib.diagnostics.replies import Obedience, distinct_n, obedience, reply_measures, verdicts
from gensq_lib.diagnostics.samples import (
    ChiSquare,
    attribute_agreement,
    chi_square,
    frequencies,
    length_judge,
    total_variation,
    valid_share,
    value_of_beginnings,
)
from gensq_lib.diagnostics.usage import ZControls, z_controls, z_gain

__all__ = ["AggregateKL", "ChiSquare", "Classifier", "Coverage", "Enumeration", "Item", "Ledger", "Measured",
           "MutualInformation", "Obedience", "Outcomes", "Posteriors", "PrecisionRecall", "Scored", "TITLES", "ZControls",
           "active_units", "active_units_over", "aggregate_kl", "aggregate_kl_per_dimension", "all_replies", "all_sentences",
           "at_entropy", "attribute_agreement", "attribute_information", "bound_gap", "chi_square", "coverage",
           "dimension_information", "distinct_n", "encode", "estimated_measures", "frechet_distance", "frequencies", "height_at",
           "length_judge", "measure", "mutual_information", "nats_ledger", "nearest_mode_shares", "obedience",
           "precision_recall", "refine", "reply_measures", "total_variation", "trained_classifier", "valid_share",
           "value_of_beginnings", "verdicts", "z_controls", "z_gain"]
