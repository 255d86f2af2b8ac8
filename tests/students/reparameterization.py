"""Answers as students give them to the exercises of lesson 03."""

from tests.students.bodies import answers_to

score_gradient = answers_to("score_gradient(value, z, mean, stddev)")
leave_one_out = answers_to("leave_one_out(value)")
pathwise_gradient = answers_to("pathwise_gradient(slope, noise, log_var)")

ANSWERS = [
    score_gradient("return value * (z - mean) / stddev**2"),
    score_gradient("""
        own = (torch.zeros_like(z) + mean).detach().requires_grad_()
        score, = torch.autograd.grad(Normal(own, stddev).log_prob(z).sum(), own)
        return value * score
    """),
    score_gradient("noise = (z - mean) / stddev\nreturn value * noise / stddev"),
    score_gradient("return torch.mul(value, torch.div(z - mean, stddev * stddev))"),
    score_gradient("with torch.no_grad():\n    return value * (z - mean) / stddev**2"),
    score_gradient("return torch.stack([v * (x - mean) / stddev**2 for v, x in zip(value, z)])"),
    score_gradient("...", "nothing is written yet", "not attempted"),
    score_gradient("return value * (z - mean)", "the division by the variance is missing", "variance", "stddev"),
    score_gradient("return value * (z - mean) / stddev", "divided by the standard deviation, not by the variance",
                   "variance", "squared",
                   "stddev"),
    score_gradient("return value * (mean - z) / stddev**2", "the sign is turned", "sign", "z - mean"),
    score_gradient("return (value * (z - mean) / stddev**2).mean()",
                   "the mean over the draws: asked is one estimate per draw", "per draw", "each draw", "per sample"),
    score_gradient("return value * (z - mean) / (2 * stddev**2)",
                   "the 2 in front of the variance cancels when the square is differentiated",
                   "half", "factor", "1/2"),
    score_gradient("return (z - mean) / stddev**2", "only the score: the f(z) is missing", "value", "f(z)", "score"),
    score_gradient("return value * Normal(mean, stddev).log_prob(z)",
                   "that is the surrogate itself, not its derivative", "surrogate", "derivative", "differentiat"),
    score_gradient("return value * z / stddev**2", "the mean is not subtracted", "z - mean", "subtract", "mean 0"),
    score_gradient("return value * (z - mean) / stddev**2 * Normal(mean, stddev).log_prob(z).exp()",
                   "weighted with the density again: z is drawn from q already", "weight", "density", "drawn from q"),
    score_gradient("return (value - value.mean()) * (z - mean) / stddev**2",
                   "the mean of all draws is taken off: a baseline that contains the own draw is biased", "baseline",
                   "own draw"),
    score_gradient("return value * ((z - mean) ** 2 / stddev**3 - 1 / stddev)",
                   "that is the score in the standard deviation, not in the mean",
                   "in stddev", "standard deviation", "in the mean"),
    score_gradient("return value * (z - mean) * stddev**2", "multiplied with the variance, not divided", "variance",
                   "divide"),
    score_gradient("return value * (z - mean) / stddev.exp()", "stddev is taken for a logarithm", "exp", "log"),
    score_gradient("return 2 * z",
                   "the derivative of z² along the path: it works for f(z) = z² only, and is the other estimator", "path",
                   "value", "reparameteri"),
    score_gradient("return value * (z - mean) / stddev**2 / len(z)", "divided by the number of draws",
                   "number of draws", "mean", "divided"),
    score_gradient("return value / q * slope_of_q", "q and slope_of_q belong to the grid, not to the draws", "grid",
                   "not defined", "slope_of_q"),
    score_gradient("return [v * (x - mean) / stddev**2 for v, x in zip(value, z)]", "a list comes back, not a tensor",
                   "list", "tensor"),

    leave_one_out("return (value.sum(0) - value) / (len(value) - 1)"),
    leave_one_out("k = value.shape[0]\nreturn (k * value.mean(0, keepdim=True) - value) / (k - 1)"),
    leave_one_out("""
        k = len(value)
        weights = (value.new_ones(k, k) - torch.eye(k).to(value)) / (k - 1)
        return weights @ value
    """),
    leave_one_out("""
        k = value.size(0)
        others = value.expand(k, *value.shape).clone()
        others[range(k), range(k)] = 0
        return others.sum(1) / (k - 1)
    """),
    leave_one_out("mean = value.mean(0)\nreturn mean + (mean - value) / (len(value) - 1)"),
    leave_one_out("...", "nothing is written yet", "not attempted"),
    leave_one_out("return value.mean(0).expand_as(value)", "the own draw is included in the mean", "own draw", "includ",
                  "itself"),
    leave_one_out("return value.mean(0)", "the own draw is included, and an axis is lost", "own draw", "includ", "itself"),
    leave_one_out("return (value.sum(0) - value) / len(value)", "divided by K; the others are K - 1", "K - 1", "K-1"),
    leave_one_out("return (value.sum(1, keepdim=True) - value) / (value.shape[1] - 1)",
                  "the mean of the other examples, not draws", "axis",
                  "examples", "over the batch"),
    leave_one_out("return value.sum(0) - value", "the sum of the others, not their mean", "sum", "mean", "K - 1"),
    leave_one_out("return value - (value.sum(0) - value) / (len(value) - 1)",
                  "f minus the baseline comes back; asked is the baseline",
                  "baseline", "subtract", "minus"),
    leave_one_out("return value.flip(0)", "right for two draws only", "two draws", "K = 2", "one other"),
    leave_one_out("return value.roll(1, 0)", "one of the other draws, not the mean of all others", "one other", "one of",
                  "neighbour"),
    leave_one_out("return (value.sum() - value) / (value.numel() - 1)", "draws of other examples enter", "examples",
                  "axis", "whole"),
    leave_one_out("return value.sum(0) - value / (len(value) - 1)", "brackets: only the own value is divided",
                  "bracket", "parenthes",
                  "divide"),
    leave_one_out("return (value.sum(0) - value) / (value.shape[1] - 1)", "divided by the number of examples less 1",
                  "number of examples", "batch", "K - 1"),
    leave_one_out("return (value.sum(0) - value)", "the sum of the others: right for two draws only", "sum", "K - 1",
                  "mean"),
    leave_one_out("return (value.cumsum(0) - value) / torch.arange(len(value)).clamp(min=1)[:, None]",
                  "the mean of the earlier draws only", "earlier", "before", "all others"),
    leave_one_out("""
        own = torch.eye(len(value), dtype=torch.bool)
        return value.masked_fill(own, 0).mean(0)
    """, "the mask is over draws and draws, the values over draws and examples", "mask", "draws and draws"),
    leave_one_out("""
        others = [torch.cat([value[:i], value[i + 1:]]).mean() for i in range(len(value))]
        return torch.stack(others)
    """, "the mean also runs over the examples: one number per draw", "examples", "axis"),
    leave_one_out("return (value.sum(0) - value) / (len(value) - 2)", "off by one: K - 2", "K - 1", "off by one"),
    leave_one_out("""
        return torch.stack([value[torch.arange(len(value)) != i].median(0).values for i in range(len(value))])
    """, "the median of the others, not their mean", "median", "mean"),
    leave_one_out("""
        total = value.sum(0)
        value -= total
        value /= 1 - len(value)
        return value
    """, "the argument is overwritten in place", "in place", "overwrit", "in-place"),

    pathwise_gradient("return slope * noise * (0.5 * log_var).exp() / 2"),
    pathwise_gradient("stddev = torch.as_tensor(log_var).exp().sqrt()\nreturn 0.5 * stddev * slope * noise"),
    pathwise_gradient("return slope * noise * math.exp(log_var / 2) / 2"),
    pathwise_gradient("""
        own = (torch.zeros_like(noise) + log_var).detach().requires_grad_()
        path = (own / 2).exp() * noise
        return slope * torch.autograd.grad(path.sum(), own)[0]
    """),
    pathwise_gradient("path = 0.5 * noise * torch.exp(0.5 * log_var)\nreturn torch.einsum('s,s->s', slope, path)"),
    pathwise_gradient("...", "nothing is written yet", "not attempted"),
    pathwise_gradient("return slope * noise", "that is dF/dσ: the factor dσ/dlog_var is missing", "chain", "σ/2",
                      "derivative in stddev"),
    pathwise_gradient("return slope * noise * (log_var / 2).exp()",
                      "the 1/2 of the exponent is missing in front: dF/dlog σ", "1/2", "half", "factor"),
    pathwise_gradient("return slope * noise * log_var.exp() / 2", "the variance in place of the standard deviation",
                      "variance",
                      "standard deviation"),
    pathwise_gradient("return slope * noise * log_var.exp()", "log_var is taken for log σ", "log σ", "log sigma", "variance"),
    pathwise_gradient("return slope * (log_var / 2).exp() / 2", "the noise is missing", "noise", "ε"),
    pathwise_gradient("return noise * (log_var / 2).exp() / 2", "the slope of f is missing", "slope"),
    pathwise_gradient("return -slope * noise * (log_var / 2).exp() / 2", "the sign is turned", "sign", "minus"),
    pathwise_gradient("return (slope * noise * (log_var / 2).exp() / 2).mean()",
                      "the mean of the draws: asked is one estimate per draw",
                      "per draw", "each draw", "per sample"),
    pathwise_gradient("return slope * noise / (2 * (log_var / 2).exp())",
                      "that is the derivative in σ², not in its logarithm", "σ²", "variance", "divided"),
    pathwise_gradient("return slope * noise * log_var / 2", "exp is missing: log_var is taken for σ", "exp"),
    pathwise_gradient("return slope", "that is the derivative in the mean", "in the mean", "dF/dμ", "dF/dmean"),
    pathwise_gradient("return slope * noise**2 * (log_var / 2).exp() / 2", "the noise is squared", "squar", "noise"),
    pathwise_gradient("return slope * noise * (log_var / 2).exp() * 2", "times 2 in place of a half", "half", "factor", "1/2"),
    pathwise_gradient("return slope * (noise + (log_var / 2).exp() / 2)", "the noise is added, not multiplied",
                      "multipl", "added"),
    pathwise_gradient("return slope * noise / 2", "right where log_var is 0 only: σ is missing", "σ", "sigma", "stddev"),
    pathwise_gradient("return (slope**2 * noise) * (log_var / 2).exp() / 2", "the slope is squared", "slope", "squar"),
    pathwise_gradient("return slope * noise * (log_var / 2).exp() / 2 + (log_var / 2).exp()",
                      "a term is added that does not belong there", "added", "term", "constant"),
    pathwise_gradient("z = noise * (log_var / 2).exp()\nz.backward()\nreturn slope * log_var.grad",
                      "backward needs one number and a log_var with a gradient", "backward", "grad", "scalar"),
]
