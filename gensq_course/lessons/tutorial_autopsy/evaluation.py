"""Experiments on evaluation: numbers that look good for another reason than the model."""
import math

import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

from gensq_course.lessons.tutorial_autopsy.experiments import Found
from gensq_lib.diagnostics import mutual_information, usual
from gensq_lib.text import corpora
from gensq_lib.text.vocab import Vocab


def noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def unknown_words(kept: int = 60, num: int = 2000) -> Found:
    """Nats per sentence that counts of single words gain on the same 200 village sentences when all but `kept` become <unk>.

    Repaired: whoever says <unk> pays for which of the rare words it is, too, the logarithm of their number.
    """
    village = corpora.load("village", num_train=num)
    few, test = Vocab.from_sentences(village.train, max_size=kept), village.test[:200]
    spelt = math.log(len(village.vocab) - len(few))

    def nll(vocab: Vocab, price: float = 0.0) -> float:
        counts = torch.bincount(torch.tensor([i for s in village.train for i in [*vocab.encode(s), Vocab.EOS]]),
                                minlength=len(vocab)).double() + 0.01
        ids = torch.tensor([i for s in test for i in [*vocab.encode(s), Vocab.EOS]])
        return (price * (ids == Vocab.UNK) - (counts / counts.sum()).log()[ids]).sum().item()
    return Found(*((nll(village.vocab) - nll(few, price)) / len(test) for price in (0.0, spelt)))


def reconstruction_as_nll(width: float = 0.1, x: float = 0.8) -> Found:
    """By how much the reported log p(x) exceeds the true one, nats, for z ~ N(0, 1), x ~ N(z, width²) and the exact posterior."""
    variance = width**2 / (1 + width**2)
    q, given = Normal(x / (1 + width**2), variance**0.5), torch.tensor(x)
    told = Normal(q.mean, width).log_prob(given) - variance / (2 * width**2)
    true = Normal(0.0, (1 + width**2) ** 0.5).log_prob(given)
    return Found((told - true).item(), (told - kl_divergence(q, Normal(0.0, 1.0)) - true).item())


def mean_of_perplexities() -> Found:
    """Reported perplexity less that of the corpus, exp of the mean over its single words, for three batches of one corpus."""
    batches = [torch.linspace(0.5 * rate, 1.5 * rate, size).double() for rate, size in ((1.0, 30), (3.5, 200), (2.0, 30))]
    nats, words = torch.stack([each.sum() for each in batches]), torch.tensor([len(each) for each in batches])
    right = torch.cat(batches).mean().exp()
    averaged, pooled = (nats / words).exp().mean(), (nats.sum() / words.sum()).exp()
    return Found((averaged - right).abs().item(), (pooled - right).abs().item())


def dropout_left_on(rate: float = 0.5) -> Found:
    """Difference of two evaluations of the same model on the same sentence, nats."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model, x = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Dropout(rate), nn.Linear(32, 50)), torch.ones(1, 8)
        def twice():
            return ([-model(x).log_softmax(-1)[0, 3].item() for _ in range(2)])
        left_on, off = twice(), (model.eval(), twice())[1]
    return Found(abs(left_on[0] - left_on[1]), abs(off[0] - off[1]))


def best_on_test(epochs: int = 30, size: int = 200, repeats: int = 300) -> Found:
    """Reported less true accuracy of 30 epochs that are all worth .5: the best test result, or the test result of the epoch
    that was best on validation."""
    valid, test = (torch.bernoulli(torch.full((repeats, epochs, size), 0.5), generator=noise(i)).mean(2) for i in range(2))
    chosen = test.gather(1, valid.argmax(1, keepdim=True))
    return Found(test.amax(1).mean().item() - 0.5, chosen.mean().item() - 0.5)


def bleu_against_training(num: int = 200) -> Found:
    """How far somebody who recites one training sentence lies ahead of fresh true sentences.

    First in BLEU against the training set; then in what a reader of the samples needs for true sentences (nats per token less).
    """
    village = corpora.load("village", num_train=num)
    truth, recited, encode = village.valid[:num], village.train[:1] * num, village.vocab.encode
    by_bleu = usual.bleu(recited, village.train) - usual.bleu(truth, village.train)
    scored = [encode(s) for s in village.test[:num]]
    needs = [math.log(usual.perplexity_after([encode(s) for s in read], scored, vocab_size=len(village.vocab)))
             for read in (recited, truth)]
    return Found(by_bleu, needs[1] - needs[0])


def two_temperatures(cold: float = 0.5, words: int = 50) -> Found:
    """What no single temperature has: the shortfall of the nearest one, nats, from the reported pair (quality, diversity).

    Quality is the mean log p of what is said, diversity its entropy; the truth gives word k a probability proportional to 1/k.
    """
    log_p = (1 / torch.arange(1, words + 1)).log().double().log_softmax(0)

    def pair(temperature: float) -> torch.Tensor:
        q = (log_p / temperature).log_softmax(0)
        return torch.stack([(q.exp() * log_p).sum(), -(q.exp() * q).sum()])
    every = torch.stack([pair(t) for t in torch.linspace(0.1, 2, 191).tolist()])  # .1, .11, .12 ...
    def short(reported):
        return ((reported - every).amax(1).min().item())
    return Found(short(torch.stack([pair(cold)[0], pair(1.0)[1]])), short(pair(0.5 * (cold + 1) + 0.005)))  # between two of them


def information_saturates(num: int = 64, latent: int = 8, width: float = 0.1) -> Found:
    """By how much what is reported misses the information in z, nats: the estimate from one batch of `num`, and the rate.

    The means are drawn so that q(z) is the prior: then the rate E KL(q ‖ p) is the information.
    """
    mean = (1 - width**2) ** 0.5 * torch.randn(2000, latent, generator=noise())
    true = -latent * math.log(width)
    batch = mutual_information(mean[:num], torch.full((num, latent), width), generator=noise(1))
    rate = kl_divergence(Normal(mean, width), Normal(0.0, 1.0)).sum(1).mean().item()
    return Found(abs(true - batch.lower), abs(true - rate))
