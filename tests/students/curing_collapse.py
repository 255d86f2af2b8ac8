"""Answers as students give them to the exercises of lesson 08."""

from tests.students.bodies import answers_to

verdict = answers_to("verdict()")
price_with_free_bits = answers_to("price_with_free_bits(kl, floor)")
normalised_means = answers_to("normalised_means(mean, gamma)")
bag_log_likelihood = answers_to("bag_log_likelihood(log_probs, targets, lengths)")

ANSWERS = [
    verdict('return {"A": "empty", "B": "cured", "C": "too dear", "D": "paid for nothing"}'),
    verdict('return dict(zip("ABCD", ["empty", "cured", "too dear", "paid for nothing"]))'),
    verdict('return dict(D="paid for nothing", C="too dear", B="cured", A="empty")'),
    verdict("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    verdict('return {"A": "cured", "B": "too dear", "C": "paid for nothing", "D": "empty"}',
            "A is called cured because all 8 units are active and the NLL is the best: but nothing is bought", "bought",
        "missed"),
    verdict('return {"A": "paid for nothing", "B": "cured", "C": "too dear", "D": "empty"}',
            "A and D exchanged: D pays 4 nats and buys nothing, A pays next to nothing", "pays", "4 nats"),
    verdict('return {"A": "empty", "B": "too dear", "C": "cured", "D": "paid for nothing"}',
            "B and C exchanged: C buys most, but its NLL stands 7 nats above the language model's", "likelihood",
        "language model"),
    verdict('return {"A": "empty", "B": "cured", "C": "paid for nothing", "D": "too dear"}',
            "C buys 20 nats; D pays 4 and buys none", "bought", "buys", "nats that buy"),
    verdict('return {"A": "empty", "B": "cured", "C": "too dear", "D": "empty"}',
            "D has an empty z too, but pays 4 nats for it", "pays", "4 nats", "nats that buy"),
    verdict('return {"A": "cured", "B": "cured", "C": "too dear", "D": "paid for nothing"}',
            "A has 8 active units, but a rate of 0.6 nats and no cost of a shuffled z", "missed"),
    verdict('return {"A": "empty", "B": "cured", "C": "too dear"}', "D has no verdict", "D", "missing", "four"),
    verdict('return {"A": "Empty", "B": "Cured", "C": "Too dear", "D": "Paid for nothing"}',
            "the words are written with capitals: not the four that were given", "capital", "lower case", "spelling", "exactly",
        "one of"),
    verdict('return ["empty", "cured", "too dear", "paid for nothing"]', "a list, not a dict from the letters", "dict", "list"),
    verdict('return {"A": "empty", "B": "healthy", "C": "too dear", "D": "paid for nothing"}',
        "healthy is none of the four words",
            "healthy", "one of", "none of"),
    verdict('return {"empty": "A", "cured": "B", "too dear": "C", "paid for nothing": "D"}', "keys and values are exchanged",
            "letter", "keys", "exchanged"),

    price_with_free_bits("return kl.mean(0).clamp(min=floor)"),
    price_with_free_bits("return torch.stack([max(torch.tensor(float(floor)), column.mean()) for column in kl.T])"),
    price_with_free_bits("""
        average = kl.sum(dim=0) / kl.shape[0]
        return torch.where(average > floor, average, torch.full_like(average, floor))
    """),
    price_with_free_bits("return floor + torch.relu(kl.mean(0) - floor)"),
    price_with_free_bits("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    price_with_free_bits("return kl.clamp(min=floor).mean(0)",
                         "the floor is laid under every sentence, before the mean", "before", "every sentence", "each sentence",
        "order"),
    price_with_free_bits("return kl.mean(1).clamp(min=floor)", "the mean goes over the dimensions, not over the batch", "axis",
        "over the batch"),
    price_with_free_bits("return kl.mean(0).clamp(min=floor).sum()", "one number: the price of each dimension is asked for",
                         "each dimension", "sum"),
    price_with_free_bits("return kl.mean(0).clamp(max=floor)", "min instead of max: a lid, not a floor", "lid", "ceiling",
        "minimum", "max"),
    price_with_free_bits("return torch.relu(kl.mean(0) - floor)", "the floor is taken off: only the excess is paid",
                         "excess", "subtract", "taken off", "below the KL", "above the floor"),
    price_with_free_bits("""
        average = kl.mean(0)
        return average * (average > floor)
    """, "below the floor the price is 0, it should be the floor", "floor", "0"),
    price_with_free_bits("return kl.sum(0).clamp(min=floor)", "the sum over the batch, not the mean", "sum", "mean"),
    price_with_free_bits("return kl.mean(0).sum().clamp(min=floor * kl.shape[1]) / kl.shape[1] * torch.ones(kl.shape[1])",
                         "one floor under the total: a dear dimension pays for the empty ones", "total", "each dimension",
        "group"),
    price_with_free_bits("return kl.mean(0).clamp(min=floor / kl.shape[1])", "the floor is divided among the dimensions",
                         "divided", "each dimension", "floor"),
    price_with_free_bits("return kl.mean().clamp(min=floor).expand(kl.shape[1])",
        "one mean over everything, not one for each dimension",
                         "each dimension", "everything", "one mean"),
    price_with_free_bits("return kl.clamp(min=floor)", "the mean over the batch is missing", "mean", "batch"),
    price_with_free_bits("return kl.mean(0) + floor", "the floor is added, not laid under", "added", "max", "plus"),
    price_with_free_bits("return [max(floor, kl[:, j].mean().item()) for j in range(kl.shape[1])]",
                         "a list of Python floats: no tensor, no gradient", "list", "tensor", "float"),
    price_with_free_bits("return kl.mean(0).detach().clamp(min=floor)", "detach: the price has no gradient", "gradient",
        "detach"),
    price_with_free_bits("return kl.max(0).values.clamp(min=floor)", "the largest KL of the batch, not the mean", "largest",
        "mean", "max over"),
    price_with_free_bits("""
        kl.clamp_(min=floor)
        return kl.mean(0)
    """, "every sentence gets the floor before the mean, and the table that came in is changed", "before", "in place", "changed",
        "each sentence", "every sentence"),
    price_with_free_bits("return max(floor, kl.mean(0))", "Python's max compares whole tensors: use clamp or torch.maximum",
                         "clamp", "torch.maximum", "ambiguous", "Boolean value"),

    normalised_means("return gamma * (mean - mean.mean(0)) / mean.std(0, unbiased=False)"),
    normalised_means("return (mean - mean.mean(0)) / mean.std(0) * gamma"),
    normalised_means("""
        import torch.nn.functional as F
        size = mean.shape[1]
        return F.batch_norm(mean, None, None, weight=torch.full((size,), float(gamma)), training=True)
    """),
    normalised_means("""
        columns = []
        for column in mean.unbind(1):
            centred = column - column.sum() / len(column)
            columns.append(gamma * centred / (centred.pow(2).sum() / len(column)).sqrt())
        return torch.stack(columns, 1)
    """),
    normalised_means("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    normalised_means("return gamma * (mean - mean.mean(1, keepdim=True)) / mean.std(1, keepdim=True, correction=0)",
                     "normalised over the dimensions of each sentence (layer norm), not over the batch", "axis", "over the batch",
                     "each dimension", "each sentence"),
    normalised_means("return gamma * (mean - mean.mean(0)) / mean.var(0, correction=0)",
        "divided by the variance, not by the standard deviation",
                     "variance", "standard deviation"),
    normalised_means("return gamma * mean / mean.std(0, correction=0)", "the mean is not taken off", "mean 0", "centre",
        "subtract",
        "taken off"),
    normalised_means("return (mean - mean.mean(0)) / mean.std(0, correction=0)", "gamma is not used", "gamma"),
    normalised_means("return gamma**0.5 * (mean - mean.mean(0)) / mean.std(0, correction=0)",
        "gamma is taken for the variance: its root is used",
                     "variance", "root", "standard deviation"),
    normalised_means("return gamma**2 * (mean - mean.mean(0)) / mean.std(0, correction=0)",
        "gamma is squared: that is the variance", "squar",
        "variance",
                     "standard deviation"),
    normalised_means("return gamma * (mean - mean.mean()) / mean.std(correction=0)",
        "one mean and one deviation for all dimensions",
                     "each dimension", "all dimensions", "over everything"),
    normalised_means("return (mean - mean.mean(0)) / mean.std(0, correction=0) + gamma", "gamma is added, it should multiply",
        "added",
        "multipl", "mean 0"),
    normalised_means("return (mean - mean.mean(0)) / (gamma * mean.std(0, correction=0))",
        "divided by gamma instead of multiplied", "multipl",
        "divid"),
    normalised_means("return gamma * (mean - mean.mean(0))", "the standard deviation is not made 1 before", "standard deviation",
        "divid"),
    normalised_means("return mean - mean.mean(0) / mean.std(0, correction=0) * gamma",
        "brackets are missing: only the mean is divided",
        "bracket",
                     "mean 0", "standard deviation"),
    normalised_means("""
        import torch.nn.functional as F
        return gamma * F.normalize(mean - mean.mean(0), dim=0)
    """, "the length of each column is 1, not its standard deviation", "length", "norm", "standard deviation", "√N", "sqrt"),
    normalised_means("""
        with torch.no_grad():
            centre, width = mean.mean(0), mean.std(0, correction=0)
        return gamma * (mean - centre) / width
    """, "the batch statistics carry no gradient: the encoder can push against them", "gradient", "no_grad", "detach"),
    normalised_means("""
        mean -= mean.mean(0)
        mean /= mean.std(0, correction=0)
        return gamma * mean
    """, "the means that came in are overwritten", "in place", "changed", "overwrit"),
    normalised_means("return gamma * (mean - mean.mean(0)) / (mean.std(0, correction=0) + 0.1)",
                     "an epsilon of 0.1 is no epsilon: narrow dimensions come out narrower", "epsilon", "narrow",
        "standard deviation"),
    normalised_means("return (gamma * (mean - mean.mean(0)) / mean.std(0, correction=0)).mean(0)",
        "averaged over the batch: all zeros come back", "average"),
    normalised_means("return gamma * (mean - mean.median(0).values) / mean.std(0, correction=0)",
        "the median is taken off, not the mean",
        "median",
                     "mean 0"),

    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return log_probs.gather(1, targets).masked_fill(~real, 0.0).sum(1)
    """),
    bag_log_likelihood("""
        out = []
        for row, words, length in zip(log_probs, targets, lengths):
            out.append(sum(row[w] for w in words[:length]))
        return torch.stack(out)
    """),
    bag_log_likelihood("""
        spread = log_probs[:, None, :].expand(-1, targets.shape[1], -1)
        chosen = spread.gather(-1, targets[..., None]).squeeze(-1)
        return torch.where(torch.arange(targets.shape[1])[None] < lengths[:, None], chosen, 0.0).sum(-1)
    """),
    bag_log_likelihood("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    bag_log_likelihood("return log_probs.gather(1, targets).sum(1)", "the padding is counted", "padding", "lengths"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return log_probs.gather(1, targets).masked_fill(~real, 0.0).sum(1) / lengths
    """, "the mean over the tokens, not the sum", "mean", "sum", "per token"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return -log_probs.gather(1, targets).masked_fill(~real, 0.0).sum(1)
    """, "the sign: a loss, not a log-likelihood", "sign", "negative", "minus"),
    bag_log_likelihood("return torch.stack([r[words[:n].unique()].sum() for r, words, n in zip(log_probs, targets, lengths)])",
                       "a word that stands twice is counted once", "twice", "repeat", "once", "unique"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None] - 1
        return log_probs.gather(1, targets).masked_fill(~real, 0.0).sum(1)
    """, "the last real token is left out", "last", "eos"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) <= lengths[:, None]
        return log_probs.gather(1, targets).masked_fill(~real, 0.0).sum(1)
    """, "off by one: one position of padding is counted", "padding", "off by one", "one too many"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return log_probs[0][targets].masked_fill(~real, 0.0).sum(1)
    """, "every sentence is read from the first row", "first row", "own row", "row"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return log_probs.gather(1, targets).masked_fill(~real, 0.0)
    """, "the sum over the tokens is missing", "sum"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return log_probs.gather(1, targets).masked_fill(~real, 0.0).sum()
    """, "one number for the whole batch", "each sentence", "whole batch", "per sentence"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return log_probs.exp().gather(1, targets).masked_fill(~real, 0.0).sum(1)
    """, "probabilities are added up, not their logarithms", "probabilit", "logarithm", "exp"),
    bag_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        orders = torch.lgamma(lengths + 1.0)
        return log_probs.gather(1, targets).masked_fill(~real, 0.0).sum(1) + orders
    """, "the number of orders is added: the exercise asks for the plain sum", "orders", "lgamma", "factorial", "length"),
    bag_log_likelihood("return (log_probs.gather(1, targets) * (targets != 0)).sum(1)",
                       "the mask is guessed from the targets, not taken from lengths", "lengths"),
    bag_log_likelihood("return log_probs.max(1).values * lengths",
        "the likeliest word for every position: the targets are not used",
                       "likeliest", "target", "largest"),
    bag_log_likelihood("return log_probs[:, targets].sum(-1)", "every sentence's row is read at every sentence's words", "gather",
                       "every sentence", "own"),
    bag_log_likelihood("""
        mask = (torch.arange(targets.shape[1]) < lengths[:, None]).float()
        return (log_probs.gather(1, targets) * mask).sum(1)
    """, "masked by a product: 0 times -inf is nan where the padding word is impossible", "nan", "-inf", "product", "where"),
]
