"""Answers as students give them to exercises 1 to 3 of lesson 02."""

from tests.students.bodies import answers_to

kl_between = answers_to("kl_between(q_mean, q_std, p_mean, p_std)")
mean_and_error = answers_to("mean_and_error(log_q, log_p)")
kl_categorical = answers_to("kl_categorical(log_q, log_p)")

ANSWERS = [
    kl_between("return torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2) - 0.5"),
    kl_between("return kl_divergence(Normal(q_mean, q_std), Normal(p_mean, p_std))"),
    kl_between("""
        ratio = q_std / p_std
        distance = (q_mean - p_mean) / p_std
        return 0.5 * (ratio.square() + distance.square() - 1) - ratio.log()
    """),
    kl_between("""
        q_var, p_var = q_std**2, p_std**2
        return 0.5 * ((p_var / q_var).log() + (q_var + (p_mean - q_mean) ** 2) / p_var - 1)
    """),
    kl_between("return divergences.kl(Normal(q_mean, q_std), Normal(p_mean, p_std))"),
    kl_between("""
        columns = zip(q_mean.T, q_std.T, p_mean.T, p_std.T)
        return torch.stack([kl_divergence(Normal(a, b), Normal(c, d)) for a, b, c, d in columns], dim=1)
    """),
    kl_between("...", "nothing is written yet", "not attempted"),
    kl_between("return kl_divergence(Normal(p_mean, p_std), Normal(q_mean, q_std))", "the other direction: KL(p || q)",
               "direction",
               "revers", "KL(p"),
    kl_between("return kl_divergence(Normal(q_mean, q_std**2), Normal(p_mean, p_std**2))",
               "Normal takes the standard deviation, and the variance is given", "standard deviation", "variance"),
    kl_between("return torch.log(p_std / q_std) + (q_std + (q_mean - p_mean) ** 2) / (2 * p_std) - 0.5",
               "the standard deviations are not squared: they are used as variances", "squar", "variance"),
    kl_between("return torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2)",
               "the - 1/2 is missing",
               "1/2", "- 1 is missing", "½"),
    kl_between("return torch.log(q_std / p_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2) - 0.5",
               "the ratio in the logarithm is upside down", "log", "upside", "sign"),
    kl_between("return torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / p_std**2 - 0.5",
               "the factor 1/2 of the square term is missing", "factor", "1/2", "half"),
    kl_between("return torch.log(p_std**2 / q_std**2) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2) - 0.5",
               "log of the variances without the 1/2: the log term is doubled", "log", "twice", "doubled"),
    kl_between("return (torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2) - 0.5).sum(-1)",
               "summed over the dimensions: keep one number for each", "sum", "each dimension", "per dimension"),
    kl_between("return (torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2) - 0.5).mean(-1)",
               "mean over the dimensions: keep one number for each", "mean", "each dimension", "per dimension"),
    kl_between("return -torch.log(q_std) + (q_std**2 + q_mean**2) / 2 - 0.5",
               "p is ignored: this is the KL to the standard Gaussian",
               "standard", "p_mean", "ignor"),
    kl_between("return torch.log(p_std / q_std) + (q_std**2 + q_mean**2 - p_mean**2) / (2 * p_std**2) - 0.5",
               "difference of squares, not the square of the difference", "difference", "square of"),
    kl_between("return torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean)) / (2 * p_std**2) - 0.5",
               "the distance of the means is not squared", "squar"),
    kl_between("return torch.log(p_std / q_std) + q_std**2 / (2 * p_std**2) - 0.5",
               "the distance of the means is left out", "mean"),
    kl_between("return torch.log2(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2) - 0.5",
               "log to the base 2 beside terms in nats", "base 2", "bits", "natural"),
    kl_between("return torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * q_std**2) - 0.5",
               "divided by the variance of q: lines 4 and 5 divide by that of p", "variance of q", "q_std", "variance of p"),
    kl_between("return torch.log(p_std / q_std) + q_std**2 + (q_mean - p_mean) ** 2 / (2 * p_std**2) - 0.5",
               "brackets: only the distance is divided", "bracket", "parenthes", "divide"),
    kl_between("""
        q_std, p_std = q_std.clamp(min=1e-2), p_std.clamp(min=1e-2)
        return torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2) - 0.5
    """, "narrow distributions are clamped to a width of 0.01", "clamp", "narrow", "small"),
    kl_between("""
        q_std, p_std = q_std.exp(), p_std.exp()
        return torch.log(p_std / q_std) + (q_std**2 + (q_mean - p_mean) ** 2) / (2 * p_std**2) - 0.5
    """, "exp of what is a standard deviation already", "exp", "already", "log sigma"),
    kl_between("""
        z = q_mean + q_std * torch.randn(10000, *q_mean.shape, dtype=q_mean.dtype)
        return (Normal(q_mean, q_std).log_prob(z) - Normal(p_mean, p_std).log_prob(z)).mean(0)
    """, "sampled: an estimate with noise; line 5 is exact", "sampl", "random", "noise"),

    mean_and_error("""
        ratio = log_q - log_p
        return torch.stack([ratio.mean(0), ratio.std(0) / math.sqrt(len(ratio))])
    """),
    mean_and_error("""
        k1 = log_q - log_p
        return torch.stack((k1.mean(dim=0), (k1.var(dim=0) / k1.shape[0]).sqrt()), dim=0)
    """),
    mean_and_error("""
        found = stats.estimate(log_q - log_p)
        return torch.stack([found.mean, found.error])
    """),
    mean_and_error("""
        n = log_q.size(0)
        d = log_q - log_p
        m = d.sum(0) / n
        s = torch.sqrt(((d - m) ** 2).sum(0) / (n - 1))
        out = torch.empty(2, log_q.size(1), dtype=log_q.dtype)
        out[0], out[1] = m, s / n**0.5
        return out
    """),
    mean_and_error("std, mean = torch.std_mean(log_q - log_p, 0)\nreturn torch.stack([mean, std / math.sqrt(len(log_q))])"),
    mean_and_error("d = (log_q - log_p).double()\nreturn torch.cat([d.mean(0)[None], d.std(0)[None] / len(d) ** 0.5])"),
    mean_and_error("...", "nothing is written yet", "not attempted"),
    mean_and_error("d = log_p - log_q\nreturn torch.stack([d.mean(0), d.std(0) / len(d) ** 0.5])",
                   "log p - log q: the sign is turned",
                   "sign", "log q - log p", "minus"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.mean(0), d.std(0)])",
                   "the standard deviation of one draw, not divided by the root of N", "square root", "sqrt", "√"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.mean(0), d.std(0) / len(d)])", "divided by N, not by its root",
                   "square root", "sqrt", "√"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.mean(0), d.var(0) / len(d)])",
                   "the variance of the mean, not its root",
                   "variance", "square root"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.mean(0), d.std(0, correction=0) / len(d) ** 0.5])",
                   "n in place of n - 1 in the standard deviation", "n - 1", "N - 1", "correction"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.mean(1), d.std(1) / d.shape[1] ** 0.5])",
                   "along the batch, not along the samples", "axis", "over the batch"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.mean(0), d.std(0) / len(d) ** 0.5], dim=1)",
                   "two columns where two rows are asked for", "rows", "2 batch"),
    mean_and_error("d = log_q - log_p\nreturn d.mean(0), d.std(0) / len(d) ** 0.5",
                   "a tuple comes back, not one tensor of two rows",
                   "tuple", "stack", "one tensor"),
    mean_and_error("d = log_q.exp() * (log_q - log_p)\nreturn torch.stack([d.mean(0), d.std(0) / len(d) ** 0.5])",
                   "weighted with q once more: the draws come from q already", "weight", "already", "drawn from q"),
    mean_and_error("d = log_q - log_p\nd = d + (-d).exp() - 1\nreturn torch.stack([d.mean(0), d.std(0) / len(d) ** 0.5])",
                   "that is the estimator k3, not the plain average", "k3", "control variate"),
    mean_and_error("d = (log_q - log_p).abs()\nreturn torch.stack([d.mean(0), d.std(0) / len(d) ** 0.5])",
                   "absolute values: single draws may be negative", "absolute", "abs", "negative"),
    mean_and_error("d = (log_q - log_p).clamp(min=0)\nreturn torch.stack([d.mean(0), d.std(0) / len(d) ** 0.5])",
                   "negative draws are cut off: that adds a bias", "negative", "clamp", "cut"),
    mean_and_error("d = (log_q - log_p).exp()\nreturn torch.stack([d.mean(0), d.std(0) / len(d) ** 0.5])",
                   "average of q/p, not of its logarithm", "exp", "logarithm", "ratio"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.mean(), d.std() / len(d) ** 0.5])",
                   "one pair for the whole batch", "axis", "each column"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.sum(0), d.std(0) / len(d) ** 0.5])",
                   "the sum, not the mean", "sum",
                   "mean"),
    mean_and_error("d = log_q - log_p\nreturn torch.stack([d.mean(0), d.std(0) / d.shape[1] ** 0.5])",
                   "N is taken for the size of the batch", "number of samples", "size of the batch", "batch"),
    mean_and_error("error = (log_q.var(0) / len(log_q) + log_p.var(0) / len(log_p)).sqrt()\n"
                   "return torch.stack([(log_q - log_p).mean(0), error])",
                   "errors added as if log q and log p were independent; they come from the same draws", "independent",
                   "same draws",
                   "difference"),
    mean_and_error("return (log_q - log_p).mean(0)", "half finished: the standard error is missing", "standard error",
                   "two rows"),

    kl_categorical("q = log_q.exp()\nreturn torch.where(q > 0, q * (log_q - log_p), 0.0).sum(-1)"),
    kl_categorical("return torch.nansum(log_q.exp() * (log_q - log_p), dim=-1)"),
    kl_categorical("return (log_q.exp() * (log_q - log_p)).nan_to_num(nan=0.0, posinf=math.inf).sum(-1)"),
    kl_categorical("terms = log_q.exp() * (log_q - log_p)\nterms[log_q == -math.inf] = 0\nreturn terms.sum(1)"),
    kl_categorical("""
        rows = []
        for q, p in zip(log_q, log_p):
            used = q > -math.inf
            rows.append((q[used].exp() * (q[used] - p[used])).sum())
        return torch.stack(rows)
    """),
    kl_categorical("return (log_q.exp() * (log_q - log_p)).masked_fill(log_q.isneginf(), 0).sum(-1)"),
    kl_categorical("q = log_q.exp()\nreturn -(torch.special.entr(q) + torch.where(q > 0, q * log_p, 0.0)).sum(-1)"),
    kl_categorical("...", "nothing is written yet", "not attempted"),
    kl_categorical("return (log_q.exp() * (log_q - log_p)).sum(-1)", "NaN where q is 0: the term has to count 0", "nan",
                   "q = 0", "0 log 0"),
    kl_categorical("return torch.nan_to_num(log_q.exp() * (log_q - log_p)).sum(-1)",
                   "nan_to_num also turns infinity into a large number: where p = 0 and q > 0 the KL is infinite",
                   "infinit", "inf"),
    kl_categorical("return torch.nan_to_num(log_q.exp() * (log_q - log_p), nan=0.0, posinf=0.0).sum(-1)",
                   "the infinite terms are thrown away: where p = 0 and q > 0 the KL is infinite", "infinit", "inf"),
    kl_categorical("""
        q, p = log_q.exp(), log_p.exp()
        both = (q > 0) & (p > 0)
        return torch.where(both, q * (log_q - log_p), 0.0).sum(-1)
    """, "words with p = 0 are skipped; there the KL is infinite", "infinit", "p = 0"),
    kl_categorical("""
        q, p = log_q.exp() + 1e-8, log_p.exp() + 1e-8
        return (q * (q / p).log()).sum(-1)
    """, "an epsilon in place of the zeros: the infinite KL becomes finite", "epsilon", "infinit", "added"),
    kl_categorical("""
        log_q, log_p = log_q.clamp(min=-20), log_p.clamp(min=-20)
        return (log_q.exp() * (log_q - log_p)).sum(-1)
    """, "clamped logarithms: the infinite KL becomes finite", "clamp", "infinit"),
    kl_categorical("p = log_p.exp()\nreturn torch.where(p > 0, p * (log_p - log_q), 0.0).sum(-1)",
                   "the other direction: KL(p || q)",
                   "direction", "revers", "KL(p"),
    kl_categorical("q = log_q.exp()\nreturn torch.where(q > 0, q * (log_p - log_q), 0.0).sum(-1)", "the sign is turned",
                   "sign",
                   "minus"),
    kl_categorical("q = log_q.exp()\nreturn torch.where(q > 0, q * (log_q - log_p), 0.0).mean(-1)",
                   "mean over the words: q is the weight already", "mean"),
    kl_categorical("q = log_q.exp()\nreturn torch.where(q > 0, q * (log_q - log_p), 0.0).sum()",
                   "one number for the whole batch",
                   "each row", "whole batch", "over the batch"),
    kl_categorical("q = log_q.exp()\nreturn torch.where(q > 0, q * (log_q - log_p), 0.0).sum(0)",
                   "summed over the batch", "axis",
                   "over the batch"),
    kl_categorical("return torch.where(log_q > -math.inf, log_q * (log_q - log_p), 0.0).sum(-1)",
                   "weighted with log q in place of q", "exp", "weight"),
    kl_categorical("return torch.nn.functional.kl_div(log_q, log_p, log_target=True, reduction='none').sum(-1)",
                   "the arguments of F.kl_div are the other way round: input is log p, target log q", "direction", "revers",
                   "KL(p"),
    kl_categorical("return torch.nn.functional.kl_div(log_p, log_q.exp(), reduction='batchmean')",
                   "batchmean: one number for the whole batch", "whole batch", "each row"),
    kl_categorical("return torch.nn.functional.kl_div(log_p, log_q, log_target=True, reduction='none').sum(-1)",
                   "kl_div gives NaN where log_q is -inf", "nan", "q = 0", "0 log 0"),
    kl_categorical("q = log_q.exp()\nreturn torch.where(q > 0, -q * log_p, 0.0).sum(-1)",
                   "the cross-entropy: log q is missing",
                   "cross-entropy", "log q", "entropy"),
    kl_categorical("q = log_q.exp()\nreturn torch.where(q > 0, q * (log_q - log_p), 0.0).sum(-1) / math.log(2)",
                   "in bits, not in nats", "bits", "base 2", "nats"),
    kl_categorical("q = log_q.exp()\nreturn torch.where(q > 0, q * (log_q - log_p), 0.0).sum(-1, keepdim=True)",
                   "keepdim leaves an axis of length 1", "keepdim", "axis"),
    kl_categorical("return torch.nan_to_num((log_q.exp() * (log_q - log_p)).sum(-1), posinf=math.inf)",
                   "the NaN is replaced after the sum: the whole row counts 0", "after the sum", "whole row", "each term"),
]
