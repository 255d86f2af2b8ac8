"""Answers as students give them to the exercises of lesson 05."""

from tests.students.bodies import answers_to

lstm_cell = answers_to("lstm_cell(gates, c)")
nucleus = answers_to("nucleus(log_probs, p)")

ANSWERS = [
    lstm_cell("""
        i, f, g, o = gates.chunk(4, dim=-1)
        new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.cat([torch.sigmoid(o) * torch.tanh(new), new], dim=-1)
    """),
    lstm_cell("""
        n = c.shape[-1]
        sigma = lambda x: 1 / (1 + (-x).exp())
        c = sigma(gates[:, n:2 * n]) * c + sigma(gates[:, :n]) * gates[:, 2 * n:3 * n].tanh()
        return torch.cat((sigma(gates[:, 3 * n:]) * c.tanh(), c), 1)
    """),
    lstm_cell("""
        i, f, g, o = gates.view(len(c), 4, -1).unbind(1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.hstack([o.sigmoid() * c.tanh(), c])
    """),
    lstm_cell("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    lstm_cell("""
        i, f, o, g = gates.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "the order is i, f, g, o: g and o are exchanged", "order", "exchanged", "swap"),
    lstm_cell("""
        f, i, g, o = gates.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "forget gate and input gate are exchanged", "order", "exchanged", "swap"),
    lstm_cell("""
        i, f, g, o = gates.view(len(c), -1, 4).unbind(-1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "every fourth number is taken: the four lie side by side, as blocks", "side by side", "block", "every fourth",
        "interleav"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, 0)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "the batch is cut into four, not the vector", "batch", "axis", "dim"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.sigmoid()
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "the new content goes through a sigmoid, it should be tanh", "tanh", "new content", "between -1 and 1"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "the tanh of the new content is missing", "tanh", "new content", "between -1 and 1"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c, c], -1)
    """, "h' = σ(o) tanh(c'): the tanh is missing", "tanh"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        new = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), new], -1)
    """, "the state is made from the old memory, not from the new one", "old memory", "new memory", "old c"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([c, o.sigmoid() * c.tanh()], -1)
    """, "memory and state are given back in the wrong order", "h first", "exchanged", "swap", "before h"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
    """, "a tuple, not one tensor with h and c side by side", "tuple", "torch.cat", "side by side", "tensor"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.stack([o.sigmoid() * c.tanh(), c], -1)
    """, "stacked on a new axis instead of side by side", "torch.cat", "side by side"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c = f * c + i * g.tanh()
        return torch.cat([o * c.tanh(), c], -1)
    """, "the sigmoids are missing: gates are numbers between 0 and 1", "sigmoid", "between 0 and 1"),
    lstm_cell("""
        i, f, g, o = gates.softmax(-1).chunk(4, -1)
        c = f * c + i * g.tanh()
        return torch.cat([o * c.tanh(), c], -1)
    """, "a softmax over all four: each gate has its own sigmoid", "sigmoid", "softmax"),
    lstm_cell("""
        i, f, g, o = gates.sigmoid().chunk(4, -1)
        c = f * c + i * g.tanh()
        return torch.cat([o * c.tanh(), c], -1)
    """, "g goes through the sigmoid too, before the tanh", "tanh", "new content", "sigmoid"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        f = f.sigmoid()
        c = f * c + (1 - f) * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "a GRU's way: 1 - f instead of the input gate i", "input gate", "1 - f", "σ(i)", "sigmoid(i)"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c = f.sigmoid() * c.detach() + i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "detach cuts the memory's gradient: nothing travels back", "gradient", "detach"),
    lstm_cell("""
        i, f, g, o = gates.chunk(4, -1)
        c *= f.sigmoid()
        c += i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), c], -1)
    """, "the memory that came in is overwritten", "in place", "overwrit", "changed", "argument"),

    nucleus("""
        ordered, index = log_probs.exp().sort(dim=-1, descending=True)
        before = ordered.cumsum(-1) - ordered
        kept = torch.where(before < p, ordered, 0.0)
        return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))
    """),
    nucleus("""
        out = torch.zeros_like(log_probs)
        for b, row in enumerate(log_probs.exp()):
            total = 0.0
            for w in row.argsort(descending=True).tolist():
                out[b, w] = row[w]
                total += row[w].item()
                if total >= p:
                    break
        return out / out.sum(-1, keepdim=True)
    """),
    nucleus("""
        values, order = log_probs.sort(-1, descending=True)
        reached = values.exp().cumsum(-1) >= p
        drop = torch.cat([torch.zeros_like(reached[:, :1]), reached[:, :-1]], -1)
        drop = drop.gather(-1, order.argsort(-1))
        return log_probs.masked_fill(drop, float("-inf")).softmax(-1)
    """),
    nucleus("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        kept = ordered * (ordered.cumsum(-1) <= p)
        return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))
    """, "the word that crosses p is dropped", "crosses"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        keep = ordered.cumsum(-1) < p
        keep[:, 0] = True
        kept = ordered * keep
        return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))
    """, "the word that crosses p is dropped, only the first one is saved", "crosses"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        kept = ordered * (ordered.cumsum(-1) - ordered < p)
        return torch.zeros_like(kept).scatter(-1, index, kept)
    """, "the kept probabilities are not scaled to sum 1", "sum to 1", "sum 1", "scale", "normalis"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        kept = ordered * (ordered.cumsum(-1) - ordered < p)
        return kept / kept.sum(-1, keepdim=True)
    """, "left in sorted order: the probabilities belong to the wrong words", "sorted", "order", "scatter", "back to"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        kept = ordered * (ordered.cumsum(-1) - ordered < p)
        return (kept / kept.sum(-1, keepdim=True)).gather(-1, index)
    """, "gather with the sorting index: put back needs scatter (or the inverse of the index)", "scatter", "gather", "order",
        "sorted"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1)
        kept = ordered * (ordered.cumsum(-1) - ordered < p)
        return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))
    """, "sorted upwards: the unlikeliest words are kept", "unlikel", "least likely", "descending", "likeliest"),
    nucleus("""
        probs = log_probs.exp()
        kept = probs * (probs >= p)
        return kept / kept.sum(-1, keepdim=True)
    """, "p is used as a threshold for each word, not for the sum of the likeliest", "threshold", "each word", "cumulat",
        "adds up"),
    nucleus("""
        probs = log_probs.exp()
        kept = probs * (probs.cumsum(-1) - probs < p)
        return kept / kept.sum(-1, keepdim=True)
    """, "not sorted: the first words of the vocabulary are kept, not the likeliest", "sort", "likeliest"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        number = int((ordered[0].cumsum(-1) - ordered[0] < p).sum())
        kept = ordered.clone()
        kept[:, number:] = 0
        return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))
    """, "the first row decides how many words every row keeps", "each row", "first row", "every row", "row"),
    nucleus("""
        k = max(1, int(p * log_probs.shape[-1]))
        values, index = log_probs.topk(k, -1)
        return torch.zeros_like(log_probs).scatter(-1, index, values.softmax(-1))
    """, "top-k: a share p of the words, whatever their probability", "top-k", "number of words", "share of the words",
        "probability"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        kept = torch.where(ordered.cumsum(-1) - ordered < p, ordered, 0.0)
        return torch.zeros_like(kept).scatter(-1, index, kept.softmax(-1))
    """, "softmax of probabilities: it flattens them and gives the dropped words something", "softmax", "scale", "dropped"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        kept = torch.where(ordered.cumsum(-1) - ordered < p, ordered, 0.0)
        kept = kept / kept.sum(-1, keepdim=True)
        return torch.zeros_like(kept).scatter(-1, index, kept).log()
    """, "logarithms come back, probabilities were asked for", "logarithm", "log-prob", "probabilities"),
    nucleus("""
        ordered, index = log_probs.sort(-1, descending=True)
        kept = torch.where(ordered.cumsum(-1) - ordered < p, ordered, 0.0)
        return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))
    """, "the log-probabilities are added up, exp is missing", "exp", "log-prob"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        kept = torch.where(ordered.cumsum(-1) - ordered < p, ordered, 0.0)
        return torch.zeros_like(kept).scatter(-1, index, kept / p)
    """, "divided by p, not by what was kept: the kept words hold more than p", "sum to 1", "sum 1", "scale", "divided by p"),
    nucleus("""
        ordered, index = log_probs.exp().sort(-1, descending=True)
        kept = torch.where(ordered.cumsum(-1) - 2 * ordered < p, ordered, 0.0)
        return torch.zeros_like(kept).scatter(-1, index, kept / kept.sum(-1, keepdim=True))
    """, "one word too many can stay: what stands before the word is counted wrongly", "too many", "smallest", "more words"),
]
