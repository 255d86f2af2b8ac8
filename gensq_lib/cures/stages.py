"""Cures that train in stages."""
import torch
from torch import nn

from gensq_lib.cures.base import Cure
from gensq_lib.cures.registry import register


class AutoencoderFirst(Cure):
    """An autoencoder for `first` steps (z is free), then a new decoder and the inner cure (Li et al. 2019).

    The encoder keeps what it has learnt to say; the decoder goes back to `decoder_start`, or to random weights, so that
    it has to listen. Li et al. raise the KL slowly and use free bits afterwards: that is the inner cure's part.
    """

    def __init__(self, first: int, inner: Cure | None = None, *, decoder_start: nn.Module | None = None, seed: int = 0):
        super().__init__(inner)
        self.first, self.decoder_start, self.seed = first, decoder_start, seed

    def penalty(self, terms, step):
        return terms.kl.new_zeros(()) if step < self.first else super().penalty(terms, step - self.first)

    def on_step(self, model, step):
        super().on_step(model, step)
        if step != self.first:
            return
        if self.decoder_start is not None:
            model.decoder.start_from(self.decoder_start)
            return
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            model.decoder.reset_parameters()


register("autoencoder_first", lambda training, inner: AutoencoderFirst(training.share(1 / 4), inner,
                                                                       decoder_start=training.decoder_start))
