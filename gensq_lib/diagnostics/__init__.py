"""Instruments: what a latent variable holds, what a model costs, and where the nats went."""
from gensq_lib.diagnostics.information import MutualInformation, active_units, mutual_information
from gensq_lib.diagnostics.ledger import Entry, Ledger, nats_ledger
from gensq_lib.diagnostics.posteriors import Measured, Posteriors, encode, measure, refine
from gensq_lib.diagnostics.samples import ChiSquare, chi_square, frequencies, total_variation
from gensq_lib.diagnostics.usage import ZControls, gain_by_position, z_controls
from gensq_lib.diagnostics.validity import Share, attribute_agreement, valid_share

__all__ = ["ChiSquare", "Entry", "Ledger", "Measured", "MutualInformation", "Posteriors", "Share",
           "ZControls", "active_units", "attribute_agreement", "chi_square", "encode", "frequencies",
           "gain_by_position", "measure", "mutual_information", "nats_ledger", "refine", "total_variation",
           "valid_share", "z_controls"]
