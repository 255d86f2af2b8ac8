"""The last layer of a decoder: from features to log p(word). With a large vocabulary most of the time goes here.

All three kinds give every word its probability (`logits`, up to a constant of the row) and have a faster way to that of given
words (`log_prob_of`), which training needs. A full softmax multiplies with every word; an adaptive one does so for frequent
words only; a sampled one, in training, for the target and some words at random.
"""
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from gensq_lib.ground.errors import GensqError, chosen, expect
from gensq_lib.text.vocab import Vocab

AT_ONCE = 2**26  # logits that are in memory together: a quarter of a gigabyte in fp32, and as much again for gradients
HEAD, MIDDLE = 20, 4  # one word of so many is in the head of an adaptive softmax; one of so many in head or first tail
SHRINK = 4.0  # by so much each tail is narrower than the one before
SMALLEST = 2_000  # words: below it an adaptive softmax saves nothing
NUM_SAMPLED = 1_024  # words that a sampled softmax draws for a batch


@runtime_checkable
class Output(Protocol):
    """What every last layer can do."""

    def logits(self, features: Float[Tensor, "*batch embed"]) -> Float[Tensor, "*batch vocab"]:
        """log p of every word but for a constant of the row, fp32."""

    def log_prob_of(self, features: Float[Tensor, "token embed"], targets: Int[Tensor, "token"]) -> Float[Tensor, "token"]:
        """log p of each target, nats, fp32."""

    def start_from(self, log_frequency: Float[Tensor, "vocab"]) -> None:
        """Begin where every word is as likely as in the corpus."""


class FullSoftmax(nn.Linear):
    """log p(word) = w · x + b less the logarithm of the sum over all words. Taught in lesson 05."""

    def logits(self, features: Float[Tensor, "*batch embed"]) -> Float[Tensor, "*batch vocab"]:
        """In fp32 under autocast, too: probabilities from a log-softmax in bf16 do not add up to one."""
        return self(features).float()

    def log_prob_of(self, features: Float[Tensor, "token embed"], targets: Int[Tensor, "token"]) -> Float[Tensor, "token"]:
        """Of many tokens some after others: logits of all of them are never in memory, and are computed again for gradients."""
        size = max(AT_ONCE // self.out_features, 1)
        if len(targets) <= size:
            return self._log_prob_of(features, targets)
        return torch.cat([checkpoint(self._log_prob_of, some, words, use_reentrant=False)
                          for some, words in zip(features.split(size), targets.split(size), strict=True)])

    def _log_prob_of(self, features, targets):
        return -F.cross_entropy(self.logits(features), targets, reduction="none")

    def start_from(self, log_frequency: Float[Tensor, "vocab"]) -> None:
        """By the bias."""
        with torch.no_grad():
            self.bias.copy_(log_frequency)


class AdaptiveSoftmax(nn.AdaptiveLogSoftmaxWithLoss):
    """Frequent words in a head; the rest in two tails, chosen as a whole first, of fewer numbers a word (Grave et al. 2017).

    Words must be numbered by falling frequency, as `Vocab.from_sentences` does. It is another model than a full softmax: rare
    words are told apart by fewer numbers, and no row of it is an embedding, so it cannot be tied to one.
    """

    def __init__(self, embed_dim: int, vocab_size: int):
        if vocab_size < SMALLEST:
            raise GensqError(f"expected a vocabulary of at least {SMALLEST:,} words for an adaptive softmax, got {vocab_size:,}; "
                             'take output="full"')
        least = int(SHRINK**2)  # the last tail is so many times narrower
        expect(embed_dim >= least, f"expected an embed_dim of at least {least} for an adaptive softmax, got {embed_dim}; take a "
               'wider one, or output="full"')
        super().__init__(embed_dim, vocab_size, [vocab_size // HEAD, vocab_size // MIDDLE], div_value=SHRINK, head_bias=True)

    def logits(self, features: Float[Tensor, "*batch embed"]) -> Float[Tensor, "*batch vocab"]:
        """log p itself; the constant is 0."""
        with torch.autocast(features.device.type, enabled=False):
            return self.log_prob(features.float().flatten(0, -2)).unflatten(0, features.shape[:-1])

    def log_prob_of(self, features: Float[Tensor, "token embed"], targets: Int[Tensor, "token"]) -> Float[Tensor, "token"]:
        """Only the tails that targets are in are computed. In fp32: torch keeps a sum in the type of the features."""
        with torch.autocast(features.device.type, enabled=False):
            return self(features.float(), targets).output

    def start_from(self, log_frequency: Float[Tensor, "vocab"]) -> None:
        """By the bias of the head: its words, and each tail as a whole."""
        first, *rest = self.cutoffs
        known = log_frequency[len(Vocab.SPECIALS):]
        best = known.sort(descending=True).values[:first].exp().sum()
        expect(known[:first].exp().sum() > best / 2, "expected words numbered by falling frequency for an adaptive softmax, got "
               'frequent ones far behind; make the vocabulary with Vocab.from_sentences, or take output="full"')
        tails = [log_frequency[low:high].logsumexp(0) for low, high in zip(self.cutoffs, rest, strict=False)]
        with torch.no_grad():
            self.head.bias.copy_(torch.stack([*log_frequency[:first], *tails]))


class SampledSoftmax(FullSoftmax):
    """In training the sum over all words is estimated from some, drawn by frequency, the same for a whole batch.

    A word that is drawn often counts less by as much (Bengio & Senécal 2008; Jean et al. 2015). What training shows is then an
    estimate, and no log-likelihood; in evaluation every word is there.
    """

    def __init__(self, embed_dim: int, vocab_size: int, num_sampled: int = NUM_SAMPLED):
        super().__init__(embed_dim, vocab_size)
        self.num_sampled = num_sampled
        self.register_buffer("frequency", torch.full((vocab_size,), 1 / vocab_size))

    def log_prob_of(self, features: Float[Tensor, "token embed"], targets: Int[Tensor, "token"]) -> Float[Tensor, "token"]:
        """Of the target among itself and the words drawn; a word drawn that is the target does not count twice."""
        if not self.training:
            return super().log_prob_of(features, targets)
        drawn = torch.multinomial(self.frequency, self.num_sampled, replacement=True)
        weight, bias = (part[torch.cat([targets, drawn])] for part in (self.weight, self.bias))
        own, others = len(targets), features @ weight[len(targets):].T
        mine = ((features * weight[:own]).sum(-1) + bias[:own]).float()
        corrected = others.float() + bias[own:] - (self.num_sampled * self.frequency[drawn]).log()
        corrected = corrected.masked_fill(targets[:, None] == drawn, float("-inf"))
        return mine - torch.cat([mine[:, None], corrected], -1).logsumexp(-1)

    def start_from(self, log_frequency: Float[Tensor, "vocab"]) -> None:
        """The bias, and how often words are drawn."""
        super().start_from(log_frequency)
        self.frequency.copy_(log_frequency.exp())


OUTPUTS = {"full": FullSoftmax, "adaptive": AdaptiveSoftmax, "sampled": SampledSoftmax}


def output_layer(name: str, embed: nn.Embedding, *, tie: bool) -> Output:
    """A last layer by its name, over the words of an embedding; tied, each word has one vector for both (Press & Wolf 2017)."""
    layer = chosen("an output", name, OUTPUTS)(embed.embedding_dim, embed.num_embeddings)
    if tie and isinstance(layer, AdaptiveSoftmax):
        raise GensqError("expected an adaptive softmax with an embedding of its own, got tie=True; set tie=False, or take "
                         'output="full" or "sampled"')
    if tie:
        layer.weight = embed.weight
    return layer
