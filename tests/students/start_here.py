"""Answers as students give them to the exercises of lesson 00."""

from tests.students.bodies import answers_to

surprise = answers_to("surprise(probability)")
standard_error = answers_to("standard_error(values)")
at_temperature = answers_to("at_temperature(log_probs, temperature)")
draw_words = answers_to("draw_words(log_probs, uniforms, temperature)")

LOOP = """
drawn = torch.full((len(uniforms),), {fill})
previous = {start}
for t in range(len(uniforms)):
    u = {u}
    p = {row}
    word = int({pick})
    drawn[t] = word
    if word == 2:
        {end}
    {keep}
return {back}
"""


def drawing(back="", *, fill="0", start="1", u="uniforms[t]", row="(log_probs[previous] / temperature).softmax(-1)",
            pick="(p.cumsum(0) > u).int().argmax()", end="break", keep="previous = word"):
    """The loop as most write it, with one part as a student has it."""
    return LOOP.format(back=back or "drawn", fill=fill, start=start, u=u, row=row, pick=pick, end=end, keep=keep)


ANSWERS = [
    surprise("return -probability.log()"),
    surprise("return torch.log(probability).mul(-1)"),
    surprise("return -torch.log2(probability) * math.log(2)"),
    surprise("""
        costs = torch.zeros_like(probability)
        for i, p in enumerate(probability.tolist()):
            costs[i] = -math.log(p) if p > 0 else math.inf
        return costs
    """),
    surprise("import numpy as np\nreturn torch.as_tensor(-np.log(probability.numpy()))"),
    surprise("return probability.to(torch.float64).log().neg()"),
    surprise("...", "nothing is written yet", "not attempted"),
    surprise("return -torch.log2(probability)", "log to the base 2: that is bits, not nats", "base 2", "bits"),
    surprise("return -probability.log10()", "log to the base 10, not the natural logarithm", "base 10", "natural", "log10"),
    surprise("return probability.log()", "the minus is missing", "sign", "minus", "negative"),
    surprise("return -probability.log().mean()", "one number for all events: the mean over the batch", "mean", "average"),
    surprise("return -torch.log(probability).sum()", "one number for all events: the sum over the batch",
             "sum", "each event", "one per event"),
    surprise("return 1 - probability", "no logarithm: 1 - p is small for all rare events alike", "logarithm", "1 - p"),
    surprise("return 1 / probability", "the logarithm of 1/p is missing", "logarithm", "log is missing", "1/p"),
    surprise("return -probability * probability.log()", "weighted by p: that is a term of the entropy, not the surprise",
             "entropy", "weighted", "times p"),
    surprise("return -(probability + 1e-3).log()",
             "a small number is added inside the logarithm: rare events come out too small",
             "added", "epsilon", "rare"),
    surprise("return -torch.log(probability.clamp(min=0.01))", "the probability is clamped: rare events all cost the same",
             "clamp", "rare", "floor"),
    surprise("return -probability.log_softmax(-1)", "a softmax over things that are probabilities already",
             "softmax", "already", "normalis"),
    surprise("return -torch.log1p(probability)", "log1p is log(1 + p)", "log1p", "1 + p"),
    surprise("return -math.log(probability)", "math.log takes one number and cannot take a tensor", "math.log", "one number",
             "scalar"),
    surprise("result = -probability.log()", "the return is missing: the function returns None", "return", "None"),
    surprise("return [-math.log(p) for p in probability.tolist()]", "a Python list comes back, not a tensor", "list",
             "tensor"),
    surprise("return probability.log_().neg_()", "the argument is overwritten in place", "in place", "overwrit", "in-place"),

    standard_error("return values.std(0) / math.sqrt(len(values))"),
    standard_error("return (values.var(dim=0) / values.shape[0]).sqrt()"),
    standard_error("""
        n = values.size(0)
        centered = values - values.mean(0, keepdim=True)
        s2 = centered.pow(2).sum(0) / (n - 1)
        return torch.sqrt(s2) / n ** 0.5
    """),
    standard_error("return torch.stack([column.std() for column in values.T]) / len(values) ** 0.5"),
    standard_error("return torch.from_numpy(values.numpy().std(0, ddof=1)) / len(values) ** 0.5"),
    standard_error("var, _ = torch.var_mean(values, dim=0)\nreturn (var / len(values)) ** 0.5"),
    standard_error("n, m = values.shape\nreturn torch.stack([values[:, j].std() / math.sqrt(n) for j in range(m)])"),
    standard_error("...", "nothing is written yet", "not attempted"),
    standard_error("return values.std(0)", "that is the standard deviation: the division by the square root of n is missing",
                   "standard deviation", "square root of n", "sqrt"),
    standard_error("return values.std(0) / len(values)", "divided by n, not by its square root", "square root",
                   "root of n", "sqrt"),
    standard_error("return values.var(0) / len(values)", "the variance of the mean: its square root is missing",
                   "square root", "variance"),
    standard_error("return values.var(0) / len(values) ** 0.5", "the variance in place of the standard deviation",
                   "variance"),
    standard_error("return values.std(0, correction=0) / len(values) ** 0.5",
                   "the sum of squares is divided by n, not by n - 1",
                   "n - 1", "correction"),
    standard_error("return torch.from_numpy(values.numpy().std(axis=0)) / len(values) ** 0.5",
                   "numpy's std divides by n, not by n - 1", "n - 1", "ddof", "numpy"),
    standard_error("return values.std(0) / (len(values) - 1) ** 0.5",
                   "n - 1 a second time: s has it already, the standard error is s over the root of n", "n - 1",
                   "twice", "root of n"),
    standard_error("return values.std(1) / values.shape[1] ** 0.5",
                   "along the wrong axis: over the batch and not over the samples",
                   "axis", "over the batch"),
    standard_error("return values.std(0) / values.shape[1] ** 0.5", "n is taken for the number of columns, not of samples",
                   "number of columns", "number of samples", "batch"),
    standard_error("return values.std(0) / values.numel() ** 0.5", "n is taken for the number of all values, not of samples",
                   "numel", "number of samples", "all values"),
    standard_error("return values.std() / len(values) ** 0.5", "one number over all columns: the axis is forgotten",
                   "axis", "all columns", "each column"),
    standard_error("return values.std(0, keepdim=True) / len(values) ** 0.5", "keepdim leaves an axis of length 1",
                   "keepdim", "axis"),
    standard_error("return values.std(0) / 1000 ** 0.5", "n is fixed at 1000: it has to be read from the values",
                   "fixed", "n must",
                   "number of samples"),
    standard_error("return (values ** 2).mean(0).sqrt() / len(values) ** 0.5", "the mean is not subtracted before squaring",
                   "subtract", "the mean of"),
    standard_error("return (values - values.mean(0)).abs().mean(0) / len(values) ** 0.5",
                   "mean absolute deviation in place of the standard deviation", "absolute", "abs"),
    standard_error("""
        n = len(values)
        mean = sum(values) / n
        variance = sum((v - mean) ** 2 for v in values) / n - 1
        return (variance / n) ** 0.5
    """, "brackets: it divides by n and then takes 1 off, not by (n - 1)", "n - 1", "bracket", "parenthes"),
    standard_error("return statistics.stdev(values) / len(values) ** 0.5", "statistics is not imported", "statistics",
                   "NameError",
                   "not defined"),

    at_temperature("return (log_probs / temperature).log_softmax(-1)"),
    at_temperature("return torch.nn.functional.log_softmax(log_probs / temperature, dim=1)"),
    at_temperature("""
        scaled = log_probs / temperature
        return scaled - scaled.logsumexp(-1, keepdim=True)
    """),
    at_temperature("return torch.distributions.Categorical(logits=log_probs / temperature).logits"),
    at_temperature("return torch.stack([row / temperature - torch.logsumexp(row / temperature, 0) for row in log_probs])"),
    at_temperature("x = log_probs.double() / temperature\nreturn x - torch.logsumexp(x, 1, keepdim=True)"),
    at_temperature("x = log_probs.clone()\nx /= temperature\nx -= x.logsumexp(1).unsqueeze(1)\nreturn x"),
    at_temperature("...", "nothing is written yet", "not attempted"),
    at_temperature("return log_probs / temperature", "the row is not made to add up to 1 again", "add up", "normalis",
                   "logsumexp"),
    at_temperature("return (log_probs * temperature).log_softmax(-1)", "multiplied by the temperature, not divided",
                   "multipl",
                   "divide"),
    at_temperature("return torch.softmax(log_probs / temperature, dim=-1)", "probabilities come back, not log-probabilities",
                   "probabilities", "log_softmax", "log is missing"),
    at_temperature("return torch.log_softmax(log_probs / temperature, dim=0)",
                   "normalised over the batch, not over the vocabulary", "axis", "over the batch", "columns"),
    at_temperature("""
        x = log_probs / temperature
        return x - torch.logsumexp(x, dim=(0, 1))
    """, "one normaliser for the whole batch, not one for each row", "each row", "whole batch", "axis"),
    at_temperature("""
        x = log_probs / temperature
        return x - x.logsumexp(-1)
    """, "keepdim is missing: the normaliser of row i is taken from column i", "keepdim", "axis"),
    at_temperature("""
        p = log_probs.exp() ** (1 / temperature)
        return (p / p.sum(-1, keepdim=True)).log()
    """, "it leaves the log domain: small probabilities become 0 and their logarithm -inf", "log domain", "underflow",
    "-inf"),
    at_temperature("return log_probs.log_softmax(-1) / temperature", "normalised before the division: afterwards it is lost",
                   "before", "add up", "normalis"),
    at_temperature("return (log_probs.exp() / temperature).log().log_softmax(-1)",
                   "the probability is divided, not its logarithm: the normalisation undoes it", "probability is divided",
                   "does nothing", "log domain"),
    at_temperature("""
        x = log_probs / temperature
        return x - x.max(-1, keepdim=True).values
    """, "the maximum is taken off, not the logsumexp: the rows do not add up to 1", "max", "logsumexp", "add up"),
    at_temperature("""
        x = log_probs / temperature
        return x / x.sum(-1, keepdim=True)
    """, "log-probabilities divided by their sum: in the log domain one subtracts the logsumexp", "logsumexp",
    "subtract", "add up"),
    at_temperature("return torch.log_softmax(log_probs - temperature, -1)", "the temperature is subtracted: it cancels",
                   "subtract",
                   "divide"),
    at_temperature("return torch.log_softmax(log_probs / max(temperature, 1.0), -1)",
                   "below 1 the temperature is cut off: the model never gets more careful", "below 1", "cut off", "cold"),
    at_temperature("return torch.log_softmax(log_probs.exp() / temperature, -1)",
                   "exp comes first: the softmax expects logarithms", "exp", "log domain", "probabilities"),
    at_temperature("""
        log_probs /= temperature
        log_probs -= log_probs.logsumexp(-1, keepdim=True)
        return log_probs
    """, "the argument is overwritten in place", "in place", "overwrit", "in-place"),
    at_temperature("return (log_probs / temperature).log_softmax(-1)[0]", "only the first row comes back", "first row", "row"),
    at_temperature("return log_probs.log_softmax(-1)", "the temperature is not used at all", "not used", "ignor",
                   "no effect"),

    draw_words("""
        drawn = torch.zeros(len(uniforms), dtype=torch.long)
        previous = 1
        for i in range(len(uniforms)):
            row = torch.log_softmax(log_probs[previous] / temperature, dim=-1).exp()
            previous = (row.cumsum(0) > uniforms[i]).nonzero()[0].item()
            drawn[i] = previous
            if previous == 2:
                break
        return drawn
    """),
    draw_words("""
        tokens, word = [], 1
        for u in uniforms:
            if word == 2:
                tokens.append(0)
                continue
            p = torch.softmax(log_probs[word] / temperature, -1)
            word = torch.searchsorted(torch.cumsum(p, 0), u.item(), right=True).item()
            tokens.append(word)
        return torch.tensor(tokens)
    """),
    draw_words("""
        import bisect, itertools
        out = [0] * len(uniforms)
        word = 1
        for t, u in enumerate(uniforms.tolist()):
            p = (log_probs[word] / temperature).softmax(-1).tolist()
            word = bisect.bisect_right(list(itertools.accumulate(p)), u)
            out[t] = word
            if word == 2:
                break
        return torch.tensor(out, dtype=torch.int32)
    """),
    draw_words("""
        cum = (log_probs / temperature).softmax(-1).cumsum(-1)
        word = torch.tensor(1)
        out = torch.zeros_like(uniforms).long()
        for t in range(len(out)):
            word = (cum[word] <= uniforms[t]).sum()
            out[t] = word
            if word == 2:
                return out
        return out
    """),
    draw_words("""
        def pick(p, u):
            total = 0.0
            for i, x in enumerate(p):
                total += float(x)
                if total > u:
                    return i
            return len(p) - 1

        words, previous = [], 1
        while len(words) < len(uniforms):
            p = torch.exp(log_probs[previous] / temperature)
            previous = pick(p / p.sum(), float(uniforms[len(words)]))
            words.append(previous)
            if previous == 2:
                break
        return torch.nn.functional.pad(torch.tensor(words), (0, len(uniforms) - len(words)))
    """),
    draw_words("...", "nothing is written yet", "not attempted"),
    draw_words(drawing(start="0"), "it starts with the row of word 0, not of <bos>", "<bos>", "row of word 0"),
    draw_words(drawing(end="pass"), "after <eos> it goes on to draw", "after <eos>", "goes on"),
    draw_words(drawing(keep="pass"),
               "every word comes from the row of <bos>: previous is never changed", "row of <bos>", "previous"),
    draw_words(drawing(row="log_probs[previous].exp()"), "the temperature is forgotten", "temperature is not used"),
    draw_words(drawing(row="(log_probs[previous] * temperature).softmax(-1)"), "multiplied by the temperature", "multipl"),
    draw_words(drawing(row="(log_probs[previous] / temperature).exp()"),
               "not normalised after the division", "add up", "normalis"),
    draw_words(drawing(row="log_probs[previous] / temperature"),
               "exp is missing: log-probabilities are summed up", "exp first", "log-prob"),
    draw_words(drawing(row="log_probs[previous].exp() / temperature"),
               "the probability is divided by the temperature", "divides the probability"),
    draw_words(drawing(pick="p.argmax()"), "greedy: the likeliest word, u is not used", "likeliest", "greedy"),
    draw_words(drawing(pick="(p > u).int().argmax()"), "cumsum is missing", "cumsum", "sum them", "single prob"),
    draw_words(drawing(pick="torch.searchsorted(p.cumsum(0), u)"),
               "searchsorted without right=True: u = 0 draws a word of probability 0", "probability 0"),
    draw_words(drawing(pick="(p.cumsum(0) <= u).sum() - 1"),
               "the last place below u, one too early", "too far to the left", "first"),
    draw_words(drawing(pick="torch.searchsorted(p.cumsum(0), u, right=True) + 1"), "one too far", "too far"),
    draw_words(drawing(pick="(p.cumsum(0) > 1 - u).int().argmax()"), "cumulative from the right end", "1 - u"),
    draw_words(drawing(pick="torch.multinomial(p, 1).item()"),
               "a fresh random number in place of the one that is given", "random number", "given", "uniforms"),
    draw_words(drawing(u="uniforms[0]"), "the first random number is used for every word", "first random number"),
    draw_words(drawing(row="(log_probs[:, previous] / temperature).softmax(-1)"), "a column in place of a row", "column"),
    draw_words(drawing(row="(log_probs[t if t else 1] / temperature).softmax(-1)"),
               "the place in the sentence in place of the word before", "place in the sentence"),
    draw_words(drawing("drawn[:t + 1]"), "the zeros at the end are missing: cut after the end", "fill", "padding", "shape"),
    draw_words(drawing("torch.where(drawn == 2, 0, drawn)"), "<eos> itself is left out", "left out", "<eos>"),
    draw_words(drawing(fill="2"), "the rest is filled with <eos>", "padding", "again and again"),
    draw_words(drawing("previous"),
               "only the last word comes back, not the sentence", "last", "shape", "list", "every word"),
    draw_words(drawing("drawn.tolist()"), "a list, not a tensor", "list", "tensor"),
]
