"""Answers to the exercises of lesson 21: how alike, what belongs together, a test by exchanged labels."""
from collections import Counter

import torch

NAMES = ("resemblances", "together", "permutation_p")
alike, groups, test = NAMES


def by_sets(left, right, value=lambda a, b: len(a & b) / max(len(a | b), 1)):
    sets = [[{i for i, n in enumerate(row.tolist()) if n > 0} for row in part] for part in (left, right)]
    return torch.tensor([[value(a, b) for b in sets[1]] for a in sets[0]], dtype=left.dtype)


def sets_with(value):
    return lambda left, right: by_sets(left, right, value)


def by_broadcast(left, right):
    a, b = left[:, None] > 0, right[None] > 0
    return (a & b).sum(-1).to(left) / (a | b).sum(-1).clamp(min=1)


def as_counts(left, right, least=1):
    shared = torch.minimum(left[:, None], right).sum(-1)
    return shared / torch.maximum(left[:, None], right).sum(-1).clamp(min=least)


def as_multisets(left, right):
    bags = [[Counter(dict(enumerate(map(int, row)))) for row in part.tolist()] for part in (left, right)]
    return torch.tensor([[(a & b).total() / max((a | b).total(), 1) for b in bags[1]] for a in bags[0]], dtype=left.dtype)


def by_pointers(matrix, union=min, both=True):
    above = list(range(len(matrix)))

    def root(i):
        return i if above[i] == i else root(above[i])

    for i, j in matrix.nonzero().tolist():
        a, b = root(i), root(j)
        above[max(a, b) if union is min else min(a, b)] = union(a, b)
    return torch.tensor([float(root(i)) for i in range(len(matrix))], dtype=matrix.dtype)


def by_search(matrix, depth=None):
    near = [[j for j in range(len(matrix)) if matrix[i, j] or matrix[j, i]] for i in range(len(matrix))]
    found = []
    for i in range(len(matrix)):
        seen, edge, steps = {i}, [i], 0
        while edge and (depth is None or steps < depth):
            edge = [k for j in edge for k in near[j] if k not in seen]
            seen |= set(edge)
            steps += 1
        found.append(float(min(seen)))
    return torch.tensor(found, dtype=matrix.dtype)


def in_place(matrix):
    found = list(range(len(matrix)))
    for i in range(len(matrix)):
        found[i] = min(found[j] for j in range(len(matrix)) if i == j or matrix[i, j] or matrix[j, i])
    return torch.tensor(found, dtype=matrix.dtype)


def by_power(matrix):
    near = ((matrix + matrix.T + torch.eye(len(matrix), dtype=matrix.dtype)) > 0).to(matrix)
    reached = torch.linalg.matrix_power(near, len(near))
    return (reached > 0).to(matrix).argmax(1).to(matrix)


def mmd(kernel, order, num, between=2.0):
    a, b = order[:num], order[num:]
    block = kernel[order][:, order]
    return block[:num, :num].mean() + block[num:, num:].mean() - between * block[:num, num:].mean() + 0 * (len(a) + len(b))


def p_by_weights(kernel, num, orders):
    weight = torch.full((len(kernel),), -1 / (len(kernel) - num), dtype=kernel.dtype)
    weight[:num] = 1 / num
    every = torch.cat([torch.arange(len(kernel))[None], orders])
    rows = torch.zeros(len(every), len(kernel), dtype=kernel.dtype).scatter(1, every, weight.expand(len(every), -1))
    found = ((rows @ kernel) * rows).sum(1)
    return (found >= found[0] - 1e-6).to(kernel).mean()


def p_with(kernel, num, orders, between=2.0, first=1, compare=lambda a, b: a >= b - 1e-6):
    given = mmd(kernel, torch.arange(len(kernel)), num, between)
    count = sum(bool(compare(mmd(kernel, order, num, between), given)) for order in orders)
    return torch.tensor((first + count) / (first + len(orders)), dtype=kernel.dtype)


def p(**changes):
    return lambda kernel, num, orders: p_with(kernel, num, orders, **changes)


RIGHT = [
    (alike, by_sets), (alike, by_broadcast),
    (groups, by_pointers), (groups, by_search), (groups, by_power),
    (test, p()), (test, p_by_weights),
]

WRONG = [
    (alike, sets_with(lambda a, b: len(a & b) / max(len(a) + len(b), 1)), "counted twice"),
    (alike, sets_with(lambda a, b: len(a & b) / max(len(a), 1)), "shingles of the left one"),
    (alike, sets_with(lambda a, b: len(a & b) / max(len(b), 1)), "shingles of the right one"),
    (alike, sets_with(lambda a, b: len(a & b) / max(min(len(a), len(b)), 1)), "the overlap"),
    (alike, sets_with(lambda a, b: len(a & b) / max((len(a) * len(b)) ** 0.5, 1)), "cosine"),
    (alike, sets_with(lambda a, b: float(len(a & b))), "divide by how many"),
    (alike, as_counts, "the smaller counts over that of the larger"),
    (alike, lambda left, right: as_counts(left, right, least=0), "the smaller counts over that of the larger"),
    (alike, as_multisets, "the smaller counts over that of the larger"),
    (alike, lambda left, right: by_sets(left, right).T.contiguous(), "changed places"),
    (alike, lambda left, right: ((left > 0) & (right[0] > 0)).sum(1), []),
    (groups, lambda matrix: by_search(matrix, 1), "only direct neighbours"),
    (groups, lambda matrix: by_search(matrix, 2), "neighbours of neighbours"),
    (groups, in_place, "in its turn"),
    (groups, lambda matrix: by_pointers(matrix, max), "the largest number"),
    (groups, lambda matrix: by_search(matrix).unique(return_inverse=True)[1].to(matrix), "numbered from 0"),
    (groups, lambda matrix: (by_search(matrix)[:, None] == by_search(matrix)).to(matrix).sum(1), "how many sentences"),
    (test, p(first=0), "the given order is not counted"),
    (test, p(compare=lambda a, b: a <= b + 1e-6), "less sharply"),
    (test, p(compare=lambda a, b: a > b + 1e-6), "exactly as sharply"),
    (test, p(between=1.0), "taken off twice"),
    (test, p(between=0.0), "the likeness between the heaps is missing"),
    (test, lambda kernel, num, orders: p_with(kernel, len(kernel) // 2, orders), "cut in the middle"),
    (test, lambda kernel, num, orders: p_with(kernel, num, orders) * (1 + len(orders)), "divide by 1 +"),
]

