"""Instruments: what a latent variable holds, what a model costs, and where the nats went."""
from gensq_lib.diagnostics.aggregate import AggregateKL, aggregate_kl, aggregate_kl_per_dimension
from gensq_lib.diagnostics.attributes import attribute_information, dimension_information
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
from gensq_lib.diagnostics.edits import Edit, edit_success
from gensq_lib.diagnostics.inference import TruePosterior, bound_gap, true_posterior
from gensq_lib.diagnostics.information import MutualInformation, active_units, active_units_over, mutual_information
from gensq_lib.diagnostics.ledger import Entry, Ledger, nats_ledger
from gensq_lib.diagnostics.maps import Map, Neighbours, Plane, neighbour_map, principal_plane
from gensq_lib.diagnostics.posteriors import Measured, Posteriors, encode, measure, refine
from gensq_lib.diagnostics.replies import (
    Obedience,
    ReplyScores,
    distinct_n,
    obedience,
    reply_frontier,
    reply_quality,
    reply_scores,
    sampled_coverage,
    verdicts,
)
from gensq_lib.diagnostics.samples import ChiSquare, chi_square, frequencies, total_variation
from gensq_lib.diagnostics.usage import ZControls, gain_by_position, z_controls
from gensq_lib.diagnostics.validity import Share, attribute_agreement, valid_share
from gensq_lib.diagnostics.walks import Mean, Smoothness, Switches, edit_distance, num_switches, smoothness, switches

__all__ = ["AggregateKL", "ChiSquare", "Classifier", "Coverage", "Edit", "Entry", "Ledger", "Map", "Mean", "Measured",
           "MutualInformation", "Neighbours", "Obedience", "Plane", "Posteriors", "PrecisionRecall", "ReplyScores",
           "Share", "Smoothness", "Switches", "TruePosterior", "ZControls", "active_units", "active_units_over",
           "aggregate_kl", "aggregate_kl_per_dimension", "attribute_agreement", "attribute_information", "bound_gap",
           "chi_square", "coverage", "dimension_information", "distinct_n", "edit_distance", "edit_success", "encode",
           "frechet_distance", "frequencies", "gain_by_position", "measure", "mode_shares", "mutual_information",
           "nats_ledger", "neighbour_map", "num_switches", "obedience", "precision_recall", "principal_plane",
           "refine", "reply_frontier", "reply_quality", "reply_scores", "sampled_coverage", "smoothness", "square_root",
           "switches", "total_variation", "trained_classifier", "true_posterior", "valid_share", "verdicts", "z_controls"]
