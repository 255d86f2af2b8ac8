"""Answers to the exercises of lesson 10: right ones however written, usual mistakes, mistakes together."""
import torch
from torch.distributions import Categorical, kl_divergence

NAMES = ("naive_bayes", "calibration_error", "m2_bound", "m2_objective")


def bayes(f):
    return (NAMES[0], f)


def ece(f):
    """From confidence, hits and the place of each sentence."""
    def answer(probs, labels, bins):
        confidence, said = probs.max(-1)
        return f(confidence, (said == labels).to(probs), (confidence * bins).long().clamp(max=bins - 1), bins)

    return (NAMES[1], answer)


def bound(f):
    """From the labelled bounds and q(y | x)."""
    def answer(p_y, p_z, p_x, q_y, q_z):
        labelled = (q_z * (p_x.log() + p_z.log() - q_z.log())).sum(-1) + p_y.log()
        return f(labelled, q_y, p_y)

    return (NAMES[2], answer)


def goal(f):
    return (NAMES[3], f)


def shares(counts, add=1.0):
    return (counts + add) / (counts + add).sum(1, keepdim=True)


def by_distributions(p_y, p_z, p_x, q_y, q_z):
    rate = kl_divergence(Categorical(probs=q_z), Categorical(probs=p_z.expand_as(q_z)))
    labelled = torch.einsum("nyz,nyz->ny", q_z, p_x.log()) + p_y.log() - rate
    return torch.einsum("ny,ny->n", q_y, labelled) + Categorical(probs=q_y).entropy()


def by_pairs(p_y, p_z, p_x, q_y, q_z):
    joint_q = q_y[..., None] * q_z
    return (joint_q * (p_x.log() + p_z.log() + p_y.log()[:, None] - joint_q.log())).sum((-1, -2))


def entropy(q):
    return -(q * q.log()).sum(-1)


def binned(c, h, place, bins):
    gaps = [(h[place == b].mean() - c[place == b].mean()).abs() * (place == b).sum() for b in range(bins) if (place == b).any()]
    return sum(gaps) / len(c)


RIGHT = [
    bayes(lambda counts, num, seen: torch.softmax(num.log() + shares(counts).log() @ seen, 0)),
    bayes(lambda counts, num, seen: (p := num / num.sum() * (shares(counts) ** seen).prod(1)) / p.sum()),
    ece(binned), ece(lambda c, h, place, bins: torch.zeros(bins).to(c).index_add(0, place, h - c).abs().sum() / len(c)),
    ("m2_bound", by_distributions), ("m2_bound", by_pairs),
    bound(lambda labelled, q, p: (q * (labelled - q.log())).sum(-1)),
    goal(lambda labelled, log_q, unlabelled, alpha: torch.cat([labelled, unlabelled, alpha * log_q]).sum()),
]
WRONG = [
    (*bayes(lambda counts, num, seen: torch.softmax(shares(counts).log() @ seen, 0)), "the prior is missing"),
    (*bayes(lambda counts, num, seen: torch.softmax(num.log() + shares(counts, 1e-10).log() @ seen, 0)), "not smoothed"),
    (*bayes(lambda counts, num, seen: num.log() + shares(counts).log() @ seen - num.sum().log()), "these are scores"),
    (*bayes(lambda counts, num, seen: torch.log_softmax(num.log() + shares(counts).log() @ seen, 0)), "log-probabilities"),
    (*bayes(lambda counts, num, seen: num / num.sum() * (shares(counts) ** seen).prod(1)), "divide by its sum over the labels"),
    (*bayes(lambda counts, num, seen: torch.softmax(num.log() + shares(counts).log() @ (seen > 0).to(seen), 0)), "counts once"),
    (*bayes(lambda counts, num, seen: torch.softmax(num.log() + shares(counts).log().sum(1), 0)), "said or not"),
    (*bayes(lambda counts, num, seen: torch.softmax(
        num.log() + ((counts + 1) / (counts + 1).sum(0)).log() @ seen, 0)), "sum over labels"),
    (*bayes(lambda counts, num, seen: num / num.sum()), "not looked at"),
    ("naive_bayes", lambda counts, num, seen: torch.stack([
        (num[k] / num.sum()).log() + sum(n * ((row[w] + 1) / row.sum()).log() for w, n in enumerate(seen))
        for k, row in enumerate(counts)]).softmax(0), "Sum after you added 1"),
    (*bayes(lambda counts, num, seen: torch.softmax(
        (counts.sum(1) / counts.sum()).log() + shares(counts).log() @ seen, 0)), "the prior is made of words"),
    (*bayes(lambda counts, num, seen: torch.softmax(num / num.sum() + shares(counts).log() @ seen, 0)),
     "without its own logarithm"),
    (*bayes(lambda counts, num, seen: torch.softmax(
        num.log() + ((counts + 1) / num[:, None]).log() @ seen, 0)), "by sentences"),
    (*bayes(lambda counts, num, seen: torch.softmax(num.log() + shares(counts) @ seen, 0)), "their logarithms that add up"),
    (*bayes(lambda counts, num, seen: ((s := num.log() + shares(counts).log() @ seen) == s.max()).to(s)),
     "how sure it is gets lost"),
    (*bayes(lambda counts, num, seen: torch.softmax(num.log() + shares(counts, 0.5).log() @ seen, 0)), "here 1 is asked for"),
    (*ece(lambda c, h, place, bins: (c.mean() - h.mean()).abs()), "bin by bin"),
    ("calibration_error", lambda probs, labels, bins: sum(
        ((said := probs.max(1)).indices == labels).float()[(said.values * bins).long() == b].sub(
            said.values[(said.values * bins).long() == b]).sum().abs() for b in range(bins)) / len(probs),
     "clamp the place to bins - 1"),
    ("calibration_error", lambda probs, labels, bins: binned(
        probs.max(1).values, (probs.argmax(1) == labels).to(probs),
        (probs.max(1).values * bins).round().long().clamp(max=bins - 1), bins), "rounded to the nearest bin"),
    ("calibration_error", lambda probs, labels, bins: binned(
        (c := probs.gather(1, labels[:, None])[:, 0]), (probs.argmax(1) == labels).to(probs),
        (c * bins).long().clamp(max=bins - 1), bins), "probability of the true label"),
    (*ece(lambda c, h, place, bins: torch.stack([(h - c)[place == b].mean().abs() for b in set(place.tolist())]).max()),
     "worst bin"),
    (*ece(lambda c, h, place, bins: sum((h - c)[place == b].sum() for b in range(bins)).div(len(c))), "absolute value of each"),
    (*ece(lambda c, h, place, bins: (c - h).abs().mean()), "sentence by sentence"),
    (*ece(lambda c, h, place, bins: len(c) * binned(c, h, place, bins) / bins), "divided by the number of bins"),
    (*ece(lambda c, h, place, bins: len(c) * binned(c, h, place, bins)), "divide by their number"),
    (*ece(lambda c, h, place, bins: c.mean()), "this is the mean confidence"),
    (*ece(lambda c, h, place, bins: h.mean()), "this is the accuracy"),
    (*ece(lambda c, h, place, bins: binned(c, 1 - h, place, bins)), "misses"),
    (*bound(lambda labelled, q, p: (q * (labelled - q.log() - p.log())).sum(-1)), "log p(y) is missing"),
    (*bound(lambda labelled, q, p: (q * labelled).sum(-1)), "entropy of q(y | x) is missing"),
    (*bound(lambda labelled, q, p: labelled), "one number for each label"),
    (*bound(lambda labelled, q, p: labelled.logsumexp(-1)), "any q(y | x) could do"),
    (*bound(lambda labelled, q, p: labelled.mean(-1) + entropy(q)), "all labels count alike"),
    (*bound(lambda labelled, q, p: labelled.gather(-1, q.argmax(-1, keepdim=True))[:, 0]), "likeliest label"),
    ("m2_bound", lambda p_y, p_z, p_x, q_y, q_z: torch.einsum("y,z,nyz->n", p_y, p_z, p_x).log(), "log p(x) itself"),
    ("m2_bound", lambda p_y, p_z, p_x, q_y, q_z: (q_y * ((q_z * (p_x.log() + q_z.log() - p_z.log())).sum(-1) + p_y.log()
                                                        - q_y.log())).sum(-1), "upside down"),
    ("m2_bound", lambda p_y, p_z, p_x, q_y, q_z: (q_y * (
        (q_z * p_x.log()).sum(-1) + p_y.log() - q_y.log())).sum(-1), "z would be free"),
    ("m2_bound", lambda p_y, p_z, p_x, q_y, q_z: (q_y * (
        (q_z * p_x.log()).sum(-1) + p_y.log() - (p_z * (p_z.log() - q_z.log())).sum(-1) - q_y.log())).sum(-1),
     "the other way round"),
    ("m2_bound", lambda p_y, p_z, p_x, q_y, q_z: (q_y * (
        (q_z * p_x).sum(-1).log() + p_y.log() - (q_z * (q_z / p_z).log()).sum(-1) - q_y.log())).sum(-1),
     "the mean of the logarithm belongs"),
    (*bound(lambda labelled, q, p: (q * labelled).sum(-1) - entropy(q)), "the entropy of q(y | x) is subtracted"),
    (*bound(lambda labelled, q, p: (p * labelled).sum(-1) + entropy(q)), "weighed by p(y)"),
    (*bound(lambda labelled, q, p: labelled.sum(-1) + entropy(q)), "added up unweighed"),
    (*goal(lambda labelled, log_q, unlabelled, alpha: labelled.sum() + unlabelled.sum()), "never see a label"),
    (*goal(lambda labelled, log_q, unlabelled, alpha: labelled.sum() + unlabelled.sum() + alpha * log_q.exp().sum()),
     "not log-probabilities"),
    (*goal(lambda labelled, log_q, unlabelled, alpha: alpha * (labelled.sum() + unlabelled.sum() + log_q.sum())),
     "weighs log q(y | x) alone"),
    (*goal(lambda labelled, log_q, unlabelled, alpha: labelled.sum() + unlabelled.sum() - alpha * log_q.sum()), "all three"),
    (*goal(lambda labelled, log_q, unlabelled, alpha: labelled.mean() + unlabelled.mean() + alpha * log_q.sum()),
     "means of both"),
    (*goal(lambda labelled, log_q, unlabelled, alpha: labelled.sum() + alpha * log_q.sum()), "all there is"),
    (*goal(lambda labelled, log_q, unlabelled, alpha: labelled.sum() + unlabelled.sum() + alpha * log_q.mean()),
     "the mean of log q"),
]
COMPOSED = [
    (*bayes(lambda counts, num, seen: shares(counts).log() @ seen), ["prior is missing", "softmax"]),
    (*bayes(lambda counts, num, seen: torch.log_softmax(shares(counts).log() @ seen, 0)), ["prior is missing", "log-prob"]),
    (*bayes(lambda counts, num, seen: torch.softmax(shares(counts, 1e-10).log() @ seen, 0)),
     ["prior is missing", "not smoothed"]),
    (*ece(lambda c, h, place, bins: len(c) * (c.mean() - h.mean()).abs()), ["bin by bin", "divide by their number"]),
    (*ece(lambda c, h, place, bins: (c - h).abs().sum()), ["sentence by sentence", "divide by their number"]),
    (*bound(lambda labelled, q, p: (q * (labelled - p.log())).sum(-1)),
     ["log p(y) is missing", "entropy of q(y | x) is missing"]),
    (*bound(lambda labelled, q, p: labelled - p.log()), ["log p(y) is missing", "one number for each label"]),
    (*bound(lambda labelled, q, p: -(q * labelled).sum(-1)), ["sign", "entropy of q(y | x) is missing"]),
    (*bound(lambda labelled, q, p: labelled.mean(-1)), ["all labels count alike", "entropy of q(y | x) is missing"]),
    (*bound(lambda labelled, q, p: labelled.sum(-1)), ["added up unweighed", "entropy of q(y | x) is missing"]),
    (*goal(lambda labelled, log_q, unlabelled, alpha: unlabelled.sum()), ["labelled sentences are missing", "never see a label"]),
    (*goal(lambda labelled, log_q, unlabelled, alpha: labelled.sum() + log_q.sum()), ["alpha is not used", "all there is"]),
]
