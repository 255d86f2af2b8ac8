"""Summaries without a single summary that belongs to its document (Miao & Blunsom 2016): a bound on log p(document).

    log p(x) >= E_{q(c|x)}[log p(x|c) + log p(c) - log q(c|x)],

c a compression: words of x, in its order. q points at one word after the other (Plackett-Luce), p(x|c) is a sequence model
that writes the document from the compression, p(c) a language model of headlines; which headline belongs to which document is
not used. There is no gradient through a choice of words: it is estimated by REINFORCE, with another draw for the same document
as baseline. q draws words in an order, c forgets it: so log k! is subtracted, the entropy that an order can have at most.
"""
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_course.studies.answering import LEARNT_AT_ONCE, Bench
from gensq_course.studies.extracts import best_words, by_chance, is_word
from gensq_course.talk.replies import train_seq2seq
from gensq_lib.ground import runtime
from gensq_lib.maths.adversarial.policy import group_baseline
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.ngram import NGram
from gensq_lib.models.recurrent import RecurrentEncoder
from gensq_lib.models.seq2seq import Seq2Seq, embedding
from gensq_lib.text.batching import collate
from gensq_lib.text.pairs import Pair, Prompts, collate_pairs, collate_prompts
from gensq_lib.text.vocab import Sentence
from gensq_lib.training.loop import fit
from gensq_lib.training.steps import make_optimizer, update

LENGTHS = (3, 12)  # words of a compression, as headlines have them
DRAWS, REPORTS, RATE = 2, 24, 5e-3  # compressions of a document; documents in a step; Adam's rate


class Compressor(nn.Module):
    """q(c | x): a score for each word of a document; words are drawn by it one after the other, without replacement."""

    def __init__(self, *, vocab_size: int, words: Sequence[bool], embed_dim: int = 32, hidden_dim: int = 64):
        super().__init__()
        self.encoder = RecurrentEncoder(embed=embedding(vocab_size, embed_dim), hidden_dim=hidden_dim, cell="gru")
        self.to_score = nn.Linear(hidden_dim, 1)
        self.register_buffer("words", torch.tensor(words))  # what is no word is never chosen

    def scores(self, prompts: Prompts) -> Float[Tensor, "batch time"]:
        """Of each word; minus infinity for points and padding."""
        found = self.to_score(self.encoder.read(prompts.tokens, prompts.lengths)).squeeze(-1)
        return found.masked_fill(~(self.words[prompts.tokens] & prompts.mask), -torch.inf)


def drawn(scores: Float[Tensor, "batch time"], lengths: Int[Tensor, "batch"], *, generator: torch.Generator
          ) -> tuple[Int[Tensor, "batch most"], Float[Tensor, "batch"]]:
    """Places drawn without replacement (Gumbel, top of it), -1 behind the last; and log q of drawing them in this order, nats."""
    noise = -torch.rand(scores.shape, generator=generator).clamp(1e-9, 1 - 1e-7).log().neg().log()
    order = (scores + noise).argsort(dim=-1, descending=True)
    ranked = scores.gather(-1, order)
    left = ranked.flip(-1).logcumsumexp(-1).flip(-1)  # log of the sum over what is not drawn yet
    chosen = torch.arange(scores.shape[1]) < lengths[:, None]
    log_q = torch.where(chosen, ranked - left, 0.0).sum(-1)
    return order.masked_fill(~chosen, -1)[:, : int(lengths.max())], log_q


def compressions(prompts: Prompts, places: Int[Tensor, "batch most"]) -> list[list[int]]:
    """The words at these places, in the order of the document."""
    return [[row[i] for i in sorted(at for at in chosen if at >= 0)]
            for row, chosen in zip(prompts.tokens.tolist(), places.tolist(), strict=True)]


def reconstructor(bench: Bench, *, steps: int) -> Seq2Seq:
    """p(x | c): writes a document from random words of it, of all lengths that will be asked for."""
    noise = runtime.generator(bench.seed, "compressions")
    train, valid = ([to_document(pair, bench, noise) for pair in pairs]
                    for pairs in (bench.text.train, bench.text.valid[:200]))
    torch.manual_seed(bench.seed)
    model = Seq2Seq(vocab_size=len(bench.text.source_vocab), embed_dim=32, hidden_dim=64)
    train_seq2seq(model, train, valid, steps=steps, batch_size=LEARNT_AT_ONCE, seed=bench.seed, learning_rate=5e-3,
                  key={"corpus": bench.text.fingerprint, "from": "random words"})
    return model.eval()


def to_document(pair: Pair, bench: Bench, noise: torch.Generator) -> tuple:
    """Random words of a document, and the document."""
    length = int(torch.randint(*LENGTHS, (), generator=noise))
    encode = bench.text.source_vocab.encode
    return encode(best_words(by_chance(noise)(pair), pair.source, length)), encode(pair.source), ()


def prior_of(bench: Bench) -> NGram:
    """p(c) by counts over training headlines; which report each belongs to is not used."""
    vocab = bench.text.target_vocab
    heads = [[i for i, word in zip(vocab.encode(pair.target), pair.target) if is_word(word)] for pair in bench.text.train]
    return NGram(order=3, vocab_size=len(vocab)).fit(heads)


def trained_compressor(bench: Bench, back: Seq2Seq, *, steps: int, prior_weight: float) -> Compressor:
    """Maximise the bound over q alone; with `prior_weight` 1 it is the bound, with 0 nothing asks c to read like a headline."""
    torch.manual_seed(bench.seed)
    vocab, prior = bench.text.source_vocab, prior_of(bench)
    model = Compressor(vocab_size=len(vocab), words=[is_word(word) for word in vocab.words])
    optimizer, documents = make_optimizer(model, learning_rate=RATE), [vocab.encode(pair.source) for pair in bench.text.train]

    def step(next_batch, i: int) -> dict[str, float]:
        noise = runtime.generator(bench.seed, "compressor", i)
        picked = torch.randint(len(documents), (REPORTS,), generator=noise).tolist()
        prompts = collate_prompts([documents[j] for j in picked], [()] * REPORTS).repeated(DRAWS)
        lengths = torch.randint(*LENGTHS, (REPORTS,), generator=noise).repeat_interleave(DRAWS)
        places, log_q = drawn(model.scores(prompts), lengths, generator=noise)
        chosen = compressions(prompts, places)
        with torch.no_grad():
            batch = collate_pairs([(c, row[:length], ()) for c, row, length in
                                   zip(chosen, prompts.tokens.tolist(), prompts.lengths.tolist())])
            bound = (back.log_likelihood(batch) + prior_weight * prior.log_likelihood(collate(chosen)) - log_q
                     - torch.lgamma(lengths + 1.0))
        gain = bound - group_baseline(bound, group=DRAWS)
        return {"bound": bound.mean().item(), "gradient_norm": update(-(gain * log_q).mean(), optimizer, clip=1.0)}

    fit(step, lambda i: None, model=model, optimizer=optimizer, steps=steps, seed=bench.seed, show="bound", name="compressor")
    return model.eval()


def compressed(model: Compressor, pairs: Sequence[Pair], lengths: Sequence[int], bench: Bench) -> list[Sentence]:
    """The words with the highest scores, as many as asked for."""
    ids = [bench.text.source_vocab.encode(pair.source) for pair in pairs]
    with evaluating(model):
        scores = model.scores(collate_prompts(ids, [()] * len(ids))).tolist()
    return [best_words(row, pair.source, length) for row, pair, length in zip(scores, pairs, lengths, strict=True)]
