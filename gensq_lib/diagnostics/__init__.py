"""Instruments: what a latent variable holds, what a model costs, and where the nats went."""
from gensq_lib.diagnostics.clouds import Coverage, PrecisionRecall, coverage, frechet_distance, precision_recall
from gensq_lib.diagnostics.enumeration import Enumeration, all_sentences
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
from gensq_lib.diagnostics.samples import attribute_agreement, length_judge, valid_share
from gensq_lib.ground.errors import border

border(globals())
