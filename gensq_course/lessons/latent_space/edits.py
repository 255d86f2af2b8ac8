"""Did a step in the latent space change what it was to change, and leave the rest alone?"""
from collections.abc import Sequence
from dataclasses import dataclass

from gensq_lib.maths.stats import Share
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Sentence


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
