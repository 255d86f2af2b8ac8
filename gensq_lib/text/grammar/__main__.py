"""`python -m gensq_lib.text.grammar 100 2026`: so many random sentences of the built-in world with their Chinese.

Printed as the numbered list of data/README.md; the second number is the seed. With `dialogue` behind it: exchanges.
"""
import sys

import torch

from . import load, load_dialogue


def listing(num: int, seed: int) -> str:
    """A Markdown list: English, then Chinese."""
    world = load()
    derivations = world.sample(num, generator=torch.Generator().manual_seed(seed))
    return _numbered(" / ".join(world.show(d.words(code), code) for code in world.languages) for d in derivations)


def dialogue_listing(num: int, seed: int) -> str:
    """A Markdown list: prompt, who answers, reply."""
    dialogue = load_dialogue()
    exchanges = dialogue.sample(num, generator=torch.Generator().manual_seed(seed))
    return _numbered(dialogue.show_exchange(exchange) for exchange in exchanges)


def _numbered(lines) -> str:
    return "".join(f"{place}. {line}\n" for place, line in enumerate(lines, start=1))


if __name__ == "__main__":
    wanted = dialogue_listing if sys.argv[3:] == ["dialogue"] else listing
    print(wanted(*map(int, sys.argv[1:3])), end="")
