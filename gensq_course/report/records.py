"""What a lesson claimed and recorded, as data inside its outputs: plain JSON under a mime type of its own, so that
any program can read it back from the notebook file and nothing has to be unpickled."""
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

MIME = "application/vnd.gensq+json"


@dataclass(frozen=True)
class Claim:
    """A row of claims.toml with the value that a run found. `min` and `max` are inclusive; None is no bound."""

    name: str
    sentence: str
    value: float
    min: float | None = None
    max: float | None = None
    unit: str = ""
    asserted: bool = True

    @property
    def margin(self) -> float:
        """How far inside the bound the value lies; negative outside, NaN for a value that is none."""
        below = math.inf if self.max is None else self.max - self.value
        above = math.inf if self.min is None else self.value - self.min
        return min(below, above) if math.isfinite(self.value) else math.nan

    @property
    def holds(self) -> bool:
        """Whether the value keeps its bound; a NaN keeps none."""
        return self.margin >= 0

    @property
    def missed(self) -> bool:
        """Asserted, and outside its bound."""
        return self.asserted and not self.holds

    def as_dict(self) -> dict:
        """For JSON."""
        return {key: plain(value) for key, value in asdict(self).items() if value is not None} | {
            "margin": plain(self.margin), "holds": self.holds}


def plain(value):
    """A value that strict JSON can hold: numbers of numpy and torch become Python's, NaN and infinity their names."""
    if isinstance(value, bool | str | int | None):
        return value
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, float) and not math.isfinite(number):
        return str(number)
    return number


def collect(notebook: str | Path | Mapping) -> dict:
    """`{"run": ..., "claims": {name: ...}, "recorded": {name: number}, "checks": {name: ...}}` of an executed notebook
    (a path, or one that is open). `run` holds what `report.begin` saw: lesson, parameters, versions."""
    if isinstance(notebook, str | Path):
        notebook = json.loads(Path(notebook).read_text(encoding="utf-8"))
    found = {"run": {}, "claims": {}, "recorded": {}, "checks": {}}
    for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
        content = output.get("data", {}).get(MIME, {})
        for kind in found.keys() & content.keys():
            found[kind] |= content[kind]
        if "check" in content:  # an exercise: who checked what stands in gensq_course.checks
            found["checks"][content["check"]] = {key: value for key, value in content.items() if key != "check"}
    return found
