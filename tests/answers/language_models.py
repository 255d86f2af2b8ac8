"""Answers to the exercises of lesson 05: right ones however written, usual mistakes, mistakes together."""
import torch
from torch import nn

NAMES = ("lstm_cell", "three_units", "kneser_ney", "attend", "nucleus", "beam_search")


def by_torch(gates, c):
    """torch's own cell; its weights pass the gates through unchanged."""
    cell = nn.LSTMCell(gates.shape[1], c.shape[1], bias=False)
    with torch.no_grad():
        cell.weight_ih.copy_(torch.eye(gates.shape[1]))
        cell.weight_hh.zero_()
    return torch.cat(cell(gates, (torch.zeros_like(c), c)), dim=1)


def by_slices(gates, c):
    n = c.shape[1]
    i, f, o = (1 / (1 + torch.exp(-gates[:, k * n : (k + 1) * n])) for k in (0, 1, 3))
    c = f * c + i * torch.tanh(gates[:, 2 * n : 3 * n])
    return torch.hstack((o * torch.tanh(c), c))


def by_loop(token_log_probs, lengths):
    each = [-token_log_probs[i, : int(n)].sum() for i, n in enumerate(lengths)]
    total = torch.stack(each).sum()
    return torch.stack([total / len(each), total / int(lengths.sum()), torch.exp(total / int(lengths.sum()))])


def row_by_row(counts, discount):
    contexts = torch.stack([(counts[:, w] > 0).sum() for w in range(counts.shape[1])])
    below = contexts / contexts.sum()
    return torch.stack([torch.relu(row - discount) / row.sum() + discount * (row > 0).sum() / row.sum() * below
                        for row in counts])


def taken(counts, discount):
    kept = torch.where(counts > 0, counts - discount, 0.0)
    total = counts.sum(1, keepdim=True)
    seen = (counts > 0).float().sum(0)
    return (kept + (counts > 0).float().sum(1, keepdim=True) * discount * (seen / seen.sum())) / total


def one_by_one(log_probs, p):
    rows = []
    for row in log_probs:
        keep, total = torch.zeros(len(row), dtype=torch.bool), 0.0
        for word in row.argsort(descending=True):
            keep[word] = True
            total += row[word].exp().item()
            if total >= p:
                break
        rows.append(row.masked_fill(~keep, -torch.inf).softmax(-1))
    return torch.stack(rows)



def by_library(query, key, value):
    return nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)


def with_words(log_p, width, max_length):
    """Keeps the words, and both kinds of sentences in one list."""
    beam, best = [((0,), log_p.new_zeros(()))], log_p.new_tensor(-torch.inf)
    while beam and len(beam[0][0]) <= max_length:
        longer = [((*said, w), score + log_p[said[-1], w]) for said, score in beam for w in range(len(log_p))]
        beam = sorted(longer, key=lambda one: -one[1])[:width]
        best = max([best, *(score for said, score in beam if said[-1] == 0)])
        beam = [one for one in beam if one[0][-1] != 0]
    return best


RIGHT = [("attend", by_library), ("beam_search", with_words), ("lstm_cell", by_slices), ("lstm_cell", by_torch),
         ("three_units", by_loop), ("kneser_ney", row_by_row), ("kneser_ney", taken), ("nucleus", one_by_one)]


def cell(*, sure=torch.sigmoid, candidate=torch.tanh, order=(0, 1, 2, 3), shown=torch.tanh, join=lambda h, c: [h, c]):
    def function(gates, c):
        parts = gates.chunk(4, -1)
        i, f, g, o = (parts[k] for k in order)
        c = sure(f) * c + sure(i) * candidate(g)
        return torch.cat(join(sure(o) * shown(c), c), -1)
    return function


def real(lengths, time):
    return torch.arange(time) < lengths[:, None]


def units(*, paid=lambda n, t: n, tokens=lambda n, t: n.sum(), sign=-1, last=lambda s, t: t.exp()):
    def function(token_log_probs, lengths):
        time = token_log_probs.shape[1]
        total = sign * token_log_probs.where(real(paid(lengths, time), time), 0.0).sum()
        s, t = total / len(lengths), total / tokens(lengths, time)
        return torch.stack([s, t, last(s, t)])
    return function


def whole(n, t):
    return torch.full_like(n, t)


def mean_of_means(token_log_probs, lengths):
    each = -token_log_probs.where(real(lengths, token_log_probs.shape[1]), 0.0).sum(1)
    per_token = (each / lengths).mean()
    return torch.stack([each.mean(), per_token, per_token.exp()])


def by_product(token_log_probs, lengths):
    total = -(token_log_probs * real(lengths, token_log_probs.shape[1])).sum()
    return torch.stack([total / len(lengths), total / lengths.sum(), (total / lengths.sum()).exp()])


def bigram(*, discount=lambda d: d, clamp=True, below=lambda n: (n > 0).sum(0), weight=lambda n, d: d * (n > 0).sum(1),
           scale=True, axis=1):
    def function(counts, d):
        kept = counts - discount(d)
        kept = kept.clamp(min=0) if clamp else kept
        lower = below(counts) / (below(counts).sum() if scale else 1)
        return (kept + weight(counts, d)[:, None] * lower) / counts.sum(axis, keepdim=True)
    return function


def cut(*, keep, descending=True, scale=True, back=True, out=lambda x: x):
    def function(log_probs, p):
        ordered, index = log_probs.exp().sort(-1, descending=descending)
        kept = ordered * keep(ordered, p)
        kept = kept / kept.sum(-1, keepdim=True) if scale else kept
        return out(torch.zeros_like(kept).scatter(-1, index, kept) if back else kept)
    return function


def attention(*, root=lambda d: d**0.5, ahead=lambda t: torch.ones(t, t).triu(1).bool(), hidden=-torch.inf, axis=-1, turn=False):
    def function(query, key, value):
        query, key = (key, query) if turn else (query, key)
        scores = query @ key.mT / root(query.shape[-1])
        return scores.masked_fill(ahead(query.shape[1]), hidden).softmax(axis) @ value
    return function


def beam(*, keep=lambda longer, width: sorted(longer, reverse=True)[:width], steps=lambda n: n, out=lambda x: x, stop=False):
    def function(log_p, width, max_length):
        still, best = [(0.0, 0)], -torch.inf
        for _ in range(steps(max_length)):
            kept = keep([(s + log_p[v, w].item(), w) for s, v in still for w in range(len(log_p))], width)
            best = max([best] + [s for s, w in kept if w == 0])
            still = [] if stop and best > -torch.inf else [(s, w) for s, w in kept if w]
        return out(torch.tensor(best))
    return function


def usual(ordered, p):
    return ordered.cumsum(-1) - ordered < p


def without_the_crossing(ordered, p):
    return ordered.cumsum(-1) <= p


WRONG = [
    ("lstm_cell", cell(order=(1, 0, 2, 3)), "input gate and forget gate"),
    ("lstm_cell", cell(order=(0, 1, 3, 2)), "candidate and output gate"),
    ("lstm_cell", cell(candidate=torch.sigmoid), "candidate g goes through a sigmoid"),
    ("lstm_cell", cell(candidate=lambda x: x), "candidate g needs a tanh"),
    ("lstm_cell", cell(sure=lambda x: x), "gates need a sigmoid"),
    ("lstm_cell", cell(sure=torch.tanh), "gates go through tanh"),
    ("lstm_cell", cell(shown=lambda x: x), "tanh around the memory"),
    ("lstm_cell", cell(join=lambda h, c: [c, h]), "c stands before h"),
    ("lstm_cell", cell(join=lambda h, c: [h]), "h alone"),
    ("three_units", units(paid=whole, tokens=lambda n, t: len(n) * t), "padding is counted"),
    ("three_units", units(tokens=lambda n, t: len(n) * t), "padding too"),
    ("three_units", units(paid=lambda n, t: n - 1, tokens=lambda n, t: (n - 1).sum()), "<eos> is left out"),
    ("three_units", units(tokens=lambda n, t: (n - 1).sum()), "paid for but not counted"),
    ("three_units", units(sign=1), "minus is missing"),
    ("three_units", units(last=lambda s, t: s.exp()), "exp of nats per sentence"),
    ("three_units", units(last=lambda s, t: 2**t), "power of 2"),
    ("three_units", units(last=lambda s, t: (-t).exp()), "below 1"),
    ("three_units", mean_of_means, "each sentence's own mean"),
    ("kneser_ney", bigram(below=lambda n: n.sum(0)), "after how many different words"),
    ("kneser_ney", bigram(below=lambda n: (n > 0).sum(1)), "words that follow"),
    ("kneser_ney", bigram(below=lambda n: torch.ones(len(n))), "uniform"),
    ("kneser_ney", bigram(clamp=False), "become negative"),
    ("kneser_ney", bigram(discount=lambda d: 0), "more than 1"),
    ("kneser_ney", bigram(weight=lambda n, d: 0 * n[:, 0]), "lower order is missing"),
    ("kneser_ney", bigram(weight=lambda n, d: n.sum(1)), "has weight 1"),
    ("kneser_ney", bigram(weight=lambda n, d: d + 0 * n[:, 0]), "number of kinds"),
    ("kneser_ney", bigram(weight=lambda n, d: d * n.sum(1)), "is the discount itself"),
    ("kneser_ney", bigram(scale=False), "not divided by its sum"),
    ("nucleus", cut(keep=without_the_crossing), "crosses p is left out"),
    ("nucleus", cut(keep=lambda o, p: o >= 1 - p), "own probability"),
    ("nucleus", cut(keep=usual, descending=False), "least likely"),
    ("nucleus", cut(keep=usual, scale=False), "do not sum to 1"),
    ("nucleus", cut(keep=usual, back=False), "still sorted"),
    ("nucleus", cut(keep=usual, out=torch.log), "log-probabilities"),
    ("nucleus", cut(keep=lambda o, p: ~usual(o, p)), "keeps what should go"),
    ("three_units", by_product, "masked by a product"),
    ("attend", attention(root=lambda d: 1), "not divided by the root"),
    ("attend", attention(root=lambda d: d), "divide by its root"),
    ("attend", attention(ahead=lambda t: torch.zeros(t, t).bool()), "nothing is masked"),
    ("attend", attention(ahead=lambda t: torch.ones(t, t).triu(0).bool()), "may look at itself"),
    ("attend", attention(ahead=lambda t: torch.ones(t, t).tril(-1).bool()), "hides what was before"),
    ("attend", attention(hidden=0.0), "minus infinity"),
    ("attend", attention(axis=-2), "axis -2"),
    ("attend", attention(turn=True), "exchanged"),
    ("attend", lambda *x: attention()(*(y.detach() for y in x)), "gradient is lost"),
    ("beam_search", beam(keep=lambda longer, width: sorted(longer, reverse=True)[:1]), "whatever the width"),
    ("beam_search", beam(keep=lambda longer, width: sorted(longer)[:width]), "least likely candidates"),
    ("beam_search", beam(keep=lambda longer, width: sorted([x for x in longer if x[1]], reverse=True)[:width]
                         + [x for x in longer if not x[1]]), "take no place"),
    ("beam_search", beam(steps=lambda n: n - 1), "too early"),
    ("beam_search", beam(steps=lambda n: n + 1), "too many"),
    ("beam_search", beam(out=torch.exp), "its logarithm"),
    ("beam_search", beam(stop=True), "first finished"),
    ("beam_search", lambda p, w, n: beam()(p.mT, w, n), "row and column"),
    ("attend", attention(root=lambda d: d, axis=-2), ["divide by its root", "axis -2"]),
    ("lstm_cell", cell(order=(1, 0, 2, 3), shown=lambda x: x), ["input gate and forget gate", "tanh around"]),
    ("lstm_cell", cell(order=(0, 1, 3, 2), join=lambda h, c: [c, h]), ["candidate and output", "c stands before"]),
    ("lstm_cell", cell(candidate=torch.sigmoid, shown=lambda x: x), ["through a sigmoid", "tanh around"]),
    ("lstm_cell", lambda gates, c: cell(candidate=torch.sigmoid)(gates, c).double(), ["through a sigmoid", "dtype"]),
    ("lstm_cell", lambda gates, c: cell(shown=lambda x: x)(gates, c).mean(0), ["tanh around", "averages over the batch"]),
    ("three_units", units(sign=1, last=lambda s, t: s.exp()), ["minus is missing", "nats per sentence"]),
    ("three_units", units(tokens=lambda n, t: (n - 1).sum(), last=lambda s, t: 2**t), ["not counted", "power of 2"]),
    ("three_units", units(paid=whole, tokens=lambda n, t: len(n) * t, sign=1), ["padding is counted", "minus"]),
    ("three_units", lambda x, n: units(last=lambda s, t: s.exp())(x, n)[[1, 0, 2]], ["order is", "nats per sentence"]),
    ("three_units", lambda x, n: units(sign=1)(x, n).tolist(), ["minus", "python list"]),
    ("kneser_ney", bigram(below=lambda n: n.sum(0), clamp=False), ["after how many", "become negative"]),
    ("kneser_ney", bigram(below=lambda n: (n > 0).sum(1), discount=lambda d: 0), ["words that follow", "more than 1"]),
    ("kneser_ney", bigram(below=lambda n: n.sum(0), weight=lambda n, d: n.sum(1)), ["after how many", "weight 1"]),
    ("kneser_ney", lambda n, d: bigram(clamp=False)(n, d).log(), ["log-probabilities"]),
    ("nucleus", cut(keep=usual, descending=False, scale=False), ["least likely", "do not sum to 1"]),
    ("nucleus", cut(keep=usual, scale=False, back=False), ["do not sum to 1", "still sorted"]),
    ("nucleus", cut(keep=without_the_crossing, scale=False), ["crosses p", "do not sum to 1"]),
]
