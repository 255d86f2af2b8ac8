"""Answers as students give them to the exercises of lesson 05."""

from tests.students.bodies import answers_to

three_units = answers_to("three_units(token_log_probs, lengths)")
kneser_ney = answers_to("kneser_ney(counts, discount)")

ANSWERS = [
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths[:, None]
        nll = -token_log_probs.masked_fill(~real, 0.0).sum(1)
        per_token = nll.sum() / lengths.sum()
        return torch.stack([nll.mean(), per_token, per_token.exp()])
    """),
    three_units("""
        total, tokens = 0.0, 0
        for row, length in zip(token_log_probs.tolist(), lengths.tolist()):
            total -= sum(row[:length])
            tokens += length
        import math
        return torch.tensor([total / len(lengths), total / tokens, math.exp(total / tokens)])
    """),
    three_units("""
        real = torch.arange(token_log_probs.shape[1])[None] < lengths[:, None]
        words = token_log_probs[real]
        return torch.stack([-words.sum() / len(lengths), -words.mean(), (-words.mean()).exp()])
    """),
    three_units("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    three_units("""
        nll = -token_log_probs.sum(1)
        per_token = nll.sum() / lengths.sum()
        return torch.stack([nll.mean(), per_token, per_token.exp()])
    """, "the padding is counted: its numbers are in every sum", "padding", "lengths"),
    three_units("""
        nll = -token_log_probs
        return torch.stack([nll.sum(1).mean(), nll.mean(), nll.mean().exp()])
    """, "the padding is counted, in the sums and in the number of tokens", "padding", "lengths"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths[:, None]
        nll = -torch.where(real, token_log_probs, torch.zeros(())).sum(1)
        per_token = (nll / lengths).mean()
        return torch.stack([nll.mean(), per_token, per_token.exp()])
    """, "the mean of each sentence's own mean: short sentences weigh too much; divide all nats by all tokens",
        "mean of", "divided by their number", "short", "all tokens"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths[:, None]
        nll = -token_log_probs.masked_fill(~real, 0.0).sum(1)
        return torch.stack([nll.mean(), nll.sum() / lengths.sum(), nll.mean().exp()])
    """, "the perplexity is exp of nats per sentence, it should be per token", "perplexity", "per token"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths[:, None]
        log_p = token_log_probs.masked_fill(~real, 0.0).sum(1)
        per_token = log_p.sum() / lengths.sum()
        return torch.stack([log_p.mean(), per_token, per_token.exp()])
    """, "the sign: log-likelihoods, not negative ones", "sign", "negative", "minus"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths[:, None]
        nll = -token_log_probs.masked_fill(~real, 0.0).sum(1)
        per_token = nll.sum() / lengths.sum()
        return torch.stack([nll.mean(), per_token, 2 ** per_token])
    """, "2 to the power of nats: the base of the perplexity does not fit the unit", "base", "2 to", "bits", "exp"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) <= lengths[:, None]
        nll = -token_log_probs.masked_fill(~real, 0.0).sum(1)
        per_token = nll.sum() / lengths.sum()
        return torch.stack([nll.mean(), per_token, per_token.exp()])
    """, "off by one: <= takes one position of padding with it", "off by one", "one position", "padding", "one too many"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths[:, None]
        nll = -token_log_probs.masked_fill(~real, 0.0)
        per_token = nll.mean()
        return torch.stack([nll.sum(1).mean(), per_token, per_token.exp()])
    """, "the padding is masked, but its positions are still counted as tokens", "padding", "number of tokens", "positions"),
    three_units("""
        mask = (torch.arange(token_log_probs.shape[1]) < lengths[:, None]).float()
        nll = -(token_log_probs * mask).sum(1)
        per_token = nll.sum() / mask.sum()
        return torch.stack([nll.mean(), per_token, torch.exp(per_token)])
    """, "masked by a product: where the padding holds -inf or nan, 0 times it is nan", "nan", "-inf", "where", "product"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths
        nll = -token_log_probs.masked_fill(~real, 0.0).sum(1)
        return torch.stack([nll.mean(), nll.sum() / lengths.sum(), (nll.sum() / lengths.sum()).exp()])
    """, "lengths lies along time, not along the batch: [:, None] is missing", "[:, None]", "broadcast", "batch"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths[:, None]
        nll = -token_log_probs.masked_fill(~real, 0.0).sum(1)
        return nll.mean().item(), (nll.sum() / lengths.sum()).item(), (nll.sum() / lengths.sum()).exp().item()
    """, "three Python floats in a tuple instead of a tensor of three", "tensor", "tuple", "float"),
    three_units("""
        real = torch.arange(token_log_probs.shape[1]) < lengths[:, None]
        nll = -token_log_probs.masked_fill(~real, 0.0).sum(1)
        per_token = nll / lengths
        return torch.stack([nll, per_token, per_token.exp()])
    """, "one number for each sentence: the mean over sentences is missing", "mean"),

    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        seen = (counts > 0).float()
        lower = seen.sum(0) / seen.sum()
        return (counts - discount).clamp(min=0) / total + discount * seen.sum(1, keepdim=True) / total * lower
    """),
    kneser_ney("""
        rows, columns = counts.shape
        before = [sum(1 for v in range(rows) if counts[v, w] > 0) for w in range(columns)]
        table = torch.zeros(rows, columns)
        for v in range(rows):
            total = float(counts[v].sum())
            kinds = int((counts[v] > 0).sum())
            for w in range(columns):
                table[v, w] = max(float(counts[v, w]) - discount, 0.0) / total
                table[v, w] += discount * kinds / total * before[w] / sum(before)
        return table
    """),
    kneser_ney("""
        import numpy as np
        c = counts.numpy()
        p_low = (c > 0).sum(axis=0) / (c > 0).sum()
        n = (c > 0).sum(axis=1)
        table = np.maximum(c - discount, 0) / c.sum(axis=1)[:, None] + np.outer(discount * n / c.sum(axis=1), p_low)
        return torch.tensor(table, dtype=counts.dtype)
    """),
    kneser_ney("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        lower = counts.sum(0) / counts.sum()
        kinds = (counts > 0).sum(1, keepdim=True)
        return (counts - discount).clamp(min=0) / total + discount * kinds / total * lower
    """, "the lower order is the frequency of w, not after how many different words it was seen", "frequen", "how many different",
        "different words"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        kinds = (counts > 0).sum(1, keepdim=True)
        return (counts - discount).clamp(min=0) / total + discount * kinds / total / counts.shape[1]
    """, "the lower order is uniform", "uniform", "lower order"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        kinds = (counts > 0).sum(1, keepdim=True)
        lower = (counts > 0).sum(0) / (counts > 0).sum()
        return (counts - discount) / total + discount * kinds / total * lower
    """, "the maximum with 0 is missing: words never seen give up D too", "negative", "maximum", "max(", "clamp", "never seen"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        lower = (counts > 0).sum(0) / (counts > 0).sum()
        return (counts - discount).clamp(min=0) / total + discount * lower
    """, "what was collected is D N(v)/c(v) of the row, here it is D for every row", "N(v)", "collected", "sum to 1", "sums to",
        "each row"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        kinds = (counts > 0).sum(0)
        lower = (counts > 0).sum(0) / (counts > 0).sum()
        return (counts - discount).clamp(min=0) / total + discount * kinds / total * lower
    """, "N(v) is counted along the wrong axis: words before, not words after", "N(v)", "axis", "column", "words before"),
    kneser_ney("""
        total = counts.sum(1)
        kinds = (counts > 0).sum(1)
        lower = (counts > 0).sum(0) / (counts > 0).sum()
        return (counts - discount).clamp(min=0) / total + discount * kinds / total * lower
    """, "keepdim is missing: the row sums are divided along the columns (and a square table hides it)", "keepdim", "axis",
        "broadcast", "column"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        return (counts - discount).clamp(min=0) / total
    """, "what is collected is not given to the lower order", "collected", "lower order", "sum to 1", "second term"),
    kneser_ney("""
        left = (counts - discount).clamp(min=0)
        return left / left.sum(1, keepdim=True)
    """, "normalised again instead of backing off: unseen words stay at 0", "lower order", "collected", "unseen", "never seen"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        kinds = (counts > 0).sum(1, keepdim=True)
        lower = (counts > 0).sum(0).float()
        return (counts - discount).clamp(min=0) / total + discount * kinds / total * lower
    """, "the lower order is not divided by its sum", "divided by", "lower order", "sum to 1", "normalis"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        kinds = (counts > 0).sum(1, keepdim=True)
        lower = (counts > 0).sum(0) / counts.shape[0]
        return (counts - discount).clamp(min=0) / total + discount * kinds / total * lower
    """, "the lower order is divided by the number of rows, not by the sum of the numbers", "lower order", "sum to 1",
        "normalis"),
    kneser_ney("return (counts + discount) / (counts + discount).sum(1, keepdim=True)",
               "add-D smoothing (Laplace): D is added instead of taken away", "add", "taken", "Laplace", "lower order"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        lower = (counts > 0).sum(0) / (counts > 0).sum()
        return (counts - discount).clamp(min=0) / total + discount * counts.shape[1] / total * lower
    """, "N(v) is taken as the size of the vocabulary", "N(v)", "vocabulary", "different words"),
    kneser_ney("""
        total = counts.sum(1, keepdim=True)
        seen = (counts > 0).float()
        counts -= discount
        counts.clamp_(min=0)
        return counts / total + discount * seen.sum(1, keepdim=True) / total * seen.sum(0) / seen.sum()
    """, "the table that came in is overwritten", "in place", "overwrit", "changed", "argument"),
]
