"""Exercises of lesson 10: naive Bayes from counts, and how far a classifier's confidence is from its hits."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def naive_bayes(counts: Float[Tensor, "label word"], num: Float[Tensor, "label"], seen: Float[Tensor, "word"]
                ) -> Float[Tensor, "label"]:
    """p(label | words of a sentence), as if words came one by one, independent given the label; 1 is added to each count.

    `counts` are words in the labelled sentences, `num` sentences of each label, `seen` the words of the new sentence.
    """
    smoothed = counts + 1
    log_word = (smoothed / smoothed.sum(1, keepdim=True)).log()
    log_prior = (num / num.sum()).log()
    score = log_prior + (seen * log_word).sum(1)
    return score.softmax(0)


BAYES_SLIPS = {
    "no smoothing": ("counts + 1", "counts + 1e-10"),
    "no prior": ("log_prior + ", ""),
    "prior from words": ("(num / num.sum())", "(counts.sum(1) / counts.sum())"),
    "prior without log": ("(num / num.sum()).log()", "num / num.sum()"),
    "over labels": ("smoothed.sum(1, keepdim=True)", "smoothed.sum(0)"),
    "old total": ("smoothed.sum(1, keepdim=True)", "counts.sum(1, keepdim=True)"),
    "by sentences": ("smoothed.sum(1, keepdim=True)", "num[:, None]"),
    "no logs": ("/ smoothed.sum(1, keepdim=True)).log()", "/ smoothed.sum(1, keepdim=True))"),
    "present once": ("(seen * log_word)", "((seen > 0) * log_word)"),
    "all words": ("(seen * log_word)", "log_word"),
    "mean over words": ("(seen * log_word).sum(1)", "(seen * log_word).sum(1) / seen.sum()"),
    "scores": ("score.softmax(0)", "score"),
    "log probabilities": ("score.softmax(0)", "score.log_softmax(0)"),
    "joint": ("score.softmax(0)", "score.exp()"),
    "scores divided": ("score.softmax(0)", "score / score.sum()"),
    "likeliest": ("score.softmax(0)", "(score == score.max()).to(score)"),
    "prior alone": (" + (seen * log_word).sum(1)", ""),
    "one half": ("counts + 1", "counts + 0.5"),
}


def bayes_cases() -> list[Inputs]:
    """Labels of unlike frequency and length; words that a label never has; a word that comes twice; none at all; float64."""
    small = (torch.tensor([[4.0, 1.0, 0.0], [1.0, 2.0, 3.0]]), torch.tensor([2.0, 3.0]))
    draw = torch.Generator().manual_seed(41)
    counts = torch.randint(0, 9, (4, 7), generator=draw).double() * torch.tensor([[1.0], [3.0], [1.0], [2.0]])
    return [(*small, torch.tensor([1.0, 0.0, 0.0])), (*small, torch.tensor([2.0, 1.0, 1.0])), (*small, torch.zeros(3)),
            (counts, torch.tensor([5.0, 20.0, 2.0, 9.0]).double(), torch.tensor([1.0, 0, 2, 1, 0, 1, 0]).double())]


NAIVE_BAYES = Values(**words(__file__, "naive_bayes"), reference=naive_bayes, slips=BAYES_SLIPS, cases=bayes_cases, together=2)


def calibration_error(probs: Float[Tensor, "sentence label"], labels: Int[Tensor, "sentence"], bins: int) -> Float[Tensor, ""]:
    """|share of hits - mean confidence| in bins of equal width, averaged over sentences (Guo et al. 2017)."""
    confidence, said = probs.max(-1)
    hits = (said == labels).to(probs)
    place = (confidence * bins).long().clamp(max=bins - 1)
    gaps = torch.stack([(hits[place == b] - confidence[place == b]).sum().abs() for b in range(bins)])
    return gaps.sum() / len(probs)


GAP = "(hits[place == b] - confidence[place == b]).sum().abs()"
CALIBRATION_SLIPS = {
    "no bins": ("(confidence * bins).long()", "0 * (confidence * bins).long()"),
    "each sentence": (GAP, "(hits[place == b] - confidence[place == b]).abs().sum()"),
    "no absolute value": (".sum().abs()", ".sum()"),
    "bins alike": ((GAP, "(hits[place == b] - confidence[place == b]).mean().nan_to_num().abs()"),
                   ("gaps.sum() / len(probs)", "gaps.sum() / bins")),
    "full bins alike": ((GAP, "(hits[place == b] - confidence[place == b]).mean().nan_to_num().abs()"),
                        ("gaps.sum() / len(probs)", "gaps.sum() / len(place.unique())")),
    "worst bin": ((GAP, "(hits[place == b] - confidence[place == b]).mean().nan_to_num().abs()"),
                  ("gaps.sum() / len(probs)", "gaps.max()")),
    "squared": ((GAP, "len(hits[place == b]) * (hits[place == b] - confidence[place == b]).mean().nan_to_num() ** 2"),),
    "not averaged": ("gaps.sum() / len(probs)", "gaps.sum()"),
    "over bins": ("gaps.sum() / len(probs)", "gaps.sum() / bins"),
    "confidence alone": ("hits[place == b] - confidence[place == b]", "confidence[place == b]"),
    "hits alone": ("hits[place == b] - confidence[place == b]", "hits[place == b]"),
    "misses": ("(said == labels)", "(said != labels)"),
    "least likely": ("probs.max(-1)", "probs.min(-1)"),
    "first label": ("confidence, said = probs.max(-1)", "confidence, said = probs[:, 0], probs.argmax(-1)"),
    "last lost": (".clamp(max=bins - 1)", ""),
    "rounded": ("(confidence * bins).long()", "(confidence * bins).round().long()"),
    "one bin too few": ("range(bins)", "range(bins - 1)"),
    "true label's confidence": ("confidence, said = probs.max(-1)",
                                "said = probs.argmax(-1); confidence = probs.gather(-1, labels.long()[:, None])[:, 0]"),
}


def calibration_cases() -> list[Inputs]:
    """Sure and unsure, a confidence of exactly 1, empty bins. In single precision: shares of counts have no more."""
    draw = torch.Generator().manual_seed(42)
    some = (2 * torch.randn(60, 3, generator=draw, dtype=torch.float64)).softmax(-1)
    truth = torch.randint(3, (60,), generator=draw)
    small = torch.tensor([[0.9, 0.1], [0.75, 0.25], [0.35, 0.65], [0.28, 0.72]])
    sure = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.55, 0.45], [0.52, 0.48], [0.15, 0.85]])
    return [(small, torch.tensor([0, 1, 1, 1]), 5), (sure, torch.tensor([0, 0, 0, 1, 1]), 10), (some.float(), truth, 10),
            (some.float(), truth, 7)]


CALIBRATION = Values(**words(__file__, "calibration_error"), reference=calibration_error, slips=CALIBRATION_SLIPS,
                     cases=calibration_cases, together=2)
