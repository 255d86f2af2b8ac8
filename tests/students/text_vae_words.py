"""Answers as students give them to the exercises of lesson 06."""

from tests.students.bodies import answers_to

drop_words = answers_to("drop_words(tokens, rate, generator)")
importance_nll = answers_to("importance_nll(log_joint, log_q)")

ANSWERS = [
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        hide = (draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD)
        return tokens.masked_fill(hide, Vocab.UNK)
    """),
    drop_words("""
        out = tokens.clone()
        for b in range(tokens.shape[0]):
            for t in range(tokens.shape[1]):
                if tokens[b, t] in (Vocab.BOS, Vocab.PAD):
                    continue
                if torch.rand(1, generator=generator) < rate:
                    out[b, t] = Vocab.UNK
        return out
    """),
    drop_words("""
        hide = torch.bernoulli(torch.full(tokens.shape, float(rate)), generator=generator).bool()
        special = torch.isin(tokens, torch.tensor([Vocab.BOS, Vocab.PAD]))
        return torch.where(hide & ~special, torch.full_like(tokens, Vocab.UNK), tokens)
    """),
    drop_words("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        tokens[(draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD)] = Vocab.UNK
        return tokens
    """, "the tensor that came in is changed", "changed", "in place", "clone", "came in"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        return torch.where(draw < rate, Vocab.UNK, tokens)
    """, "<bos> and padding are hidden too", "bos", "padding"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        return torch.where((draw < rate) & (tokens != Vocab.BOS), Vocab.UNK, tokens)
    """, "the padding is hidden too", "padding"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        return torch.where((draw < rate) & (tokens != Vocab.PAD), Vocab.UNK, tokens)
    """, "<bos> is hidden too", "bos"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        return torch.where((draw > rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.UNK, tokens)
    """, "hidden with probability 1 - rate: the comparison is turned", "1 - rate", "turned", "keeps", "comparison", "kept",
        "to keep"),
    drop_words("""
        draw = torch.rand(len(tokens), 1, generator=generator)
        return torch.where((draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.UNK, tokens)
    """, "one draw for a whole sentence: all of its words or none", "whole sentence", "independent", "one draw",
        "all of its words"),
    drop_words("""
        draw = torch.rand(tokens.shape[1], generator=generator)
        return torch.where((draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.UNK, tokens)
    """, "one draw for a position, shared by all sentences", "position", "independent", "share", "same"),
    drop_words("""
        draw = torch.rand(tokens.shape)
        return torch.where((draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.UNK, tokens)
    """, "the generator is not used", "generator"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=torch.Generator().manual_seed(0))
        return torch.where((draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.UNK, tokens)
    """, "a new generator with a fixed seed: every call hides the same places", "generator", "every call", "same"),
    drop_words("""
        torch.manual_seed(generator.initial_seed())
        draw = torch.rand(tokens.shape)
        return torch.where((draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.UNK, tokens)
    """, "the global state is seeded anew: every call hides the same places, and the generator does not move", "generator",
        "global",
        "same"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        return torch.where((draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.PAD, tokens)
    """, "the words become padding, not <unk>", "unk", "padding"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        hide = (draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD)
        return torch.stack([row[~h] for row, h in zip(tokens, hide)])
    """, "the words are taken out: the sentences get shorter and no longer stack", "shorter", "taken out", "removed"),
    drop_words("""
        real = (tokens != Vocab.BOS) & (tokens != Vocab.PAD)
        number = round(rate * int(real.sum()))
        places = real.flatten().nonzero()[:, 0]
        chosen = places[torch.randperm(len(places), generator=generator)[:number]]
        out = tokens.flatten().clone()
        out[chosen] = Vocab.UNK
        return out.view_as(tokens)
    """, "always the same number of words: they are not independent", "independent", "same number", "exact number"),
    drop_words("""
        draw = torch.randn(tokens.shape, generator=generator)
        return torch.where((draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.UNK, tokens)
    """, "randn draws from a Gaussian: the share is not the rate", "randn", "uniform", "Gaussian"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        hide = ((draw < rate) & (tokens != Vocab.BOS) & (tokens != Vocab.PAD)).float()
        return tokens * (1 - hide) + Vocab.UNK * hide
    """, "floats come back; an embedding needs whole numbers", "float", "integer", "whole number", "dtype", "int64"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        if tokens != Vocab.BOS and tokens != Vocab.PAD:
            return torch.where(draw < rate, Vocab.UNK, tokens)
        return tokens
    """, "`and` asks a whole tensor for one truth value: use & with brackets", "ambiguous", "&", "truth value", "Boolean value"),
    drop_words("""
        draw = torch.rand(tokens.shape, generator=generator)
        hide = draw < rate
        hide[:, 0] = False
        return torch.where(hide, Vocab.UNK, tokens)
    """, "only the first column is spared: the padding is hidden too", "padding"),

    importance_nll("""
        import math
        log_w = log_joint - log_q
        return math.log(len(log_w)) - torch.logsumexp(log_w, 0)
    """),
    importance_nll("""
        w = log_joint - log_q
        top = w.max(0).values
        return -(top + (w - top).exp().mean(0).log())
    """),
    importance_nll("""
        import math
        out = []
        for b in range(log_joint.shape[1]):
            w = [(j - q).item() for j, q in zip(log_joint[:, b], log_q[:, b])]
            top = max(w)
            out.append(-(top + math.log(sum(math.exp(x - top) for x in w) / len(w))))
        return torch.tensor(out)
    """),
    importance_nll("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    importance_nll("return -(log_joint - log_q).exp().mean(0).log()", "exp of log weights near -500 is 0, its logarithm -inf",
                   "log domain", "logsumexp", "underflow", "-inf"),
    importance_nll("return -((log_joint - log_q).exp().mean(0) + 1e-10).log()",
                   "an epsilon hides that all weights are 0: stay in the log domain", "log domain", "logsumexp", "epsilon",
        "underflow"),
    importance_nll("return -((log_joint - log_q).double().exp().mean(0)).log().float()",
                   "float64 only moves the edge: exp(-800) is 0 there too", "log domain", "logsumexp", "underflow", "-inf"),
    importance_nll("return -(log_joint - log_q).mean(0)", "the mean of the log weights: that is the ELBO", "ELBO",
        "mean of the log"),
    importance_nll("return -torch.logsumexp(log_joint - log_q, 0)", "the sum, not the mean, of the weights: log K is missing",
                   "log K", "1/K", "mean"),
    importance_nll("return -torch.logsumexp(log_joint - log_q, 0) - torch.tensor(float(len(log_q))).log()",
                   "the sign of log K", "log K", "1/K", "sign"),
    importance_nll("return -torch.logsumexp(log_joint - log_q, 0) / len(log_q)",
                   "the logarithm is divided by K, instead of the sum before it", "log K", "1/K", "divided by K"),
    importance_nll("return torch.logsumexp(log_joint - log_q, 0) - torch.tensor(float(len(log_q))).log()",
                   "the sign: the bound itself, not the negative one", "sign", "negative", "minus"),
    importance_nll("return torch.tensor(float(log_q.shape[1])).log() - torch.logsumexp(log_joint - log_q, 1)",
                   "summed over the batch, not over the samples", "axis", "samples", "batch"),
    importance_nll("return torch.tensor(float(log_q.shape[1])).log() - torch.logsumexp(log_joint - log_q, 0)",
                   "the logarithm of the batch size, not of the number of samples", "batch size", "number of samples", "log K"),
    importance_nll("return torch.tensor(float(len(log_q))).log() - torch.logsumexp(log_joint, 0)",
                   "q is left out: the weights are p / q", "log_q", "weight", "q(z"),
    importance_nll("return torch.tensor(float(len(log_q))).log() - torch.logsumexp(log_q - log_joint, 0)",
                   "the weights are upside down: q / p", "upside", "q / p", "turned", "log_q - log_joint", "sign"),
    importance_nll("return torch.tensor(float(len(log_q))).log() - torch.logsumexp(log_joint + log_q, 0)",
                   "log q is added, the weights are p times q", "added", "minus", "subtract", "divid"),
    importance_nll("return -(log_joint - log_q).max(0).values", "only the best weight is taken", "largest", "best", "max",
        "mean"),
    importance_nll("""
        w = log_joint - log_q
        return -(w - w.max(0).values).exp().mean(0).log()
    """, "the maximum is taken off and not added again", "maximum", "added back", "added again"),
    importance_nll("""
        w = log_joint - log_q
        top = w.max()
        return -(top + (w - top).exp().mean(0).log())
    """, "one maximum for the whole batch: sentences far below it underflow", "whole batch", "each sentence", "underflow",
        "maximum"),
    importance_nll("return (torch.tensor(float(len(log_q))).log() - torch.logsumexp(log_joint - log_q, 0)).mean()",
                   "the mean over the batch: one number for each sentence is asked for", "each sentence", "per sentence",
        "batch"),
    importance_nll("""
        w = log_joint - log_q
        return -(w.softmax(0) * w).sum(0)
    """, "log weights averaged with the weights themselves: self-normalised, no bound", "weights themselves", "self-normalis",
        "logsumexp", "average"),
    importance_nll("""
        top = torch.logsumexp(log_joint, 0) - torch.tensor(float(len(log_q))).log()
        return -(top - torch.logsumexp(log_q, 0) + torch.tensor(float(len(log_q))).log())
    """, "the mean of p divided by the mean of q: the quotient belongs inside, sample by sample", "inside", "each sample",
        "quotient", "ratio", "sample by sample"),
]
