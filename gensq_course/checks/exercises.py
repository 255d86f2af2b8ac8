"""What an exercise is: a reference, its usual mistakes, inputs to try, three hints - and how to judge an answer.

`Exact` compares numbers: it holds the learner's answers against answers with planted mistakes, one, two or three
at a time, so that "the factor 1/2 is missing and the sign is turned" is named too. `Statistical` looks for
symptoms in functions that draw random numbers.
"""
import inspect
import math
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from gensq_course.checks.answers import agree, fault, form, number, same, shape_or_nan, shown
from gensq_course.checks.attempts import Attempt
from gensq_course.checks.slips import Slip, slipped
from gensq_course.checks.symptoms import symptom, where_right
from gensq_course.report.words import say, translated

Inputs = tuple[Any, ...]
Has = Callable[[str], bool]  # has("half"): is this mistake planted?
Step = TypeVar("Step")

# Mistakes that any formula can suffer, and what they do to its result (batch axis first).
PLANTED: dict[str, Callable[[Tensor], Tensor]] = {
    "sign": lambda result: -result,
    "batch mean": lambda result: result.mean(0),
    "batch sum": lambda result: result.sum(0),
    "doubled": lambda result: 2 * result,
    "halved": lambda result: result / 2,
    "bits": lambda result: result / math.log(2),
}


def instead(has: Has, right: Step, wrong: Mapping[str, Step]) -> Step:
    """One step of a formula that may be spoiled: the first of the wrong ones whose mistake is planted, else the right one."""
    return next((step for mistake, step in wrong.items() if has(mistake)), right)


@dataclass(frozen=True)
class Finding:
    """What is wrong with an answer: name of each mistake -> sentence. Empty: nothing is."""

    mistakes: dict[str, str]
    example: str = ""  # the smallest input that shows it, expected and got


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """The part that all exercises share; a subclass says how to judge."""

    name: str
    reference: Callable
    mistakes: dict[str, str]
    hints: tuple[str, str, str]
    praise: str = ""  # one more thought for a right answer

    def judge(self, attempt: Attempt) -> Finding:
        raise NotImplementedError

    def named(self, keys: Iterable[str]) -> dict[str, str]:
        """What is said about each mistake: by this exercise, else by all."""
        return {key: self.mistakes.get(key) or say("mistakes", key) for key in keys}


@dataclass(frozen=True, kw_only=True)
class Exact(Exercise):
    """One right result per input.

    Its mistakes are `slips`, edits of the reference (slips.py), which are found together, too. What no edit can say is a
    whole function in `forms`, or, in place of slips, a formula `spoiled(has, *inputs)` with the mistakes that `has` plants.
    """

    cases: Callable[[], list[Inputs]]  # smallest first; the last must tell the mistakes apart
    slips: dict[str, Slip] = field(default_factory=dict)
    spoiled: Callable[..., Tensor] | None = None
    forms: dict[str, Callable[..., Tensor]] = field(default_factory=dict)  # mistakes that are functions of their own
    also: Callable[..., Tensor] | None = None  # another right answer, where two conventions are as good
    free: Callable[..., Inputs] = lambda *inputs: inputs  # from free parameters to inputs, when those are normalised
    together: int = 3  # how many mistakes are looked for at once

    def judge(self, attempt: Attempt) -> Finding:
        cases = self.cases()
        answers = [attempt(*case) for case in cases]
        if self.also:
            other = replace(self, reference=self.also, also=None)
            if all(agree(answer, other.truth(case)) for case, answer in zip(cases, answers, strict=True)):
                return other.judge(attempt)
        truths = [self.truth(case) for case in cases]
        wrong = [i for i, answer in enumerate(answers) if not agree(answer, truths[i])]
        found = side_effects(attempt) | self.form_of(answers[-1], truths[-1])
        if not wrong:
            return Finding(found or self.lost_gradient(attempt, cases[-1]))
        first = wrong[0]
        found = self.named(self.recognised(cases, answers)) | found
        found = found or self.diagnosed(cases, answers, truths)
        return Finding(found, example(attempt, cases[first], answers[first], truths[first]))

    def form_of(self, answer: Any, truth: Tensor) -> dict[str, str]:
        """What is wrong with the kind of thing that came back."""
        return form(answer, like=truth)

    def diagnosed(self, cases: list[Inputs], answers: list[Any], truths: list[Tensor]) -> dict[str, str]:
        """What can be said of a mistake that is not planted."""
        i = next(i for i, answer in enumerate(answers) if not agree(answer, truths[i]))
        names = list(inspect.signature(self.reference).parameters)
        return (symptom(self.truth, names, list(zip(cases, answers, strict=True))) or shape_or_nan(answers[i], truths[i])
                or where_right(cases, truths, answers) or self.named(["unlisted"]))

    def truth(self, case: Inputs) -> Tensor:
        """The reference in double precision, rounded to the precision of the inputs."""
        doubled = [x.double() if isinstance(x, Tensor) and x.is_floating_point() else x for x in case]
        return self.reference(*doubled).to(case[0].dtype)

    def recognised(self, cases: list[Inputs], answers: list[Any]) -> tuple[str, ...]:
        """The fewest planted mistakes that reproduce every answer; else one that does so wherever it stays finite.

        The second look is for a mistake in another form: with or without the reference's care where 0 meets infinity.
        """
        pairs = list(zip(cases[::-1], answers[::-1], strict=True))
        for keys in self.suspects():
            if all(self.looks_like(keys, *pair) for pair in pairs):
                return keys
        return next(((key,) for key in self.mistakes if self.looks_like_where_finite(key, pairs)), ())

    def looks_like_where_finite(self, key: str, pairs: list[tuple[Inputs, Any]]) -> bool:
        """Does one mistake reproduce the answers to all inputs for which it gives finite numbers, wrong ones among them?"""
        try:
            finite = [pair for pair in pairs if self.with_mistakes([key], pair[0]).isfinite().all()]
        except Exception:
            return False
        wrong = any(not agree(answer, self.truth(case)) for case, answer in finite)
        return wrong and all(self.looks_like((key,), *pair) for pair in finite)

    def suspects(self) -> Iterator[tuple[str, ...]]:
        names = [*self.mistakes, *(key for key in PLANTED if key not in self.mistakes)]
        sets = (keys for size in range(1, self.together + 1) for keys in combinations(names, size))
        return (keys for keys in sets if sum(key in self.forms for key in keys) < 2)

    def looks_like(self, keys: tuple[str, ...], case: Inputs, answer: Any) -> bool:
        try:
            return agree(answer, self.with_mistakes(keys, case))
        except Exception:  # these mistakes cannot be made together, or not with this input
            return False

    def with_mistakes(self, keys: Iterable[str], case: Inputs) -> Tensor:
        keys = frozenset(keys)
        result = next((self.forms[key] for key in keys if key in self.forms), self.formula(keys))(*case)
        for key in (key for key in PLANTED if key in keys):
            result = PLANTED[key](result)
        return result

    def formula(self, keys: frozenset[str]) -> Callable[..., Tensor]:
        """The reference with those of these mistakes that are planted in it."""
        if self.spoiled:
            return partial(self.spoiled, keys.__contains__)
        return slipped(self.reference, tuple(slip for key, slip in self.slips.items() if key in keys))

    def lost_gradient(self, attempt: Attempt, case: Inputs) -> dict[str, str]:
        """The values are right. If the gradient is not: is it that of a mistake that leaves the values right?"""
        try:
            mine = self.gradients(attempt.function, case)
        except Exception:  # numpy refused a tensor with a gradient
            return self.named(["gradient lost"])
        scale, truth = max(x.double().abs().max().item() for x in case if isinstance(x, Tensor)), self.truth(case)

        def like(function: Callable) -> bool:
            theirs = self.gradients(function, case)
            return len(mine) == len(theirs) and all(same(*pair, scale=scale) for pair in zip(mine, theirs, strict=True))

        if mine and like(self.reference):
            return {}
        hidden = (key for key in self.mistakes if self.looks_like((key,), case, truth))
        return self.named([next((key for key in hidden if like(partial(self.with_one, key))), "gradient lost")])

    def with_one(self, key: str, *case: Any) -> Tensor:
        return self.with_mistakes([key], case)

    def gradients(self, function: Callable, case: Inputs) -> tuple[Tensor, ...]:
        """Of the result, each number with a weight of its own, in each free parameter; nothing where there is no gradient."""
        leaves = [x.clone().requires_grad_(x.is_floating_point()) if isinstance(x, Tensor) else x for x in case]
        wanted = [x for x in leaves if isinstance(x, Tensor) and x.requires_grad]
        result = number(function(*self.free(*leaves)))
        if not result.requires_grad:
            return ()
        weights = torch.linspace(0.5, 1.5, result.numel()).view_as(result).to(result)
        found = torch.autograd.grad((result * weights).sum(), wanted, allow_unused=True)
        return tuple(torch.zeros_like(x) if slope is None else slope for x, slope in zip(wanted, found, strict=True))


@dataclass(frozen=True, kw_only=True)
class Values(Exact):
    """Only the numbers count: the answer is itself a gradient, or a measure; nobody differentiates it again.

    So single and double precision will both do.
    """

    def form_of(self, answer: Any, truth: Tensor) -> dict[str, str]:
        fine = isinstance(answer, Tensor) and answer.dtype in (torch.float32, torch.float64)
        return {key: says for key, says in form(answer, like=truth).items() if not (fine and key == "dtype")}

    def lost_gradient(self, attempt: Attempt, case: Inputs) -> dict[str, str]:
        return {}


@dataclass(frozen=True, kw_only=True)
class Statistical(Exercise):
    """Random results. `symptoms(attempt)` yields the names of mistakes, each with what was measured."""

    first: Callable[[], tuple[Inputs, dict[str, Any]]]  # a small input, to look at the form of the answer
    symptoms: Callable[[Attempt], Iterator[tuple[str, str]]]

    def judge(self, attempt: Attempt) -> Finding:
        args, kwargs = self.first()
        answer = attempt(*args, **kwargs)
        found = form(answer, like=args[0]) or shape_or_nan(answer, args[0])
        if not found:
            for key, measured in self.symptoms(attempt):
                found.setdefault(key, f"{self.named([key])[key]} {measured}".strip())
        return Finding(side_effects(attempt) | found)


def words(file: str, name: str) -> dict[str, Any]:
    """The name of an exercise and what it says (`mistakes`, `hints`, `praise`): a table of words.toml in the folder of `file`."""
    path = Path(file).with_name("words.toml")
    found = translated(tomllib.loads(path.read_text(encoding="utf-8")), f"words/{path.parent.name}.toml")[name]
    return {**found, "name": name, "hints": tuple(found["hints"])}


def side_effects(attempt: Attempt) -> dict[str, str]:
    return fault("in place") if attempt.changed_inputs else {}


def example(attempt: Attempt, case: Inputs, answer: Any, truth: Tensor) -> str:
    return say("check", "example", inputs=attempt.described(case), expected=shown(truth), got=shown(answer))
