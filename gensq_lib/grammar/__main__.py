"""`python -m gensq_lib.grammar 100 2026`: so many random sentences of the built-in world with their Chinese.

Printed as the numbered list of data/README.md; the second number is the seed.
"""
import sys

import torch

from . import load


def listing(num: int, seed: int) -> str:
    """A Markdown list: English, then Chinese."""
    world = load()
    derivations = world.sample(num, generator=torch.Generator().manual_seed(seed))
    return "".join(f"{place}. {' / '.join(world.show(d.words(code), code) for code in world.languages)}\n"
                   for place, d in enumerate(derivations, start=1))


if __name__ == "__main__":
    print(listing(*map(int, sys.argv[1:])), end="")
