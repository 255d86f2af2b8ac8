"""Translators that say one word for each word, at its place: a table of words, and a network that sees the whole sentence.

Both work in two directions and need no pair of sentences: see `training.unpaired`. Languages are 0 and 1; a vocabulary of the
same size on each side, special words first, as `ciphers.unpaired` gives them.
"""
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.models.parts import Model
from gensq_lib.models.recurrent import RecurrentEncoder
from gensq_lib.text.vocab import Vocab

SPECIAL = len(Vocab.SPECIALS)
IMPOSSIBLE = -1e4  # its exp() is 0, and 0 times it is 0, as minus infinity's is not


class TwoTables(Model):
    """q(y | x) and p(x | y), word by word: a table for each direction, each the other's way back. Taught in lesson 17."""

    def __init__(self, *, vocab_size: int, noise: float = 0.01):
        super().__init__()
        words = vocab_size - SPECIAL
        self.scores = nn.ParameterList([nn.Parameter(noise * torch.randn(words, words)) for _ in range(2)])

    def log_tables(self) -> list[Float[Tensor, "vocab vocab"]]:
        """log p(word of the other language | word), from language 0 and from language 1; special words stand for themselves."""
        return [self._whole(scores.log_softmax(-1)) for scores in self.scores]

    def _whole(self, of_words: Float[Tensor, "words words"]) -> Float[Tensor, "vocab vocab"]:
        size = len(of_words) + SPECIAL
        whole = of_words.new_full((size, size), IMPOSSIBLE).fill_diagonal_(0.0)
        return torch.cat([whole[:SPECIAL], torch.cat([whole[SPECIAL:, :SPECIAL], of_words], 1)])

    def start_from(self, likeness: Float[Tensor, "vocab vocab"]) -> None:
        """Scores of word pairs, row language 0, for both tables; a little noise stays."""
        with torch.no_grad():
            self.scores[0].add_(likeness[SPECIAL:, SPECIAL:])
            self.scores[1].add_(likeness[SPECIAL:, SPECIAL:].T)

    def key(self) -> Int[Tensor, "vocab"]:
        """The likeliest word of language 1 for each word of language 0."""
        return self.log_tables()[0].argmax(-1)


class Transducer(Model):
    """Reads a sentence of either language and says a word at each place, in either language (in the manner of Lample et al.
    2018): one network between two lists of word vectors, which also say the words (tied). Taught in lesson 17."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 32, hidden_dim: int = 64):
        super().__init__()
        self.vocab_size = vocab_size
        self.embed = nn.Embedding(2 * vocab_size, embed_dim)
        nn.init.normal_(self.embed.weight, std=embed_dim**-0.5)
        self.encoder = RecurrentEncoder(embed=self.embed, hidden_dim=hidden_dim, cell="gru")
        self.to_embed = nn.Linear(hidden_dim + embed_dim, embed_dim)
        self.bias = nn.Parameter(torch.zeros(2, vocab_size))

    def read(self, x: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"], language: int
             ) -> Float[Tensor, "batch time embed"]:
        """What is known at each place, in no language: `say` turns it into words, and an adversary may look at it."""
        shifted = x + language * self.vocab_size
        return self.to_embed(torch.cat([self.encoder.read(shifted, lengths), self.embed(shifted)], -1))

    def say(self, known: Float[Tensor, "batch time embed"], language: int) -> Float[Tensor, "batch time vocab"]:
        """log p(word | place), of words only: no special one is ever said."""
        vectors = self.embed.weight[language * self.vocab_size : (language + 1) * self.vocab_size]
        scores = known @ vectors.T + self.bias[language]
        special = torch.arange(self.vocab_size) < SPECIAL
        return scores.masked_fill(special, IMPOSSIBLE).log_softmax(-1)

    def log_translations(self, x: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"], *, source: int, target: int
                         ) -> Float[Tensor, "batch time vocab"]:
        """log q(y at each place | x)."""
        return self.say(self.read(x, lengths, source), target)

    def translate(self, x: Int[Tensor, "batch time"], lengths: Int[Tensor, "batch"], *, source: int, target: int
                  ) -> Int[Tensor, "batch time"]:
        """The likeliest word at each place; nothing is learnt from it. Padding stays padding."""
        with torch.no_grad():
            said = self.log_translations(x, lengths, source=source, target=target).argmax(-1)
        return said.masked_fill(torch.arange(x.shape[1]) >= lengths[:, None], Vocab.PAD)
