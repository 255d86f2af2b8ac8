"""Walks through the latent space, judged by the sentences on the way; and single steps: did one change only what it was to?

Validity alone says little: a decoder without a z worth the name says valid sentences everywhere. A good path changes few
words at a time and switches each attribute once, from the value at one end to that at the other.
"""
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from jaxtyping import Float
from rapidfuzz.distance import Levenshtein
from torch import Tensor

from gensq_lib.diagnostics import interpolation
from gensq_lib.maths.stats import Estimate, Share, estimate
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Sentence

Walk = Sequence[Sentence]  # the sentences on a path, in order, both ends included
Change = tuple[str, str, str]  # attribute, from, to


@dataclass(frozen=True)
class Smoothness:
    """How the words change along the paths."""

    detour: Estimate  # words changed along the way, for each word that differs between the ends; 1 is the least
    leap: Estimate  # words changed in the largest single step, for each word that differs between the ends


@dataclass(frozen=True)
class Switches:
    """What becomes of the truth along the paths."""

    valid: Share  # of the sentences on all paths
    at_most_once: dict[str, Share]  # attribute -> paths on which its value changes at most once
    never_back: dict[str, Share]  # attribute -> paths on which it returns to no value that it has left


def told(found: Estimate | Share) -> str:
    """A number with its error; or, where nothing was there to measure, that."""
    return str(found) if found.n else "nothing to measure"


def compared(found: Estimate) -> str:
    """A difference with its error, and whether its 95 % interval leaves out 0."""
    if found.n < 2:
        return told(found)
    low, high = found.interval
    return f"{found}, {'more' if low > 0 else 'less' if high < 0 else 'cannot be told from 0'}"


def steps_of(walks: Sequence[Walk]) -> list[list[float]]:
    """Of each path whose ends differ: words changed at each step, for each word in which the ends differ."""
    return [[Levenshtein.distance(a, b) / Levenshtein.distance(walk[0], walk[-1]) for a, b in pairwise(walk)]
            for walk in walks if walk[0] != walk[-1]]


def detours(walks: Sequence[Walk]) -> list[float]:
    return list(map(sum, steps_of(walks)))


def smoothness(walks: Sequence[Walk]) -> Smoothness:
    """Of paths whose ends differ; of the others there is nothing to say."""
    return Smoothness(estimate(detours(walks)), estimate(list(map(max, steps_of(walks)))))


def switches(walks: Sequence[Walk], grammar: Grammar, *, language: str = "en") -> Switches:
    """An invalid sentence has no attribute: to lose one counts as a change, to find it again as another."""
    parsed = {s: grammar.parse(s, language=language).attributes for s in {s for walk in walks for s in walk}}
    valid = [bool(parsed[s]) for walk in walks for s in walk]
    along = {name: [[parsed[s].get(name) for s in walk] for walk in walks] for name in grammar.attributes}
    once = {name: Share(sum(num_switches(values) <= 1 for values in rows), len(rows)) for name, rows in along.items()}
    never = {name: Share(sum(num_switches(values) < len(set(values)) for values in rows), len(rows))
             for name, rows in along.items()}
    return Switches(Share(sum(valid), len(valid)), once, never)


def num_switches(values: Sequence[Hashable]) -> int:
    """How often neighbours differ."""
    return sum(a != b for a, b in pairwise(values))


@dataclass(frozen=True)
class Edit:
    """Of sentences decoded before and after the step. An invalid sentence has no attribute, so it keeps and flips nothing."""

    turned: list[bool]  # of each sentence: did it become what was wanted?
    same: dict[str, list[bool]]  # of each other attribute: is it as before?

    @property
    def flipped(self) -> Share:
        return Share(sum(self.turned), len(self.turned))

    @property
    def kept(self) -> dict[str, Share]:
        return {name: Share(sum(held), len(held)) for name, held in self.same.items()}

    def __add__(self, other: "Edit") -> "Edit":
        """The edits of both, of the attributes that both could keep."""
        both = (name for name in self.same if name in other.same)
        return Edit(self.turned + other.turned, {name: self.same[name] + other.same[name] for name in both})

    def against(self, other: "Edit", name: str) -> tuple[Estimate, Estimate]:
        """On the same sentences: how much more often is `name` kept than by the other edit, and the edit done?"""
        pairs = zip(self.same[name], other.same[name], strict=True), zip(self.turned, other.turned, strict=True)
        return tuple(estimate([float(a) - b for a, b in each]) for each in pairs)

    def row(self, names: Iterable[str]) -> list[str]:
        """What was flipped, and the share kept of each name, for a table."""
        return [told(self.flipped), *(f"{self.kept[name].mean:.3f}" if name in self.kept else "" for name in names)]


def edits(decoded: Callable[[Float[Tensor, "batch latent"]], list[Sentence]], grammar: Grammar | None,
          codes: Float[Tensor, "sentence latent"], said: Sequence[Sentence],
          vectors: Mapping[Change, Float[Tensor, "latent"]], *, strength: float, language: str = "en") -> dict[Change, Edit]:
    """A step from those codes whose sentence has the value to change; `said` are the sentences of the codes, not the originals:
    what reconstruction lost, no edit can lose."""
    parsed = lru_cache(None)(lambda sentence: grammar.parse(sentence, language=language).attributes)
    found = {}
    for (attribute, source, target), vector in vectors.items():
        chosen = [i for i, sentence in enumerate(said) if parsed(sentence).get(attribute) == source]
        after = decoded(interpolation.moved(codes[chosen], vector, strength=strength)) if chosen else []
        pairs = [(parsed(said[i]), parsed(sentence)) for i, sentence in zip(chosen, after, strict=True)]
        found[attribute, source, target] = Edit([b.get(attribute) == target for _, b in pairs], {
            name: [b.get(name) == a[name] for a, b in pairs] for name in grammar.attributes if name != attribute})
    return found
