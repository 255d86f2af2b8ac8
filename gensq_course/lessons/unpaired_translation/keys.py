"""Exercises of lesson 17 on keys: by frequency, how likely one is, words that nobody can tell apart, choosing a restart."""
from math import comb

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Counts = Int[Tensor, "word"]
Bigrams = Float[Tensor, "word word"]
Restarts = Float[Tensor, "restart"]


def frequency_key(secret: Counts, plain: Counts) -> Counts:
    """The plain word of each secret one: equal ranks by frequency; of equally frequent words the first comes first."""
    of_secret = secret.argsort(descending=True, stable=True)
    of_plain = plain.argsort(descending=True, stable=True)
    key = torch.empty_like(of_secret)
    key[of_secret] = of_plain
    return key


PUT, SECRET = "key[of_secret] = of_plain", "secret.argsort(descending=True, stable=True)"
FREQUENCY_SLIPS = {
    "turned": (PUT, "key[of_plain] = of_secret"), "order": (PUT, "key[:] = of_plain"),
    "order of secret": (PUT, "key[:] = of_secret"), "one upside down": (SECRET, "secret.argsort(stable=True)"),
    "rank": (PUT, "key[of_secret] = torch.arange(len(key))"), "looked up": (PUT, "key[:] = of_plain[of_secret]"),
    "ties": (SECRET, "len(secret) - 1 - secret.flip(0).argsort(descending=True, stable=True)"),
    "nearest": ("return key", "return (secret[:, None] - plain).abs().argmin(1)"),
    "itself": ("return key", "return torch.arange(len(key))"),
}


def frequency_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(61)
    return [(torch.tensor([2, 9, 4]), torch.tensor([7, 1, 3])), (torch.tensor([5, 5, 8, 1]), torch.tensor([2, 6, 2, 9])),
            *((torch.randperm(40, generator=draw)[:n], torch.randperm(50, generator=draw)[:n]) for n in (6, 9))]


FREQUENCY = Values(**words(__file__, "frequency_key"), reference=frequency_key, slips=FREQUENCY_SLIPS, cases=frequency_cases,
                   together=2)


def key_score(counts: Bigrams, log_p: Bigrams, key: Counts) -> Float[Tensor, ""]:
    """Nats: what a bigram model [previous, next] says of a text with these bigrams, each word read as its key says."""
    return (counts * log_p[key][:, key]).sum()


READ = "log_p[key][:, key]"
SCORE_SLIPS = {
    "previous alone": (READ, "log_p[key]"), "next alone": (READ, "log_p[:, key]"), "not read": (READ, "log_p"),
    "key turned": ("counts * log_p[key][:, key]", "counts[key][:, key] * log_p"), "probabilities": (READ, READ + ".exp()"),
    "backwards": (READ, READ + ".T"), "place by place": ("counts * log_p[key][:, key]", "counts.diagonal() * log_p[key, key]"),
    "one for two": (READ, "log_p[key, key]"), "each pair once": ("counts *", "(counts > 0) *"),
    "mean": (".sum()", ".sum() / counts.sum()"), "all pairs": (".sum()", ".mean()"), "each word": (".sum()", ".sum(-1)"),
    "best pair": (".sum()", ".amax()"),
    "shares": ("counts *", "counts / counts.sum(-1, keepdim=True) *"),
}


def score_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(62)

    def case(num: int) -> Inputs:
        counts = torch.randint(0, 5, (num, num), generator=draw).float()
        counts[:, 0] += 1
        return counts, torch.randn(num, num, generator=draw).log_softmax(-1), torch.randperm(num, generator=draw).roll(1)
    small = (torch.tensor([[0.0, 3.0], [1.0, 1.0]]), torch.tensor([[0.9, 0.1], [0.2, 0.8]]).log(), torch.tensor([1, 0]))
    return [small, case(4), case(6)]


SCORE = Values(**words(__file__, "key_score"), reference=key_score, slips=SCORE_SLIPS, cases=score_cases, together=2)


def has_twin(bigrams: Bigrams) -> Float[Tensor, "word"]:
    """1 for each word that could change places with another one and leave the whole table as it is, else 0."""
    twin = torch.zeros(len(bigrams), dtype=bigrams.dtype)
    for i in range(len(bigrams)):
        for j in range(len(bigrams)):
            order = torch.arange(len(bigrams))
            order[[i, j]] = order[[j, i]]
            if i != j and torch.equal(bigrams[order][:, order], bigrams):
                twin[i] = 1
    return twin


SAME = "torch.equal(bigrams[order][:, order], bigrams)"
TWIN_SLIPS = {
    "previous alone": (SAME, "torch.equal(bigrams[order], bigrams)"),
    "next alone": (SAME, "torch.equal(bigrams[:, order], bigrams)"), "itself": ("i != j and ", ""),
    "support": (SAME, "torch.equal(bigrams[order][:, order] > 0, bigrams > 0)"),
    "frequency": (SAME, "bigrams.sum(0)[i] == bigrams.sum(0)[j]"), "share": ("return twin", "return twin.mean()"),
    "none": ("return twin", "return 1 - twin"), "neighbours": ("i != j", "abs(i - j) == 1"), "later ones": ("i != j", "i < j"),
    "how many": ("twin[i] = 1", "twin[i] += 1"),
    "as they stand": (SAME, "torch.equal(bigrams[i], bigrams[j]) and torch.equal(bigrams[:, i], bigrams[:, j])"),
    "sums": (SAME, "torch.equal((bigrams + bigrams.T)[order][:, order], bigrams + bigrams.T)"),
}


def twin_cases() -> list[Inputs]:
    def table(*rows: str) -> Inputs:
        return (torch.tensor([[float(n) for n in row.split()] for row in rows]),)
    return [table("0 1 1", "2 0 0", "2 0 0"), table("0 1 1", "2 0 0", "3 0 0"), table("0 2 3", "1 0 0", "1 0 0"),
            table("0 2 2 2 1", "1 0 0 0 3", "1 0 0 0 3", "1 0 0 0 3", "1 4 4 4 2"),
            table("1 2 0 2 1", "2 0 1 1 2", "3 1 1 1 0", "2 1 1 0 2", "0 2 3 2 1"),
            table("0 3 1 3 2", "1 0 2 5 0", "4 2 0 2 1", "1 5 2 0 0", "4 0 1 0 1"),
            table("0 3 1 3 2 2", "1 0 2 5 0 0", "4 2 0 2 1 1", "1 5 2 0 0 0", "4 0 1 0 1 3", "4 0 1 0 3 1")]


TWIN = Values(**words(__file__, "has_twin"), reference=has_twin, slips=TWIN_SLIPS, cases=twin_cases, together=2)


def best_of(nats: Restarts, right: Restarts, num: int) -> Float[Tensor, ""]:
    """What is right, on average over all choices of `num` restarts, in the likeliest one of them."""
    order = nats.argsort(descending=True)
    total = torch.zeros((), dtype=nats.dtype)
    for rank, i in enumerate(order.tolist()):
        likeliest = comb(len(nats) - 1 - rank, num - 1)  # choices in which this one is; a large whole number
        total = total + right[i] * (likeliest / comb(len(nats), num))
    return total


WEIGHT, ALL = "comb(len(nats) - 1 - rank, num - 1)", "comb(len(nats), num)"
BEST_SLIPS = {
    "peeks": ("nats.argsort", "right.argsort"), "unlikeliest": ("nats.argsort(descending=True)", "nats.argsort()"),
    "likelihood": ("right[i] *", "nats[i] *"), "of all": ("return total", "return right[nats.argmax()]"),
    "best of all": ("return total", "return right.amax()"), "mean": ("return total", "return right.mean()"),
    "first ones": ("return total", "return right[nats[:num].argmax()]"),
    "top": ("return total", "return right[order[:num]].mean()"), "not divided": ("(likeliest / " + ALL + ")", "likeliest"),
    "drawn twice": ((WEIGHT, "((len(nats) - rank) ** num - (len(nats) - 1 - rank) ** num)"), (ALL, "len(nats) ** num")),
    "one too many": (WEIGHT, "comb(len(nats) - rank, num)"),
    "unordered": ("enumerate(order.tolist())", "enumerate(range(len(nats)))"),
}


def best_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(63)
    small = (torch.tensor([-3.0, -1.0, -2.0]), torch.tensor([0.2, 0.6, 0.9]), 2)
    return [small, (small[0], small[1], 1), *((torch.randn(num, generator=draw), torch.rand(num, generator=draw), k)
                                              for num, k in ((6, 3), (8, 3)))]


BEST = Values(**words(__file__, "best_of"), reference=best_of, slips=BEST_SLIPS, cases=best_cases, together=2)
