"""One text in three units: what counts of neighbours pay for its test sentences, in words, in pieces of words, in characters.

A sentence in words costs what its words cost and, for each word that is not in the vocabulary, what its letters cost: else
the unit with the most unknown words would win. Then all units pay for the same thing, the string.
"""
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.diagnostics.juries import log_p
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.ngram import NGram
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.subwords import Subwords
from gensq_lib.text.vocab import Sentence, Vocab

NEW_CHARACTER = math.log(0x110000)  # nats of one that training never had: any of Unicode's code points
ORDERS = (2, 3, 4, 6, 8)  # of neighbours that are counted; validation chooses
FEW = 50  # words: fewer choose nothing
PARTS = (1, 3, 10)  # of the merges: all, a third, a tenth; validation chooses


@dataclass(frozen=True)
class Unit:
    """What a text costs in one unit. `each` has the letters of unknown words in it, `spelling` is how much of it that is."""

    name: str
    vocabulary: int
    tokens: float  # per sentence, the end counted
    per_token: float  # nats of the model alone: what is printed as a rule
    unknown: float  # share of test tokens
    spelling: float  # nats per sentence
    each: Float[Tensor, "sentence"]  # nats of each test sentence, the string as a whole
    order: int  # of the counts
    on_valid: float = 0.0  # nats of a validation sentence, without letters: by it merges are chosen

    @property
    def nats(self) -> Estimate:
        """Per sentence."""
        return estimate(self.each)


def best_ngram(train: Sequence[list[int]], valid: Sequence[list[int]], vocab_size: int) -> NGram:
    """Of several orders the one that validation likes best."""
    tried = [NGram(order=order, vocab_size=vocab_size).fit(train) for order in ORDERS]
    return max(tried, key=lambda model: log_p(model, valid).mean().item())


def spellers(text: Corpus) -> "Speller":
    """Letters of the words that training has once, the nearest thing to words that it has never: of all where these are few."""
    rare, heard = ([word for sentence in part for word in text.vocab.unknown(sentence)] for part in (text.train, text.valid))
    return Speller.of(rare if len(rare) >= FEW else sorted({word for sentence in text.train for word in sentence}), heard)


@dataclass(frozen=True)
class Speller:
    """What the letters of a word cost that no vocabulary has."""

    vocab: Vocab
    model: NGram

    @classmethod
    def of(cls, words: Sequence[str], heard: Sequence[str] = ()) -> "Speller":
        """From these words, of the order that the words that are heard like best; of three letters where they are few."""
        cut = [[Subwords().cut(word) for word in part] for part in (words, heard)]
        vocab = Vocab.from_sentences(cut[0])
        ids = [list(map(vocab.encode, part)) for part in cut]
        few = len(heard) < FEW
        return cls(vocab, NGram(order=3, vocab_size=len(vocab)).fit(ids[0]) if few else best_ngram(*ids, len(vocab)))

    def nats(self, words: Sequence[str]) -> float:
        """Of these words together."""
        cut = [Subwords().cut(word) for word in words]
        known = -log_p(self.model, list(map(self.vocab.encode, cut))).sum().item() if cut else 0.0
        return known + NEW_CHARACTER * sum(len(self.vocab.unknown(each)) for each in cut)


def in_units(text: Corpus, merges: int) -> list[Unit]:
    """Words, pieces after so many merges or fewer, as validation likes best, and characters."""
    learnt = Subwords.learnt(text.train, merges)
    tried = [in_pieces(text, "subwords", Subwords(learnt.merges[: merges // part])) for part in PARTS]
    return [in_words(text), min(tried, key=lambda unit: unit.on_valid), in_pieces(text, "characters", Subwords())]


def in_words(text: Corpus) -> Unit:
    """As the lessons read it: rare words are one, `<unk>`; their letters are paid for here."""
    speller = spellers(text)
    letters = torch.tensor([speller.nats(text.vocab.unknown(sentence)) for sentence in text.test])
    return _unit("words", [text.train, text.valid, text.test], text.vocab, letters)


def in_pieces(text: Corpus, name: str, cut: Subwords) -> Unit:
    """By pieces; what training never had of them is a new character."""
    parts = [list(map(cut.pieces, part)) for part in (text.train, text.valid, text.test)]
    vocab = Vocab.from_sentences(parts[0])
    return _unit(name, parts, vocab, torch.tensor([NEW_CHARACTER * len(vocab.unknown(sentence)) for sentence in parts[2]]))


def _unit(name: str, parts: list[list[Sentence]], vocab: Vocab, letters: Float[Tensor, "sentence"]) -> Unit:
    train, valid, test = ([vocab.encode(sentence) for sentence in part] for part in parts)
    model = best_ngram(train, valid, len(vocab))
    nats, tokens = -log_p(model, test), sum(len(ids) + 1 for ids in test)
    unknown = sum(len(vocab.unknown(sentence)) for sentence in parts[2]) / sum(map(len, parts[2]))
    return Unit(name, len(vocab), tokens / len(test), nats.sum().item() / tokens, unknown, letters.mean().item(),
                nats + letters, model.order, -log_p(model, valid).mean().item())
