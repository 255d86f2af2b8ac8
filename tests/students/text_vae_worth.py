"""Answers as students give them to the exercise of lesson 06 on what z is worth."""

from tests.students.bodies import answers_to

worth_of_z = answers_to("worth_of_z(log_p)")

ANSWERS = [
    worth_of_z("""
        import math
        n = len(log_p)
        own = log_p.diag()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - (log_p.logsumexp(1) - math.log(n))
        best = (log_p.argmax(1) == torch.arange(n)).float()
        return torch.stack([cost, fair, best], dim=1)
    """),
    worth_of_z("""
        import math
        rows = []
        n = log_p.shape[0]
        for i in range(n):
            own = log_p[i, i]
            others = [log_p[i, j] for j in range(n) if j != i]
            top = log_p[i].max()
            average = top + torch.log(torch.exp(log_p[i] - top).sum() / n)
            rows.append([float(own - sum(others) / (n - 1)), float(own - average), 1.0 if own >= top else 0.0])
        return torch.tensor(rows)
    """),
    worth_of_z("""
        n = len(log_p)
        p = log_p.double()
        own = p.diagonal()[:, None]
        off = ~torch.eye(n, dtype=torch.bool)
        cost = own[:, 0] - p[off].reshape(n, n - 1).mean(1)
        fair = -torch.log(torch.exp(p - own).mean(1))
        best = (p <= own).all(1).double()
        return torch.stack((cost, fair, best), -1)
    """),
    worth_of_z("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    worth_of_z("""
        own = log_p.diagonal()
        cost = own - log_p.mean(1)
        fair = own - log_p.logsumexp(1) + torch.tensor(float(len(log_p))).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "the own z is counted among the strangers", "among the strangers", "diagonal"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / n
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "divided by N, although there are N - 1 strangers", "N - 1"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(0) - own) / (n - 1)
        fair = own - log_p.logsumexp(0) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own >= log_p.max(0).values).float()], 1)
    """, "down the columns: another sentence under the same z", "column", "axis"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(0) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "the second column alone goes down the columns", "second column", "axis", "columns"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.mean(1)
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "the mean of the logarithms, where the logarithm of the mean is asked for", "mean of the log"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1)
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "log N is missing", "log N", "1/N"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1) - torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "the sign of log N", "log N", "sign"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.exp().mean(1).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "exp(-400) is 0 in float32", "underflow", "logsumexp", "log domain"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - (log_p.exp().mean(1) + 1e-12).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "an epsilon hides that all probabilities are 0", "epsilon", "small number", "underflow", "logsumexp"),
    worth_of_z("""
        p = log_p.exp()
        n, own = len(p), p.diagonal()
        cost = own - (p.sum(1) - own) / (n - 1)
        fair = own - p.mean(1)
        return torch.stack([cost, fair, (own >= p.max(1).values).float()], 1)
    """, "differences of probabilities, not of their logarithms", "probabilit", "log domain", "logarithm"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        others = log_p.masked_fill(torch.eye(n, dtype=torch.bool), float("-inf"))
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - others.logsumexp(1) + torch.tensor(float(n - 1)).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "the own z is left out of the bet", "left out"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        others = log_p.masked_fill(torch.eye(n, dtype=torch.bool), float("-inf"))
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - others.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "the own z is left out of the sum, but N is still the number", "left out"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = (log_p.sum(1) - own) / (n - 1) - own
        fair = log_p.logsumexp(1) - torch.tensor(float(n)).log() - own
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "both differences are turned round", "turned"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = (log_p.sum(1) - own) / (n - 1) - own
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "the first difference is turned round", "turned", "sign"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own > log_p.max(1).values).float()], 1)
    """, "> is never true: the own z is in its row", ">="),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, log_p.argmax(1).float()], 1)
    """, "the number of the best z, not whether it is the own", "argmax", "number of the best", "index"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own[:, None] >= log_p).float().mean(1)], 1)
    """, "a share of strangers, not yes or no", "share"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([fair, cost, (own >= log_p.max(1).values).float()], 1)
    """, "the first two columns are exchanged", "exchanged", "order", "swapped"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()])
    """, "a row per reading, not per sentence", "row per", "axis", "transposed"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1).mean(0)
    """, "the mean over the sentences", "each sentence", "batch", "per sentence"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return cost, fair, (own >= log_p.max(1).values).float()
    """, "three tensors, not one", "tuple", "one tensor", "stack"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        cost = own - (log_p.sum(1) - own) / (n - 1)
        fair = own - log_p.max(1).values
        return torch.stack([cost, fair, (own >= log_p.max(1).values).float()], 1)
    """, "compared with the best z, not with the bet on all", "best z", "mean prob"),
    worth_of_z("""
        n, own = len(log_p), log_p.diagonal()
        strangers = log_p.roll(1, 1).diagonal()
        fair = own - log_p.logsumexp(1) + torch.tensor(float(n)).log()
        return torch.stack([own - strangers, fair, (own >= log_p.max(1).values).float()], 1)
    """, "one stranger for each sentence, not the mean over all", "one stranger", "all strangers"),
]
