"""What a page computes with, small enough to stand in it: weights in float16, and a grammar as plain rules.

The weights keep the container of docs/export.md. The rules are those of one language, put together as far as they say the same:
a symbol with one alternative is written out, two with the same alternatives are one.
"""
import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save

from gensq_course.shipped.files import FACTS, digest, saved_facts
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.grammar.symbols import Symbol
from gensq_lib.text.vocab import Vocab

FOR_TRAINING = ("to_words.", "to_posterior.", "reply_encoder.", "judge.")  # parts of a file that no page uses
Body = tuple[int, ...]  # of an alternative: words by their numbers, and -1 - s for symbol s


def packed(path: Path, *, keep: Sequence[str] = ()) -> str:
    """The model of a file in base64: the same container, every weight in float16; of its facts its config and `keep`."""
    facts = saved_facts(path)
    with safe_open(path, framework="pt") as file:
        weights = {name: file.get_tensor(name).to(torch.float16) for name in file.keys() if not name.startswith(FOR_TRAINING)}
    told = {name: facts[name] for name in ("config", *keep)} | {"weights": digest(weights)}
    return base64.b64encode(save(weights, {FACTS: json.dumps(told, sort_keys=True)})).decode()


def halved(model: torch.nn.Module) -> torch.nn.Module:
    """The same model with the numbers that a page has: rounded to float16, computed in float32."""
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.half().float())
    return model


def rules_of(grammar: Grammar, vocab: Vocab, language: str = "") -> dict[str, Any]:
    """A grammar in one language for truth.js, its words numbered as in the vocabulary."""
    code = grammar.language(language)
    number = {word: place for place, word in enumerate(vocab.words)}
    found = Rules(code, number)
    start = found.place([[1.0, *found.body(grammar.start)]])
    speller = grammar.tongues[code].speller
    respell = speller.rule and {"word": speller.rule.word, "becomes": speller.rule.becomes,
                                "before": [number[word] for word in grammar.terminals(code) if speller.applies(word)]}
    return {"rules": found.written, "start": start, "words": list(vocab.words), "respell": respell}


class Rules:
    """Symbols as they are met, each once; `written[s]` holds the alternatives of symbol s: [probability, *body]."""

    def __init__(self, code: str, number: dict[str, int]):
        self.code, self.number = code, number
        self.bodies: dict[Symbol, Body] = {}
        self.places: dict[tuple, int] = {}
        self.written: list[list[list[float]]] = []

    def body(self, symbol: Symbol) -> Body:
        """What stands for this symbol on the right of another."""
        if symbol not in self.bodies:
            self.bodies[symbol] = self._body(symbol)
        return self.bodies[symbol]

    def _body(self, symbol: Symbol) -> Body:
        shares: dict[Body, float] = {}
        for alternative in symbol.alternatives:
            items = ((self.number[item],) if isinstance(item, str) else self.body(alternative.children[item])
                     for item in alternative.sides[self.code])
            body = tuple(each for item in items for each in item)
            shares[body] = shares.get(body, 0.0) + alternative.probability
        if len(shares) == 1:
            return next(iter(shares))
        return (-1 - self.place([[float(f"{share:.7g}"), *body] for body, share in sorted(shares.items())]),)

    def place(self, rows: list[list[float]]) -> int:
        """The number of the symbol with these alternatives, new or known."""
        place = self.places.setdefault(tuple(map(tuple, rows)), len(self.written))
        if place == len(self.written):
            self.written.append(rows)
        return place
