"""Exercises of lesson 15: where a leash leads, written down exactly, and the loss that goes there without a reward model."""
import torch

from gensq_course.checks.exercises import Exact, Inputs, words
from gensq_course.studies.preferences import leashed, preference_loss

LEASHED_SLIPS = {
    "no leash": (" / beta", ""), "times beta": ("/ beta", "* beta"), "no start": ("log_start + rewards", "rewards"),
    "start twice": ("log_start + rewards / beta", "(log_start + rewards) / beta"),
    "punished": ("log_start + rewards", "log_start - rewards"), "no sum": (" - heights.logsumexp(-1, keepdim=True)", ""),
    "other axis": ("logsumexp(-1", "logsumexp(0"), "mean": ("heights.logsumexp(-1", "heights.mean(-1"),
    "greatest": ("logsumexp(-1", "amax(-1"), "sum without exp": ("logsumexp(-1", "sum(-1"),
    "probabilities": ("heights - heights.logsumexp(-1, keepdim=True)", "heights.softmax(-1)"),
}


def leashed_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(25)
    small = (torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[1.0, 0.0]]), 0.5)
    return [small] + [(torch.randn(*shape, generator=draw).log_softmax(-1), torch.randn(*shape, generator=draw), beta)
                      for shape, beta in (((2, 3), 2.0), ((3, 4), 0.3))]


LEASHED = Exact(**words(__file__, "leashed"), reference=leashed, slips=LEASHED_SLIPS, cases=leashed_cases)

PREFERENCE_SLIPS = {
    "no start": (("chosen - chosen_start", "chosen"), ("rejected - rejected_start", "rejected")),
    "beta on the player": ("(chosen - chosen_start) - (rejected - rejected_start)",
                           "(chosen - rejected) - (chosen_start - rejected_start) / beta"),
    "quotient of logs": (("chosen - chosen_start", "chosen / chosen_start"),
                         ("rejected - rejected_start", "rejected / rejected_start")),
    "added": ("- (rejected", "+ (rejected"), "the wrong one": ("logsigmoid(beta", "logsigmoid(-beta"),
    "beta outside": ("-logsigmoid(beta * margin)", "-beta * logsigmoid(margin)"), "no beta": ("beta * margin", "margin"),
    "divided by beta": ("beta * margin", "margin / beta"), "no log": ("-logsigmoid(beta * margin)", "-(beta * margin).sigmoid()"),
    "no sigmoid": ("logsigmoid(beta * margin)", "(beta * margin)"), "chosen alone": (" - (rejected - rejected_start)", ""),
    "no minus": ("-logsigmoid", "logsigmoid"), "one for all": ("-logsigmoid(beta * margin)", "-logsigmoid(beta * margin).mean()"),
}


def preference_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(26)
    small = (*(torch.tensor([value]) for value in (-1.0, -4.0, -2.0, -3.0)), 0.5)
    return [small] + [(*(-torch.rand(4, batch, generator=draw) * 6).unbind(), beta) for batch, beta in ((3, 1.0), (4, 0.3))]


PREFERENCE = Exact(**words(__file__, "preference_loss"), reference=preference_loss, slips=PREFERENCE_SLIPS,
                   cases=preference_cases)
