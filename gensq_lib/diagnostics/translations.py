"""The field's metrics of translations by sacrebleu (Post 2018), each with the signature that says how it was computed.

BLEU counts shared n-grams of words, chrF (Popović 2015) those of characters. What a word is depends on the language: the `zh`
tokeniser parts Chinese characters, and without it a Chinese sentence is one word that is right or wrong as a whole.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

from gensq_lib.ground.errors import border, expect

Texts = Sequence[str]
BOOTSTRAP = 1_000  # resamples of the paired test, sacrebleu's own number


class Compared(NamedTuple):
    """A score, and how likely such a difference from the baseline is by the luck of the test set (None: the baseline itself)."""

    score: float
    p_value: float | None


@dataclass(frozen=True)
class Metrics:
    """BLEU and chrF of one target language, "zh", "en" ...; texts are as people write them. Taught in lesson 11.

    >>> metrics = Metrics("zh")
    >>> metrics.scores(said, references), metrics.signatures(references)
    """

    language: str = ""

    def _made(self, references: Sequence[Texts] | None = None) -> dict[str, Any]:
        from sacrebleu.metrics import BLEU, CHRF

        streams = _streams(references) if references else None
        tokenize = "zh" if self.language == "zh" else "13a"
        return {"BLEU": BLEU(tokenize=tokenize, references=streams), "chrF": CHRF(references=streams)}

    def scores(self, said: Texts, references: Sequence[Texts]) -> dict[str, float]:
        """0 to 100, of the whole corpus. `references` has for each sentence the right answers: one, or several."""
        _check(said, references)
        return {name: metric.corpus_score(list(said), None).score for name, metric in self._made(references).items()}

    def signatures(self, references: Sequence[Texts]) -> dict[str, str]:
        """How each was computed, with the number of references ("var": it varies)."""
        made = self._made(references)
        for metric in made.values():
            metric.corpus_score([texts[0] for texts in references], None)
        return {name: str(metric.get_signature()) for name, metric in made.items()}

    def compared(self, systems: Mapping[str, Texts], references: Sequence[Texts]) -> dict[str, dict[str, Compared]]:
        """Score of each system, and of all but the first, the baseline, the p-value of a paired bootstrap (Koehn 2004).

        Sentences are drawn with replacement, the same ones for both: how often is such a difference, centred on 0, larger than
        the one seen? (sacrebleu 2.6 gives two equal systems p = .001, because what is seen is 0; here it is 1.)
        """
        from sacrebleu.significance import PairedTest

        for said in systems.values():
            _check(said, references)
        named = [(name, list(said)) for name, said in systems.items()]
        streams = _streams(references)
        _, found = PairedTest(named, self._made(), streams, test_type="bs", n_samples=BOOTSTRAP)()
        rows = {metric: results for metric, results in found.items() if metric != "System"}
        alike = [i > 0 and said == named[0][1] for i, (_, said) in enumerate(named)]
        return {name: {metric.rstrip("2"): Compared(results[i].score, 1.0 if alike[i] else results[i].p_value)
                       for metric, results in rows.items()} for i, name in enumerate(systems)}


def _streams(references: Sequence[Texts]) -> list[list[str | None]]:
    """As sacrebleu wants them: the first reference of every sentence, then the second ones; None where there is none."""
    return [list(stream) for stream in zip_longest(*references)]


def _check(said: Texts, references: Sequence[Texts]) -> None:
    right = len(said) == len(references) > 0 and not any(isinstance(texts, str) or not texts for texts in references)
    expect(right, f"expected for each of the {len(said)} translations a list of one reference or more, got {len(references)} "
           "entries; write [[reference], ...], in the order of the translations")


border(globals())
