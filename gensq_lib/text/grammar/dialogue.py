"""Dialogues with known truth: prompts from a grammar, and for each prompt all replies with their probabilities.

What a prompt says (its act, the words to repeat) and the conditions (mood, persona) decide which replies there are; so
p(reply | prompt, mood, persona) is an enumeration, exact, in nats where a logarithm is taken.
"""
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, product
from pathlib import Path

import torch

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.text.pairs import Pair

from . import writing
from .grammar import Grammar, Sentence
from .reader import read
from .sampling import drawn, seeded
from .symbols import Node
from .turns import Cells, PromptBuilder, ReplyBuilder, Turns, gap

TURN = "//"  # ends a turn inside a prompt; no tokeniser makes it of real text
TYPED = re.compile(r"//|\w+(?:'\w+)*|[^\w\s]")
MOST = 2_000  # replies to one prompt under one condition
Values = dict[str, str]  # feature -> value


@dataclass(frozen=True)
class Understood:
    """What a prompt says: the values of the features behind it, and for each copied table the row that it names."""

    values: Values
    cells: dict[str, Cells]


@dataclass(frozen=True)
class Stated:
    """What a reply says, whatever it answers: the values of its features, and for each copied word its table and column."""

    values: Values
    words: dict[tuple[str, str], str]

    def against(self, meaning: Understood) -> tuple[str, ...]:
        """The features and tables of which a prompt says something else, or nothing."""
        said = {(table, column): cells[column] for table, cells in meaning.cells.items() for column in cells}
        return (*(name for name, value in self.values.items() if meaning.values.get(name, value) != value),
                *dict.fromkeys(place[0] for place, word in self.words.items() if said.get(place) != word))


class DialogueGrammar:
    """See the module. Made by `grammar.load_dialogue`."""

    def __init__(self, path: Path) -> None:
        turns = Turns()
        self.path, self.source = path, read(path, more_heads=turns.heads)
        self.features, self.line = turns.checked(self.source).features, turns.lines["reply"]
        builder = PromptBuilder(self.source, turns.copied)
        self.prompts = Grammar(self.source, builder.grammar())
        self.conditions = self._conditions()
        self.speller = self.prompts.tongues[self.prompts.languages[0]].speller
        self._said = builder.said
        self._values = dict(zip(self.prompts.start.alternatives, builder.drawn_values(), strict=True))
        self._replies = ReplyBuilder(self.source, turns)
        self._gaps = {gap(name, column): (name, column)
                      for name in turns.copied for column in self.source.columns[name].names}
        self.templates = lru_cache(maxsize=None)(self._templates)
        self._urn = lru_cache(maxsize=None)(self._ends)
        self._understood = lru_cache(maxsize=100_000)(self._understand)
        self._check(builder)

    def _conditions(self) -> dict[str, dict[str, float]]:
        """Feature of the reply that the prompt does not draw -> its values with their shares."""
        found = {}
        for name in self.features:
            feature = self.source.features.get(name)
            if feature is None or feature.given and name not in self.source.start.features:
                self.source.fault(self.line, f'expected declared features that depend on no other, got "{name}"'
                                             f"{nearest(name, self.source.features)}; declare it above")
            if name not in self.source.start.features:
                total = sum(feature.weights[""].values())
                found[name] = {value: weight / total for value, weight in feature.weights[""].items()}
        return found

    def _check(self, builder: PromptBuilder) -> None:
        """A reply may only repeat what every prompt of its kind says exactly once."""
        for kind, values in self._values.items():
            mentions, shown = builder.mentions(kind.children[0]), ", ".join(map(" ".join, values.items()))
            words = set().union(*(reply for labels in self.combinations()
                                  for reply in self.templates(*self._key(values, labels))))
            for name in sorted({self._gaps[word][0] for word in words & self._gaps.keys()}):
                if mentions[name] != (1, 1):
                    self.source.fault(self.line, f"expected <{name}> once in every prompt ({shown}), because replies repeat "
                                                 f"it, got it {mentions[name][0]} to {mentions[name][1]} times; say it once "
                                                 "in each, or leave it out of the replies")

    def combinations(self) -> Iterator[tuple[str, ...]]:
        """All labels: one value for each condition."""
        return product(*self.conditions.values())

    def _key(self, values: Values, labels: Sequence[str]) -> tuple[str, ...]:
        """The values of the reply's features, in the order in which the file names them."""
        everything = values | dict(zip(self.conditions, labels, strict=True))
        return tuple(everything[name] for name in self.features)

    def _templates(self, *key: str) -> dict[Sentence, float]:
        """All replies for these values of the reply's features, with gaps for words of the prompt, and their probabilities."""
        symbol, found = self._replies.symbol(*key), {}
        if symbol.num_derivations > MOST:
            self.source.fault(symbol.line, f"expected at most {MOST:,} replies to a prompt, got {symbol.num_derivations:,}; "
                                           "use fewer words that the prompt does not say")
        for node in symbol.derivations():
            words = tuple(node.words(self.prompts.languages[0]))
            if words in found:
                self.source.fault(symbol.line, f'expected one way to each reply, got two to "{" ".join(words)}" for '
                                               f"{symbol.name}; remove one")
            found[words] = math.exp(node.log_prob())
        return found

    def understood(self, prompt: Sequence[str]) -> Understood:
        """What the prompt says; one that the grammar does not know is refused with its first offending word."""
        return self._understood(tuple(prompt))

    def _understand(self, prompt: Sentence) -> Understood:
        parse = self.prompts.parse(prompt)
        if parse.derivation is None:
            place = min(parse.error_at or 0, len(prompt))
            got = f'"{prompt[place]}" as word {place + 1}' if place < len(prompt) else "an early end"
            raise GensqError(f'expected a prompt of {self.path.name}, got {got} of "{self.show(prompt)}"; '
                             "draw prompts with sample()")
        return self._meaning(parse.derivation.root)

    def _meaning(self, root: Node) -> Understood:
        cells = dict(self._said[node.alternative] for node in root.below() if node.alternative in self._said)
        return Understood(self._values[root.alternative], cells)

    def replies(self, prompt: Sequence[str], **condition: str) -> dict[Sentence, float]:
        """Every valid reply with its probability: `replies(prompt, mood="grumpy", persona="baker")`.

        Over a condition that is not named the probabilities are averaged.
        """
        meaning, found = self.understood(prompt), {}
        for labels, share in self._matching(condition):
            for template, probability in self.templates(*self._key(meaning.values, labels)).items():
                reply = self._filled(template, meaning.cells)
                found[reply] = found.get(reply, 0.0) + share * probability
        return found

    def _matching(self, condition: Values) -> list[tuple[tuple[str, ...], float]]:
        """The labels that agree with `condition`, and their shares among these."""
        for name, value in condition.items():
            self._check_one("a condition", name, self.conditions)
            self._check_one(name, value, self.conditions[name])
        chosen = [{condition[name]: 1.0} if name in condition else shares for name, shares in self.conditions.items()]
        return [(labels, math.prod(shares[label] for shares, label in zip(chosen, labels))) for labels in product(*chosen)]

    @staticmethod
    def _check_one(what: str, got: str, allowed: dict) -> None:
        if got not in allowed:
            raise GensqError(f'expected {what} out of {listed(allowed)}, got "{got}"'
                             f"{nearest(got, allowed) or '; choose one of these'}")

    def _filled(self, words: Sentence, cells: dict[str, Cells]) -> Sentence:
        filled: list[str] = []
        for word in words:
            if word in self._gaps:
                name, column = self._gaps[word]
                filled.extend(part for part in cells[name][column].split() if part != "-")
            else:
                filled.append(word)
        return self.speller.spell(filled)

    def log_prob(self, reply: Sequence[str], prompt: Sequence[str], **condition: str) -> float:
        """log p(reply | prompt, condition) in nats; minus infinity for a reply that is none."""
        probability = self.replies(prompt, **condition).get(tuple(reply), 0.0)
        return math.log(probability) if probability else -math.inf

    def valid(self, reply: Sequence[str], prompt: Sequence[str], **condition: str) -> bool:
        """Whether this can be answered."""
        return tuple(reply) in self.replies(prompt, **condition)

    def labels(self, reply: Sequence[str], prompt: Sequence[str]) -> list[tuple[str, ...]]:
        """All labels under which this can be answered: none, if it is no reply at all."""
        names = list(self.conditions)
        return [labels for labels in self.combinations() if self.valid(reply, prompt, **dict(zip(names, labels)))]

    def stated(self, reply: Sequence[str]) -> list[Stated]:
        """All that this reply can say; empty where it answers nothing at all."""
        plain, _ = self.speller.unspell(reply)
        found = ((values, gaps, pattern.fullmatch(" ".join(plain))) for values, gaps, pattern in self._forms)
        return [Stated(values, dict(zip(gaps, match.groups()))) for values, gaps, match in found if match]

    def changed(self, reply: Sequence[str], prompt: Sequence[str]) -> tuple[str, ...] | None:
        """What a reply says otherwise than its prompt, or adds to it, in the most favourable reading: () where nothing; None
        where it answers no prompt at all.

        >>> reports.changed(("fire", "in", "bakery"), report_of_a_fire_in_the_museum)
        ("building",)
        """
        meaning = self.understood(prompt)
        return min((stated.against(meaning) for stated in self.stated(reply)), key=len, default=None)

    @cached_property
    def _forms(self) -> list[tuple[Values, list[tuple[str, str]], re.Pattern]]:
        """Every template of a reply as a pattern, with the values of its features and the columns of its gaps."""
        forms = []
        for values, labels in product(self._values.values(), self.combinations()):
            for template in self.templates(*self._key(values, labels)):
                parts = [self._any_cell(*self._gaps[word]) if word in self._gaps else re.escape(word) for word in template]
                forms.append((values, [self._gaps[word] for word in template if word in self._gaps], re.compile(" ".join(parts))))
        return forms

    def named(self, words: Sequence[str]) -> dict[str, list[str]]:
        """The copied words (cells) that stand in any words, a reply or not, the longest at each place, and the tables of each."""
        found = {}
        for cell in self._cell.findall(" ".join(self.speller.unspell(words)[0])):
            found[cell] = [table.name for table in self.source.tables if table.name in {name for name, _ in self._gaps.values()}
                           and any(cell in row.cells.values() for row in table.rows)]
        return found

    @cached_property
    def _cell(self) -> re.Pattern:
        parts = (self._any_cell(*place)[1:-1] for place in self._gaps.values())
        cells = sorted({cell for part in parts for cell in part.split("|")}, key=len, reverse=True)
        return re.compile(rf"(?<!\S)(?:{'|'.join(cells)})(?!\S)")

    def _any_cell(self, name: str, column: str) -> str:
        cells = {row.cells[column] for table in self.source.tables if table.name == name for row in table.rows}
        return f"({'|'.join(map(re.escape, sorted(cells, key=len, reverse=True)))})"

    def reply_entropy(self, prompt: Sequence[str] | None = None, **condition: str) -> float:
        """H(reply | prompt, condition) in nats: of one prompt, or on average over all prompts and conditions. Exact."""
        if prompt is not None:
            return _entropy(self.replies(prompt, **condition))
        return math.fsum(
            kind.probability * share * _entropy(self.templates(*self._key(values, labels)))
            for kind, values in self._values.items() for labels, share in self._matching(condition))

    def exchanges(self, *, generator: torch.Generator, keep: Callable[[Sentence], bool] = lambda prompt: True
                  ) -> Iterator[Pair]:
        """Without end: prompts (those to `keep`), labels, replies. The same generator state gives the same draw everywhere."""
        uniform = seeded(generator)
        code = self.prompts.languages[0]
        while True:
            root = drawn(self.prompts.start, uniform)
            prompt = self.speller.spell(root.words(code))
            if not keep(prompt):
                continue
            labels = tuple(uniform.choices(list(shares), list(shares.values()))[0] for shares in self.conditions.values())
            meaning = self._meaning(root)
            templates, ends = self._urn(*self._key(meaning.values, labels))
            yield Pair(prompt, self._filled(uniform.choices(templates, cum_weights=ends)[0], meaning.cells), labels)

    def _ends(self, *key: str) -> tuple[list[Sentence], list[float]]:
        """The templates, and where each one's share of [0, 1] ends."""
        templates = self.templates(*key)
        return list(templates), list(accumulate(templates.values()))

    def sample(self, num: int, *, generator: torch.Generator) -> list[Pair]:
        """`num` exchanges."""
        if num < 0:
            raise GensqError(f"expected a number of exchanges of at least 0, got {num}; ask for more")
        drawn_ones = self.exchanges(generator=generator)
        return [next(drawn_ones) for _ in range(num)]

    @cached_property
    def terminals(self) -> Sentence:
        """All tokens that can occur in a prompt or a reply, sorted."""
        words = set(self.prompts.terminals())
        for values, labels in product(self._values.values(), self.combinations()):
            words.update(*self.templates(*self._key(values, labels)))
        for name, column in (self._gaps[word] for word in words & set(self._gaps)):
            cells = (row.cells[column] for table in self.source.tables if table.name == name for row in table.rows)
            words.update(part for cell in cells for part in cell.split() if part != "-")
        return tuple(sorted((words | self.speller.more(words)) - set(self._gaps)))

    def show(self, sentence: Sequence[str]) -> str:
        """As people write it; turns are separated by `TURN`."""
        return writing.show(sentence)

    def show_exchange(self, exchange: Pair) -> str:
        """Prompt, labels, reply on one line."""
        return f"{self.show(exchange.source)} ({' '.join(exchange.labels)}) {self.show(exchange.target)}"

    def read(self, text: str) -> Sentence:
        """The tokens of what a person wrote: capitals, spaces and curly quotes are forgiven, unknown words stay."""
        chunks = text.replace("\u2019", "'").split()
        parts = [[chunk] if chunk.casefold() in self._reader.lower else TYPED.findall(chunk) for chunk in chunks]
        return self._reader.read(" ".join(part for found in parts for part in found))

    @cached_property
    def _reader(self) -> writing.Reader:
        return writing.Reader(self.terminals, by_characters=False)


def _entropy(probabilities: dict[Sentence, float]) -> float:
    return -math.fsum(p * math.log(p) for p in probabilities.values())
