"""Cures that strengthen the encoder: it lags behind a decoder that changes under it (He et al. 2019)."""
from gensq_lib.cures.base import Cure
from gensq_lib.cures.registry import register
from gensq_lib.ground.errors import GensqError


class AggressiveEncoder(Cure):
    """`updates` encoder-only updates before each joint one, during the first `until` steps (after He et al. 2019).

    They let the encoder converge anew each time, and stop when its mutual information no longer grows; a fixed number
    and a fixed end cost less and can be compared at equal computation. Taught in lesson 07.
    """

    def __init__(self, updates: int, *, until: int, inner: Cure | None = None):
        super().__init__(inner)
        if updates < 1 or until < 1:
            raise GensqError(f"expected updates and until of at least 1, got {updates} and {until}; try 5 and 500")
        self.updates, self.until = updates, until

    def encoder_steps(self, step):
        return self.updates if step < self.until else super().encoder_steps(step)


register("aggressive", lambda training, inner: AggressiveEncoder(5, until=training.share(1 / 4), inner=inner))
