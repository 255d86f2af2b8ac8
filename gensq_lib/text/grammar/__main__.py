"""`python -m gensq_lib.text.grammar 100 2026`: so many random sentences of the built-in world with their Chinese.

Printed as the numbered list of data/README.md; the second number is the seed. With `dialogue` behind it: exchanges.
"""
import sys

import torch

from . import load, load_dialogue


def listing(num: int, seed: int, kind: str = "world") -> str:
    """A Markdown list: English and Chinese, or, of "dialogue", prompt, who answers, reply."""
    generator = torch.Generator().manual_seed(seed)
    if kind == "dialogue":
        lines = map(load_dialogue().show_exchange, load_dialogue().sample(num, generator=generator))
    else:
        derivations = load().sample(num, generator=generator)
        lines = (" / ".join(load().show(d.words(code), code) for code in load().languages) for d in derivations)
    return "".join(f"{place}. {line}\n" for place, line in enumerate(lines, start=1))


if __name__ == "__main__":
    print(listing(*map(int, sys.argv[1:3]), *sys.argv[3:]), end="")
