"""The field's usual metrics, of samples; lesson 15 tries them. Hold each beside that of as many fresh real sentences."""
from collections.abc import Iterable, Sequence

import numpy as np
import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import Score, evaluate
from gensq_lib.models.ngram import NGram
from gensq_lib.text.batching import in_order
from gensq_lib.text.vocab import Sentence


def ngrams(sentence: Sentence, n: int) -> Iterable[Sentence]:
    """All n words that stand side by side; none where the sentence is shorter."""
    return zip(*(sentence[i:] for i in range(n)))


def bleu(samples: Sequence[Sentence], references: Sequence[Sentence], *, order: int = 4) -> float:
    """0 to 100: how much of each sample's n-grams, up to `order`, stands in *any* reference; the mean over the samples.

    By sacrebleu (Papineni et al. 2002; Post 2018). References that no sample resembles cost nothing; more references raise it.
    """
    from sacrebleu.metrics import BLEU

    needed(samples, references)
    score = BLEU(tokenize="none", effective_order=True, max_ngram_order=order, references=[[" ".join(r)] for r in references])
    return sum(score.corpus_score([" ".join(sample)], None).score for sample in samples) / len(samples)


def self_bleu(samples: Sequence[Sentence], *, order: int = 4) -> float:
    """BLEU of one half of the samples against the other, 100 for a sentence that is said again and again.

    Zhu et al. (2018) hold each sample against all others. Halves cost one pass; no sample is its own reference either.
    """
    return bleu(samples[: len(samples) // 2], samples[len(samples) // 2 :], order=order)


def distinct(samples: Sequence[Sentence], *, n: int = 2) -> float:
    """Different n-grams per word (Li et al. 2016). Compare sets of one size: it falls as more is said, of a perfect model, too.

    Taught in lesson 15.
    """
    needed(samples)
    return len({gram for sample in samples for gram in ngrams(sample, n)}) / max(sum(map(len, samples)), 1)


def perplexity_after(read: Sequence[Sequence[int]], scored: Sequence[Sequence[int]], *, vocab_size: int, order: int = 4) -> float:
    """Per token of an n-gram model. *Forward* it has read real text and scores samples; *reverse* the other way round."""
    needed(read, scored)
    model = NGram(order=order, vocab_size=vocab_size).fit(read)
    lengths = torch.tensor([len(ids) + 1 for ids in scored])
    return Score(evaluate(model, model.log_likelihood, in_order(scored)), lengths).perplexity


def divergence_frontier(p: np.ndarray, q: np.ndarray, *, scale: float = 5.0, points: int = 1_001) -> float:
    """The area under the curve (exp(-scale * KL(q ‖ r)), exp(-scale * KL(p ‖ r))) over all mixtures r of p and q.

    1 where the two agree, near 0 where they have nothing in common (Pillutla et al. 2021, whose scale is 5).
    """
    from scipy.special import rel_entr

    share = (1 - np.cos(np.linspace(0, np.pi, points)))[:, None] / 2  # of q in r: dense at the ends, where the curve turns
    x, y = (np.exp(-scale * rel_entr(one, share * q + (1 - share) * p).sum(1)) for one in (q, p))
    return float(np.trapezoid([1.0, *y], [0.0, *x]))


def frontier_score(real: Sequence[Sentence], fake: Sequence[Sentence], *, seed: int, features: int = 30) -> float:
    """`divergence_frontier` of histograms over cells of like sentences: MAUVE (Pillutla et al. 2021) with other features.

    A sentence is its counts of words and pairs of words, pressed to `features` numbers; k-means makes a cell for every 20.
    The paper reads its features off a large language model, which knows more than pairs.
    """
    from sklearn import cluster, decomposition, feature_extraction as extraction

    needed(real, fake)
    counts = extraction.text.CountVectorizer(analyzer=lambda s: [*ngrams(s, 1), *ngrams(s, 2)]).fit_transform([*real, *fake])
    if min(counts.shape) > features:
        counts = decomposition.TruncatedSVD(features, random_state=seed).fit_transform(counts.astype(float))
    num = max(2, min(counts.shape[0] // 20, len({*real, *fake})))
    cells = cluster.KMeans(num, n_init=1, random_state=seed).fit_predict(counts)
    return divergence_frontier(*(np.bincount(own, minlength=max(cells) + 1) / len(own) for own in np.split(cells, [len(real)])))


def needed(*sets: Sequence) -> None:
    """A mean of nothing is refused in a sentence."""
    if not all(map(len, sets)):
        raise GensqError("expected at least one sentence on either side, with enough words, got none; draw more")
