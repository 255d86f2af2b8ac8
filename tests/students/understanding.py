"""Answers as students give them to the exercises of lesson 10."""

from tests.students.bodies import answers_to

naive_bayes = answers_to("naive_bayes(counts, num, seen)")
calibration_error = answers_to("calibration_error(probs, labels, bins)")
m2_bound = answers_to("m2_bound(p_y, p_z, p_x, q_y, q_z)")
m2_objective = answers_to("m2_objective(labelled, log_q, unlabelled, alpha)")

ANSWERS = [
    naive_bayes("""
        total = counts.sum(1) + counts.shape[1]
        score = num.log() + (seen * ((counts + 1) / total[:, None]).log()).sum(1)
        return torch.softmax(score, dim=0)
    """),
    naive_bayes("""
        p = num / num.sum()
        for w in range(len(seen)):
            p = p * ((counts[:, w] + 1) / (counts + 1).sum(1)) ** seen[w]
        return p / p.sum()
    """),
    naive_bayes("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return (seen * p.log()).sum(1).softmax(0)
    """, "the prior is forgotten", "prior"),
    naive_bayes("""
        p = counts / counts.sum(1, keepdim=True)
        score = (num / num.sum()).log() + (seen * p.clamp(min=1e-10).log()).sum(1)
        return score.softmax(0)
    """, "no smoothing: counts of 0 become impossible", "smooth", "add 1", "impossible"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(0)
        return ((num / num.sum()).log() + (seen * p.log()).sum(1)).softmax(0)
    """, "normalised over labels instead of words", "over labels", "label | word"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum()
        return ((num / num.sum()).log() + (seen * p.log()).sum(1)).softmax(0)
    """, "normalised over everything", "all counts together", "every row"),
    naive_bayes("""
        p = (counts + 1) / counts.sum(1, keepdim=True)
        return ((num / num.sum()).log() + (seen * p.log()).sum(1)).softmax(0)
    """, "the total is not smoothed", "total", "no longer sum"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return (num / num.sum()).log() + (seen * p.log()).sum(1)
    """, "scores, not probabilities", "scores", "softmax"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return ((num / num.sum()).log() + (seen * p.log()).sum(1)).log_softmax(0)
    """, "log-probabilities", "log-prob"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return (num / num.sum()) * (p ** seen).prod(1)
    """, "the joint, not normalised", "divide by its sum", "joint"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return ((num / num.sum()).log() + ((seen > 0) * p.log()).sum(1)).softmax(0)
    """, "a repeated word counts once", "twice counts once", "how often"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return ((num / num.sum()).log() + p.log().sum(1)).softmax(0)
    """, "all words of the vocabulary count", "said or not", "all words"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return ((num / num.sum()) + (seen * p.log()).sum(1)).softmax(0)
    """, "the prior is added without its logarithm", "logarithm", "prior"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return ((num / num.sum()).log() + (seen * p).sum(1)).softmax(0)
    """, "probabilities of words are added", "logarithm", "logs"),
    naive_bayes("""
        p = (counts + 0.5) / (counts + 0.5).sum(1, keepdim=True)
        return ((num / num.sum()).log() + (seen * p.log()).sum(1)).softmax(0)
    """, "one half is added, not 1", "half", "1 is asked"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        prior = counts.sum(1) / counts.sum()
        return (prior.log() + (seen * p.log()).sum(1)).softmax(0)
    """, "the prior is made of words", "prior", "sentences"),
    naive_bayes("""
        return num / num.sum()
    """, "the words are ignored", "words are not looked", "ignored"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        score = (num / num.sum()).log() + (seen * p.log()).sum(1)
        return torch.nn.functional.one_hot(score.argmax(), len(num)).to(score)
    """, "only the likeliest label", "likeliest", "how sure"),
    naive_bayes("""
        p = (counts + 1) / num[:, None]
        return ((num / num.sum()).log() + (seen * p.log()).sum(1)).softmax(0)
    """, "divided by sentences", "sentences"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        score = (num / num.sum()).log() + (seen * p.log()).sum(1)
        return score / score.sum()
    """, "log scores divided by their sum", "exponentiate", "log scores"),
    naive_bayes("""
        p = (counts + 1) / (counts + 1).sum(1, keepdim=True)
        return (num.log() + (seen * p.log()).sum(1) / seen.sum()).softmax(0)
    """, "mean over the words", "mean", "add up"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(probs)
        edges = torch.linspace(0, 1, bins + 1)
        total = 0
        for low, high in zip(edges[:-1], edges[1:]):
            inside = (c >= low) & ((c < high) | (high == 1) & (c <= 1))
            if inside.any():
                total = total + inside.sum() / len(c) * (right[inside].mean() - c[inside].mean()).abs()
        return total
    """),
    calibration_error("""
        c = probs.amax(-1)
        right = (probs.argmax(-1) == labels).to(c)
        place = torch.clamp((c * bins).floor().long(), max=bins - 1)
        return torch.bincount(place, weights=right - c, minlength=bins).abs().sum().to(c) / len(c)
    """),
    calibration_error("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    calibration_error("""
        c, said = probs.max(1)
        return ((said == labels).to(c).mean() - c.mean()).abs()
    """, "no bins", "bin by bin", "at once"),
    calibration_error("""
        c, said = probs.max(1)
        return ((said == labels).to(c) - c).abs().mean()
    """, "sentence by sentence", "sentence by sentence", "inside a bin"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum() for b in range(bins)) / len(c)
    """, "no absolute value", "absolute"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        gaps = [(right[place == b].mean() - c[place == b].mean()).abs() for b in range(bins) if (place == b).any()]
        return sum(gaps) / len(gaps)
    """, "bins are not weighed by their sentences", "alike", "how many sentences"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        gaps = [(right[place == b].mean() - c[place == b].mean()).abs() for b in range(bins) if (place == b).any()]
        return sum(gaps) / bins
    """, "bins are not weighed, and the empty ones count", "alike", "how many sentences"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return torch.stack([(right[place == b].mean() - c[place == b].mean()).abs() for b in place.unique()]).max()
    """, "the worst bin", "worst", "maximum"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins))
    """, "not divided by the number of sentences", "divide", "number"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins)) / bins
    """, "divided by the bins", "number of bins"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long()
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins)) / len(c)
    """, "a confidence of 1 is lost", "exactly 1", "clamp"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said != labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins)) / len(c)
    """, "misses for hits", "misses"),
    calibration_error("""
        c, said = probs.min(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins)) / len(c)
    """, "the smallest probability", "smallest"),
    calibration_error("""
        c = probs[:, 0]
        right = (probs.argmax(1) == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins)) / len(c)
    """, "the probability of the first label", "first label"),
    calibration_error("""
        c = probs[torch.arange(len(labels)), labels]
        right = (probs.argmax(1) == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins)) / len(c)
    """, "the probability of the true label", "true label"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).round().long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins)) / len(c)
    """, "places are rounded", "rounded"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        return sum((right[place == b] - c[place == b]).sum().abs() for b in range(bins - 1)) / len(c)
    """, "the last bin is left out", "last bin"),
    calibration_error("""
        c, said = probs.max(1)
        right = (said == labels).to(c)
        place = (c * bins).long().clamp(max=bins - 1)
        gaps = [(right[place == b] - c[place == b]).mean().nan_to_num() for b in range(bins)]
        return sum((place == b).sum() * gap**2 for b, gap in enumerate(gaps)) / len(c)
    """, "squared gaps", "squared"),
    calibration_error("""
        c, said = probs.max(1)
        return c.mean()
    """, "confidence alone", "mean confidence"),
    calibration_error("""
        c, said = probs.max(1)
        return (said == labels).to(c).mean()
    """, "accuracy alone", "accuracy"),
    m2_bound("""
        inner = q_z * (p_x.log() + p_z.log() - q_z.log())
        L = inner.sum(-1) + p_y.log()
        return (q_y * (L - q_y.log())).sum(-1)
    """),
    m2_bound("""
        result = []
        for n in range(len(p_x)):
            u = 0.0
            for y in range(len(p_y)):
                L = p_y[y].log()
                for z in range(len(p_z)):
                    L = L + q_z[n, y, z] * (p_x[n, y, z].log() - (q_z[n, y, z] / p_z[z]).log())
                u = u + q_y[n, y] * (L - q_y[n, y].log())
            result.append(u)
        return torch.stack(result)
    """),
    m2_bound("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) - (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * L).sum(-1) - (q_y * q_y.log()).sum(-1)
    """, "log p(y) is left out", "log p(y)"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * L).sum(-1)
    """, "the entropy is left out", "entropy"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * L).sum(-1) + (q_y * q_y.log()).sum(-1)
    """, "the entropy has the wrong sign", "entropy", "sign"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (p_z / q_z).log()).sum(-1)
        return (q_y * (L - q_y.log())).sum(-1)
    """, "the ratio in the KL is turned", "ratio", "upside down"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() + (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * (L - q_y.log())).sum(-1)
    """, "the KL is added", "subtracted", "upside down", "added"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log()
        return (q_y * (L - q_y.log())).sum(-1)
    """, "no KL", "KL"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (p_z * (p_z / q_z).log()).sum(-1)
        return (q_y * (L - q_y.log())).sum(-1)
    """, "the KL the other way round", "other way round"),
    m2_bound("""
        L = (q_z * p_x).sum(-1).log() + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * (L - q_y.log())).sum(-1)
    """, "log of the mean", "logarithm of the mean"),
    m2_bound("""
        qz = (q_y[..., None] * q_z).sum(1)
        px = (q_y[..., None] * p_x).sum(1)
        L = (qz * px.log()).sum(-1) + (q_y @ p_y).log() - (qz * (qz / p_z).log()).sum(-1)
        return L - (q_y * q_y.log()).sum(-1)
    """, "q(y | x) put in once instead of the sum", "once", "mixture"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        y = q_y.argmax(-1)
        return L[torch.arange(len(y)), y]
    """, "only the likeliest label", "likeliest"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return L.logsumexp(-1)
    """, "log-sum-exp over the labels", "log-sum-exp", "best that any"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return L.mean(-1) - (q_y * q_y.log()).sum(-1)
    """, "labels unweighed", "alike", "weigh"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return (p_y * L).sum(-1) - (q_y * q_y.log()).sum(-1)
    """, "weighed by the prior", "p(y)", "weighed by"),
    m2_bound("""
        return (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
    """, "one number for each label", "each label", "sum the label out"),
    m2_bound("""
        return (p_y[:, None] * p_z * p_x).sum((1, 2)).log()
    """, "log p(x) itself", "log p(x) itself"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y - (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * (L - q_y.log())).sum(-1)
    """, "p(y) without the logarithm", "logarithm"),
    m2_bound("""
        L = (p_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * (L - q_y.log())).sum(-1)
    """, "z from the prior", "prior p(z)", "z comes from"),
    m2_bound("""
        L = p_x.log().mean(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * (L - q_y.log())).sum(-1)
    """, "z is not weighed", "all z count alike", "weigh"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * q_z.log()).sum(-1)
        return (q_y * (L - q_y.log())).sum(-1)
    """, "log p(z) is left out", "log p(z)"),
    m2_bound("""
        L = (q_z * p_x.log()).sum(-1) + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1)
        return (q_y * L).sum(-1) - (q_y * (q_y / p_y).log()).sum(-1)
    """, "log p(y) comes twice", "twice"),
    m2_objective("""
        return sum(labelled) + sum(unlabelled) + alpha * sum(log_q)
    """),
    m2_objective("""
        return (labelled + alpha * log_q).sum() + unlabelled.sum()
    """),
    m2_objective("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    m2_objective("""
        return labelled.sum() + unlabelled.sum()
    """, "q is never trained on labels", "never see a label", "classifier"),
    m2_objective("""
        return labelled.sum() + unlabelled.sum() + log_q.sum()
    """, "alpha is ignored", "alpha is not used"),
    m2_objective("""
        return labelled.sum() + unlabelled.sum() - alpha * log_q.sum()
    """, "the sign of the last term", "subtracted", "all three are maximised"),
    m2_objective("""
        return labelled.mean() + unlabelled.mean() + alpha * log_q.sum()
    """, "means of the bounds", "means"),
    m2_objective("""
        return labelled.sum() + unlabelled.sum() + alpha * log_q.mean()
    """, "the mean of log q", "mean"),
    m2_objective("""
        return unlabelled.sum() + alpha * log_q.sum()
    """, "labelled bounds forgotten", "labelled sentences are missing"),
    m2_objective("""
        return labelled.sum() + alpha * log_q.sum()
    """, "unlabelled bounds forgotten", "unlabelled sentences are missing"),
    m2_objective("""
        return alpha * (labelled.sum() + unlabelled.sum() + log_q.sum())
    """, "alpha before everything", "before everything"),
    m2_objective("""
        return labelled.sum() + unlabelled.sum() + alpha * log_q.exp().sum()
    """, "probabilities, not logs", "log-prob", "probabilities are added"),
    m2_objective("""
        return labelled.sum() + alpha * unlabelled.sum() + log_q.sum()
    """, "alpha on the unlabelled", "alpha weighs the unlabelled"),
    m2_objective("""
        return (1 - alpha) * (labelled.sum() + unlabelled.sum()) + alpha * log_q.sum()
    """, "alpha taken for a share", "no share", "1 - alpha"),
]
