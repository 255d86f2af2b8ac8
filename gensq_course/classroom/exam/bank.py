"""The kinds of questions: how their numbers are drawn, and which number of a result is asked for.

What they say, and which exercise judges them, is bank.toml. Each draw keeps to numbers of two or three digits.
"""
import random
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from gensq_course.classroom.exam.counted import ACTIVE, BLEU
from gensq_course.classroom.exam.drawing import hundredths, said, several, shares, tenths
from gensq_course.classroom.exam.questions import Case, Judge, Read, Template

NAMES = ("a", "b", "c", "d", "e")
DRAWS: dict[str, Callable[[random.Random], Case]] = {}


def draws(*names: str) -> Callable:
    """Makes a function the one that draws the numbers of these questions."""
    def keep(function: Callable[[random.Random], Case]) -> Callable[[random.Random], Case]:
        DRAWS.update(dict.fromkeys(names, function))
        return function

    return keep


def row(numbers) -> Tensor:
    """A batch of one, in double precision."""
    return torch.tensor([numbers], dtype=torch.float64)


@draws("temperature")
def temperature(draw: random.Random) -> Case:
    p, t = shares(draw, 3), draw.choice([0.5, 2.0])
    return Case({"t": f"{t:g}"}, (row(p).log(), t), [("word", *NAMES[:3]), ("probability", *said(p))])


def joint(draw: random.Random) -> tuple[list[float], list[float]]:
    """p(z) of three values, and p(x | z) for one sentence."""
    return shares(draw, 3), [hundredths(draw, 0.02, 0.4) for _ in range(3)]


@draws("marginal", "posterior")
def marginal(draw: random.Random) -> Case:
    prior, likelihood = joint(draw)
    rows = [("z", "1", "2", "3"), ("p(z)", *said(prior)), ("p(x | z)", *said(likelihood))]
    return Case({}, (row(prior)[0].log(), row(likelihood).log()), rows)


@draws("elbo")
def elbo(draw: random.Random) -> Case:
    case, q = marginal(draw), shares(draw, 3)
    return Case({}, (row(q).log(), *case.inputs), [*case.rows, ("q(z)", *said(q))])


@draws("gaussians")
def gaussians(draw: random.Random) -> Case:
    (mean, other), (std, wide) = several(draw, 2, -1, 1), draw.sample([0.5, 1.0, 1.5, 2.0], 2)
    numbers = dict(zip(("q_mean", "q_std", "p_mean", "p_std"), said([mean, std, other, wide])))
    return Case(numbers, tuple(row([number]) for number in (mean, std, other, wide)))


@draws("categories")
def categories(draw: random.Random) -> Case:
    q, p = shares(draw, 3), shares(draw, 3)
    return Case({}, (row(q).log(), row(p).log()), [("word", *NAMES[:3]), ("q", *said(q)), ("p", *said(p))])


@draws("score")
def score(draw: random.Random) -> Case:
    (mean, z), std, value = several(draw, 2, -1, 2), draw.choice([0.5, 2.0, 4.0]), draw.choice([2.0, 3.0, 5.0])
    numbers = dict(zip(("mean", "z", "std", "value"), said([mean, z, std, value])))
    return Case(numbers, (row([value])[0], row([z])[0], torch.tensor(mean).double(), torch.tensor(std).double()))


@draws("perplexity")
def perplexity(draw: random.Random) -> Case:
    lengths, nats = draw.sample(range(3, 9), 2), several(draw, 2, 5, 15)
    table = torch.zeros(2, max(lengths), dtype=torch.float64)
    for each, length, total in zip(table, lengths, nats):
        each[:length] = -total / length
    rows = [("sentence", "tokens, with <eos>", "−log p, nats"), *zip("12", map(str, lengths), said(nats))]
    return Case({}, (table, torch.tensor(lengths)), rows)


@draws("nucleus")
def nucleus(draw: random.Random) -> Case:
    p, share = [], 0.0
    while len(set(p)) < 5 or any(abs(sum(sorted(p)[::-1][:num]) - share) < 0.01 for num in range(6)):  # no doubt at the edge
        p, share = shares(draw, 5, parts=20), draw.choice([0.62, 0.72, 0.82])
    return Case({"share": f"{share:g}", "word": NAMES[p.index(max(p))]}, (row(p).log(), share),
                [("word", *NAMES), ("probability", *said(p))])


@draws("prior_kl")
def prior_kl(draw: random.Random) -> Case:
    mean, variance = several(draw, 2, -1.5, 1.5), draw.sample([0.2, 0.5, 0.8, 1.5, 2.0], 2)
    return Case({}, (row(mean), row(variance).log()),
                [("dimension", "1", "2"), ("mean", *said(mean)), ("variance", *said(variance))])


@draws("importance")
def importance(draw: random.Random) -> Case:
    together, q = several(draw, 3, -12, -8), several(draw, 3, -3, -0.5)
    rows = [("draw", "1", "2", "3"), ("log p(x, z)", *said(together)), ("log q(z | x)", *said(q))]
    return Case({}, (row(together).T, row(q).T), rows)


@draws("active")
def active(draw: random.Random) -> Case:
    """Columns of four kinds: one that varies, one that stands still elsewhere, one that varies too little, one that is dead."""
    kinds = [(0.0, 0.6)] * draw.randint(1, 3) + [(0.5, 0.02)] * draw.randint(1, 2) + [(0.0, 0.04)] * draw.randint(1, 2)
    kinds += [(0.0, 0.0)] * draw.randint(1, 2)
    draw.shuffle(kinds)
    columns = []
    for centre, width in kinds:
        signs = draw.sample([-1.0, -1.0, 1.0, 1.0], 4)
        columns.append([round(centre + sign * width * draw.uniform(0.8, 1.2), 2) + 0.0 for sign in signs])
    rows = [("sentence", *(f"dim. {at}" for at in range(1, len(columns) + 1)))]
    rows += [(str(at), *said(numbers)) for at, numbers in enumerate(zip(*columns), start=1)]
    return Case({}, (torch.tensor(columns, dtype=torch.float64).T,), rows)


@draws("posterior_mean")
def posterior_mean(draw: random.Random) -> Case:
    weights, grid = [hundredths(draw, 0.01, 0.2) for _ in range(4)], [-2.0, -1.0, 1.0, 2.0]
    return Case({}, (row(weights).T.log(), row(grid)[0]), [("z", *said(grid)), ("p(x, z)", *said(weights))])


@draws("free_bits")
def free_bits(draw: random.Random) -> Case:
    kl, floor = [[tenths(draw, 0, 1.5) for _ in range(3)] for _ in range(2)], draw.choice([0.5, 0.6, 0.8])
    rows = [("sentence", "dim. 1", "dim. 2", "dim. 3"), *((str(at), *said(each)) for at, each in enumerate(kl, start=1))]
    return Case({"floor": f"{floor:g}"}, (torch.tensor(kl, dtype=torch.float64), floor), rows)


@draws("information")
def information(draw: random.Random) -> Case:
    counts = [[draw.choice([10, 20, 30, 40, 60]) for _ in range(2)] for _ in range(2)]
    rows = [("", "z = 0", "z = 1"), *((name, *map(str, each)) for name, each in zip(("glad", "sad"), counts))]
    return Case({}, (torch.tensor(counts, dtype=torch.float64),), rows)


@draws("calibration")
def calibration(draw: random.Random) -> Case:
    sure, hits = draw.choices([0.65, 0.75, 0.85, 0.95], k=5), [draw.random() < 0.6 for _ in range(5)]
    rows = [("sentence", *"12345"), ("confidence", *said(sure)), ("right?", *("yes" if hit else "no" for hit in hits))]
    probs = torch.tensor([[p, 1 - p] for p in sure], dtype=torch.float64)
    return Case({}, (probs, torch.tensor([0 if hit else 1 for hit in hits]), 5), rows)


WORDS = ("the", "cook", "gave", "an", "old", "dog", "some", "warm", "bread", "today")


@draws("bleu")
def bleu(draw: random.Random) -> Case:
    start, num = draw.randint(0, 2), draw.randint(5, 6)
    candidate = list(WORDS[start:start + num])
    candidate[draw.choice([0, len(candidate) - 1])] = draw.choice(["the", "dog", "warm", "soup"])
    return Case({"said": " ".join(candidate), "reference": " ".join(WORDS[:8])}, (candidate, list(WORDS[:8])))


@draws("rouge")
def rouge(draw: random.Random) -> Case:
    said_words, reference = draw.choices(range(5), k=5), draw.choices(range(5), k=draw.randint(6, 7))
    beta = draw.choice([1.0, 2.0])
    spoken = {name: " ".join(NAMES[at] for at in sentence) for name, sentence in (("said", said_words), ("reference", reference))}
    return Case(spoken | {"beta": f"{beta:g}"},
                (torch.tensor(beta).double(), torch.tensor(said_words), torch.tensor(reference)))


@draws("misheard")
def misheard(draw: random.Random) -> Case:
    channel, language = several(draw, 3, -6, -2), several(draw, 3, -9, -5)
    ab, ac, bc = (draw.randint(1, 4) for _ in range(3))
    rows = [("sentence", "A", "B", "C"), ("log p(heard | sentence)", *said(channel)), ("log p(sentence)", *said(language))]
    differ = row([[0, ab, ac], [ab, 0, bc], [ac, bc, 0]])[0]
    return Case({"ab": ab, "ac": ac, "bc": bc}, (row(channel)[0], row(language)[0], differ), rows)


@draws("judge")
def judge(draw: random.Random) -> Case:
    p, q = draw.sample([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8], 2)
    return Case({"p": f"{p:g}", "q": f"{q:g}"}, (row([p])[0].log(), row([q])[0].log()))


@draws("best_judge")
def best_judge(draw: random.Random) -> Case:
    p, (*q, nonsense) = shares(draw, 3), shares(draw, 4)
    rows = [("reply", *NAMES[:3], "nonsense"), ("people", *said(p), "0"), ("generator", *said(q), f"{nonsense:g}")]
    return Case({}, (row(p), row(q)), rows)


@draws("coverage")
def coverage(draw: random.Random) -> Case:
    p, num = [each / 10 for each in draw.sample(range(1, 6), 2)], draw.choice([2, 3])
    return Case({"one": f"{p[0]:g}", "two": f"{p[1]:g}", "num": num}, (row(p), num))


@draws("restarts")
def restarts(draw: random.Random) -> Case:
    nats, right = draw.sample(range(-130, -100), 4), draw.sample([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 4)
    rows = [("restart", *"1234"), ("log p, nats", *said(nats)), ("words right", *said(right))]
    return Case({}, (row(nats)[0], row(right)[0], 2), rows)


@draws("ranking")
def ranking(draw: random.Random) -> Case:
    scores, kinds = several(draw, 6, 0.1, 0.9), draw.sample(["given", "held out", "held out", "", "", ""], 6)
    given, held_out = (torch.tensor([kind == name for kind in kinds]) for name in ("given", "held out"))
    return Case({}, (row(scores)[0], given, held_out, 3), [("thing", *"123456"), ("score", *said(scores)), ("", *kinds)])


@draws("mixture")
def mixture(draw: random.Random) -> Case:
    (p, q), share = several(draw, 2, -8, -3), draw.choice([0.2, 0.3, 0.4, 0.7, 0.8])
    return Case({"p": said([p])[0], "q": said([q])[0], "share": f"{share:g}"}, (row([p])[0], row([q])[0], share))


READ: dict[str, Read] = {  # the number that is asked for, where the result has several or is a logarithm
    "temperature": lambda result: result[0, 1].exp(),
    "posterior": lambda result: result[0, 0].exp(),
    "perplexity": lambda result: result[2],
    "nucleus": torch.max,
    "free_bits": torch.sum,
    "misheard": lambda result: result[0],
}
OWN: dict[str, Judge] = {"active": ACTIVE, "bleu": BLEU}


@cache
def templates() -> tuple[Template, ...]:
    """Every kind of question, in the order of bank.toml."""
    rows = tomllib.loads(Path(__file__).with_name("bank.toml").read_text(encoding="utf-8"))
    return tuple(Template(name, draw=DRAWS[name], read=READ.get(name, torch.squeeze), own=OWN.get(name), **row)
                 for name, row in rows.items())
