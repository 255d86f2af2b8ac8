"""What a dialogue could do with it: a new neighbour at the doorstep is asked "Do you like the bakery?", then recommended to.

Answers are true and about liking, whether seen or not. Since the posterior of the kinds is exact, so is what every way to ask is
worth: its tree of answers is summed, nothing is drawn but the questions of who asks at random.
"""
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.studies.tasting import K
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.vectors.tastes import Tastes

Posterior = Float[Tensor, "profile"]


@dataclass(frozen=True)
class State:
    """What is known of a neighbour after some answers, and how likely these were."""

    posterior: Posterior
    asked: tuple[int, ...] = ()
    chance: float = 1.0

    def answered(self, item: int, world: Tastes) -> Iterator["State"]:
        """The two states that the answers "yes" and "no" lead to."""
        for likes in (world.liking[:, item], 1 - world.liking[:, item]):
            joint = self.posterior * likes
            yield State(joint / joint.sum(), (*self.asked, item), self.chance * joint.sum().item())


Asker = Callable[[State, Tastes], int]  # the item to ask for next


def value(state: State, world: Tastes, *, k: int = K, again: bool = False) -> float:
    """How many of the best k items the neighbour is expected to like: of those not asked for, or (`again`) of all."""
    likes = state.posterior @ world.liking
    likes[[] if again else list(state.asked)] = 0
    return likes.topk(k).values.sum().item()


def information(state: State, world: Tastes) -> Float[Tensor, "item"]:
    """Expected information gain of each question, in nats: I(profile; answer), which is H(mean) - mean H of a yes-no answer."""
    def of_answer(p: Tensor) -> Tensor:
        return -(p * p.log() + (1 - p) * (1 - p).log())

    gain = of_answer(state.posterior @ world.liking) - state.posterior @ of_answer(world.liking)
    gain[list(state.asked)] = -torch.inf
    return gain


def most_informative(state: State, world: Tastes) -> int:
    """The question whose answer says most about the kinds."""
    return int(information(state, world).argmax())


def best_known(state: State, world: Tastes) -> int:
    """What the neighbour most likely likes: a recommendation put as a question."""
    likes = state.posterior @ world.liking
    likes[list(state.asked)] = -torch.inf
    return int(likes.argmax())


def looking_ahead(state: State, world: Tastes) -> int:
    """The question after which the list is expected to be best: a perfect player who has one question left."""
    return max(_open(state, world), key=lambda item: _after(state, item, world, left=0))


def perfect_value(state: State, world: Tastes, *, left: int) -> float:
    """What the best way to ask `left` more questions is worth: all trees of questions are tried (96 for each question left)."""
    if not left:
        return value(state, world)
    return max(_after(state, item, world, left=left - 1) for item in _open(state, world))


def _after(state: State, item: int, world: Tastes, *, left: int) -> float:
    return sum(after.chance / state.chance * perfect_value(after, world, left=left) for after in state.answered(item, world))


def _open(state: State, world: Tastes) -> list[int]:
    return [item for item in range(len(world.items)) if item not in state.asked]


def tree_values(world: Tastes, ask: Asker, *, num: int) -> list[float]:
    """The exact value of the list after 0, 1, ..., `num` questions of one asker, over all answers."""
    return [sum(state.chance * value(state, world) for state in states) for states in _levels(world, ask, num)]


def learnt(world: Tastes, ask: Asker, *, num: int) -> tuple[float, float]:
    """After `num` questions: the value of a list that may hold what was asked for, and the nats learnt of the profiles.

    Who asks for the best things may not recommend them afterwards; these two numbers say what was learnt all the same.
    """
    *_, leaves = _levels(world, ask, num)
    again = sum(state.chance * value(state, world, again=True) for state in leaves)
    return again, entropy(world.prior) - sum(state.chance * entropy(state.posterior) for state in leaves)


def entropy(p: Posterior) -> float:
    """Of one distribution over profiles, nats; 0 log 0 is 0."""
    return -torch.special.xlogy(p, p).sum().item()


def _levels(world: Tastes, ask: Asker, num: int) -> Iterator[list[State]]:
    """What may be known after 0, 1, ..., `num` questions: all answers, with their chances."""
    yield (states := [State(world.prior)])
    for _ in range(num):
        yield (states := [after for state in states for after in state.answered(ask(state, world), world)])


def at_random(world: Tastes, *, num: int, trees: int, generator: torch.Generator) -> list[Estimate]:
    """The same of who asks any question: the mean over some trees that are drawn."""
    def ask(state: State, world: Tastes) -> int:
        left = _open(state, world)
        return left[int(torch.randint(len(left), (), generator=generator))]

    drawn = [tree_values(world, ask, num=num) for _ in range(trees)]
    return [estimate(each) for each in zip(*drawn, strict=True)]


ASKERS: Mapping[str, Asker] = {"most informative": most_informative, "most likely liked": best_known,
                               "one step ahead": looking_ahead}
