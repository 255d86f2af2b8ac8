"""A grammar of one's own, from an empty file to its floor line: what a file becomes, counted, before anything is trained on it.

What is wrong with a file is said by whoever reads it, with its line. What stands here is what a right one can still hide:
sentences with two derivations, parts that nothing uses, and how low a model's loss can fall.
"""
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from gensq_lib.ground.errors import GensqError

from .building import Builder
from .grammar import Derivation, Grammar
from .reader import read
from .source import Source

COUNTED, DRAWN, SHOWN = 20_000, 1_000, 5  # derivations that are all looked at, sentences drawn instead, examples
START = """\
# A world of your own. Behind a # stands a note. Look at it after each change: gensq grammar check THIS_FILE

languages: en
attribute tense: past 60, present 40
start: <sentence tense>

<sentence tense>
    3 en: the <animal> <does tense> .
    1 en: today the <animal> <does tense> .

<does past>
    en: slept
    en: ate a <fruit>
<does present>
    en: sleeps
    en: eats a <fruit>

columns animal zipf 0.5: en
table <animal>
    cat ; horse ; hen

columns fruit: en
table <fruit>
    pear ; plum
"""


@dataclass(frozen=True)
class Checked:
    """What a grammar is, in its first language. Entropies in nats per sentence.

    `entropy` is the floor: no model's NLL on fresh sentences is lower in the mean. `spread` is the standard deviation of
    -log p of one sentence, so the floor of n test sentences lies within about 2 spread / √n of it.
    """

    derivations: int
    different: int | None  # sentences; None where there are too many to count
    entropy: float
    spread: float
    tokens: float  # in a sentence, <eos> counted
    longest: int  # words
    words: int  # different ones
    attributes: Mapping[str, Sequence[str]]
    ambiguous: str  # a sentence with more than one derivation; "" where none was found
    readings: int  # its derivations
    unused: tuple[str, ...]  # symbols that are written and that no sentence reaches
    examples: tuple[str, ...]

    @property
    def perplexity(self) -> float:
        """Of the floor, per token, <eos> counted."""
        return math.exp(self.entropy / self.tokens)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is right to read and wrong to learn from."""
        twice = (f'"{self.ambiguous}" has {self.readings} derivations: its probability is no longer that of one, and lessons '
                 "refuse the grammar; change the words or rules that overlap")
        few = f"{self.different} different sentences: a model knows them all at once; add words or rules"
        idle = f"nothing uses {', '.join(f'<{name}>' for name in self.unused)}; mention it in a rule or remove it"
        return tuple(said for said, holds in ((twice, self.ambiguous), (few, self.different is not None and self.different < 100),
                                              (idle, self.unused)) if holds)

    def __str__(self) -> str:
        count = f"{self.derivations:,} derivations" if self.different is None else f"{self.different:,} different"
        count += f", {self.derivations:,} derivations" if self.ambiguous and self.different is not None else ""
        rows = {"sentences": count, "words": f"{self.words:,} different, {self.tokens:.1f} tokens in a sentence with its end, at "
                                             f"most {self.longest} words",
                **{f"attribute {name}": ", ".join(values)[:80] for name, values in self.attributes.items()},
                "floor": f"{self.entropy:.3f} nats per sentence ({self.perplexity:.2f} as perplexity per token); of 400 test "
                         f"sentences it lies within {2 * self.spread / 20:.2f} of that",
                "for example": self.examples[0], **dict(zip(("", " ", "  ", "   "), self.examples[1:]))}
        wide = max(map(len, rows))
        lines = [f"  {what:{wide}}  {much}" for what, much in rows.items()]
        return "\n".join([*lines, *(f"! {each}." for each in self.warnings)])


def checked_grammar(path: Path | str) -> Checked:
    """Read a grammar file and count; a mistake is a sentence with its line. Taught in lesson 21.

    >>> checked_grammar("mine.grammar").entropy  # nats per sentence: the floor line of every model of this world
    """
    source = read(Path(path).expanduser())
    g = Grammar(source, Builder(source).grammar())
    small = g.num_sentences() <= COUNTED
    drawn = g.sample(DRAWN, generator=torch.Generator().manual_seed(0))
    every = list(g.derivations()) if small else drawn
    said = Counter(each.words() for each in every)
    weights = [math.exp(each.log_prob) if small else 1 / DRAWN for each in every]
    twice, readings = _twice(g, drawn, said if small else {})
    return Checked(
        g.num_sentences(), len(said) if small else None, _entropy(every) if small and twice else g.entropy(),
        _spread(every, weights), 1 + math.fsum(len(each.words()) * w for each, w in zip(every, weights, strict=True)),
        g.start.longest[g.languages[0]], len(g.terminals()), g.attributes, twice, readings, _unused(source, g),
        tuple(dict.fromkeys(g.show(each.words()) for each in drawn[:4 * SHOWN]))[:SHOWN])


def _twice(g: Grammar, drawn: Sequence[Derivation], said: Mapping[tuple[str, ...], int]) -> tuple[str, int]:
    """A sentence with several derivations, and how many."""
    counts = said or {each.words(): g.parse(each.words()).num_derivations for each in drawn[:200]}
    words, num = max(counts.items(), key=lambda item: item[1])
    return (g.show(words), num) if num > 1 else ("", 1)


def _entropy(every: Sequence[Derivation]) -> float:
    """Of sentences, where several derivations may write the same one."""
    shares: dict[tuple[str, ...], float] = {}
    for each in every:
        shares[each.words()] = shares.get(each.words(), 0.0) + math.exp(each.log_prob)
    return -math.fsum(share * math.log(share) for share in shares.values())


def _spread(every: Sequence[Derivation], weights: Sequence[float]) -> float:
    mean = math.fsum(each.log_prob * w for each, w in zip(every, weights, strict=True))
    return math.fsum((each.log_prob - mean) ** 2 * w for each, w in zip(every, weights, strict=True)) ** 0.5


def _unused(source: Source, g: Grammar) -> tuple[str, ...]:
    reached = {symbol.name.strip("<>").split()[0].split(":")[0] for symbol in g.symbols}
    return tuple(sorted({part.name for part in (*source.rules, *source.tables)} - reached))


def write_start(path: Path | str) -> None:
    """The smallest grammar that shows every kind of line, into a new file."""
    try:
        with open(Path(path).expanduser(), "x", encoding="utf-8") as file:
            file.write(START)
    except OSError as error:
        raise GensqError(f"expected the path of a new file, got {path} ({error.strerror}); choose another name") from None
