"""Answers to the exercises of lesson 17 on keys: right ones however written, usual mistakes, mistakes together."""
from itertools import combinations
from math import comb

import torch

NAMES = ("frequency_key", "key_score", "expected_counts", "has_twin", "best_of")
frequency, score, counts, twin, best = NAMES


def ranks(values):
    return sorted(range(len(values)), key=lambda i: (-values[i], i))


def by_ranks(secret, plain):
    key = [0] * len(secret)
    for word, other in zip(ranks(secret.tolist()), ranks(plain.tolist()), strict=True):
        key[word] = other
    return torch.tensor(key)


def turned(secret, plain):
    return by_ranks(plain, secret)


def read(table, key):
    return table[key][:, key]


def by_loop(c, p, key):
    return torch.stack([c[i, j] * p[key[i], key[j]] for i in range(len(key)) for j in range(len(key))]).sum()


def by_gradient(start, transition, end, e, seen):
    """Autograd writes the backward half."""
    log_e = e.log().requires_grad_()
    ahead = start * log_e.exp()[:, seen[0]]
    for word in seen[1:]:
        ahead = (ahead @ transition) * log_e.exp()[:, word]
    return torch.autograd.grad((ahead @ end).log(), log_e)[0]


def smoothed(start, transition, end, e, seen, posterior, forward=None, backward=None):
    """Forward and backward, some step as somebody else would have it."""
    forward = forward or (lambda a, word: (a @ transition) * e[:, word])
    backward = backward or (lambda b, word: transition @ (e[:, word] * b))
    ahead, behind = [start * e[:, seen[0]]], [end]
    for word in seen[1:]:
        ahead.append(forward(ahead[-1], word))
    for word in reversed(seen[1:]):
        behind.insert(0, backward(behind[0], word))
    found = torch.zeros_like(e)
    for a, b, word in zip(ahead, behind, seen, strict=True):
        found[:, word] += posterior(a, b, word, ahead[-1] @ end)
    return found


def usual(a, b, word, total):
    return a * b / total


def by_sweeps(start, transition, end, e, seen, posterior=usual):
    return smoothed(start, transition, end, e, list(seen), posterior)


def never_turned(start, transition, end, e, seen):
    """The way back is gathered from the last word on, and stays so."""
    ahead, behind, found = start * e[:, seen[0]], [end], torch.zeros_like(e)
    for word in reversed(seen[1:].tolist()):
        behind.append(transition @ (e[:, word] * behind[-1]))
    places = [ahead]
    for word in seen[1:].tolist():
        places.append((places[-1] @ transition) * e[:, word])
    for t, word in enumerate(seen.tolist()):
        found[:, word] += places[t] * behind[t] / (places[-1] @ end)
    return found


def with_steps(posterior=usual, forward=None, backward=None):
    """An answer whose steps may look at transition and emission."""
    def answer(start, transition, end, e, seen):
        def step(given):
            return given and (lambda x, word: given(x, word, transition, e))
        return smoothed(start, transition, end, e, list(seen), lambda *x: posterior(*x[:3], x[3], e) if posterior is not usual
                        else usual(*x), step(forward), step(backward))
    return answer


def exchanged(table, i, j):
    order = list(range(len(table)))
    order[i], order[j] = j, i
    return table[order][:, order]


def some_twin(same, others=lambda i, num: [j for j in range(num) if j != i]):
    """1 where `same` holds for one of the others."""
    def answer(table):
        return torch.tensor([float(any(same(table, i, j) for j in others(i, len(table)))) for i in range(len(table))],
                            dtype=table.dtype)
    return answer


def really(table, i, j):
    return torch.equal(exchanged(table, i, j), table)


def by_choices(nats, right, num):
    """All choices, listed."""
    chosen = [max(some, key=lambda i: nats[i]) for some in combinations(range(len(nats)), num)]
    return right[chosen].mean()


def ordered(nats, right, num, by=None, weight=None):
    order = (nats if by is None else by).argsort(descending=True)
    weight = weight or (lambda rank: comb(len(nats) - 1 - rank, num - 1) / comb(len(nats), num))
    return sum(right[i] * weight(rank) for rank, i in enumerate(order.tolist()))


RIGHT = [
    (frequency, by_ranks),
    (score, by_loop), (score, lambda c, p, key: (c * p[key[:, None], key]).sum()),
    (counts, by_sweeps), (counts, by_gradient),
    (twin, some_twin(really)),
    (best, by_choices), (best, ordered),
]

WRONG = [
    (frequency, turned, "the other way round"),
    (frequency, lambda s, p: torch.tensor(ranks(p.tolist())), "key[of_secret] = of_plain"),
    (frequency, lambda s, p: torch.tensor(ranks(s.tolist())), "plain words of equal rank are wanted"),
    (frequency, lambda s, p: by_ranks(-s, p), "sorted from the rarest"),
    (frequency, lambda s, p: by_ranks(s, torch.arange(len(p)).flip(0)), "rank of each secret word"),
    (frequency, lambda s, p: torch.tensor(ranks(p.tolist()))[ranks(s.tolist())], "one order is put into the other"),
    (frequency, lambda s, p: (s[:, None] - p).abs().argmin(1), "nearest count"),
    (frequency, lambda s, p: torch.arange(len(s)), "its own number"),
    (score, lambda c, p, key: (c * p[key]).sum(), "only the previous word"),
    (score, lambda c, p, key: (c * p[:, key]).sum(), "only the next word"),
    (score, lambda c, p, key: (c * p).sum(), "the key is not used"),
    (score, lambda c, p, key: (read(c, key) * p).sum(), "applied to the counts"),
    (score, lambda c, p, key: (c * read(p, key).exp()).sum(), "logarithms are wanted"),
    (score, lambda c, p, key: (c * read(p, key).T).sum(), "transposed"),
    (score, lambda c, p, key: (c.diagonal() * p[key, key]).sum(), "pairs of a word with itself"),
    (score, lambda c, p, key: (c * p[key, key]).sum(), "spread over the columns"),
    (score, lambda c, p, key: sum(c[i, j] * p[key[j], key[j]] for i in range(len(key)) for j in range(len(key))),
     "spread over the columns"),
    (score, lambda c, p, key: ((c > 0) * read(p, key)).sum(), "each pair counts once"),
    (score, lambda c, p, key: (c * read(p, key)).sum() / c.sum(), "mean over pairs"),
    (score, lambda c, p, key: (c * read(p, key)).mean(), "mean over all cells"),
    (score, lambda c, p, key: (c * read(p, key)).sum(1), "sum over both axes"),
    (score, lambda c, p, key: (c * read(p, key)).max(), "only one pair counts"),
    (score, lambda c, p, key: (c / c.sum(1, keepdim=True) * read(p, key)).sum(), "divided by the sum of their row"),
    (score, lambda c, p, key: -(c * read(p, key)).sum(), "sign"),
    (counts, with_steps(lambda a, b, w, t, e: a / a.sum()), "only what came before"),
    (counts, with_steps(lambda a, b, w, t, e: b / b.sum()), "only what follows"),
    (counts, with_steps(lambda a, b, w, t, e: a * b), "joint probabilities"),
    (counts, lambda s, t, n, e, x: by_sweeps(s, t, torch.ones_like(n), e, x), "the end of the sentence"),
    (counts, lambda s, t, n, e, x: by_sweeps(torch.ones_like(s), t, n, e, x), "the start is left out"),
    (counts, with_steps(forward=lambda a, w, t, e: (t @ a) * e[:, w]), "the wrong way round on the way forward"),
    (counts, with_steps(backward=lambda b, w, t, e: (e[:, w] * b) @ t), "the wrong way round on the way back"),
    (counts, with_steps(backward=lambda b, w, t, e: t @ b), "not looked at"),
    (counts, with_steps(lambda a, b, w, t, e: a * b * e[:, w] / t), "counts twice"),
    (counts, lambda *x: by_sweeps(*x) / by_sweeps(*x).sum(1, keepdim=True), "rows are normalised"),
    (counts, with_steps(lambda a, b, w, t, e: e[:, w] / e[:, w].sum()), "neighbours are not used"),
    (counts, lambda *x: by_sweeps(*x) / x[3], "gradient by the emission"),
    (counts, with_steps(lambda a, b, w, t, e: (a * b == (a * b).max()).to(a)), "likeliest plain word"),
    (counts, lambda *x: by_sweeps(*x).T.contiguous(), "axes are exchanged"),
    (counts, never_turned, "never turned round"),
    (twin, some_twin(lambda t, i, j: torch.equal(t[i], t[j])
                     and torch.equal(exchanged(t, i, j)[:, [k for k in range(len(t)) if k not in (i, j)]],
                                     t[:, [k for k in range(len(t)) if k not in (i, j)]])), "only rows"),
    (twin, some_twin(lambda t, i, j: torch.equal(t[:, i], t[:, j])), "only columns"),
    (twin, lambda t: torch.ones(len(t)), "its own twin"),
    (twin, some_twin(lambda t, i, j: really((t > 0).float(), i, j)), "how often it does"),
    (twin, some_twin(lambda t, i, j: t.sum(0)[i] == t.sum(0)[j]), "equally frequent"),
    (twin, lambda t: some_twin(really)(t).mean(), "share of words"),
    (twin, lambda t: 1 - some_twin(really)(t), "without a twin"),
    (twin, some_twin(really, lambda i, num: [j for j in (i - 1, i + 1) if 0 <= j < num]), "neighbouring numbers"),
    (twin, some_twin(really, lambda i, num: range(i + 1, num)), "later ones only"),
    (twin, lambda t: torch.tensor([sum(float(really(t, i, j)) for j in range(len(t)) if j != i) for i in range(len(t))]),
     "number of twins"),
    (twin, some_twin(lambda t, i, j: really(t + t.T, i, j)), "before and behind are added"),
    (twin, some_twin(lambda t, i, j: torch.equal(t[i], t[j]) and torch.equal(t[:, i], t[:, j])), "as they stand"),
    (twin, lambda t: ((t[:, None] == t).all(-1) & (t.T[:, None] == t.T).all(-1)).to(t).sum(-1).gt(1).to(t), "as they stand"),
    (best, lambda n, r, k: ordered(n, r, k, by=r), "ordered by what is right"),
    (best, lambda n, r, k: ordered(n, r, k, by=-n), "unlikeliest"),
    (best, lambda n, r, k: ordered(n, n, k), "what is right in it"),
    (best, lambda n, r, k: r[n.argmax()], "likeliest of all restarts"),
    (best, lambda n, r, k: r.max(), "nobody knows that"),
    (best, lambda n, r, k: r.mean(), "mean over restarts"),
    (best, lambda n, r, k: r[:k][n[:k].argmax()], "only the first num"),
    (best, lambda n, r, k: r[n.argsort(descending=True)[:k]].mean(), "num likeliest"),
    (best, lambda n, r, k: ordered(n, r, k, weight=lambda rank: comb(len(n) - 1 - rank, k - 1)), "divide by the number"),
    (best, lambda n, r, k: ordered(n, r, k, weight=lambda rank: ((len(n) - rank) ** k - (len(n) - 1 - rank) ** k) / len(n) ** k),
     "with replacement"),
    (best, lambda n, r, k: ordered(n, r, k, weight=lambda rank: comb(len(n) - rank, k) / comb(len(n), k)), "num - 1 others"),
    (best, lambda n, r, k: ordered(n, r, k, by=-torch.arange(len(n))), "sort them by likelihood"),
]

COMPOSED = [
    (frequency, lambda s, p: torch.arange(len(s)) * 0 + by_ranks(-p, s), ["the other way round", "sorted from the rarest"]),
    (score, lambda c, p, key: (c * p[key]).mean(), ["only the previous word", "mean over all cells"]),
    (score, lambda c, p, key: (c * p[:, key].exp()).sum(), ["only the next word"]),
    (score, lambda c, p, key: -(c * p[key]).sum(), ["only the previous word", "sign"]),
    (score, lambda c, p, key: ((c > 0) * read(p, key).T).sum(), ["each pair counts once"]),
    (score, lambda c, p, key: (read(c, key) * p).sum() / c.sum(), ["applied to the counts", "mean over pairs"]),
    (counts, lambda s, t, n, e, x: by_sweeps(torch.ones_like(s), t, torch.ones_like(n), e, x),
     ["the end of the sentence", "the start is left out"]),
    (counts, lambda *x: by_sweeps(*x, posterior=lambda a, b, word, total: a * b).T.contiguous(),
     ["joint probabilities", "axes are exchanged"]),
    (twin, lambda t: 1 - some_twin(lambda a, i, j: a.sum(0)[i] == a.sum(0)[j])(t), ["without a twin", "equally frequent"]),
    (twin, lambda t: 1 - some_twin(lambda a, i, j: torch.equal(a[i], a[j]) and torch.equal(a[:, i], a[:, j]))(t),
     ["without a twin", "as they stand"]),
    (best, lambda n, r, k: -ordered(n, r, k, by=r), ["ordered by what is right", "sign"]),
    (best, lambda n, r, k: ordered(n, r, k, by=-n, weight=lambda rank: comb(len(n) - 1 - rank, k - 1)),
     ["unlikeliest", "divide by the number"]),
]
