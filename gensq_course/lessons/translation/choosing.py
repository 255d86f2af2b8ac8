"""Exercises of lesson 11 on choosing: what resembles all that might be meant, and what explains the source."""
from collections import Counter

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words

Scores = Float[Tensor, "sample"]


def expected_utility(weights: Scores, sentences: Int[Tensor, "sample time"]) -> Scores:
    """Of saying each sentence: the weighed mean of its F1 (words and pairs of neighbours) with all of them; 0 is padding."""
    bags = []
    for row in sentences.tolist():
        words = [word for word in row if word != 0]
        bags.append(Counter([*words, *zip(words, words[1:])]))
    utility = torch.zeros(len(bags), len(bags), dtype=weights.dtype)
    for i, ours in enumerate(bags):
        for j, theirs in enumerate(bags):
            shared = (ours & theirs).total()
            utility[i, j] = 2 * shared / (ours.total() + theirs.total())
    return utility @ weights


F1 = "2 * shared / (ours.total() + theirs.total())"
UTILITY_SLIPS = {
    "no pairs": ("[*words, *zip(words, words[1:])]", "words"),
    "pairs alone": ("[*words, *zip(words, words[1:])]", "zip(words, words[1:])"),
    "padding": ("[word for word in row if word != 0]", "row"),
    "different words": ("Counter([*words, *zip(words, words[1:])])", "Counter({*words, *zip(words, words[1:])})"),
    "precision": (F1, "shared / ours.total()"), "recall": (F1, "shared / theirs.total()"),
    "half": ("2 * shared", "shared"), "count": (F1, "shared"), "exact match": (F1, "float(ours == theirs)"),
    "jaccard": (F1, "shared / (ours | theirs).total()"),
    "unweighed": ("utility @ weights", "utility.mean(1)"), "sum": ("utility @ weights", "utility.sum(1)"),
    "without itself": ("utility @ weights", "(utility - torch.eye(len(bags), dtype=weights.dtype)) @ weights"),
    "risk": ("utility @ weights", "(1 - utility) @ weights"), "the best friend": ("utility @ weights", "utility.amax(1)"),
    "mode": ("utility @ weights", "weights + 0"), "own weight": ("utility @ weights", "utility.mean(1) * weights"),
}


def utility_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(33)
    cases = [(torch.tensor([0.75, 0.25]), torch.tensor([[1, 2, 0], [2, 1, 3]]))]
    for num, time in ((3, 4), (5, 6)):
        sentences = torch.randint(1, 4, (num, time), generator=draw)
        lengths = torch.randint(2, time + 1, (num, 1), generator=draw)
        sentences[-1], lengths[-1] = sentences[0], lengths[0]  # or equal sentences would be nobody's but their own
        cases.append((torch.randn(num, generator=draw).softmax(0), sentences.masked_fill(torch.arange(time) >= lengths, 0)))
    return cases


UTILITY = Values(**words(__file__, "expected_utility"), reference=expected_utility, slips=UTILITY_SLIPS, cases=utility_cases,
                 together=2)


def channel_scores(direct: Scores, channel: Scores, language: Scores, target_length: Scores, source_length: Scores, weight: float
                   ) -> Scores:
    """log p(y | x) per word of y, and `weight` times log p(x | y) + log p(y) per word of x."""
    return direct / target_length + weight * (channel + language) / source_length


CHANNEL_SLIPS = {
    "no lengths": ((" / target_length", ""), (" / source_length", "")),
    "direct in full": (" / target_length", ""), "channel in full": (" / source_length", ""),
    "lengths swapped": (("direct / target_length", "direct / source_length"), ("language) / source", "language) / target")),
    "target length alone": ("/ source_length", "/ target_length"), "source length alone": ("/ target_length", "/ source_length"),
    "no language": ("(channel + language)", "channel"), "no channel": ("(channel + language)", "language"),
    "no direct": ("direct / target_length + ", ""),
    "language unweighed": ("weight * (channel + language)", "(weight * channel + language)"),
    "no weight": ("weight * (channel", "(channel"),
    "weight on direct": (("direct /", "weight * direct /"), ("+ weight * (", "+ (")),
    "language subtracted": ("channel + language", "channel - language"),
    "channel subtracted": ("target_length + weight", "target_length - weight"),
    "mixture": ("direct / target_length +", "(1 - weight) * direct / target_length +"),
}


def channel_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(34)

    def case(num: int, weight: float) -> Inputs:
        logs = [-4 * torch.rand(num, generator=draw) - 1 for _ in range(3)]
        return (*logs, *(torch.randint(2, 12, (num,), generator=draw).float() for _ in range(2)), weight)
    return [(*(torch.tensor([x]) for x in (-2.0, -6.0, -3.0, 2.0, 3.0)), 0.5), case(3, 0.3), case(6, 2.0)]


CHANNEL = Values(**words(__file__, "channel_scores"), reference=channel_scores, slips=CHANNEL_SLIPS, cases=channel_cases,
                 together=2)
