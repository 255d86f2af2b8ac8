"""Choosing a closed form by the types of two distributions, with a sentence where there is none."""
from collections.abc import Callable

from torch import Tensor
from torch.distributions import Distribution

from gensq_lib.ground.errors import GensqError

Form = Callable[..., Tensor]


class Rules:
    """The closed forms of one divergence, one for each pair of families."""

    def __init__(self, advice: str):
        self.advice, self.forms = advice, dict[tuple[type, type], Form]()

    def rule(self, q_type: type, p_type: type) -> Callable[[Form], Form]:
        """Register a closed form: a new pair of families is one decorated function."""
        def register(function: Form) -> Form:
            self.forms[q_type, p_type] = function
            return function
        return register

    def find(self, q: Distribution, p: Distribution) -> Form:
        """The first form whose two types fit q and p; a pair without one is refused."""
        for (q_type, p_type), function in self.forms.items():
            if isinstance(q, q_type) and isinstance(p, p_type):
                return function
        known = ", ".join(f"{a.__name__}‖{b.__name__}" for a, b in self.forms)
        raise GensqError(f"expected a pair with a closed form ({known}), got {type(q).__name__}‖{type(p).__name__}; "
                         f"{self.advice}")
