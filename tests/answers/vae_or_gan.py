"""Answers to the exercises of lesson 19: right ones however written, usual mistakes, mistakes together."""
import math

import torch

from gensq_course.lessons.vae_or_gan.misleading import ANSWERS

NAMES = ("mixture_log_p", "discoveries", "signs", "possible", "misled")
mixture, found, sign, whom, which = NAMES
TRICKS = dict(ANSWERS)


def logs(p, q, share):
    """The usual way by hand: the larger is taken out."""
    a, b = p + math.log(share), q + math.log(1 - share)
    top = torch.maximum(a, b)
    return top + ((a - top).exp() + (b - top).exp()).log()


def stacked(p, q, share):
    shares = torch.tensor([share, 1 - share], dtype=p.dtype).log()
    return torch.logsumexp(torch.stack([p, q]) + shares[:, None], 0)


def by_loop(said, valid, read, *, right=True, new=True, once=True, by=lambda said, valid: len(said)):
    """Each keyword is a mistake."""
    seen, count = set(read.tolist()) if new else set(), 0
    for sentence, good in zip(said.tolist(), valid.tolist(), strict=True):
        if (good or not right) and sentence not in seen:
            count += 1
            seen |= {sentence} if once else set()
    return count / by(said, valid)


def by_torch(said, valid, read):
    return torch.unique(said[valid & ~torch.isin(said, read)]).numel() / torch.tensor(float(len(said)))


def loop_with(**mistake):
    return lambda *inputs: torch.tensor(float(by_loop(*inputs, **mistake)))


def interval(ours, theirs, reach, *, correction=1, root=0.5, sign=1, axis=0, holds=True):
    """Each keyword is a mistake."""
    gap = sign * (ours - theirs)
    n = gap.shape[axis]
    middle, half = gap.mean(axis), reach * gap.std(axis, correction=correction) / n**root
    low, high = (middle - half, middle + half) if holds else (middle, middle)
    return (low > 0).to(gap.dtype) - (high < 0).to(gap.dtype)


def signs_with(**mistake):
    return lambda *inputs: interval(*inputs, **mistake)


def welch(ours, theirs, reach):
    gap, error = (ours - theirs).mean(0), (ours.var(0) / len(ours) + theirs.var(0) / len(ours)).sqrt()
    return torch.where(gap.abs() > reach * error, gap.sign(), 0)


def table(score, need, least, reach, width, *, keep=None, lead=None, beside=None, both=None):
    """In loops; each keyword puts another step in the place of one."""
    n, families = score.shape
    low = keep or (lambda column: column.mean() - reach * column.std() / n**0.5)
    kept = [bool(low(need[:, i]) >= least) for i in range(families)]
    able = [i for i in range(families) if kept[i]]
    if not able:
        return torch.zeros(families, dtype=torch.bool)
    leader = max(able if lead is None else lead(range(families), able), key=lambda i: score[:, i].mean())

    def stays(i):
        gap = score[:, leader] - score[:, i]
        return bool(gap.mean() <= (beside or (lambda gap, i: reach * gap.std() / n**0.5))(gap, i) + width)
    worst = min([score[:, i].mean() for i in able if stays(i)], default=torch.inf)
    return torch.tensor([(kept[i] if both is None else True) and bool(score[:, i].mean() >= worst) for i in range(families)])


def with_step(**step):
    return lambda *inputs: table(*inputs, **step)


def near_alone(score, need, least, reach, width):
    """Without the last step: whoever is surely behind is out, however good its mean."""
    kept = table(score, need, least, reach, torch.inf)
    gap = score[:, score.mean(0).where(kept, -torch.inf).argmax(), None] - score
    return kept & (gap.mean(0) <= reach * gap.std(0) / len(gap)**0.5 + width)


def near_of_all(score, need, least, reach, width):
    """Whoever is near counts, also if it misses the need."""
    kept, mean = table(score, need, least, reach, torch.inf), score.mean(0)
    if not kept.any():
        return kept
    gap = score[:, mean.where(kept, -torch.inf).argmax(), None] - score
    near = gap.mean(0) <= reach * gap.std(0) / len(gap)**0.5 + width
    return kept & (mean >= mean[near].min())


def overlapping(score, need, least, reach, width):
    """Beside the leader stays whose own interval meets the leader's."""
    kept = table(score, need, least, reach, torch.inf)
    mean, half = score.mean(0), reach * score.std(0) / len(score)**0.5
    leader = mean.where(kept, -torch.inf).argmax()
    near = kept & (mean + half + width >= (mean - half)[leader])
    return kept & (mean >= mean.where(near, torch.inf).min())


RIGHT = [
    (mixture, stacked), (mixture, lambda p, q, s: torch.logaddexp(p + torch.tensor(s).log(), q + torch.tensor(1 - s).log())),
    (found, by_loop), (found, by_torch), (found, lambda s, v, r: torch.tensor(by_loop(s, v, r), dtype=torch.float64)),
    (sign, interval), (sign, lambda *inputs: interval(*inputs).long()),
    (sign, lambda a, b, r: (a - b).mean(0).sign() * ((a - b).mean(0).abs() * len(a)**0.5 / (a - b).std(0) > r)),
    (whom, table), (which, lambda: TRICKS),
]

WRONG = [
    (mixture, lambda p, q, s: s * p + (1 - s) * q, "geometric mean"),
    (mixture, lambda p, q, s: logs(q, p, s), "shares are swapped"),
    (mixture, lambda p, q, s: torch.logaddexp(p, q), "shares are missing"),
    (mixture, lambda p, q, s: torch.logaddexp(p + s, q + (1 - s)), "added as they are"),
    (mixture, lambda p, q, s: torch.logaddexp(p * s, q * (1 - s)), "multiply the logarithms"),
    (mixture, lambda p, q, s: s * p.exp() + (1 - s) * q.exp(), "these are probabilities"),
    (mixture, lambda p, q, s: p + math.log(s) + q + math.log(1 - s), "are multiplied"),
    (mixture, lambda p, q, s: torch.max(p + math.log(s), q + math.log(1 - s)), "larger of the two"),
    (mixture, lambda p, q, s: torch.log(s * torch.exp(p) + (1 - s) * torch.exp(q)), "exp(-900) is 0"),
    (mixture, lambda p, q, s: torch.logaddexp(p, q) + math.log(s), "both parts are weighted"),
    (mixture, lambda p, q, s: p + math.log(s), "only p counts"), (mixture, lambda p, q, s: q + math.log(1 - s), "only q counts"),
    (mixture, lambda p, q, s: stacked(p, q, s).mean(), "keep one number per sentence"),
    (mixture, lambda p, q, s: -stacked(p, q, s), "sign"),
    (found, loop_with(new=False), "a replay would look perfect"), (found, loop_with(right=False), "random words would look"),
    (found, loop_with(right=False, new=False), "valid or not, read or not"),
    (found, loop_with(once=False), "said twice counts twice"),
    (found, loop_with(by=lambda said, valid: len(said.unique())), "by the different sentences"),
    (found, loop_with(by=lambda said, valid: valid.sum()), "by the valid draws"),
    (found, lambda s, v, r: by_loop(s, v, r) * len(s) / len(set(r.tolist())), "by the different training sentences"),
    (found, loop_with(by=lambda said, valid: 1), "this is a number of sentences"),
    (found, lambda s, v, r: by_loop(s, v, r) * len(s) / len(r), "by the training sentences"),
    (found, lambda s, v, r: torch.unique(s[v & torch.isin(s, r)]).numel() / len(s), "these are the copies"),
    (found, lambda s, v, r: by_loop(s, ~v, r), "these are the invalid ones"),
    (found, lambda s, v, r: by_loop(s, v, r) * len(s) / (~torch.isin(s, r)).sum().clamp(min=1), "draws that were not read"),
    (sign, signs_with(correction=0), "taken with n; with n - 1"), (sign, signs_with(root=0), "standard deviation of one seed"),
    (sign, signs_with(root=1), "divided by n"), (sign, signs_with(sign=-1), "sign is turned"),
    (sign, signs_with(holds=False), "however uncertain"), (sign, signs_with(axis=1), "this goes over points"),
    (sign, welch, "two independent samples"), (sign, lambda a, b, r: interval(a, b, 2.0), "two standard errors are taken"),
    (sign, lambda a, b, r: interval(a, b, 1.0), "one standard error"),
    (sign, lambda a, b, r: interval(a, b, 2.78), "a reach is typed in (2.78"),
    (sign, lambda a, b, r: interval(a, b, 4.3), "a reach is typed in (4.30"),
    (sign, lambda a, b, r: interval(a, b, 3.3), "what is special about the one below"),
    (sign, lambda a, b, r: ((a > b).all(0) * 1.0 - (a < b).all(0) * 1.0), "all seeds agree"),
    (sign, lambda a, b, r: (a - b).mean(0) * interval(a, b, r).abs(), "the size of the gap"),
    (sign, lambda a, b, r: (interval(a, b, r) > 0).float(), "-1 is wanted"),
    (which, lambda: TRICKS | {"A": "another temperature"}, "drawn from in two ways"),
    (which, lambda: TRICKS | {"B": "a lucky seed"}, "one run of each would be compared"),
    (which, lambda: TRICKS | {"C": "a bound beside an exact number"}, "a bound on a likelihood"),
    (which, lambda: TRICKS | {"D": "one rival is not tuned"}, "a setting that nobody searched for"),
    (which, lambda: TRICKS | {"D": "a copy has no likelihood"}, "that it has not read"),
    (whom, with_step(keep=lambda column: column.mean()), "the mean `need` decides"),
    (whom, with_step(keep=lambda column: column.max()), "the best seed decides whether"),
    (whom, with_step(keep=lambda column: column.min()), "the worst seed decides whether"),
    (whom, with_step(keep=lambda column: torch.tensor(2.0)), "the need is not looked at"),
    (whom, with_step(lead=lambda everybody, able: everybody), "also those that miss the need"),
    (whom, with_step(beside=lambda gap, i: torch.tensor(-1.0) if gap.abs().max() else torch.tensor(0.0)),
     "only the leader comes back"),
    (whom, with_step(beside=lambda gap, i: torch.tensor(torch.inf)), "everybody who keeps the need"),
    (whom, with_step(beside=lambda gap, i: 2 * gap.std() / len(gap)**0.5), "two standard errors are taken"),
    (whom, with_step(both=False), "forgotten at the end"),
    (whom, lambda s, n, least, r, w: table(s, n, least, r, 0.0), "width is forgotten"),
    (whom, with_step(beside=lambda gap, i: torch.tensor(0.0)), "the mean lead is held against"),
    (whom, near_of_all, "sought among all families"),
    (whom, near_alone, "though its mean is better"), (whom, overlapping, "own intervals are compared"),
    (whom, lambda s, n, least, r, w: table(s, n, least, r, torch.inf) & ~table(s, n, least, r, w),
     "those come back that are surely behind"),
]

COMPOSED = [
    (mixture, lambda p, q, s: torch.logaddexp(p, q).mean(), ["shares are missing", "keep one number per"]),
    (mixture, lambda p, q, s: torch.logaddexp(p, q).exp(), ["shares are missing"]),
    (mixture, lambda p, q, s: logs(q, p, s).mean(), ["shares are swapped", "keep one number per"]),
    (mixture, lambda p, q, s: -torch.logaddexp(p + s, q + (1 - s)), ["added as they are", "sign"]),
    (found, loop_with(new=False, once=False), ["a replay would look perfect", "counts twice"]),
    (found, loop_with(right=False, once=False), ["random words would look", "counts twice"]),
    (found, loop_with(new=False, by=lambda said, valid: valid.sum()), ["a replay would look perfect", "by the valid draws"]),
    (found, loop_with(once=False, by=lambda said, valid: len(said.unique())), ["counts twice", "by the different"]),
    (found, loop_with(right=False, by=lambda said, valid: 1), ["random words would look", "number of sentences"]),
    (sign, signs_with(sign=-1, holds=False), ["sign is turned", "however uncertain"]),
    (sign, signs_with(sign=-1, correction=0), ["sign is turned", "with n - 1"]),
    (sign, signs_with(sign=-1, root=0), ["sign is turned", "standard deviation of one seed"]),
    (whom, with_step(keep=lambda column: column.mean(), beside=lambda gap, i: torch.tensor(0.0)),
     ["the mean `need` decides", "the mean lead is held against"]),
    (whom, with_step(keep=lambda column: column.mean(), beside=lambda gap, i: torch.tensor(torch.inf)),
     ["the mean `need` decides", "everybody who keeps"]),
]
