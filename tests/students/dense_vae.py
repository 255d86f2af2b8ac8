"""Answers as students give them to the exercises of lesson 04."""

from tests.students.bodies import answers_to

level_nll = answers_to("level_nll(log_density, num_pixels, num_levels)")
gaussian_log_likelihood = answers_to("gaussian_log_likelihood(images, mean, log_stddev)")
bernoulli_log_likelihood = answers_to("bernoulli_log_likelihood(images, logits)")

ANSWERS = [
    level_nll("return num_pixels * math.log(num_levels) - log_density"),
    level_nll("return -(log_density - num_pixels * math.log(num_levels))"),
    level_nll("return math.log(num_levels ** num_pixels) - log_density"),
    level_nll("width = 1 / num_levels\nreturn -log_density - num_pixels * np.log(width)"),
    level_nll("return torch.stack([num_pixels * math.log(num_levels) - one for one in log_density])"),
    level_nll("return num_pixels * torch.tensor(num_levels, dtype=torch.float64).log() - log_density.double()"),
    level_nll("...", "nothing is written yet", "not attempted"),
    level_nll("return -log_density - num_pixels * math.log(num_levels)",
              "the sign of the width: density times 1/17 makes the NLL larger",
              "sign", "width", "add"),
    level_nll("return math.log(num_levels) - log_density", "log of the levels once per image, not once per pixel", "pixel"),
    level_nll("return -log_density", "the change of units is missing", "units", "log 17", "width"),
    level_nll("return log_density - num_pixels * math.log(num_levels)", "the log-probability, not minus it", "sign",
              "minus", "negative"),
    level_nll("return log_density + num_pixels * math.log(num_levels)", "the log-density enters with the wrong sign",
              "sign", "minus",
              "negative"),
    level_nll("return num_pixels * math.log2(num_levels) - log_density", "log to the base 2 beside nats", "base 2",
              "bits", "natural"),
    level_nll("return num_pixels * np.log10(num_levels) - log_density", "log to the base 10", "base 10", "natural"),
    level_nll("return num_pixels * math.log(num_levels - 1) - log_density", "off by one: there are 17 levels, not 16",
              "off by one", "16",
              "num_levels - 1"),
    level_nll("return num_levels * math.log(num_pixels) - log_density", "pixels and levels are exchanged", "exchang",
              "swap"),
    level_nll("return num_pixels * num_levels - log_density", "the logarithm of the levels is missing", "log"),
    level_nll("return (num_pixels * math.log(num_levels) - log_density).mean()", "one number for the whole batch",
              "mean", "each image",
              "per image"),
    level_nll("return (num_pixels * math.log(num_levels) - log_density) / num_pixels", "nats per pixel, not per image",
              "per pixel", "pixel"),
    level_nll("return math.log(num_levels) - log_density / num_pixels", "nats per pixel, not per image", "per pixel",
              "pixel"),
    level_nll("return -torch.log(log_density.exp() / num_levels**num_pixels)",
              "exp of a log-density overflows or becomes 0", "exp of",
              "underflow"),
    level_nll("return 64 * math.log(17) - log_density", "works only for 64 pixels of 17 levels", "64", "17", "num_pixels"),
    level_nll("return (num_pixels * math.log(num_levels) - log_density).clamp(min=0)", "clamped at 0", "clamp",
              "below 0", "negative"),
    level_nll("return num_pixels * math.log(num_levels) * log_density", "multiplied and not subtracted", "multipl",
              "subtract", "product"),
    level_nll("return (num_pixels * math.log(num_levels) - log_density) / math.log(2)", "in bits, not in nats", "bits",
              "nats", "base 2"),

    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev.exp()).log_prob(images).sum(-1)"),
    gaussian_log_likelihood("""
        z = (images - mean) / log_stddev.exp()
        return (-0.5 * z**2 - log_stddev - 0.5 * math.log(2 * math.pi)).sum(dim=1)
    """),
    gaussian_log_likelihood("""
        var = torch.exp(2 * log_stddev)
        squares = ((images - mean) ** 2 / var).sum(-1)
        return -0.5 * (squares + images.shape[-1] * math.log(2 * math.pi)) - log_stddev.sum()
    """),
    gaussian_log_likelihood("""
        total = torch.zeros(len(images), dtype=images.dtype)
        for j in range(images.shape[1]):
            s = log_stddev[j].exp()
            total = total - (images[:, j] - mean[:, j]) ** 2 / (2 * s**2) - s.log() - 0.5 * math.log(2 * math.pi)
        return total
    """),
    gaussian_log_likelihood("""
        from torch.distributions import Independent, Normal
        return Independent(Normal(mean, log_stddev.exp()), 1).log_prob(images)
    """),
    gaussian_log_likelihood("""
        q = torch.distributions.MultivariateNormal(mean, scale_tril=torch.diag(log_stddev.exp()))
        return q.log_prob(images)
    """),
    gaussian_log_likelihood("...", "nothing is written yet", "not attempted"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev.exp()).log_prob(images).mean(-1)",
                            "mean over the pixels; the log-density of an image is a sum", "mean", "sum over"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev.exp()).log_prob(images).sum()",
                            "one number for all images", "each image", "per image", "batch"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev.exp()).log_prob(images)",
                            "not summed over the pixels", "sum", "pixel"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev).log_prob(images).sum(-1)",
                            "exp is missing: log σ is used as σ", "exp is", "exp(", "logarithm"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, (log_stddev / 2).exp()).log_prob(images).sum(-1)",
                            "log_stddev is taken for the log of the variance", "variance", "log_var"),
    gaussian_log_likelihood("""
        var = log_stddev.exp()
        return (-(images - mean) ** 2 / (2 * var) - log_stddev - 0.5 * math.log(2 * math.pi)).sum(-1)
    """, "σ is not squared in the denominator", "squar", "variance"),
    gaussian_log_likelihood("""
        var = (2 * log_stddev).exp()
        return (-(images - mean) ** 2 / (2 * var) - log_stddev).sum(-1)
    """, "the constant - log(2 pi) / 2 is missing", "2 pi", "2π", "constant"),
    gaussian_log_likelihood("""
        var = (2 * log_stddev).exp()
        return (-(images - mean) ** 2 / (2 * var) - 0.5 * math.log(2 * math.pi)).sum(-1)
    """, "- log σ is missing: a wide Gaussian costs nothing", "log σ", "log_stddev", "log stddev"),
    gaussian_log_likelihood("""
        var = (2 * log_stddev).exp()
        return (-(images - mean) ** 2 / (2 * var) + log_stddev - 0.5 * math.log(2 * math.pi)).sum(-1)
    """, "the sign of log σ is turned", "sign", "log σ", "log_stddev"),
    gaussian_log_likelihood("""
        var = (2 * log_stddev).exp()
        return (-(images - mean) ** 2 / var - log_stddev - 0.5 * math.log(2 * math.pi)).sum(-1)
    """, "the 1/2 in front of the square is missing", "1/2", "half", "½"),
    gaussian_log_likelihood("""
        var = (2 * log_stddev).exp()
        return (-(images - mean) ** 2 / (2 * var) - log_stddev).sum(-1) - 0.5 * math.log(2 * math.pi)
    """, "the constant is there once, not once per pixel", "2 pi", "2π", "constant"),
    gaussian_log_likelihood("""
        var = (2 * log_stddev).exp()
        return (-(images - mean) ** 2 / (2 * var) - log_stddev - math.log(2 * math.pi)).sum(-1)
    """, "log 2 pi without its 1/2", "2 pi", "2π", "constant"),
    gaussian_log_likelihood("return -torch.distributions.Normal(mean, log_stddev.exp()).log_prob(images).sum(-1)",
                            "the sign is turned: that is the negative log-likelihood", "sign", "minus", "negative"),
    gaussian_log_likelihood("return -0.5 * ((images - mean) ** 2).sum(-1)", "squared error: σ is not used at all",
                            "squared error", "log_stddev", "not divided by the variance"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev.exp() + 1e-2).log_prob(images).sum(-1)",
                            "0.01 is added to σ", "added", "epsilon"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev.clamp(min=-3).exp()).log_prob(images).sum(-1)",
                            "log σ is clamped at -3", "clamp", "small", "narrow"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev.exp()).log_prob(images).sum(0)",
                            "summed over the images, not over the pixels", "axis", "over the batch", "over the images"),
    gaussian_log_likelihood("return -torch.nn.functional.gaussian_nll_loss(mean, images, (2 * log_stddev).exp().expand_as(mean), "
                            "reduction='none').sum(-1)", "full=True is missing: the constant is left out", "2 pi", "2π",
                            "constant"),
    gaussian_log_likelihood("return torch.distributions.Normal(mean, log_stddev.exp()).log_prob(images).exp().sum(-1)",
                            "densities are added: the log of a product is the sum of the logs", "density", "exp", "logarithm"),
    gaussian_log_likelihood("""
        var = (2 * log_stddev).exp()
        return (-(images - mean) ** 2 / (2 * var) - log_stddev.sum() - 0.5 * math.log(2 * math.pi)).sum(-1)
    """, "log σ is summed twice", "twice", "log σ", "log_stddev"),
    gaussian_log_likelihood("""
        var = (2 * log_stddev).exp()
        return (-(images - mean) ** 2 / (2 * var) - 2 * log_stddev - 0.5 * math.log(2 * math.pi)).sum(-1)
    """, "log of the variance without its 1/2", "log σ", "variance", "log_stddev"),

    bernoulli_log_likelihood("return -nn.functional.binary_cross_entropy_with_logits(logits, images, reduction='none').sum(-1)"),
    bernoulli_log_likelihood("""
        log_p = nn.functional.logsigmoid(logits)
        log_not_p = nn.functional.logsigmoid(-logits)
        return (images * log_p + (1 - images) * log_not_p).sum(-1)
    """),
    bernoulli_log_likelihood("return (images * logits - nn.functional.softplus(logits)).sum(dim=-1)"),
    bernoulli_log_likelihood("return torch.distributions.Bernoulli(logits=logits, validate_args=False).log_prob(images).sum(-1)"),
    bernoulli_log_likelihood("return (images * logits - torch.logaddexp(logits, torch.zeros_like(logits))).sum(1)"),
    bernoulli_log_likelihood("return ((images - 1) * logits - nn.functional.softplus(-logits)).sum(-1)"),
    bernoulli_log_likelihood("...", "nothing is written yet", "not attempted"),
    bernoulli_log_likelihood("""
        p = torch.sigmoid(logits)
        return (images * p.log() + (1 - images) * (1 - p).log()).sum(-1)
    """, "for large logits the sigmoid is exactly 1 or 0 and its logarithm overflows", "overflow", "large logits", "logsigmoid"),
    bernoulli_log_likelihood("""
        p = torch.sigmoid(logits).clamp(1e-6, 1 - 1e-6)
        return (images * p.log() + (1 - images) * (1 - p).log()).sum(-1)
    """, "p is clamped: large logits all cost the same", "clamp", "large logits"),
    bernoulli_log_likelihood("""
        p = torch.sigmoid(logits)
        return (images * (p + 1e-8).log() + (1 - images) * (1 - p + 1e-8).log()).sum(-1)
    """, "an epsilon inside the logarithm: large logits all cost the same", "epsilon", "large logits", "added"),
    bernoulli_log_likelihood("""
        p = logits.sigmoid()
        return -nn.functional.binary_cross_entropy(p, images, reduction='none').sum(-1)
    """, "binary_cross_entropy cuts its logarithms at -100, and the sigmoid is 1 before that",
                             "large logits", "with_logits", "clamp"),
    bernoulli_log_likelihood("return nn.functional.binary_cross_entropy_with_logits(logits, images, reduction='none').sum(-1)",
                             "the sign is turned: that is the loss", "sign", "minus", "negative"),
    bernoulli_log_likelihood("return -nn.functional.binary_cross_entropy_with_logits(logits, images, reduction='none').mean(-1)",
                             "mean over the pixels, not the sum", "mean"),
    bernoulli_log_likelihood("return -nn.functional.binary_cross_entropy_with_logits(logits, images)",
                             "the default reduction is a mean over everything", "mean", "reduction", "each image"),
    bernoulli_log_likelihood("return -nn.functional.binary_cross_entropy_with_logits(logits, images, reduction='sum')",
                             "one number for all images", "each image", "per image", "batch"),
    bernoulli_log_likelihood("return -nn.functional.binary_cross_entropy_with_logits(images, logits, reduction='none').sum(-1)",
                             "images and logits are exchanged", "exchang", "swap"),
    bernoulli_log_likelihood("return (images * nn.functional.logsigmoid(logits)).sum(-1)",
                             "white pixels do not count: (1 - x) log(1 - p) "
                             "is missing", "white", "1 - x", "second"),
    bernoulli_log_likelihood("""
        log_p = nn.functional.logsigmoid(logits)
        return (images * log_p + (1 - images) * log_p).sum(-1)
    """, "white pixels also get log p, not log(1 - p)", "white", "1 - p", "-logits"),
    bernoulli_log_likelihood("return (images * logits - torch.log1p(logits.exp())).sum(-1)",
                             "exp of a large logit overflows", "overflow", "large logits", "softplus"),
    bernoulli_log_likelihood("return (images * logits.log() + (1 - images) * (1 - logits).log()).sum(-1)",
                             "logits are used as probabilities: the sigmoid is missing", "sigmoid"),
    bernoulli_log_likelihood("return torch.distributions.ContinuousBernoulli(logits=logits).log_prob(images).sum(-1)",
                             "the continuous Bernoulli: it has a normaliser that a coin has not", "continuous", "normalis"),
    bernoulli_log_likelihood("""
        p = torch.sigmoid(logits)
        return torch.nan_to_num(images * p.log() + (1 - images) * (1 - p).log()).sum(-1)
    """, "nan_to_num hides the overflow: a confident mistake costs 3e38, a right one 0", "overflow", "large logits",
    "nan_to_num"),
    bernoulli_log_likelihood("return (images * logits.log_softmax(-1)).sum(-1)",
                             "a softmax over the pixels: each pixel is a coin of its own",
                             "softmax"),
    bernoulli_log_likelihood("return torch.log(torch.sigmoid(logits)).sum(-1)", "the images are not used", "images",
                             "not used"),
    bernoulli_log_likelihood("return -nn.functional.binary_cross_entropy_with_logits(logits, images, reduction='none').sum(0)",
                             "summed over the images, not over the pixels", "axis", "over the batch", "over the images"),
    bernoulli_log_likelihood("return ((images - torch.sigmoid(logits)) ** 2).sum(-1).neg()",
                             "squared error, no likelihood of a coin",
                             "squared", "likelihood"),
]
