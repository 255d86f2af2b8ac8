"""Two ways held against each other in a recorded row: validity where both have the same entropy."""
from collections.abc import Sequence

from gensq_lib.diagnostics.language_quality import between

Row = dict[str, float]


def curve(row: Row, way: str, *, temperatures: Sequence[float]) -> list[tuple[float, float]]:
    """(entropy, valid share) of a way at each temperature, the first of which is 1."""
    return [(row[f"{way} T={t:g} entropy"], row[f"{way} T={t:g} valid"]) for t in temperatures]


def margin(row: Row, way: str, against: str, *, temperatures: Sequence[float]) -> float:
    """By how much the valid share of `way` exceeds that of `against` at the lower of their two entropies at temperature 1;
    NaN where the other cannot be cooled down to it.
    """
    ours, theirs = (curve(row, name, temperatures=temperatures) for name in (way, against))
    level = min(ours[0][0], theirs[0][0])
    return between(ours, level) - between(theirs, level)
