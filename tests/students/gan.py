"""Answers as students give them to the exercises of lesson 14."""

from tests.students.bodies import answers_to

game_losses = answers_to("game_losses(real, fake)")
optimal_judge = answers_to("optimal_judge(log_p, log_q)")

ANSWERS = [
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(-real) + F.softplus(fake), F.softplus(-fake)], dim=-1)
    """),
    game_losses("""
        loss = nn.BCEWithLogitsLoss(reduction="none")
        ones, zeros = torch.ones_like(real), torch.zeros_like(fake)
        return torch.stack((loss(real, ones) + loss(fake, zeros), loss(fake, ones)), 1)
    """),
    game_losses("""
        zero = torch.zeros_like(real)
        judge = torch.logaddexp(zero, -real) + torch.logaddexp(zero, fake)
        return torch.cat([judge[:, None], torch.logaddexp(zero, -fake)[:, None]], 1)
    """),
    game_losses("""
        log_sigmoid = torch.nn.functional.logsigmoid
        return -torch.stack([log_sigmoid(real) + log_sigmoid(-fake), log_sigmoid(fake)]).T
    """),
    game_losses("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    game_losses("""
        d_real, d_fake = torch.sigmoid(real), torch.sigmoid(fake)
        return torch.stack([-d_real.log() - (1 - d_fake).log(), -d_fake.log()], -1)
    """, "log of a sigmoid: at a large logit 1 - D is 0 and its logarithm -inf", "overflow", "inf", "logsigmoid", "softplus",
        "from logits"),
    game_losses("""
        d_real, d_fake = torch.sigmoid(real), torch.sigmoid(fake)
        return torch.stack([-(d_real + 1e-8).log() - (1 - d_fake + 1e-8).log(), -(d_fake + 1e-8).log()], -1)
    """, "an epsilon cuts the loss off at 18 nats, and the gradient with it", "epsilon", "cut", "logsigmoid", "softplus",
        "overflow"),
    game_losses("""
        real, fake = real.clamp(-10, 10), fake.clamp(-10, 10)
        return torch.stack([(1 + (-real).exp()).log() + (1 + fake.exp()).log(), (1 + (-fake).exp()).log()], -1)
    """, "clamped logits: beyond 10 the loss is flat and has no gradient", "clamp", "cut", "gradient", "flat", "softplus"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(-real) + F.softplus(fake), -F.softplus(fake)], -1)
    """, "the generator's loss is the saturating one, log(1 - D)", "saturating"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(-real) + F.softplus(fake), F.softplus(fake)], -1)
    """, "the generator pays for being taken as real: its sign is turned", "sign", "generator"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(real) + F.softplus(-fake), F.softplus(-fake)], -1)
    """, "the judge pays for being right: real and fake are exchanged", "exchanged", "swap", "real", "judge"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.logsigmoid(real) + F.logsigmoid(-fake), F.logsigmoid(fake)], -1)
    """, "the value of the game, not a loss: the minus is missing", "sign", "minus", "negative"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(-real) + F.softplus(fake), F.softplus(-real)], -1)
    """, "the generator is paid for the real examples, not for its fakes", "fake", "real"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([(F.softplus(-real) + F.softplus(fake)) / 2, F.softplus(-fake)], -1)
    """, "the judge's two parts are averaged; the game adds them", "half", "average", "factor", "adds", "sum"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([(F.softplus(-real) + F.softplus(fake)).mean(), F.softplus(-fake).mean()])
    """, "means over the batch: one pair of numbers for each pair of logits", "each pair", "mean"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(-real) + F.softplus(fake), F.softplus(-fake)])
    """, "stacked the wrong way: 2 x batch instead of batch x 2", "axis", "batch 2", "dim"),
    game_losses("""
        import torch.nn.functional as F
        return F.softplus(-real) + F.softplus(fake), F.softplus(-fake)
    """, "a tuple, not one tensor", "tuple", "tensor", "stack"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(-real) + F.softplus(fake), F.softplus(-fake.detach())], -1)
    """, "detach in the wrong place: the generator gets no gradient", "gradient", "detach"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(-real) + (1 - F.logsigmoid(fake)), F.softplus(-fake)], -1)
    """, "1 - log D is not log(1 - D)", "1 - D", "log(1", "-fake"),
    game_losses("return torch.stack([(real - 1) ** 2 + fake ** 2, (fake - 1) ** 2], -1)",
        "least squares, not the game of the text",
                "least squares", "square"),
    game_losses("return torch.stack([fake - real, -fake], -1)", "Wasserstein's prices: no sigmoid, no logarithm", "Wasserstein",
        "linear", "critic"),
    game_losses("""
        import torch.nn.functional as F
        return torch.stack([F.softplus(-real), F.softplus(-fake)], -1)
    """, "the judge pays only for the real examples", "fake", "1 - D", "both"),
    game_losses("""
        import torch.nn.functional as F
        real, fake = torch.sigmoid(real), torch.sigmoid(fake)
        return torch.stack([F.softplus(-real) + F.softplus(fake), F.softplus(-fake)], -1)
    """, "the sigmoid is taken twice: once by hand, once inside softplus", "twice", "logit", "sigmoid"),

    optimal_judge("return torch.sigmoid(log_p - log_q)"),
    optimal_judge("return torch.stack([log_p, log_q]).softmax(0)[0]"),
    optimal_judge("return (log_p - torch.logaddexp(log_p, log_q)).exp()"),
    optimal_judge("return 1 / (1 + torch.exp(log_q - log_p))"),
    optimal_judge("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    optimal_judge("return log_p.exp() / (log_p.exp() + log_q.exp())", "both densities underflow: 0 / 0", "underflow", "nan",
        "log domain", "0 / 0"),
    optimal_judge("return log_p.exp() / (log_p.exp() + log_q.exp() + 1e-12)",
        "an epsilon hides the underflow: 0 where the ratio says otherwise",
                  "underflow", "epsilon", "log domain", "ratio"),
    optimal_judge("return torch.nan_to_num(log_p.exp() / (log_p.exp() + log_q.exp()), nan=0.5)",
                  "nan becomes 1/2: where both underflow the judge still knows", "underflow", "nan", "ratio", "log domain"),
    optimal_judge("return (log_p.double().exp() / (log_p.double().exp() + log_q.double().exp())).float()",
                  "float64 only moves the edge of the underflow", "underflow", "nan", "log domain"),
    optimal_judge("return torch.sigmoid(log_q - log_p)", "the probability of fake: p and q are exchanged", "exchanged", "swap",
        "fake", "sign"),
    optimal_judge("return log_p / (log_p + log_q)", "logarithms are divided as if they were densities", "logarithm", "exp",
        "densities"),
    optimal_judge("return (log_p - log_q).exp()", "the ratio p / q, not p / (p + q)", "ratio", "p + q", "p / q"),
    optimal_judge("return log_p - log_q", "the logit: the sigmoid is missing", "logit", "sigmoid", "between 0 and 1"),
    optimal_judge("return log_p - torch.logaddexp(log_p, log_q)", "the logarithm of D: exp is missing", "exp", "logarithm",
        "log D"),
    optimal_judge("return (log_p - log_q).softmax(0)", "normalised over the points, not at each point", "each point",
        "over the points", "softmax",
                  "batch"),
    optimal_judge("return torch.sigmoid(log_p)", "q is not used", "log_q", "q is", "ignor"),
    optimal_judge("return torch.sigmoid((log_p - log_q) / 2)", "half of the log ratio: too timid a judge", "half", "factor", "2"),
    optimal_judge("return torch.sigmoid(log_p.clamp(min=-50) - log_q.clamp(min=-50))",
                  "clamped before the difference: where both lie below, the ratio is lost", "clamp", "ratio", "underflow",
        "lost"),
    optimal_judge("return torch.sigmoid(log_p + log_q)", "added: the ratio is a difference of logarithms", "differen", "subtract",
        "ratio", "minus"),
    optimal_judge("return (log_p > log_q).float()", "a decision, not a probability", "probability", "0 or 1", "decision", "hard"),
    optimal_judge("return [torch.sigmoid(p - q).item() for p, q in zip(log_p, log_q)]", "a list of floats, not a tensor", "list",
        "tensor"),
    optimal_judge("return torch.sigmoid(log_p - log_q).mean()", "the mean over all points", "each point", "mean", "averages"),
    optimal_judge("return torch.sigmoid((log_p.exp() / log_q.exp()).log())", "the ratio is formed from densities that underflow",
        "underflow", "nan",
                  "log domain"),
]
