"""Answers as students give them to the exercises of lesson 07."""

from tests.students.bodies import answers_to

true_posterior_mean = answers_to("true_posterior_mean(log_joint, grid)")
information_lower = answers_to("information_lower(log_q)")
gain_at_each_word = answers_to("gain_at_each_word(own, stranger, lengths)")

ANSWERS = [
    true_posterior_mean("return grid @ log_joint.softmax(0)"),
    true_posterior_mean("""
        weights = (log_joint - log_joint.max(0).values).exp()
        return (grid[:, None] * weights).sum(0) / weights.sum(0)
    """),
    true_posterior_mean("""
        import math
        out = []
        for column in log_joint.T.tolist():
            top = max(column)
            w = [math.exp(x - top) for x in column]
            out.append(sum(a * z for a, z in zip(w, grid.tolist())) / sum(w))
        return torch.tensor(out)
    """),
    true_posterior_mean("""
        log_posterior = log_joint - log_joint.logsumexp(0, keepdim=True)
        return torch.einsum("sb,s->b", log_posterior.exp(), grid)
    """),
    true_posterior_mean("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    true_posterior_mean("""
        p = log_joint.exp()
        return (grid[:, None] * p).sum(0) / p.sum(0)
    """, "exp of -100 or less is 0: 0 / 0", "underflow", "log domain", "nan", "softmax", "gives 0"),
    true_posterior_mean("""
        p = log_joint.exp()
        return (grid[:, None] * p).sum(0) / (p.sum(0) + 1e-12)
    """, "the epsilon hides a 0 / 0: every mean becomes 0", "underflow", "epsilon", "softmax", "gives 0", "log domain"),
    true_posterior_mean("""
        p = log_joint.exp()
        return torch.nan_to_num((grid[:, None] * p).sum(0) / p.sum(0))
    """, "nan_to_num hides a 0 / 0: every mean becomes 0", "underflow", "nan", "softmax", "gives 0", "log domain"),
    true_posterior_mean("return grid[log_joint.argmax(0)]", "the mode, not the mean", "mode", "likeliest", "largest", "argmax",
        "peak"),
    true_posterior_mean("return (grid[:, None] * log_joint.softmax(1)).sum(0)",
                        "normalised over the sentences, not over the points of the grid", "axis", "over the sentences",
        "over the grid",
                        "batch"),
    true_posterior_mean("return (grid[:, None] * log_joint.flatten().softmax(0).view_as(log_joint)).sum(0)",
                        "normalised over everything at once, not for each sentence", "each sentence", "normalis"),
    true_posterior_mean("return (grid[:, None] * log_joint.softmax(0)).mean(0)",
                        "a mean over the points: the weights already add up to 1, so it is a sum", "sum", "number of points",
        "mean over",
                        "divided"),
    true_posterior_mean("return (grid[:, None] * log_joint.softmax(0)).sum(0) * (grid[1] - grid[0])",
                        "the step of the grid stays in: it cancels in the quotient", "step", "cancel", "spacing"),
    true_posterior_mean("return (grid[:, None] * log_joint).sum(0) / log_joint.sum(0)",
                        "weighted with log-probabilities instead of probabilities", "log", "exp", "probabilit"),
    true_posterior_mean("""
        p = (log_joint - log_joint.max()).exp()
        return (grid[:, None] * p).sum(0) / p.sum(0)
    """,
                        "one maximum for all sentences: those far below it underflow", "each sentence", "maximum", "underflow",
        "nan"),
    true_posterior_mean("return (grid[:, None] * (log_joint - log_joint.max(0).values).exp()).sum(0)",
                        "not normalised", "normalis", "divid", "add up", "sum to 1"),
    true_posterior_mean("return (grid[:, None] * log_joint.softmax(0)).sum()", "one number for all sentences", "each sentence",
        "per sentence"),
    true_posterior_mean("return (grid * log_joint.softmax(0)).sum(0)", "the grid lies along the batch: [:, None] is missing",
                        "[:, None]", "broadcast", "axis"),
    true_posterior_mean("return (grid[:, None] * (log_joint - 0.5 * grid[:, None] ** 2).softmax(0)).sum(0)",
                        "the prior is multiplied in again: the joint holds it already", "prior", "twice", "again"),
    true_posterior_mean("""
        w = log_joint.softmax(0)
        return (w * grid[:, None] ** 2).sum(0) - (w * grid[:, None]).sum(0) ** 2
    """, "the variance of the posterior, not its mean", "variance"),
    true_posterior_mean("return -grid @ log_joint.softmax(0)", "the sign is turned", "sign", "minus"),

    information_lower("""
        log_mean = log_q.logsumexp(1) - torch.tensor(float(log_q.shape[1])).log()
        return log_q.diagonal() - log_mean
    """),
    information_lower("""
        import math
        n = len(log_q)
        out = []
        for i in range(n):
            top = log_q[i].max()
            out.append(log_q[i, i] - top - ((log_q[i] - top).exp().sum() / n).log())
        return torch.stack(out)
    """),
    information_lower("return log_q.log_softmax(-1).diagonal() + torch.tensor(float(len(log_q))).log()"),
    information_lower("""
        import torch.nn.functional as F
        import math
        return math.log(len(log_q)) - F.cross_entropy(log_q, torch.arange(len(log_q)), reduction="none")
    """),
    information_lower("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    information_lower("return log_q.diagonal() - log_q.logsumexp(1)", "the sum over j, not the mean: log N is missing", "log N",
        "mean"),
    information_lower("return log_q.diagonal() - log_q.logsumexp(1) - torch.tensor(float(len(log_q))).log()",
                      "the sign of log N", "log N", "sign"),
    information_lower("return log_q.diagonal() - log_q.logsumexp(0) + torch.tensor(float(len(log_q))).log()",
                      "the mean goes over the draws i, not over the sentences j", "axis", "column", "over i", "draws", "over j"),
    information_lower("return log_q.diagonal() - log_q.mean(1)", "the mean of the logarithms, not the log of the mean",
                      "mean of the log", "log of the mean", "mean of log"),
    information_lower("return log_q.diagonal() - log_q.exp().mean(1).log()", "exp of far draws is 0, and its logarithm -inf",
                      "underflow", "log domain", "logsumexp", "-inf"),
    information_lower("return log_q.diagonal() - (log_q.exp().mean(1) + 1e-20).log()",
                      "an epsilon covers the underflow: far draws come out wrong", "underflow", "log domain", "logsumexp",
        "epsilon"),
    information_lower("""
        n = len(log_q)
        others = log_q.masked_fill(torch.eye(n, dtype=torch.bool), float("-inf"))
        return log_q.diagonal() - others.logsumexp(1) + torch.tensor(float(n - 1)).log()
    """, "the sentence itself is left out of the mean: j = i belongs to it", "left out", "itself", "own", "j = i"),
    information_lower("return (log_q.diagonal() - log_q.logsumexp(1) + torch.tensor(float(len(log_q))).log()).mean()",
                      "the mean over the draws: one number for each is asked for", "each draw", "mean", "averages"),
    information_lower("return log_q.logsumexp(1) - torch.tensor(float(len(log_q))).log() - log_q.diagonal()",
                      "the sign is turned", "sign", "turned", "negative"),
    information_lower("return log_q - log_q.logsumexp(1, keepdim=True) + torch.tensor(float(len(log_q))).log()",
                      "the whole table: only the diagonal, each draw with its own sentence, is asked for", "diagonal", "own"),
    information_lower("return log_q.diagonal() - log_q.logsumexp(1) + torch.tensor(float(len(log_q))).log2()",
                      "the logarithm to base 2 among nats", "base", "log2", "nats", "bits", "log N"),
    information_lower("return log_q.diagonal() - log_q.logsumexp(1) / len(log_q)",
                      "the logarithm is divided by N, instead of the sum inside it", "log N", "divided by", "mean"),
    information_lower("return (log_q.diagonal() - log_q.logsumexp(1) + torch.tensor(float(len(log_q))).log()).clamp(min=0)",
                      "cut off at 0: single draws may be negative, the mean gets too large", "negative", "clamp", "cut"),
    information_lower("return log_q.max(1).values - log_q.logsumexp(1) + torch.tensor(float(len(log_q))).log()",
                      "the best sentence for the draw, not its own", "diagonal", "own", "best", "max"),
    information_lower("return log_q.trace() - log_q.logsumexp(1) + torch.tensor(float(len(log_q))).log()",
                      "the trace adds up the diagonal: each draw needs its own entry", "trace", "diagonal", "own", "sum"),
    information_lower("return log_q.diagonal() - log_q.logsumexp((0, 1)) + 2 * torch.tensor(float(len(log_q))).log()",
                      "the mean over the whole table, not over j for each draw", "whole table", "each draw", "over j", "both"),

    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        gain = (own - stranger).masked_fill(~real, 0.0)
        return gain.sum(0) / real.sum(0)
    """),
    gain_at_each_word("""
        out = []
        for t in range(own.shape[1]):
            there = lengths > t
            out.append((own[there, t] - stranger[there, t]).mean())
        return torch.stack(out)
    """),
    gain_at_each_word("""
        real = torch.arange(own.shape[1])[None, :] < lengths[:, None]
        return torch.where(real, own - stranger, torch.nan).nanmean(0)
    """),
    gain_at_each_word("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    gain_at_each_word("return (own - stranger).mean(0)", "the padding is counted", "padding", "lengths"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (own - stranger).masked_fill(~real, 0.0).mean(0)
    """, "divided by all sentences, not by those that have a word there", "all sentences", "have a word", "divid", "batch size"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (own - stranger).masked_fill(~real, 0.0).sum(0)
    """, "the sum, not the mean", "sum", "mean"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (own - stranger).masked_fill(~real, 0.0).sum(1) / lengths
    """, "the mean over the words of each sentence, not over the sentences at each word", "axis", "each sentence",
        "over the sentences"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (stranger - own).masked_fill(~real, 0.0).sum(0) / real.sum(0)
    """, "the sign: stranger - own", "sign", "stranger - own", "turned"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) <= lengths[:, None]
        return (own - stranger).masked_fill(~real, 0.0).sum(0) / real.sum(0)
    """, "off by one: one position of padding is counted in each sentence", "padding", "off by one", "one position",
        "one too many"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None] - 1
        return ((own - stranger).masked_fill(~real, 0.0).sum(0) / real.sum(0)).nan_to_num()
    """, "the last word of every sentence is left out", "last"),
    gain_at_each_word("""
        real = (torch.arange(own.shape[1]) < lengths[:, None]).float()
        return ((own - stranger) * real).sum(0) / real.sum(0)
    """, "masked by a product: -inf or nan in the padding makes the sum nan", "nan", "-inf", "product", "where"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (own.exp() - stranger.exp()).masked_fill(~real, 0.0).sum(0) / real.sum(0)
    """, "the difference of probabilities, not of their logarithms", "probabilit", "logarithm", "exp"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (own / stranger).masked_fill(~real, 0.0).sum(0) / real.sum(0)
    """, "a quotient of logarithms, not their difference", "quotient", "difference", "ratio", "subtract"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (own - stranger).abs().masked_fill(~real, 0.0).sum(0) / real.sum(0)
    """, "the absolute value: a loss counts as a gain", "absolute", "negative", "sign"),
    gain_at_each_word("""
        whole = lengths == lengths.max()
        return (own[whole] - stranger[whole]).mean(0)
    """, "only the longest sentences are used", "longest", "shorter", "have a word", "all sentences"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (own - stranger).masked_fill(~real, 0.0).sum() / real.sum()
    """, "one number for all positions", "position", "each"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return own.masked_fill(~real, 0.0).sum(0) / real.sum(0) - stranger.mean(0)
    """, "only own is masked: the padding of stranger is counted", "padding", "stranger"),
    gain_at_each_word("""
        short = int(lengths.min())
        return (own - stranger)[:, :short].mean(0)
    """, "cut at the shortest sentence: later positions are missing", "shortest", "position", "missing"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths
        return (own - stranger).masked_fill(~real, 0.0).sum(0) / real.sum(0)
    """, "lengths lies along time, not along the batch: [:, None] is missing", "[:, None]", "broadcast"),
    gain_at_each_word("""
        real = torch.arange(own.shape[1]) < lengths[:, None]
        return (own - stranger).masked_fill(~real, 0.0).median(0).values
    """, "a median with zeros, not the mean", "median", "mean"),
]
