"""The field's metric of summaries, ROUGE (Lin 2004), with all that must be said for it to be repeated.

It counts what a summary shares with one that a person wrote: words (1), pairs of neighbours (2), the longest common
subsequence (L; in a text of several lines their union, `rougeLsum`). The scores are those of Google's rouge-score.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gensq_lib.ground.errors import GensqError, border, expect

Texts = Sequence[str]
KINDS = {"ROUGE-1": "rouge1", "ROUGE-2": "rouge2", "ROUGE-L": "rougeLsum"}
ROUNDING = 1e-9


@dataclass(frozen=True)
class Rouge:
    """F1 of each summary, 0 to 100. Several sentences stand on lines of their own; `stem` makes "opened" and "opens" one word.

    The usual tokeniser keeps a-z and 0-9 and nothing else: of Chinese it leaves nothing, so `language="zh"` takes characters.
    Taught in lesson 12.

    >>> rouge = Rouge()
    >>> rouge.means(said, references), rouge.signature
    """

    language: str = ""
    stem: bool = False

    @property
    def signature(self) -> str:
        """How it is computed."""
        import rouge_score_rs

        tokens = "characters" if self.language == "zh" else "[a-z0-9]+"
        return (f"rouge-score-rs {rouge_score_rs.__version__}; tokens: {tokens}; stemming: {'on' if self.stem else 'off'}; "
                "F1; ROUGE-L is rougeLsum; of several references the one with the best ROUGE-1")

    def each(self, said: Texts, references: Sequence[Texts]) -> dict[str, list[float]]:
        """A list for each kind. `references` has for each summary what people wrote: one text, or several."""
        right = len(said) == len(references) > 0 and not any(isinstance(texts, str) or not texts for texts in references)
        expect(right, f"expected for each of the {len(said)} summaries a list of one reference or more, got {len(references)} "
               "entries; write [[reference], ...], in the order of the summaries")
        score = self._scorer().score
        best = [max((score(reference, text) for reference in texts), key=lambda found: found["rouge1"].fmeasure)
                for text, texts in zip(said, references, strict=True)]
        return checked({name: [100 * found[kind].fmeasure for found in best] for name, kind in KINDS.items()})

    def means(self, said: Texts, references: Sequence[Texts]) -> dict[str, float]:
        """Of all summaries."""
        return {name: sum(scores) / len(scores) for name, scores in self.each(said, references).items()}

    def _scorer(self):
        from rouge_score_rs import rouge_scorer, tokenizers

        tokenizer = tokenizers.CharacterTokenizer() if self.language == "zh" else None
        return rouge_scorer.RougeScorer(list(KINDS.values()), use_stemmer=self.stem, tokenizer=tokenizer)


def checked(scores: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """The same scores; refused where ROUGE-L is above ROUGE-1: a common subsequence has no more words than are shared.

    Taught in lesson 12.
    """
    for one, longest in zip(scores["ROUGE-1"], scores["ROUGE-L"], strict=True):
        if longest > one + ROUNDING:
            raise GensqError(f"expected ROUGE-L of at most ROUGE-1, got {longest:.1f} and {one:.1f} for one summary; they were "
                             "computed with different tokens, or from different texts")
    return dict(scores)


border(globals())
