"""The parts that several models share, each written once."""
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.distributions import Distribution, Normal
from torch.nn import functional as F

from gensq_lib.ground.errors import GensqError, listed
from gensq_lib.text.batching import Batch, Padded
from gensq_lib.text.large import looked_at
from gensq_lib.text.decoding import State
from gensq_lib.text.pairs import PairBatch
from gensq_lib.text.vocab import Vocab

NEVER = 1e-30  # stands for probability 0: minus infinity times a mask, and its gradient, would be NaN
LOG_VAR_BOUND = 8.0  # sigma between e^-4 and e^4: no early batch can throw exp() to infinity


class Model(nn.Module):
    """A network that knows what it was made with: `config`, its class and its keyword arguments.

    A file of weights carries it, and the cache of trained runs is keyed by it.

    >>> LanguageModel(vocab_size=900, embed_dim=64).config
    {'class': 'LanguageModel', 'vocab_size': 900, 'embed_dim': 64}
    """

    config: dict[str, Any]  # JSON

    def __new__(cls, **options: Any) -> "Model":
        model = super().__new__(cls)
        model.config = {"class": cls.__name__, **options}
        return model


class WordModel(Model):
    """A model of sentences, word by word: `token_log_likelihood(batch)`, with z where it has one, is 0 on padding.

    It is a `Decoder`; unless it says otherwise, through the decoder within.
    """

    def log_likelihood(self, batch: Padded, *z: Float[Tensor, "*sample batch latent"] | None) -> Float[Tensor, "*sample batch"]:
        """log p(x), or log p(x | z) for each sample of z: nats per sentence, <eos> counted."""
        return self.token_log_likelihood(batch, *z).sum(-1)

    def start(self, z: Float[Tensor, "batch latent"] | None, num: int) -> State:
        """The state before the first word of `num` sentences, which carries z."""
        return self.decoder.start(z, num)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """log p(next word | state, tokens), nats, and the state after `tokens`."""
        return self.decoder.step(tokens, state)


class LatentModel(Model):
    """A model p(x | z) p(z) with q(z | x); `encoder_parts` names the layers and parameters of q."""

    latent_dim: int
    encoder_parts = ("encoder", "to_mean", "to_log_var")

    def prior(self, condition: Any = None) -> Distribution:
        """p(z) = N(0, I): one row, which broadcasts over any batch."""
        zeros = next(self.parameters()).new_zeros(1, self.latent_dim)
        return Normal(zeros, torch.ones_like(zeros), validate_args=False)

    def encoder_parameters(self) -> list[nn.Parameter]:
        """Those of q(z | x) alone. What the decoder shares is not among them: moving it would move the decoder.

        (A shared parameter has the name under which it was made first, the decoder's.)
        """
        named = list(self.named_parameters())
        return [parameter for part in self.encoder_parts for name, parameter in named if name.split(".")[0] == part]


def gaussian(mean: Float[Tensor, "*batch latent"], log_var: Float[Tensor, "*batch latent"]) -> Normal:
    """The end of every Gaussian head: the numbers of its two layers as a distribution, the log-variance bounded.

    In fp32 under autocast, too, so that the KL is.
    """
    stddev = (0.5 * LOG_VAR_BOUND * (log_var.float() / LOG_VAR_BOUND).tanh()).exp()
    # Unvalidated: a NaN must reach the loss, where training stops with a sentence that names the step.
    return Normal(mean.float(), stddev, validate_args=False)


def attention(query: Float[Tensor, "batch time hidden"], memory: Float[Tensor, "batch words hidden"],
              mask: Bool[Tensor, "batch words"]
              ) -> tuple[Float[Tensor, "batch time hidden"], Float[Tensor, "batch time words"]]:
    """What each query sees of the real words of a memory, and the weight of each word (Luong et al. 2015, scaled).

    The weights are in fp32.
    """
    scores = torch.einsum("bth,bsh->bts", query, memory) * memory.shape[-1] ** -0.5
    weights = scores.float().masked_fill(~mask[:, None], float("-inf")).softmax(-1)
    return torch.einsum("bts,bsh->bth", weights.to(memory.dtype), memory), weights


def beside_each(embedded: Float[Tensor, "batch time embed"], same: Float[Tensor, "batch _"]) -> Float[Tensor, "batch time _"]:
    """Each word with what stands beside all of them."""
    return torch.cat([embedded, same[:, None].expand(-1, embedded.shape[1], -1)], -1)


def masked_log_likelihood(features: Float[Tensor, "batch time _"], batch: Batch | PairBatch,
                          log_prob_of: Callable[[Tensor, Tensor], Tensor]) -> Float[Tensor, "batch time"]:
    """log p of each target, 0 on padding. Only real tokens meet the output layer, where most of the time goes."""
    mask = batch.mask
    found = log_prob_of(features[mask], batch.targets[mask])
    result = found.new_zeros(mask.shape)
    result[mask] = found
    return result


def for_each_sample(log_likelihood: Callable[[Any, Tensor], Float[Tensor, "_ time"]], batch: Batch | PairBatch,
                    z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "sample batch time"]:
    """`log_likelihood(batch, z)` of a decoder, for several z of each example at once: copies of the batch, one behind another."""
    copies = batch.select(torch.arange(len(batch), device=batch.lengths.device).repeat(len(z)))
    return log_likelihood(copies, z.flatten(0, 1)).unflatten(0, z.shape[:2])


def log_frequencies(encoded: Iterable[Sequence[int]], vocab_size: int) -> Float[Tensor, "vocab"]:
    """The logarithm of the share of each word, <eos> among them, of some sentences. No word is impossible."""
    ids = torch.tensor([i for ids in looked_at(encoded) for i in (*ids, Vocab.EOS)])
    counts = 1.0 + torch.bincount(ids, minlength=vocab_size)
    return (counts / counts.sum()).log()


class BagOfWordsHead(nn.Linear):
    """From z (and what else is known) to the words of the sentence, their order ignored (Zhao et al. 2017)."""

    def __init__(self, input_dim: int, vocab_size: int):
        super().__init__(input_dim, vocab_size)
        self.register_buffer("worth", torch.ones(vocab_size))

    def start_from_frequencies(self, log_frequency: Float[Tensor, "vocab"]) -> None:
        """Start from the frequencies of words, so that z need not learn them.

        Frequent words count less, by sqrt(0.001 / frequency) and at most 1: "the" says nothing about a sentence.
        """
        self.worth.copy_((1e-3 / log_frequency.exp()).sqrt().clamp(max=1.0))
        with torch.no_grad():
            self.bias.copy_(log_frequency)

    def log_likelihood(self, features: Float[Tensor, "batch _"], batch: Batch | PairBatch) -> Float[Tensor, "batch"]:
        """The weighted sum over the words of log p(word | features): a task, not a likelihood of the sentence."""
        log_probs = self(features).float().log_softmax(-1)
        each = log_probs.gather(-1, batch.targets) * self.worth[batch.targets]
        return (each * batch.mask).sum(-1)


class TextDecoder(WordModel):
    """p(x | z), word by word; without z a language model. An architecture says three things:

    `start(z, num)`, the state before the first word; `read(tokens, state)`, features of each position and the state after the
    last; and, where features are not yet what the output layer sees, `shown(features)`. It calls its word embedding `embed` and
    its output layer (an `Output`) `to_vocab`.
    """

    def shown(self, features: Float[Tensor, "*batch _"]) -> Float[Tensor, "*batch embed"]:
        """What the output layer sees."""
        return features

    def logits(self, features: Float[Tensor, "*batch _"]) -> Float[Tensor, "*batch vocab"]:
        """log p of every next word, but for a constant of the row."""
        return self.to_vocab.logits(self.shown(features))

    def log_prob_of(self, features: Float[Tensor, "token _"], targets: Int[Tensor, "token"]) -> Float[Tensor, "token"]:
        """log p of given next words, nats."""
        return self.to_vocab.log_prob_of(self.shown(features), targets)

    def token_log_likelihood(self, batch: Batch, z: Float[Tensor, "batch latent"] | None = None) -> Float[Tensor, "batch time"]:
        """log p(x_t | x_<t, z), 0 on padding. Nothing looks ahead, so padding behind a sentence changes nothing."""
        features, _ = self.read(batch.inputs, self.start(z, len(batch)))
        return masked_log_likelihood(features, batch, self.log_prob_of)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        features, after = self.read(tokens[:, None], state)
        return self.logits(features[:, 0]).log_softmax(-1), after

    def start_from_frequencies(self, encoded: Iterable[Sequence[int]]) -> Float[Tensor, "vocab"]:
        """Let the output layer know how frequent each word is, which training would spend its first steps to find.

        The logarithms of these frequencies, for whoever else is to know them.
        """
        log_frequency = log_frequencies(encoded, self.embed.num_embeddings)
        self.to_vocab.start_from(log_frequency)
        return log_frequency

    def start_from(self, other: "TextDecoder", *, hold: bool = False) -> None:
        """Copy a decoder of the same sizes without z: each parameter into the first columns of its namesake, which may be wider.

        The rest, which reads z, starts at 0, so that at first this one *is* the other: z, still noise, cannot spoil what the
        decoder knows, and has to earn its weights. `hold`: what is copied stays, and only what reads z will learn.
        """
        theirs, ours = dict(other.named_parameters()), dict(self.named_parameters())
        if extra := sorted(set(theirs) - set(ours)):
            raise GensqError(f"expected networks of the same kind and depth, got one with {listed(extra)} to start from; "
                             "make both with the same options")
        with torch.no_grad():
            for name, parameter in ours.items():
                parameter.zero_()
                if name in theirs:
                    width = theirs[name].shape[-1]
                    parameter[..., :width].copy_(theirs[name])
                    if hold:  # where a gradient is always 0, Adam moves nothing
                        parameter.register_hook(lambda gradient, width=width: F.pad(gradient[..., width:], (width, 0)))

    def start_embeddings(self) -> None:
        """Random embeddings so small that, tied to the output layer, they give logits of about 1."""
        for part in self.modules():
            if isinstance(part, nn.Embedding):
                nn.init.normal_(part.weight, std=part.embedding_dim**-0.5)

    def reset_parameters(self) -> None:
        """New random weights, drawn as at the beginning."""
        for part in list(self.modules())[1:]:
            if not isinstance(part, nn.Embedding) and hasattr(part, "reset_parameters"):
                part.reset_parameters()
        self.start_embeddings()

    def latent(self, z: Float[Tensor, "batch latent"] | None, num: int) -> Float[Tensor, "batch latent"]:
        """z, or `num` rows of no numbers where there is none."""
        return self.embed.weight.new_zeros(num, 0) if z is None else z
