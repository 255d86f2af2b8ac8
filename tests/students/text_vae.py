"""Answers as students give them to the exercises of lesson 06."""

from tests.students.bodies import answers_to

kl_to_prior = answers_to("kl_to_prior(mean, log_var)")
sentence_log_likelihood = answers_to("sentence_log_likelihood(log_probs, targets, lengths)")

ANSWERS = [
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() - log_var - 1).sum(-1)"),
    kl_to_prior("""
        q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
        p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
        return torch.distributions.kl_divergence(q, p).sum(dim=1)
    """),
    kl_to_prior("""
        total = torch.zeros(len(mean))
        for j in range(mean.shape[1]):
            total = total + 0.5 * (mean[:, j] ** 2 + torch.exp(log_var[:, j]) - log_var[:, j] - 1)
        return total
    """),
    kl_to_prior("return (torch.einsum('bl,bl->b', mean, mean) + (torch.expm1(log_var) - log_var).sum(-1)) / 2"),
    kl_to_prior("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() - log_var - 1).mean(-1)",
                "the mean over the dimensions instead of the sum", "mean over", "latent_dim", "sum over", "divid"),
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() - log_var - 1)", "the sum over the dimensions is missing", "sum"),
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() - log_var - 1).sum()",
                "one number for the whole batch, not one for each sentence", "whole batch", "each sentence", "per sentence"),
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() - log_var - 1).sum(0)",
                "summed over the sentences, not over the dimensions", "axis", "over the sentences", "over the batch"),
    kl_to_prior("return (mean**2 + log_var.exp() - log_var - 1).sum(-1)", "the factor 1/2 is missing", "½", "1/2", "half", "0.5"),
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() - log_var).sum(-1)",
        "the -1 is missing: the KL of the prior itself is not 0",
                "- 1", "-1", "−1", "minus 1"),
    kl_to_prior("return 0.5 * (mean**2 + log_var - log_var.log() - 1).sum(-1)",
        "log_var is taken for the variance: exp is missing", "log_var is", "exp is missing", "exp(log_var)"),
    kl_to_prior("return 0.5 * (mean**2 + (0.5 * log_var).exp() - log_var - 1).sum(-1)",
                "the standard deviation stands where the variance belongs", "standard deviation", "variance"),
    kl_to_prior("return 0.5 * (mean**2 + (2 * log_var).exp() - 2 * log_var - 1).sum(-1)",
                "log_var is taken for the log of the standard deviation", "standard deviation", "log σ²", "log of the variance",
        "log sigma"),
    kl_to_prior("""
        q = torch.distributions.Normal(mean, log_var.exp())
        p = torch.distributions.Normal(0.0, 1.0)
        return torch.distributions.kl_divergence(q, p).sum(-1)
    """, "Normal takes the standard deviation; the variance was given", "standard deviation", "variance"),
    kl_to_prior("return -0.5 * (mean**2 + log_var.exp() - log_var - 1).sum(-1)", "the sign: a KL is never negative",
                "sign", "negative"),
    kl_to_prior("return 0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(-1)",
        "the sign, as in the well-known loss code: a KL is "
                "never negative", "sign", "negative"),
    kl_to_prior("return 0.5 * (mean + log_var.exp() - log_var - 1).sum(-1)", "the mean is not squared", "squar", "μ²", "mean²"),
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() + log_var - 1).sum(-1)", "the sign of log σ²", "sign", "log σ²",
        "log_var"),
    kl_to_prior("return 0.5 * ((1 + mean**2) / log_var.exp() + log_var - 1).sum(-1)", "the other direction, KL(prior ‖ q)",
                "direction", "other way", "prior ‖ q", "reverse"),
    kl_to_prior("""
        std = (0.5 * log_var).exp()
        z = mean + std * torch.randn_like(std)
        q = torch.distributions.Normal(mean, std)
        return (q.log_prob(z) - torch.distributions.Normal(0.0, 1.0).log_prob(z)).sum(-1)
    """, "an estimate from one sample, not the closed form", "closed form", "sample", "estimate", "random"),
    kl_to_prior("""
        with torch.no_grad():
            return 0.5 * (mean**2 + log_var.exp() - log_var - 1).sum(-1)
    """, "no_grad: the encoder learns nothing from the price", "gradient", "no_grad"),
    kl_to_prior("return [(0.5 * (m**2 + v.exp() - v - 1)).sum().item() for m, v in zip(mean, log_var)]",
                "a list of Python floats, without gradient, instead of a tensor", "list", "tensor", "float"),
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() - (log_var.exp() + 1e-3).log() - 1).sum(-1)",
                "an epsilon inside a logarithm that was given: small variances come out wrong", "epsilon", "small variance",
        "1e-3"),
    kl_to_prior("return 0.5 * (mean**2 + log_var.exp() - log_var - 1).clamp(min=0.1).sum(-1)",
                "a floor under each dimension (free bits): that is no longer the KL", "floor", "free bits", "clamp"),

    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return chosen.masked_fill(~real, 0.0).sum(-1)
    """),
    sentence_log_likelihood("""
        result = []
        for b in range(len(targets)):
            total = 0.0
            for t in range(int(lengths[b])):
                total = total + log_probs[b, t, targets[b, t]]
            result.append(total)
        return torch.stack(result)
    """),
    sentence_log_likelihood("""
        import torch.nn.functional as F
        nll = F.nll_loss(log_probs.transpose(1, 2), targets, reduction="none")
        mask = torch.arange(nll.shape[1])[None, :] >= lengths[:, None]
        return -nll.masked_fill(mask, 0).sum(dim=1)
    """),
    sentence_log_likelihood("""
        batch, time = targets.shape
        words = log_probs[torch.arange(batch)[:, None], torch.arange(time), targets]
        return torch.stack([row[:n].sum() for row, n in zip(words, lengths)])
    """),
    sentence_log_likelihood("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    sentence_log_likelihood("return log_probs.gather(-1, targets[..., None])[..., 0].sum(-1)",
                            "the padding is counted", "padding", "lengths"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])[..., 0]
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return chosen.masked_fill(~real, 0.0).sum(-1) / lengths
    """, "a mean over tokens, not the sum of the sentence", "mean", "per token", "sum"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])[..., 0]
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return -chosen.masked_fill(~real, 0.0).sum(-1)
    """, "the sign: this is the negative log-likelihood", "sign", "negative", "minus"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])[..., 0]
        real = torch.arange(targets.shape[1]) < lengths[:, None] - 1
        return chosen.masked_fill(~real, 0.0).sum(-1)
    """, "the last real token, <eos>, is left out", "eos", "last"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])[..., 0]
        real = torch.arange(targets.shape[1]) <= lengths[:, None]
        return chosen.masked_fill(~real, 0.0).sum(-1)
    """, "off by one: one position of padding is counted", "padding", "off by one", "one too many", "one position too many"),
    sentence_log_likelihood("""
        best = log_probs.max(-1).values
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return best.masked_fill(~real, 0.0).sum(-1)
    """, "the likeliest word is taken, not the target", "likeliest", "largest", "target", "most probable"),
    sentence_log_likelihood("""
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return log_probs.masked_fill(~real[..., None], 0.0).sum((1, 2))
    """, "all words of the vocabulary are added up: the targets are not used", "vocabulary", "target"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])[..., 0]
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return chosen.masked_fill(~real, 0.0).sum()
    """, "one number for the batch", "each sentence", "whole batch", "per sentence"),
    sentence_log_likelihood("""
        chosen = log_probs.exp().gather(-1, targets[..., None])[..., 0]
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return chosen.masked_fill(~real, 0.0).sum(-1)
    """, "probabilities are added up, not their logarithms", "probabilit", "logarithm", "exp"),
    sentence_log_likelihood("""
        chosen = log_probs.exp().gather(-1, targets[..., None])[..., 0]
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return chosen.masked_fill(~real, 1.0).prod(-1).log()
    """, "the product of many probabilities is 0 for a long sentence: stay in the log domain", "underflow", "log domain",
        "product",
        "-inf", "long sentence"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])[..., 0]
        return (chosen * (targets != 0)).sum(-1)
    """),  # 0 is padding everywhere in the course, so this is right
    sentence_log_likelihood("""
        chosen = log_probs[:, :-1].gather(-1, targets[:, 1:, None])[..., 0]
        real = torch.arange(1, targets.shape[1]) < lengths[:, None]
        return chosen.masked_fill(~real, 0.0).sum(-1)
    """, "shifted once more: the targets are already the next words", "shift", "next word", "first"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])[..., 0]
        real = torch.arange(targets.shape[1]) < lengths
        return chosen.masked_fill(~real, 0.0).sum(-1)
    """, "lengths lies along time, not along the batch: [:, None] is missing", "[:, None]", "broadcast"),
    sentence_log_likelihood("""
        import torch.nn.functional as F
        nll = F.nll_loss(log_probs.transpose(1, 2), targets, reduction="none")
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return -nll.masked_fill(~real, 0.0).mean(1)
    """, "divided by the number of positions", "mean", "sum", "positions"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])
        real = torch.arange(targets.shape[1]) < lengths[:, None]
        return chosen.masked_fill(~real[..., None], 0.0).sum(1)
    """, "squeeze is missing: a column comes back, not one number per sentence", "squeeze"),
    sentence_log_likelihood("""
        chosen = log_probs.gather(-1, targets[..., None])[..., 0]
        return chosen[torch.arange(len(lengths)), lengths - 1]
    """, "only the last token is taken", "last", "sum"),
    sentence_log_likelihood("return log_probs[targets].sum(-1)",
                            "targets index the batch axis: each token needs its own position; gather does that", "gather"),
]
