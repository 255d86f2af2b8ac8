"""Walks through the latent space, judged by the sentences on the way: are they sentences, do they change, and how often?

And single steps: did one change what it was to change, and leave the rest alone?

Validity alone says little: a decoder without a z worth the name says valid sentences everywhere. A good path changes few
words at a time and switches each attribute once, from the value at one end to that at the other.
"""
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from gensq_lib.maths.stats import Estimate, Share, estimate
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Sentence

Walk = Sequence[Sentence]  # the sentences on a path, in order, both ends included


@dataclass(frozen=True)
class Smoothness:
    """How the words change along the paths."""

    detour: Estimate  # words changed along the way, for each word that differs between the ends; 1 is the least
    leap: Estimate  # words changed in the largest single step, for each word that differs between the ends
    different: Estimate  # different sentences on a path


@dataclass(frozen=True)
class Switches:
    """What becomes of the truth along the paths."""

    valid: Share  # of the sentences on all paths
    at_most_once: dict[str, Share]  # attribute -> paths on which its value changes at most once
    never_back: dict[str, Share]  # attribute -> paths on which it returns to no value that it has left


def smoothness(walks: Sequence[Walk]) -> Smoothness:
    """Of paths whose ends differ; of the others there is nothing to say."""
    moving = [walk for walk in walks if walk[0] != walk[-1]]
    detours, leaps = [], []
    for walk in moving:
        steps = [Levenshtein.distance(a, b) for a, b in zip(walk, walk[1:], strict=False)]
        whole = Levenshtein.distance(walk[0], walk[-1])
        detours.append(sum(steps) / whole)
        leaps.append(max(steps) / whole)
    return Smoothness(estimate(detours), estimate(leaps), estimate([len(set(walk)) for walk in moving]))


def switches(walks: Sequence[Walk], grammar: Grammar, *, language: str = "en") -> Switches:
    """An invalid sentence has no attribute: to lose one counts as a change, to find it again as another."""
    parsed = {s: grammar.parse(s, language=language).attributes for s in {s for walk in walks for s in walk}}
    everything = [parsed[sentence] for walk in walks for sentence in walk]
    along = {name: [[parsed[s].get(name) for s in walk] for walk in walks] for name in grammar.attributes}
    once = {name: Share(sum(num_switches(values) <= 1 for values in rows), len(rows)) for name, rows in along.items()}
    never = {name: Share(sum(num_switches(values) < len(set(values)) for values in rows), len(rows))
             for name, rows in along.items()}
    return Switches(Share(sum(map(bool, everything)), len(everything)), once, never)


def num_switches(values: Sequence[Hashable]) -> int:
    """How often neighbours differ."""
    return sum(a != b for a, b in zip(values, values[1:], strict=False))


@dataclass(frozen=True)
class Edit:
    """Of sentences decoded before and after the step. An invalid sentence has no attribute, so it keeps and flips nothing."""

    flipped: Share
    kept: dict[str, Share]  # every other attribute -> as before


def edit_success(before: Sequence[Sentence], after: Sequence[Sentence], grammar: Grammar, *, attribute: str, source: str,
                 target: str, language: str = "en") -> Edit:
    """Of the sentences that were `source` *before*: how many became `target`, and what else stayed.

    "Before" is what the model says of the unedited code, not the original: what reconstruction lost, no edit can lose.
    """
    pairs = [(grammar.parse(a, language=language).attributes, grammar.parse(b, language=language).attributes)
             for a, b in zip(before, after, strict=True)]
    pairs = [(a, b) for a, b in pairs if a.get(attribute) == source]
    return Edit(Share(sum(b.get(attribute) == target for _, b in pairs), len(pairs)),
                {name: Share(sum(b.get(name) == a[name] for a, b in pairs), len(pairs))
                 for name in grammar.attributes if name != attribute})
