"""Figures: arrays in, Axes out, in one style. Nothing here knows a model, a corpus or a notebook.

    plots.show(plots.kl_per_dimension(kl), alt="Bars: 7 of 8 dimensions carry more than 0.1 nat.")

Colours are those of Okabe & Ito (2008), safe for colour-blind readers; the light card behind a figure keeps it
readable on white and on dark pages.
"""
from gensq_lib.plots.bars import gain_bars, kl_per_dimension
from gensq_lib.plots.curves import bound_vs_samples, learning_curves, rank_frequency, validity_over_temperature
from gensq_lib.plots.distributions import densities, elbo_and_gap
from gensq_lib.plots.estimates import curves_over, histograms, picture_grid, rate_distortion
from gensq_lib.plots.frontiers import frontier, names_beside
from gensq_lib.plots.games import clouds, judges
from gensq_lib.plots.maps import information_table, scatter_maps
from gensq_lib.plots.posteriors import posterior_means
from gensq_lib.plots.showing import png, show
from gensq_lib.plots.style import COLOURS, legend_below, new_axes, styled
from gensq_lib.plots.waterfalls import waterfall
