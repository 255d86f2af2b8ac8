"""Instruments: what a latent variable holds, what a model costs, and where the nats went."""
from gensq_lib.diagnostics.aggregate import AggregateKL, aggregate_kl, aggregate_kl_per_dimension
from gensq_lib.diagnostics.attributes import attribute_information, dimension_information
from gensq_lib.diagnostics.beginnings import value_of_beginnings
from gensq_lib.diagnostics.classifier import Classifier, trained_classifier
from gensq_lib.diagnostics.clouds import (
    Coverage,
    PrecisionRecall,
    coverage,
    frechet_distance,
    mode_shares,
    precision_recall,
    square_root,
)
from gensq_lib.diagnostics.enumeration import Enumeration, all_replies, all_sentences
from gensq_lib.diagnostics.inference import bound_gap
from gensq_lib.diagnostics.information import MutualInformation, active_units, active_units_over, mutual_information
from gensq_lib.diagnostics.ledger import Item, Ledger, nats_ledger
from gensq_lib.diagnostics.outcomes import TITLES, Outcomes, Scored, at_entropy, between, estimated_measures
from gensq_lib.diagnostics.posteriors import Measured, Posteriors, encode, measure, refine
from gensq_lib.diagnostics.replies import Obedience, distinct_n, obedience, reply_measures, verdicts
from gensq_lib.diagnostics.samples import ChiSquare, chi_square, frequencies, length_judge, total_variation
from gensq_lib.diagnostics.usage import ZControls, gain_by_position, z_controls
from gensq_lib.diagnostics.validity import attribute_agreement, valid_share

__all__ = ["AggregateKL", "ChiSquare", "Classifier", "Coverage", "Enumeration", "Item", "Ledger", "Measured",
           "MutualInformation", "Obedience", "Outcomes", "Posteriors", "PrecisionRecall", "Scored", "TITLES",
           "ZControls", "active_units", "active_units_over", "aggregate_kl", "aggregate_kl_per_dimension", "all_replies",
           "all_sentences", "at_entropy", "attribute_agreement", "attribute_information", "between", "bound_gap",
           "chi_square", "coverage", "dimension_information", "distinct_n", "encode", "estimated_measures",
           "frechet_distance", "frequencies", "gain_by_position", "length_judge", "measure", "mode_shares",
           "mutual_information", "nats_ledger", "obedience", "precision_recall", "refine", "reply_measures",
           "square_root", "total_variation", "trained_classifier", "valid_share", "value_of_beginnings",
           "verdicts", "z_controls"]
