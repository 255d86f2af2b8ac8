"""Answers as students give them to the exercises of lesson 01, the last two apart."""

from tests.students.bodies import answers_to

log_marginal = answers_to("log_marginal(log_prior, log_likelihood)")
log_posterior = answers_to("log_posterior(log_prior, log_likelihood)")
elbo_per_sentence = answers_to("elbo_per_sentence(log_q, log_prior, log_likelihood)")

ANSWERS = [
    log_marginal("return torch.logsumexp(log_prior + log_likelihood, dim=-1)"),
    log_marginal("return torch.stack([(log_prior + row).logsumexp(0) for row in log_likelihood])"),
    log_marginal("""
        total = log_likelihood.new_full(log_likelihood.shape[:1], -math.inf)
        for z in range(len(log_prior)):
            total = torch.logaddexp(total, log_prior[z] + log_likelihood[:, z])
        return total
    """),
    log_marginal("""
        joint = log_prior[None, :] + log_likelihood
        top = joint.amax(1, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        return (joint - top).exp().sum(1).log() + top[:, 0]
    """),
    log_marginal("from functools import reduce\nreturn reduce(torch.logaddexp, (log_prior + log_likelihood).unbind(-1))"),
    log_marginal("...", "nothing is written yet", "not attempted"),
    log_marginal("return (log_prior + log_likelihood).exp().sum(-1).log()",
                 "exp of the log-likelihoods of long texts is 0, and its log -inf", "underflow", "logsumexp", "-inf"),
    log_marginal("return torch.log(torch.einsum('z,bz->b', log_prior.exp(), log_likelihood.exp()))",
                 "it leaves the log domain: exp of a long text is 0", "underflow", "logsumexp", "long text"),
    log_marginal("return (log_prior.exp() * log_likelihood).sum(-1)",
                 "average of the logarithms, not the logarithm of the average", "average of", "mean of", "Jensen"),
    log_marginal("return log_likelihood.logsumexp(-1)", "the prior is left out", "prior"),
    log_marginal("return log_likelihood.logsumexp(-1) - math.log(log_likelihood.shape[-1])",
                 "every z is given the same prior, 1/K", "uniform", "prior"),
    log_marginal("return torch.logsumexp(log_prior + log_likelihood, dim=0)",
                 "summed over the sentences, not over z", "axis", "over the sentences", "over the batch"),
    log_marginal("return torch.logsumexp(log_prior + log_likelihood, dim=-1, keepdim=True)",
                 "keepdim leaves an axis of length 1", "keepdim", "axis"),
    log_marginal("return (log_prior + log_likelihood).sum(-1)",
                 "the logarithms are added up: that is the log of a product over z, not of a sum", "product", "logsumexp",
                 "adds up log"),
    log_marginal("return (log_prior + log_likelihood).logsumexp(-1).exp()", "p(x) comes back, not its logarithm",
                 "not its log",
                 "exp", "logarithm"),
    log_marginal("return (log_prior + log_likelihood).max(-1).values",
                 "only the most probable z counts: max in place of the sum",
                 "max", "best z"),
    log_marginal("return -torch.logsumexp(log_prior + log_likelihood, -1)", "the sign is turned: that is the surprise",
                 "sign", "minus"),
    log_marginal("return torch.log((log_prior + log_likelihood).exp().sum(-1) + 1e-10)",
                 "an epsilon inside the logarithm: every improbable x gets the same log p", "epsilon", "added", "underflow"),
    log_marginal("return torch.logsumexp(log_prior + log_likelihood, -1).sum()", "one number for all sentences",
                 "each sentence",
                 "one number", "sum over"),
    log_marginal("return torch.logsumexp(log_prior * log_likelihood, -1)",
                 "logarithms are multiplied; the product of probabilities is a sum of logarithms", "multipl", "product"),
    log_marginal("return torch.logsumexp(log_prior - log_likelihood, -1)", "likelihood subtracted, not added",
                 "subtract", "minus",
                 "sign"),
    log_marginal("return torch.logsumexp(log_prior + log_likelihood, dim=-1) / len(log_prior)", "divided by the number of z",
                 "divided", "mean over", "number of"),

    log_posterior("return (log_prior + log_likelihood).log_softmax(-1)"),
    log_posterior("""
        joint = log_prior + log_likelihood
        return joint - joint.logsumexp(-1, keepdim=True)
    """),
    log_posterior("return log_prior + log_likelihood - log_marginal(log_prior, log_likelihood)[:, None]"),
    log_posterior("return Categorical(logits=log_prior + log_likelihood).logits"),
    log_posterior("return torch.nn.functional.log_softmax(log_likelihood + log_prior.unsqueeze(0), dim=1)"),
    log_posterior("return torch.stack([(log_prior + row).log_softmax(0) for row in log_likelihood])"),
    log_posterior("...", "nothing is written yet", "not attempted"),
    log_posterior("return log_prior + log_likelihood", "that is log p(x, z): the division by p(x) is missing",
                  "normalis", "p(x)",
                  "joint"),
    log_posterior("return (log_prior + log_likelihood).softmax(-1)", "probabilities come back, not logarithms", "logarithm",
                  "log_softmax", "probabilities"),
    log_posterior("return log_likelihood.log_softmax(-1)", "the prior is left out", "prior"),
    log_posterior("return (log_prior + log_likelihood).log_softmax(0)", "normalised over the sentences, not over z", "axis",
                  "over the sentences", "over the batch"),
    log_posterior("return (log_prior + log_likelihood) - log_likelihood.logsumexp(-1, keepdim=True)",
                  "divided by the sum of the likelihoods, without the prior: not p(x)", "normalis", "prior", "p(x)"),
    log_posterior("return log_likelihood - log_marginal(log_prior, log_likelihood)[:, None]",
                  "the prior is missing in the numerator",
                  "prior"),
    log_posterior("return log_prior + log_likelihood - torch.logsumexp(log_prior + log_likelihood, dim=-1)",
                  "keepdim is missing: the p(x) of row i is taken from column i", "keepdim", "axis"),
    log_posterior("""
        p = log_prior.exp() * log_likelihood.exp()
        return (p / p.sum(-1, keepdim=True)).log()
    """, "it leaves the log domain: for a long text 0/0", "underflow", "log domain", "nan"),
    log_posterior("""
        joint = log_prior + log_likelihood
        return joint - joint.logsumexp((0, 1))
    """, "normalised over sentences and z together: each sentence needs its own p(x)", "each sentence", "axis", "whole"),
    log_posterior("return log_prior + log_likelihood + log_marginal(log_prior, log_likelihood).unsqueeze(1)",
                  "p(x) is multiplied in, not divided out", "divide", "subtract", "sign"),
    log_posterior("""
        joint = log_prior + log_likelihood
        return joint - joint.max(-1, keepdim=True).values
    """, "divided by the largest entry, not by the sum", "max", "largest", "normalis"),
    log_posterior("return torch.nn.functional.one_hot((log_prior + log_likelihood).argmax(-1), len(log_prior)).log()",
                  "only the most probable z gets everything", "most probable", "argmax", "hard"),
    log_posterior("""
        joint = (log_prior + log_likelihood).clamp(min=-50)
        return joint.log_softmax(-1)
    """, "clamped at -50: a long text lies far below, and its posterior becomes uniform", "clamp", "long text", "-50"),
    log_posterior("return (log_prior * log_likelihood).log_softmax(-1)", "logarithms are multiplied and not added",
                  "multipl", "product"),

    elbo_per_sentence("""
        q = log_q.exp()
        return torch.where(q > 0, q * (log_prior + log_likelihood - log_q), 0.0).sum(-1)
    """),
    elbo_per_sentence("""
        q = log_q.exp()
        terms = q * (log_prior + log_likelihood - log_q)
        return terms.masked_fill(q == 0, 0).sum(dim=1)
    """),
    elbo_per_sentence("""
        q = log_q.exp()
        zero = torch.zeros_like(q)
        reconstruction = torch.where(q > 0, q * log_likelihood, zero).sum(-1)
        rate = torch.where(q > 0, q * (log_q - log_prior), zero).sum(-1)
        return reconstruction - rate
    """),
    elbo_per_sentence("""
        q = log_q.exp()
        energy = torch.where(q > 0, q * (log_prior + log_likelihood), torch.zeros_like(q))
        return (energy + torch.special.entr(q)).sum(-1)
    """),
    elbo_per_sentence("return torch.nansum(log_q.exp() * (log_prior + log_likelihood - log_q), dim=-1)"),
    elbo_per_sentence("""
        rows = []
        for lq, ll in zip(log_q, log_likelihood):
            used = lq > -math.inf
            rows.append((lq[used].exp() * (log_prior[used] + ll[used] - lq[used])).sum())
        return torch.stack(rows)
    """),
    elbo_per_sentence("...", "nothing is written yet", "not attempted"),
    elbo_per_sentence("return (log_q.exp() * (log_prior + log_likelihood - log_q)).sum(-1)",
                      "0 times infinity is NaN where q is 0: the term has to count 0", "nan", "q is 0", "q = 0"),
    elbo_per_sentence("return torch.nan_to_num((log_q.exp() * (log_prior + log_likelihood - log_q)).sum(-1))",
                      "the NaN is replaced after the sum: the other terms of the sentence are lost", "after the sum",
                      "whole sentence",
                      "each term"),
    elbo_per_sentence("""
        log_q = log_q.clamp(min=-3)
        return (log_q.exp() * (log_prior + log_likelihood - log_q)).sum(-1)
    """, "q is clamped from below and does not add up to 1 any more", "clamp", "add up"),
    elbo_per_sentence("""
        q = log_q.exp()
        return torch.where(q > 0, q * (log_prior + log_likelihood + log_q), 0.0).sum(-1)
    """, "log q is added, not subtracted: the sign of the entropy", "sign of log q", "entropy", "log q has"),
    elbo_per_sentence("""
        q = log_q.exp()
        return torch.where(q > 0, q * (log_prior + log_likelihood), 0.0).sum(-1)
    """, "minus log q is missing (the entropy of q)", "log q", "entropy", "log_q"),
    elbo_per_sentence("""
        q = log_q.exp()
        return torch.where(q > 0, q * (log_likelihood - log_q), 0.0).sum(-1)
    """, "the prior is left out", "prior"),
    elbo_per_sentence("""
        q = log_q.exp()
        return torch.where(q > 0, q * log_likelihood, 0.0).sum(-1)
    """, "only the reconstruction: the rate KL(q || prior) is missing", "rate", "KL", "log q is missing"),
    elbo_per_sentence("""
        q = log_q.exp()
        return torch.where(q > 0, q * (log_prior + log_likelihood - log_q), 0.0).mean(-1)
    """, "mean over z: q is the weight already, so it is a sum", "divides by the number"),
    elbo_per_sentence("""
        q = log_q.exp()
        return torch.where(q > 0, q * (log_prior + log_likelihood - log_q), 0.0).sum()
    """, "one number for all sentences", "each sentence", "one number", "per sentence"),
    elbo_per_sentence("""
        q = log_q.exp()
        return torch.where(q > 0, q * (log_prior + log_likelihood - log_q), 0.0).sum(0)
    """, "summed over the sentences, not over z", "axis", "over the sentences", "over the batch"),
    elbo_per_sentence("""
        terms = log_q * (log_prior + log_likelihood - log_q)
        return torch.where(log_q > -math.inf, terms, 0.0).sum(-1)
    """, "weighted with log q: the weights are q = exp(log q)", "exp", "weight"),
    elbo_per_sentence("return torch.logsumexp(log_prior + log_likelihood, -1)",
                      "that is log p(x) itself: q is not used", "log p(x)",
                      "not use", "logsumexp"),
    elbo_per_sentence("""
        q = log_q.exp().detach()
        return torch.where(q > 0, q * (log_prior + log_likelihood - log_q), 0.0).sum(-1)
    """, "q is detached: the value is right, its gradient is not", "detach", "gradient"),
    elbo_per_sentence("""
        with torch.no_grad():
            q = log_q.exp()
            return torch.where(q > 0, q * (log_prior + log_likelihood - log_q), 0.0).sum(-1)
    """, "no_grad: nothing can learn from it", "no_grad", "gradient"),
    elbo_per_sentence("""
        q, p = log_q.exp(), log_prior.exp()
        reconstruction = torch.where(q > 0, q * log_likelihood, 0.0).sum(-1)
        rate = (p * (log_prior - log_q)).sum(-1)
        return reconstruction - rate
    """, "the KL the wrong way round: KL(prior || q)", "wrong way", "KL(prior", "revers"),
    elbo_per_sentence("""
        q = log_q.exp()
        return -torch.where(q > 0, q * (log_prior + log_likelihood - log_q), 0.0).sum(-1)
    """, "the sign is turned: that is a loss, minus the ELBO", "sign", "minus"),
    elbo_per_sentence("""
        q = log_q.exp()
        return (torch.where(q > 0, q * log_likelihood, 0.0).sum(-1)
                + torch.where(q > 0, q * (log_q - log_prior), 0.0).sum(-1))
    """, "the KL is added, not subtracted", "sign", "subtract", "added"),
    elbo_per_sentence("""
        q = log_q.exp()
        return torch.log((q * (log_prior + log_likelihood - log_q).exp()).sum(-1))
    """, "log of the average, not the average of the logs: that is line 2, log p(x)", "log of the", "log p(x)", "average"),
]
