"""Answers to the exercises of lesson 22: head and tail, drawn words, losses of ranks."""
import torch
from torch import nn

NAMES = ("adaptive_log_prob", "sampled_log_prob", "scaled_losses")
adaptive, sampled, losses = NAMES


def by_torch(features, targets, head, bias, down, up):
    """The layer of torch, with these weights."""
    layer = nn.AdaptiveLogSoftmaxWithLoss(features.shape[1], len(head) - 1 + len(up), [len(head) - 1],
                                          div_value=features.shape[1] / len(down), head_bias=True).to(features)
    if layer.tail[0][0].weight.shape != down.shape:
        layer.tail[0] = nn.Sequential(nn.Linear(features.shape[1], len(down), bias=False), nn.Linear(*up.T.shape, bias=False))
    names = ("head.weight", "head.bias", "tail.0.0.weight", "tail.0.1.weight")
    return torch.func.functional_call(layer, dict(zip(names, (head, bias, down, up), strict=True)), (features, targets)).output


def by_rows(features, targets, head, bias, down, up, *, with_tail=True, first=0, with_head=True):
    found = []
    for x, word in zip(features, targets.tolist(), strict=True):
        cut = len(head) - 1
        scores = head @ x + bias
        tail = up @ (down @ x)
        rare = word >= cut + first
        entry = scores[min(word, cut)] - scores.logsumexp(0)
        inside = tail[max(word - cut, 0)] - tail.logsumexp(0)
        found.append((entry if with_head or not rare else 0 * entry) + (inside if rare and with_tail else 0))
    return torch.stack(found)


def rows(**changes):
    return lambda *inputs: by_rows(*inputs, **changes)


def drawn_by_rows(features, targets, weight, frequency, drawn, *, correct=True, number=True, mask=True, itself=True):
    found = []
    for x, word in zip(features, targets.tolist(), strict=True):
        mine = weight[word] @ x
        below = [mine.exp()] if itself else []
        for other in drawn.tolist():
            expected = (len(drawn) if number else 1) * frequency[other] if correct else 1.0
            if other != word or not mask:
                below.append((weight[other] @ x).exp() / expected)
        found.append(mine - torch.stack(below).sum().log())
    return torch.stack(found)


def drawn(**changes):
    return lambda *inputs: drawn_by_rows(*inputs, **changes)


def by_cross_entropy(features, targets, weight, frequency, words, mask=True):
    scores = torch.cat([(features * weight[targets]).sum(-1, keepdim=True),
                        features @ weight[words].T - frequency[words].log() - torch.tensor(float(len(words))).log()], 1)
    if mask:
        scores[:, 1:][targets[:, None] == words[None]] = -1e9
    return -nn.functional.cross_entropy(scores, torch.zeros(len(targets), dtype=torch.long), reduction="none")


def by_sentences(log_probs, lengths, kl, rank, num_ranks):
    total = torch.zeros(num_ranks, dtype=kl.dtype)
    for i, r in enumerate(rank.tolist()):
        total = total + nn.functional.one_hot(torch.tensor(r), num_ranks) * (kl[i].sum() - log_probs[i, :lengths[i]].sum())
    return total * (num_ranks / len(rank))


def by_index_add(log_probs, lengths, kl, rank, num_ranks):
    real = torch.arange(log_probs.shape[1])[None] < lengths[:, None]
    each = kl.sum(1) - torch.where(real, log_probs, torch.zeros_like(log_probs)).sum(1)
    return each.new_zeros(num_ranks).index_add(0, rank, each) / len(each) * num_ranks


def each(log_probs, lengths):
    real = (torch.arange(log_probs.shape[1]) < lengths[:, None]).to(log_probs)
    return -(log_probs * real).sum(1)


def own_means(log_probs, lengths, kl, rank, num_ranks):
    loss = each(log_probs, lengths) + kl.sum(1)
    return torch.stack([loss[rank == r].mean() for r in range(num_ranks)])


def tokens_and_sentences(log_probs, lengths, kl, rank, num_ranks):
    nll, cost = each(log_probs, lengths), kl.sum(1)
    return torch.stack([num_ranks * (nll[rank == r].sum() / lengths.sum() + cost[rank == r].sum() / len(cost))
                        for r in range(num_ranks)])


def own_tokens(log_probs, lengths, kl, rank, num_ranks):
    nll, cost = each(log_probs, lengths), kl.sum(1)
    return torch.stack([nll[rank == r].sum() / lengths[rank == r].sum() + cost[rank == r].mean() for r in range(num_ranks)])


def first_ones(log_probs, lengths, kl, rank, num_ranks):
    loss = each(log_probs, lengths) + kl.sum(1)
    least = min(int((rank == r).sum()) for r in range(num_ranks))
    return torch.stack([loss[rank == r][:least].mean() for r in range(num_ranks)])


def scaled(factor):
    return lambda *inputs: by_index_add(*inputs) * factor(*inputs)


RIGHT = [
    (adaptive, by_torch), (adaptive, rows()),
    (sampled, drawn()), (sampled, by_cross_entropy),
    (losses, by_sentences), (losses, by_index_add),
]

WRONG = [
    (adaptive, rows(with_tail=False), "the same for all rare words"),
    (adaptive, rows(with_head=False), "the price of choosing the tail"),
    (adaptive, rows(first=1), "the first rare word"),
    (adaptive, lambda x, y, head, bias, down, up: by_rows(x, y, head, 0 * bias, down, up), "has a bias"),
    (adaptive, lambda features, targets, head, bias, down, up: torch.cat(
        [features @ head[:-1].T + bias[:-1], features @ (up @ down).T], -1).log_softmax(-1)[torch.arange(len(targets)), targets],
     "one softmax over all words"),
    (adaptive, lambda *inputs: -by_rows(*inputs), []),
    (sampled, drawn(correct=False), "count as often as they were drawn"),
    (sampled, drawn(number=False), "expected *number*"),
    (sampled, drawn(mask=False), "it counts twice"),
    (sampled, lambda *inputs: by_cross_entropy(*inputs, mask=False), "it counts twice"),
    (sampled, drawn(itself=False), "missing in the sum below"),
    (sampled, lambda x, y, weight, frequency, words: drawn_by_rows(
        x, y, weight, torch.full_like(frequency, 1 / len(frequency)), words), "as if every word were drawn alike"),
    (sampled, lambda x, y, weight, frequency, words: drawn_by_rows(x, y, weight, frequency, words.unique()), "drawn twice"),
    (sampled, lambda x, y, weight, frequency, words: by_cross_entropy(
        x, y, weight, frequency, torch.tensor(sorted(set(words.tolist())))), "drawn twice"),
    (sampled, lambda x, y, weight, frequency, words: (x @ weight.T).log_softmax(-1)[torch.arange(len(y)), y], "exact log p"),
    (losses, own_means, "each rank's own mean"),
    (losses, tokens_and_sentences, "divided by tokens and the kl by sentences"),
    (losses, own_tokens, "its own tokens"),
    (losses, first_ones, "left out"),
    (losses, scaled(lambda p, n, kl, rank, num: 1 / num), "once more"),
    (losses, scaled(lambda p, n, kl, rank, num: len(rank) / num), "these are sums"),
    (losses, scaled(lambda p, n, kl, rank, num: (len(rank) / num) ** 2), "on its head"),
    (losses, scaled(lambda p, n, kl, rank, num: len(rank) / n.sum()), "an elbo is per sentence"),
    (losses, lambda p, n, kl, rank, num: by_index_add(p, n, kl / kl.shape[1], rank, num), "hidden weight"),
    (losses, lambda p, n, kl, rank, num: by_index_add(p, n, -kl, rank, num), "wrong sign"),
    (losses, lambda p, n, kl, rank, num: by_index_add(p, n, 0 * kl, rank, num), "the kl is missing"),
    (losses, lambda p, n, kl, rank, num: by_index_add(-p, n, kl, rank, num), "log p was added"),
    (losses, lambda p, n, kl, rank, num: by_index_add(p, (n + 1).clamp(max=p.shape[1]), kl, rank, num), "one position late"),
    (losses, lambda p, n, kl, rank, num: by_index_add(p / n[:, None], n, kl / n[:, None], rank, num), "by its own length"),
    (losses, lambda p, n, kl, rank, num: by_index_add(p / n[:, None], n, kl, rank, num), "counts many times"),
    (losses, lambda p, n, kl, rank, num: by_index_add(p, torch.full_like(n, p.shape[1]), kl, rank, num), "is padding"),
]

COMPOSED = [
    (adaptive, lambda *inputs: -by_rows(*inputs, with_tail=False), ["the same for all rare words", "sign"]),
    (adaptive, lambda *inputs: -by_rows(*inputs, first=1), ["the first rare word", "sign"]),
    (adaptive, lambda x, y, head, bias, down, up: by_rows(x, y, head, 0 * bias, down, up, with_tail=False),
     ["has a bias", "the same for all rare words"]),
    (adaptive, lambda x, y, head, bias, down, up: by_rows(x, y, head, 0 * bias, down, up, first=1),
     ["has a bias", "the first rare word"]),
    (sampled, drawn(correct=False, mask=False), ["as often as they were drawn", "it counts twice"]),
    (sampled, drawn(correct=False, itself=False), ["as often as they were drawn", "missing in the sum below"]),
    (sampled, drawn(number=False, mask=False), ["expected *number*", "it counts twice"]),
    (sampled, lambda *inputs: -by_cross_entropy(*inputs, mask=False), ["sign", "it counts twice"]),
    (losses, lambda p, n, kl, rank, num: by_index_add(p, n, -kl, rank, num) / num, ["wrong sign", "once more"]),
    (losses, lambda p, n, kl, rank, num: by_index_add(p, n, kl / kl.shape[1], rank, num) / num, ["hidden weight", "once more"]),
    (losses, lambda p, n, kl, rank, num: by_index_add(p, n, 0 * kl, rank, num) * len(rank) / num,
     ["the kl is missing", "these are sums"]),
    (losses, lambda *inputs: -own_means(*inputs), ["each rank's own mean", "sign"]),
    (losses, lambda p, n, kl, rank, num: by_index_add(-p, n, kl, rank, num) / num, ["log p was added", "once more"]),
]
