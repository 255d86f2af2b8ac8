"""Answers to the exercises of lesson 23, in other forms than its own."""
import itertools
import math

import torch

estimate, recursion, price = NAMES = ("bound_estimate", "random_order_log_prob", "price_of_one_step")


def by_rows(log_probs, hidden, lengths, *, weight=lambda m, length, width: length / m, at=lambda i, shown, length: not shown):
    found = []
    for row, seen, length in zip(log_probs, hidden, lengths.tolist(), strict=True):
        total = sum((row[i] for i in range(len(row)) if at(i, not seen[i], length)), start=row.new_zeros(()))
        found.append(total * weight(int(seen.sum()), length, len(row)))
    return torch.stack(found)


def rows(**changes):
    return lambda *inputs: by_rows(*inputs, **changes)


def by_einsum(log_probs, hidden, lengths):
    return torch.einsum("bt,bt->b", log_probs, hidden.to(log_probs)) / (hidden.to(log_probs).sum(1) / lengths.to(log_probs))


def by_all_orders(table, join=lambda each: each.logsumexp(0) - math.log(len(each)), known=lambda before, i: before):
    found = []
    for order in itertools.permutations(range(table.shape[-1])):
        before, total = 0, torch.zeros_like(table[:, 0, 0])
        for i in order:
            total, before = total + table[:, known(before, i), i], before + (1 << i)
        found.append(total)
    return join(torch.stack(found))


def orders(**changes):
    return lambda table: by_all_orders(table, **changes)


def by_memory(table):
    """From the whole sentence downwards."""
    length, kept = table.shape[-1], {0: torch.zeros_like(table[:, 0, 0])}

    def log_g(places):
        number = sum(1 << i for i in places)
        if number not in kept:
            ways = [log_g(places - {i}) + table[:, number - (1 << i), i] for i in places]
            kept[number] = torch.stack(ways).logsumexp(0) - math.log(len(places))
        return kept[number]
    return log_g(frozenset(range(length)))


def by_what_is_left(table):
    """As right: whatever the way, the product of these is 1 / L!, too."""
    length, reached = table.shape[-1], [torch.ones_like(table[:, 0, 0])]
    for subset in range(1, 2**length):
        inside = [i for i in range(length) if subset >> i & 1]
        reached.append(sum(reached[subset ^ (1 << i)] * table[:, subset ^ (1 << i), i].exp() for i in inside)
                       / (length - len(inside) + 1))
    return reached[-1].log()


def entropies(joint):
    return -torch.xlogy(joint, joint).flatten(1).sum(1)


def by_entropies(joint, base=1.0):
    of = [-torch.xlogy(margin, margin).sum(1) for margin in (joint.sum(1), joint.sum(2))]
    return (of[0] + of[1] - entropies(joint)) / base


def by_cells(joint, below=lambda p, a, b: a * b, weight=lambda p, a, b: p):
    found = []
    for each in joint:
        total = each.new_zeros(())
        for i, j in itertools.product(range(each.shape[0]), range(each.shape[1])):
            p, a, b = each[i, j], each[i].sum(), each[:, j].sum()
            if p > 0:
                total = total + weight(p, a, b) * (p / below(p, a, b)).log()
        found.append(total)
    return torch.stack(found)


def cells(**changes):
    return lambda joint: by_cells(joint, **changes)


RIGHT = [
    (estimate, rows()), (estimate, by_einsum),
    (recursion, orders()), (recursion, by_memory), (recursion, by_what_is_left),
    (price, by_entropies), (price, cells()),
]

WRONG = [
    (estimate, rows(weight=lambda m, length, width: 1.0), "the sum over hidden places counts l / m"),
    (estimate, rows(weight=lambda m, length, width: 1 / m), "as bert's loss has it"),
    (estimate, rows(weight=lambda m, length, width: 1 / length), "divides by l"),
    (estimate, rows(weight=lambda m, length, width: m / length), "stands on its head"),
    (estimate, rows(weight=lambda m, length, width: width / m), "not the width of the padded batch"),
    (estimate, rows(weight=lambda m, length, width: length / (length - m + 1)), "shown places plus one"),
    (estimate, lambda p, hidden, n: (p * hidden).sum(-1) * n.sum() / hidden.sum(), "its own weight"),
    (estimate, rows(at=lambda i, shown, length: True), "shown places and padding are in the sum"),
    (estimate, rows(at=lambda i, shown, length: i < length), "all real places"),
    (estimate, rows(at=lambda i, shown, length: shown), "over what is shown"),
    (estimate, lambda p, hidden, n: -by_rows(p, hidden, n), "sign"),
    (recursion, orders(join=lambda each: each.logsumexp(0)), "adds up the probabilities of all orders"),
    (recursion, orders(join=lambda each: each.mean(0)), "this is the bound"),
    (recursion, orders(join=lambda each: each[0]), "from left to right"),
    (recursion, orders(join=lambda each: each[-1]), "from right to left"),
    (recursion, orders(join=lambda each: each.amax(0)), []),
    (recursion, orders(known=lambda before, i: before | 1 << i), "known already"),
    (recursion, orders(known=lambda before, i: 0), "with all words said at once"),
    (recursion, lambda table: by_memory(table).exp(), "this is p(x)"),
    (price, entropies, "the entropy of the pair"),
    (price, lambda joint: by_entropies(joint) + entropies(joint), "what both words cost in one step"),
    (price, lambda joint: by_entropies(joint, base=math.log(2)), "in bits"),
    (price, cells(below=lambda p, a, b: a), "the first word's probability alone"),
    (price, cells(below=lambda p, a, b: b), "the second word's probability alone"),
    (price, cells(weight=lambda p, a, b: a * b), "weighted by the product"),
    (price, lambda joint: -by_cells(joint), "stands on its head"),
]

COMPOSED = [
    (estimate, lambda p, hidden, n: -by_rows(p, hidden, n, weight=lambda m, length, width: 1.0), ["counts l / m", "sign"]),
    (estimate, lambda p, hidden, n: -by_rows(p, hidden, n, weight=lambda m, length, width: m / length), ["on its head", "sign"]),
    (estimate, rows(weight=lambda m, length, width: 1 / m, at=lambda i, shown, length: shown), ["over what is shown", "bert"]),
    (estimate, rows(weight=lambda m, length, width: 1 / m, at=lambda i, shown, length: True),
     ["shown places and padding", "bert"]),
    (estimate, rows(weight=lambda m, length, width: width / m, at=lambda i, shown, length: i < length),
     ["all real places", "width of the padded batch"]),
    (estimate, rows(weight=lambda m, length, width: 1 / length, at=lambda i, shown, length: shown),
     ["over what is shown", "divides by l"]),
    (recursion, lambda table: by_memory(table).exp() * math.factorial(table.shape[-1]), ["p(x)", "all orders"]),
    (recursion, lambda table: by_all_orders(table, known=lambda before, i: before | 1 << i).exp(), ["p(x)", "known already"]),
    (recursion, lambda table: by_all_orders(table, join=lambda each: each.logsumexp(0), known=lambda before, i: before | 1 << i),
     ["all orders", "known already"]),
    (price, lambda joint: -entropies(joint), ["the entropy of the pair", "sign"]),
    (price, lambda joint: by_cells(joint, below=lambda p, a, b: a) / math.log(2), ["first word's probability alone", "bits"]),
    (price, lambda joint: by_cells(joint, below=lambda p, a, b: b) / math.log(2), ["second word's probability alone", "bits"]),
    (price, lambda joint: entropies(joint) / math.log(2), ["the entropy of the pair", "bits"]),
]
